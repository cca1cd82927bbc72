"""Addresses of the public pages."""

from django.urls import path

from portal.views import display, public, searching, style_guide

urlpatterns = [
    path("", public.home, name="home"),
    path("tim", searching.search, name="search"),
    path("tim/goi-y", searching.suggestions, name="suggestions"),
    path("viec/<slug:slug>", public.life_event, name="life_event"),
    path("thu-tuc", public.catalogue, name="catalogue"),
    path("thu-tuc/linh-vuc/<slug:slug>", public.service_field, name="service_field"),
    path("thu-tuc/<str:code>", public.procedure, name="procedure"),
    path("tro-giup", public.text_page, {"name": "help"}, name="help"),
    path("kha-nang-tiep-can", public.text_page, {"name": "accessibility"}, name="accessibility"),
    path("du-lieu-ca-nhan", public.text_page, {"name": "privacy"}, name="privacy"),
    path("trang-thai", public.status, name="status"),
    path("hien-thi", display.display, name="display"),
    path("kieu-dang/", style_guide.style_guide, name="style_guide"),
    path("kieu-dang/<slug:page>", style_guide.style_guide, name="style_guide_page"),
]
