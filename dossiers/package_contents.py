"""What goes into the archive package of a closed dossier: every file with its place, its title and whence its bytes."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asn1crypto import pem
from cryptography.exceptions import InvalidTag
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils.translation import gettext as _

from dossiers import papers, sealing
from dossiers.messaging import moment
from dossiers.models import Dossier, DossierEvent, Seal, SealedHead
from portal.floor.vietnamese import fold
from procedures.eforms.printing import form_pdf
from signatures import trust
from signatures.models import Certificate, SignedDocument

PDF = "application/pdf"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Item:
    """One file: its bytes are `data`, or lie in the storage as `file`. Without a path it is on paper alone.

    `sha256`: what the bytes must be, where somebody has written that down before.
    """

    path: str
    title: str
    file: str = ""
    data: bytes = b""
    sha256: str = ""
    note: str = ""


def items(dossier: Dossier) -> Iterator[Item]:
    """All that is kept of a dossier, in a lasting order. Raises TypesettingError."""
    documents = signed_documents(dossier)
    yield from _form(dossier)
    yield from _received(dossier, documents)
    yield from _issued(dossier, documents)
    yield from _results(dossier, documents)
    yield Item("nhat-ky/su-kien.jsonl", _("Các bước đã làm, nối thành chuỗi"), data=_chain(dossier))
    yield from _seals(dossier)
    yield from _certificates(dossier)


def signed_documents(dossier: Dossier) -> dict[UUID | None, SignedDocument]:
    """The signed files of the dossier with what was preserved of them."""
    keys = {key for rows in (dossier.attachments, dossier.papers, dossier.results)
            for key in rows.exclude(signed_document_id=None).values_list("signed_document_id", flat=True)}  # fmt: skip
    found = SignedDocument.objects.filter(pk__in=list(keys)).select_related("request")
    return {document.pk: document for document in found.prefetch_related("preservations")}


def slug(name: str, *, otherwise: str) -> str:
    """A short file name that every system takes, whatever the citizen called the file."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:60].strip("-") or otherwise


def _form(dossier: Dossier) -> Iterator[Item]:
    form = dossier.case.form
    if form is None:
        return
    pdf = form_pdf(form.schema, dossier.answers, title=form.name, code=form.code)
    answers = json.dumps(dossier.answers, ensure_ascii=False, sort_keys=True, indent=1)
    yield Item("to-khai/to-khai.pdf", form.name, data=pdf)
    yield Item("to-khai/to-khai.json", _("Câu trả lời của tờ khai, để máy đọc"), data=answers.encode())


def _received(dossier: Dossier, documents: dict[UUID | None, SignedDocument]) -> Iterator[Item]:
    names = dict(dossier.case.required_documents.values_list("key", "name"))
    for number, row in enumerate(dossier.attachments.order_by("received_at", "id"), 1):
        stem, dot, _end = str(row.name).rpartition(".")
        suffix = _SUFFIX.fullmatch(f".{_end}") if dot else None
        place = f"giay-to/{number:03d}-{slug(stem if dot else str(row.name), otherwise='tep')}"
        facts = [_("Tên khi nộp: %s") % row.name, str(row.get_origin_display()), moment(row.received_at)]
        if row.superseded_at:
            facts.append(_("Đã được thay lúc %s") % moment(row.superseded_at))
        title = names.get(row.document_key, row.document_key)
        yield Item(f"{place}{suffix[0].lower() if suffix else ''}", title, row.file, b"", row.sha256, " · ".join(facts))
        yield from _signed(documents.get(row.signed_document_id), place, title)


def _issued(dossier: Dossier, documents: dict[UUID | None, SignedDocument]) -> Iterator[Item]:
    for number, row in enumerate(dossier.papers.order_by("issued_at", "id"), 1):
        papers.original(row)  # typeset now if the promise has not been kept yet
        place, title = f"van-ban/{number:03d}-{slug(f'{row.kind} {row.number}', otherwise='van-ban')}", str(row)
        yield Item(f"{place}.pdf", title, row.file, b"", row.sha256, moment(row.issued_at))
        yield from _signed(documents.get(row.signed_document_id), place, title)


