"""After a change of the calendar: every deadline still to come is reckoned anew from the segments of its clock.

Few statements whatever the number of dossiers: one reads them as plain numbers, `deadlines` reckons, one per batch
writes dossier, desk, clock and the notice to the citizen whose day has moved. What was promised first stays
(`original_due_at`), so does what is late already, and nobody is made late by a calendar. A row that an officer moves
meanwhile is left alone and read again. No event is chained, for nobody has acted on a dossier; the administrators'
history tells of the whole.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import outbox
from dossiers.deadlines import Kind, Limit, Segment, segments_of_desk
from dossiers.models import Consultation, OutboxMessage
from dossiers.states import OPEN, Status
from portal.floor.actor import SYSTEM
from procedures import calendars, worktime
from procedures.history import record
from procedures.models import Case, RuleProfile
from procedures.ruleset import Rules

BATCH = 10_000
ROUNDS = 3  # how often rows are read again that officers have moved meanwhile
EPOCH = 719_163 * worktime.DAY + 7 * 3600  # the tick of 1 January 1970 00:00 UTC
TICK = f"floor(date_part('epoch', {{}}))::bigint + {EPOCH}"
MOMENT = f"to_timestamp({{}} - {EPOCH})"


def _ticks(*columns: str) -> str:
    return ", ".join(TICK.format(column) for column in columns)


_READ = f"""
SELECT d.id::text, d.version, d.status, d.receiving_agency_id, d.case_id, d.rule_profile_id,
    {_ticks("d.due_at", "d.due_soon_at", "d.next_due_at", "d.next_soon_at", "d.accepted_at")},
    s.id, s.agency_id, s.hours, {_ticks("s.opened_at")}, c.id, c.kind, {_ticks("c.from_at", "c.due_at")},
    CASE d.status
        WHEN {Status.SUBMITTED.value} THEN {
    TICK.format('''coalesce((
            SELECT max(w.to_at) FROM dossiers_clocksegment w WHERE w.dossier_id = d.id), d.submitted_at)''')
}
        WHEN {Status.RESOLVED.value} THEN {
    TICK.format('''coalesce((
            SELECT max(e.at) FROM dossiers_dossierevent e WHERE e.dossier_id = d.id AND e.verb = 'delivery_failed'),
            d.resolved_at)''')
} END
FROM dossiers_dossier d
LEFT JOIN dossiers_stage s ON s.dossier_id = d.id AND s.closed_at IS NULL
LEFT JOIN dossiers_clocksegment c ON c.dossier_id = d.id AND c.to_at IS NULL
WHERE d.status IN {OPEN} AND d.next_due_at IS NOT NULL AND greatest(d.due_at, d.next_due_at) >= %(at)s
    AND (%(agency)s::bigint IS NULL OR %(agency)s IN (d.receiving_agency_id, s.agency_id))
