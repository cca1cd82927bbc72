"""Dossiers that nobody may leave stuck: found, moved to who can work on them, handed on when an agency ends."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from dossiers import consulting, dispatching, intake, processing, receivers, supplementing, suspending, tasks
from dossiers.chain import is_whole
from dossiers.models import Dossier, OutboxMessage
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import Status
from portal.floor.actor import SYSTEM, Actor
from procedures.models import Agency, Position, ProcedureAgency, ProvinceProfile, RouteStage
from tests import world as worlds
from tests.dossiers.officers import Desk, copies
from tests.dossiers.test_query_ceilings import at_most
from tests.world import MONDAY, World

TUESDAY = MONDAY + dt.timedelta(days=1)
Climb = Callable[[Dossier, str], Dossier]


@pytest.fixture
def operator(world: World) -> Actor:
    """Whoever manages the whole province."""
    worlds._officer(world, "uyen", "operator", "Hà Thị Uyên", "Quản trị", world.agencies["province"])
    return world.actor("uyen")


@pytest.fixture
def neighbour(world: World) -> Agency:
    """Another commune of the district, with officers."""
    agency = Agency.objects.create(
        code="000.22.05.H62", scheme="qcvn102", name="Ủy ban nhân dân xã Tử Du", name_fold="tu du", symbol="UBND",
        level="commune", parent=world.agencies["district"], one_stop=True, place="Tử Du",
    )  # fmt: skip
    worlds._officer(world, "son", "receiver", "Lý Văn Sơn", "Công chức", agency)
    worlds._officer(world, "tuyet", "specialist", "Mai Thị Tuyết", "Công chức", agency)
    return agency


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("holder_agency", "rule_profile").get(pk=dossier.pk)


def end(agency: Agency, *, heir: Agency | None = None) -> None:
    agency.valid_to, agency.successor = timezone.localdate(MONDAY), heir
    agency.save()


def stuck(reason: str, actor: Actor, at: dt.datetime = TUESDAY) -> list[str]:
    return [str(one) for one in dispatching.stuck(actor, at=at)[reason]]


# The verb ---------------------------------------------------------------------------------------------------------


def test_a_new_dossier_goes_to_the_other_counter_as_a_whole(
    operator: Actor, submitted: Dossier, neighbour: Agency
) -> None:
    due = submitted.next_due_at
    dispatching.dispatch(fresh(submitted), by=operator, at=TUESDAY, to=neighbour, reason="Nộp nhầm xã")
    moved = fresh(submitted)
    assert {moved.holder_agency_id, moved.receiving_agency_id} == {neighbour.pk}
    assert (moved.holder_role, moved.next_due_at) == ("receiver", due), "the eight hours are the law's, not the desk's"
    assert moved.competent_agency_id == submitted.competent_agency_id
    event = moved.events.get(verb="dispatch")
    assert event.note == "Nộp nhầm xã"
    assert event.snapshot == {
        "from": "000.21.05.H62", "to": "000.22.05.H62", "as": ["holder_agency", "receiving_agency"],
    }  # fmt: skip
    assert is_whole(moved)
    told = OutboxMessage.objects.filter(dossier=moved, topic="dispatched").values_list("kind", flat=True)
    assert set(told) == {"notice.citizen", "notice.holder"}


def test_whoever_gets_it_receives_it_under_their_own_code(
    world: World, operator: Actor, submitted: Dossier, neighbour: Agency
) -> None:
    dispatching.dispatch(fresh(submitted), by=operator, at=TUESDAY, to=neighbour, reason="Nộp nhầm xã")
    received = intake.receive(fresh(submitted), by=world.actor("son"), at=TUESDAY)
    assert str(received.code).startswith("000.22.05.H62-")


def test_an_accepted_dossier_keeps_its_counter_its_code_and_its_step(
    operator: Actor, received: Dossier, neighbour: Agency
) -> None:
    code, due = received.code, received.due_at
    dispatching.dispatch(fresh(received), by=operator, at=TUESDAY, to=neighbour, reason="Chị Chi nghỉ việc")
    moved = fresh(received)
    assert (moved.code, moved.due_at, moved.receiving_agency_id) == (code, due, received.receiving_agency_id)
    before, after = moved.stages.order_by("ordinal")
    assert (before.outcome, before.closed_at) == ("dispatch", TUESDAY)
    assert (after.agency_id, after.route_key, after.closed_at) == (neighbour.pk, before.route_key, None)
    assert after.due_at == moved.next_due_at > before.due_at, "its own time for the step"


def test_while_the_clock_stands_still_no_date_begins_to_run(
    world: World, operator: Actor, received: Dossier, neighbour: Agency
) -> None:
    suspending.pause(received, by=world.actor("chi"), at=TUESDAY, ground="giam-dinh")
    due = received.stages.get(closed_at=None).due_at
    dispatching.dispatch(fresh(received), by=operator, at=TUESDAY, to=neighbour, reason="Chị Chi nghỉ việc")
    moved = fresh(received)
    assert (moved.next_due_at, moved.stages.get(closed_at=None).due_at) == (None, due)
    suspending.resume(moved, by=world.actor("tuyet"), at=TUESDAY, note="")
    assert moved.next_due_at is not None
    assert moved.next_due_at >= due


@pytest.mark.parametrize(
    ("reason", "words"), [("", "Hãy ghi lý do"), ("  ", "Hãy ghi lý do"), ("Nộp nhầm", "đang ở cơ quan này")]
)
def test_it_asks_for_a_reason_and_another_agency(
    world: World, operator: Actor, submitted: Dossier, reason: str, words: str
) -> None:
    with pytest.raises(MoveRefused, match=words):
        dispatching.dispatch(fresh(submitted), by=operator, at=TUESDAY, to=world.agencies["commune"], reason=reason)


def test_nothing_goes_where_nobody_works(world: World, operator: Actor, submitted: Dossier, neighbour: Agency) -> None:
    for there, words in ((world.agencies["district"], "chưa có ai giữ vai “Công chức một cửa”"), (neighbour, "không")):
        if there == neighbour:
            end(neighbour)
        with pytest.raises(MoveRefused, match=words):
            dispatching.dispatch(fresh(submitted), by=operator, at=TUESDAY, to=there, reason="Nộp nhầm")
    assert fresh(submitted).version == submitted.version


@pytest.mark.parametrize("name", ["binh", "dung", "lan"])
def test_nobody_but_operators_within_reach_dispatches(
    world: World, submitted: Dossier, neighbour: Agency, name: str
) -> None:
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        dispatching.dispatch(fresh(submitted), by=world.actor(name), at=TUESDAY, to=neighbour, reason="Nộp nhầm")


def test_an_operator_of_the_neighbour_does_not_reach_it(world: World, submitted: Dossier, neighbour: Agency) -> None:
    worlds._officer(world, "xuan", "operator", "Cao Thị Xuân", "Quản trị", neighbour)
    with pytest.raises(MoveRefused):
        dispatching.dispatch(fresh(submitted), by=world.actor("xuan"), at=TUESDAY, to=neighbour, reason="Nộp nhầm")


def test_dispatching_takes_at_most_8_statements(operator: Actor, received: Dossier, neighbour: Agency) -> None:
    dossier = Dossier.objects.select_related("rule_profile", "holder_agency").get(pk=received.pk)
    with at_most(8):
        dispatching.dispatch(dossier, by=operator, at=TUESDAY, to=neighbour, reason="Nghỉ việc")


# The queue --------------------------------------------------------------------------------------------------------


def test_dispatch_queue_when_no_competent_agency(operator: Actor, submitted: Dossier, received: Dossier) -> None:
    assert stuck("khong-tham-quyen", operator) == []
    Dossier.objects.update(status=Status.SUBMITTED)
    ProcedureAgency.objects.filter(competent=True).update(competent=False)
    assert stuck("khong-tham-quyen", operator) == [str(received)]
    Dossier.objects.update(status=Status.IN_PROGRESS)
    assert stuck("khong-tham-quyen", operator) == [], "who is competent was settled when it was received"


def test_an_agency_that_has_ended_is_not_competent(world: World, operator: Actor, submitted: Dossier) -> None:
    end(world.agencies["province"])
    assert stuck("khong-tham-quyen", operator) == [submitted.reference]


def test_a_desk_without_officers_is_seen(world: World, operator: Actor, received: Dossier) -> None:
    assert stuck("khong-nguoi", operator) == []
    seat = Position.objects.filter(pk=world.positions["chi"].pk)
    seat.update(valid_to=timezone.localdate(MONDAY))
    assert stuck("khong-nguoi", operator) == [received.code]
    seat.update(valid_to=None)
    world.users["chi"].is_active = False
    world.users["chi"].save()
    assert stuck("khong-nguoi", operator) == [received.code], "who is locked out works no more"


def test_a_dossier_given_to_somebody_who_left_is_seen(world: World, operator: Actor, received: Dossier) -> None:
    worlds._officer(world, "moi", "specialist", "Vi Văn Mới", "Công chức", world.agencies["commune"])
    processing.assign(received, by=world.actor("dung"), at=MONDAY, to=world.positions["moi"])
    assert stuck("khong-nguoi", operator) == []
    Position.objects.filter(pk=world.positions["moi"].pk).update(valid_to=timezone.localdate(MONDAY))
    assert stuck("khong-nguoi", operator) == [received.code]


def test_a_dossier_of_an_ended_agency_is_seen(world: World, operator: Actor, received: Dossier) -> None:
    assert stuck("het-hoat-dong", operator) == []
    end(world.agencies["commune"])
    assert stuck("het-hoat-dong", operator, MONDAY) == [], "the last day is a working day"
    assert stuck("het-hoat-dong", operator) == [received.code]


@pytest.mark.parametrize("broken", ["no route", "nobody named", "nobody above"])
def test_a_route_that_leads_nowhere_is_seen(world: World, operator: Actor, submitted: Dossier, broken: str) -> None:
    assert stuck("tac-quy-trinh", operator) == []
    stages = RouteStage.objects.filter(route__case=submitted.case)
    if broken == "no route":
        stages.delete()
    elif broken == "nobody named":
        stages.filter(agency_rule="named").update(agency=None)
    else:
        Agency.objects.filter(pk=submitted.receiving_agency_id).update(parent=None)
    assert stuck("tac-quy-trinh", operator) == [submitted.reference]


def test_what_lies_about_for_long_is_seen(operator: Actor, received: Dossier) -> None:
    due = received.next_due_at
    assert due is not None
    assert stuck("de-lau", operator, due + dt.timedelta(days=6)) == []
    assert stuck("de-lau", operator, due + dt.timedelta(days=8)) == [received.code]


def test_before_there_is_a_province_nothing_has_lain_long(operator: Actor, received: Dossier) -> None:
    ProvinceProfile.objects.all().delete()
    assert received.next_due_at is not None
    assert stuck("de-lau", operator, received.next_due_at + dt.timedelta(days=8)) == [received.code]


def test_operators_see_as_far_as_they_reach_and_leaders_what_their_agency_received(
    world: World, received: Dossier, climb: Climb, neighbour: Agency
) -> None:
    for name, agency in (("ut", world.agencies["commune"]), ("xuan", neighbour), ("yen", world.agencies["district"])):
        worlds._officer(world, name, "operator", f"Người {name}", "Quản trị", agency)
    climb(received, "huyen-tham-dinh")
    Position.objects.filter(pk=world.positions["hai"].pk).update(valid_to=timezone.localdate(MONDAY))
    seen = {name for name in ("ut", "xuan", "yen", "dung", "oanh", "chi") if stuck("khong-nguoi", world.actor(name))}
    assert seen == {"yen", "dung"}


# Succession -------------------------------------------------------------------------------------------------------


def test_agency_succession_moves_open_dossiers(
    world: World, submitted: Dossier, neighbour: Agency, climb: Climb
) -> None:
    """What it holds, what it only received, what waits for papers; closed ones stay where they ended."""
    commune = world.agencies["commune"]
    held = submitted
    waiting, away, closed = copies(held, 3)
    binh = world.actor("binh")
    waiting.attachments.create(document_key="x", name="x.jpg", size=1, received_at=MONDAY, verdict="unclear",
                               verdict_note="Mờ", sha256="0" * 64, content_type="image/jpeg", file="x")  # fmt: skip
    supplementing.request_supplement(waiting, by=binh, at=MONDAY)
    away = intake.receive(fresh(away), by=binh, at=MONDAY)
    climb(away, "huyen-tham-dinh")
    intake.refuse(fresh(closed), by=binh, at=MONDAY, reason="Không đúng đối tượng")
    end(commune, heir=neighbour)

    assert dispatching.hand_over_ended(at=MONDAY) == 0, "its last day is its own"
    assert dispatching.hand_over_ended(at=TUESDAY) == 3
    assert dispatching.hand_over_ended(at=TUESDAY) == 0

    held, waiting, away, closed = (fresh(one) for one in (held, waiting, away, closed))
    assert {held.holder_agency_id, held.receiving_agency_id} == {neighbour.pk}
    assert {waiting.holder_agency_id, waiting.receiving_agency_id} == {neighbour.pk}
    assert waiting.status == Status.SUPPLEMENT_REQUESTED
    assert (away.holder_agency_id, away.receiving_agency_id) == (world.agencies["district"].pk, neighbour.pk)
    assert str(away.code).startswith(commune.code), "codes stay"
    assert {closed.holder_agency_id, closed.receiving_agency_id} == {commune.pk}
    told = OutboxMessage.objects.filter(topic="dispatched", kind="notice.citizen").values_list("dossier", flat=True)
    assert set(told) == {held.pk, waiting.pk}
    assert all(is_whole(one) for one in (held, waiting, away))
    assert held.events.get(verb="dispatch").actor_kind == SYSTEM.kind


def test_an_opinion_asked_of_an_ended_agency_is_asked_of_who_took_over_its_work(
    world: World, received: Dossier, neighbour: Agency
) -> None:
    district = world.agencies["district"]
    asked = consulting.consult(
        received, by=world.actor("chi"), at=MONDAY, agency=district, question="Đã hưởng?", days=2
    )
    end(district, heir=neighbour)
    assert dispatching.hand_over_ended(at=TUESDAY) == 1
    assert dispatching.hand_over_ended(at=TUESDAY) == 0
    row = received.consultations.open().get()
    assert (row.agency, row.question, row.due_at, row.stage) == (neighbour, "Đã hưởng?", asked.due_at, asked.stage)
    asked.refresh_from_db()
    assert asked.ended_at == TUESDAY
    dossier = fresh(received)
    assert dossier.holder_agency == world.agencies["commune"], "who leads goes on leading"
    assert dossier.events.get(verb="dispatch").snapshot == {
        "from": district.code, "to": neighbour.code, "as": ["asked"],
    }  # fmt: skip
    assert OutboxMessage.objects.filter(key=f"consultation_asked:consulted:{row.pk}").exists()
    assert is_whole(dossier)


def test_an_heir_that_leads_itself_is_not_asked(world: World, received: Dossier) -> None:
    district = world.agencies["district"]
    consulting.consult(received, by=world.actor("chi"), at=MONDAY, agency=district, question="Đã hưởng?", days=2)
    end(district, heir=world.agencies["commune"])
    assert dispatching.hand_over_ended(at=TUESDAY) == 1
    assert not received.consultations.open().exists()


def test_work_goes_on_over_several_generations_and_never_in_a_ring(
    world: World, submitted: Dossier, neighbour: Agency
) -> None:
    commune, district = world.agencies["commune"], world.agencies["district"]
    end(commune, heir=district)
    assert dispatching.heir_of(neighbour, on=TUESDAY.date()) is None, "it works"
    end(district, heir=neighbour)
    assert dispatching.heir_of(commune, on=TUESDAY.date()) == neighbour
    end(neighbour, heir=commune)
    assert dispatching.heir_of(commune, on=TUESDAY.date()) is None
    end(commune)
    assert dispatching.hand_to_successor(commune, at=TUESDAY) == 0
    assert fresh(submitted).holder_agency_id == commune.pk


def test_who_works_on_a_dossier_that_moment_is_not_disturbed(
    world: World, submitted: Dossier, neighbour: Agency, monkeypatch: Any
) -> None:
    def busy(*args: Any, **kwargs: Any) -> None:
        raise LostRace("Bình đã nhận")

    end(world.agencies["commune"], heir=neighbour)
    with monkeypatch.context() as patched:
        patched.setattr(dispatching, "dispatch", busy)
        assert dispatching.hand_over_ended(at=TUESDAY) == 0
    assert dispatching.hand_over_ended(at=TUESDAY) == 1


def test_ending_an_agency_hands_its_work_over_at_once(
    world: World,
    operator: Actor,
    submitted: Dossier,
    neighbour: Agency,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(receivers.current_app, "send_task", lambda name, **_: getattr(tasks, name.rpartition(".")[2])())
    commune, client = world.agencies["commune"], Desk(world, "uyen").client
    facts = {
        "name": commune.name, "symbol": "UBND", "level": "commune", "parent": commune.parent_id or "", "place": "x",
        "code": commune.code, "seal_mm": 36, "successor": neighbour.pk, "one_stop": "on",
        "valid_to_0": "9", "valid_to_1": "11", "valid_to_2": "2025", "scheme": "qcvn102",
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/quan-tri/co-quan/{commune.code}/sua", facts)
    assert answer.status_code == 302, answer.content.decode()
    assert fresh(submitted).holder_agency_id == neighbour.pk
