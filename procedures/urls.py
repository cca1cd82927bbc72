"""Pages of the catalogue's administrators, and the units an address is chosen from."""

from django.urls import include, path

from procedures.views import units
from procedures.views.admin import decisions, editing, groups, listing, places, posters, showing, starting, steps, words

ADMIN = "quan-tri/thu-tuc"
VERSION = f"{ADMIN}/<str:code>/ban/<int:number>"

urlpatterns = [
    path("dia-ban/<slug:unit_set>", units.below, name="units"),
    path("", include("procedures.views.admin.organisation.urls")),
    path("", include(words)),
    path("", include(groups)),
    path("", include(posters)),
    path(ADMIN, listing.procedures, name="catalogue_admin"),
    path(f"{ADMIN}/moi", starting.start, name="catalogue_start"),
    path("quan-tri/quyet-dinh", decisions.decisions, name="decisions"),
    path("quan-tri/quyet-dinh/moi", decisions.new, name="decision_new"),
    path("quan-tri/quyet-dinh/<int:pk>", decisions.decision, name="decision"),
    path("", include("procedures.views.admin.exchange.urls")),
    path(f"{ADMIN}/<str:code>", showing.procedure, name="catalogue_procedure"),
    path(f"{ADMIN}/<str:code>/ban-thao", steps.draft, name="catalogue_draft"),
    path(f"{ADMIN}/<str:code>/xep-danh-muc", starting.place, name="catalogue_facts"),
    path(f"{ADMIN}/<str:code>/giao-co-quan", places.assign, name="catalogue_assign"),
    path(f"{VERSION}/truong-hop", starting.add_case, name="catalogue_case_add"),
    path(f"{VERSION}/truong-hop/<slug:key>", starting.change_case, name="catalogue_case_change"),
    path("", include("procedures.views.admin.eform.urls")),
    path("", include("procedures.views.admin.route.urls")),
    path("", include("procedures.views.admin.result.urls")),
    path(f"{VERSION}/tham-dinh", steps.review, name="catalogue_review"),
    path(f"{VERSION}/cong-bo", steps.publish, name="catalogue_publish"),
    path(f"{VERSION}/bai-bo", steps.retire, name="catalogue_retire"),
    path(f"{VERSION}/sua/<slug:part>", editing.part, name="catalogue_edit"),
    path(f"{VERSION}/sua/<slug:part>/<slug:key>", editing.part, name="catalogue_edit_case"),
    path(f"{ADMIN}/<str:code>/<slug:tab>", showing.procedure, name="catalogue_tab"),
]
