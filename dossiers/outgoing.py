"""Sổ văn bản đi: what an agency has issued in a year, from results and letters (NĐ 30/2020/NĐ-CP, annex IV).

Nothing is entered twice: numbers are given when a document is decided or issued, without a gap. It is registered
and sent on the day it is signed, at the latest on the next working day (art. 17).
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import series
from dossiers.models import AccessLog, IssuedPaper, Result
from portal.floor.actor import Actor
from procedures.calendars import calendar_for
from procedures.models import Agency

KEEPERS = ("records_clerk", "leader")
_Kind = IssuedPaper.Kind
LETTERS = (_Kind.SUPPLEMENT, _Kind.REFUSAL, _Kind.APOLOGY, _Kind.STOP_NOTICE, _Kind.CONSULTATION)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register. `late`: it was not out by the end of the next working day, or is not yet."""

    at: dt.datetime
    number: str
    subject: str
    signer: str
    receivers: str
    kept_by: str
    note: str
    dossier: Any
    late: bool = False
    copies: str = "1 bản điện tử"


def entries(agency: Agency, year: int, *, month: int = 0, now: dt.datetime) -> list[Entry]:
    """The lines of that local year, or of one month of it, in the order of their dates; two statements."""
    start, end = _span(year, month)
    found = [*_results(agency, start, end, now), *_letters(agency, start, end, now)]
    return sorted(found, key=lambda entry: (entry.at, entry.number))


def log_read(found: Iterable[Entry], agency: Agency, year: int, *, by: Actor, at: dt.datetime) -> None:
    """Write down for everybody in a register that is taken away that it was read; each owner sees it."""
    seat = by.seat_for(agency_id=agency.pk, roles=KEEPERS)
    facts = {"at": at, "actor_kind": by.kind, "actor_id": str(by.user_id or ""), "actor_name": by.name,
             "capacity": f"{seat.title}, {agency.name}"[:250] if seat else "", "why": AccessLog.Why.DESK,
             "what": f"sổ văn bản đi năm {year}"}  # fmt: skip
    keys = {entry.dossier.pk for entry in found}
    AccessLog.objects.bulk_create((AccessLog(dossier_id=key, **facts) for key in sorted(keys)), batch_size=1000)


def sent_by(agency_id: int, signed: dt.datetime) -> dt.date:
    """The last day on which what was signed then is out in time: the next working day."""
    calendar, day = calendar_for(agency_id), series.day(signed) + dt.timedelta(days=1)
    while not calendar.is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def _span(year: int, month: int) -> tuple[dt.datetime, dt.datetime]:
    zone = timezone.get_current_timezone()
    start = dt.datetime(year, month or 1, 1, tzinfo=zone)
    last = month == 0 or month == 12
    return start, dt.datetime(year + 1, 1, 1, tzinfo=zone) if last else dt.datetime(year, month + 1, 1, tzinfo=zone)


def _is_late(agency: Agency, signed: dt.datetime, sent: dt.datetime | None, now: dt.datetime) -> bool:
    return series.day(sent or now) > sent_by(agency.pk, signed)


def _results(agency: Agency, start: dt.datetime, end: dt.datetime, now: dt.datetime) -> Iterator[Entry]:
    issued = Result.objects.filter(sealing_agency=agency, decided_at__gte=start, decided_at__lt=end)
    issued = issued.annotate(enclosed=Count("enclosures"))
    for row in issued.exclude(number="").defer("text").select_related("dossier__case", "dossier__receiving_agency"):
        assert row.decided_at is not None  # those without are not asked for
        said = row.snapshot.get("signer", {})
        unit = row.dossier.receiving_agency.one_stop_name or row.dossier.receiving_agency.name
        name = row.dossier.case.result_name if row.kind == Result.Kind.APPROVAL else row.get_kind_display()
        yield Entry(
            row.decided_at, row.number, f"{name or row.get_kind_display()}: {row.dossier.title}",
            " ".join(filter(None, [said.get("capacity", ""), row.signer_name])).strip(),
            f"{row.dossier.applicant_name}; {unit}", _("Văn thư"), _result_note(row), row.dossier,
            late=_is_late(agency, row.decided_at, row.issued_at, now),
        )  # fmt: skip


def _result_note(row: Any) -> str:
    if row.recalled_at is not None:
        return _("Đã thu hồi")
    if row.superseded_at is not None and row.issued_at is None:
        return _("Không phát hành")
    if row.issued_at is None:
        return _("Chưa phát hành")
    return _("Kèm %d tài liệu") % row.enclosed if row.enclosed else ""


def _letters(agency: Agency, start: dt.datetime, end: dt.datetime, now: dt.datetime) -> Iterator[Entry]:
    issued: QuerySet[IssuedPaper] = IssuedPaper.objects.filter(
        agency=agency, kind__in=LETTERS, issued_at__gte=start, issued_at__lt=end, dossier__isnull=False
    )
    for row in issued.select_related("dossier"):
        assert row.dossier is not None  # those without are not asked for
        snapshot = row.snapshot
        signer = snapshot.get("signer", {}).get("name") or snapshot.get("officer", {}).get("name", "")
        waits = row.signer_user_id is not None and row.signed_document_id is None
        yield Entry(
            row.issued_at, row.number, f"{row.title}: {row.dossier.title}", signer,
            snapshot.get("to") or row.dossier.applicant_name, _("Văn thư"), _("Chưa ký số") if waits else "",
            row.dossier, late=_is_late(agency, row.issued_at, None if waits else row.issued_at, now),
        )  # fmt: skip
