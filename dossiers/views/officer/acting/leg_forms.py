"""What officers fill in when other places join: the question and its limit, the appointment, the minutes."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from dossiers.forms import LineField
from dossiers.models import Consultation, Verification
from dossiers.officer_forms import LONG, ActForm
from portal.floor.dateparts import DatePartsField
from procedures.models import Agency

MOST_DAYS = 60


def _long(label: Any, *, required: bool = True, rows: int = 3, **given: Any) -> LineField:
    widget = forms.Textarea(attrs={"rows": rows})
    return LineField(max_length=LONG, label=label, required=required, widget=widget, **given)


class _Short(forms.TextInput):
    kind = "number"


class _Hour(forms.TimeInput):
    kind = "hour"


class _Chosen(forms.ModelChoiceField):  # type: ignore[type-arg]  # the class takes no arguments at run time
    """An agency by its name."""

    def __init__(self, label: Any, missing: Any) -> None:
        super().__init__(
            Agency.objects.none(), label=label, empty_label="",
            error_messages={"required": missing, "invalid_choice": _lazy("Chọn một cơ quan trong danh sách")},
        )  # fmt: skip


class AgencyForm(ActForm):
    agency: Any = _Chosen(_lazy("Cơ quan"), _lazy("Chọn cơ quan"))

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agencies


class ConsultForm(AgencyForm):
    agency = _Chosen(_lazy("Hỏi cơ quan"), _lazy("Chọn cơ quan cần hỏi"))
    kind = forms.ChoiceField(choices=Consultation.Kind.choices, label=_lazy("Hình thức"), widget=forms.RadioSelect,
                             initial=Consultation.Kind.OPINION, error_messages={
                                 "required": _lazy("Chọn hình thức"),
                                 "invalid_choice": _lazy("Chọn một hình thức ở trên")})  # fmt: skip
    question = _long(_lazy("Nội dung cần cho ý kiến"), rows=4, error_messages={
        "required": _lazy("Ghi nội dung cần cho ý kiến")})  # fmt: skip
    days = forms.IntegerField(
        label=_lazy("Trả lời trong (ngày làm việc)"), min_value=1, max_value=MOST_DAYS,
        widget=_Short(),
        help_text=_lazy("Tính theo lịch làm việc của cơ quan được hỏi."),
        error_messages={"required": _lazy("Ghi số ngày làm việc"), "invalid": _lazy("Ghi số ngày, ví dụ 3"),
                        "min_value": _lazy("Ít nhất 1 ngày"), "max_value": _lazy("Nhiều nhất 60 ngày")},
    )  # fmt: skip


class CancelForm(ActForm):
    consultation = forms.ModelChoiceField(
        Consultation.objects.none(), label=_lazy("Thôi hỏi"), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": _lazy("Chọn cơ quan không hỏi nữa"),
                        "invalid_choice": _lazy("Cơ quan này đã trả lời hoặc không còn được hỏi")},
    )  # fmt: skip
    reason = _long(_lazy("Lý do"), error_messages={"required": _lazy("Ghi lý do thôi lấy ý kiến")})

    def __init__(self, *args: Any, asked: Sequence[Consultation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["consultation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Consultation.objects.filter(pk__in=[row.pk for row in asked])
        field.choices = [(row.pk, row.agency.name) for row in asked]
        if len(asked) == 1:
            self.initial.setdefault("consultation", asked[0].pk)


class RecallForm(ActForm):
    reason = _long(_lazy("Lý do thu hồi"), error_messages={"required": _lazy("Ghi lý do thu hồi")})


class HandOverForm(AgencyForm):
    agency = _Chosen(_lazy("Chuyển đến"), _lazy("Chọn cơ quan có thẩm quyền"))
    reason = _long(_lazy("Lý do chuyển"), help_text=_lazy("Người nộp đọc được."),
                   error_messages={"required": _lazy("Ghi lý do chuyển")})  # fmt: skip


def _day(label: Any) -> DatePartsField:
    return DatePartsField(label=label)


def _hour(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, input_formats=["%H:%M", "%Hh%M", "%Hh", "%H"],
        widget=_Hour(format="%H:%M"),
        help_text=_lazy("Ví dụ 08:30"),
        error_messages={"required": _lazy("Ghi giờ"), "invalid": _lazy("Ghi giờ và phút, ví dụ 08:30")},
    )  # fmt: skip


class _Moment(ActForm):
    """Day and hour, which together are one moment of local time."""

    def moment(self) -> dt.datetime:
        """Only after `is_valid()`."""
        given = self.cleaned_data
        return timezone.make_aware(dt.datetime.combine(given["day"], given["hour"]))


class AppointmentForm(_Moment):
    day = _day(_lazy("Ngày hẹn"))
    hour = _hour(_lazy("Giờ hẹn"))
    place = LineField(max_length=300, label=_lazy("Địa điểm"), error_messages={"required": _lazy("Ghi địa điểm")})
    purpose = _long(_lazy("Nội dung kiểm tra"), error_messages={"required": _lazy("Ghi nội dung kiểm tra")})
    participants = _long(_lazy("Thành phần tham gia"), required=False, rows=2,
                         help_text=_lazy("Họ tên, chức danh, cơ quan. Người nộp đọc được."))  # fmt: skip
    applicant_attends = forms.BooleanField(label=_lazy("Người nộp cùng có mặt"), required=False, initial=True)

    def __init__(self, *args: Any, arranged: Verification | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if arranged:
            local = timezone.localtime(arranged.starts_at)
            known = {
                name: getattr(arranged, name) for name in ("place", "purpose", "participants", "applicant_attends")
            }
            self.initial = {"day": local.date(), "hour": local.time(), **known, **self.initial}


class MinutesForm(_Moment):
    day = _day(_lazy("Ngày kiểm tra"))
    hour = _hour(_lazy("Giờ kiểm tra"))
    participants = _long(_lazy("Thành phần có mặt"), required=False, rows=2)
    minutes = _long(_lazy("Nội dung biên bản"), rows=8, help_text=_lazy("Hiện trạng, ý kiến các bên, kết luận."),
                    error_messages={"required": _lazy("Ghi nội dung biên bản")})  # fmt: skip

    def __init__(self, *args: Any, arranged: Verification | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if arranged:
            local = timezone.localtime(arranged.starts_at)
            known = {"day": local.date(), "hour": local.time(), "participants": arranged.participants}
            self.initial = {**known, **self.initial}
