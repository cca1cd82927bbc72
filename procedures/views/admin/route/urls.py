"""Addresses of the route designer and the simulator, below a version."""

from django.urls import path

from procedures.views.admin.route import designer, simulator

VERSION = "quan-tri/thu-tuc/<str:code>/ban/<int:number>"
ROUTE = f"{VERSION}/quy-trinh/<slug:key>"

urlpatterns = [
    path(f"{VERSION}/chay-thu", simulator.simulator, name="catalogue_simulator"),
    path(f"{VERSION}/chay-thu/bo", simulator.forget, name="catalogue_scenario_drop"),
    path(ROUTE, designer.route, name="catalogue_route"),
    path(f"{ROUTE}/them", designer.stage, name="catalogue_stage_new"),
    path(f"{ROUTE}/buoc/<slug:stage_key>", designer.stage, name="catalogue_stage"),
    path(
        f"{VERSION}/sua/quy-trinh/<slug:key>",
        designer.moved,
        name="catalogue_route_moved",
    ),
]
