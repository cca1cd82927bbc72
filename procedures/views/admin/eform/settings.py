"""The settings of one field as a form: those every field has, and those of its type."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from procedures.condition_field import ConditionField
from procedures.eforms import editing
from procedures.eforms.mistakes import KEY, MOST_ENTRIES, clashes, mistakes
from procedures.eforms.schema import CHOOSING, SILENT, SOURCES, TYPES, Spec, linked_options
from procedures.forms import CleanText
from procedures.views.admin.eform.inputs import AmountField, EdgeField, FormulaField, MaskField, OptionsField

Fields = dict[str, forms.Field]
SUITS = {  # which sources of an answer suit which type
    "person": ["profile.person"],
    "person_name": ["profile.full_name"],
    "text": ["profile.full_name"],
    "personal_id": ["profile.personal_id"],
    "date": ["profile.birth_on"],
    "choice": ["profile.sex"],
    "address": ["profile.address"],
    "tax_code": ["profile.tax_code"],
    "phone": ["profile.phone"],
    "email": ["profile.email"],
}
FIRST = {"key": "first", "type": "text", "label": "–"}  # stands in a group that is still empty
UNANSWERED = ("explanation", "file", "computed")


class FieldForm(CleanText, forms.Form):
    """`known`: the field as it is, empty for a new one; `before`: the fields it may ask about; `taken`: all others."""

    def __init__(
        self,
        kind: str,
        *,
        known: Spec,
        before: Sequence[Spec],
        taken: Mapping[str, Spec],
        settled: Mapping[str, str],
        inside: bool,
        data: Any = None,
    ) -> None:
        super().__init__(data, prefix="o", initial=dict(known))
        self.kind, self.known, self.before, self.taken, self.settled = kind, known, before, taken, settled
        self.fields |= _words(kind)
        if not known:
            self.fields["key"] = forms.CharField(
                label=_("Mã ô"), max_length=60, required=False,
                help_text=_("Chữ không dấu, số, gạch dưới. Để trống: đặt theo nhãn. Mã không đổi được về sau."),
            )  # fmt: skip
        self.fields |= OWN.get(kind, _none)(known)
        if kind == "linked_choice":
            self.parent = self._parent()
            self.fields |= _linked(known, self.before, self.parent)
        self.fields |= _sources(kind, inside)
        asked = [spec for spec in before if spec["type"] not in SILENT]
        if asked or known.get("condition"):
            asks = ConditionField(fields=asked, label=_("Chỉ hiện ô này khi"), help_text=_("Để trống: luôn hiện."))
            self.fields["condition"] = asks

    def _parent(self) -> Spec:
        """The field a linked choice depends on: as chosen in the form, as known, else the nearest one before."""
        candidates = {spec["key"]: spec for spec in self.before if spec["type"] in CHOOSING}
        wanted = self.data.get(self.add_prefix("parent")) if self.is_bound else self.known.get("parent")
        return candidates.get(str(wanted)) or next(reversed(candidates.values()), {})

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        if key and not KEY.fullmatch(key):
            raise ValidationError(_("Mã gồm chữ thường không dấu, số, gạch dưới; bắt đầu bằng chữ"))
        if key in self.taken or clashes(key, self.kind, self.taken):
            raise ValidationError(_("Mã này đã dùng trong tờ khai. Đặt mã khác"))
        if self.settled.get(key, self.kind) != self.kind:
            raise ValidationError(_("Bản đã công bố dùng mã này cho loại ô khác. Đặt mã khác"))
        return key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self.spec = self._spec(cleaned)
            tried = self.spec if self.kind != "group" else self.spec | {"fields": self.spec.get("fields") or [FIRST]}
            alone = {"pages": [{"key": "p", "title": "P", "fields": [*self.before, tried]}]}
            mine = [one for one in mistakes(alone) if one.field == self.spec["key"]]
            for one in mine:
                self.add_error(None, one.text)
        return cleaned

    def _spec(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """The field as the form says; what the form does not ask about stays as it was."""
        told = {name: value for name, value in cleaned.items() if name != "key" and not name.startswith("options_")}
        if self.kind == "linked_choice":
            told["options"] = _joined(self.parent, cleaned)
        kept = {name: value for name, value in self.known.items() if name not in told}
        key = self.known.get("key") or cleaned["key"]
        if not key:
            others = dict(self.taken) | {one: {"type": "text"} for one in self.settled}
            key = editing.propose_key(str(told.get("label") or told.get("text")), self.kind, others)
        given = {name: value for name, value in told.items() if value not in (None, "", []) and value is not False}
        return {"key": key, "type": self.kind} | kept | given


def _words(kind: str) -> Fields:
    label = forms.CharField(label=_("Nhãn"), max_length=300, error_messages={"required": _("Nhập nhãn của ô")})
    if kind == "explanation":
        text = forms.CharField(
            label=_("Lời hướng dẫn"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": _("Nhập lời hướng dẫn")},
        )  # fmt: skip
        return {"text": text}
    words = forms.CharField(
        label=_("Hướng dẫn điền"), max_length=300, required=False,
        help_text=_("Một câu ngắn dưới nhãn, ví dụ: 12 số trên thẻ căn cước"),
    )  # fmt: skip
    needed = forms.BooleanField(label=_("Bắt buộc trả lời"), required=False)
    return {"label": label, "help": words} | ({} if kind == "computed" else {"required": needed})


def _sources(kind: str, inside: bool) -> Fields:
    if inside or kind in UNANSWERED:
        return {}
    suited = [*SUITS.get(kind, ()), "earlier.same_field"]
    choices = [("", _("Người nộp tự điền")), *((name, SOURCES[name]) for name in suited)]
    found: Fields = {"prefill": forms.ChoiceField(label=_("Điền sẵn từ"), choices=choices, required=False)}
    if kind == "group":
        return found
    return found | {
        "index": forms.BooleanField(
            label=_("Tìm được hồ sơ theo ô này"), required=False,
            help_text=_("Câu trả lời được giữ riêng, không niêm phong. Không chọn cho dữ liệu nhạy cảm."),
        ),
        "statistic": forms.BooleanField(
            label=_("Đưa vào thống kê"), required=False,
            help_text=_("Câu trả lời được đếm trong báo cáo. Chỉ chọn cho ô có ít lựa chọn."),
        ),
    }  # fmt: skip


def _count(label: str, least: int, most: int, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False, help_text=hint)


def _text(known: Spec) -> Fields:
    return {"max": _count(_("Nhiều nhất bao nhiêu ký tự"), 1, 4000)} | _mask(known)


def _mask(known: Spec) -> Fields:
    return {
        "pattern": MaskField(
            label=_("Mẫu ký tự"), max_length=60, required=False, strip=True,
            help_text=_("9 là một chữ số, A là một chữ cái, ký tự khác giữ nguyên. Ví dụ số nhà đất: AA 999999"),
        ),
        "pattern_message": forms.CharField(label=_("Lời báo khi sai mẫu"), max_length=200, required=False),
    }  # fmt: skip


def _long_text(known: Spec) -> Fields:
    return {"max": _count(_("Nhiều nhất bao nhiêu ký tự"), 1, 4000)}


def _money(known: Spec) -> Fields:
    return {
        "min": AmountField(label=_("Nhỏ nhất"), max_length=30, required=False),
        "max": AmountField(label=_("Lớn nhất"), max_length=30, required=False),
    }


def _number(known: Spec) -> Fields:
    return _money(known) | {"decimals": _count(_("Số chữ số sau dấu phẩy"), 0, 6)}


def _date(known: Spec) -> Fields:
    hint = _("Ví dụ: 01/07/2025, hôm nay, hôm nay - 18 năm, hôm nay + 30 ngày")
    return {
        "min": EdgeField(label=_("Sớm nhất"), max_length=40, required=False, help_text=hint),
        "max": EdgeField(label=_("Muộn nhất"), max_length=40, required=False, help_text=hint),
    }


def _choice(known: Spec) -> Fields:
    return {"options": OptionsField(known.get("options", ()), label=_("Các lựa chọn"))}


def _linked(known: Spec, before: Sequence[Spec], parent: Spec) -> Fields:
    choices = [(spec["key"], spec["label"]) for spec in before if spec["type"] in CHOOSING]
    words = {"required": _("Thêm một ô “Chọn một” ở phía trên đã")}
    found: Fields = {
        "parent": forms.ChoiceField(
            label=_("Theo câu trả lời của ô"), choices=choices, initial=parent.get("key"), error_messages=words
        )
    }
    for number, option in enumerate(parent.get("options", ())):
        mine = linked_options(known, option["value"]) if known.get("parent") == parent.get("key") else []
        found[f"options_{number}"] = OptionsField(
            mine, label=_("Lựa chọn khi trả lời “%(answer)s”") % {"answer": option["label"]}, required=False,
            initial=mine, help_text="" if number else OptionsField().help_text,
        )  # fmt: skip
    return found


def _joined(parent: Spec, cleaned: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options of all answers of the parent; one that stands for several says so once."""
    found: dict[str, dict[str, Any]] = {}
    for number, answer in enumerate(parent.get("options", ())):
        for option in cleaned.get(f"options_{number}", ()):
            one = found.setdefault(option["value"], option | {"for": []})
            one["for"].append(answer["value"])
    return list(found.values())


