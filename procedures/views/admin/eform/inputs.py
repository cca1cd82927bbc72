"""Boxes of the builder for settings that are more than a text: limits of dates, masks, formulas, lists of options."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from procedures.eforms import edges, editing, formulas, masks
from procedures.eforms.kinds import grouped

MOST_OPTIONS = 500
Option = dict[str, Any]


class EdgeField(forms.CharField):
    """“hôm nay - 18 năm”, “01/07/2025”."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return edges.read(text) if text else ""
        except (ValueError, OverflowError):
            raise ValidationError(_("Viết ngày như 01/07/2025, hoặc hôm nay, hôm nay - 18 năm")) from None

    def prepare_value(self, value: Any) -> Any:
        return edges.said(value) if value else value


class MaskField(forms.CharField):
    """9 for a digit, A for a letter; kept as a pattern."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return masks.pattern_of(" ".join(text.split())) if text else ""

    def prepare_value(self, value: Any) -> Any:
        return (masks.mask_of(value) or value) if value else value


class FormulaField(forms.CharField):
    """“(so_ban + 1) × 8000”."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return formulas.read(text) if text else None
        except (formulas.FormulaMistake, RecursionError, ArithmeticError) as mistake:
            words = _("Không đọc được công thức từ chỗ “%(where)s”. Viết như (so_ban + 1) × 8000")
            raise ValidationError(words % {"where": str(mistake)[:40]}) from None

    def prepare_value(self, value: Any) -> Any:
        return formulas.written(value) if isinstance(value, Mapping | int | float) else value


class AmountField(forms.CharField):
    """A limit of a number, in Vietnamese writing."""

    def clean(self, value: Any) -> int | str | None:
        text = super().clean(value)
        if not text:
            return None
        plain = text.replace(" ", "")
        plain = plain.replace(".", "").replace(",", ".") if "," in plain or plain.count(".") > 1 else plain
        try:
            number = Decimal(plain if plain.replace(".", "").isdigit() or plain[:1] in "-−" else "x")
        except ArithmeticError:
            raise ValidationError(_("Nhập bằng số")) from None
        if not number.is_finite() or abs(number) > 10**15:
            raise ValidationError(_("Nhập số từ −10^15 đến 10^15"))
        return formulas.plain(number)

    def prepare_value(self, value: Any) -> Any:
        return grouped(value).replace(".", "") if isinstance(value, int) else str(value or "").replace(".", ",")


class OptionsField(forms.CharField):
    """One option a line: “Nhãn = mã”; without a code the label's letters make one, and a known label keeps its own."""

    def __init__(self, known: Sequence[Mapping[str, Any]] = (), **kwargs: Any) -> None:
        self.known = {str(option["label"]): str(option["value"]) for option in known}
        hint = _(
            "Mỗi dòng một lựa chọn, ví dụ: Đất ở = dat_o. Không viết mã thì mã đặt theo nhãn. Giữ mã khi sửa nhãn."
        )
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}), **{"help_text": hint} | kwargs
        )

    def clean(self, value: Any) -> list[Option]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_OPTIONS:
            raise ValidationError(_("Nhiều nhất %(most)s lựa chọn. Bỏ bớt") % {"most": MOST_OPTIONS})
        found: dict[str, Option] = {}
        for number, line in enumerate(lines, 1):
            label, _sign, code = (part.strip() for part in line.rpartition("=")) if "=" in line else (line, "", "")
            code = code or self.known.get(label) or editing.propose_key(label, "text", found)
            if not label or len(label) > 300 or len(code) > 100:
                words = _("Dòng %(number)s: nhãn cần từ 1 đến 300 ký tự, mã nhiều nhất 100 ký tự")
                raise ValidationError(words % {"number": number})
            if code in found:
                raise ValidationError(
                    _("Dòng %(number)s: mã %(code)s đã dùng ở trên") % {"number": number, "code": code}
                )
            found[code] = {"value": code, "label": label}
        return list(found.values())

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, list | tuple) else value


def written(options: Sequence[Mapping[str, Any]]) -> str:
    """Options as the box takes them."""
    return "\n".join(f"{option['label']} = {option['value']}" for option in options)
