"""Files that come in: checked before anything is kept, and kept before anything is promised."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from dossiers import attested
from dossiers.models import Attachment, Dossier, Draft, Enclosure
from dossiers.ports.scanning.base import scanner
from portal.floor.filetypes import LIMIT_TEXT, MAX_BYTES, FileRefused, recognise
from portal.floor.ids import uuid7
from portal.floor.ports import PortError
from portal.floor.vietnamese import clean
from signatures import pades, verification
from signatures.refusals import SigningRefused

MOST_FILES = 40  # of one draft

__all__ = [
    "LIMIT_TEXT",
    "MAX_BYTES",
    "MOST_FILES",
    "FileRefused",
    "drop",
    "keep_enclosures",
    "keep_result",
    "receive",
    "recognise",
    "store",
]


# A signed file is larger than its original, and no larger one is taken back than one that came in.
MOST_ENCLOSED = 18 * 1024 * 1024


def receive(
    upload: Any, *, document_key: str, at: dt.datetime, draft: Draft | None = None, dossier: Dossier | None = None
) -> Attachment:
    """Check one uploaded file, keep its bytes in the storage, then its row. Raises FileRefused, PortError."""
    kept = store(upload, document_key=document_key, at=at)
    kept.draft, kept.dossier = draft, dossier
    kept.save(force_insert=True)
    return kept


def store(upload: Any, *, document_key: str, at: dt.datetime) -> Attachment:
    """Check one uploaded file and keep its bytes; the row, unsaved, of a file that belongs to nothing yet.

    Raises FileRefused, PortError.
    """
    name, data, content_type, scanned = _checked(upload)
    pk = uuid7()
    stored = default_storage.save(f"attachments/{pk}", ContentFile(data))
    kept = Attachment(
        id=pk, document_key=document_key, name=name, content_type=content_type,
        size=len(data), sha256=hashlib.sha256(data).hexdigest(), file=stored, received_at=at,
        scan=Attachment.Scan.CLEAN if scanned else Attachment.Scan.NOT_SCANNED,
    )  # fmt: skip
    attested.notice(kept, data, at=at)
    return kept


def keep_result(upload: Any) -> str:
    """Check a finished result, which must be a PDF, and keep its bytes; its name in the storage.

    Raises FileRefused, PortError.
    """
    _name, data = _to_sign(upload)
    return str(default_storage.save(f"results/uploaded/{uuid7()}.pdf", ContentFile(data)))


def keep_enclosures(uploads: Iterable[Any]) -> list[Enclosure]:
    """Check PDFs that go out with a result and keep their bytes; the rows, unsaved, of no result yet.

    All or none. Raises FileRefused, PortError.
    """
    kept: list[Enclosure] = []
    try:
        for upload in uploads:
            kept.append(_enclosure(*_to_sign(upload)))
    except (FileRefused, PortError):
        for one in kept:
            default_storage.delete(one.file)
        raise
    return kept


def _enclosure(name: str, data: bytes) -> Enclosure:
    """Raises FileRefused for one whose signatures are broken, or that would not come back from a signing device."""
    if len(data) > MOST_ENCLOSED:
        raise FileRefused(_("“%s” lớn hơn 18 MB. Chia nhỏ tệp rồi tải lên.") % name)
    if attested.MARK in data and verification.verify(data).verdict == "invalid":
        raise FileRefused(_("“%s” có chữ ký số bị hỏng hoặc hết hiệu lực. In lại ra tệp PDF mới rồi tải lên.") % name)
    stored = default_storage.save(f"results/enclosed/{uuid7()}.pdf", ContentFile(data))
    return Enclosure(title=name.rpartition(".")[0] or name, file=stored, sha256=hashlib.sha256(data).hexdigest())


def _to_sign(upload: Any) -> tuple[str, bytes]:
    """Name and bytes of what will be signed: a PDF that nobody has locked."""
    try:
        name, data, content_type, _scanned = _checked(upload)
        if content_type != "application/pdf":
            raise FileRefused(_("Chỉ nhận tệp PDF. Hãy xuất văn bản ra PDF rồi tải lên."))
        pades.check(data)
    except (FileRefused, SigningRefused) as refused:
        raise FileRefused(f"“{upload.name}”: {refused}") from refused
    return name, data


def _checked(upload: Any) -> tuple[str, bytes, str, bool]:
    """Name, content, type, and whether it was looked through for malware."""
    if upload.size > MAX_BYTES:
        raise FileRefused(_("Tệp lớn hơn 20 MB. Chụp ảnh thay cho quay quét, hoặc chia nhỏ."))
    data = upload.read()
    name = clean(str(upload.name)).replace("/", "_").replace("\\", "_")[-200:] or _("tệp")
    content_type = recognise(name, data)
    scanned = scanner().scan(data)
    if scanned.infected:
        raise FileRefused(_("Tệp có mã độc nên không nhận được. Hãy quét máy của bạn rồi gửi tệp khác."))
    return name, data, content_type, scanned.done


def drop(attachment: Attachment) -> None:
    """Take back a file that was not sent yet, wherever it was referred to; what belongs to a dossier stays."""
    if attachment.dossier_id is not None:
        return
    Attachment.objects.filter(reuse_of=attachment, dossier=None).delete()
    attachment.delete()
    if attachment.reuse_of_id is None:
        default_storage.delete(attachment.file)
