"""Official papers: the row with number and snapshot is the act; the PDF is typeset from the snapshot, outside."""

import datetime as dt
import hashlib
import logging
import uuid
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from dossiers import numbering, outbox, paper_facts, series
from dossiers.models import Consultation, Dossier, IssuedPaper, OutboxMessage, Result, Verification
from portal.floor.actor import Actor, Seat
from portal.floor.typesetting import paper as source
from portal.floor.typesetting import typeset
from procedures.models import Agency, Position
from procedures.ruleset import Rules
from signatures import signing
from signatures.models import SignedDocument

log = logging.getLogger(__name__)
Kind = IssuedPaper.Kind
_SUFFIX = {
    Kind.RECEIPT: "TNHS", Kind.SUPPLEMENT: "HDHS", Kind.REFUSAL: "TCTN", Kind.APOLOGY: "PXL", Kind.STOP_NOTICE: "TBD",
    Kind.CONTROL_SLIP: "PKS", Kind.REGISTER: "STD", Kind.CONSULTATION: "LYK", Kind.MINUTES: "BBKT",
}  # fmt: skip
# Signed by whoever writes them, with a certificate where there is one, by hand on the print where there is none.
BY_OFFICER = frozenset({Kind.RECEIPT, Kind.SUPPLEMENT, Kind.REFUSAL, Kind.CONSULTATION})
FOR_OWNER = (Kind.RECEIPT, Kind.SUPPLEMENT, Kind.REFUSAL, Kind.APOLOGY, Kind.STOP_NOTICE)
# In the name of the agency that works on the dossier; the others are the one-stop unit's.
_OF_THE_HOLDER = frozenset({Kind.APOLOGY, Kind.STOP_NOTICE})


class Altered(Exception):
    """The stored file of a paper is not the one that was issued: nobody gets it."""


def issue(
    dossier: Dossier, kind: str, *, by: Actor, at: dt.datetime, rules: Rules, extra: dict[str, Any] | None = None,
    agency: Agency | None = None,
) -> IssuedPaper:  # fmt: skip
    """Number a paper and fix what it says, inside the verb's transaction; typesetting and signing are promised.

    `agency`: whose paper it is; unless said, the one-stop unit's, of an apology or stop notice the holder's.
    """
    issuer = agency or _issuer(dossier, kind)
    number = _line(dossier) if kind == Kind.RECEIPT else _number(issuer, kind, at=at)
    snapshot = contents(dossier, kind, by=by, at=at, rules=rules, number=number, extra=extra, agency=issuer)
    row = IssuedPaper.objects.create(
        dossier=dossier, agency=issuer, kind=kind, number=number, snapshot=snapshot, issued_at=at,
        signer_user_id=by.user_id if kind in BY_OFFICER else None,
    )  # fmt: skip
    promise(row, at=at)
    return row


def keep_book(agency: Agency, *, facts: dict[str, Any], at: dt.datetime, rules: Rules) -> IssuedPaper:
    """Number and fix a volume of the register of an agency; `facts`: what it lists."""
    number = _number(agency, Kind.REGISTER, at=at)
    snapshot = paper_facts.letterhead(agency, at=at) | paper_facts.form(Kind.REGISTER, rules) | facts
    row = IssuedPaper.objects.create(
        agency=agency, kind=Kind.REGISTER, number=number, snapshot=snapshot | {"number": number}, issued_at=at
    )
    promise(row, at=at)
    return row


def promise(row: IssuedPaper, *, at: dt.datetime) -> None:
    """Promise the PDF and, where an officer may sign it, the signature after it."""
    kinds = ["paper.typeset", "paper.sign"] if row.signer_user_id else ["paper.typeset"]
    outbox.keep([
        outbox.promise(kind, key=f"{kind}:{row.pk}", at=at, dossier_id=row.dossier_id, lane=f"paper:{row.pk}",
                       payload={"paper": str(row.pk)})
        for kind in kinds
    ])  # fmt: skip


