"""What administrators edit of a version: plain forms, a line per entry where the catalogue keeps a list."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.dateparts import DatePartsField
from portal.floor.filetypes import LIMIT_TEXT
from portal.floor.vietnamese import BadText, clean, fold
from procedures import eforms, form_revisions, wording
from procedures.condition_field import ConditionField
from procedures.entry_fields import BlankFormField, GroundsField, LinesField, ResultsField, TicksField
from procedures.models import (
    Case,
    FeeRule,
    Form,
    OnlineScope,
    Procedure,
    ProcedureVersion,
    RequiredDocument,
    ReturnWay,
    TimeUnit,
)

if TYPE_CHECKING:  # generic for the type checker alone
    ModelForm = forms.ModelForm[Any]
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    ModelForm, InlineFormSet = forms.ModelForm, forms.BaseInlineFormSet

CHANNELS = list(wording.CHANNELS.items())
SCOPES: Final = [
    (OnlineScope.FULL, _lazy("Toàn trình (mức độ 4): nộp, trả phí, nhận kết quả trên mạng")),
    (OnlineScope.PARTIAL, _lazy("Một phần (mức độ 3 khi có tờ khai điện tử)")),
    (OnlineScope.INFO, _lazy("Xem hướng dẫn, tải mẫu đơn (mức độ 2)")),
    (OnlineScope.NONE, _lazy("Nộp tại một cửa (mức độ 1)")),
]


class CleanText(forms.BaseForm):
    """All texts of a form as NFC, without characters no field may hold; boxes of numbers are short."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.IntegerField):
                field.widget.kind = "number"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str):
                try:
                    cleaned[name] = clean(value)
                except BadText as mistake:
                    self.add_error(name, str(mistake))
        return cleaned


