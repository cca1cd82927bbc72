"""The clock as the law has it, by the names of its acceptance tests; what no calendar may ever break, as properties."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from dossiers import intake, lateness, processing, recomputing, returning, supplementing
from dossiers.deadlines import Limit, segments_of_desk
from dossiers.models import Dossier
from procedures import calendars, worktime
from procedures.importing import import_calendar
from procedures.models import CalendarDay, ProvinceProfile, RuleProfile
from procedures.ruleset import Rules
from tests.dossiers.conftest import applicant_of
from tests.world import MONDAY, World

HOURS = [(dt.time(7, 30), dt.time(11, 30)), (dt.time(13), dt.time(17))]
OFF = ["01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "04-27", "04-30", "05-01", "08-31", "09-01",
       "09-02", "11-24"]  # fmt: skip
WORKED = ["01-10", "08-22"]


@pytest.fixture
def of_2026(db: Any) -> None:
    """The calendar of 2026 as decided (regulation §11.1)."""
    rows = [f"2026-{day},{day},nghi_le,QĐ" for day in OFF] + [f"2026-{day},{day},lam_bu,QĐ" for day in WORKED]
    import_calendar("\n".join(["date,name,kind,source", *rows]).encode())


def deadline(start: str, amount: int, unit: str, *more: str) -> str:
    """What `motcua manage deadline` answers, as `dd/mm HH:MM`."""
    out = io.StringIO()
    call_command("deadline", "--from", start, "--amount", str(amount), "--unit", unit, "--json", *more, stdout=out)
    return f"{dt.datetime.fromisoformat(json.loads(out.getvalue())['due']):%d/%m %H:%M}"


@pytest.mark.usefixtures("of_2026")
@pytest.mark.parametrize(
    ("start", "amount", "unit", "more", "expected"),
    [
        pytest.param("2026-04-24T10:00", 5, "working_day", (), "06/05 17:00", id="T1"),
        pytest.param("2026-11-19T15:30", 3, "working_day", (), "25/11 17:00", id="T2"),
        pytest.param("2026-11-19T15:30", 3, "working_day", ("--next-day-after", "15:00"), "26/11 17:00", id="T2b"),
        pytest.param("2026-11-21T20:00", 8, "working_hour", (), "23/11 17:00", id="T3"),
        pytest.param("2026-11-23T16:00", 8, "working_hour", (), "25/11 16:00", id="T3b"),
        pytest.param("2026-02-03T09:00", 15, "day", (), "23/02 17:00", id="T4"),
        pytest.param("2026-08-28T09:00", 3, "working_day", (), "07/09 17:00", id="T5"),
        pytest.param("2026-02-09T14:00", 10, "working_day", (), "02/03 17:00", id="T6"),
        pytest.param("2026-08-10T08:00", 20, "working_day", (), "09/09 17:00", id="T7"),
        pytest.param("2026-11-19T12:15", 8, "working_hour", (), "20/11 11:30", id="T8"),
        pytest.param("2026-02-13T14:00", 4, "working_hour", (), "23/02 08:30", id="T9"),
        pytest.param("2026-08-21T10:00", 1, "working_day", (), "22/08 17:00", id="T10"),
        pytest.param("2026-11-18T15:05", 0, "same_day", ("--cutoff", "15:00"), "19/11 17:00", id="T11"),
        pytest.param(
            "2026-11-09T10:00", 5, "working_day", ("--pause", "2026-11-11T09:00..2026-11-13T15:00"), "19/11 17:00",
            id="T13",
        ),
        pytest.param(
            "2026-11-09T10:00", 40, "working_hour", ("--pause", "2026-11-11T09:00..2026-11-13T15:00"), "18/11 16:00",
            id="T13b",
        ),
    ],
)  # fmt: skip
def test_due_dates_T1_to_T11(start: str, amount: int, unit: str, more: tuple[str, ...], expected: str) -> None:  # noqa: N802 -- the name of the acceptance test
    assert deadline(start, amount, unit, *more) == expected


@pytest.mark.usefixtures("of_2026")
def test_the_command_explains_a_pause_day_by_day() -> None:
    out = io.StringIO()
    pause = "2026-11-11T09:00..2026-11-13T15:00"
    call_command("deadline", "--from", "2026-11-09T10:00", "--amount", "5", "--unit", "working_day", "--pause", pause,
                 "--json", stdout=out)  # fmt: skip
    lines = json.loads(out.getvalue())["lines"]
    told = [(one["on"][5:], one["kind"], one["minutes"]) for one in lines]
    assert told == [
        ("11-09", "start", 0), ("11-09", "counted", 330), ("11-10", "counted", 480), ("11-11", "counted", 90),
        ("11-11", "paused", 0), ("11-12", "paused", 0), ("11-13", "counted", 120), ("11-13", "paused", 0),
        ("11-14", "off", 0), ("11-15", "off", 0), ("11-16", "counted", 480), ("11-17", "counted", 480),
        ("11-18", "counted", 480), ("11-19", "counted", 480), ("11-19", "due", 0),
    ]  # fmt: skip


@pytest.mark.usefixtures("of_2026")
@pytest.mark.parametrize("pause", ["2026-11-11", "2026-11-13T09:00..2026-11-11T09:00", "x..y"])
def test_a_pause_that_makes_no_sense_is_refused(pause: str) -> None:
    with pytest.raises(CommandError):
        deadline("2026-11-09T10:00", 5, "working_day", "--pause", pause)


@pytest.mark.usefixtures("of_2026")
def test_online_acceptance_8_working_hours_weekend_and_holiday(world: World, draft: Any) -> None:
    calendars.forget()
    for sent, expected in (("2026-11-21T20:00+07:00", "23/11 17:00"), ("2026-11-23T16:00+07:00", "25/11 16:00")):
        due = Limit.of_intake(agency_id=world.agencies["commune"].pk, rules=Rules()).fresh(
            worktime.tick(dt.datetime.fromisoformat(sent))
        )
        assert f"{worktime.moment(due):%d/%m %H:%M}" == expected
    sent_at = dt.datetime(2026, 11, 21, 20, tzinfo=worktime.ZONE)
    dossier = intake.submit(draft, by=world.actor("an"), at=sent_at, applicant=applicant_of(world))
    assert dossier.next_due_at == dt.datetime(2026, 11, 23, 17, tzinfo=worktime.ZONE)


@pytest.mark.usefixtures("of_2026")
def test_holiday_24_11_only_from_2026() -> None:
    assert deadline("2026-11-23T09:00", 1, "working_day") == "25/11 17:00"
    assert deadline("2025-11-21T09:00", 2, "working_day") == "25/11 17:00", "in 2025 people worked on Monday 24/11"


def test_profile_pinned_at_acceptance(world: World, received: Dossier) -> None:
    """A later state of the law is for later dossiers."""
    later = RuleProfile.objects.create(
        code="VN-2099", name="Nghị định sau này", effective_from=MONDAY.date(), parameters={"supplement_limit": 0}
    )
    ProvinceProfile.objects.update(default_rule_profile=later)
    supplementing.judge(received.attachments.get(), by=world.actor("chi"), verdict="missing", note="Thiếu")
    stored = Dossier.objects.get(pk=received.pk)
    supplementing.request_supplement(stored, by=world.actor("chi"), at=MONDAY)
    assert (stored.rule_profile_id, stored.supplement_count) == (world.rules.pk, 1)
    assert (stored.limit_amount, stored.limit_unit) == (24, "working_day")


def test_original_due_preserved(world: World, received: Dossier) -> None:
    first = received.due_at
    CalendarDay.objects.create(on=dt.date(2026, 11, 24), kind="holiday", name="24/11")
    calendars.forget()
    recomputing.recompute(at=MONDAY)
    stored = Dossier.objects.get(pk=received.pk)
    assert stored.original_due_at == first
    assert stored.due_at is not None
    assert first is not None
    assert stored.due_at > first


def test_overdue_does_not_block_return(world: World, received: Dossier) -> None:
    Dossier.objects.filter(pk=received.pk).update(
        status=9, holder_role="returner", resolved_at=MONDAY + dt.timedelta(days=90), stage_kind="", next_due_at=MONDAY
    )
    late = Dossier.objects.get(pk=received.pk)
    returning.hand_out(
        late, by=world.actor("giang"), at=MONDAY + dt.timedelta(days=200), collector="Nguyễn Thị An", paper="Căn cước"
    )
    assert late.status == 10


def test_a_desk_that_is_overdue_may_still_work(world: World, received: Dossier) -> None:
    assert received.next_due_at is not None
    processing.forward(received, by=world.actor("chi"), at=received.next_due_at + dt.timedelta(days=30))
    assert Dossier.objects.filter(pk=received.pk, due_at=F("original_due_at")).exists(), "a late step moves no promise"


def facts(**given: Any) -> lateness.Facts:
    due = dt.datetime(2026, 11, 20, 17, tzinfo=worktime.ZONE)
    legal = dt.datetime(2026, 11, 27, 17, tzinfo=worktime.ZONE)
    given = {"due_at": due, "original_due_at": due, "legal_due_at": legal} | given
    return lateness.Facts(MONDAY, **given)


def day(number: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, 11, number, hour, tzinfo=worktime.ZONE)


@pytest.mark.parametrize(
    ("at", "law", "promise", "by_766"),
    [
        (day(19), 2, "early", True), (day(20), 2, "on_time", True), (day(20, 18), 2, "late", False),
        (day(23), 2, "late", False), (day(27), 1, "late", False), (day(28), 0, "late", False),
    ],
)  # fmt: skip
def test_on_time_is_three_questions(at: dt.datetime, law: int, promise: str, by_766: bool) -> None:
    told = facts(resolved_at=at)
    assert lateness.by_law(told, zone=worktime.ZONE) == law
    assert lateness.by_promise(told, now=at, zone=worktime.ZONE) == promise
    assert lateness.by_766(told, period_ends=day(30)) is by_766


def test_an_apology_keeps_the_first_promise_for_the_statistics() -> None:
    moved = {"due_at": day(25, 17), "resolved_at": day(24), "extensions": 1}
    assert lateness.by_promise(facts(**moved), now=day(24), zone=worktime.ZONE) == "late"
    assert lateness.by_promise(facts(**moved, extension_lawful=True), now=day(24), zone=worktime.ZONE) == "early"
    assert lateness.by_766(facts(**moved), period_ends=day(30)), "the national index reads the new date"


def test_what_is_open_or_stopped_or_without_a_promise() -> None:
    assert lateness.by_law(facts(), zone=worktime.ZONE) is None
    assert lateness.by_law(facts(resolved_at=day(19), legal_due_at=None), zone=worktime.ZONE) is None
    assert lateness.by_promise(facts(), now=day(20), zone=worktime.ZONE) == "in_time"
    assert lateness.by_promise(facts(), now=day(21), zone=worktime.ZONE) == "overdue"
    assert lateness.by_promise(facts(waiting_since=day(11)), now=day(21), zone=worktime.ZONE) == "in_time"
    assert lateness.by_promise(facts(stopped_at=day(12)), now=day(21), zone=worktime.ZONE) is None
    assert lateness.by_promise(facts(due_at=None), now=day(21), zone=worktime.ZONE) is None


def test_766_no_promised_date_rule() -> None:
    took = {"due_at": None, "resolved_at": day(28)}
    assert not lateness.by_766(facts(**took), period_ends=day(30))
    assert lateness.by_766(facts(**took, citizens_time=dt.timedelta(days=2)), period_ends=day(30))
    assert lateness.by_766(facts(**took, legal_due_at=None), period_ends=day(30))


@pytest.mark.parametrize(
    ("given", "on_time"),
    [
        ({"supplements": 2, "resolved_at": day(19)}, False),
        ({"supplement_overridden": True, "resolved_at": day(19)}, False),
        ({"returned_at": day(19)}, True), ({"stopped_at": day(23)}, False), ({"waiting_since": day(19)}, True),
        ({}, False),
    ],
)  # fmt: skip
def test_766_takes_the_first_end_there_is(given: dict[str, Any], on_time: bool) -> None:
    assert lateness.by_766(facts(**given), period_ends=day(30)) is on_time


WEEK = dict.fromkeys(range(5), HOURS)
PLAIN = worktime.Calendar.of(WEEK, {})
DAYS = st.dates(dt.date(2026, 6, 1), dt.date(2026, 12, 31))
MOMENTS = st.datetimes(dt.datetime(2026, 6, 1), dt.datetime(2026, 11, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0, tzinfo=worktime.ZONE)
)
UNITS = st.sampled_from(["working_day", "working_hour", "day", "month", "same_day"])
GAPS = st.integers(60, 20 * 86_400)


@given(MOMENTS, st.integers(1, 30), UNITS, st.sets(DAYS, max_size=4))
def test_a_day_off_never_brings_a_deadline_forward(start: Any, amount: int, unit: str, off: set[dt.date]) -> None:
    more = worktime.Calendar.of(WEEK, dict.fromkeys(off, "nghỉ"))
    before, after = (Limit(calendar, amount, unit).fresh(worktime.tick(start)) for calendar in (PLAIN, more))
    assert after >= before


@given(MOMENTS, st.integers(1, 30), UNITS, GAPS, GAPS)
def test_a_pause_never_brings_a_deadline_forward_and_leaves_the_time_that_was_left(
    start: Any, amount: int, unit: str, run: int, still: int
) -> None:
    limit, begun = Limit(PLAIN, amount, unit), worktime.tick(start)
    due = limit.fresh(begun)
    paused, resumed = begun + run, begun + run + still
    ran = limit.replay([("running", begun, None), ("paused", paused, None), ("running", resumed, None)])
    assert ran is not None
    assert ran[0] >= due
    if paused < due and unit == "working_hour":
        left = worktime.worked(PLAIN, due) - worktime.worked(PLAIN, paused)
        assert worktime.worked(PLAIN, ran[0]) - worktime.worked(PLAIN, resumed) == left
    assert ran[1] <= max(ran[0], worktime.start_tick(PLAIN, resumed))


@given(MOMENTS, st.integers(1, 30), UNITS, GAPS, DAYS)
def test_the_date_of_a_letter_holds_whatever_went_before(
    start: Any, amount: int, unit: str, gap: int, named: dt.date
) -> None:
    limit, begun, letter = Limit(PLAIN, amount, unit), worktime.tick(start), PLAIN.close(named.toordinal())
    extended = limit.replay([("running", begun, None), ("extended", begun + gap, letter)])
    assert extended is not None
    assert extended[0] == letter


@given(MOMENTS, st.integers(1, 30), UNITS, GAPS, st.sets(DAYS, max_size=4))
def test_what_a_changed_calendar_gives_is_what_a_fresh_reckoning_gives(
    start: Any, amount: int, unit: str, gap: int, off: set[dt.date]
) -> None:
    """However often and by whichever calendars it was reckoned before: only the segments and the last calendar tell."""
    begun, last = worktime.tick(start), worktime.Calendar.of(WEEK, dict.fromkeys(off, "nghỉ"))
    restarted = [("running", begun, None), ("waiting", begun + gap, None), ("restarted", begun + 2 * gap, None)]
    fresh = Limit(last, amount, unit).fresh(begun + 2 * gap)
    replayed = Limit(last, amount, unit).replay(restarted)
    assert replayed is not None
    assert replayed[0] == fresh
    stale = [(kind, at, Limit(PLAIN, amount, unit).fresh(at)) for kind, at, _due in restarted]
    assert Limit(last, amount, unit).replay(stale) == replayed


@given(MOMENTS, st.integers(1, 4800), GAPS)
def test_a_desk_counts_from_its_own_opening(start: Any, minutes: int, gap: int) -> None:
    begun = worktime.tick(start)
    limit = Limit(PLAIN, minutes, "working_minute")
    segments = [("running", begun, None), ("extended", begun + 3 * gap, begun + 9 * gap)]
    held = limit.replay(segments_of_desk(begun + gap, segments))
    assert held is not None
    assert held[0] == limit.fresh(begun + gap)
    assert limit.replay([("waiting", begun, None)]) is None
