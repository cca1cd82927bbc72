"""Working time as arithmetic on seconds: no clock, no table, no Django.

A `Calendar` numbers its sessions once and sums their seconds, so that every question becomes a bisection. Moments are
*ticks* inside: seconds of Vietnamese time since the day before 1 January 0001, plain numbers that a hundred thousand
deadlines are reckoned with in a breath; every function has a twin that takes and gives aware datetimes.

A limit in days ends at the close of the working day it falls in, a limit in hours to the minute. Law: NĐ 61/2018 art.
17–19, BLDS 2015 art. 145–148 (the first day is not counted, a last day that is no working day moves to the next one).
"""

import calendar as _months
import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Unit = Literal["working_day", "working_hour", "day", "month", "same_day"] | str
Session = tuple[dt.time, dt.time]
Tick = int
DAY = 86_400


class BeyondCalendar(ValueError):
    """The moment lies outside the years the calendar was numbered for, or the calendar has no working time at all."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of one agency. Build it with `Calendar.of`; two equal inputs give equal calendars."""

    week: tuple[tuple[tuple[int, int], ...], ...]  # seconds of the day (opens, closes), by weekday
    ordinals: tuple[int, ...]  # date.toordinal() of each working day
    closing: tuple[Tick, ...]  # the close of each working day
    opens: tuple[Tick, ...]  # the opening of each session
    closes: tuple[Tick, ...]  # the close of each session
    before: tuple[int, ...]  # working seconds before each session; one entry more at the end
    off: Mapping[int, str]  # ordinal of each day off that the plain week would have worked → its name

    @classmethod
    def of(
        cls,
        sessions: Mapping[int, Sequence[Session]],
        off_days: Mapping[dt.date, str],
        extra_days: Iterable[dt.date] = (),
        *,
        first: dt.date = dt.date(2015, 1, 1),
        last: dt.date = dt.date(2045, 12, 31),
    ) -> "Calendar":
        """Number the working days from `first` to `last`. `sessions` by weekday (0 = Monday), in order of the day.

        An extra day on a weekday without sessions keeps the sessions of the first weekday that has some.
        """
        week = tuple(tuple((_seconds(a), _seconds(b)) for a, b in sorted(sessions.get(day, ()))) for day in range(7))
        makeup = next((day for day in week if day), ())
        off = {day.toordinal(): name for day, name in off_days.items()}
        extra = {day.toordinal() for day in extra_days}
        ordinals, closing, opening, closes, before = [], [], [], [], [0]
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            hours = week[(ordinal + 6) % 7]
            if ordinal in extra:
                hours = hours or makeup
            elif ordinal in off:
                continue
            for opened, closed in hours:
                opening.append(ordinal * DAY + opened)
                closes.append(ordinal * DAY + closed)
                before.append(before[-1] + closed - opened)
            if hours:
                ordinals.append(ordinal)
                closing.append(closes[-1])
        return cls(week, tuple(ordinals), tuple(closing), tuple(opening), tuple(closes), tuple(before), off)

    def is_working_day(self, day: dt.date) -> bool:
        return self.works(day.toordinal())

    def works(self, ordinal: int) -> bool:
        """Whether the day with that ordinal is a working day."""
        index = bisect_left(self.ordinals, ordinal)
        return index < len(self.ordinals) and self.ordinals[index] == ordinal

    def close(self, ordinal: int, *, later: int = 0) -> Tick:
        """The close of the first working day on or after that ordinal, or of the `later`-th after it.

        Raises BeyondCalendar.
        """
        index = bisect_left(self.ordinals, ordinal) + later
        if index >= len(self.ordinals) or ordinal < self.ordinals[0] - 31:
            raise BeyondCalendar("the calendar does not reach this date")
        return self.closing[index]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the explanation of a due date."""

    on: dt.date
    kind: Literal["start", "counted", "off", "paused", "due"]
    minutes: int = 0  # working minutes counted on that day
    name: str = ""  # of the day off; empty for a plain weekend


def tick(at: dt.datetime) -> Tick:
    """That moment as a number. Raises ValueError for a naive datetime."""
    local = _local(at)
    return local.toordinal() * DAY + local.hour * 3600 + local.minute * 60 + local.second


def moment(at: Tick) -> dt.datetime:
    """The moment with that number, in Vietnamese time."""
    ordinal, second = divmod(at, DAY)
    day = dt.date.fromordinal(ordinal)
    return dt.datetime(day.year, day.month, day.day, second // 3600, second // 60 % 60, second % 60, tzinfo=ZONE)


def start_tick(cal: Calendar, at: Tick, next_day_after: dt.time | None = None) -> Tick:
    """See `effective_start`."""
    if next_day_after is not None:
        ordinal, second = divmod(at, DAY)
        if second > _seconds(next_day_after) and cal.works(ordinal):
            at = (ordinal + 1) * DAY
    index = bisect_left(cal.closes, at)
    if index >= len(cal.opens) or at < cal.opens[0] - 31 * DAY:
        raise BeyondCalendar("the calendar does not reach this moment")
    return max(at, cal.opens[index])


def due_tick(
    cal: Calendar,
    start: Tick,
    amount: int,
    unit: Unit,
    cutoff: dt.time | None = None,
    next_day_after: dt.time | None = None,
) -> Tick:
    """See `due`."""
    begin = start_tick(cal, start, cutoff if unit == "same_day" else next_day_after)
    if unit == "working_hour":
        return add_ticks(cal, begin, amount * 3600)
    if unit == "working_day":
        return cal.close(begin // DAY, later=amount)
    if unit == "same_day":
        return cal.close(begin // DAY)
    last = nominal_day(start, amount, unit)
    if last is None:
        raise ValueError(f"unknown unit of time: {unit}")
    return cal.close(max(last, begin // DAY))


def nominal_day(start: Tick, amount: int, unit: Unit) -> int | None:
    """The day on which a limit in days or months of the calendar runs out, working day or not; None of others."""
    if unit == "day":
        return start // DAY + amount
    if unit == "month":
        return _months_later(dt.date.fromordinal(start // DAY), amount).toordinal()
    return None


def worked(cal: Calendar, at: Tick) -> int:
    """Working seconds from the beginning of the calendar up to that moment. Raises BeyondCalendar."""
    index = bisect_right(cal.opens, at) - 1
    if index < 0 or at >= cal.closing[-1] + DAY:
        if index < 0 and at >= cal.opens[0] - 31 * DAY:
            return 0
        raise BeyondCalendar("the calendar does not reach this moment")
    closes = cal.closes[index]
    return cal.before[index] + (at if at < closes else closes) - cal.opens[index]


def add_ticks(cal: Calendar, start: Tick, seconds: int) -> Tick:
    """The moment after so many seconds of working time; a full session ends at its close, not at the next opening."""
    if seconds <= 0:
        return start_tick(cal, start)
    return _reached(cal, worked(cal, start) + seconds)


def resume_tick(cal: Calendar, due: Tick, paused_at: Tick, resumed_at: Tick, unit: Unit) -> Tick:
    """See `resume`."""
    if paused_at >= due or resumed_at <= paused_at:
        return due
    end = add_ticks(cal, resumed_at, worked(cal, due) - worked(cal, paused_at))
    return end if unit == "working_hour" else cal.close(end // DAY)


def share_tick(cal: Calendar, start: Tick, due: Tick, share: float) -> Tick:
    """See `at_share`."""
    begun = worked(cal, start)
    used = round((worked(cal, due) - begun) * share)
    return _reached(cal, begun + used) if used > 0 else start_tick(cal, start)


def _reached(cal: Calendar, seconds: int) -> Tick:
    """The moment at which the calendar has worked so many seconds."""
    index = bisect_left(cal.before, seconds) - 1
    if index >= len(cal.opens):
        raise BeyondCalendar("the calendar ends before this moment")
    return cal.opens[index] + seconds - cal.before[index]


def effective_start(cal: Calendar, at: dt.datetime, next_day_after: dt.time | None = None) -> dt.datetime:
    """The working moment from which a limit counts: `at` itself inside a session, else the next opening.

    After `next_day_after` (a rule of the profile) the day counts as over.
    """
    return moment(start_tick(cal, tick(at), next_day_after))


def due(
    cal: Calendar,
    start: dt.datetime,
    amount: int,
    unit: Unit,
    cutoff: dt.time | None = None,
    next_day_after: dt.time | None = None,
) -> dt.datetime:
    """When a limit of `amount` `unit` that starts at `start` ends. `cutoff` concerns same-day limits only.

    Raises BeyondCalendar, or ValueError for an unknown unit or a naive datetime.
    """
    return moment(due_tick(cal, tick(start), amount, unit, cutoff, next_day_after))


def add_minutes(cal: Calendar, start: dt.datetime, minutes: int) -> dt.datetime:
    """The moment `minutes` of working time after `start`; a full session ends at its close, not at the next opening."""
    return moment(add_ticks(cal, tick(start), minutes * 60))


def minutes_between(cal: Calendar, a: dt.datetime, b: dt.datetime) -> int:
    """Whole working minutes from `a` to `b`; negative when `b` is earlier."""
    seconds = worked(cal, tick(b)) - worked(cal, tick(a))
    return seconds // 60 if seconds >= 0 else -(-seconds // 60)


def working_days_between(cal: Calendar, a: dt.datetime, b: dt.datetime) -> int:
    """Working days after the day of `a` up to and including the day of `b`; negative when `b` is earlier."""
    return bisect_right(cal.ordinals, _local(b).toordinal()) - bisect_right(cal.ordinals, _local(a).toordinal())


def resume(cal: Calendar, due: dt.datetime, paused_at: dt.datetime, resumed_at: dt.datetime, unit: Unit) -> dt.datetime:
    """The new end after a pause: the working time that was left runs on from `resumed_at`. Lateness is not forgiven."""
    return moment(resume_tick(cal, tick(due), tick(paused_at), tick(resumed_at), unit))


def at_share(cal: Calendar, start: dt.datetime, due: dt.datetime, share: float) -> dt.datetime:
    """The moment when `share` (0…1) of the working time from `start` to `due` is used up."""
    return moment(share_tick(cal, tick(start), tick(due), share))


def days_before(cal: Calendar, due: dt.datetime, days: int) -> dt.datetime:
    """The close of the last working day that is at least `days` calendar days before `due` (NĐ 61/2018 art. 19.9)."""
    return moment(cal.closing[bisect_right(cal.ordinals, _local(due).toordinal() - days) - 1])


def day_end(cal: Calendar, day: dt.date) -> dt.datetime:
    """The close of that day. Raises ValueError when nobody works then."""
    if not cal.is_working_day(day):
        raise ValueError(f"{day} is no working day")
    return moment(cal.close(day.toordinal()))


Pause = tuple[dt.datetime, dt.datetime]


def explain(
    cal: Calendar,
    start: dt.datetime,
    amount: int,
    unit: Unit,
    cutoff: dt.time | None = None,
    next_day_after: dt.time | None = None,
    pauses: Iterable[Pause] = (),
) -> list[Line]:
    """The same limit as `due`, day by day: where it starts, what each day counts, which days are off, where it ends.

    `pauses` in the order of time; each leaves the working time that was left to run on (`resume`).
    """
    shift = cutoff if unit == "same_day" else next_day_after
    begin, end = effective_start(cal, start, shift), due(cal, start, amount, unit, cutoff, next_day_after)
    running, still = [(begin, end)], []
    for paused_at, resumed_at in pauses:
        if paused_at < end and paused_at < resumed_at:
            end = resume(cal, end, paused_at, resumed_at, unit)
            running[-1:] = [(running[-1][0], paused_at), (resumed_at, end)]
            still.append((_local(paused_at).date(), _local(resumed_at).date()))
    lines = [Line(begin.date(), "start")]
    for ordinal in range(_local(start).toordinal(), end.toordinal() + 1):
        day = dt.date.fromordinal(ordinal)
        minutes = sum(minutes_of(cal, day, since, until) for since, until in running)
        stood = any(first <= day <= last for first, last in still)
        if not cal.works(ordinal):
            lines.append(Line(day, "off", 0, cal.off.get(ordinal, "")))
        elif day >= begin.date() and (minutes or not stood):
            lines.append(Line(day, "counted", minutes))
        if stood:
            lines.append(Line(day, "paused"))
    return [*lines, Line(end.date(), "due")]


def minutes_of(cal: Calendar, day: dt.date, start: dt.datetime, end: dt.datetime) -> int:
    """Whole working minutes of that day that lie between two moments."""
    midnight = day.toordinal() * DAY
    since, until = max(tick(start), midnight), min(tick(end), midnight + DAY - 1)
    return (worked(cal, until) - worked(cal, since)) // 60 if since < until else 0


def _seconds(clock: dt.time | dt.datetime) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _local(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError("a naive datetime has no place in working time")
    return at if at.tzinfo is ZONE else at.astimezone(ZONE)


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, _months.monthrange(year, month + 1)[1]))
