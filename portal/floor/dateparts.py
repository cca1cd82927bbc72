"""A date asked as three boxes: day, month, year. Nobody has to know a format or open a calendar."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class DatePartsWidget(forms.Widget):
    """Three text inputs `<name>_0`, `<name>_1`, `<name>_2`; drawn by `{% field %}` of the design language."""

    kind = "date"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        return [str(data.get(f"{name}_{part}", "") or "") for part in range(3)]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}_{part}" not in data for part in range(3))

    @staticmethod
    def decompress(value: object) -> list[str]:
        """The three texts of a date, an ISO text, or of what was typed."""
        if isinstance(value, dt.date):
            return [str(value.day), str(value.month), str(value.year)]
        if isinstance(value, str) and (found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value)):
            return [str(int(found[3])), str(int(found[2])), found[1]]
        if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 3:
            return [str(item) for item in value]
        return ["", "", ""]


class DatePartsField(forms.Field):
    """A date from three texts; stray spaces, leading zeros and “tháng 3” are understood."""

    widget = DatePartsWidget
    default_error_messages = {
        "required": _("Nhập ngày, tháng, năm"),
        "incomplete": _("Nhập đủ ngày, tháng và năm"),
        "invalid": _("Ngày này không có trong lịch. Nhập ví dụ 27 3 1990"),
        "year": _("Năm phải có bốn chữ số"),
        "early": _("Ngày phải từ %(limit)s trở đi"),
        "late": _("Ngày phải là %(limit)s hoặc trước đó"),
    }

    def __init__(self, *, earliest: dt.date | None = None, latest: dt.date | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.earliest, self.latest = earliest, latest

    def to_python(self, value: object) -> dt.date | None:
        if isinstance(value, dt.date):
            return value
        numbers = [re.sub(r"\D", "", text) for text in DatePartsWidget.decompress(value)]
        if not any(numbers):
            return None
        if not all(numbers):
            raise ValidationError(self.error_messages["incomplete"], "incomplete")
        if len(numbers[2]) != 4:
            raise ValidationError(self.error_messages["year"], "year")
        try:
            return dt.date(int(numbers[2]), int(numbers[1]), int(numbers[0]))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], "invalid") from None

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.earliest and value < self.earliest:
            raise ValidationError(self.error_messages["early"] % {"limit": f"{self.earliest:%d/%m/%Y}"}, "early")
        if self.latest and value > self.latest:
            raise ValidationError(self.error_messages["late"] % {"limit": f"{self.latest:%d/%m/%Y}"}, "late")
