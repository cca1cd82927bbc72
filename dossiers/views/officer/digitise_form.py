"""What the officer chooses for every paper: a scan of its own, pages of a pile, or what the owner already has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import digitising, scans
from dossiers.forms import LineField, ManyFilesField
from dossiers.officer_forms import ActForm
from dossiers.paper_copies import Component, Found
from dossiers.refusals import MoveRefused
from portal.floor.filetypes import MAX_BYTES, FileRefused

PILES = 10  # files chosen at once
ACCEPTED = ".pdf,.jpg,.jpeg,.png"


@dataclass(frozen=True, slots=True)
class Offered:
    """One paper of the page with what may stand for it."""

    component: Component
    found: list[Found]


class OneFileField(forms.FileField):
    """One scan; what it is is judged by `dossiers.files`, an empty one too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_empty_file=True, help_text=scans.LIMIT_TEXT, **kwargs)
        self.widget.attrs["accept"] = ACCEPTED


class DigitiseForm(ActForm):
    """`tep-i`, `so-i`, `trang-i`, `ma-i`, `lai-i` of the paper in place i; `lo`, the files for several papers."""

    lo = ManyFilesField()
    doi_chieu = forms.BooleanField(
        required=False, label=_lazy("Tôi đã đối chiếu từng bản quét với bản giấy, nội dung khớp và đọc được")
    )

    def __init__(self, *args: Any, offered: Sequence[Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        pile = self.fields["lo"]
        pile.label, pile.help_text = _("Chọn một lượt nhiều tệp, nhiều nhất 10"), scans.LIMIT_TEXT
        pile.widget.attrs |= {"accept": ACCEPTED, "data-pile": ""}
        numbers = [("", _("Không lấy từ xấp")), *((str(n), _("Tệp %d") % n) for n in range(1, PILES + 1))]
        for place, one in enumerate(offered):
            self._of_paper(place, one, numbers)

    def _of_paper(self, place: int, one: Offered, numbers: list[tuple[str, str]]) -> None:
        known = next((found.what.document_code for found in one.found if not found.is_result), "")  # type: ignore[union-attr]
        copy = one.component.copy
        self.fields[f"tep-{place}"] = OneFileField(label=_("Bản quét"))
        self.fields[f"so-{place}"] = forms.ChoiceField(
            label=_("Lấy từ xấp"), choices=numbers, required=False,
            widget=forms.Select(attrs={"data-from-pile": "", "class": "in"}),
            error_messages={"invalid_choice": _("Chọn một tệp của xấp")},
        )  # fmt: skip
        self.fields[f"trang-{place}"] = LineField(
            label=_("Trang"), help_text=_("Như 1-3 hoặc 2, 5. Để trống là cả tệp."), max_length=60, required=False
        )
        self.fields[f"ma-{place}"] = LineField(
            label=_("Mã giấy tờ"), help_text=_("Theo danh mục. Chưa có mã thì để trống."), required=False,
            max_length=digitising.LONGEST_CODE, initial=(copy and copy.document_code) or one.component.code or known,
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "in"}),
        )  # fmt: skip
        self.fields[f"lai-{place}"] = forms.ChoiceField(
            label=_("Bản người này đã có"), choices=[("", ""), *((found.key, found.name) for found in one.found)],
            required=False, error_messages={"invalid_choice": _("Bản này không còn dùng được. Chọn bản khác")},
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for place in range(len(self.offered)):
            sources = [given.get(f"{name}-{place}") for name in ("tep", "so", "lai")]
            if sum(map(bool, sources)) > 1:
                self.add_error(f"tep-{place}", _("Chọn một trong các cách: tệp riêng, tệp của xấp, hoặc bản đã có"))
            if given.get(f"trang-{place}") and not (sources[0] or sources[1]):
                self.add_error(f"trang-{place}", _("Chọn tệp trước khi ghi trang"))
            if sources[1] and int(sources[1]) > len(self.pile):
                self.add_error(f"so-{place}", _("Xấp không có tệp này. Chọn lại các tệp của xấp"))
            try:
                given[f"ma-{place}"] = digitising.well_written(given.get(f"ma-{place}") or "")
            except MoveRefused as refused:
                self.add_error(f"ma-{place}", str(refused))
        if self._scans(given) and not given.get("doi_chieu"):
            self.add_error("doi_chieu", _("Đối chiếu từng bản quét với bản giấy, rồi đánh dấu vào đây"))
        if len(self.pile) > PILES:
            self.add_error("lo", _("Chọn nhiều nhất 10 tệp một lượt"))
        return given

    @property
    def pile(self) -> list[Any]:
        """The files chosen at once, in the order in which they were chosen."""
        return list(self.files.getlist("lo")) if self.files else []

    def _scans(self, given: dict[str, Any]) -> list[int]:
        return [n for n in range(len(self.offered)) if given.get(f"tep-{n}") or given.get(f"so-{n}")]

    def scanned(self) -> list[tuple[Component, str, Any, str]]:
        """(paper, its code, file, pages wanted) of every paper with a scan. Only after `is_valid()`."""
        given, found = self.cleaned_data, []
        for place in self._scans(given):
            number = given[f"so-{place}"]
            upload = self.pile[int(number) - 1] if number else given[f"tep-{place}"]
            paper = self.offered[place].component
            found.append((paper, given[f"ma-{place}"], upload, given[f"trang-{place}"]))
        return found

    def used_again(self) -> dict[str, Found]:
        """By paper what the owner already has and the officer chose. Only after `is_valid()`."""
        found = {}
        for place, one in enumerate(self.offered):
            key = self.cleaned_data[f"lai-{place}"]
            if chosen := next((row for row in one.found if row.key == key), None):
                found[one.component.key] = chosen
        return found


def part_of(upload: Any, pages: str) -> Any:
    """The wanted pages of an uploaded file as a file of their own; all of it when none are named.

    Raises FileRefused.
    """
    upload.seek(0)  # one pile serves several papers
    if not pages or upload.size > MAX_BYTES:
        return upload
    name = str(upload.name).rpartition(".")[0] or str(upload.name)
    return SimpleUploadedFile(f"{name}, trang {pages}.pdf", scans.pages_of(upload.read(), pages))


def unfit(content_type: str) -> str:
    """Why a file of that type is no scan; empty when it is one."""
    if content_type == scans.PDF or content_type in scans.IMAGES:
        return ""
    return _("Bản quét phải là PDF, JPG hoặc PNG. Quét lại hoặc xuất ra PDF.")


__all__ = ["DigitiseForm", "FileRefused", "Offered", "part_of", "unfit"]
