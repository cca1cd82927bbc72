"""On time, in the three senses that the law measures; pure, from the recorded facts of one dossier (regulation §29.4).

No sense is derived from another: a dossier may keep the promise and break the law's limit, or the other way round.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """The columns of report II.06 (TT 01/2020/TT-VPCP)."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    IN_TIME = "in_time"  # still open
    OVERDUE = "overdue"  # still open


@dataclass(frozen=True, slots=True)
class Facts:
    """What is recorded of one accepted dossier; days are those of Vietnam."""

    accepted_at: dt.datetime
    due_at: dt.datetime | None  # the promise as it stands
    original_due_at: dt.datetime | None  # the first promise
    legal_due_at: dt.datetime | None  # where the law's own limit ends; None where the law names none
    resolved_at: dt.datetime | None = None  # status 9
    returned_at: dt.datetime | None = None  # status 10
    stopped_at: dt.datetime | None = None  # statuses 3 and 8
    waiting_since: dt.datetime | None = None  # a supplement is asked for and has not come
    supplements: int = 0
    supplement_overridden: bool = False  # asked by the leader: again, or after the window
    citizens_time: dt.timedelta = dt.timedelta()  # spent by the citizen on supplements
    extensions: int = 0
    extension_lawful: bool = False  # a sector law lets the promise move, so that the new one is what counts

    @property
    def promise(self) -> dt.datetime | None:
        """The promise that is measured: an apology moves the date for the citizen, not what was promised (§8.11)."""
        return self.original_due_at if self.extensions and not self.extension_lawful else self.due_at


def by_law(facts: Facts, *, zone: dt.tzinfo) -> int | None:
    """Index 1 of TT 01/2018 (art. 13): 2 when the time taken is shorter than the law's limit, 1 when equal, 0 longer.

    None while it is open or where the law names no limit.
    """
    if facts.resolved_at is None or facts.legal_due_at is None:
        return None
    finished, limit = facts.resolved_at.astimezone(zone).date(), facts.legal_due_at.astimezone(zone).date()
    return 2 if finished < limit else 1 if facts.resolved_at <= facts.legal_due_at else 0


def by_promise(facts: Facts, *, now: dt.datetime, zone: dt.tzinfo) -> Mark | None:
    """The column of report II.06: finished before the day promised, on it, after it; open in time or not.

    None without a promise, and for what was stopped.
    """
    due = facts.promise
    if due is None or facts.stopped_at is not None:
        return None
    if facts.resolved_at is None:
        return Mark.IN_TIME if now <= due or facts.waiting_since is not None else Mark.OVERDUE
    if facts.resolved_at > due:
        return Mark.LATE
    return Mark.EARLY if facts.resolved_at.astimezone(zone).date() < due.astimezone(zone).date() else Mark.ON_TIME


def by_766(facts: Facts, *, period_ends: dt.datetime) -> bool:
    """On time for component 2.1 of QĐ 766: the end of processing lies not after the date of return.

    Asking more than once, or by way of the leader, counts as overdue whatever the dates. Without a date of return the
    time taken, less the citizen's own, is held against the law's limit.
    """
    if facts.supplements > 1 or facts.supplement_overridden:
        return False
    ended = facts.resolved_at or facts.returned_at or facts.stopped_at or facts.waiting_since or period_ends
    if facts.due_at is not None:
        return ended <= facts.due_at
    return facts.legal_due_at is None or ended - facts.citizens_time <= facts.legal_due_at
