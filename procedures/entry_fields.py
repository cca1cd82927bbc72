"""Form fields for lists of texts, results, grounds and blank forms."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.filetypes import MAX_BYTES, FileRefused, recognise
from portal.floor.vietnamese import BadText, clean, fold


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        try:
            return [line for line in (clean(one) for one in text.splitlines()) if line]
        except BadText as mistake:
            raise ValidationError(str(mistake)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), "\n".join(str(data or "").splitlines()))


class ResultsField(LinesField):
    """Further results, one a line: “Tên | mã”."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(" | ".join(filter(None, (one.get("name"), one.get("code")))) for one in value)

    def clean(self, value: Any) -> list[Any]:
        results = []
        for line in super().clean(value):
            name, _bar, code = (part.strip() for part in line.partition("|"))
            if not name or len(code) > 20:
                raise ValidationError(_("Mỗi dòng ghi tên kết quả, rồi dấu | và mã ngắn hơn 20 ký tự nếu có"))
            results.append({"name": name, "code": code})
        return results


class GroundsField(LinesField):
    """Grounds on which the clock may stand still, one a line: “lý do | căn cứ”, and “| nộp tiền” for a payment."""

    PAYMENT = _lazy("nộp tiền")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        paid = [[str(self.PAYMENT)] if one.get("payment") else [] for one in value]
        return "\n".join(
            " | ".join([one["reason"], one["basis"], *more]) for one, more in zip(value, paid, strict=True)
        )

    def clean(self, value: Any) -> list[Any]:
        grounds: dict[str, dict[str, Any]] = {}
        for line in super().clean(value):
            reason, basis, *more = [part.strip() for part in line.split("|")] + [""] * (2 - line.count("|"))
            payment = fold("".join(more)) == fold(str(self.PAYMENT))
            if not reason or not basis or len(reason) > 200 or len(basis) > 200 or (any(more) and not payment):
                raise ValidationError(
                    _("Mỗi dòng ghi lý do, dấu |, rồi điều luật cho phép; thêm | nộp tiền nếu chờ nộp")
                )
            key = slugify(fold(reason))[:60]
            grounds[key] = {"key": key, "reason": reason, "basis": basis} | ({"payment": True} if payment else {})
        return list(grounds.values())


class TicksField(forms.MultipleChoiceField):
    """Several of a few, kept in the order in which they are offered."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        return [str(key) for key, _label in cast(Any, self.choices) if str(key) in chosen]


class BlankFormField(forms.FileField):
    """A blank form to print: what it says it is must be what its bytes are."""

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        if file.size > MAX_BYTES:
            raise ValidationError(_("Tệp lớn hơn 20 MB. Chụp ảnh thay cho quay quét, hoặc chia nhỏ."))
        try:
            recognise(clean(str(file.name)), file.read())
        except (FileRefused, BadText) as refused:
            raise ValidationError(str(refused)) from None
        file.seek(0)
        return file
