"""Thu hồi, chuyển cơ quan khác, bàn giao bản giấy: ways that no route draws."""

import datetime as dt
from typing import Any

import pytest

from dossiers import consulting, intake, processing, redirecting, routing
from dossiers.chain import is_whole
from dossiers.legs import handover_due
from dossiers.models import Consultation, Dossier, OutboxMessage
from dossiers.refusals import MoveRefused
from procedures.models import Position, ProcedureAgency, RouteStage, StageConsultation
from procedures.ruleset import Rules
from tests.dossiers.test_consulting import on_paper
from tests.dossiers.test_query_ceilings import at_most, fresh
from tests.world import MONDAY, ZONE, World

LATER = MONDAY + dt.timedelta(hours=1)
WHY = "Chuyển nhầm, còn thiếu ý kiến"


def recall(dossier: Dossier, world: World, name: str = "chi", *, reason: str = WHY) -> Dossier:
    return redirecting.recall(dossier, by=world.actor(name), at=LATER, reason=reason)


def test_the_desk_before_takes_back_what_it_has_just_passed_on(world: World, received: Dossier) -> None:
    due, soon = received.next_due_at, received.next_soon_at
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    with pytest.raises(MoveRefused, match="lý do thu hồi"):
        recall(received, world, reason=" ")
    recall(received, world)
    stage = received.stages.get(closed_at=None)
    assert (stage.route_key, stage.ordinal, stage.due_at) == ("xa-tham-dinh", 3, due)
    assert (received.next_due_at, received.next_soon_at) == (due, soon), "its own time went on"
    assert (received.holder_role, received.assignee_id) == ("specialist", world.positions["chi"].pk)
    assert received.stages.get(ordinal=2).outcome == "recall"
    processing.forward(received, by=world.actor("chi"), at=LATER)
    assert is_whole(received)


@pytest.mark.parametrize("name", ["dung", "hai", "an"])
def test_nobody_else_takes_it_back(world: World, received: Dossier, name: str) -> None:
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    with pytest.raises(MoveRefused):
        recall(received, world, name)


def test_once_somebody_there_has_acted_it_is_too_late(world: World, received: Dossier) -> None:
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    processing.assign(received, by=world.actor("dung"), at=MONDAY, to=world.positions["dung"])
    with pytest.raises(MoveRefused, match="đã bắt đầu làm"):
        recall(received, world)


def test_the_first_desk_has_nothing_to_take_back(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="không vừa chuyển"):
        recall(received, world)
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    received.stages.exclude(closed_at=None).delete()
    with pytest.raises(MoveRefused, match="không vừa chuyển"):
        recall(received, world)


def test_taking_back_over_agencies_tells_the_citizen_and_ends_what_was_asked_there(
    world: World, received: Dossier
) -> None:
    stage = RouteStage.objects.get(route__case__version=world.climbing, key="huyen-tham-dinh")
    StageConsultation.objects.create(stage=stage, agency=world.agencies["province"], question="?", hours=8)
    routing._cases.cache_clear()
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    processing.forward(received, by=world.actor("dung"), at=MONDAY)
    assert Consultation.objects.open().count() == 1
    recall(received, world, "dung")
    assert received.holder_agency_id == world.agencies["commune"].pk
    assert not Consultation.objects.open().exists()
    assert OutboxMessage.objects.filter(topic="forwarded").count() == 2
    processing.forward(received, by=world.actor("dung"), at=LATER)
    assert Consultation.objects.open().count() == 1, "it is asked again when the stage opens again"


def test_taking_back_takes_at_most_8_statements(world: World, received: Dossier) -> None:
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    dossier = fresh(received)
    with at_most(8):
        recall(dossier, world)


# To another agency -------------------------------------------------------------------------------------------


@pytest.fixture
def competent(world: World) -> World:
    """The district is competent for the procedure too."""
    ProcedureAgency.objects.create(
        procedure=world.climbing.procedure, agency=world.agencies["district"], receives=False, competent=True
    )
    return world


def give(dossier: Dossier, world: World, level: str = "district", *, reason: str = "Thuộc thẩm quyền huyện") -> Dossier:
    to = world.agencies[level]
    return redirecting.hand_over(dossier, by=world.actor("chi"), at=LATER, to=to, reason=reason)


