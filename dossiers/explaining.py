"""Why a dossier is due when it is: every stretch of its clock, every day that counts and every day that does not.

What was promised is read from the stored segments; days are named as the calendar knows them now, with the document
that decided them. Two agencies may keep two calendars: the promise counts on the receiving agency's, a desk's share on
its own. Law: NĐ 61/2018 art. 17–19; BLDS 2015 art. 145–148.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from dossiers import routing
from dossiers.deadlines import Limit
from dossiers.models import ClockSegment, Dossier, Stage
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import CalendarDay, Case
from procedures.ruleset import Rules

Kind = ClockSegment.Kind
STANDS_STILL = (Kind.PAUSED, Kind.WAITING)


class Count(StrEnum):
    """What became of a day."""

    COUNTED = "counted"
    PART = "part"  # some working time of it
    FIRST = "first"  # the first day is not counted (BLDS art. 147)
    SHIFTED = "shifted"  # came after the cut-off, or when nobody worked
    WEEKEND = "weekend"
    OFF = "off"  # a holiday, a day in lieu, a day of one's own
    MOVED = "moved"  # the limit ran out on a day off and moved on
    STILL = "still"  # the clock stood still


@dataclass(frozen=True, slots=True)
class Day:
    """One day, or several that follow each other and count alike."""

    first: dt.date
    last: dt.date
    count: Count
    days: int = 1
    minutes: int = 0  # working time counted
    name: str = ""  # of the day off or the extra working day
    decision: str = ""  # the document that says so


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment of the clock with its days."""

    kind: str
    from_at: dt.datetime
    to_at: dt.datetime | None
    due_at: dt.datetime | None
    basis: str
    reason: str
    resumed: bool  # what was left ran on, as against a limit begun anew
    begins_at: dt.datetime | None  # the working moment it counts from, when that is not `from_at`
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One stay at a desk against its own limit, in working minutes."""

    name: str
    agency: str
    minutes: int
    used: int
    due_at: dt.datetime
    closed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything there is to say of the time limit of one dossier."""

    case: Case
    accepted_at: dt.datetime | None
    original_due_at: dt.datetime | None
    due_at: dt.datetime | None
    resolved_at: dt.datetime | None
    legal_due_at: dt.datetime | None
    extensions: int
    stretches: tuple[Stretch, ...]
    shares: tuple[Share, ...]


def of(dossier: Dossier, *, at: dt.datetime) -> Explanation:
    """Explain the time limit of a dossier as it stands at `at`. Three statements; none of them changes anything."""
    segments = list(dossier.clock.order_by("from_at", "pk"))
    stages = list(dossier.stages.select_related("agency").order_by("ordinal"))
    case, rules = routing.case_of(dossier), Rules.of(dossier.rule_profile)
    limit = Limit.of_case(case, agency_id=dossier.receiving_agency_id, rules=rules)
    named = _named_days(dossier.receiving_agency_id, segments, at=at)
    return Explanation(
        case, dossier.accepted_at, dossier.original_due_at, dossier.due_at, dossier.resolved_at,
        _legal_due(case, limit, segments), dossier.extension_count,
        tuple(stretches(segments, limit, named, at=at)), tuple(_share(stage, segments, at=at) for stage in stages),
    )  # fmt: skip


Named = Mapping[dt.date, tuple[str, str]]


def _named_days(agency_id: int, segments: Sequence[ClockSegment], *, at: dt.datetime) -> Named:
    """Name and deciding document of the days that differ from the plain week; the agency's own entry wins."""
    if not segments:
        return {}
    last = max([at, *(one.due_at for one in segments if one.due_at)])
    days = CalendarDay.objects.filter(Q(agency=None) | Q(agency=agency_id))
    days = days.filter(on__range=(_day(segments[0].from_at), _day(last) + dt.timedelta(days=31)))
    rows = sorted(days.values_list("agency_id", "on", "name", "decision"), key=lambda row: row[0] is not None)
    return {on: (name, decision) for _agency, on, name, decision in rows}


def _legal_due(case: Case, limit: Limit, segments: Sequence[ClockSegment]) -> dt.datetime | None:
    """Where the law's own limit ends, from the start that counts; None where the law names none."""
    starts = [one.from_at for one in segments if one.kind == Kind.RESTARTED] or [one.from_at for one in segments[:1]]
    if not case.legal_time_amount or not starts:
        return None
    start, amount = worktime.tick(starts[-1]), case.legal_time_amount
    shift = limit.next_day_after
    return worktime.moment(worktime.due_tick(limit.calendar, start, amount, limit.unit, limit.cutoff, shift))


