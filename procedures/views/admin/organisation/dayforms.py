"""One day of the calendar as a form, and the file of a whole year."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.dateparts import DatePartsField
from procedures import calendars
from procedures.forms import CleanText
from procedures.models import CalendarDay
from procedures.organisation import Reach

if TYPE_CHECKING:  # generic for the type checker alone
    _DayModelForm = forms.ModelForm[CalendarDay]
else:
    _DayModelForm = forms.ModelForm

FILE_BYTES = 200 * 1024


class DayForm(CleanText, _DayModelForm):
    """A day that differs from the plain week, with the document that says so."""

    on = DatePartsField(label=_lazy("Ngày"))

    class Meta:
        model = CalendarDay
        fields = ("on", "kind", "name", "decision", "agency")
        labels = {"kind": _lazy("Loại"), "agency": _lazy("Áp dụng cho")}
        help_texts = {"decision": _lazy("Số và ngày văn bản, ví dụ Thông báo 6150/TB-BLĐTBXH")}
        error_messages = {
            "name": {"required": _lazy("Nhập tên ngày")},
            "decision": {"required": _lazy("Nhập văn bản quyết định")},
        }

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].required = True
        choice = self.fields["agency"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = reach.agencies().order_by("level", "name_fold")
        choice.required = not reach.whole
        choice.empty_label = _("Cả tỉnh") if reach.whole else _("Chọn cơ quan")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        on, kind, agency = cleaned.get("on"), cleaned.get("kind"), cleaned.get("agency")
        if on is None:
            return cleaned
        if not 2015 <= on.year <= 2045:
            self.add_error("on", _("Năm phải từ 2015 đến 2045"))
        plain = calendars.calendar_for(agency.pk if agency else None).week[on.weekday()]
        if kind == CalendarDay.Kind.SWAP_WORK and plain:
            self.add_error("on", _("Ngày này vốn là ngày làm việc. Chọn thứ Bảy hoặc Chủ nhật"))
        twice = CalendarDay.objects.filter(on=on, agency=agency).exclude(pk=self.instance.pk)
        if "agency" not in self.errors and twice.exists():
            self.add_error("on", _("Ngày này đã có trong lịch. Mở ngày đó để sửa"))
        return cleaned


class DaysFileForm(forms.Form):
    file = forms.FileField(
        label=_lazy("Tệp lịch nghỉ"),
        help_text=_lazy("Tệp CSV có cột date (2027-02-05), name, kind và source. Tối đa 200 kB."),
        error_messages={"required": _lazy("Chọn tệp lịch nghỉ"), "empty": _lazy("Tệp rỗng. Chọn tệp khác")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES:
            raise ValidationError(_("Tệp lớn hơn 200 kB. Giữ lại các ngày của một vài năm"))
        return file
