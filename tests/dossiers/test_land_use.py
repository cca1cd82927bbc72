"""A change of land use, from a commune's counter over the land office, the commune again, department, district and tax
office back to the counter: 32 working days, several desks at once, and the clock that waits for the citizen's money.

The way is the one of a real record of Yên Bái; desks, shares and pause are as it has them.
"""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from dossiers import consulting, files, intake, outbox, processing, redirecting, returning, suspending, trail
from dossiers.models import ClockSegment, Consultation, Dossier, HandedPaper
from dossiers.refusals import MoveRefused
from dossiers.states import CitizenState, Status
from portal.floor.actor import SYSTEM
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import (
    Agency,
    Case,
    ProcedureAgency,
    ProcedureVersion,
    RequiredDocument,
    Route,
    RouteStage,
    StageConsultation,
)
from procedures.ruleset import Rules
from tests import world as worlds
from tests.dossiers.conftest import applicant_of, picture
from tests.world import ZONE, World

STAGES = (
    # key, name, kind, level, where, role, hours
    ("tham-dinh", "Thẩm định hồ sơ đất đai", "examine", "district", "land", "specialist", 120),
    ("duyet", "Lãnh đạo Văn phòng đăng ký duyệt", "approve", "district", "land", "leader", 16),
    ("phong", "Phòng Tài nguyên và Môi trường duyệt", "approve", "district", "environment", "leader", 24),
    ("ky", "Lãnh đạo huyện ký", "sign", "district", "district", "leader", 16),
    ("duyet-2", "Văn phòng đăng ký duyệt lần hai", "approve", "district", "land", "leader", 16),
    ("thue", "Chuyển thông tin sang cơ quan thuế", "examine", "district", "land", "specialist", 40),
    ("sau-thue", "Duyệt sau nộp thuế", "approve", "district", "land", "leader", 16),
    ("dong-dau", "Văn thư huyện đóng dấu", "seal", "district", "district", "records_clerk", 8),
)
PEOPLE = {
    "land": {"nga": ("specialist", "Lý Thị Nga", "Chuyên viên"), "phong": ("leader", "Đỗ Phong", "Giám đốc")},
    "environment": {"tam": ("leader", "Cao Văn Tâm", "Trưởng phòng")},
    "tax": {"uyen": ("specialist", "Mai Tố Uyên", "Công chức thuế")},
    "district": {"kha": ("records_clerk", "Lê Kha", "Văn thư")},
}
TAX = {"key": "thue", "reason": "Chờ nộp nghĩa vụ tài chính về đất", "basis": "NĐ 101/2024, Điều 31", "payment": True}


