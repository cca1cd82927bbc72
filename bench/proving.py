"""What is done with all dossiers at once, and the arithmetic under it: trails, deadlines, a changed calendar."""

import datetime as dt
import resource
import time
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from bench import data
from dossiers import chain, recomputing, trail
from procedures import calendars, worktime
from procedures.models import CalendarDay
from tests.world import World

TRAILS, DEADLINES, OPEN = 50_000, 20_000, 60_000


def reckoned(world: World) -> Iterator[str]:
    """Throws the dossiers away."""
    yield from _arithmetic(world)
    yield _calendar(world)


def trails() -> str:
    """Every link of some trails, before floors have written events that are none."""
    before, start = _memory(), time.perf_counter()
    whole = events = 0
    for dossier in trail.chained()[:TRAILS].iterator(chunk_size=trail.AT_ONCE):
        assert chain.is_whole(dossier), dossier
        whole, events = whole + 1, events + dossier.events_count
    took = time.perf_counter() - start
    return f"verify {whole:,} trails of {events:,} events: {took:.1f} s, memory +{_memory() - before:.0f} MB"


def _arithmetic(world: World) -> Iterator[str]:
    calendar, now = calendars.calendar_for(world.agencies["commune"].pk), timezone.now()
    moments = [now + dt.timedelta(minutes=37 * number) for number in range(DEADLINES)]
    for name, amount, unit in (("24 working days", 24, "working_day"), ("32 working hours", 32, "working_hour")):
        start = time.perf_counter()
        for moment in moments:
            worktime.due(calendar, moment, amount, unit)
        yield f"one deadline of {name}: {(time.perf_counter() - start) / DEADLINES * 1e6:.1f} µs"


def _calendar(world: World) -> str:
    """A day off in every limit that still runs."""
    data.clear()
    data.fill(world, OPEN, open_every=1)
    now = timezone.now()
    CalendarDay.objects.create(on=_next_working_day(now), kind=CalendarDay.Kind.HOLIDAY, name="Nghỉ bù")
    calendars.forget()
    calendars.calendar_for(None)
    started = time.perf_counter()
    rows = list(recomputing.read(at=now, agency_id=None))
    read = time.perf_counter()
    recomputing.changes(rows, now=worktime.tick(now))
    reckoned = time.perf_counter()
    written = recomputing.recompute(at=now)
    whole = time.perf_counter() - reckoned
    deadlines = sum(2 if row.due and row.segment_id else 1 for row in rows)
    by_sql = _moved_by_sql(written)
    return (
        f"a changed calendar: {deadlines:,} deadlines of {len(rows):,} open dossiers reckoned in {reckoned - read:.2f} s "
        f"({(reckoned - read) / deadlines * 1e5:.2f} s per 100,000), read in {read - started:.1f} s; all that and "
        f"{written:,} dossiers, their desks and clocks written and the people told {whole:.1f} s; "
        f"the same three writes by SQL alone {by_sql:.1f} s"
    )


def _moved_by_sql(count: int) -> float:
    """Three updates of that many dossiers, desks and clocks in one statement each: what the database itself takes."""
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH chosen AS (SELECT id FROM dossiers_dossier WHERE next_due_at IS NOT NULL LIMIT %s), a AS ("
            " UPDATE dossiers_dossier d SET due_at = due_at + interval '1 day', due_soon_at = due_soon_at + interval '1 day',"
            " next_due_at = next_due_at + interval '1 day', next_soon_at = next_soon_at + interval '1 day'"
            " FROM chosen WHERE d.id = chosen.id), b AS ("
            " UPDATE dossiers_stage s SET due_at = due_at + interval '1 day' FROM chosen"
            " WHERE s.dossier_id = chosen.id AND closed_at IS NULL)"
            " UPDATE dossiers_clocksegment c SET due_at = due_at + interval '1 day' FROM chosen"
            " WHERE c.dossier_id = chosen.id AND to_at IS NULL",
            [count],
        )
    return time.perf_counter() - start


def _next_working_day(now: dt.datetime) -> dt.date:
    calendar = calendars.calendar_for(None)
    days = (timezone.localdate(now) + dt.timedelta(days=number) for number in range(1, 15))
    return next(day for day in days if calendar.is_working_day(day))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
