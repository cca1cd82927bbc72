"""What operators type about agencies, their departments and hours."""

import datetime as dt
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.dateparts import DatePartsField
from portal.floor.vietnamese import fold
from procedures import organisation
from procedures.forms import CleanText
from procedures.models import AdministrativeUnit, Agency, Department, ProvinceProfile

if TYPE_CHECKING:  # generic for the type checker alone
    _AgencyModelForm = forms.ModelForm[Agency]
    _DepartmentModelForm = forms.ModelForm[Department]
else:
    _AgencyModelForm = _DepartmentModelForm = forms.ModelForm

CONTACT = ("short_name", "one_stop_name", "address", "phone", "email")
LABELS = {
    "scheme": _lazy("Cách đặt mã"),
    "level": _lazy("Cấp"),
    "parent": _lazy("Cơ quan cấp trên"),
    "email": _lazy("Thư điện tử"),
    "valid_from": _lazy("Hoạt động từ ngày"),
    "valid_to": _lazy("Hoạt động đến hết ngày"),
    "successor": _lazy("Cơ quan tiếp nhận công việc"),
    "unit": _lazy("Đơn vị hành chính"),
}


def label_of(name: str) -> str:
    """The label of a field of an agency."""
    return str(capfirst(str(LABELS.get(name) or Agency._meta.get_field(name).verbose_name)))  # type: ignore[union-attr]


class ContactForm(CleanText, _AgencyModelForm):
    """What an agency's own operator may change of it."""

    class Meta:
        model = Agency
        fields: tuple[str, ...] = CONTACT
        labels = LABELS

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not re.fullmatch(r"[0-9 .()+-]{6,20}", phone):
            raise ValidationError(_("Số điện thoại chỉ gồm chữ số và khoảng trắng, ví dụ 0211 3000 000"))
        return phone