def on(day: int, month: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def land(world: World) -> World:
    """The world with a land office, a department of environment and a tax office, and the procedure over them all."""
    names = {
        "land": "Văn phòng đăng ký đất đai",
        "environment": "Phòng Tài nguyên và Môi trường",
        "tax": "Chi cục Thuế",
    }
    for number, (key, name) in enumerate(names.items()):
        world.agencies[key] = Agency.objects.create(
            code=f"000.{number + 1:02}.77.H62", scheme="qcvn102", name=f"{name} huyện Lập Thạch", name_fold=key,
            symbol=key.upper(), level="district", parent=world.agencies["district"], place="Lập Thạch",
        )  # fmt: skip
    for key, people in PEOPLE.items():
        for name, (role, full_name, title) in people.items():
            worlds._officer(world, name, role, full_name, title, world.agencies[key])
    return world


@pytest.fixture
def procedure(land: World) -> ProcedureVersion:
    version = worlds.procedure("1.010200", "Chuyển mục đích sử dụng đất", "Chuyển mục đích sử dụng đất", "district")
    case = Case.objects.create(
        version=version, result_template=worlds.RESULT_TEMPLATE, refusal_template=worlds.REFUSAL_TEMPLATE,
        time_amount=32, time_unit="working_day", result_symbol="QĐ", pause_grounds=[TAX],
    )  # fmt: skip
    RequiredDocument.objects.create(case=case, key="gcn", name="Giấy chứng nhận quyền sử dụng đất", originals=1)
    way = Route.objects.create(case=case)
    for order, (key, name, kind, level, where, role, hours) in enumerate(STAGES, 1):
        stage = RouteStage.objects.create(
            route=way, key=key, order=order, name=name, kind=kind, level=level, role=role, hours=Decimal(hours),
            agency_rule="competent" if where == "land" else "named",
            agency=None if where == "land" else land.agencies[where],
        )  # fmt: skip
        if key == "thue":
            StageConsultation.objects.create(
                stage=stage, agency=land.agencies["tax"], question="Xác định nghĩa vụ tài chính", hours=24
            )
    ProcedureAgency.objects.create(procedure=version.procedure, agency=land.agencies["commune"])
    ProcedureAgency.objects.create(
        procedure=version.procedure, agency=land.agencies["land"], receives=False, competent=True
    )
    return version


def file_at_the_commune(land: World, version: ProcedureVersion) -> Dossier:
    """An files in her commune for an agency elsewhere; the original of the land certificate travels along."""
    an, at = land.actor("an"), on(9, 11, 8)
    draft = intake.start(version, by=an, at=at, agency=land.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=at, answers={}, delivery={"mode": "desk"})
    files.receive(picture("gcn.jpg"), document_key="gcn", at=at, draft=draft)
    dossier = intake.submit(draft, by=an, at=at, applicant=applicant_of(land))
    HandedPaper.objects.create(
        dossier=dossier, document_key="gcn", name="Giấy chứng nhận", originals=1, held=1, taken_at=at, taken_by="Bình"
    )
    return intake.receive(dossier, by=land.actor("binh"), at=on(9, 11, 9))


def stage_of(dossier: Dossier) -> Any:
    return dossier.stages.select_related("agency").get(closed_at=None)


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("rule_profile").get(pk=dossier.pk)


def test_a_change_of_land_use_over_commune_land_office_district_and_tax(
    land: World, procedure: ProcedureVersion
) -> None:
    dossier = file_at_the_commune(land, procedure)
    for part in (
        reaches_the_land_office,
        is_confirmed_by_the_commune,
        is_approved_and_signed,
        goes_to_the_tax_office,
        waits_for_the_money,
        is_sealed_and_returned,
    ):
        dossier = part(land, dossier)
    every_desk_and_act_is_written_down(dossier)
    the_citizen_was_told(dossier)


def reaches_the_land_office(land: World, dossier: Dossier) -> Dossier:
    """The counter of the commune took it for the land office; 32 working days are promised."""
    by = land.actor
    assert dossier.competent_agency == land.agencies["land"]
    assert dossier.due_at == on(23, 12, 17)
    desk = stage_of(dossier)
    assert (desk.agency, desk.due_at) == (land.agencies["land"], on(30, 11, 9))
    assert (desk.given_by, desk.handover_due_at, desk.received_at) == ("Nguyễn Văn Bình", on(9, 11, 17), None)

    # The office has the paper by the afternoon, its head gives the work to one officer.
    processing.assign(dossier, by=by("phong"), at=on(9, 11, 14), to=land.positions["nga"])
    redirecting.confirm_handover(dossier, by=by("nga"), at=on(9, 11, 15))
    assert stage_of(dossier).received_by == "Lý Thị Nga"
    return dossier


def is_confirmed_by_the_commune(land: World, dossier: Dossier) -> Dossier:
    """The commune has five days of its own; meanwhile the land office leads and cannot pass on."""
    by = land.actor
    leg = consulting.consult(
        dossier, by=by("nga"), at=on(10, 11, 9), agency=land.agencies["commune"], days=5, kind="joint",
        question="Xác nhận hiện trạng, tranh chấp, quy hoạch của thửa đất",
    )  # fmt: skip
    assert leg.due_at == on(17, 11, 17)
    assert dossier.holder_agency_id == land.agencies["land"].pk
    with pytest.raises(MoveRefused, match="Đang lấy ý kiến Ủy ban nhân dân xã"):
        processing.forward(dossier, by=by("nga"), at=on(12, 11, 9))
    consulting.open_consultation(leg, by=by("chi"), at=on(11, 11, 8))
    consulting.answer_consultation(
        leg, by=by("chi"), at=on(16, 11, 10), opinion="agree", answer="Đất không tranh chấp, phù hợp quy hoạch."
    )
    return dossier


def is_approved_and_signed(land: World, dossier: Dossier) -> Dossier:
    """Examined, drafted, approved by the office and by the department, signed for the district."""
    by = land.actor
    dossier = fresh(dossier)
    processing.draft_result(dossier, by=by("nga"), at=on(24, 11, 9), kind="approval", text={})
    processing.forward(dossier, by=by("nga"), at=on(24, 11, 10), note="Đủ điều kiện")
    assert stage_of(dossier).due_at == on(26, 11, 10)
    processing.forward(dossier, by=by("phong"), at=on(25, 11, 9))
    desk = stage_of(dossier)
    assert (desk.agency, desk.due_at) == (land.agencies["environment"], on(30, 11, 9)), "three days of its own"
    assert desk.handover_due_at == on(25, 11, 17), "the paper goes along"
    processing.propose(dossier, by=by("tam"), at=on(27, 11, 15, 30))
    assert stage_of(dossier).handover_due_at == on(30, 11, 8), "after 15:00: the next working morning"
    result = processing.decide(dossier, by=by("oanh"), at=on(1, 12, 9))
    processing.attach_signed_result(result, purpose="person", document_id=uuid.uuid4(), by=SYSTEM, at=on(1, 12, 9))
    return dossier


def goes_to_the_tax_office(land: World, dossier: Dossier) -> Dossier:
    """Second approval, then the tax office is asked by the route itself."""
    by = land.actor
    dossier = fresh(dossier)
    assert stage_of(dossier).route_key == "duyet-2"
    processing.forward(dossier, by=by("phong"), at=on(2, 12, 9))
    tax = Consultation.objects.open().get()
    assert (tax.agency, tax.kind, tax.due_at) == (land.agencies["tax"], "joint", on(7, 12, 9))
    consulting.answer_consultation(
        tax, by=by("uyen"), at=on(3, 12, 9), opinion="other", answer="Thông báo nộp 35.200.000 đồng"
    )
    return dossier


def waits_for_the_money(land: World, dossier: Dossier) -> Dossier:
    """The citizen has the notice of the tax: the clock stands still until the money is paid."""
    by = land.actor
    dossier = fresh(dossier)
    own_due = stage_of(dossier).due_at
    suspending.pause(dossier, by=by("nga"), at=on(3, 12, 10), ground="thue")
    assert (dossier.status, dossier.citizen_state) == (Status.PAYMENT_DUE, CitizenState.PAYMENT_DUE)
    assert dossier.next_due_at is None
    with pytest.raises(MoveRefused):
        processing.forward(dossier, by=by("nga"), at=on(4, 12, 9))
    suspending.resume(dossier, by=by("nga"), at=on(10, 12, 10), note="Đã nộp, biên lai 0012345")
    calendar = calendar_for(land.agencies["commune"].pk)
    assert dossier.status == Status.IN_PROGRESS
    assert dossier.due_at == on(30, 12, 17), "five working days later"
    assert dossier.original_due_at == on(23, 12, 17), "what was promised first is kept"
    moved = stage_of(dossier).due_at
    assert worktime.minutes_between(calendar, own_due, moved) == 5 * 8 * 60
    return dossier


def is_sealed_and_returned(land: World, dossier: Dossier) -> Dossier:
    """Approved after the tax, sealed: the business is done; the result goes back to where An filed."""
    by = land.actor
    processing.forward(dossier, by=by("nga"), at=on(11, 12, 9))
    assert stage_of(dossier).due_at == on(15, 12, 9)
    processing.forward(dossier, by=by("phong"), at=on(14, 12, 9))
    processing.seal(dossier, by=by("kha"), at=on(14, 12, 10))
    result = dossier.results.select_related("dossier").get()
    processing.attach_signed_result(result, purpose="seal", document_id=uuid.uuid4(), by=SYSTEM, at=on(14, 12, 11))
    dossier = fresh(dossier)
    assert (dossier.status, dossier.resolved_at) == (Status.RESOLVED, on(14, 12, 11))
    assert (dossier.holder_agency, dossier.holder_role) == (land.agencies["commune"], "returner")
    given_back = [dossier.handed.get().pk]
    returning.hand_out(
        dossier, by=by("giang"), at=on(15, 12, 9), collector="Nguyễn Thị An", paper="Căn cước", given_back=given_back
    )
    dossier = fresh(dossier)
    assert (dossier.status, dossier.returned_at) == (Status.RETURNED, on(15, 12, 9)), "another date than the business"
    return dossier


def every_desk_and_act_is_written_down(dossier: Dossier) -> None:
    keys = list(dossier.stages.order_by("ordinal").values_list("route_key", flat=True))
    assert keys == [stage[0] for stage in STAGES], "every desk once, in its order"
    assert [(segment.kind, segment.legal_basis) for segment in dossier.clock.order_by("from_at", "pk")] == [
        (ClockSegment.Kind.RUNNING, ""), (ClockSegment.Kind.PAUSED, TAX["basis"]), (ClockSegment.Kind.RUNNING, ""),
    ]  # fmt: skip
    assert list(dossier.events.order_by("sequence").values_list("verb", flat=True)) == [
        "submit", "receive", "assign", "confirm_handover", "consult", "answer_consultation", "draft_result", "forward",
        "forward", "propose", "decide", "attach_signed_result", "forward", "consult", "answer_consultation", "pause",
        "resume", "forward", "forward", "seal", "attach_signed_result", "hand_out",
    ]  # fmt: skip
    assert list(trail.verify([dossier])) == []


def the_citizen_was_told(dossier: Dossier) -> None:
    """Of every agency that had it, of the tax and of the result; not of every desk."""
    told = dossier.outbox.filter(kind="notice.citizen").order_by("created_at", "pk")
    assert list(told.values_list("topic", flat=True)) == [
        "submitted", "received", "forwarded", "forwarded", "forwarded", "payment_due", "resumed", "forwarded",
        "result_ready", "returned",
    ]  # fmt: skip
    outbox.sweep()
    assert not any("35.200.000" in letter.body for letter in mail.outbox), "what agencies tell each other stays there"


def test_a_tax_office_that_does_not_answer_is_reported_and_not_taken_for_a_yes(
    land: World, procedure: ProcedureVersion
) -> None:
    dossier = file_at_the_commune(land, procedure)
    at = on(10, 11, 9)
    processing.draft_result(dossier, by=land.actor("nga"), at=at, kind="approval", text={})
    for name, verb in (("nga", processing.forward), ("phong", processing.forward), ("tam", processing.propose)):
        verb(dossier, by=land.actor(name), at=at)
    result = processing.decide(dossier, by=land.actor("oanh"), at=at)
    processing.attach_signed_result(result, purpose="person", document_id=uuid.uuid4(), by=SYSTEM, at=at)
    dossier = fresh(dossier)
    processing.forward(dossier, by=land.actor("phong"), at=at)
    late = on(16, 11, 9)
    with pytest.raises(MoveRefused, match=r"Chi cục Thuế.*quá hạn"):
        processing.forward(dossier, by=land.actor("nga"), at=late)
    processing.forward(dossier, by=land.actor("nga"), at=late, note="Cơ quan thuế quá hạn không trả lời")
    asked = Consultation.objects.get()
    assert (asked.ended_at, asked.opinion) == (late, "")
