"""Official papers: the row with number and snapshot is the act; the PDF is typeset from the snapshot, outside."""

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from dossiers import numbering, outbox, routing, series
from dossiers.models import Dossier, HandedPaper, IssuedPaper, OutboxMessage, Payment, Result
from portal.floor.actor import Actor, Seat
from portal.floor.typesetting import typeset
from procedures import eforms
from procedures.conditions import holds
from procedures.models import Agency, Case
from procedures.ruleset import Rules
from signatures import signing
from signatures.models import SignedDocument

_SUFFIX = {"receipt": "TNHS", "supplement": "HDHS", "refusal": "TCTN", "apology": "PXL", "stop_notice": "TBD"}


def issue(
    dossier: Dossier, kind: str, *, by: Actor, at: dt.datetime, rules: Rules, extra: dict[str, Any] | None = None
) -> IssuedPaper:
    """Number a paper and fix what it says, inside the verb's transaction; typesetting is promised."""
    agency = dossier.receiving_agency
    serial = series.allocate(agency_id=agency.pk, kind=kind, period=f"{series.day(at):%Y}")
    number = numbering.paper_number(serial, _SUFFIX[kind])
    snapshot = contents(dossier, kind, by=by, at=at, rules=rules, number=number, extra=extra)
    paper = IssuedPaper.objects.create(dossier=dossier, kind=kind, number=number, snapshot=snapshot, issued_at=at)
    outbox.keep([outbox.promise(
        "paper.typeset", key=f"paper.typeset:{paper.pk}", at=at, dossier_id=dossier.pk, lane=f"paper:{paper.pk}",
        payload={"paper": str(paper.pk)},
    )])  # fmt: skip
    return paper


