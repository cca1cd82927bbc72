"""Days that differ from the plain week, from the government's yearly decisions."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from procedures import calendars
from procedures.importing.summary import Source, Summary, read_csv
from procedures.models import CalendarDay

Kind = CalendarDay.Kind
KINDS = {
    "nghi_le": Kind.HOLIDAY,
    "nghi_bu": Kind.COMPENSATORY,
    "nghi_hoan_doi": Kind.SWAP_OFF,
    "lam_bu": Kind.SWAP_WORK,
    "nghi_rieng": Kind.LOCAL_OFF,
}


def import_calendar(source: Source) -> Summary:
    """CSV with date (ISO), name, kind and, if known, source. Days already there are brought up to the file.

    Raises FileRefused.
    """
    wanted, summary = read_days(source)
    changed = [day for day, _before in differing(wanted)]
    keep_days(changed)
    summary.loaded, summary.unchanged = len(changed), len(wanted) - len(changed)
    return summary


def read_days(source: Source) -> tuple[dict[dt.date, CalendarDay], Summary]:
    """The days a file names, unsaved, and the rows that could not be read. Raises FileRefused."""
    summary = Summary()
    wanted: dict[dt.date, CalendarDay] = {}
    for line, row in read_csv(source, "date", "name", "kind"):
        kind = KINDS.get(row["kind"]) or (Kind(row["kind"]) if row["kind"] in Kind.values else None)
        try:
            on = dt.date.fromisoformat(row["date"])
        except ValueError:
            summary.refuse(line, "date", _("Ngày phải viết 2026-11-24"))
            continue
        if kind is None:
            summary.refuse(line, "kind", _("Không rõ loại ngày %(kind)s") % {"kind": row["kind"][:40]})
            continue
        wanted[on] = CalendarDay(on=on, kind=kind, name=row["name"][:150], decision=row.get("source", "")[:200])
    return wanted, summary


def differing(wanted: Mapping[dt.date, CalendarDay]) -> list[tuple[CalendarDay, CalendarDay | None]]:
    """The days that are not there yet or say something else, each with what is there now."""
    known = {day.on: day for day in CalendarDay.objects.filter(agency=None, on__in=wanted)}
    pairs = [(day, known.get(on)) for on, day in sorted(wanted.items())]
    return [(day, before) for day, before in pairs if before is None or _differs(before, day)]


def keep_days(days: Sequence[CalendarDay]) -> None:
    """Put these days of the whole country in the place of those of the same dates."""
    with transaction.atomic():
        CalendarDay.objects.filter(agency=None, on__in=[day.on for day in days]).delete()
        CalendarDay.objects.bulk_create(days)
        if days:
            calendars.changed(CalendarDay, agency_id=None, at=timezone.now())


def _differs(known: CalendarDay, day: CalendarDay) -> bool:
    return (known.kind, known.name, known.decision) != (day.kind, day.name, day.decision)
