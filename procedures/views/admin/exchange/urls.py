"""Addresses of files in and out. Included before the addresses that take a procedure's code."""

from django.urls import path

from procedures.views.admin.exchange import giving, taking

ADMIN = "quan-tri/thu-tuc"

urlpatterns = [
    path(f"{ADMIN}/nhap", taking.upload, name="catalogue_import"),
    path(f"{ADMIN}/nhap/<uuid:token>", taking.preview, name="catalogue_import_preview"),
    path(f"{ADMIN}/nhap/<uuid:token>/xong", taking.done, name="catalogue_import_done"),
    path(f"{ADMIN}/xuat", giving.export, name="catalogue_export"),
]