"""  # noqa: S608 -- names of columns and statuses
_HISTORY = f"""
SELECT dossier_id::text, kind, {_ticks("from_at", "due_at")} FROM dossiers_clocksegment
WHERE dossier_id = ANY(%s::uuid[]) ORDER BY dossier_id, from_at, id
"""  # noqa: S608 -- names of columns
# Locks in the order of a move: the dossier, then its desk and its clock.
_WRITE = f"""
WITH given AS (
    SELECT * FROM unnest(%(id)s::uuid[], %(version)s::int[], %(due)s::bigint[], %(due_soon)s::bigint[],
        %(next)s::bigint[], %(next_soon)s::bigint[], %(stage)s::bigint[], %(segment)s::bigint[], %(told)s::bool[])
    AS v(id, version, due, due_soon, next, next_soon, stage, segment, told)
), won AS (
    UPDATE dossiers_dossier d SET
        due_at = {MOMENT.format("v.due")}, due_soon_at = {MOMENT.format("v.due_soon")},
        next_due_at = {MOMENT.format("v.next")}, next_soon_at = {MOMENT.format("v.next_soon")}
    FROM given v WHERE d.id = v.id AND d.version = v.version RETURNING v.*
), desks AS (
    UPDATE dossiers_stage s SET due_at = {MOMENT.format("won.next")} FROM won WHERE s.id = won.stage
), clocks AS (
    UPDATE dossiers_clocksegment c SET due_at = {MOMENT.format("won.due")} FROM won WHERE c.id = won.segment
), notices AS (
    INSERT INTO dossiers_outboxmessage
        (id, dossier_id, kind, topic, lane, key, created_at, next_at, attempts, last_error)
    SELECT uuidv7(), id, 'notice.citizen', 'recalculated', 'notice:' || id,
        'recalculated:citizen:' || id || ':' || %(stamp)s, %(at)s, %(at)s, 0, ''
    FROM won WHERE told ON CONFLICT DO NOTHING
) SELECT count(*) FROM won
"""  # noqa: S608 -- names of columns


@dataclass(slots=True)
class Row:
    """One open dossier as the statement reads it; moments are ticks."""

    id: Any
    version: int
    status: int
    agency_id: int
    case_id: int
    profile_id: int
    due: int | None
    due_soon: int | None
    next: int
    next_soon: int | None
    accepted: int | None
    stage_id: int | None
    stage_agency_id: int
    hours: Any
    opened: int
    segment_id: int | None
    kind: str | None
    begun: int
    said: int | None
    other_start: int | None

    @property
    def simple(self) -> bool:
        """Whether the open segment alone explains the dates: no pause and no letter before it."""
        first = self.kind == Kind.RESTARTED or (self.kind == Kind.RUNNING and self.begun == self.accepted)
        return first and self.begun <= self.opened


def recompute(*, at: dt.datetime, agency_id: int | None = None) -> int:
    """Reckon the deadlines of all open dossiers anew, or of those of one agency; the number that changed.

    Safe to repeat: what stands as the calendar has it is not written.
    """
    changed = 0
    for _round in range(ROUNDS):
        found = changes(read(at=at, agency_id=agency_id), now=worktime.tick(at))
        written = sum(_write(found[n : n + BATCH], at=at) for n in range(0, len(found), BATCH))
        changed += written
        if written == len(found):
            break
    changed += _consultations(at=at, agency_id=agency_id)
    if changed:
        outbox.hurry()
    return changed


def perform(message: OutboxMessage) -> None:
    """The promise made when a calendar changed."""
    given = message.payload or {}
    calendars.forget()
    at = timezone.now()
    if number := recompute(at=at, agency_id=given.get("agency")):
        said = _("%d hồ sơ đang giải quyết có hạn mới") % number
        record("calendar.recomputed", by=SYSTEM, at=at, subject=said, key="")


def promise(*, at: dt.datetime, agency_id: int | None) -> list[OutboxMessage]:
    """To reckon anew now, and once more when no process knows the old calendar any longer."""
    later = at + dt.timedelta(seconds=calendars.FRESH_SECONDS + 5)
    moments = {"now": at, "later": later}
    return [
        outbox.promise("calendar.recompute", key=f"calendar.recompute:{at.isoformat()}:{agency_id or ''}:{name}",
                       at=when, lane="calendar.recompute", payload={"agency": agency_id})
        for name, when in moments.items()
    ]  # fmt: skip


def changes(rows: Iterable[Row], *, now: worktime.Tick) -> list[tuple[Any, ...]]:
    """What is to be written, of those dossiers whose dates the calendar moves."""
    reckoner, found, rest = Reckoner(), [], []
    for row in rows:
        if row.stage_id is None or row.simple:
            found += _change(row, reckoner, [(row.kind or "", row.begun, row.said)], now=now)
        else:
            rest.append(row)
    for start in range(0, len(rest), BATCH):
        batch = rest[start : start + BATCH]
        histories = _histories([row.id for row in batch])
        for row in batch:
            found += _change(row, reckoner, histories[row.id], now=now)
    return found


def read(*, at: dt.datetime, agency_id: int | None) -> Iterator[Row]:
    """The open dossiers with a deadline still to come; of an agency those that it received or holds."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"at": at, "agency": agency_id})
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                yield Row(*row)


def _histories(ids: list[Any]) -> dict[Any, list[Segment]]:
    found: dict[Any, list[Segment]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [ids])
        for dossier_id, *segment in cursor.fetchall():
            found[dossier_id].append(tuple(segment))
    return found


