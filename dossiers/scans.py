"""Scans of papers as bytes: how good one is (NĐ 30/2020 App. I), pages out of a pile, and the copy that is shown."""

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from dossiers.models import Attachment
from portal.floor.filetypes import FileRefused
from signatures import signing
from signatures.models import SignedDocument

PDF, IMAGES = "application/pdf", ("image/jpeg", "image/png")
LIMIT_TEXT = "PDF, JPG, PNG; mỗi tệp tối đa 20 MB; quét màu, từ 200 dpi"
LEAST_DPI, LEAST_PDF = 200, "1.4"
LOOKED_AT = 3  # pages of a PDF whose pictures are measured
A4_INCHES = 8.27
_PAGES = re.compile(r"\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    """The copy that people look at; `sha256`: of its bytes."""

    name: str
    read: Callable[[], bytes]
    content_type: str
    sha256: str
    signed: bool = False


def shown(paper: Attachment) -> Shown:
    """The copy with the officer's signature where there is one, else the file as it came."""
    document = SignedDocument.objects.filter(pk=paper.signed_document_id).first() if paper.signed_document_id else None
    if document is None:
        return Shown(str(paper.name), paper.read, paper.content_type, paper.sha256)
    name = str(paper.name) if paper.content_type == PDF else f"{paper.name}.pdf"
    return Shown(name, lambda: signing.read(document), PDF, document.sha256, signed=True)


def weak_points(data: bytes, content_type: str) -> list[str]:
    """In words what the scan standard asks for and this scan does not give, as far as it can be read."""
    try:
        return _of_pdf(data) if content_type == PDF else _of_image(data)
    except Exception:  # pikepdf and Pillow raise what their parsers raise; a scan is kept all the same
        return []


def _of_pdf(data: bytes) -> list[str]:
    found = []
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if tuple(map(int, pdf.pdf_version.split("."))) < tuple(map(int, LEAST_PDF.split("."))):
            found.append(_("PDF phiên bản %(is)s, chuẩn là từ 1.4") % {"is": pdf.pdf_version})
        sharpness = [one for page in pdf.pages[:LOOKED_AT] if (one := _dpi_of(page))]
    return found + _coarse(min(sharpness, default=None))


def _dpi_of(page: pikepdf.Page) -> float | None:
    """Of a page that is one picture; other pages were not scanned."""
    pictures = list(page.get_images().values())
    if len(pictures) != 1:
        return None
    left, bottom, right, top = (float(side) for side in page.mediabox)
    inches = max(right - left, top - bottom) / 72
    return float(max(pictures[0].Width, pictures[0].Height)) / inches


def _of_image(data: bytes) -> list[str]:
    with Image.open(io.BytesIO(data)) as image:
        dpi = image.info.get("dpi")
        return _coarse(float(min(dpi)) if dpi and min(dpi) > 1 else None)


def _coarse(dpi: float | None) -> list[str]:
    if dpi is None or round(dpi) >= LEAST_DPI:
        return []
    return [_("%(is)d dpi, chuẩn là từ %(least)d dpi") % {"is": round(dpi), "least": LEAST_DPI}]


def pages_of(data: bytes, wanted: str) -> bytes:
    """The pages `wanted` ("1-3, 5") of a PDF as a PDF of their own. Raises FileRefused."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pile, pikepdf.new() as part:
            for number in _numbers(wanted, last=len(pile.pages)):
                part.pages.append(pile.pages[number - 1])
            made = io.BytesIO()
            part.save(made, min_version=LEAST_PDF)
            return made.getvalue()
    except pikepdf.PdfError:
        raise FileRefused(_("Chỉ tách trang được từ tệp PDF mở được, không có mật khẩu.")) from None


def _numbers(wanted: str, *, last: int) -> list[int]:
    found: list[int] = []
    for part in wanted.split(","):
        said = _PAGES.fullmatch(part)
        first, until = (int(said[1]), int(said[2] or said[1])) if said else (0, 0)
        if not 1 <= first <= until <= last:
            raise FileRefused(_("Ghi trang như 1-3 hoặc 2, 5; tệp này có %(n)d trang.") % {"n": last})
        found += range(first, until + 1)
    return found


def as_pdf(data: bytes, content_type: str, *, at: dt.datetime) -> bytes:
    """The scan as a PDF that can be signed: the same bytes whenever it is made from the same scan.

    A picture is put on a page of its true size; without one it is taken for an A4 sheet.
    """
    made = io.BytesIO()
    if content_type == PDF:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if "/AcroForm" in pdf.Root:  # what is signed or filled in already stays as it is, byte for byte
                return data
            pdf.save(made, min_version=LEAST_PDF, deterministic_id=True)
        return made.getvalue()
    with Image.open(io.BytesIO(data)) as image:
        dpi = min(image.info.get("dpi") or (0,))
        upright = (ImageOps.exif_transpose(image) or image).convert("RGB")
    resolution = float(dpi) if dpi > 1 else min(upright.size) / A4_INCHES
    made_at = at.astimezone(dt.UTC).timetuple()
    upright.save(made, "PDF", resolution=resolution, quality=92, creationDate=made_at, modDate=made_at)
    return made.getvalue()
