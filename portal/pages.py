"""Addresses of the public pages."""

from django.urls import path

from portal.views import catalogue, display, groups, printed, procedure, public, searching, sitemap, style_guide

urlpatterns = [
    path("", public.home, name="home"),
    path("tim", searching.search, name="search"),
    path("tim/goi-y", searching.suggestions, name="suggestions"),
    path("viec/<slug:slug>", public.life_event, name="life_event"),
    path("thu-tuc", catalogue.catalogue, name="catalogue"),
    path("thu-tuc/linh-vuc/<slug:slug>", catalogue.service_field, name="service_field"),
    path("thu-tuc/co-quan", catalogue.agencies, name="agencies"),
    path("thu-tuc/co-quan/<str:code>", catalogue.agency, name="agency"),
    path("thu-tuc/<str:code>", procedure.procedure, name="procedure"),
    path("thu-tuc/<str:code>/in", printed.checklist, name="checklist"),
    path("thu-tuc/<str:code>/in.pdf", printed.checklist_pdf, name="checklist_pdf"),
    path("thu-tuc/<str:code>/ap-phich", printed.poster, name="poster"),
    path("thu-tuc/<str:code>/ho-so-mau", printed.model_dossier, name="model_dossier"),
    path("thu-tuc/<str:code>/mau-don/<int:pk>", procedure.blank_form, name="blank_form"),
    path("nhom-thu-tuc/<str:code>", groups.procedure_group, name="procedure_group"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("tro-giup", public.text_page, {"name": "help"}, name="help"),
    path("kha-nang-tiep-can", public.text_page, {"name": "accessibility"}, name="accessibility"),
    path("du-lieu-ca-nhan", public.text_page, {"name": "privacy"}, name="privacy"),
    path("trang-thai", public.status, name="status"),
    path("hien-thi", display.display, name="display"),
    path("kieu-dang/", style_guide.style_guide, name="style_guide"),
    path("kieu-dang/<slug:page>", style_guide.style_guide, name="style_guide_page"),
]
