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
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            start = dt.datetime.fromisoformat(options["start"])
            start = start if start.tzinfo else start.replace(tzinfo=worktime.ZONE)
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
            due, lines = worktime.due(*terms), worktime.explain(*terms)
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
