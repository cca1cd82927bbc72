"""Addresses of the officers' pages, all below /can-bo/."""

from django.urls import path

from dossiers.views.officer import (
    acts,
    bulk,
    consultations,
    dispatch,
    dossier,
    files,
    keeping,
    parcels,
    queue,
    registers,
    returning,
    searching,
    shortcuts,
    unit,
    waiting,
)
from dossiers.views.officer.counter import choosing, codes, taking

urlpatterns = [
    path("can-bo/hang-viec", queue.queue, name="officer_queue"),
    path("can-bo/hang-viec/loc", keeping.narrow, name="officer_narrow"),
    path("can-bo/hang-viec/moi", queue.news, name="officer_queue_news"),
    path("can-bo/hang-viec/dong", keeping.density, name="officer_density"),
    path("can-bo/hang-viec/luu", keeping.keep, name="officer_view_keep"),
    path("can-bo/hang-viec/xoa", keeping.drop, name="officer_view_drop"),
    path("can-bo/hang-loat", bulk.bulk, name="officer_bulk"),
    path("can-bo/don-vi", unit.unit, name="officer_unit"),
    path("can-bo/dieu-phoi", dispatch.stuck, name="officer_dispatch"),
    path("can-bo/dieu-phoi/<str:code>", dispatch.dispatch, name="officer_dispatch_one"),
    path("can-bo/tim", searching.search, name="officer_search"),
    path("can-bo/tra-ket-qua", waiting.desk, name="officer_returning"),
    path("can-bo/so-theo-doi", registers.register, name="officer_register"),
    path("can-bo/so-theo-doi/<uuid:pk>", registers.printed, name="officer_register_paper"),
    path("can-bo/buu-gui", parcels.parcels, name="officer_parcels"),
    path("can-bo/buu-gui/in", parcels.printed, name="officer_parcels_printed"),
    path("can-bo/lay-y-kien", consultations.waiting, name="officer_consultations"),
    path("can-bo/lay-y-kien/<uuid:pk>", consultations.answer, name="officer_answer"),
    path("can-bo/lay-y-kien/<uuid:pk>/giao", consultations.give, name="officer_give_answer"),
    path("can-bo/ky", returning.to_sign, name="officer_to_sign"),
    path("can-bo/van-thu", returning.records, name="officer_records"),
    path("can-bo/tiep-nhan", choosing.choose, name="officer_counter"),
    path("can-bo/tiep-nhan/<uuid:pk>", taking.take, name="officer_counter_take"),
    path("can-bo/tiep-nhan/<uuid:pk>/xong", taking.done, name="officer_counter_done"),
    path("can-bo/ma-de-danh", codes.codes, name="officer_codes"),
    path("can-bo/ma-de-danh/so-giay", codes.printed, name="officer_codes_printed"),
    path("can-bo/ma-de-danh/<str:code>/huy", codes.void, name="officer_code_void"),
    path("can-bo/phim-tat", shortcuts.shortcuts, name="officer_shortcuts"),
    path("can-bo/ho-so/<str:code>", dossier.dossier, name="officer_dossier"),
    path("can-bo/ho-so/<str:code>/tep/<uuid:pk>", files.original, name="officer_file"),
    path("can-bo/ho-so/<str:code>/tep/<uuid:pk>/trang/<int:number>", files.page, name="officer_file_page"),
    path("can-bo/ho-so/<str:code>/giay/<uuid:pk>", files.issued, name="officer_paper"),
    path("can-bo/ho-so/<str:code>/ket-qua", files.result, name="officer_result"),
    path("can-bo/ho-so/<str:code>/ket-qua/trang/<int:number>", files.result_page, name="officer_result_page"),
    path("can-bo/ho-so/<str:code>/thu-bo-sung", files.supplement, name="officer_supplement"),
    path(
        "can-bo/ho-so/<str:code>/thu-bo-sung/trang/<int:number>", files.supplement_page, name="officer_supplement_page"
    ),
    path("can-bo/ho-so/<str:code>/<slug:name>", acts.act, name="officer_act"),
]