class VersionForm(CleanText, ModelForm):
    """The texts of a version. The name of a national procedure is the national catalogue's to change."""

    steps = LinesField(label=_lazy("Trình tự thực hiện"), help_text=_lazy("Mỗi bước một dòng"), required=False)
    channels = TicksField(label=_lazy("Cách thức thực hiện"), choices=CHANNELS, required=False)
    audience = LinesField(label=_lazy("Đối tượng thực hiện"), help_text=_lazy("Mỗi đối tượng một dòng"), required=False)
    online_scope = forms.ChoiceField(label=_lazy("Mức độ trực tuyến"), choices=SCOPES, widget=forms.RadioSelect)
    return_ways = TicksField(label=_lazy("Cách nhận kết quả"), choices=ReturnWay.choices, required=False)

    class Meta:
        model = ProcedureVersion
        fields = (
            "name", "short_name", "steps", "channels", "audience", "competent", "conditions", "dossier_sets",
            "online_scope", "partial_kind", "partial_reason", "partial_basis", "return_ways", "no_post_reason",
        )  # fmt: skip
        widgets = {"name": forms.Textarea(attrs={"rows": 3}), "competent": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "partial_kind": _lazy("Chỉ khi mức độ là một phần; lý do được công khai (NĐ 224/2026 điều 14)"),
            "partial_basis": _lazy("Văn bản, điều khoản quy định phải làm trực tiếp"),
            "no_post_reason": _lazy("Chỉ khi không nhận hồ sơ hoặc không trả kết quả qua bưu điện (QĐ 45/2016)"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.procedure.national:
            del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        reasons = [cleaned.get(name) for name in ("partial_kind", "partial_reason", "partial_basis")]
        if any(reasons) and cleaned.get("online_scope") != OnlineScope.PARTIAL:
            self.add_error(
                "partial_reason", _("Lý do chưa toàn trình chỉ ghi cho mức độ một phần. Xóa, hoặc đổi mức độ")
            )
        return cleaned


class BasisForm(CleanText, ModelForm):
    """Căn cứ pháp lý of a version, and notes about its data."""

    legal_basis = LinesField(label=_lazy("Căn cứ pháp lý"), help_text=_lazy("Mỗi văn bản một dòng"), required=False)

    class Meta:
        model = ProcedureVersion
        fields = ("legal_basis", "notes")


class ProcedureForm(CleanText, ModelForm):
    """What hangs on the procedure itself and takes effect at once."""

    class Meta:
        model = Procedure
        fields = ("field", "level", "life_events", "keywords")
        labels = {"field": _lazy("Lĩnh vực"), "life_events": _lazy("Việc trong đời")}
        widgets = {"life_events": forms.CheckboxSelectMultiple}
        help_texts = {
            "keywords": _lazy("Cách nhau bằng dấu phẩy; người dân tìm thấy thủ tục bằng những từ này"),
            "life_events": "",
        }


class CaseForm(CleanText, ModelForm):
    """Name, condition, time limit, form and results of a case."""

    condition = ConditionField(
        help_text=_lazy("Hồ sơ theo trường hợp đầu tiên có điều kiện đúng. Để trống: luôn đúng.")
    )
    other_results = ResultsField(
        label=_lazy("Kết quả khác"),
        help_text=_lazy("Mỗi kết quả một dòng: tên | mã"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    pause_grounds = GroundsField(
        label=_lazy("Căn cứ tạm dừng tính thời hạn"),
        help_text=_lazy("Mỗi căn cứ một dòng: lý do | điều luật; thêm | nộp tiền nếu chờ người dân nộp tiền"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Case
        fields = (
            "name", "condition", "form", "time_amount", "time_unit", "time_starts", "legal_time_amount", "cutoff",
            "pause_grounds", "result_name", "result_code", "result_symbol", "other_results",
            "instant", "upload_result",
        )  # fmt: skip
        labels = {
            "name": _lazy("Tên trường hợp"),
            "form": _lazy("Tờ khai điện tử"),
            "time_amount": _lazy("Thời hạn cam kết"),
            "time_unit": _lazy("Đơn vị thời hạn"),
            "result_code": _lazy("Mã kết quả"),
            "result_symbol": _lazy("Ký hiệu văn bản kết quả"),
        }
        widgets = {"cutoff": forms.TimeInput(format="%H:%M")}
        help_texts = {
            "instant": _lazy("Nhận, giải quyết và trả trong một lần tại quầy, không cần giấy hẹn"),
            "upload_result": _lazy("Kết quả lập ngoài hệ thống được tải lên thay cho mẫu kết quả"),
            "cutoff": _lazy("Chỉ cho thủ tục trong ngày, ví dụ 15:00; sau giờ này trả vào ngày làm việc sau"),
            "legal_time_amount": _lazy("Cùng đơn vị với thời hạn cam kết; thời hạn cam kết không được dài hơn"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form_field, condition = self.fields["form"], self.fields["condition"]
        assert isinstance(form_field, forms.ModelChoiceField)
        assert isinstance(condition, ConditionField)
        newest = Form.objects.order_by("code", "-revision").distinct("code").values("pk")
        form_field.queryset = Form.objects.filter(Q(pk__in=newest) | Q(pk=self.instance.form_id)).order_by("code")
        form_field.empty_label = _("Không có tờ khai điện tử")
        condition.offer(specs_of(self.instance))

    def save(self, commit: bool = True) -> Case:
        """The case; the files its form asks for become papers of it."""
        case: Case = super().save(commit)
        if commit:
            form_revisions.declare_papers(case)
        return case

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        committed, legal = cleaned.get("time_amount"), cleaned.get("legal_time_amount")
        if committed and legal and committed > legal:
            self.add_error("time_amount", _("Thời hạn cam kết dài hơn thời hạn theo luật. Ghi ngắn hơn hoặc bằng"))
        if cleaned.get("cutoff") and cleaned.get("time_unit") != TimeUnit.SAME_DAY:
            self.add_error("cutoff", _("Giờ chốt chỉ dùng cho thời hạn trong ngày. Xóa giờ chốt, hoặc đổi đơn vị"))
        if cleaned.get("instant") and cleaned.get("time_unit") != TimeUnit.SAME_DAY:
            self.add_error(
                "instant", _("Chỉ thủ tục trong ngày mới trả ngay tại quầy. Đổi đơn vị thời hạn, hoặc bỏ chọn")
            )
        return cleaned


class DocumentForm(CleanText, ModelForm):
    condition = ConditionField(label=_lazy("Chỉ phải nộp khi"))
    blank_form = BlankFormField(
        label=_lazy("Tệp mẫu đơn để trống"), help_text=LIMIT_TEXT, required=False, max_length=100
    )

    class Meta:
        model = RequiredDocument
        fields = (
            "order", "key", "name", "hint", "required", "originals", "copies", "group", "source", "is_form",
            "form_name", "blank_form", "condition",
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
        help_texts = {
            "group": _lazy("Giấy tờ cùng tên nhóm thay cho nhau: nộp một trong các giấy ấy"),
            "key": _lazy("Để trống: đặt theo tên giấy tờ"),
            "source": _lazy("Ví dụ: Cơ sở dữ liệu quốc gia về dân cư. Ghi thì người nộp không phải nộp giấy này"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("name") and not cleaned.get("key") and "key" not in self.errors:
            cleaned["key"] = slugify(fold(cleaned["name"]))[:60] or "giay-to"
        if not any(cleaned.get(name) for name in ("originals", "copies", "source", "is_form")):
            self.add_error("copies", _("Ghi số bản chính hoặc số bản sao phải nộp"))
        return cleaned


class FeeForm(CleanText, ModelForm):
    condition = ConditionField(label=_lazy("Chỉ áp dụng khi"))
    channel = forms.ChoiceField(label=_lazy("Cách nộp"), choices=[("", _lazy("Mọi cách")), *CHANNELS], required=False)
    valid_from = DatePartsField(label=_lazy("Áp dụng từ ngày"), required=False)
    valid_to = DatePartsField(label=_lazy("Áp dụng đến hết ngày"), required=False)
    per = forms.ChoiceField(label=_lazy("Tính theo"), required=False)

    class Meta:
        model = FeeRule
        fields = (
            "kind", "name", "amount", "reduction_percent", "channel", "per", "legal_basis", "valid_from", "valid_to",
            "condition",
        )  # fmt: skip
        labels = {
            "kind": _lazy("Loại"),
            "name": _lazy("Tên khoản thu"),
            "amount": _lazy("Số tiền (đồng)"),
            "reduction_percent": _lazy("Miễn, giảm (%)"),
            "legal_basis": _lazy("Căn cứ thu"),
        }
        help_texts = {
            "amount": "",
            "name": _lazy("Các dòng cùng loại, cùng tên là một khoản: người nộp trả mức có lợi nhất"),
            "reduction_percent": _lazy("Dòng miễn, giảm: ghi 1 đến 100 và để số tiền 0. Dòng thu tiền: ghi 0"),
        }

    @property
    def heading(self) -> str:
        """What tells rows of one name apart."""
        fee = self.instance
        price = _("giảm %s %%") % fee.reduction_percent if fee.reduction_percent else wording.money(fee.amount)
        return f"{fee.name}: {price}"

    def offer(self, specs: list[Mapping[str, Any]]) -> None:
        """The fields a quantity may come from: numbers, and groups by their entries."""
        counted = [(spec["key"], spec["label"]) for spec in specs if spec["type"] in ("number", "group", "computed")]
        known = self.instance.per
        if known and known not in dict(counted):
            counted.append((known, _("%s (tờ khai không có)") % known))
        per = self.fields["per"]
        assert isinstance(per, forms.ChoiceField)
        per.choices = [("", _("Thu một lần")), *((key, _("Mỗi %s") % label) for key, label in counted)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        percent, starts, ends = (cleaned.get(name) for name in ("reduction_percent", "valid_from", "valid_to"))
        if percent and percent > 100:
            self.add_error("reduction_percent", _("Miễn, giảm nhiều nhất 100 %. Ghi từ 0 đến 100"))
        if percent and cleaned.get("amount"):
            self.add_error("amount", _("Dòng miễn, giảm không ghi số tiền. Ghi tiền ở dòng thu cùng tên"))
        if isinstance(starts, dt.date) and isinstance(ends, dt.date) and ends < starts:
            self.add_error("valid_to", _("Ngày hết áp dụng phải từ ngày bắt đầu trở đi"))
        return cleaned


def specs_of(case: Case) -> list[Mapping[str, Any]]:
    """The fields that the answers of this case come from."""
    return list(eforms.fields(case.form.schema)) if case.form else []


class Rows(InlineFormSet):
    """Rows of a part; a new one goes to the end. Conditions choose among the fields of the case's form."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if not hasattr(self, "specs"):
            self.specs = specs_of(self.instance)
        if "order" in form.fields and form.instance.pk is None:
            form.fields["order"].initial = max((one.order for one in self.get_queryset()), default=0) + 1
            form.initial.pop("order", None)
        form.fields["condition"].offer(self.specs)
        if hasattr(form, "offer"):
            form.offer(self.specs)


def _rows(parent: type[Any], model: type[Any], form: type[Any]) -> Any:
    return forms.inlineformset_factory(parent, model, form=form, formset=Rows, extra=1, can_delete=True)


DocumentFormSet = _rows(Case, RequiredDocument, DocumentForm)
FeeFormSet = _rows(Case, FeeRule, FeeForm)


class PublishForm(CleanText, forms.Form):
    """The decision that puts a version in force."""

    number = forms.CharField(
        label=_lazy("Số quyết định công bố"), max_length=60, error_messages={"required": _lazy("Nhập số quyết định")}
    )
    signed_on = DatePartsField(label=_lazy("Ngày ký"), required=False)
    effective_on = DatePartsField(label=_lazy("Ngày có hiệu lực"))
    seen = forms.BooleanField(
        label=_lazy("Đã xem các tình huống mẫu cho kết quả khác trước"),
        error_messages={"required": _lazy("Xem các tình huống khác kết quả ở trên, rồi đánh dấu đã xem")},
    )

    def __init__(self, *args: Any, broken: bool = False, **kwargs: Any) -> None:
        """`broken`: some scenarios come out differently, which whoever publishes must have seen."""
        super().__init__(*args, **kwargs)
        if not broken:
            del self.fields["seen"]


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
