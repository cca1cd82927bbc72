"""Addresses of everything about dossiers: the citizen's, the officers', the carrier's."""

from django.urls import URLPattern, URLResolver, include, path

from dossiers.views import carrier, scenarios
from dossiers.views.citizen import (
    confirming,
    downloads,
    filing,
    group_filing,
    group_following,
    limits,
    mine,
    readers,
    starting,
    supplement,
    tracking,
    uploading,
    verify,
)

filing_urls: list[URLPattern | URLResolver] = [
    path("nop/<uuid:pk>/giay-to", uploading.papers, name="filing_papers"),
    path("nop/<uuid:pk>/giay-to/<uuid:file>", uploading.look, name="filing_file"),
    path("nop/<uuid:pk>/giay-to/<uuid:file>/xoa", uploading.drop, name="filing_drop"),
    path("nop/<uuid:pk>/nhan-ket-qua", filing.delivery, name="filing_delivery"),
    path("nop/<uuid:pk>/le-phi", filing.fees, name="filing_fees"),
    path("nop/<uuid:pk>/kiem-tra", filing.check, name="filing_check"),
    path("nop/<uuid:pk>/xong", confirming.done, name="filing_done"),
    path("nop/<uuid:pk>/<slug:page>", filing.page, name="filing_page"),
    path("nop/<str:code>/bat-dau", starting.start, name="filing_start"),
    path("nop-nhom/<str:code>/bat-dau", group_filing.start, name="group_start"),
    path("nop-nhom/<uuid:pk>", group_filing.tasks, name="group_tasks"),
    path("nop-nhom/<uuid:pk>/nhan-ket-qua", group_filing.delivery, name="group_delivery"),
    path("nop-nhom/<uuid:pk>/kiem-tra", group_filing.check, name="group_check"),
    path("nop-nhom/<uuid:pk>/xong", group_filing.done, name="group_done"),
]

public_urls: list[URLPattern | URLResolver] = [
    path("tra-cuu", tracking.track, name="track"),
    path("tra-cuu/<str:code>", tracking.tracked, name="tracked"),
    path("tra-cuu/<str:code>/thoi-han", limits.tracked, name="tracked_limit"),
    path("kiem-tra/", verify.verify, name="verify"),
    path("kiem-tra/<str:code>", verify.verify_code, name="verify_code"),
]

own_urls: list[URLPattern | URLResolver] = [
    path("toi", mine.mine, name="mine"),
    path("toi/ai-da-xem", readers.readers, name="readers"),
    path("toi/nhom/<str:reference>", group_following.own_group, name="own_group"),
    path("toi/ho-so/<str:code>", mine.dossier, name="own_dossier"),
    path("toi/ho-so/<str:code>/thoi-han", limits.own, name="own_limit"),
    path("toi/ho-so/<str:code>/rut", mine.withdraw, name="withdraw"),
    path("toi/ho-so/<str:code>/bo-sung", supplement.supplement, name="supplement"),
    path("toi/ho-so/<str:code>/bo-sung/<uuid:file>/xoa", supplement.drop, name="supplement_drop"),
    path("toi/ho-so/<str:code>/giay/<uuid:pk>.pdf", downloads.paper, name="own_paper"),
    path("toi/ho-so/<str:code>/tep/<uuid:pk>", downloads.file, name="own_file"),
    path("toi/ho-so/<str:code>/hen/<uuid:pk>.ics", downloads.visit, name="own_visit"),
    path("toi/ho-so/<str:code>/ket-qua.pdf", downloads.result, name="own_result"),
    path("toi/ho-so/<str:code>/kem-theo/<uuid:pk>.pdf", downloads.enclosure, name="own_enclosure"),
]

# The officers' pages stand in dossiers/officer_urls.py.
officer_urls: list[URLPattern | URLResolver] = [path("", include("dossiers.officer_urls"))]

urlpatterns: list[URLPattern | URLResolver] = [
    *filing_urls,
    *public_urls,
    *own_urls,
    *officer_urls,
    path("buu-dien/bao-tin", carrier.told, name="carrier_callback"),
    path(
        "quan-tri/thu-tuc/<str:code>/ban/<int:number>/chay-thu/ghi", scenarios.record, name="catalogue_scenario_record"
    ),
]
