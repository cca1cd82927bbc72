"""Where a signature is seen: Decree 30/2020, Appendix I, measured on the page itself."""

from contextlib import closing
from dataclasses import dataclass

import pypdfium2 as pdfium
from django.utils.translation import gettext as _

from portal.floor.vietnamese import nfc
from signatures.refusals import SigningRefused

POINTS_PER_MM = 72 / 25.4
# A hand signature: its shape, and the most room it takes when the blank above the name is larger.
SHAPE = 2.2
TALLEST = 24 * POINTS_PER_MM
SMALLEST = 8 * POINTS_PER_MM
AIR = 2.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page (counted from 0), in whole points from the lower left corner."""

    page: int
    left: int
    bottom: int
    width: int
    height: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        return self.left, self.bottom, self.left + self.width, self.bottom + self.height


def person_box(pdf: bytes, name: str, page: int | None = None) -> Box:
    """The blank between the title and the signer's name, centred over the name. Raises SigningRefused.

    `name` is looked for from the end of the file (or on `page`); its last place counts.
    """
    try:
        document = pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as error:
        raise SigningRefused(_("Tệp này không phải là PDF đọc được.")) from error
    with closing(document):
        pages = range(len(document) - 1, -1, -1) if page is None else [page]
        for index in pages:
            if index < len(document) and (box := _above_name(document[index], index, nfc(name))):
                return box
    raise SigningRefused(_("Không tìm thấy chỗ ký: văn bản không có tên “%(name)s”.") % {"name": name})


def seal_box(pdf: bytes, name: str, diameter_mm: float, page: int | None = None) -> Box:
    """The agency's seal at true size over the left third of the person's signature. Raises SigningRefused."""
    person = person_box(pdf, name, page)
    size = round(diameter_mm * POINTS_PER_MM)
    left = person.left + person.width // 3 - size
    bottom = person.bottom + (person.height - size) // 2
    return Box(person.page, max(left, 0), max(bottom, 0), size, size)


def _above_name(page: pdfium.PdfPage, index: int, name: str) -> Box | None:
    text = page.get_textpage()
    searcher = text.search(name)
    found = None
    while match := searcher.get_next():
        found = match
    if found is None:
        return None
    boxes = [text.get_charbox(found[0] + offset) for offset in range(found[1])]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    top = max(box[3] for box in boxes)
    above = [
        rect[1]
        for rect in (text.get_rect(number) for number in range(text.count_rects()))
        if rect[1] > top - 1 and rect[0] < right and rect[2] > left
    ]
    ceiling = min([*above, top + 2 * TALLEST])
    height = max(min(ceiling - top - 2 * AIR, TALLEST), SMALLEST)
    width = height * SHAPE
    return Box(
        index,
        left=round((left + right - width) / 2),
        bottom=round((top + ceiling - height) / 2),
        width=round(width),
        height=round(height),
    )
