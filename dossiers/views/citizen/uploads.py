"""Cards of papers with their files: what is asked for, what the server has received, what may still be chosen."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import files
from dossiers.forms import FilesForm
from dossiers.models import Attachment, Draft
from dossiers.views.citizen.steps import OTHER
from portal.floor.ports import PortError
from portal.floor.vietnamese import BadText
from procedures.models import RequiredDocument


def size(count: int) -> str:
    """421888 → "412 kB"."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1024))} kB"
    return f"{count / 1024 / 1024:.1f} MB".replace(".", ",")


def received(attachment: Attachment) -> str:
    """The server's receipt for one file; of a paper of the same group, where it was given."""
    if attachment.reuse_of is not None and attachment.reuse_of.draft is not None:
        version = attachment.reuse_of.draft.procedure_version
        return _("Đã gửi một lần ở “%(title)s”") % {"title": version.short_name or version.name}
    at = timezone.localtime(attachment.received_at)
    return _("%(size)s · nhận lúc %(at)s · mã kiểm %(digest)s") % {
        "size": size(attachment.size), "at": f"{at:%H:%M %d/%m/%Y}", "digest": attachment.sha256[:12]}  # fmt: skip


def take(form: FilesForm, draft: Draft, *, at: dt.datetime) -> None:
    """Keep every acceptable file of the form, once; the others become errors beside their chooser."""
    form.full_clean()
    there = set(draft.attachments.filter(superseded_at=None, dossier=None).values_list("document_key", "sha256"))
    for key, uploads in form.chosen().items():
        for upload in uploads:
            if (key, _digest(upload)) in there:
                continue
            if len(there) >= files.MOST_FILES:
                form.add_error(
                    f"{form.PREFIX}{key}", _("Bạn đã gửi đủ %(n)d tệp. Xóa bớt tệp thừa.") % {"n": files.MOST_FILES}
                )
                return
            try:
                kept = files.receive(upload, document_key=key, at=at, draft=draft)
                there.add((key, kept.sha256))
            except (files.FileRefused, BadText) as refused:
                form.add_error(f"{form.PREFIX}{key}", f"{upload.name}: {refused}")
            except PortError:
                words = _("%(name)s: chưa quét được mã độc lúc này. Hãy gửi lại sau ít phút.") % {"name": upload.name}
                form.add_error(f"{form.PREFIX}{key}", words)


def _digest(upload: Any) -> str:
    if upload.size > files.MAX_BYTES:
        return ""
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()
    upload.seek(0)
    return digest


def cards(
    documents: Sequence[RequiredDocument],
    there: Iterable[Attachment],
    form: FilesForm,
    links: Callable[[Attachment], dict[str, str]],
) -> list[dict[str, Any]]:
    """One card per paper to be sent, and one for whatever else; each `paper` with its `field`."""
    by_key: dict[str, list[Attachment]] = {}
    for attachment in there:
        by_key.setdefault(attachment.document_key, []).append(attachment)
    shown = [_card(document, by_key.get(document.key, []), documents, links) for document in to_send(documents)]
    asked = {document.key for document in to_send(documents)}
    other = [one for key, found in by_key.items() if key not in asked for one in found]
    shown.append({"key": OTHER, "name": _("Giấy tờ khác"), "note": _("Không bắt buộc"), **_files(other, links)})
    return [{"paper": card, "field": form.chooser(card["key"])} for card in shown]


def to_send(documents: Iterable[RequiredDocument]) -> list[RequiredDocument]:
    """Papers that people send; those with a source come from a database."""
    return [document for document in documents if not document.source]


def spared(documents: Iterable[RequiredDocument]) -> list[dict[str, Any]]:
    """Papers nobody has to send, with where they come from."""
    return [
        {"name": one.name, "tag": _("Không phải nộp"), "notes": [_("Lấy từ %(source)s.") % {"source": one.source}]}
        for one in documents
        if one.source
    ]


def missing(documents: Sequence[RequiredDocument], there: Iterable[Attachment]) -> list[RequiredDocument]:
    """Required papers without a file; of alternatives the first."""
    keys = {attachment.document_key for attachment in there}
    groups = {document.group for document in documents if document.group and document.key in keys}
    found, seen = [], set()
    for document in to_send(documents):
        satisfied = document.key in keys or (document.group and document.group in groups)
        if document.required and not satisfied and document.group not in seen:
            found.append(document)
            seen.update({document.group} - {""})
    return found


def _card(
    document: RequiredDocument,
    there: list[Attachment],
    documents: Sequence[RequiredDocument],
    links: Callable[[Attachment], dict[str, str]],
) -> dict[str, Any]:
    others = [one.name for one in documents if document.group and one.group == document.group and one.pk != document.pk]
    needed = _("Bắt buộc") if document.required else _("Chỉ khi bạn có giấy này")
    if others:
        needed = _("Nộp giấy này hoặc: %(names)s") % {"names": "; ".join(others)}
    note = " · ".join(filter(None, [needed, document.hint]))
    return {"key": document.key, "name": document.name, "note": note, **_files(there, links)}


def _files(there: list[Attachment], links: Callable[[Attachment], dict[str, str]]) -> dict[str, Any]:
    rows = [{"name": one.name, "note": received(one)} | links(one) for one in there]
    words = _("Đã nhận %(n)d tệp") % {"n": len(there)}
    return {"files": rows, "tag": {"text": words, "tone": "green", "icon": "check"} if there else None}
