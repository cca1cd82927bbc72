"""Where a signature is seen: Decree 30/2020, Appendix I, measured on the page itself."""

import math
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
# A place chosen by hand: the size of a hand signature there, and how small any mark may be.
HAND_MM = (44, 20)
LEAST_MM = 5
# The margins that Decree 30/2020 gives every page: top and bottom, left, right.
EDGE_MM, LEFT_MM, RIGHT_MM = 20, 30, 15
# A mark of text stands between the upper edge and the margin.
TOP_MM = 5


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """The visible part of a page, in points; where it begins is seldom other than 0, 0."""

    left: float
    bottom: float
    width: float
    height: float
    turned: int = 0  # degrees, clockwise, by which readers turn the page before they show it


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of a file. Raises SigningRefused."""
    with closing(_opened(pdf)) as document:
        found = []
        for index in range(len(document)):
            left, bottom, right, top = document[index].get_cropbox()
            found.append(Sheet(left, bottom, right - left, top - bottom, document[index].get_rotation()))
        return found


def checked(pdf: bytes, box: Box) -> Box:
    """The box itself, if a mark can stand there. Raises SigningRefused: no such page, outside it, too small."""
    pages = sheets(pdf)
    if not 0 <= box.page < len(pages):
        words = _("Văn bản có %(count)d trang, không có trang %(page)d. Chọn lại trang đặt chữ ký.")
        raise SigningRefused(words % {"count": len(pages), "page": box.page + 1})
    if min(box.width, box.height) < LEAST_MM * POINTS_PER_MM:
        raise SigningRefused(_("Khung chữ ký nhỏ hơn %(least)d mm. Chọn khung lớn hơn.") % {"least": LEAST_MM})
    page = pages[box.page]
    across = page.left - 1 <= box.left and box.left + box.width <= page.left + page.width + 1
    if not (across and page.bottom - 1 <= box.bottom and box.bottom + box.height <= page.bottom + page.height + 1):
        raise SigningRefused(_("Khung chữ ký nằm ngoài trang giấy. Chọn lại chỗ ký."))
    return box


def corner_box(pdf: bytes, width: float, height: float) -> Box:
    """The upper right corner of the first page as shown, for lines of text of that size. Raises SigningRefused."""
    page = sheets(pdf)[0]
    beside, above = RIGHT_MM * POINTS_PER_MM, TOP_MM * POINTS_PER_MM
    wide, high = math.ceil(width), math.ceil(height)
    if wide > (page.height if page.turned in (90, 270) else page.width) - beside:
        raise SigningRefused(_("Dòng chữ của chữ ký dài hơn trang giấy. Hãy ghi ngắn hơn."))
    right, top = page.left + page.width, page.bottom + page.height
    if page.turned == 90:  # what is shown above lies at the left
        return Box(0, math.ceil(page.left + above), math.floor(top - beside) - wide, high, wide)
    if page.turned == 180:
        return Box(0, math.ceil(page.left + beside), math.ceil(page.bottom + above), wide, high)
    if page.turned == 270:
        return Box(0, math.floor(right - above) - high, math.ceil(page.bottom + beside), high, wide)
    return Box(0, math.floor(right - beside) - wide, math.floor(top - above) - high, wide, high)


def turned(pdf: bytes) -> int:
    """By how many degrees, clockwise, the first page is turned before it is shown. Raises SigningRefused."""
    return sheets(pdf)[0].turned


def at_true_size(box: Box, diameter_mm: float) -> Box:
    """A seal around the middle of the chosen box."""
    size = round(diameter_mm * POINTS_PER_MM)
    left, bottom = box.left + (box.width - size) // 2, box.bottom + (box.height - size) // 2
    return Box(box.page, left, bottom, size, size)


def over_left_third(person: Box, diameter_mm: float) -> Box:
    """The agency's seal at true size over the left third of the person's signature."""
    size = round(diameter_mm * POINTS_PER_MM)
    left = person.left + person.width // 3 - size
    bottom = person.bottom + (person.height - size) // 2
    return Box(person.page, max(left, 0), max(bottom, 0), size, size)


def person_box(pdf: bytes, name: str, page: int | None = None) -> Box:
    """The blank between the title and the signer's name, centred over the name. Raises SigningRefused.

    `name` is looked for from the end of the file (or on `page`); its last place counts.
    """
    with closing(_opened(pdf)) as document:
        pages = range(len(document) - 1, -1, -1) if page is None else [page]
        for index in pages:
            if index < len(document) and (box := _above_name(document[index], index, nfc(name))):
                return box
    raise SigningRefused(_("Không tìm thấy chỗ ký: văn bản không có tên “%(name)s”.") % {"name": name})


def seal_box(pdf: bytes, name: str, diameter_mm: float, page: int | None = None) -> Box:
    """The agency's seal at true size over the left third of the person's signature. Raises SigningRefused."""
    return over_left_third(person_box(pdf, name, page), diameter_mm)


def _opened(pdf: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as error:
        raise SigningRefused(_("Tệp này không phải là PDF đọc được.")) from error


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
