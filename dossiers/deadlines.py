"""Due instants of a dossier. The arithmetic is `procedures.worktime`; here it meets case, rules and agency."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dossiers.models import ClockSegment, Dossier, Stage
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import Case
from procedures.ruleset import Rules


@dataclass(frozen=True, slots=True)
class Due:
    """A due instant and the instant at which it counts as near."""

    at: dt.datetime
    soon_at: dt.datetime

    def as_promise(self) -> dict[str, Any]:
        return {"due_at": self.at, "due_soon_at": self.soon_at}

    def as_next(self) -> dict[str, Any]:
        return {"next_due_at": self.at, "next_soon_at": self.soon_at}


Segment = tuple[str, worktime.Tick, worktime.Tick | None]  # kind, when it began, the date it promised
Kind = ClockSegment.Kind
NOBODY_WAITS: dict[str, Any] = {"next_due_at": None, "next_soon_at": None}


def intake_due(*, agency_id: int, at: dt.datetime, rules: Rules) -> Due:
    """When an online dossier must have been looked at: 8 working hours (NĐ 45/2020 art. 11)."""
    return _starting(Limit.of_intake(agency_id=agency_id, rules=rules), at)


def promised(*, agency_id: int, case: Case, at: dt.datetime, rules: Rules) -> Due:
    """The promise to the citizen for a dossier accepted at `at`: the whole chain, never the share of one desk."""
    return _starting(Limit.of_case(case, agency_id=agency_id, rules=rules), at)


def stage_due(*, agency_id: int, hours: Any, at: dt.datetime, rules: Rules) -> Due:
    """When the desk that got the dossier at `at` must be done: its share in working hours (regulation §11.5)."""
    return _starting(Limit.of_desk(hours, agency_id=agency_id, rules=rules), at)


def return_due(*, agency_id: int, at: dt.datetime, rules: Rules) -> Due:
    """A finished result leaves the house within one working day."""
    return _starting(Limit.of_return(agency_id=agency_id, rules=rules), at)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on a calendar, and how its clock segments are reckoned anew: one way for a page, a verb, a sweep."""

    calendar: worktime.Calendar
    amount: int  # of `unit`; of a desk's share: minutes of work
    unit: str
    cutoff: dt.time | None = None
    next_day_after: dt.time | None = None
    soon_share: float = 0.8

    @classmethod
    def of_case(cls, case: Case, *, agency_id: int, rules: Rules) -> "Limit":
        """The promise to the citizen; the receiving agency's calendar counts."""
        calendar, shift = calendar_for(agency_id), rules.next_day_after
        return cls(calendar, case.time_amount or 0, case.time_unit, case.cutoff, shift, rules.soon_share)

    @classmethod
    def of_desk(cls, hours: Any, *, agency_id: int, rules: Rules) -> "Limit":
        """The share of one desk, on its own agency's calendar (regulation §11.5)."""
        return cls(calendar_for(agency_id), int(hours * 60), "working_minute", soon_share=rules.soon_share)

    @classmethod
    def of_intake(cls, *, agency_id: int, rules: Rules) -> "Limit":
        """A first look at what came on line: 8 working hours (NĐ 45/2020 art. 11)."""
        calendar, shift = calendar_for(agency_id), rules.next_day_after
        return cls(calendar, rules.intake_hours, "working_hour", None, shift, rules.soon_share)

    @classmethod
    def of_return(cls, *, agency_id: int, rules: Rules) -> "Limit":
        """A finished result leaves the house within one working day."""
        return cls(calendar_for(agency_id), 1, "working_day", None, rules.next_day_after, rules.soon_share)

    def fresh(self, start: worktime.Tick) -> worktime.Tick:
        """When the limit ends that starts at that moment."""
        if self.unit == "working_minute":
            return worktime.add_ticks(self.calendar, worktime.start_tick(self.calendar, start), self.amount * 60)
        return worktime.due_tick(self.calendar, start, self.amount, self.unit, self.cutoff, self.next_day_after)

    def nominal_end(self, start: worktime.Tick) -> dt.date | None:
        """The day on which a limit in calendar days or months runs out, working day or not; None of other limits."""
        day = worktime.nominal_day(start, self.amount, self.unit)
        return None if day is None else dt.date.fromordinal(day)

    def soon(self, start: worktime.Tick, due: worktime.Tick) -> worktime.Tick:
        return worktime.share_tick(self.calendar, start, due, self.soon_share)

    def replay(self, segments: Iterable[Segment]) -> tuple[worktime.Tick, worktime.Tick] | None:
        """The end and the near mark after those segments, each reckoned on this calendar; None when none counts.

        A date that a letter has named stays; when nobody works that day any more, the next working day has it.
        """
        begun = due = paused = None
        for kind, start, said in segments:
            if kind == Kind.PAUSED:
                paused = start
                continue
            if kind == Kind.WAITING:
                continue
            if kind == Kind.EXTENDED and said is not None:
                due = self.calendar.close(said // worktime.DAY)
            elif kind == Kind.RUNNING and paused is not None and due is not None:
                unit = "working_hour" if self.unit == "working_minute" else self.unit
                due = worktime.resume_tick(self.calendar, due, paused, start, unit)
            else:
                due = self.fresh(start)
            begun, paused = start, None
        return None if begun is None or due is None else (due, self.soon(begun, due))


def segments_of_desk(opened: worktime.Tick, segments: Iterable[Segment]) -> list[Segment]:
    """The same clock as the desk saw it that got the dossier at `opened`; a new date for the citizen is not its own."""
    since = (one for one in segments if one[1] > opened and one[0] != Kind.EXTENDED)
    return [(Kind.RESTARTED, opened, None), *since]


def resumed(dossier: Dossier, segments: Iterable[ClockSegment], *, at: dt.datetime, case: Case, rules: Rules) -> Due:
    """The promise after the pause that is the last of `segments`: the working time that was left runs on (§11.3).

    The days of the pause are counted as the calendar knows them now; what was late already stays late.
    """
    assert dossier.due_at is not None  # the clock of an accepted dossier stood still
    limit = Limit.of_case(case, agency_id=dossier.receiving_agency_id, rules=rules)
    return _resumed(limit, dossier.due_at, [segment_of(one) for one in segments], at=at)


def desk_resumed(stage: Stage, segments: Iterable[ClockSegment], *, at: dt.datetime, rules: Rules) -> Due:
    """The share of the desk after the same pause."""
    limit = Limit.of_desk(stage.hours, agency_id=stage.agency_id, rules=rules)
    known = segments_of_desk(worktime.tick(stage.opened_at), [segment_of(one) for one in segments])
    return _resumed(limit, stage.due_at, known, at=at)


def _resumed(limit: Limit, due: dt.datetime, segments: list[Segment], *, at: dt.datetime) -> Due:
    resumed_at, paused_at = worktime.tick(at), segments[-1][1]
    end, replayed = worktime.tick(due), limit.replay([*segments, (Kind.RUNNING, resumed_at, None)])
    if paused_at < end and replayed is not None:
        end = replayed[0]
    return Due(worktime.moment(end), worktime.moment(limit.soon(resumed_at, end)))


def segment_of(one: ClockSegment) -> Segment:
    """A row of the clock as plain numbers."""
    return one.kind, worktime.tick(one.from_at), worktime.tick(one.due_at) if one.due_at else None


def extended(dossier: Dossier, *, to: dt.date, at: dt.datetime, rules: Rules) -> Due:
    """The end of the working day `to`. Raises ValueError when nobody works that day."""
    calendar = calendar_for(dossier.receiving_agency_id)
    end = worktime.day_end(calendar, to)
    return Due(end, worktime.at_share(calendar, at, end, rules.soon_share))


def extension_closes(dossier: Dossier, *, rules: Rules) -> dt.datetime:
    """Until when an apology may still move the promised date: a day before it, on a working day (NĐ 61 art. 19.9)."""
    assert dossier.due_at is not None
    calendar = calendar_for(dossier.receiving_agency_id)
    return worktime.days_before(calendar, dossier.due_at, rules.extension_days_before)


def supplement_window_over(dossier: Dossier, *, at: dt.datetime, rules: Rules) -> bool:
    """Whether the 3 working days to ask for a supplement are over (NĐ 61/2018 art. 19.4); not before acceptance."""
    if dossier.accepted_at is None:
        return False
    calendar = calendar_for(dossier.receiving_agency_id)
    return at > worktime.due(calendar, dossier.accepted_at, rules.supplement_days, "working_day")


def _starting(limit: Limit, at: dt.datetime) -> Due:
    start = worktime.tick(at)
    end = limit.fresh(start)
    return Due(worktime.moment(end), worktime.moment(limit.soon(start, end)))
