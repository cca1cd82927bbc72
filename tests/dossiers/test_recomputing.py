"""A changed calendar moves what is still to come, and nothing else; dossier, desk, clock and citizen agree."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import deadlines, files, outbox, processing, recomputing, supplementing, suspending
from dossiers.chain import is_whole
from dossiers.models import Dossier, OutboxMessage
from portal.floor.actor import SYSTEM
from procedures import calendars, worktime
from procedures.models import AdminChange, CalendarDay
from procedures.ruleset import Rules
from tests.dossiers.conftest import picture
from tests.world import MONDAY, World

Climb = Callable[[Dossier, str], Dossier]
SWAP = dt.date(2026, 11, 23)  # a Monday that is worked until somebody decides otherwise
LATER = MONDAY + dt.timedelta(hours=1)


def local(at: dt.datetime | None) -> str:
    assert at is not None
    return f"{at.astimezone(worktime.ZONE):%d/%m/%Y %H:%M}"


def day_off(on: dt.date, *, agency: Any = None, kind: str = "swap_off") -> CalendarDay:
    day = CalendarDay.objects.create(on=on, kind=kind, name="Nghỉ hoán đổi", decision="TB 1/TB-BNV", agency=agency)
    calendars.forget()
    return day


def again(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def test_a_day_off_decided_later_moves_every_date_still_to_come(received: Dossier) -> None:
    before, desk = received.due_at, received.next_due_at
    assert (local(before), local(desk)) == ("11/12/2026 17:00", "13/11/2026 09:00")
    day_off(dt.date(2026, 11, 12))
    assert recomputing.recompute(at=LATER) == 1
    now = again(received)
    assert (local(now.due_at), local(now.next_due_at)) == ("14/12/2026 17:00", "16/11/2026 09:00")
    assert now.original_due_at == before
    assert now.stages.get(closed_at=None).due_at == now.next_due_at
    assert now.clock.get(to_at=None).due_at == now.due_at
    assert now.version == received.version
    assert is_whole(now)


def test_what_a_sweep_has_reckoned_the_next_leaves_alone(received: Dossier) -> None:
    day_off(SWAP)
    assert recomputing.recompute(at=LATER) == 1
    with CaptureQueriesContext(connection) as queries:
        assert recomputing.recompute(at=LATER) == 0
    assert not [query for query in queries if "UPDATE" in query["sql"]]


def test_a_day_taken_back_brings_the_first_dates_back(received: Dossier) -> None:
    before = (received.due_at, received.due_soon_at, received.next_due_at, received.next_soon_at)
    day = day_off(SWAP)
    recomputing.recompute(at=LATER)
    day.delete()
    calendars.forget()
    recomputing.recompute(at=LATER)
    now = again(received)
    assert (now.due_at, now.due_soon_at, now.next_due_at, now.next_soon_at) == before


def test_the_citizen_whose_day_moves_is_told_once(received: Dossier) -> None:
    day_off(SWAP)
    recomputing.recompute(at=LATER)
    recomputing.recompute(at=LATER)
    assert OutboxMessage.objects.filter(topic="recalculated", dossier=received).count() == 1
    outbox.sweep()
    told = [letter for letter in mail.outbox if "ngày hẹn trả mới" in letter.subject]
    assert [letter.to for letter in told] == [["an@example.vn"]]
    assert "14/12/2026" in told[0].body


def test_a_day_off_of_one_agency_moves_its_own_desk_alone(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "huyen-tham-dinh")
    promise, desk = received.due_at, received.next_due_at
    day_off(dt.date(2026, 11, 11), agency=world.agencies["district"], kind="local_off")
    assert recomputing.recompute(at=LATER, agency_id=world.agencies["province"].pk) == 0
    assert recomputing.recompute(at=LATER, agency_id=world.agencies["district"].pk) == 1
    now = again(received)
    assert now.due_at == promise, "the promise counts on the calendar of the agency that received"
    assert now.next_due_at is not None
    assert desk is not None
    assert now.next_due_at > desk


def test_what_is_late_stays_late(received: Dossier) -> None:
    day_off(SWAP)
    late = dt.datetime(2026, 12, 14, 8, tzinfo=worktime.ZONE)
    assert recomputing.recompute(at=late) == 0
    assert again(received).due_at == received.due_at


def test_nobody_is_made_late_by_a_calendar(received: Dossier) -> None:
    day_off(dt.date(2026, 11, 15), kind="swap_work")
    last_morning = dt.datetime(2026, 12, 11, 8, tzinfo=worktime.ZONE)
    assert recomputing.recompute(at=last_morning) == 0
    assert recomputing.recompute(at=LATER) == 1
    assert local(again(received).due_at) == "10/12/2026 17:00"


def test_a_clock_that_stands_still_is_not_touched(world: World, received: Dossier) -> None:
    suspending.pause(received, by=world.actor("chi"), at=LATER, ground="giam-dinh")
    day_off(SWAP)
    assert recomputing.recompute(at=LATER) == 0
    assert again(received).due_at == received.due_at


def test_a_day_off_that_came_during_a_pause_counts_when_the_clock_runs_on(world: World, received: Dossier) -> None:
    suspending.pause(received, by=world.actor("chi"), at=LATER, ground="giam-dinh")
    day_off(SWAP)
    suspending.resume(received, by=world.actor("chi"), at=LATER + dt.timedelta(days=1))
    assert local(received.due_at) == "15/12/2026 17:00", "one day of pause, one day off"
    assert recomputing.recompute(at=LATER + dt.timedelta(days=1)) == 0


def test_after_a_pause_the_working_time_that_was_left_is_reckoned_anew(world: World, received: Dossier) -> None:
    suspending.pause(received, by=world.actor("chi"), at=LATER, ground="giam-dinh")
    suspending.resume(received, by=world.actor("chi"), at=LATER + dt.timedelta(days=2))
    assert local(received.due_at) == "15/12/2026 17:00"
    day_off(SWAP)
    assert recomputing.recompute(at=LATER + dt.timedelta(days=2)) == 1
    now = again(received)
    assert local(now.due_at) == "16/12/2026 17:00"
    assert now.stages.get(closed_at=None).due_at == now.next_due_at


def test_a_supplement_restarts_and_the_new_start_is_what_counts(world: World, received: Dossier) -> None:
    chi = world.actor("chi")
    supplementing.judge(received.attachments.get(), by=chi, verdict="unclear", note="Mờ")
    supplementing.request_supplement(received, by=chi, at=LATER)
    day_off(SWAP)
    assert recomputing.recompute(at=LATER) == 0
    back = LATER + dt.timedelta(days=2)
    new = files.receive(picture(), document_key="bang-tqgc", at=back)
    supplementing.supply(received, by=world.actor("an"), at=back, replaced={"bang-tqgc": [new]})
    before = received.due_at
    assert recomputing.recompute(at=back) == 0
    day_off(dt.date(2026, 11, 26))
    assert recomputing.recompute(at=back) == 1
    assert before is not None
    assert again(received).due_at == before + dt.timedelta(days=1)


def test_the_day_a_letter_named_stays_unless_nobody_works_then(world: World, received: Dossier) -> None:
    letter = dt.datetime(2026, 12, 18, 17, tzinfo=worktime.ZONE)
    segment = received.clock.get()
    segment.to_at = LATER
    segment.save(update_fields=["to_at"])
    received.clock.create(kind="extended", from_at=LATER, due_at=letter)
    Dossier.objects.filter(pk=received.pk).update(due_at=letter)
    day_off(SWAP)
    recomputing.recompute(at=LATER)
    assert local(again(received).due_at) == "18/12/2026 17:00"
    day = day_off(letter.date())
    recomputing.recompute(at=LATER)
    assert local(again(received).due_at) == "21/12/2026 17:00"
    day.delete()
    calendars.forget()
    recomputing.recompute(at=LATER)
    assert local(again(received).due_at) == "18/12/2026 17:00"


def test_the_eight_hours_of_an_online_dossier_are_reckoned_anew(submitted: Dossier) -> None:
    assert local(submitted.next_due_at) == "10/11/2026 09:00"
    day_off(dt.date(2026, 11, 10))
    assert recomputing.recompute(at=LATER) == 1
    assert local(again(submitted).next_due_at) == "11/11/2026 09:00"


def test_a_result_that_waits_to_be_handed_out_is_reckoned_anew(world: World, received: Dossier) -> None:
    due = deadlines.return_due(agency_id=received.receiving_agency_id, at=LATER, rules=Rules())
    received.clock.update(to_at=LATER)
    received.stages.update(closed_at=LATER)
    fields = {"status": 9, "resolved_at": LATER, "holder_role": "returner", **due.as_next()}
    Dossier.objects.filter(pk=received.pk).update(**fields)
    day_off(dt.date(2026, 11, 10))
    assert recomputing.recompute(at=LATER) == 1
    now = again(received)
    assert local(now.next_due_at) == "11/11/2026 17:00"
    assert now.due_at == received.due_at


def test_an_answer_due_on_a_day_off_is_due_on_the_next_working_day(world: World, received: Dossier) -> None:
    due = dt.datetime(2026, 11, 23, 17, tzinfo=worktime.ZONE)
    asked = received.consultations.create(
        stage=received.stages.get(), agency=world.agencies["district"], question="", asked_at=LATER, asked_by="Chi",
        due_at=due, soon_at=due,
    )  # fmt: skip
    day_off(SWAP, agency=world.agencies["district"], kind="local_off")
    assert recomputing.recompute(at=LATER, agency_id=world.agencies["commune"].pk) == 0
    assert recomputing.recompute(at=LATER) == 1
    asked.refresh_from_db()
    assert local(asked.due_at) == "24/11/2026 17:00"


def test_a_dossier_that_an_officer_moves_meanwhile_is_read_again(
    world: World, received: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    day_off(dt.date(2026, 11, 11))
    write, moves = recomputing._write, []

    def meanwhile(changes: Any, *, at: dt.datetime) -> int:
        if not moves:
            moves.append(processing.forward(again(received), by=world.actor("chi"), at=LATER))
        return write(changes, at=at)

    monkeypatch.setattr(recomputing, "_write", meanwhile)
    assert recomputing.recompute(at=LATER) == 1
    now = again(received)
    assert now.stage_kind == "approve"
    assert local(now.due_at) == "14/12/2026 17:00"
    assert now.stages.get(closed_at=None).due_at == now.next_due_at


def test_a_changed_calendar_promises_to_reckon_anew_and_says_so(received: Dossier) -> None:
    day_off(SWAP)
    with_promise = {"agency_id": None, "at": MONDAY}
    calendars.changed(CalendarDay, **with_promise)  # type: ignore[arg-type]
    rows = OutboxMessage.objects.filter(kind="calendar.recompute").order_by("next_at")
    assert [row.payload for row in rows] == [{"agency": None}, {"agency": None}]
    Dossier.objects.filter(pk=received.pk).update(due_at=far(received.due_at), next_due_at=far(received.next_due_at))
    OutboxMessage.objects.exclude(kind="calendar.recompute").delete()
    assert outbox.sweep() == 3, "both promises, and the citizen's notice that came of the first"
    change = AdminChange.objects.get(kind="calendar.recomputed")
    assert change.subject == "1 hồ sơ đang giải quyết có hạn mới"
    assert change.actor_name == SYSTEM.name


def far(at: dt.datetime | None) -> dt.datetime:
    """After whatever the machine's clock says: a promise still to come."""
    assert at is not None
    return at.replace(year=2044)


def test_a_sweep_over_many_is_few_statements(received: Dossier) -> None:
    day_off(SWAP)
    with CaptureQueriesContext(connection) as queries:
        recomputing.recompute(at=LATER)
    assert len(queries) <= 9, [query["sql"][:80] for query in queries]
