"""PAdES in two steps, so that a provider may answer in between, in another process or on another day.

`prepare` writes an incremental update with a gap and says what to sign; `complete` fills the gap. Bytes that were
there before are never changed, so earlier signatures stay valid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.timestamps import TimeStamper

from signatures import appearance, container, placement
from signatures.container import DIGEST, Signer
from signatures.placement import Box
from signatures.refusals import SigningRefused

# Hexadecimal digits: signature, signer's chain and a time-stamp token that brings its own chain.
GAP = 2 * 12 * 1024

__all__ = ["DIGEST", "GAP", "Mark", "Prepared", "Signer", "check", "complete", "prepare"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What is seen of the signature in a box on the page: a PNG fitted into it, or lines of text."""

    box: Box
    png: bytes = b""
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file with a gap between two offsets, the digest of the rest, and the bytes to be signed."""

    pdf: bytes
    digest: bytes
    gap_from: int
    gap_to: int
    attributes: bytes


class Update(IncrementalPdfFileWriter):
    """A signature changes neither title nor dates of the document, so what is said of it stays as it was."""

    def _update_meta(self) -> None:
        pass


def prepare(pdf: bytes, signer: Signer, *, at: datetime, reason: str = "", mark: Mark | None = None) -> Prepared:
    """Everything up to the signature itself. Raises SigningRefused for a file that cannot take one."""
    try:
        writer = Update(BytesIO(pdf), strict=False)
        earlier = _earlier(writer.prev, visible=mark is not None)
        field_name = f"ChuKySo{1 + earlier}"
        page = placement.sheet(pdf, mark.box.page) if mark else None
        spec = SigFieldSpec(
            field_name,
            on_page=mark.box.page if mark else 0,
            box=page.stored(mark.box) if mark and page else None,
            readable_field_name=_("Chữ ký số của %(person)s") % {"person": signer.name},
        )
        embedder = PdfCMSEmbedder(spec).write_cms(field_name, writer)
        field = next(embedder).get_object()
        if mark and page:
            field["/AP"] = DictionaryObject({pdf_name("/N"): appearance.upright(_drawn(writer, mark), page.turned)})
        writer.register_extension(ESIC_EXTENSION_1)
        placeholder = SignatureObject(
            timestamp=at, name=signer.name, reason=reason or None, subfilter=SigSeedSubFilter.PADES, bytes_reserved=GAP
        )
        embedder.send(SigObjSetup(placeholder))
        digest, output = embedder.send(SigIOSetup(DIGEST))
    except (PdfError, SigningError, ValueError, KeyError) as error:
        raise SigningRefused(_("Tệp PDF này không ký được: %(error)s") % {"error": error}) from error
    return Prepared(
        output.getvalue(),
        digest.document_digest,
        digest.reserved_region_start,
        digest.reserved_region_end,
        container.attributes(digest.document_digest, signer),
    )


def check(pdf: bytes) -> None:
    """Raises SigningRefused for a file that cannot take a signature that is seen: one is tried on a copy."""
    try:
        writer = Update(BytesIO(pdf), strict=False)
        if writer.prev.encrypted:
            raise SigningRefused(_("Tệp PDF bị khóa, không cho sửa hoặc ký. Xuất lại tệp không khóa rồi tải lên."))
        number = _earlier(writer.prev, visible=True)
        append_signature_field(writer, SigFieldSpec(f"Thu{number}", on_page=0, box=(0, 0, 10, 10)))
        writer.write(BytesIO())  # type: ignore[no-untyped-call]
    except (PdfError, ValueError, KeyError) as error:
        raise SigningRefused(_("Tệp PDF này không ký được: %(error)s") % {"error": error}) from error


def _earlier(reader: PdfFileReader, *, visible: bool) -> int:
    """How many signature fields the file has. Raises SigningRefused when one of them forbids what is to be added."""
    number = 0
    for _name, value, field in enumerate_sig_fields(reader):
        number += 1
        if value is None:
            continue
        limits = [_entry(limit, "/TransformParams") for limit in _entry(value, "/Reference")]
        allowed = [_entry(limit, "/P") for limit in (*limits, _entry(field, "/Lock"))]
        if MDPPerm.NO_CHANGES.value in allowed:
            raise SigningRefused(_("Người ký trước đã khóa tệp: không ai được ký thêm. Hãy dùng bản chưa khóa."))
        if visible and any(map(_keeps_the_picture, limits)):
            raise SigningRefused(_("Người ký trước chỉ cho ký thêm mà không hiện gì trên trang. Ký không hiển thị."))
    return number


def _keeps_the_picture(limit: DictionaryObject) -> bool:
    """Whether the earlier signature lets nobody add a field that is seen (ISO 32000-1, 12.8.2.2 and 12.8.2.4)."""
    return "/Action" not in limit or limit["/Action"] in ("/All", "/Exclude")


def _entry(holder: Any, name: str) -> Any:
    """What stands there, wherever in the file it is written; nothing where there is no such entry."""
    found = holder.get_object()
    return found[name] if name in found else DictionaryObject()


def _drawn(writer: IncrementalPdfFileWriter, mark: Mark) -> IndirectObject:
    if mark.lines:
        return appearance.text(writer, mark.lines, mark.box.width, mark.box.height)
    return appearance.picture(writer, mark.png, mark.box.width, mark.box.height)


def complete(
    prepared: Prepared, signer: Signer, signature: bytes, timestamper: TimeStamper | None
) -> tuple[bytes, datetime | None]:
    """The signed file, and the time by the time-stamp authority. Raises PortError when it does not answer."""
    signed, at = container.assembled(prepared.attributes, signer, signature, timestamper)
    room = prepared.gap_to - prepared.gap_from - len("<>")
    if 2 * len(signed) > room:
        raise SigningRefused(_("Chữ ký lớn hơn chỗ dành sẵn trong tệp."))
    digits = signed.hex().upper().ljust(room, "0").encode()
    return prepared.pdf[: prepared.gap_from + 1] + digits + prepared.pdf[prepared.gap_to - 1 :], at
