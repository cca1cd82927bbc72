"""Addresses of the result templates of a case."""

from django.urls import path

from procedures.views.admin.result import editor

CASE = "quan-tri/thu-tuc/<str:code>/ban/<int:number>/ket-qua/<slug:key>"

urlpatterns = [
    path(CASE, editor.templates, name="catalogue_result"),
    path(f"{CASE}/trang/<slug:which>/<int:page>", editor.page, name="catalogue_result_page"),
]
