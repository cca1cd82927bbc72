"""Deadlines of the law. T1–T13 are the worked examples of the working calendar of 2026."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures import worktime as wt

SESSIONS = {day: [(dt.time(7, 30), dt.time(11, 30)), (dt.time(13), dt.time(17))] for day in range(5)}
OFF_2026 = "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11".split()
OFF = {dt.datetime.strptime(f"{day}/2026", "%d/%m/%Y").date(): day for day in OFF_2026}  # noqa: DTZ007
CAL = wt.Calendar.of(SESSIONS, OFF, [dt.date(2026, 1, 10), dt.date(2026, 8, 22)])


def at(text: str) -> dt.datetime:
    """dd/mm HH:MM of 2026, Vietnamese time."""
    return dt.datetime.strptime(f"{text} 2026", "%d/%m %H:%M %Y").replace(tzinfo=wt.ZONE)


@pytest.mark.parametrize(
    ("given_at", "amount", "unit", "expected"),
    [
        pytest.param("24/04 10:00", 5, "working_day", "06/05 17:00", id="T1 over Giỗ Tổ, 30/4 and 1/5"),
        pytest.param("19/11 15:30", 3, "working_day", "25/11 17:00", id="T2 over 24/11"),
        pytest.param("21/11 20:00", 8, "working_hour", "23/11 17:00", id="T3 online on a Saturday night"),
        pytest.param("23/11 16:00", 8, "working_hour", "25/11 16:00", id="T3b over the holiday 24/11"),
        pytest.param("03/02 09:00", 15, "day", "23/02 17:00", id="T4 calendar days ending in Tết"),
        pytest.param("28/08 09:00", 3, "working_day", "07/09 17:00", id="T5 over Quốc khánh with its swap"),
        pytest.param("09/02 14:00", 10, "working_day", "02/03 17:00", id="T6 over Tết"),
        pytest.param("10/08 08:00", 20, "working_day", "09/09 17:00", id="T7 counts the worked Saturday"),
        pytest.param("19/11 12:15", 8, "working_hour", "20/11 11:30", id="T8 begins at lunch"),
        pytest.param("13/02 14:00", 4, "working_hour", "23/02 08:30", id="T9 hours over Tết"),
        pytest.param("21/08 10:00", 1, "working_day", "22/08 17:00", id="T10 a swapped Saturday is a working day"),
    ],
)
def test_due_dates_of_the_law(given_at: str, amount: int, unit: str, expected: str) -> None:
    assert wt.due(CAL, at(given_at), amount, unit) == at(expected)


def test_t2b_reception_after_15_counts_from_the_next_working_day_where_the_profile_says_so() -> None:
    assert wt.due(CAL, at("19/11 15:30"), 3, "working_day", next_day_after=dt.time(15)) == at("26/11 17:00")
    assert wt.due(CAL, at("19/11 15:00"), 3, "working_day", next_day_after=dt.time(15)) == at("25/11 17:00")


def test_t11_same_day_limit_ends_the_next_working_day_when_received_after_the_cutoff() -> None:
    assert wt.due(CAL, at("18/11 15:05"), 0, "same_day", cutoff=dt.time(15)) == at("19/11 17:00")
    assert wt.due(CAL, at("18/11 14:59"), 0, "same_day", cutoff=dt.time(15)) == at("18/11 17:00")


def test_t12_apology_one_day_before_a_monday_must_be_signed_on_friday() -> None:
    assert wt.days_before(CAL, at("30/11 17:00"), 1) == at("27/11 17:00")


def test_t13_pause_carries_the_remaining_working_time_and_a_day_limit_ends_at_the_close_of_the_day() -> None:
    due = wt.due(CAL, at("09/11 10:00"), 5, "working_day")
    assert wt.resume(CAL, due, at("11/11 09:00"), at("13/11 15:00"), "working_day") == at("19/11 17:00")


def test_t13b_pause_of_a_limit_in_hours_ends_to_the_minute() -> None:
    due = wt.due(CAL, at("09/11 10:00"), 40, "working_hour")
    assert wt.resume(CAL, due, at("11/11 09:00"), at("13/11 15:00"), "working_hour") == at("18/11 16:00")


def test_a_pause_does_not_forgive_lateness() -> None:
    assert wt.resume(CAL, at("10/11 17:00"), at("11/11 09:00"), at("13/11 15:00"), "working_day") == at("10/11 17:00")


def test_a_month_ends_on_the_same_day_of_the_month_or_on_its_last_day() -> None:
    assert wt.due(CAL, at("30/01 09:00"), 1, "month") == at("02/03 17:00")  # 28/02 is a Saturday
    assert wt.due(CAL, at("05/10 09:00"), 2, "month") == at("07/12 17:00")  # 05/12 is a Saturday


def test_holiday_24_11_is_off_only_where_the_calendar_says_so() -> None:
    before = dt.datetime(2025, 11, 21, 9, tzinfo=wt.ZONE)
    assert wt.due(CAL, before, 2, "working_day").date() == dt.date(2025, 11, 25)


def test_other_time_zones_are_read_as_vietnamese_time() -> None:
    assert wt.due(CAL, at("24/04 10:00").astimezone(dt.UTC), 5, "working_day") == at("06/05 17:00")


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        wt.due(CAL, dt.datetime(2026, 4, 24, 10), 5, "working_day")  # noqa: DTZ001


def test_years_outside_the_calendar_are_refused() -> None:
    with pytest.raises(wt.BeyondCalendar):
        wt.due(CAL, dt.datetime(2046, 1, 5, 10, tzinfo=wt.ZONE), 5, "working_day")
    with pytest.raises(wt.BeyondCalendar):
        wt.due(CAL, at("24/04 10:00"), 9000, "working_day")
    with pytest.raises(wt.BeyondCalendar):
        wt.add_minutes(CAL, dt.datetime(2000, 1, 1, tzinfo=wt.ZONE), 1)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="fortnight"):
        wt.due(CAL, at("24/04 10:00"), 5, "fortnight")


def test_explanation_names_the_holidays_and_adds_up() -> None:
    lines = wt.explain(CAL, at("19/11 15:30"), 3, "working_day")
    assert lines[0] == wt.Line(dt.date(2026, 11, 19), "start")
    assert wt.Line(dt.date(2026, 11, 24), "off", 0, "24/11") in lines
    assert lines[-1] == wt.Line(dt.date(2026, 11, 25), "due")
    assert sum(line.minutes for line in lines) == wt.minutes_between(CAL, at("19/11 15:30"), at("25/11 17:00"))


def test_working_days_between_counts_the_day_of_the_end_and_not_the_day_of_the_start() -> None:
    assert wt.working_days_between(CAL, at("19/11 15:30"), at("25/11 17:00")) == 3
    assert wt.working_days_between(CAL, at("25/11 17:00"), at("19/11 15:30")) == -3


def test_half_of_the_time_is_used_up_at_half_of_the_working_minutes() -> None:
    assert wt.at_share(CAL, at("23/11 07:30"), at("25/11 17:00"), 0.5) == at("23/11 17:00")


MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0, tzinfo=wt.ZONE)
)
UNITS = st.sampled_from(["working_day", "working_hour", "day", "month", "same_day"])
MINUTES = st.integers(1, 60_000)


def in_session(moment: dt.datetime) -> bool:
    clock = moment.time()
    return CAL.is_working_day(moment.date()) and any(a <= clock <= b for a, b in SESSIONS[0])


@given(MOMENTS, st.integers(0, 30), UNITS)
def test_no_deadline_lands_outside_a_session_or_before_its_start(start: dt.datetime, amount: int, unit: str) -> None:
    due = wt.due(CAL, start, amount, unit)
    assert in_session(due)
    assert due >= start


@given(MOMENTS, MOMENTS, st.integers(0, 30), UNITS)
def test_whoever_comes_later_is_never_due_earlier(a: dt.datetime, b: dt.datetime, amount: int, unit: str) -> None:
    first, second = sorted((a, b))
    assert wt.due(CAL, first, amount, unit) <= wt.due(CAL, second, amount, unit)


@given(MOMENTS, MINUTES)
def test_adding_minutes_and_measuring_them_are_inverse(start: dt.datetime, minutes: int) -> None:
    end = wt.add_minutes(CAL, start, minutes)
    assert in_session(end)
    assert wt.minutes_between(CAL, start, end) == minutes
    assert wt.minutes_between(CAL, end, start) == -minutes


@given(MOMENTS, st.integers(60, 20_000), MINUTES, MINUTES)
def test_a_pause_carries_exactly_the_remaining_minutes(start: dt.datetime, term: int, until: int, length: int) -> None:
    due = wt.add_minutes(CAL, start, term)
    paused_at = wt.add_minutes(CAL, start, until)
    resumed_at = wt.add_minutes(CAL, paused_at, length)
    new = wt.resume(CAL, due, paused_at, resumed_at, "working_hour")
    if until >= term:
        assert new == due
    else:
        assert wt.minutes_between(CAL, resumed_at, new) == term - until


@given(MOMENTS, st.integers(1, 20), UNITS)
def test_every_explanation_adds_up_to_the_due_date(start: dt.datetime, amount: int, unit: str) -> None:
    due = wt.due(CAL, start, amount, unit)
    lines = wt.explain(CAL, start, amount, unit)
    assert lines[-1].on == due.date()
    begin = wt.effective_start(CAL, start)
    assert abs(sum(line.minutes for line in lines) - wt.minutes_between(CAL, begin, due)) <= 1


def test_a_deadline_costs_microseconds_not_milliseconds() -> None:
    """Ten thousand deadlines; the budget of 10 µs each is met on an idle machine, ten times that must hold anywhere."""
    import time

    start = at("24/04 10:00")
    began = time.process_time()
    for _ in range(10_000):
        wt.due(CAL, start, 5, "working_day")
    assert (time.process_time() - began) / 10_000 < 100e-6