class Reckoner:
    """The limits that dossiers share, each looked up once."""

    def __init__(self) -> None:
        self.profiles = {row.pk: Rules.of(row) for row in RuleProfile.objects.all()}
        self.cases = {case.pk: case for case in Case.objects.only("time_amount", "time_unit", "cutoff")}
        self.whole, self.desk = cache(self._whole), cache(self._desk)
        self.intake, self.returning = cache(self._intake), cache(self._returning)

    def _whole(self, case_id: int, agency_id: int, profile_id: int) -> Limit:
        return Limit.of_case(self.cases[case_id], agency_id=agency_id, rules=self.profiles[profile_id])

    def _desk(self, hours: Any, agency_id: int, profile_id: int) -> Limit:
        return Limit.of_desk(hours, agency_id=agency_id, rules=self.profiles[profile_id])

    def _intake(self, agency_id: int, profile_id: int) -> Limit:
        return Limit.of_intake(agency_id=agency_id, rules=self.profiles[profile_id])

    def _returning(self, agency_id: int, profile_id: int) -> Limit:
        return Limit.of_return(agency_id=agency_id, rules=self.profiles[profile_id])


Pair = tuple[int | None, int | None]


def _change(row: Row, reckoner: Reckoner, segments: list[Segment], *, now: int) -> list[tuple[Any, ...]]:
    """The new dates of one dossier in a list of its own; nothing when they are the old ones."""
    whole: Pair = (row.due, row.due_soon)
    if row.segment_id is not None and row.due is not None:
        limit = reckoner.whole(row.case_id, row.agency_id, row.profile_id)
        whole = _moved(limit.replay(segments), whole, now=now)
    held: Pair = (row.next, row.next_soon)
    held = _moved(_held(row, reckoner, segments), held, now=now)
    if (*whole, *held) == (row.due, row.due_soon, row.next, row.next_soon):
        return []
    told = whole[0] is not None and row.due is not None and whole[0] // worktime.DAY != row.due // worktime.DAY
    # The date that a letter has named stays in its segment.
    segment = row.segment_id if row.kind != Kind.EXTENDED and whole[0] != row.due else None
    stage = row.stage_id if row.status != Status.RESOLVED else None
    return [(row.id, row.version, *whole, *held, stage, segment, told)]


def _held(row: Row, reckoner: Reckoner, segments: list[Segment]) -> tuple[int, int] | None:
    """The dates of whoever holds the dossier now."""
    if row.other_start is not None:
        of = reckoner.intake if row.status == Status.SUBMITTED else reckoner.returning
        return of(row.agency_id, row.profile_id).replay([(Kind.RUNNING, row.other_start, None)])
    if row.stage_id is None:
        return None
    limit = reckoner.desk(row.hours, row.stage_agency_id, row.profile_id)
    if row.simple:
        due = limit.fresh(row.opened)
        return due, limit.soon(row.opened, due)
    return limit.replay(segments_of_desk(row.opened, segments))


def _moved(new: tuple[int, int] | None, old: Pair, *, now: int) -> Pair:
    """The new dates, unless the old one is over already or the new one would be."""
    return old if new is None or old[0] is None or old[0] < now or new[0] < now else new


def _write(changes: list[tuple[Any, ...]], *, at: dt.datetime) -> int:
    """Write one batch; the number of dossiers that nobody has moved meanwhile."""
    names = ("id", "version", "due", "due_soon", "next", "next_soon", "stage", "segment", "told")
    columns = dict(zip(names, map(list, zip(*changes, strict=True)), strict=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WRITE, columns | {"at": at, "stamp": f"{at:%Y%m%d%H%M%S%f}"})
        return int(cursor.fetchone()[0])


def _consultations(*, at: dt.datetime, agency_id: int | None) -> int:
    """An answer asked for by a day that nobody works any more is due on the next working day."""
    waiting = Consultation.objects.open().filter(due_at__gte=at)
    if agency_id is not None:
        waiting = waiting.filter(agency_id=agency_id)
    changed = 0
    for row in waiting.only("agency_id", "due_at", "soon_at", "asked_at").iterator(chunk_size=BATCH):
        calendar, due = calendars.calendar_for(row.agency_id), worktime.tick(row.due_at)
        if not calendar.works(due // worktime.DAY):
            later = worktime.moment(calendar.close(due // worktime.DAY))
            changed += waiting.filter(pk=row.pk, due_at=row.due_at).update(due_at=later)
    return changed


outbox.register("calendar.recompute", perform)
