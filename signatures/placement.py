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

Corners = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page (counted from 0) as readers show it, in whole points from its lower left corner."""

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
    """The visible part of a page as readers show it, in points, and how it lies in the file's own coordinates.

    `turned`: degrees, clockwise, by which readers turn it; `left`, `bottom`: where it begins in the file.
    """

    width: float
    height: float
    left: float = 0
    bottom: float = 0
    turned: int = 0

    def stored(self, box: Box) -> tuple[int, int, int, int]:
        """The corners of the box in the file's own coordinates."""
        left, bottom, right, top = _turned(box.corners, (self.width, self.height), 360 - self.turned)
        aside, up = self.left, self.bottom
        return round(left + aside), round(bottom + up), round(right + aside), round(top + up)

    def shown(self, corners: Corners) -> Corners:
        """Where readers show a rectangle of the file."""
        left, bottom, right, top = corners
        aside, up = self.left, self.bottom
        size = (self.height, self.width) if self.turned in (90, 270) else (self.width, self.height)
        return _turned((left - aside, bottom - up, right - aside, top - up), size, self.turned)


def _turned(corners: Corners, size: tuple[float, float], degrees: int) -> Corners:
    """A rectangle on a sheet of that size after the sheet was turned clockwise."""
    (left, bottom, right, top), (width, height) = corners, size
    if degrees == 90:
        return bottom, width - right, top, width - left
    if degrees == 180:
        return width - right, height - top, width - left, height - bottom
    if degrees == 270:
        return height - top, left, height - bottom, right
    return corners


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of a file. Raises SigningRefused."""
    with closing(_opened(pdf)) as document:
        return [_sheet(document[index]) for index in range(len(document))]


def sheet(pdf: bytes, index: int) -> Sheet:
    """One page of a file. Raises SigningRefused where there is none."""
    with closing(_opened(pdf)) as document:
        if not 0 <= index < len(document):
            words = _("Văn bản có %(count)d trang, không có trang %(page)d. Chọn lại trang đặt chữ ký.")
            raise SigningRefused(words % {"count": len(document), "page": index + 1})
        return _sheet(document[index])


def _sheet(page: pdfium.PdfPage) -> Sheet:
    left, bottom, _right, _top = page.get_cropbox()
    return Sheet(page.get_width(), page.get_height(), left, bottom, page.get_rotation())


def checked(pdf: bytes, box: Box) -> Box:
    """The box itself, if a mark can stand there. Raises SigningRefused: no such page, outside it, too small."""
    page = sheet(pdf, box.page)
    if min(box.width, box.height) < LEAST_MM * POINTS_PER_MM:
        raise SigningRefused(_("Khung chữ ký nhỏ hơn %(least)d mm. Chọn khung lớn hơn.") % {"least": LEAST_MM})
    left, bottom, right, top = box.corners
    if min(left, bottom) < -1 or right > page.width + 1 or top > page.height + 1:
        raise SigningRefused(_("Khung chữ ký nằm ngoài trang giấy. Chọn lại chỗ ký."))
    return box


def corner_box(pdf: bytes, width: float, height: float) -> Box:
    """The upper right corner of the first page, for lines of text of that size. Raises SigningRefused."""
    page = sheet(pdf, 0)
    right, top = page.width - RIGHT_MM * POINTS_PER_MM, page.height - TOP_MM * POINTS_PER_MM
    wide, high = math.ceil(width), math.ceil(height)
    if wide > right:
        raise SigningRefused(_("Dòng chữ của chữ ký dài hơn trang giấy. Hãy ghi ngắn hơn."))
    return Box(0, math.floor(right) - wide, math.floor(top) - high, wide, high)


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
    sheet = _sheet(page)
    letters = [sheet.shown(text.get_charbox(found[0] + offset)) for offset in range(found[1])]
    left, right = min(one[0] for one in letters), max(one[2] for one in letters)
    top = max(one[3] for one in letters)
    written = [sheet.shown(text.get_rect(number)) for number in range(text.count_rects())]
    above = [one[1] for one in written if one[1] > top - 1 and one[0] < right and one[2] > left]
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
