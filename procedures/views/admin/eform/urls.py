"""Addresses of the builder of electronic forms."""

from django.urls import path

from procedures.views.admin.eform import editing, listing, showing

LIST = "quan-tri/bieu-mau"
ONE = f"{LIST}/<str:code>/<int:revision>"

urlpatterns = [
    path(LIST, listing.forms_list, name="eform_list"),
    path(f"{LIST}/moi", listing.new, name="eform_new"),
    path(ONE, editing.edit, name="eform_edit"),
    path(f"{ONE}/ten", editing.rename, name="eform_rename"),
    path(f"{ONE}/trang", editing.page, name="eform_page_new"),
    path(f"{ONE}/trang/<str:key>", editing.page, name="eform_page"),
    path(f"{ONE}/o/<str:path>", editing.field, name="eform_field"),
    path(f"{ONE}/them-o/<str:page_key>", editing.new_field, name="eform_field_new"),
    path(f"{ONE}/sap-xep", editing.move, name="eform_move"),
    path(f"{ONE}/xem-thu", showing.preview, name="eform_preview"),
    path(f"{ONE}/ban-in", showing.sample, name="eform_sample"),
    path(f"{ONE}/so-sanh", showing.compare, name="eform_compare"),
]
