"""What officers fill in. Every form carries the version of the dossier that it was rendered from."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.forms import LineField, ManyFilesField
from dossiers.models import Attachment, Enclosure, Payment, Result
from portal.floor.dateparts import DatePartsField
from procedures.models import Case, Position
from procedures.result_templates import source_of

LONG = 2000


def _long(label: Any, *, required: bool = True, rows: int = 3, **given: Any) -> LineField:
    return LineField(
        max_length=LONG, label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}), **given
    )


class ActForm(forms.Form):
    """The act with nothing to fill in."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


class NoteForm(ActForm):
    note = _long(
        _lazy("Ý kiến"), required=False, help_text=_lazy("Người nhận bước sau đọc được; có thể in vào kết quả.")
    )


class SupplementForm(ActForm):
    note = _long(_lazy("Lời nhắn thêm cho người nộp"), required=False,
                 help_text=_lazy("Thư đã liệt kê từng giấy tờ và lý do. Ghi thêm nếu cần."))  # fmt: skip


class RefusalForm(ActForm):
    reason = _long(_lazy("Lý do từ chối"), help_text=_lazy("Ghi để người nộp hiểu và biết phải làm gì tiếp."),
                   error_messages={"required": _lazy("Ghi lý do từ chối")})  # fmt: skip
    legal_basis = LineField(max_length=300, label=_lazy("Căn cứ pháp lý"), help_text=_lazy("Điều, khoản, văn bản."),
                            error_messages={"required": _lazy("Ghi điều khoản là căn cứ từ chối")})  # fmt: skip


class ReworkForm(ActForm):
    reason = _long(_lazy("Điều cần làm lại"), error_messages={"required": _lazy("Ghi điều cần làm lại")})


class PauseForm(ActForm):
    ground = forms.ChoiceField(label=_lazy("Căn cứ tạm dừng"), widget=forms.RadioSelect,
                               error_messages={"required": _lazy("Chọn căn cứ tạm dừng"),
                                               "invalid_choice": _lazy("Chọn một căn cứ ở trên")})  # fmt: skip

    def __init__(self, *args: Any, grounds: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one["key"], f"{one['reason']} ({one['basis']})") for one in grounds]


class ExtensionForm(ActForm):
    to = DatePartsField(label=_lazy("Hẹn trả vào cuối ngày"))
    reason = _long(_lazy("Lý do chậm"), help_text=_lazy("In vào phiếu xin lỗi gửi người nộp."),
                   error_messages={"required": _lazy("Ghi lý do chậm")})  # fmt: skip


class StopForm(ActForm):
    reason = _long(_lazy("Lý do dừng"), help_text=_lazy("In vào thông báo gửi người nộp."),
                   error_messages={"required": _lazy("Ghi lý do dừng")})  # fmt: skip
    legal_basis = LineField(max_length=300, label=_lazy("Căn cứ pháp lý"), help_text=_lazy("Điều, khoản, văn bản."),
                            error_messages={"required": _lazy("Ghi điều khoản là căn cứ dừng")})  # fmt: skip
    returned = _long(_lazy("Giấy tờ và phí, lệ phí đã nộp"), required=False, rows=2,
                     help_text=_lazy("Trả lại gì, ở đâu. Để trống nếu không có gì để trả."))  # fmt: skip


class DeclineForm(ActForm):
    reason = _long(_lazy("Lý do không cho rút"), error_messages={"required": _lazy("Ghi lý do không cho rút")})


class PaymentForm(ActForm):
    method = forms.ChoiceField(choices=Payment.Method.choices, label=_lazy("Cách nộp"), widget=forms.RadioSelect,
                               error_messages={"required": _lazy("Chọn cách nộp tiền"),
                                               "invalid_choice": _lazy("Chọn một cách nộp ở trên")})  # fmt: skip


