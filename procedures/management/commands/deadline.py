"""`manage.py deadline --from 2026-11-19T15:30 --amount 3 --unit working_day`: when a limit ends, and why."""

import datetime as dt
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import Agency, TimeUnit


class Command(BaseCommand):
    help = "Reckon a deadline on the working calendar, explained day by day"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="start", required=True, help="ISO date and time, Vietnamese unless it says")
        parser.add_argument("--amount", type=int, default=0)
        parser.add_argument("--unit", required=True, choices=TimeUnit.values)
        parser.add_argument("--cutoff", help="of a same-day limit, for example 15:00")
        parser.add_argument("--next-day-after", help="received later than this: counts from the next working day")
        parser.add_argument("--agency", help="code of an agency with hours of its own")
        parser.add_argument("--pause", action="append", default=[], metavar="FROM..TO", help="the clock stands still")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            start = dt.datetime.fromisoformat(options["start"])
            start = _vietnamese(start)
            cutoff, after = (
                dt.time.fromisoformat(options[name]) if options[name] else None for name in ("cutoff", "next_day_after")
            )
            terms = (
                calendar_for(self.agency(options["agency"])),
                start,
                options["amount"],
                options["unit"],
                cutoff,
                after,
            )
            pauses = sorted(map(_pause, options["pause"]))
            due, lines = worktime.due(*terms), worktime.explain(*terms, pauses)
            for paused_at, resumed_at in pauses:
                due = worktime.resume(terms[0], due, paused_at, resumed_at, options["unit"])
        except ValueError as mistake:
            raise CommandError(str(mistake)) from None
        if options["json"]:
            steps = [
                {"on": one.on.isoformat(), "kind": one.kind, "minutes": one.minutes, "name": one.name} for one in lines
            ]
            self.stdout.write(json.dumps({"due": due.isoformat(), "lines": steps}, ensure_ascii=False))
            return
        for one in lines:
            self.stdout.write(f"{one.on:%d/%m/%Y}  {one.kind:<8} {one.minutes or '':>4} {one.name}".rstrip())
        self.stdout.write(f"{due:%d/%m/%Y %H:%M}")

    def agency(self, code: str | None) -> int | None:
        if not code:
            return None
        found = Agency.objects.filter(code=code).values_list("pk", flat=True).first()
        if found is None:
            raise CommandError(f"no agency {code}")
        return int(found)


def _vietnamese(at: dt.datetime) -> dt.datetime:
    return at if at.tzinfo else at.replace(tzinfo=worktime.ZONE)


def _pause(text: str) -> tuple[dt.datetime, dt.datetime]:
    """`2026-11-11T09:00..2026-11-13T15:00`. Raises ValueError."""
    since, dots, until = text.partition("..")
    if not dots:
        raise ValueError(f"{text}: a pause is written FROM..TO")
    a, b = (_vietnamese(dt.datetime.fromisoformat(one)) for one in (since, until))
    if b < a:
        raise ValueError(f"{text}: the pause ends before it begins")
    return a, b
