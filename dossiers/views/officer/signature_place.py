"""Where a signature is seen: above the signer's name, in a corner, or wherever it is put on the picture of a page.

Any page that signs takes `PlaceForm`, made with `pages=pages_of(...)`, and includes
`dossiers/officer/signature_place.html` with the form as `form`; `form.box()` is what was chosen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.officer_forms import ActForm
from dossiers.views.officer import files
from dossiers.views.officer.situation import Situation
from portal.floor.typesetting import TypesettingError
from signatures import placement
from signatures.refusals import SigningRefused

BY_NAME, BY_HAND = "ten", "trang"
CORNERS = {"tren-trai": (0, 1), "tren-phai": (1, 1), "duoi-trai": (0, 0), "duoi-phai": (1, 0)}

_ASKED: dict[str, set[str]] = {BY_NAME: set(), BY_HAND: {"trang", "trai", "duoi"}}


@dataclass(frozen=True, slots=True)
class Page:
    """One page to choose a place on: where its picture is, and how large it is on paper."""

    number: int
    picture: str
    sheet: placement.Sheet

    @property
    def width_mm(self) -> float:
        return round(self.sheet.width / placement.POINTS_PER_MM, 1)

    @property
    def height_mm(self) -> float:
        return round(self.sheet.height / placement.POINTS_PER_MM, 1)


def pages_of(pdf: bytes, picture: Callable[[int], str]) -> list[Page]:
    """The pages of a file; `picture` gives the address of each, counted from 1. None of a file nobody can read."""
    try:
        return [Page(number, picture(number), sheet) for number, sheet in enumerate(placement.sheets(pdf), 1)]
    except SigningRefused:
        return []


def given(situation: Situation) -> dict[str, Any]:
    """What the form takes from a dossier whose result is to be signed."""
    try:
        pdf = files.result_pdf(situation) if situation.result else b""
    except TypesettingError:
        pdf = b""
    return {"pages": pages_of(pdf, lambda number: reverse("officer_result_page", args=[situation.code, number]))}


class PlaceForm(ActForm):
    """The signer's choice. Distances are millimetres from the left and the lower edge of the page."""

    cho_ky = forms.ChoiceField(
        label=_lazy("Chỗ đặt chữ ký"), widget=forms.RadioSelect, required=False, initial=BY_NAME,
        choices=[
            (BY_NAME, _lazy("Theo tên người ký")), ("tren-trai", _lazy("Góc trên bên trái")),
            ("tren-phai", _lazy("Góc trên bên phải")), ("duoi-trai", _lazy("Góc dưới bên trái")),
            ("duoi-phai", _lazy("Góc dưới bên phải")), (BY_HAND, _lazy("Chọn trên trang")),
        ],
        error_messages={"invalid_choice": _lazy("Chọn một chỗ đặt chữ ký ở trên")},
    )  # fmt: skip
    trang = forms.IntegerField(label=_lazy("Trang"), required=False, min_value=1,
                               error_messages={"invalid": _lazy("Ghi số trang, ví dụ 1")})  # fmt: skip
    trai = forms.IntegerField(label=_lazy("Cách mép trái (mm)"), required=False, min_value=0, max_value=5000,
                              error_messages={"invalid": _lazy("Ghi số milimét, ví dụ 110")})  # fmt: skip
    duoi = forms.IntegerField(label=_lazy("Cách mép dưới (mm)"), required=False, min_value=0, max_value=5000,
                              error_messages={"invalid": _lazy("Ghi số milimét, ví dụ 60")})  # fmt: skip

    class Media:
        js = (forms.Script("js/signature-place.js", type="module"),)

    def __init__(self, *args: Any, pages: Sequence[Page] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pages = pages
        self.mark_mm = placement.HAND_MM
        last = pages[-1] if pages else None
        corner = _corner(last, "duoi-phai") if last else None
        for name, value in (("trang", last and last.number), ("trai", corner and _mm(corner.left)),
                            ("duoi", corner and _mm(corner.bottom))):  # fmt: skip
            self.fields[name].initial = value
            self.fields[name].widget.attrs["class"] = "in short"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        where = cleaned.get("cho_ky") or BY_NAME
        self._box: placement.Box | None = None
        for name in {"trang", "trai", "duoi"} - _ASKED.get(where, {"trang"}):
            self.errors.pop(name, None)  # not asked for, so it does not matter what it says
        if where == BY_NAME or self.errors:
            return cleaned
        page = cleaned.get("trang") or len(self.pages)
        if not 1 <= page <= len(self.pages):
            self.add_error("trang", _("Văn bản có %d trang. Ghi một trang trong số đó") % len(self.pages))
        elif where in CORNERS:
            self._box = _corner(self.pages[page - 1], where)
        else:
            self._box = self._by_hand(self.pages[page - 1], cleaned)
        return cleaned

    def box(self) -> placement.Box | None:
        """The chosen place; None for the one above the signer's name. Only after `is_valid()`."""
        return self._box

    def _by_hand(self, page: Page, cleaned: dict[str, Any]) -> placement.Box | None:
        far = {"trai": page.width_mm - self.mark_mm[0], "duoi": page.height_mm - self.mark_mm[1]}
        for name, most in far.items():
            if cleaned.get(name) is None:
                self.add_error(name, _("Ghi khoảng cách, hoặc chọn chỗ ký theo tên người ký"))
            elif cleaned[name] > most:
                self.add_error(name, _("Khung chữ ký nằm ngoài trang. Ghi nhiều nhất %d mm") % most)
        if self.errors:
            return None
        return _box(page, cleaned["trai"], cleaned["duoi"])


def _corner(page: Page, name: str) -> placement.Box:
    """Within the margins of the page, and so that a seal over its left third stays on the paper."""
    right, top = CORNERS[name]
    left = page.width_mm - placement.RIGHT_MM - placement.HAND_MM[0] if right else placement.LEFT_MM
    bottom = page.height_mm - placement.EDGE_MM - placement.HAND_MM[1] if top else placement.EDGE_MM
    return _box(page, max(left, 0), max(bottom, 0))


def _box(page: Page, left_mm: float, bottom_mm: float) -> placement.Box:
    scale, (width, height) = placement.POINTS_PER_MM, placement.HAND_MM
    return placement.Box(
        page.number - 1,
        left=round(left_mm * scale),
        bottom=round(bottom_mm * scale),
        width=round(width * scale),
        height=round(height * scale),
    )


def _mm(points: float) -> int:
    return round(points / placement.POINTS_PER_MM)