class AssignForm(ActForm):
    """One of the officers of the holding desk."""

    position = forms.ModelChoiceField(
        Position.objects.none(), label=_lazy("Giao cho"), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": _lazy("Chọn người nhận việc"),
                        "invalid_choice": _lazy("Người này không ngồi ở bàn đang giữ hồ sơ")},
    )  # fmt: skip

    def __init__(self, *args: Any, seats: Sequence[Position], own: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["position"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Position.objects.filter(pk__in=[seat.pk for seat in seats])
        names = {seat.pk: f"{seat.holder_name}, {seat.title}" for seat in seats}
        field.choices = [
            (seat.pk, _("%s (tôi)") % names[seat.pk] if seat.pk in own else names[seat.pk]) for seat in seats
        ]


# What result templates call their free texts, in the officers' words.
TEXT_LABELS = {
    "reason": _lazy("Lý do"), "legal_basis": _lazy("Căn cứ pháp lý"), "guidance": _lazy("Hướng dẫn người nộp"),
    "amount": _lazy("Mức tiền"), "bans": _lazy("Cấm đảm nhiệm chức vụ"), "book": _lazy("Quyển sổ"),
    "building_line": _lazy("Chỉ giới xây dựng"), "content": _lazy("Nội dung"), 
    "convictions": _lazy("Tình trạng án tích"),
    "degree": _lazy("Mức độ"), "factor": _lazy("Hệ số"), "from": _lazy("Kể từ"), "grounds": _lazy("Lý do hưởng"),
    "kinds": _lazy("Dạng"), "minutes": _lazy("Biên bản"), "personal_id": _lazy("Số định danh được cấp"),
    "register_number": _lazy("Số đăng ký"), "registered_on": _lazy("Ngày đăng ký"), "remarks": _lazy("Ghi chú"),
    "status": _lazy("Tình trạng"),
}  # fmt: skip
_WRITTEN = re.compile(r'written\(\s*"([a-z0-9_]{1,40})"')
_WITH_DEFAULT = re.compile(r'written\(\s*"([a-z0-9_]{1,40})"\s*,\s*default:')
_BLOCKS = {"reason", "guidance", "content", "remarks", "minutes"}


def texts_of(source: str) -> list[str]:
    """The free texts that a result template asks the specialist for, in the order of the paper."""
    return list(dict.fromkeys(_WRITTEN.findall(source)))


class DraftForm(ActForm):
    """What the result says beyond the answers; fields come from the case's own templates, as `text-<key>`."""

    kind = forms.ChoiceField(choices=Result.Kind.choices, label=_lazy("Kết quả"), widget=forms.RadioSelect,
                             error_messages={"required": _lazy("Chọn loại kết quả"),
                                             "invalid_choice": _lazy("Chọn một loại trong danh sách")})  # fmt: skip
    PREFIX = "text-"

    def __init__(
        self, *args: Any, case: Case, drafted: Result | None, enclosed: Sequence[Enclosure] = (),
        may_enclose: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        approval, refusal = source_of(case), source_of(case, refusal=True)
        self.approval, self.refusal = texts_of(approval), texts_of(refusal)
        self.refusal = list(dict.fromkeys(["reason", *self.refusal]))
        known = dict(drafted.text) if drafted else {}
        self.initial.setdefault("kind", drafted.kind if drafted else Result.Kind.APPROVAL)
        for key in dict.fromkeys([*self.approval, *self.refusal]):
            label = TEXT_LABELS.get(key, key.replace("_", " ").capitalize())
            widget = forms.Textarea(attrs={"rows": 3}) if key in _BLOCKS else forms.TextInput()
            only = self._hint(key, set(_WITH_DEFAULT.findall(approval)))
            field = LineField(max_length=LONG, label=label, required=False, widget=widget, help_text=only)
            self.fields[f"{self.PREFIX}{key}"] = field
            self.initial.setdefault(f"{self.PREFIX}{key}", known.get(key, ""))
        if case.upload_result:
            self.fields["file"] = forms.FileField(required=False, label=_("Tệp kết quả"), help_text=_(
                "PDF, tối đa 20 MB, dùng thay cho mẫu. Trong tệp phải có họ tên người ký, để trống chỗ ký ở trên."
            ))  # fmt: skip

        self.drafted_file = drafted.file if drafted and drafted.uploaded and case.upload_result else ""
        if self.drafted_file:
            self.fields["keep_file"] = forms.BooleanField(
                required=False, initial=True, label=_("Dùng tiếp tệp kết quả đã tải lên"),
                help_text=_("Bỏ chọn để soạn theo mẫu."),
            )  # fmt: skip
        self.enclosed = {str(one.pk): one for one in enclosed}
        if enclosed:
            choices = [(key, one.title) for key, one in self.enclosed.items()]
            self.fields["keep"] = forms.MultipleChoiceField(
                choices=choices, required=False, widget=forms.CheckboxSelectMultiple,
                label=_("Tài liệu kèm theo đã có"), help_text=_("Bỏ chọn tệp không gửi kèm nữa."),
                error_messages={"invalid_choice": _("Chọn tệp trong danh sách")},
            )  # fmt: skip
            self.initial.setdefault("keep", list(self.enclosed))
        if may_enclose:
            self.fields["enclose"] = ManyFilesField(
                label=_("Thêm tài liệu kèm theo"), accept=".pdf", required=False,
                help_text=_("PDF, mỗi tệp tối đa 18 MB, mỗi lần lưu tối đa 60 MB; tệp đã lưu thì giữ nguyên. "
                            "Cơ quan ký số riêng từng tệp, ghi số của văn bản chính."),
            )  # fmt: skip

    def _hint(self, key: str, with_default: set[str]) -> str:
        if key not in self.approval:
            return _("Chỉ dùng khi từ chối.")
        return _("Để trống thì in theo tờ khai hoặc mức quy định.") if key in with_default else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == Result.Kind.REFUSAL and not given.get(f"{self.PREFIX}reason"):
            self.add_error(f"{self.PREFIX}reason", _("Ghi lý do từ chối giải quyết"))
        return given

    def kept_file(self) -> str:
        """The finished result of the draft before, where it is to be used again. Only after `is_valid()`."""
        return self.drafted_file if self.cleaned_data.get("keep_file") else ""

    def kept(self) -> list[Enclosure]:
        """What goes on being enclosed. Only after `is_valid()`."""
        return [self.enclosed[key] for key in self.cleaned_data.get("keep", ())]

    def texts(self) -> dict[str, str]:
        """The texts of the chosen kind that were written. Only after `is_valid()`."""
        wanted = self.refusal if self.cleaned_data["kind"] == Result.Kind.REFUSAL else self.approval
        written = ((key, self.cleaned_data.get(f"{self.PREFIX}{key}", "")) for key in wanted)
        return {key: text for key, text in written if text}


class VerdictForm(ActForm):
    """Đạt or chưa for every paper at once: `verdict-<id>`, and of the wanting ones `why-<id>` and `note-<id>`."""

    OK, NO = "ok", "no"
    WHYS = [(value, label) for value, label in Attachment.Verdict.choices if value not in ("open", "ok")]

    def __init__(self, *args: Any, papers: Sequence[Attachment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.papers = papers
        for paper in papers:
            choices = [(self.OK, _("Đạt")), (self.NO, _("Chưa"))]
            self.fields[f"verdict-{paper.pk}"] = forms.ChoiceField(choices=choices, required=False)
            self.fields[f"why-{paper.pk}"] = forms.ChoiceField(choices=self.WHYS, required=False)
            self.fields[f"note-{paper.pk}"] = LineField(max_length=500, required=False)

    def verdicts(self) -> list[tuple[Attachment, str, str]]:
        """(paper, verdict, what is to be mended) for every paper that was judged. Only after `is_valid()`."""
        found = []
        words = dict(self.WHYS)
        for paper in self.papers:
            said = self.cleaned_data.get(f"verdict-{paper.pk}")
            if said == self.OK:
                found.append((paper, Attachment.Verdict.OK.value, ""))
            elif said == self.NO:
                why = self.cleaned_data.get(f"why-{paper.pk}") or Attachment.Verdict.MISSING.value
                found.append((paper, why, self.cleaned_data.get(f"note-{paper.pk}") or str(words[why])))
        return found