def stretches(segments: Sequence[ClockSegment], limit: Limit, named: Named, *, at: dt.datetime) -> Iterable[Stretch]:
    """Each segment with its days; pure."""
    paused = False
    for one in segments:
        if one.kind in STANDS_STILL:
            days = [_still(one, at=at)]
            begins = None
        else:
            fresh = not paused and one.kind != Kind.EXTENDED
            begin = _begin(one, limit, fresh=fresh)
            days = _days(one, begin, limit, named, fresh=fresh)
            begins = begin if begin != one.from_at.replace(microsecond=0) else None
        resumed = paused and one.kind == Kind.RUNNING
        paused = one.kind == Kind.PAUSED or (paused and one.kind in STANDS_STILL)
        yield Stretch(
            one.kind, one.from_at, one.to_at, one.due_at, one.legal_basis, one.reason, resumed, begins, tuple(days)
        )


def _begin(one: ClockSegment, limit: Limit, *, fresh: bool) -> dt.datetime:
    shift = (limit.cutoff if limit.unit == "same_day" else limit.next_day_after) if fresh else None
    return worktime.effective_start(limit.calendar, one.from_at, shift)


def _still(one: ClockSegment, *, at: dt.datetime) -> Day:
    first, last = _day(one.from_at), max(_day(one.from_at), _day(one.to_at or at))
    return Day(first, last, Count.STILL, (last - first).days + 1)


def _days(one: ClockSegment, begin: dt.datetime, limit: Limit, named: Named, *, fresh: bool) -> list[Day]:
    """The days from the start of a running segment to its end, equal neighbours put together."""
    assert one.due_at is not None  # a running clock has an end
    end = min(one.to_at or one.due_at, one.due_at)
    nominal = limit.nominal_end(worktime.tick(one.from_at)) if fresh else None
    found: list[Day] = []
    for ordinal in range(_day(one.from_at).toordinal(), max(_day(end), _day(one.from_at)).toordinal() + 1):
        day = _counted(dt.date.fromordinal(ordinal), one, begin, end, limit, named, fresh=fresh, nominal=nominal)
        if found and _alike(found[-1], day):
            before = found.pop()
            day = Day(
                before.first, day.last, day.count, before.days + 1, before.minutes + day.minutes, day.name, day.decision
            )
        found.append(day)
    return found


def _alike(a: Day, b: Day) -> bool:
    return (a.count, a.name, a.decision) == (b.count, b.name, b.decision) and a.count != Count.PART


def _counted(
    day: dt.date, one: ClockSegment, begin: dt.datetime, end: dt.datetime, limit: Limit, named: Named,
    *, fresh: bool, nominal: dt.date | None,
) -> Day:  # fmt: skip
    """What became of one day of a running clock."""
    assert one.due_at is not None
    calendar, (name, decision) = limit.calendar, named.get(day, ("", ""))
    works = calendar.is_working_day(day)
    minutes = worktime.minutes_of(calendar, day, begin, end) if works else 0
    if nominal is not None:  # calendar days: days off count as well, but the last one must be a working day
        count = Count.FIRST if day == _day(one.from_at) else Count.COUNTED if day <= nominal else Count.MOVED
        return Day(day, day, count, 1, minutes, name, decision)
    if not works:
        off = Count.OFF if calendar.week[day.weekday()] or name else Count.WEEKEND
        return Day(day, day, off, 1, 0, name or calendar.off.get(day.toordinal(), ""), decision)
    if day < begin.date():
        return Day(day, day, Count.SHIFTED, 1, 0, name, decision)
    if fresh and limit.unit == "working_day" and day == begin.date():
        return Day(day, day, Count.FIRST, 1, 0, name, decision)
    whole = worktime.minutes_of(calendar, day, worktime.moment(day.toordinal() * worktime.DAY), _midnight(day))
    broken_off = one.to_at is not None and day == _day(end) and end < one.due_at
    in_days = fresh and limit.unit != "working_hour" and not broken_off
    return Day(day, day, Count.COUNTED if in_days or minutes == whole else Count.PART, 1, minutes, name, decision)


def _midnight(day: dt.date) -> dt.datetime:
    return worktime.moment((day.toordinal() + 1) * worktime.DAY - 1)


def _share(stage: Stage, segments: Sequence[ClockSegment], *, at: dt.datetime) -> Share:
    """The working time used, less what passed while the clock stood still; a restart begins it anew."""
    calendar, end = calendar_for(stage.agency_id), stage.closed_at or at
    inside = [one for one in segments if stage.opened_at <= one.from_at < end]
    begun = max([stage.opened_at, *(one.from_at for one in inside if one.kind == Kind.RESTARTED)])
    used = worktime.minutes_between(calendar, begun, end)
    for one in inside:
        if one.kind in STANDS_STILL and one.from_at >= begun:
            used -= worktime.minutes_between(calendar, one.from_at, min(one.to_at or at, end))
    return Share(stage.name, stage.agency.name, int(stage.hours * 60), max(0, used), stage.due_at, stage.closed_at)


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(worktime.ZONE).date()
