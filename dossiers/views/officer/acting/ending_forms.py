"""What is written down when a dossier ends: who took what, where it lies, why it is made anew."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.forms import LineField
from dossiers.models import HandedPaper
from dossiers.officer_forms import LONG, ActForm
from dossiers.returning import Capacity


def _scan(label: Any, hint: Any, *, pad: bool = False) -> forms.FileField:
    """A file to choose; with `pad`, somebody may also sign it there (static/js/pad.js)."""
    attrs = {"accept": ".pdf,.jpg,.jpeg,.png"} | ({"data-pad": True} if pad else {})
    errors = {"empty": _lazy("Tệp rỗng. Chụp lại rồi chọn tệp khác")}
    widget = forms.FileInput(attrs=attrs)
    return forms.FileField(required=False, label=label, help_text=hint, widget=widget, error_messages=errors)


class OriginalsForm(ActForm):
    """Held originals as a checklist; what is ticked is given back. Without any there is no list."""

    def __init__(self, *args: Any, originals: Sequence[HandedPaper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if originals:
            self.fields["originals"] = forms.TypedMultipleChoiceField(
                coerce=int, label=_("Bản chính đang giữ, đánh dấu từng giấy khi trả"),
                widget=forms.CheckboxSelectMultiple, choices=[(one.pk, _held(one)) for one in originals],
                error_messages={"required": _("Trả bản chính rồi đánh dấu từng giấy"),
                                "invalid_choice": _("Giấy này không còn ở đây. Tải lại trang rồi đánh dấu lại.")},
            )  # fmt: skip
            self.order_fields(self.field_order)

    def given_back(self) -> list[int]:
        """The originals that were ticked, by key. Only after `is_valid()`."""
        return list(self.cleaned_data.get("originals", ()))


def _held(one: HandedPaper) -> str:
    return _("%(name)s (%(n)d bản chính)") % {"name": one.name, "n": one.held}


class HandOutForm(OriginalsForm):
    """Who came, what they showed, what they got."""

    capacity = forms.ChoiceField(choices=Capacity.choices, label=_lazy("Ai nhận"), widget=forms.RadioSelect,
                                 initial=Capacity.OWNER,
                                 error_messages={"required": _lazy("Chọn người nhận là ai"),
                                                 "invalid_choice": _lazy("Chọn một ở trên")})  # fmt: skip
    collector = LineField(max_length=200, label=_lazy("Họ và tên người nhận"),
                          help_text=_lazy("Như trên giấy tờ."),
                          error_messages={"required": _lazy("Ghi họ và tên người nhận")})  # fmt: skip
    paper = LineField(max_length=200, label=_lazy("Giấy tờ đã xem"),
                      help_text=_lazy("Loại và số, ví dụ: Căn cước 026190001234."),
                      error_messages={"required": _lazy("Ghi giấy tờ bạn đã xem")})  # fmt: skip
    authorisation = LineField(max_length=200, required=False, label=_lazy("Giấy ủy quyền"),
                              help_text=_lazy("Số, ngày; chỉ khi nhận thay chủ hồ sơ."))  # fmt: skip
    shown = _scan(_lazy("Bản chụp giấy ủy quyền"), _lazy("Chỉ khi nhận thay chủ hồ sơ."))
    lost = forms.BooleanField(required=False, label=_lazy("Người nhận không còn giấy hẹn"))
    signed = _scan(_lazy("Chữ ký người nhận"), _lazy("Bản chụp giấy hẹn đã ký nhận, hoặc ảnh chữ ký."), pad=True)
    field_order = ("version", "originals", "capacity", "collector", "paper", "authorisation", "shown", "lost", "signed")

    class Media:
        js = (forms.Script("js/pad.js", type="module"),)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("capacity") == Capacity.PROXY and not given.get("authorisation"):
            self.add_error("authorisation", _("Ghi số, ngày của giấy ủy quyền bạn đã xem"))
        if given.get("originals") and len(given["originals"]) < len(self.fields["originals"].choices):  # type: ignore[attr-defined]
            self.add_error("originals", _("Trả hết bản chính rồi đánh dấu từng giấy"))
        return given


class GiveBackForm(OriginalsForm):
    field_order = ("version", "originals", "to")
    to = LineField(max_length=200, label=_lazy("Người nhận lại"), help_text=_lazy("Họ và tên, giấy tờ đã xem."),
                   error_messages={"required": _lazy("Ghi người nhận lại bản chính")})  # fmt: skip


class ShelfForm(ActForm):
    place = LineField(max_length=60, label=_lazy("Nơi cất"), help_text=_lazy("Ví dụ: Tủ 2, ngăn 4."),
                      error_messages={"required": _lazy("Ghi nơi cất kết quả")})  # fmt: skip


class ArchiveForm(ActForm):
    shelf = LineField(max_length=60, required=False, label=_lazy("Nơi lưu bản giấy"),
                      help_text=_lazy("Kho, giá, hộp. Để trống nếu hồ sơ không có bản giấy."))  # fmt: skip


class CorrectionForm(ActForm):
    reason = LineField(max_length=LONG, label=_lazy("Kết quả sai ở đâu"), widget=forms.Textarea(attrs={"rows": 3}),
                       help_text=_lazy("Người nộp đọc được trong thư xin lỗi."),
                       error_messages={"required": _lazy("Ghi kết quả sai ở đâu")})  # fmt: skip


class PrintForm(ActForm):
    """Which of the papers that are made when somebody needs them."""

    what = forms.ChoiceField(label=_lazy("Giấy cần in"), widget=forms.RadioSelect,
                             error_messages={"required": _lazy("Chọn giấy cần in"),
                                             "invalid_choice": _lazy("Chọn một giấy ở trên")})  # fmt: skip

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)
        field.initial = choices[0][0]
