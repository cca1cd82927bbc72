"""Due instants of a dossier. The arithmetic is `procedures.worktime`; here it meets case, rules and agency."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from dossiers.models import Dossier
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


NOBODY_WAITS: dict[str, Any] = {"next_due_at": None, "next_soon_at": None}


def intake_due(*, agency_id: int, at: dt.datetime, rules: Rules) -> Due:
    """When an online dossier must have been looked at: 8 working hours (NĐ 45/2020 art. 11)."""
    return _due(agency_id, at, rules.intake_hours, "working_hour", rules)


def promised(*, agency_id: int, case: Case, at: dt.datetime, rules: Rules) -> Due:
    """The promise to the citizen for a dossier accepted at `at`: the whole chain, never the share of one desk."""
    return _due(agency_id, at, case.time_amount or 0, case.time_unit, rules, cutoff=case.cutoff)


def stage_due(*, agency_id: int, hours: Any, at: dt.datetime, rules: Rules) -> Due:
    """When the desk that got the dossier at `at` must be done: its share in working hours (regulation §11.5)."""
    calendar = calendar_for(agency_id)
    end = worktime.add_minutes(calendar, worktime.effective_start(calendar, at), int(hours * 60))
    return Due(end, worktime.at_share(calendar, at, end, rules.soon_share))


def return_due(*, agency_id: int, at: dt.datetime, rules: Rules) -> Due:
    """A finished result leaves the house within one working day."""
    return _due(agency_id, at, 1, "working_day", rules)


def resumed(
    due: dt.datetime, *, unit: Any, agency_id: int, paused_at: dt.datetime, at: dt.datetime, rules: Rules
) -> Due:
    """A due date after a pause: the working time that was left runs on (regulation §11.3)."""
    calendar = calendar_for(agency_id)
    end = worktime.resume(calendar, due, paused_at, at, unit)
    return Due(end, worktime.at_share(calendar, at, end, rules.soon_share))


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


def _due(agency_id: int, at: dt.datetime, amount: int, unit: Any, rules: Rules, cutoff: dt.time | None = None) -> Due:
    calendar = calendar_for(agency_id)
    end = worktime.due(calendar, at, amount, unit, cutoff=cutoff, next_day_after=rules.next_day_after)
    return Due(end, worktime.at_share(calendar, at, end, rules.soon_share))