def test_another_competent_agency_gets_the_same_stage_and_the_promise_stays(
    competent: World, received: Dossier
) -> None:
    promise = received.due_at
    with pytest.raises(MoveRefused, match="lý do"):
        give(received, competent, reason="")
    give(received, competent)
    stage = received.stages.get(closed_at=None)
    assert (stage.route_key, stage.agency, stage.due_at) == (
        "xa-tham-dinh", competent.agencies["district"], dt.datetime(2026, 11, 13, 10, 0, tzinfo=ZONE),
    )  # fmt: skip
    assert (received.competent_agency_id, received.due_at) == (competent.agencies["district"].pk, promise)
    told = OutboxMessage.objects.get(topic="handed_over")
    assert told.payload == {
        "note": "Thuộc thẩm quyền huyện",
        "holder_agency": "Ủy ban nhân dân huyện Lập Thạch",
        "stage": "Bước xa-tham-dinh",
    }
    processing.forward(received, by=competent.actor("hai"), at=LATER)
    assert received.holder_agency_id == competent.agencies["district"].pk, "its leader approves"
    assert is_whole(received)


def test_agencies_without_competence_or_without_people_get_nothing(competent: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="không có thẩm quyền"):
        give(received, competent, "commune")
    Position.objects.filter(pk=competent.positions["hai"].pk).update(valid_to=dt.date(2026, 11, 1))
    with pytest.raises(MoveRefused, match="không có người làm bước này"):
        give(received, competent)
    assert [one.level for one in redirecting.others(received, on=MONDAY.date())] == ["province"]


def test_who_is_being_asked_is_waited_for_before_the_dossier_goes(competent: World, received: Dossier) -> None:
    consulting.consult(
        received, by=competent.actor("chi"), at=MONDAY, agency=competent.agencies["province"], question="?",
        hours=8,  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(MoveRefused, match="thôi lấy ý kiến trước"):
        give(received, competent)


# The paper -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "due"),
    [
        (dt.datetime(2026, 11, 9, 6, 0, tzinfo=ZONE), dt.datetime(2026, 11, 9, 17, 0, tzinfo=ZONE)),
        (dt.datetime(2026, 11, 9, 15, 0, tzinfo=ZONE), dt.datetime(2026, 11, 9, 17, 0, tzinfo=ZONE)),
        (dt.datetime(2026, 11, 9, 15, 1, tzinfo=ZONE), dt.datetime(2026, 11, 10, 8, 0, tzinfo=ZONE)),
        (dt.datetime(2026, 11, 13, 16, 0, tzinfo=ZONE), dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE)),
        (dt.datetime(2026, 11, 14, 9, 0, tzinfo=ZONE), dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE)),
    ],
)
def test_forward_same_day_before_15h_next_morning_after(world: World, given: dt.datetime, due: dt.datetime) -> None:
    """NĐ 61/2018 art. 18: paper is there the same day; what came after 15:00 at the start of the next."""
    assert handover_due(agency_id=world.agencies["commune"].pk, at=given, rules=Rules()) == due


def test_paper_that_changes_agency_is_received_with_a_signature(world: World, submitted: Dossier) -> None:
    on_paper(submitted)
    received = intake.receive(submitted, by=world.actor("binh"), at=MONDAY)
    assert received.stages.get().received_at == MONDAY, "within the house there is nothing to hand over"
    with pytest.raises(MoveRefused, match="Không có bản giấy"):
        redirecting.confirm_handover(received, by=world.actor("chi"), at=MONDAY)
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    processing.forward(received, by=world.actor("dung"), at=MONDAY)
    stage = received.stages.get(closed_at=None)
    assert (stage.given_by, stage.received_at) == ("Lê Tiến Dũng", None)
    assert stage.handover_due_at == dt.datetime(2026, 11, 9, 17, 0, tzinfo=ZONE)
    redirecting.confirm_handover(received, by=world.actor("hai"), at=LATER)
    stage.refresh_from_db()
    assert (stage.received_at, stage.received_by) == (LATER, "Hoàng Văn Hải")
    with pytest.raises(MoveRefused, match="Không có bản giấy"):
        redirecting.confirm_handover(received, by=world.actor("hai"), at=LATER)
    with pytest.raises(MoveRefused, match="đã bắt đầu làm"):
        recall(received, world, "dung")


def test_paper_given_to_another_agency_has_its_time_too(competent: World, submitted: Dossier) -> None:
    on_paper(submitted)
    received = intake.receive(submitted, by=competent.actor("binh"), at=MONDAY)
    give(received, competent)
    assert received.stages.get(closed_at=None).handover_due_at == dt.datetime(2026, 11, 9, 17, 0, tzinfo=ZONE)


def test_what_is_electronic_is_there_at_once(world: World, received: Dossier, climb: Any) -> None:
    climb(received, "huyen-tham-dinh")
    stage = received.stages.get(closed_at=None)
    assert (stage.received_at, stage.handover_due_at) == (stage.opened_at, None)