def contents(
    dossier: Dossier, kind: str, *, by: Actor, at: dt.datetime, rules: Rules, number: str = "",
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What a paper of that kind says; without a number it is a draft to look at."""
    agency = dossier.receiving_agency
    return {
        **_common(dossier, agency, at=at),
        "number": number,
        "form_number": rules.form_number(kind),
        "reprint": "",
        "unit": agency.one_stop_name or "Bộ phận một cửa",
        "officer": {"name": by.name, "title": by.seats[0].title if by.seats else ""},
        "contact": f"{by.name}, {agency.phone}",
        **(_receipt(dossier, number) if kind == "receipt" else {}),
        **(extra or {}),
    }


def source_of(kind: str) -> str:
    """The Typst source of the papers of that kind."""
    return (settings.ROOT / "templates" / "papers" / f"{kind}.typ").read_text(encoding="utf-8")


def read(paper: IssuedPaper) -> bytes:
    """The PDF, signed if it has been; typeset now if the promise has not been kept yet. Raises TypesettingError."""
    if paper.signed_document_id:
        return signing.read(SignedDocument.objects.get(pk=paper.signed_document_id))
    return original(paper)


def original(paper: IssuedPaper) -> bytes:
    """The unsigned PDF, typeset once and kept. Raises TypesettingError."""
    if not paper.file:
        pdf = typeset(source_of(paper.kind), paper.snapshot)
        paper.sha256 = hashlib.sha256(pdf).hexdigest()
        paper.file = default_storage.save(f"papers/{paper.pk}/{paper.sha256[:16]}.pdf", ContentFile(pdf))
        IssuedPaper.objects.filter(pk=paper.pk, file="").update(file=paper.file, sha256=paper.sha256)
        paper.refresh_from_db(fields=["file", "sha256"])
    with default_storage.open(paper.file) as stored:
        return bytes(stored.read())


def result_data(
    dossier: Dossier, result: Result, *, agency: Agency, seat: Seat | None, at: dt.datetime
) -> dict[str, Any]:
    """The data dictionary of result templates (docs/how-to/write-a-result-template.md)."""
    said = dossier.events.filter(verb__in=("forward", "propose")).order_by("sequence")
    return {
        **_common(dossier, agency, at=at), "number": result.number, "text": result.text,
        "stage_notes": [event.note for event in said if event.note],
        "signer": {
            "capacity": seat.signing_capacity if seat else "", "title": seat.title if seat else "",
            "name": result.signer_name,
        },
        "verify_url": f"{settings.BASE_URL}/kiem-tra/{result.verify_code}",
    }  # fmt: skip


def _common(dossier: Dossier, agency: Agency, *, at: dt.datetime) -> dict[str, Any]:
    owner = dossier.parties.get(role="owner")
    case = routing.case_of(dossier)
    version, schema = case.version, case.form.schema if case.form else {"pages": []}
    return {
        "date": series.day(at).isoformat(),
        "agency": {
            "name": agency.name, "symbol": agency.symbol, "place": agency.place,
            "parent_name": agency.parent.name if agency.parent and agency.level == "province" else "",
        },
        "dossier": {
            "code": dossier.code or dossier.reference, "submitted_at": _iso(dossier.submitted_at),
            "submitted_on": _iso(dossier.submitted_at)[:10], "accepted_at": _iso(dossier.accepted_at),
            "accepted_on": _iso(dossier.accepted_at)[:10], "due_at": _iso(dossier.due_at),
        },
        "procedure": {"code": version.procedure.code, "name": version.name, "field": version.procedure.field.name},
        "applicant": {
            "name": owner.name, "personal_id": owner.identity, "birth_on": owner.birth_on,
            "address": owner.address, "phone": owner.phone, "email": owner.email,
        },
        "answers": eforms.printed(schema, dossier.answers), "answers_raw": dossier.answers,
        "verify_url": f"{settings.BASE_URL}/tra-cuu/{dossier.code or dossier.reference}?k={dossier.tracking_key}",
    }  # fmt: skip


def _receipt(dossier: Dossier, number: str) -> dict[str, Any]:
    """What the receipt says beyond the other papers: papers handed in, limit, delivery, money, register."""
    case = routing.case_of(dossier)
    payment: Payment | None = getattr(dossier, "payment", None)
    unit = str(case.get_time_unit_display())
    return {
        "documents": _handed_in(dossier, case),
        "sets": case.version.dossier_sets,
        "time_limit": unit.capitalize() if case.time_unit == "same_day" else f"{case.time_amount} {unit}",
        "delivery": str(dossier.get_return_mode_display()),
        "fees": payment.lines if payment else [],
        "payment": _paid(payment) if payment and payment.amount else "",
        "register": {"book": "01", "line": number.partition("/")[0]},
    }


def _paid(payment: Payment) -> str:
    return "Đã nộp" if payment.paid_at else "Nộp khi nhận kết quả"


def _handed_in(dossier: Dossier, case: Case) -> list[dict[str, Any]]:
    """The papers of the receipt: those handed in over the counter as they were counted, the others are electronic."""
    there = set(dossier.attachments.filter(superseded_at=None).values_list("document_key", flat=True))
    over_counter = dossier.channel != Dossier.Channel.ONLINE
    handed = {paper.document_key: paper for paper in dossier.handed.order_by("pk")} if over_counter else {}
    lines: list[dict[str, Any]] = []
    for document in routing.documents_of(case):
        if paper := handed.pop(document.key, None):
            lines += _counted(paper)
        elif document.key in there or (document.is_form and holds(document.condition, dossier.answers)):
            lines.append({"name": document.name, "form": "Bản điện tử",
                          "count": document.originals or document.copies or 1})  # fmt: skip
    return lines + [line for paper in handed.values() for line in _counted(paper)]


def _counted(paper: HandedPaper) -> list[dict[str, Any]]:
    """One line per kind of copy; the originals that are kept say so."""
    original = f"Bản chính (giữ lại {paper.held})" if paper.held else "Bản chính"
    kinds = ((original, paper.originals), ("Bản sao chứng thực", paper.certified), ("Bản sao", paper.copies))
    return [{"name": paper.name, "form": form, "count": count} for form, count in kinds if count]


def _iso(at: dt.datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""


def _typeset(message: OutboxMessage) -> None:
    assert message.payload is not None
    original(IssuedPaper.objects.get(pk=message.payload["paper"]))


outbox.register("paper.typeset", _typeset)
