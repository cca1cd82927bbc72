"""What administrators edit of a version: plain forms, a line per entry where the catalogue keeps a list."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.dateparts import DatePartsField
from portal.floor.vietnamese import BadText, clean
from procedures import wording
from procedures.condition_field import ConditionField
from procedures.models import Agency, Case, FeeRule, Form, ProcedureVersion, RequiredDocument, Route, RouteStage

if TYPE_CHECKING:  # generic for the type checker alone
    ModelForm = forms.ModelForm[Any]
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    ModelForm, InlineFormSet = forms.ModelForm, forms.BaseInlineFormSet

CHANNELS = list(wording.CHANNELS.items())


class CleanText(forms.BaseForm):
    """All texts of a form as NFC, without characters no field may hold."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str):
                try:
                    cleaned[name] = clean(value)
                except BadText as mistake:
                    self.add_error(name, str(mistake))
        return cleaned


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


class VersionForm(CleanText, ModelForm):
    """The texts of a version."""

    steps = LinesField(label=_lazy("Trình tự thực hiện"), help_text=_lazy("Mỗi bước một dòng"), required=False)
    channels = forms.MultipleChoiceField(
        label=_lazy("Cách thức thực hiện"), choices=CHANNELS, widget=forms.CheckboxSelectMultiple, required=False
    )
    audience = LinesField(label=_lazy("Đối tượng thực hiện"), help_text=_lazy("Mỗi đối tượng một dòng"), required=False)
    legal_basis = LinesField(label=_lazy("Căn cứ pháp lý"), help_text=_lazy("Mỗi văn bản một dòng"), required=False)

    class Meta:
        model = ProcedureVersion
        fields = (
            "name", "short_name", "steps", "channels", "audience", "competent", "conditions", "legal_basis",
            "dossier_sets", "online_scope", "partial_reason",
        )  # fmt: skip
        widgets = {"name": forms.Textarea(attrs={"rows": 3}), "competent": forms.Textarea(attrs={"rows": 2})}


class CaseForm(CleanText, ModelForm):
    """Time limit, form and result of a case."""

    condition = ConditionField()

    class Meta:
        model = Case
        fields = (
            "name", "form", "time_amount", "time_unit", "legal_time_amount", "cutoff", "result_name", "result_code",
            "result_symbol", "condition",
        )  # fmt: skip
        labels = {
            "name": _lazy("Tên trường hợp"),
            "form": _lazy("Tờ khai điện tử"),
            "time_unit": _lazy("Đơn vị thời hạn"),
            "result_code": _lazy("Mã kết quả"),
            "result_symbol": _lazy("Ký hiệu văn bản kết quả"),
        }
        help_texts = {"cutoff": _lazy("Chỉ cho thủ tục trong ngày, ví dụ 15:00")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form_field = self.fields["form"]
        assert isinstance(form_field, forms.ModelChoiceField)
        newest = Form.objects.order_by("code", "-revision").distinct("code").values("pk")
        form_field.queryset = Form.objects.filter(Q(pk__in=newest) | Q(pk=self.instance.form_id)).order_by("code")
        form_field.empty_label = _("Không có tờ khai điện tử")


class DocumentForm(CleanText, ModelForm):
    condition = ConditionField()

    class Meta:
        model = RequiredDocument
        fields = (
            "order", "key", "name", "hint", "group", "required", "originals", "copies", "source", "is_form",
            "condition",
        )  # fmt: skip
        labels = {
            "order": _lazy("Thứ tự"),
            "key": _lazy("Mã ngắn (chữ không dấu)"),
            "name": _lazy("Tên giấy tờ"),
            "hint": _lazy("Hướng dẫn"),
            "group": _lazy("Nhóm thay thế nhau"),
            "required": _lazy("Bắt buộc"),
            "originals": _lazy("Số bản chính"),
            "copies": _lazy("Số bản sao"),
        }


class FeeForm(CleanText, ModelForm):
    condition = ConditionField()
    channel = forms.ChoiceField(label=_lazy("Cách nộp"), choices=[("", _lazy("Mọi cách")), *CHANNELS], required=False)

    class Meta:
        model = FeeRule
        fields = ("kind", "name", "amount", "channel", "per", "legal_basis", "condition")
        labels = {
            "kind": _lazy("Loại"),
            "name": _lazy("Tên khoản thu"),
            "amount": _lazy("Số tiền (đồng)"),
            "legal_basis": _lazy("Căn cứ thu"),
        }
        help_texts = {"amount": "", "per": _lazy("Mã ô số lượng trong tờ khai; để trống: thu một lần")}


class StageForm(CleanText, ModelForm):
    condition = ConditionField()

    class Meta:
        model = RouteStage
        fields = ("order", "key", "name", "kind", "level", "agency_rule", "agency", "role", "hours", "condition")
        labels = {
            "order": _lazy("Thứ tự"),
            "key": _lazy("Mã ngắn (chữ không dấu)"),
            "name": _lazy("Tên bước"),
            "kind": _lazy("Việc"),
            "level": _lazy("Cấp"),
            "agency_rule": _lazy("Cơ quan thực hiện"),
            "agency": _lazy("Cơ quan ghi đích danh"),
            "role": _lazy("Vai trò"),
        }


class Rows(InlineFormSet):
    """Rows of a part; a new one goes to the end."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "order" in form.fields and form.instance.pk is None:
            form.fields["order"].initial = max((one.order for one in self.get_queryset()), default=0) + 1
            form.initial.pop("order", None)


class StageRows(Rows):
    """Stages; the agencies to choose from are read once for all of them."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if not hasattr(self, "agencies"):
            self.agencies = [("", "–"), *Agency.objects.order_by("code").values_list("pk", "name")]
        form.fields["agency"].widget.choices = self.agencies


def _rows(parent: type[Any], model: type[Any], form: type[Any], base: type[Any] = Rows) -> Any:
    return forms.inlineformset_factory(parent, model, form=form, formset=base, extra=1, can_delete=True)


DocumentFormSet = _rows(Case, RequiredDocument, DocumentForm)
FeeFormSet = _rows(Case, FeeRule, FeeForm)
StageFormSet = _rows(Route, RouteStage, StageForm, StageRows)


class PublishForm(CleanText, forms.Form):
    """The decision that puts a version in force."""

    number = forms.CharField(
        label=_lazy("Số quyết định công bố"), max_length=60, error_messages={"required": _lazy("Nhập số quyết định")}
    )
    signed_on = DatePartsField(label=_lazy("Ngày ký"), required=False)
    effective_on = DatePartsField(label=_lazy("Ngày có hiệu lực"))


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_lazy("Tệp danh mục"),
        help_text=_lazy("Tệp JSON theo cấu trúc của phần mềm, hoặc theo cấu trúc công bố của bộ, ngành. Tối đa 20 MB."),
        error_messages={"required": _lazy("Chọn tệp danh mục"), "empty": _lazy("Tệp rỗng. Chọn tệp khác")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > 20 * 1024 * 1024:
            raise ValidationError(_("Tệp lớn hơn 20 MB. Chia nhỏ rồi tải lại"))
        return file
