"""Pages of files as pictures: an officer looks at any file without a program of its own. Encrypted like the file."""

import io
from collections.abc import Callable
from threading import Lock

import pypdfium2
from cryptography.exceptions import InvalidTag
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

FULL, SMALL = 1240, 160  # pixels across; an A4 page at 150 dpi
MOST_PAGES = 200
PDF, IMAGES = "application/pdf", ("image/jpeg", "image/png")
LOST = (OSError, InvalidTag)  # what reading a kept file raises when it is gone or was altered
_one_at_a_time = Lock()  # PDFium is not made for threads


class NoPicture(Exception):
    """There is no such page, or files of this type have no pages to show."""


def pages(data: bytes, content_type: str) -> int:
    """How many pages can be shown; 0 for types that only their own program opens."""
    if content_type in IMAGES:
        return 1
    if content_type != PDF:
        return 0
    try:
        with _one_at_a_time, pypdfium2.PdfDocument(data) as pdf:
            return min(len(pdf), MOST_PAGES)
    except pypdfium2.PdfiumError:
        return 0


def picture(load: Callable[[], bytes], content_type: str, *, key: str, number: int, width: int = FULL) -> bytes:
    """Page `number` (from 1) as WebP, made once per `key` (the digest of the bytes). Raises NoPicture."""
    name = f"pages/{key}/{number}-{width}.webp"
    if default_storage.exists(name):
        with default_storage.open(name) as kept:
            return bytes(kept.read())
    image = _page(load(), number, width) if content_type == PDF else _photo(load(), content_type, number)
    image.thumbnail((width, width * 3))
    made = io.BytesIO()
    image.convert("RGB").save(made, "WEBP", quality=62, method=4)
    default_storage.save(name, ContentFile(made.getvalue()))
    return made.getvalue()


def _page(data: bytes, number: int, width: int) -> Image.Image:
    try:
        with _one_at_a_time, pypdfium2.PdfDocument(data) as pdf:
            if not 1 <= number <= min(len(pdf), MOST_PAGES):
                raise NoPicture
            pdf.init_forms()  # the marks of signature and seal are drawn as parts of a form
            page = pdf[number - 1]
            # A poster-sized page must not become a picture that fills the memory.
            scale = min(width / max(page.get_width(), 1), 3 * width / max(page.get_height(), 1))
            drawn: Image.Image = page.render(scale=scale).to_pil()
            return drawn
    except pypdfium2.PdfiumError as error:
        raise NoPicture from error


def _photo(data: bytes, content_type: str, number: int) -> Image.Image:
    if content_type not in IMAGES or number != 1:
        raise NoPicture
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            return ImageOps.exif_transpose(image) or image.copy()
    except Exception as error:  # Pillow raises what its parsers raise
        raise NoPicture from error
