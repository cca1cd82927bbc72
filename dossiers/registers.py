"""Sổ theo dõi hồ sơ: what an agency received in a year, in volumes, as a paper and as a table (TT 01/2018 art. 10)."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from dossiers import paper_facts, papers
from dossiers.models import AccessLog, Dossier, DossierEvent, IssuedPaper
from dossiers.paper_facts import VOLUME
from portal.floor.actor import Actor
from procedures.models import Agency
from procedures.ruleset import Rules

KEEPERS = ("receiver", "leader", "records_clerk")
Row = dict[str, Any]


def dossiers_of(agency: Agency, year: int) -> QuerySet[Dossier]:
    """What was accepted there in that local year, by the line that each was given at acceptance."""
    zone = timezone.get_current_timezone()
    first, after = (dt.datetime(number, 1, 1, tzinfo=zone) for number in (year, year + 1))
    there = Dossier.objects.filter(receiving_agency=agency, accepted_at__gte=first, accepted_at__lt=after)
    return there.order_by(F("register_line").asc(nulls_last=True), "accepted_at", "id")


def volumes(count: int) -> int:
    """How many volumes so many dossiers fill; an empty year has one."""
    return max(1, -(-count // VOLUME))


def rows(agency: Agency, year: int, *, volume: int | None = None) -> Iterator[Row]:
    """The lines of the register, of one volume or of all; at most a volume is in memory."""
    found = dossiers_of(agency, year).select_related("procedure_version", "competent_agency")
    numbers = [volume] if volume else range(1, volumes(found.count()) + 1)
    for number in numbers:
        start = (number - 1) * VOLUME
        part = list(found.defer("answers").prefetch_related("parties", "papers")[start : start + VOLUME])
        handed = _collectors(part)
        for dossier in part:
            yield _row(dossier, handed.get(dossier.pk, ""))


def totals(agency: Agency, year: int) -> list[Row]:
    """What the closing page says of the whole year."""
    counted = dossiers_of(agency, year).order_by().aggregate(
        received=Count("pk"), online=Count("pk", Q(channel=Dossier.Channel.ONLINE)),
        in_time=Count("pk", Q(resolved_at__lte=F("due_at"))), late=Count("pk", Q(resolved_at__gt=F("due_at"))),
        returned=Count("pk", ~Q(returned_at=None)),
    )  # fmt: skip
    labels = {"received": "Tiếp nhận", "online": "Trong đó trực tuyến", "in_time": "Giải quyết đúng hạn",
              "late": "Giải quyết quá hạn", "returned": "Đã trả kết quả"}  # fmt: skip
    return [{"label": label, "count": counted[name]} for name, label in labels.items()]


def keep(agency: Agency, year: int, volume: int, *, by: Actor, at: dt.datetime, rules: Rules) -> IssuedPaper:
    """One volume of the register as a numbered paper; a year that is over is closed on its last day."""
    closed = timezone.localdate(at).year > year
    seat = by.seat_for(agency_id=agency.pk, roles=KEEPERS)
    facts: dict[str, Any] = {
        "unit": agency.one_stop_name or "Bộ phận một cửa",
        "book": {"number": f"{volume:02d}", "year": year, "opened_on": f"{year}-01-01",
                 "closed_on": f"{year}-12-31" if closed else ""},
        "rows": list(rows(agency, year, volume=volume)), "totals": totals(agency, year),
        "officer": {"name": by.name, "title": seat.title if seat else ""},
        "signer": {"capacity": "", "title": "Thủ trưởng đơn vị", "name": ""},
    }  # fmt: skip
    return papers.keep_book(agency, facts=facts, at=at, rules=rules)


def log_read(agency: Agency, year: int, *, by: Actor, at: dt.datetime) -> None:
    """Write down for everybody in the register that it was read; each owner sees it (Law 91/2025)."""
    seat = by.seat_for(agency_id=agency.pk, roles=KEEPERS)
    capacity = f"{seat.title}, {agency.name}"[:250] if seat else ""
    facts = {"at": at, "actor_kind": by.kind, "actor_id": str(by.user_id or ""), "actor_name": by.name,
             "capacity": capacity, "why": AccessLog.Why.COUNTER, "what": f"sổ theo dõi hồ sơ năm {year}"}  # fmt: skip
    keys = dossiers_of(agency, year).values_list("pk", flat=True).iterator(VOLUME)
    AccessLog.objects.bulk_create((AccessLog(dossier_id=key, **facts) for key in keys), batch_size=VOLUME)


def _collectors(part: list[Dossier]) -> dict[Any, str]:
    """Who took the result over the counter."""
    events = DossierEvent.objects.filter(dossier__in=part, verb="hand_out")
    return {event.dossier_id: str((event.snapshot or {}).get("collector", "")) for event in events}


def _row(dossier: Dossier, collector: str) -> Row:
    owner = next((party for party in dossier.parties.all() if party.role == "owner"), None)
    receipt = next((paper for paper in dossier.papers.all() if paper.kind == IssuedPaper.Kind.RECEIPT), None)
    contact = "; ".join(filter(None, [owner.address, owner.phone])) if owner else ""
    return {
        "line": dossier.register_line or "", "code": str(dossier), "procedure": dossier.title,
        "sets": dossier.procedure_version.dossier_sets, "applicant": dossier.applicant_name, "contact": contact,
        "agency": dossier.competent_agency.name, "received_at": paper_facts.iso(dossier.accepted_at),
        "due_at": paper_facts.iso(dossier.due_at), "returned_at": paper_facts.iso(dossier.returned_at),
        "delivery": str(dossier.get_return_mode_display()), "signed": collector,
        "note": f"Giấy tiếp nhận {receipt.number}" if receipt else "",
    }  # fmt: skip
