"""Form fields for lists of texts, results and blank forms."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.floor.filetypes import MAX_BYTES, FileRefused, recognise
from portal.floor.vietnamese import BadText, clean


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