def _person(known: Spec) -> Fields:
    parts = [("birth_on", _("Ngày sinh")), ("sex", _("Giới tính")), ("personal_id", _("Số định danh cá nhân"))]
    optional = forms.MultipleChoiceField(
        label=_("Phần được để trống"), choices=parts, required=False, widget=forms.CheckboxSelectMultiple
    )
    return {"optional": optional}


def _address(known: Spec) -> Fields:
    sets = [("", _("Theo tỉnh này")), ("2024", _("Ba cấp, trước 01/7/2025")), ("2025", _("Hai cấp, từ 01/7/2025"))]
    return {"unit_set": forms.ChoiceField(label=_("Danh mục địa bàn"), choices=sets, required=False)}


def _group(known: Spec) -> Fields:
    return {
        "entry_label": forms.CharField(
            label=_("Tên mỗi mục"), max_length=100, required=False, help_text=_("Ví dụ: Người con")
        ),
        "min": _count(_("Ít nhất bao nhiêu mục"), 0, MOST_ENTRIES),
        "max": _count(_("Nhiều nhất bao nhiêu mục"), 1, MOST_ENTRIES),
    }


def _computed(known: Spec) -> Fields:
    words = {"required": _("Nhập công thức")}
    hint = _("Dùng mã của các ô số phía trên, + - × ( ), min(a; b), max(a; b). Ví dụ: so_ban × 8000")
    return {"formula": FormulaField(label=_("Công thức"), max_length=500, help_text=hint, error_messages=words)}


def _none(known: Spec) -> Fields:
    return {}


OWN: dict[str, Callable[[Spec], Fields]] = {
    "text": _text,
    "long_text": _long_text,
    "number": _number,
    "money": _money,
    "date": _date,
    "choice": _choice,
    "multi_choice": _choice,
    "person": _person,
    "address": _address,
    "group": _group,
    "computed": _computed,
}


class PageForm(CleanText, forms.Form):
    """Title and words of a page."""

    title = forms.CharField(label="", max_length=150)
    intro = forms.CharField(label="", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label, self.fields["intro"].label = _("Tên trang"), _("Lời dẫn")
        self.fields["title"].help_text = _("Là câu hỏi lớn ở đầu trang, ví dụ: Thông tin của trẻ")
        self.fields["title"].error_messages["required"] = _("Nhập tên trang")


def offered(schema: Mapping[str, Any], inside: bool) -> list[tuple[str, str]]:
    """Types of field to add."""
    unfit = ("group", "computed", "file") if inside else ()
    return [(kind, str(label)) for kind, label in TYPES.items() if kind not in unfit]
