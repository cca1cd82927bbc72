"""What goes into the archive package of a closed dossier: every file with its place, its title and whence its bytes."""

import json
import re
from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from dossiers import package_proofs, papers
from dossiers.messaging import moment
from dossiers.models import Dossier, Enclosure
from dossiers.package_item import Item, slug
from procedures.eforms.printing import form_pdf
from signatures.models import SignedDocument

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


def items(dossier: Dossier) -> Iterator[Item]:
    """All that is kept of a dossier, in a lasting order. Raises TypesettingError."""
    documents = signed_documents(dossier)
    yield from _form(dossier)
    yield from _received(dossier, documents)
    yield from _issued(dossier, documents)
    yield from _results(dossier, documents)
    yield Item("nhat-ky/su-kien.jsonl", _("Các bước đã làm, nối thành chuỗi"), data=package_proofs.chain_of(dossier))
    yield from package_proofs.seals(dossier)
    yield from package_proofs.certificates(dossier)


def signed_documents(dossier: Dossier) -> dict[UUID | None, SignedDocument]:
    """The signed files of the dossier with what was preserved of them."""
    enclosures = Enclosure.objects.filter(result__dossier=dossier)
    keys = {key for rows in (dossier.attachments, dossier.papers, dossier.results, enclosures)
            for key in rows.exclude(signed_document_id=None).values_list("signed_document_id", flat=True)}  # fmt: skip
    found = SignedDocument.objects.filter(pk__in=list(keys)).select_related("request")
    return {document.pk: document for document in found.prefetch_related("preservations")}


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
        for one in row.enclosures.order_by("place"):
            beside = f"{place}-kem-theo-{one.place:02d}"
            yield Item(f"{beside}.pdf", one.title, one.file, b"", one.sha256, _("Kèm theo %s") % row)
            yield from _signed(documents.get(one.signed_document_id), beside, one.title)


def _signed(document: SignedDocument | None, place: str, title: str) -> Iterator[Item]:
    """The signed file with its newest proofs; a signature file stands beside what it signs."""
    if document is None:
        return
    newest = max(document.preservations.all(), key=lambda kept: kept.made_at, default=None) or document
    suffix = {"cms": ".p7s", "xml": ".xml"}.get(document.request.form, "-da-ky.pdf")
    title = _("%s, bản đã ký số") % title
    yield Item(f"{place}{suffix}", title, str(newest.file.name), b"", newest.sha256, moment(document.signed_at))
