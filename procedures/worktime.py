"""Working time as arithmetic on ordinals: no clock, no table, no Django.

A `Calendar` numbers its working days once and sums their seconds, so that every question becomes a bisection.
All datetimes are aware; they are read and given in Vietnamese time. A limit in days ends at the close of the working
day it falls in, a limit in hours to the minute. Law: NĐ 61/2018 art. 17–19, BLDS 2015 art. 145–148 (the first day is
not counted, a last day that is no working day moves to the next one).
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


class BeyondCalendar(ValueError):
    """The moment lies outside the years the calendar was numbered for, or the calendar has no working time at all."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of one agency. Build it with `Calendar.of`; two equal inputs give equal calendars."""

    week: tuple[tuple[tuple[int, int], ...], ...]  # seconds of the day (opens, closes), by weekday
    makeup: tuple[tuple[int, int], ...]  # sessions of an extra working day on a weekday without sessions
    ordinals: tuple[int, ...]  # date.toordinal() of each working day
    worked: tuple[int, ...]  # working seconds before each working day; one entry more at the end
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
        ordinals, worked = [], [0]
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            hours = week[(ordinal + 6) % 7]
            if ordinal in extra:
                hours = hours or makeup
            elif ordinal in off:
                continue
            if hours:
                ordinals.append(ordinal)
                worked.append(worked[-1] + sum(closes - opens for opens, closes in hours))
        return cls(week, makeup, tuple(ordinals), tuple(worked), off)

    def is_working_day(self, day: dt.date) -> bool:
        index = bisect_left(self.ordinals, day.toordinal())
        return index < len(self.ordinals) and self.ordinals[index] == day.toordinal()

    def sessions(self, ordinal: int) -> tuple[tuple[int, int], ...]:
        """Sessions of a working day in seconds of the day."""
        return self.week[(ordinal + 6) % 7] or self.makeup

    def index(self, ordinal: int) -> int:
        """Number of the first working day on or after that ordinal. Raises BeyondCalendar."""
        index = bisect_left(self.ordinals, ordinal)
        if index >= len(self.ordinals) or (index == 0 and ordinal < self.ordinals[0] - 31):
            raise BeyondCalendar(f"no working day known on or after {_day(ordinal)}")
        return index

    def at(self, index: int) -> int:
        """Ordinal of the working day with that number. Raises BeyondCalendar."""
        if not 0 <= index < len(self.ordinals):
            raise BeyondCalendar("the calendar ends before this date")
        return self.ordinals[index]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the explanation of a due date."""

    on: dt.date
    kind: Literal["start", "counted", "off", "due"]
    minutes: int = 0  # working minutes counted on that day
    name: str = ""  # of the day off; empty for a plain weekend


def effective_start(cal: Calendar, at: dt.datetime, next_day_after: dt.time | None = None) -> dt.datetime:
    """The working moment from which a limit counts: `at` itself inside a session, else the next opening.

    After `next_day_after` (a rule of the profile) the day counts as over.
    """
    local = _local(at)
    ordinal, second = local.toordinal(), _seconds(local)
    index = cal.index(ordinal)
    today = cal.at(index)
    if today == ordinal:
        hours = cal.sessions(today)
        over = second > hours[-1][1] or (next_day_after is not None and local.time() > next_day_after)
        if not over:
            opens, _closes = next(session for session in hours if second <= session[1])
            return _moment(today, opens) if second < opens else local
        today = cal.at(index + 1)
    return _moment(today, cal.sessions(today)[0][0])


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
    begin = effective_start(cal, start, cutoff if unit == "same_day" else next_day_after)
    if unit == "working_hour":
        return _add_seconds(cal, begin, amount * 3600)
    if unit == "working_day":
        return _close(cal, cal.at(cal.index(begin.toordinal()) + amount))
    if unit == "same_day":
        return _close(cal, begin.toordinal())
    if unit == "day":
        last = _local(start).toordinal() + amount
    elif unit == "month":
        last = _months_later(_local(start), amount).toordinal()
    else:
        raise ValueError(f"unknown unit of time: {unit}")
    return _close(cal, cal.at(cal.index(max(last, begin.toordinal()))))


def add_minutes(cal: Calendar, start: dt.datetime, minutes: int) -> dt.datetime:
    """The moment `minutes` of working time after `start`; a full session ends at its close, not at the next opening."""
    return _add_seconds(cal, start, minutes * 60)


def minutes_between(cal: Calendar, a: dt.datetime, b: dt.datetime) -> int:
    """Whole working minutes from `a` to `b`; negative when `b` is earlier."""
    seconds = _worked(cal, b) - _worked(cal, a)
    return seconds // 60 if seconds >= 0 else -(-seconds // 60)


def working_days_between(cal: Calendar, a: dt.datetime, b: dt.datetime) -> int:
    """Working days after the day of `a` up to and including the day of `b`; negative when `b` is earlier."""
    return bisect_right(cal.ordinals, _local(b).toordinal()) - bisect_right(cal.ordinals, _local(a).toordinal())


def resume(cal: Calendar, due: dt.datetime, paused_at: dt.datetime, resumed_at: dt.datetime, unit: Unit) -> dt.datetime:
    """The new end after a pause: the working time that was left runs on from `resumed_at`. Lateness is not forgiven."""
    if paused_at >= due or resumed_at <= paused_at:
        return due
    end = _add_seconds(cal, resumed_at, _worked(cal, due) - _worked(cal, paused_at))
    return end if unit == "working_hour" else _close(cal, end.toordinal())


def at_share(cal: Calendar, start: dt.datetime, due: dt.datetime, share: float) -> dt.datetime:
    """The moment when `share` (0…1) of the working time from `start` to `due` is used up."""
    return _add_seconds(cal, start, max(0, round((_worked(cal, due) - _worked(cal, start)) * share)))


def days_before(cal: Calendar, due: dt.datetime, days: int) -> dt.datetime:
    """The close of the last working day that is at least `days` calendar days before `due` (NĐ 61/2018 art. 19.9)."""
    return _close(cal, cal.at(bisect_right(cal.ordinals, _local(due).toordinal() - days) - 1))


def day_end(cal: Calendar, day: dt.date) -> dt.datetime:
    """The close of that day. Raises ValueError when nobody works then."""
    if not cal.is_working_day(day):
        raise ValueError(f"{day} is no working day")
    return _close(cal, day.toordinal())


def explain(
    cal: Calendar,
    start: dt.datetime,
    amount: int,
    unit: Unit,
    cutoff: dt.time | None = None,
    next_day_after: dt.time | None = None,
) -> list[Line]:
    """The same limit as `due`, day by day: where it starts, what each day counts, which days are off, where it ends."""
    shift = cutoff if unit == "same_day" else next_day_after
    begin, end = effective_start(cal, start, shift), due(cal, start, amount, unit, cutoff, next_day_after)
    lines = [Line(begin.date(), "start")]
    for ordinal in range(_local(start).toordinal(), end.toordinal() + 1):
        day = dt.date.fromordinal(ordinal)
        if not cal.is_working_day(day):
            lines.append(Line(day, "off", 0, cal.off.get(ordinal, "")))
        elif day >= begin.date():
            since = max(begin, _moment(ordinal, 0))
            minutes = minutes_between(cal, since, min(end, _moment(ordinal, 86399)))
            lines.append(Line(day, "counted", minutes))
    return [*lines, Line(end.date(), "due")]


def _seconds(clock: dt.time | dt.datetime) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _local(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError("a naive datetime has no place in working time")
    return at if at.tzinfo is ZONE else at.astimezone(ZONE)


def _day(ordinal: int) -> str:
    return dt.date.fromordinal(ordinal).isoformat()


def _moment(ordinal: int, second: int) -> dt.datetime:
    day = dt.date.fromordinal(ordinal)
    return dt.datetime(day.year, day.month, day.day, second // 3600, second // 60 % 60, second % 60, tzinfo=ZONE)


def _close(cal: Calendar, ordinal: int) -> dt.datetime:
    return _moment(ordinal, cal.sessions(ordinal)[-1][1])


def _worked(cal: Calendar, at: dt.datetime) -> int:
    """Working seconds from the beginning of the calendar up to `at`."""
    local = _local(at)
    ordinal = local.toordinal()
    index = cal.index(ordinal)
    total = cal.worked[index]
    if cal.ordinals[index] == ordinal:
        second = _seconds(local)
        total += sum(max(0, min(second, closes) - opens) for opens, closes in cal.sessions(ordinal))
    return total


def _add_seconds(cal: Calendar, start: dt.datetime, seconds: int) -> dt.datetime:
    if seconds <= 0:
        return effective_start(cal, start)
    target = _worked(cal, start) + seconds
    index = bisect_left(cal.worked, target) - 1  # the day that reaches the target, at its close at the latest
    ordinal = cal.at(index)
    left = target - cal.worked[index]
    for opens, closes in cal.sessions(ordinal):
        if left <= closes - opens:
            return _moment(ordinal, opens + left)
        left -= closes - opens
    raise BeyondCalendar("the calendar ends before this moment")  # pragma: no cover - the sum of the day is `worked`


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, _months.monthrange(year, month + 1)[1]))
