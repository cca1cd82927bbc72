"""One Django field per type of the schema: what was posted, or an answer as JSON, becomes the answer as JSON."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from portal.floor.dateparts import DatePartsField, DatePartsWidget
from portal.floor.vietnamese import BadText, clean
from procedures.eforms import addresses, identity
from procedures.eforms.edges import edge
from procedures.eforms.schema import Spec, linked_options
from procedures.eforms.widgets import AddressInput, ManyChoices

LENGTHS = {"long_text": 4000, "person_name": 200, "email": 254}
TOKENS = {
    "profile.full_name": "name",
    "profile.phone": "tel",
    "profile.email": "email",
    "profile.birth_on": "bday",
    "profile.address": "street-address",
}
EARLIEST = dt.date(1850, 1, 1)
FEW = 6  # up to so many options are radio buttons


@dataclass(frozen=True, slots=True)
class Setting:
    """What checking depends on besides the schema."""

    today: dt.date
    unit_set: str = "2024"
    province: str = ""  # code of the installation's own province, chosen beforehand in empty addresses


class Answer(forms.Field):
    """Common to all types: words of the label in the message, a type for the drawing."""

    verb = "Nhập %(what)s"

    def __init__(self, spec: Spec, setting: Setting, **kwargs: Any) -> None:
        self.spec, self.setting, self.kind = spec, setting, spec["type"]
        messages = {"required": _(self.verb) % {"what": lower_first(spec["label"])}}
        super().__init__(
            required=bool(spec.get("required")),
            label=spec["label"],
            help_text=spec.get("help", ""),
            error_messages=messages,
            **kwargs,
        )
        if token := TOKENS.get(spec.get("prefill", "")):
            self.widget.attrs["autocomplete"] = token
        elif self.kind not in {"text", "long_text"}:
            self.widget.attrs["autocomplete"] = "off"

    def refuse(self, message: str) -> ValidationError:
        return ValidationError(message, code="invalid")


class TextAnswer(Answer):
    """All types that are one line or block of text."""

    def __init__(self, spec: Spec, setting: Setting) -> None:
        self.limit = int(spec.get("max") or LENGTHS.get(spec["type"], 300))
        drawn: dict[str, forms.Widget] = {"long_text": forms.Textarea(attrs={"rows": 4}), "email": forms.EmailInput()}
        widget = drawn.get(spec["type"], forms.TextInput())
        super().__init__(spec, setting, widget=widget)
        self.widget.attrs["maxlength"] = str(self.limit)

    def to_python(self, value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.refuse(_("Nội dung phải là chữ"))
        try:
            text = clean(value)
        except BadText as mistake:
            raise self.refuse(str(mistake)) from None
        if self.kind != "long_text":
            text = " ".join(text.split())
        if len(text) > self.limit:
            words = {"limit": self.limit, "length": len(text)}
            raise self.refuse(_("Nội dung dài %(length)s ký tự. Rút gọn còn %(limit)s ký tự") % words)
        return self.read(text) if text else ""

    def read(self, text: str) -> str:
        try:
            match self.kind:
                case "person_name":
                    text = identity.person_name(text)
                case "personal_id":
                    text = identity.personal_id(text, self.setting.today)
                case "tax_code":
                    text = identity.tax_code(text, self.setting.today)
                case "phone":
                    text = identity.phone(text)
                case "email":
                    validate_email(text)
        except identity.Refused as mistake:
            raise self.refuse(str(mistake)) from None
        except ValidationError:
            raise self.refuse(_("Nhập địa chỉ thư điện tử, ví dụ ten@example.vn")) from None
        pattern = self.spec.get("pattern")
        if pattern and not re.fullmatch(pattern, text):
            what = {"what": lower_first(self.spec["label"])}
            raise self.refuse(self.spec.get("pattern_message") or _("Xem lại %(what)s theo hướng dẫn") % what)
        return text


class NumberAnswer(Answer):
    """Whole numbers, decimals and đồng, in Vietnamese writing (1.250,5)."""

    def __init__(self, spec: Spec, setting: Setting) -> None:
        super().__init__(spec, setting, widget=forms.TextInput())
        self.decimals = int(spec.get("decimals", 0))

    def to_python(self, value: Any) -> int | str | None:
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise self.refuse(_("Nhập bằng chữ số"))
        number = self._read(value)
        if number != number.quantize(Decimal(1).scaleb(-self.decimals)):
            raise self.refuse(_("Nhập số nguyên") if not self.decimals else _("Có quá nhiều chữ số sau dấu phẩy"))
        low, high = self.spec.get("min", 0), self.spec.get("max", 10**15)
        if number < Decimal(str(low)):
            raise self.refuse(_("%(label)s phải từ %(limit)s trở lên") % {"label": self.label, "limit": grouped(low)})
        if number > Decimal(str(high)):
            raise self.refuse(
                _("%(label)s phải từ %(limit)s trở xuống") % {"label": self.label, "limit": grouped(high)}
            )
        return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")

    def _read(self, value: str | float | Decimal) -> Decimal:
        text = value
        if isinstance(value, str):
            text = re.sub(r"\s|đồng|đ|vnđ|vnd", "", value.strip().lower())
            if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", text, re.ASCII):  # dots group thousands
                text = text.replace(".", "")
            text = text.replace(",", ".")
            if not re.fullmatch(r"-?\d{1,18}(\.\d{1,9})?", text, re.ASCII):
                raise self.refuse(_("Nhập bằng chữ số, ví dụ 1.250.000") if self.kind == "money" else _("Nhập bằng số"))
        try:
            number = Decimal(str(text))
        except InvalidOperation:
            raise self.refuse(_("Nhập bằng chữ số")) from None
        if not number.is_finite() or abs(number) >= 10**18:
            raise self.refuse(_("Nhập bằng chữ số"))
        return number

    def prepare_value(self, value: Any) -> Any:
        return (
            grouped(value) if isinstance(value, int) and not isinstance(value, bool) and self.kind == "money" else value
        )


class DateAnswer(Answer, DatePartsField):
    """A date; edges may move with today (“today”, “today+30”, “today-18y”)."""

    def __init__(self, spec: Spec, setting: Setting) -> None:
        earliest, latest = (edge(spec.get(name), setting.today) for name in ("min", "max"))
        super().__init__(spec, setting, widget=DatePartsWidget(), earliest=earliest or EARLIEST, latest=latest)
        if latest == setting.today:
            self.error_messages["late"] = _("%(label)s phải là hôm nay hoặc trước đó") % {"label": self.label}
        if earliest == setting.today:
            self.error_messages["early"] = _("%(label)s phải là hôm nay hoặc sau đó") % {"label": self.label}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and "/" in value:
            value = value.strip().split("/")
        if value is not None and not isinstance(value, str | list | tuple | dt.date):
            raise self.refuse(str(self.error_messages["invalid"]))
        if isinstance(value, str) and value and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise self.refuse(str(self.error_messages["invalid"]))
        return super().to_python(value)

    def clean(self, value: Any) -> str | None:
        found = super().clean(value)
        return found.isoformat() if found else None


class YesNoAnswer(Answer):
    verb = "Chọn %(what)s"

    def __init__(self, spec: Spec, setting: Setting) -> None:
        super().__init__(spec, setting, widget=forms.RadioSelect(choices=[("true", _("Có")), ("false", _("Không"))]))
        self.error_messages["required"] = _("Chọn Có hoặc Không: %(what)s") % {"what": lower_first(spec["label"])}

    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value in ("true", "false"):
            return bool(value == "true")
        if not isinstance(value, bool):
            raise self.refuse(_("Chọn Có hoặc Không"))
        return value

    def prepare_value(self, value: Any) -> Any:
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


class ChoiceAnswer(Answer):
    verb = "Chọn %(what)s"

    def __init__(self, spec: Spec, setting: Setting) -> None:
        choices = pairs(spec["options"])
        self.allowed = {value for value, _label in choices}
        few = len(choices) <= FEW
        shown = forms.RadioSelect(choices=choices) if few else forms.Select(choices=[("", _("Chọn")), *choices])
        super().__init__(spec, setting, widget=shown)

    def to_python(self, value: Any) -> str:
        if value in (None, ""):
            return ""
        if not isinstance(value, str) or value not in self.allowed:
            raise self.refuse(_("Chọn một mục có trong danh sách"))
        return value


class LinkedChoiceAnswer(Answer):
    """A choice whose options depend on the answer `chosen` of the field before it.

    With the `parent` on the same page all options are drawn under the parent's: nothing need be fetched, and changing
    one's mind needs no script. Where the parent's answer leads to no option, nothing is asked.
    """

    verb = "Chọn %(what)s"

    def __init__(self, spec: Spec, setting: Setting, chosen: Any, parent: Spec | None) -> None:
        options = pairs(linked_options(spec, chosen))
        self.allowed = {value for value, _label in options}
        shown: list[Any] = options
        if parent:
            groups = ((label, pairs(linked_options(spec, value))) for value, label in pairs(parent["options"]))
            shown = [(label, below) for label, below in groups if below]
        super().__init__(spec, setting, widget=forms.Select(choices=[("", _("Chọn")), *shown]))
        self.required = self.required and bool(options)

    def to_python(self, value: Any) -> str:
        if value in (None, ""):
            return ""
        if not isinstance(value, str) or value not in self.allowed:
            raise self.refuse(_("Chọn một mục hợp với câu trả lời ở trên"))
        return value


class ManyChoicesAnswer(Answer):
    verb = "Chọn %(what)s"

    def __init__(self, spec: Spec, setting: Setting) -> None:
        choices = pairs(spec["options"])
        self.order = [value for value, _label in choices]
        super().__init__(spec, setting, widget=ManyChoices(choices=choices))

    def to_python(self, value: Any) -> list[str]:
        if not value:
            return []
        if not isinstance(value, list | tuple) or any(one not in self.order for one in value):
            raise self.refuse(_("Chọn những mục có trong danh sách"))
        return [one for one in self.order if one in value]


class AddressAnswer(Answer):
    verb = "Chọn %(what)s"
    asks = {"province": "Chọn tỉnh, thành phố", "district": "Chọn quận, huyện", "commune": "Chọn xã, phường"}

    def __init__(self, spec: Spec, setting: Setting) -> None:
        self.unit_set = str(spec.get("unit_set") or setting.unit_set)
        super().__init__(spec, setting, widget=AddressInput(self.unit_set))

    def to_python(self, value: Any) -> dict[str, str] | None:
        if isinstance(value, str):
            value = addresses.locate(value, self.unit_set)
        if value is not None and not isinstance(value, Mapping):
            raise self.refuse(_("Chọn địa chỉ trong danh sách"))
        levels = addresses.levels(self.unit_set)
        given = {key: str(value.get(key) or "").strip() for key in (*levels, "detail")} if value else {}
        chosen = {key: text for key, text in given.items() if text}
        if not given or (not self.required and chosen in ({}, {"province": self.setting.province})):
            return None
        parent = ""
        for level in levels:
            if not given[level] or addresses.name_of(self.unit_set, parent, given[level]) is None:
                raise self.refuse(_(self.asks[level]))
            parent = given[level]
        try:
            given["detail"] = " ".join(clean(given["detail"]).split())
        except BadText as mistake:
            raise self.refuse(str(mistake)) from None
        if len(given["detail"]) > 200:
            raise self.refuse(_("Số nhà, đường, thôn dài quá 200 ký tự. Rút gọn lại"))
        words = addresses.in_words(self.unit_set, given, given["detail"])
        return {"unit_set": self.unit_set} | given | {"text": words}

    def prepare_value(self, value: Any) -> Any:
        return value or {"province": self.setting.province}


def pairs(options: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(value, label) of each option."""
    return [(str(option["value"]), str(option["label"])) for option in options]


def lower_first(label: str) -> str:
    """“Họ và tên” → “họ và tên”; “UBND xã” stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def grouped(number: Any) -> str:
    """1250000.5 → 1.250.000,5."""
    return f"{Decimal(str(number)):,f}".replace(",", " ").replace(".", ",").replace(" ", ".")


KINDS: dict[str, Callable[[Spec, Setting], Answer]] = {
    **dict.fromkeys(
        ("text", "long_text", "person_name", "organisation", "personal_id", "tax_code", "phone", "email"), TextAnswer
    ),
    "number": NumberAnswer,
    "money": NumberAnswer,
    "date": DateAnswer,
    "yes_no": YesNoAnswer,
    "choice": ChoiceAnswer,
    "multi_choice": ManyChoicesAnswer,
    "address": AddressAnswer,
}