def _results(dossier: Dossier, documents: dict[UUID | None, SignedDocument]) -> Iterator[Item]:
    for number, row in enumerate(dossier.results.order_by("drafted_at", "id"), 1):
        if row.decided_at is None:
            continue  # a draft that nobody decided on is no result
        place = f"ket-qua/{number:03d}-{slug(f'{row.kind} {row.number}', otherwise='ket-qua')}"
        facts = [moment(row.issued_at) if row.issued_at else _("Chưa phát hành")]
        if row.recalled_at:
            facts.append(_("Đã thu hồi lúc %s") % moment(row.recalled_at))
        if row.on_paper:
            facts.append(_("Bản chính trên giấy, ký tay"))
        yield Item(f"{place}.pdf" if row.file else "", str(row), row.file, note=" · ".join(facts))
        yield from _signed(documents.get(row.signed_document_id), place, str(row))


def _signed(document: SignedDocument | None, place: str, title: str) -> Iterator[Item]:
    """The signed file with its newest proofs; a signature file stands beside what it signs."""
    if document is None:
        return
    newest = max(document.preservations.all(), key=lambda kept: kept.made_at, default=None) or document
    suffix = {"cms": ".p7s", "xml": ".xml"}.get(document.request.form, "-da-ky.pdf")
    title = _("%s, bản đã ký số") % title
    yield Item(f"{place}{suffix}", title, str(newest.file.name), b"", newest.sha256, moment(document.signed_at))


def _chain(dossier: Dossier) -> bytes:
    events = dossier.events.order_by("sequence")
    return "".join(json.dumps(_event(one), ensure_ascii=False, sort_keys=True) + "\n" for one in events).encode()


def _event(event: DossierEvent) -> dict[str, Any]:
    """What `chain.digest_of` is made of, the texts under it and the names for people."""
    return {
        "dossier": str(event.dossier_id), "sequence": event.sequence, "verb": event.verb,
        "at": int(event.at.astimezone(dt.UTC).timestamp() * 1_000_000),
        "who": [event.actor_kind, event.actor_id, event.position_id],
        "from": event.from_status, "to": int(event.to_status),
        "note": event.note, "note_digest": event.note_digest,
        "snapshot": event.snapshot, "snapshot_digest": event.snapshot_digest, "digest": event.digest,
        "local_time": moment(event.at), "name": event.actor_name, "capacity": event.capacity,
    }  # fmt: skip


def sealed_heads(dossier: Dossier) -> list[SealedHead]:
    """The days' seals that cover the dossier, the oldest first."""
    return list(SealedHead.objects.filter(dossier_key=dossier.pk).select_related("seal").order_by("seal__on"))


def _seals(dossier: Dossier) -> Iterator[Item]:
    for head in sealed_heads(dossier):
        seal, day = head.seal, f"{head.seal.on:%Y-%m-%d}"
        title = _("Niêm phong ngày %s") % f"{seal.on:%d/%m/%Y}"
        yield Item(f"niem-phong/{day}.txt", title, _text_of(seal), b"", seal.digest)
        if seal.timestamp_token:
            token = bytes(seal.timestamp_token)
            yield Item(f"niem-phong/{day}.tst", _("%s, dấu thời gian RFC 3161") % title, data=token)


def _text_of(seal: Seal) -> str:
    """Where the text of that seal lies: kept once for all the packages of its dossiers."""
    name, text = f"seals/{seal.digest}.txt", sealing.text_of(seal.covered.all()).encode()
    try:
        with default_storage.open(name) as kept:
            if hashlib.sha256(kept.read()).hexdigest() == seal.digest:
                return name
    except (OSError, InvalidTag):  # not there yet, or left half written
        default_storage.delete(name)
    return str(default_storage.save(name, ContentFile(text)))


def _certificates(dossier: Dossier) -> Iterator[Item]:
    asked = Q(pk__in=[])
    for kind, rows in (("copy", dossier.attachments), ("paper", dossier.papers), ("result", dossier.results)):
        for key in rows.exclude(signed_document_id=None).values_list("pk", flat=True):
            asked |= Q(requests__reference__startswith=f"{kind}:{key}")
    for row in Certificate.objects.filter(asked).distinct().order_by("serial"):
        yield Item(
            f"chung-thu/{slug(row.serial, otherwise='so')}.pem", row.subject, data=f"{row.pem}{row.chain}".encode()
        )
    yield Item("chung-thu/goc.pem", _("Chứng thư gốc mà cơ quan tin cậy khi lập gói"), data=_armoured(trust.roots()))


def _armoured(certificates: Iterable[Any]) -> bytes:
    return b"".join(sorted({pem.armor("CERTIFICATE", one.dump()) for one in certificates}))