class AgencyForm(ContactForm):
    """All of an agency, for the operators of the province."""

    unit_code = forms.CharField(
        label=_lazy("Mã đơn vị hành chính"), max_length=5, required=False, help_text=_lazy("Xem tại trang Địa bàn")
    )
    valid_from = DatePartsField(label=LABELS["valid_from"], required=False)
    valid_to = DatePartsField(label=LABELS["valid_to"], required=False)

    class Meta(ContactForm.Meta):
        fields = (
            "name", "short_name", "code", "scheme", "level", "parent", "symbol", "one_stop", "one_stop_name", "place",
            "address", "phone", "email", "valid_from", "valid_to", "successor",
        )  # fmt: skip
        help_texts = {
            "code": _lazy("Ví dụ 000.21.05.H62 (QCVN 102) hoặc H62.09.03 (QĐ 20)"),
            "symbol": _lazy("UBND, STP …"),
            "successor": _lazy("Sau ngày hoạt động cuối, hồ sơ đang giải quyết thuộc về cơ quan này"),
        }
        error_messages = {"code": {"unique": _lazy("Mã này đã có cơ quan khác dùng. Kiểm tra lại mã")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Agency.objects.exclude(pk=self.instance.pk).order_by("level", "name_fold")
        for name in ("parent", "successor"):
            choice = self.fields[name]
            assert isinstance(choice, forms.ModelChoiceField)
            choice.queryset, choice.empty_label = others, _("Không có")
        if self.instance.unit:
            self.fields["unit_code"].initial = self.instance.unit.code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_code(cleaned)
        self._check_dates(cleaned)
        if organisation.under_itself(self.instance, cleaned.get("parent")):
            self.add_error("parent", _("Cơ quan này đang ở dưới chính nó. Chọn cơ quan cấp trên khác"))
        if code := cleaned.get("unit_code"):
            profile = ProvinceProfile.current()
            units = AdministrativeUnit.objects.filter(code=code, unit_set=profile.unit_set if profile else "")
            cleaned["unit"] = units.first()
            if cleaned["unit"] is None:
                self.add_error("unit_code", _("Không có đơn vị hành chính mang mã này. Tra mã tại trang Địa bàn"))
        return cleaned

    def _check_code(self, cleaned: dict[str, Any]) -> None:
        code, scheme = cleaned.get("code"), cleaned.get("scheme", "")
        if code and scheme and not organisation.code_fits(code, scheme):
            shapes = {
                "qcvn102": _("Mã theo QCVN 102 viết như 000.21.05.H62"),
                "qd20": _("Mã theo QĐ 20 viết như H62.09.03: chữ hoa, chữ số, tối đa 35 ký tự"),
            }
            self.add_error("code", shapes[scheme])

    def _check_dates(self, cleaned: dict[str, Any]) -> None:
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("Ngày cuối phải sau ngày bắt đầu"))
        if cleaned.get("successor") and not last and "valid_to" not in self.errors:
            self.add_error("valid_to", _("Nhập ngày hoạt động cuối của cơ quan này"))

    def save(self, commit: bool = True) -> Agency:
        self.instance.name_fold = fold(self.instance.name)
        self.instance.unit = self.cleaned_data.get("unit")
        return super().save(commit)


class DepartmentForm(CleanText, _DepartmentModelForm):
    """A department; its code stays, routes name it."""

    valid_to = DatePartsField(label=_lazy("Hoạt động đến hết ngày"), required=False)

    class Meta:
        model = Department
        fields = ("name", "code", "order", "valid_to")
        labels = {"order": _lazy("Thứ tự trong danh sách")}
        help_texts = {"code": _lazy("Chữ không dấu, ví dụ phong-tu-phap")}

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if (
            Department.objects.filter(agency_id=self.instance.agency_id, code=code)
            .exclude(pk=self.instance.pk)
            .exists()
        ):
            raise ValidationError(_("Mã này đã có trong cơ quan. Chọn mã khác"))
        return code


WEEKDAYS = (
    _lazy("Thứ Hai"), _lazy("Thứ Ba"), _lazy("Thứ Tư"), _lazy("Thứ Năm"), _lazy("Thứ Sáu"), _lazy("Thứ Bảy"),
    _lazy("Chủ nhật"),
)  # fmt: skip
Hours = list[tuple[dt.time, dt.time]]


class SessionsField(forms.CharField):
    """Sessions of a day as people write them: 07:30–11:30, 13:00–17:00."""

    def clean(self, value: Any) -> Hours:
        """Raises ValidationError when a session is no session, or two of them overlap."""
        text = super().clean(value)
        sessions = [_session(one) for one in re.split(r"[,;]", text) if one.strip()]
        if any(later[0] < earlier[1] for earlier, later in pairwise(sessions)):
            raise ValidationError(_("Các buổi chồng nhau hoặc sai thứ tự. Viết buổi sớm trước"))
        return sessions

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in value)
        return value


def _session(text: str) -> tuple[dt.time, dt.time]:
    found = re.fullmatch(r"\s*(\d{1,2})[:h](\d{2})\s*[-–]\s*(\d{1,2})[:h](\d{2})\s*", text)
    try:
        opens, closes = dt.time(int(found[1]), int(found[2])), dt.time(int(found[3]), int(found[4]))  # type: ignore[index]
    except (TypeError, ValueError):
        raise ValidationError(_("Viết giờ như 07:30–11:30, 13:00–17:00")) from None
    if opens >= closes:
        raise ValidationError(_("Giờ đóng phải sau giờ mở"))
    return opens, closes


class HoursForm(CleanText, forms.Form):
    """The week of an agency, a line a day; a day left empty is off."""

    def __init__(self, *args: Any, own: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:
            self.fields["shared"] = forms.BooleanField(
                label=_("Theo giờ chung của tỉnh"), help_text=_("Đánh dấu thì bỏ giờ riêng ở dưới"), required=False
            )
        for number, name in enumerate(WEEKDAYS):
            self.fields[f"day{number}"] = SessionsField(label=name, max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("shared") and not any(self.hours.values()):
            raise ValidationError(_("Nhập giờ làm việc của ít nhất một ngày"))
        return cleaned

    @property
    def hours(self) -> dict[int, Hours]:
        """Sessions by weekday, 0 = Monday."""
        return {day: self.cleaned_data.get(f"day{day}") or [] for day in range(7)}