def contents(
    dossier: Dossier, kind: str, *, by: Actor, at: dt.datetime, rules: Rules, number: str = "",
    extra: dict[str, Any] | None = None, agency: Agency | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What a paper of that kind says; without a number it is a draft to look at."""
    issuer = agency or _issuer(dossier, kind)
    seat = next((one for one in by.seats if one.agency_id == issuer.pk), by.seats[0] if by.seats else None)
    return {
        **paper_facts.common(dossier, issuer, at=at),
        **paper_facts.slip(dossier, kind, by=by, seat=seat, at=at, rules=rules),
        "number": number,
        **(paper_facts.receipt(dossier) if kind == Kind.RECEIPT else {}),
        **(extra or {}),
    }


def control_slip(dossier: Dossier, *, by: Actor, at: dt.datetime) -> IssuedPaper:
    """Phiếu kiểm soát: every hand-over until now, as the log has it."""
    lines = {"hand_overs": paper_facts.hand_overs(dossier)}
    return issue(dossier, Kind.CONTROL_SLIP, by=by, at=at, rules=Rules.of(dossier.rule_profile), extra=lines)


def letter_promised(asked: Consultation, *, by: Actor, at: dt.datetime) -> OutboxMessage:
    """The promise of the letter that asks, from the seat of who asks; it is numbered when the promise is kept."""
    seat = next((one for one in by.seats if one.agency_id == asked.stage.agency_id), None)
    return outbox.promise(
        "paper.consultation", key=f"paper.consultation:{asked.pk}", at=at, dossier_id=asked.dossier_id,
        payload={"asked": str(asked.pk), "user": str(by.user_id), "position": seat and seat.position_id},
    )  # fmt: skip


def consultation_letter(asked: Consultation, *, by: Actor, at: dt.datetime) -> IssuedPaper:
    """The letter of the agency that asks to the one that is asked."""
    dossier, rules = asked.dossier, Rules.of(asked.dossier.rule_profile)
    said = paper_facts.consultation(asked)
    return issue(dossier, Kind.CONSULTATION, by=by, at=at, rules=rules, extra=said, agency=asked.stage.agency)


def verification_minutes(look: Verification, *, by: Actor, at: dt.datetime) -> IssuedPaper:
    """The minutes of a look at the place, to be signed by those who were there."""
    dossier, rules = look.dossier, Rules.of(look.dossier.rule_profile)
    said = paper_facts.minutes(look)
    return issue(dossier, Kind.MINUTES, by=by, at=at, rules=rules, extra=said, agency=look.stage.agency)


def source_of(kind: str) -> str:
    """The Typst source of the papers of that kind."""
    return source(kind)


def read(paper: IssuedPaper) -> bytes:
    """The PDF, signed if it has been; typeset now if the promise has not been kept yet.

    Raises TypesettingError, Altered.
    """
    if paper.signed_document_id:
        try:
            return signing.read(SignedDocument.objects.get(pk=paper.signed_document_id))
        except (ValueError, InvalidTag) as error:
            raise _altered(paper) from error
    return original(paper)


def original(paper: IssuedPaper) -> bytes:
    """The unsigned PDF, typeset once and kept. Raises TypesettingError, Altered."""
    if not paper.file:
        pdf = typeset(source_of(paper.kind), paper.snapshot)
        paper.sha256 = hashlib.sha256(pdf).hexdigest()
        paper.file = default_storage.save(f"papers/{paper.pk}/{paper.sha256[:16]}.pdf", ContentFile(pdf))
        IssuedPaper.objects.filter(pk=paper.pk, file="").update(file=paper.file, sha256=paper.sha256)
        paper.refresh_from_db(fields=["file", "sha256"])
    try:
        with default_storage.open(paper.file) as stored:
            pdf = bytes(stored.read())
    except InvalidTag as error:
        raise _altered(paper) from error
    if hashlib.sha256(pdf).hexdigest() != paper.sha256:
        raise _altered(paper)
    return pdf


def result_data(
    dossier: Dossier, result: Result, *, agency: Agency, seat: Seat | None, at: dt.datetime
) -> dict[str, Any]:
    """The data dictionary of result templates (docs/how-to/write-a-result-template.md)."""
    said = dossier.events.filter(verb__in=("forward", "propose")).order_by("sequence")
    return {
        **paper_facts.common(dossier, agency, at=at), "number": result.number, "text": result.text,
        "stage_notes": [event.note for event in said if event.note],
        "enclosures": [one.title for one in result.enclosures.order_by("place")],
        "signer": {
            "capacity": seat.signing_capacity if seat else "", "title": seat.title if seat else "",
            "name": result.signer_name,
        },
        "verify_url": f"{settings.BASE_URL}/kiem-tra/{result.verify_code}",
    }  # fmt: skip


def _issuer(dossier: Dossier, kind: str) -> Agency:
    return dossier.holder_agency if kind in _OF_THE_HOLDER else dossier.receiving_agency


def _number(agency: Agency, kind: str, *, at: dt.datetime) -> str:
    """The next number of that kind: from 01 per agency and local year (TT 01/2018 art. 10.2c)."""
    serial = series.allocate(agency_id=agency.pk, kind=kind, period=f"{series.day(at):%Y}")
    return numbering.paper_number(serial, _SUFFIX[Kind(kind)])


def _line(dossier: Dossier) -> str:
    """A receipt bears the line of the register that its dossier has had since acceptance."""
    assert dossier.register_line is not None  # nobody gets a receipt for what was not accepted
    return numbering.paper_number(dossier.register_line, _SUFFIX[Kind.RECEIPT])


def _altered(paper: IssuedPaper) -> Altered:
    log.error("the stored file of paper %s is not the one that was issued", paper.pk)
    return Altered(f"paper {paper.pk}")


def _typeset(message: OutboxMessage) -> None:
    assert message.payload is not None
    original(IssuedPaper.objects.get(pk=message.payload["paper"]))


def _write_letter(message: OutboxMessage) -> None:
    assert message.payload is not None
    said = message.payload
    asked = Consultation.objects.select_related("agency", "stage__agency", "dossier__rule_profile").get(
        pk=said["asked"]
    )
    seats = (Seat(one.pk, one.agency_id, one.role, one.title) for one in Position.objects.filter(pk=said["position"]))
    by = Actor("officer", uuid.UUID(said["user"]), asked.asked_by, tuple(seats))
    there = IssuedPaper.objects.filter(dossier=asked.dossier, kind=Kind.CONSULTATION, issued_at=asked.asked_at)
    with transaction.atomic():
        if not any(one.snapshot["to"] == asked.agency.name for one in there):  # a worker died after it had written it
            consultation_letter(asked, by=by, at=asked.asked_at)


outbox.register("paper.typeset", _typeset)
outbox.register("paper.consultation", _write_letter)
