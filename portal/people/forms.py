"""What operators type about people."""

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.dateparts import DatePartsField
from portal.people.leave import colleagues
from portal.people.office import Office
from portal.people.seats import Posting
from procedures.forms import CleanText
from procedures.models import Agency, Department, Position, Role

if TYPE_CHECKING:  # generic for the type checker alone
    _DepartmentChoice = forms.ModelChoiceField[Department]
else:
    _DepartmentChoice = forms.ModelChoiceField

REASON = {"required": _lazy("Viết lý do, để người sau hiểu vì sao")}


class PersonForm(CleanText, forms.Form):
    full_name = forms.CharField(
        label=_lazy("Họ và tên"), max_length=200, error_messages={"required": _lazy("Nhập họ và tên")}
    )
    email = forms.EmailField(
        label=_lazy("Thư điện tử công vụ"), max_length=254, error_messages={"required": _lazy("Nhập thư điện tử")}
    )


class DepartmentChoice(_DepartmentChoice):
    """Departments with the agency they belong to."""

    def label_from_instance(self, obj: Department) -> str:
        return f"{obj.name}, {obj.agency.name}"


class PostingForm(CleanText, forms.Form):
    """A seat. Agencies and roles are those this operator may give."""

    agency = forms.ModelChoiceField(Agency.objects.none(), label=_lazy("Cơ quan"), empty_label=_lazy("Chọn cơ quan"))
    department = DepartmentChoice(
        Department.objects.none(), label=_lazy("Phòng, ban"), required=False, empty_label=_lazy("Không thuộc phòng nào")
    )
    role = forms.ChoiceField(label=_lazy("Vai trò"))
    title = forms.CharField(
        label=_lazy("Chức vụ"), max_length=120, help_text=_lazy("Ví dụ Công chức Tư pháp – Hộ tịch"),
        error_messages={"required": _lazy("Nhập chức vụ")},
    )  # fmt: skip
    signing_capacity = forms.CharField(
        label=_lazy("Thẩm quyền ký"), max_length=60, required=False,
        help_text=_lazy("Chỉ cho lãnh đạo, ví dụ TM. ỦY BAN NHÂN DÂN"),
    )  # fmt: skip
    valid_from = DatePartsField(label=_lazy("Từ ngày"))

    def __init__(self, *args: Any, office: Office, agency: Agency | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        today = timezone.localdate()
        agencies, departments = self.fields["agency"], self.fields["department"]
        assert isinstance(agencies, forms.ModelChoiceField)
        assert isinstance(departments, forms.ModelChoiceField)
        agencies.queryset = office.reach.agencies().in_force(today).order_by("level", "name_fold")
        departments.queryset = Department.objects.filter(agency__in=office.reach.agencies()).select_related("agency")
        roles = self.fields["role"]
        assert isinstance(roles, forms.ChoiceField)
        roles.choices = [choice for choice in Role.choices if _grantable(office, choice[0])]
        self.fields["valid_from"].initial = today
        self.fields["agency"].initial = agency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        agency, role, department = cleaned.get("agency"), cleaned.get("role"), cleaned.get("department")
        if agency and role and not self.office.may_grant(role, agency):
            self.add_error("role", _("Vai trò này không giao được ở cơ quan đó. Chọn vai trò khác"))
        if agency and department and department.agency_id != agency.pk:
            self.add_error("department", _("Phòng này thuộc cơ quan khác. Chọn lại phòng"))
        if cleaned.get("signing_capacity") and role and role != Role.LEADER:
            self.add_error("signing_capacity", _("Chỉ lãnh đạo có thẩm quyền ký. Để trống ô này"))
        start = cleaned.get("valid_from")
        if start and abs(start - timezone.localdate()) > dt.timedelta(days=366):
            self.add_error("valid_from", _("Ngày bắt đầu phải trong vòng một năm quanh hôm nay"))
        return cleaned

    def posting(self) -> Posting:
        """What was typed, once it is valid."""
        names = ("agency", "role", "title", "valid_from", "department", "signing_capacity")
        return Posting(**{name: self.cleaned_data[name] for name in names})


def _grantable(office: Office, role: str) -> bool:
    tops = office.reach.agencies().order_by("level") if office.reach.whole else office.reach.agencies()[:1]
    return office.reach.whole or any(office.may_grant(role, agency) for agency in tops)


class InviteForm(PersonForm, PostingForm):
    username = forms.CharField(
        label=_lazy("Tên đăng nhập"), max_length=60, help_text=_lazy("Chữ thường không dấu, số, dấu chấm: binh.nv"),
        error_messages={"required": _lazy("Nhập tên đăng nhập")},
    )  # fmt: skip
    field_order = ("full_name", "username", "email", "agency", "department", "role", "title", "signing_capacity")

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if not re.fullmatch(r"[a-z][a-z0-9._-]{2,59}", name):
            raise ValidationError(_("Tên đăng nhập gồm 3 đến 60 chữ thường không dấu, số, dấu chấm, gạch"))
        return name


class ReasonForm(CleanText, forms.Form):
    reason = forms.CharField(
        label=_lazy("Lý do"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), error_messages=REASON,
        help_text=_lazy("Ghi vào nhật ký. Không viết thông tin riêng tư."),
    )  # fmt: skip


class ResetForm(ReasonForm):
    what = forms.ChoiceField(
        label=_lazy("Cài lại"),
        choices=[
            ("second_factor", _lazy("Xác thực hai lớp: mất hoặc đổi điện thoại")),
            ("both", _lazy("Cả mật khẩu: gửi thư đặt mật khẩu mới")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Chọn việc cần cài lại")},
    )
    field_order = ("what", "reason")


class EndForm(CleanText, forms.Form):
    last_day = DatePartsField(label=_lazy("Ngày cuối giữ vị trí"))


class LeaveForm(CleanText, forms.Form):
    """Days of leave and the colleague who stands in."""

    seat = forms.TypedChoiceField(label=_lazy("Nghỉ ở vị trí"), coerce=int)
    starts_on = DatePartsField(label=_lazy("Từ ngày"))
    ends_on = DatePartsField(label=_lazy("Đến hết ngày"))
    substitute = forms.ChoiceField(
        label=_lazy("Người làm thay"), error_messages={"required": _lazy("Chọn người làm thay")}
    )
    reason = forms.CharField(label=_lazy("Lý do"), max_length=200, required=False)

    def __init__(self, *args: Any, seats: list[Position], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        choice, people = self.fields["seat"], self.fields["substitute"]
        assert isinstance(choice, forms.ChoiceField)
        assert isinstance(people, forms.ChoiceField)
        choice.choices = [(seat.pk, f"{seat.title}, {seat.agency.name}") for seat in seats]
        if len(seats) == 1:
            choice.widget, choice.initial = forms.HiddenInput(), seats[0].pk
        names: dict[str, str] = {}
        for seat in seats:
            for other in colleagues(seat, today).order_by("holder_name"):
                names.setdefault(str(other.user_id), f"{other.holder_name}, {other.title}")
        people.choices = [("", _("Chọn người làm thay")), *names.items()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        last = cleaned.get("ends_on")
        if last and last < timezone.localdate():
            self.add_error("ends_on", _("Ngày cuối phải là hôm nay hoặc sau đó"))
        return cleaned
