"""Pages of the catalogue's administrators, and the units an address is chosen from."""

from django.urls import path

from procedures.views import units
from procedures.views.admin import editing, listing, showing, steps

ADMIN = "quan-tri/thu-tuc"
VERSION = f"{ADMIN}/<str:code>/ban/<int:number>"

urlpatterns = [
    path("dia-ban/<slug:unit_set>", units.below, name="units"),
    path(ADMIN, listing.procedures, name="catalogue_admin"),
    path(f"{ADMIN}/nhap", listing.load_file, name="catalogue_import"),
    path(f"{ADMIN}/<str:code>", showing.procedure, name="catalogue_procedure"),
    path(f"{ADMIN}/<str:code>/ban-thao", steps.draft, name="catalogue_draft"),
    path(f"{VERSION}/tham-dinh", steps.review, name="catalogue_review"),
    path(f"{VERSION}/cong-bo", steps.publish, name="catalogue_publish"),
    path(f"{VERSION}/bai-bo", steps.retire, name="catalogue_retire"),
    path(f"{VERSION}/sua/<slug:part>", editing.part, name="catalogue_edit"),
    path(f"{VERSION}/sua/<slug:part>/<slug:key>", editing.part, name="catalogue_edit_case"),
    path(f"{ADMIN}/<str:code>/<slug:tab>", showing.procedure, name="catalogue_tab"),
]
