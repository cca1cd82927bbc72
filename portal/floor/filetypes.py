"""Which files may come in: by ending and by the bytes themselves, which must agree."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import pikepdf
from django.utils.translation import gettext as _
from PIL import Image

MAX_BYTES = 20 * 1024 * 1024
LIMIT_TEXT = "PDF, JPG, PNG, DOCX, XLSX; mỗi tệp tối đa 20 MB"
Image.MAX_IMAGE_PIXELS = 60_000_000


class FileRefused(Exception):
    """The file cannot be taken; the message says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class _Type:
    content_type: str
    endings: tuple[str, ...]
    magic: bytes


_TYPES = (
    _Type("application/pdf", ("pdf",), b"%PDF-"),
    _Type("image/jpeg", ("jpg", "jpeg"), b"\xff\xd8\xff"),
    _Type("image/png", ("png",), b"\x89PNG\r\n\x1a\n"),
    _Type("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",), b"PK\x03\x04"),
    _Type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",), b"PK\x03\x04"),
)


def recognise(name: str, data: bytes) -> str:
    """The content type by ending and by the bytes themselves, which must agree. Raises FileRefused."""
    ending = name.rpartition(".")[2].lower()
    known = next((kind for kind in _TYPES if ending in kind.endings), None)
    if known is None:
        raise FileRefused(_("Không nhận loại tệp này. Hãy gửi %(types)s.") % {"types": LIMIT_TEXT})
    if not data:
        raise FileRefused(_("Tệp rỗng. Hãy chọn lại tệp."))
    if not data.startswith(known.magic) or not _CHECKS[known.endings[0]](data):
        raise FileRefused(
            _("Tệp bị hỏng hoặc không đúng là tệp %(ending)s. Hãy mở thử rồi gửi lại.") % {"ending": ending.upper()}
        )
    return known.content_type


def _is_pdf(data: bytes) -> bool:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return len(pdf.pages) > 0
    except pikepdf.PasswordError:
        raise FileRefused(_("Tệp PDF có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")) from None
    except pikepdf.PdfError:
        return False


def _is_image(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.verify()
    except Exception:  # Pillow raises what its parsers raise
        return False
    return True


def _is_office(part: str) -> Any:
    def check(data: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = archive.namelist()
                size = sum(entry.file_size for entry in archive.infolist())
        except (zipfile.BadZipFile, OSError, ValueError):
            return False
        if size > 20 * MAX_BYTES or any(name.endswith("vbaProject.bin") for name in names):
            raise FileRefused(_("Tệp có macro hoặc nén quá lớn. Hãy lưu thành PDF rồi gửi lại."))
        return "[Content_Types].xml" in names and any(name.startswith(part) for name in names)

    return check


_CHECKS = {"pdf": _is_pdf, "jpg": _is_image, "png": _is_image, "docx": _is_office("word/"), "xlsx": _is_office("xl/")}
