"""The working calendar of an agency, from its rows."""

import datetime as dt
import time
from dataclasses import dataclass, field

from django.db import transaction

from procedures.models import CalendarDay, WorkSession
from procedures.signals import calendar_changed
from procedures.worktime import Calendar, Session

WEEK: dict[int, list[Session]] = {  # what an office keeps that has written down no hours of its own
    day: [(dt.time(7, 30), dt.time(11, 30)), (dt.time(13), dt.time(17))] for day in range(5)
}
FRESH_SECONDS = 30  # another process sees a changed calendar after this long at the latest

DayRow = tuple[int | None, dt.date, str, str]
SessionRow = tuple[int | None, int, dt.time, dt.time]


@dataclass
class _Known:
    rows: tuple[list[DayRow], list[SessionRow]] = field(default_factory=lambda: ([], []))
    read_at: float = float("-inf")
    calendars: dict[int | None, Calendar] = field(default_factory=dict)


_known = _Known()


def calendar_for(agency_id: int | None) -> Calendar:
    """The calendar of that agency; None: the province's. Two statements at most, none while the rows are fresh."""
    _refresh()
    days, sessions = _known.rows
    # An agency without entries of its own shares the province's calendar object.
    if not any(row[0] == agency_id for row in days) and not any(row[0] == agency_id for row in sessions):
        agency_id = None
    if agency_id not in _known.calendars:
        _known.calendars[agency_id] = _build(agency_id, days, sessions)
    return _known.calendars[agency_id]


def agencies_of_their_own() -> set[int]:
    """The agencies that keep days or hours of their own; all others share the province's."""
    _refresh()
    days, sessions = _known.rows
    return {row[0] for rows in (days, sessions) for row in rows if row[0] is not None}


def forget() -> None:
    """Read the rows again next time."""
    _known.read_at = float("-inf")


def changed(sender: type[CalendarDay] | type[WorkSession], *, agency_id: int | None, at: dt.datetime) -> None:
    """Tell that days or sessions have changed; every verb that changes them calls this in its transaction.

    `agency_id`: whose; None when the whole province's have.
    """
    calendar_changed.send(sender, agency_id=agency_id, at=at)
    forget()
    transaction.on_commit(forget)  # what others read before this is visible is old


def _refresh() -> None:
    if time.monotonic() - _known.read_at < FRESH_SECONDS:
        return
    days: list[DayRow] = list(CalendarDay.objects.order_by("on", "id").values_list("agency_id", "on", "kind", "name"))
    sessions: list[SessionRow] = list(
        WorkSession.objects.order_by("weekday", "opens").values_list("agency_id", "weekday", "opens", "closes")
    )
    if (days, sessions) != _known.rows:
        _known.rows = (days, sessions)
        _known.calendars.clear()
    _known.read_at = time.monotonic()


def _build(agency_id: int | None, days: list[DayRow], rows: list[SessionRow]) -> Calendar:
    own = agency_id if any(row[0] == agency_id for row in rows) else None
    week: dict[int, list[Session]] = {}
    for holder, weekday, opens, closes in rows:
        if holder == own:
            week.setdefault(weekday, []).append((opens, closes))
    entries = {on: (kind, name) for holder, on, kind, name in days if holder is None}
    entries |= {on: (kind, name) for holder, on, kind, name in days if holder == agency_id}  # its own entry wins
    working = CalendarDay.Kind.SWAP_WORK
    return Calendar.of(
        week or WEEK,
        {on: name for on, (kind, name) in entries.items() if kind != working},
        [on for on, (kind, _name) in entries.items() if kind == working],
    )
