"""What citizens fill in besides the procedure's own electronic form."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.files import LIMIT_TEXT
from dossiers.models import Dossier
from portal.floor.vietnamese import BadText, clean, fold
from procedures.eforms import addresses, identity
from procedures.models import Agency

FEW = 6  # up to so many choices are radio buttons


class LineField(forms.CharField):
    """One line or block of text in NFC, without characters that no page can show."""

    def to_python(self, value: Any) -> str:
        try:
            return clean(super().to_python(value) or "")
        except BadText as mistake:
            raise forms.ValidationError(str(mistake)) from None


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; what they are is judged by `dossiers.files`."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [file for file in data or [] if file]

    def __init__(
        self, *, label: Any = None, help_text: Any = LIMIT_TEXT, accept: str = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        # Drawn without “không bắt buộc”: the card says what is required, and `clean` takes none as well.
        super().__init__(label=label or _lazy("Chọn tệp hoặc chụp ảnh"), help_text=help_text, **kwargs)
        self.widget.attrs["accept"] = accept


class FilesForm(forms.Form):
    """One chooser per paper."""

    PREFIX = "tep-"

    def __init__(self, keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(use_required_attribute=False, **kwargs)
        for key in keys:
            self.fields[f"{self.PREFIX}{key}"] = ManyFilesField()

    def chooser(self, key: str) -> forms.BoundField:
        return self[f"{self.PREFIX}{key}"]

    def chosen(self) -> dict[str, list[Any]]:
        """Uploaded files by paper."""
        given = {name.removeprefix(self.PREFIX): self.files.getlist(name) for name in self.fields}
        return {key: uploads for key, uploads in given.items() if uploads}


class StartForm(forms.Form):
    """Where to file; asked only when more than one agency receives the procedure."""

    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label=_lazy("Bạn nộp ở đâu?"),
        help_text=_lazy("Chọn nơi bạn đang ở. Hồ sơ gửi thẳng đến bộ phận một cửa của nơi đó."),
        empty_label=_lazy("Chọn nơi nộp"),
        error_messages={
            "required": _lazy("Chọn nơi nộp hồ sơ"),
            "invalid_choice": _lazy("Nơi này không nhận thủ tục này. Chọn một nơi trong danh sách"),
        },
    )

    def __init__(self, agencies: Sequence[Agency], address: str, **kwargs: Any) -> None:
        super().__init__(use_required_attribute=False, **kwargs)
        self.agencies = agencies
        if len(agencies) < 2:
            del self.fields["agency"]
            return
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Agency.objects.filter(pk__in=[agency.pk for agency in agencies]).order_by("name_fold")
        if len(agencies) <= FEW:
            field.widget = forms.RadioSelect(choices=[(agency.pk, agency.name) for agency in agencies])
        self.initial.setdefault("agency", _near(agencies, address))

    @property
    def place(self) -> Agency:
        """The chosen or the only one. Only after `is_valid()`."""
        chosen: Agency = self.cleaned_data.get("agency") or self.agencies[0]
        return chosen


class GroupStartForm(StartForm):
    """Which of the optional procedures come along, and where the whole is filed."""

    members = forms.MultipleChoiceField(
        required=False,
        label=_lazy("Làm thêm cùng lúc"),
        help_text=_lazy("Bỏ đánh dấu việc bạn không cần."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _lazy("Chọn trong các việc của nhóm này")},
    )

    def __init__(
        self, agencies: Sequence[Agency], address: str, optional: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(agencies, address, **kwargs)
        self.order_fields(["members", "agency"])
        field = self.fields["members"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = optional
        if not optional:
            del self.fields["members"]

    @property
    def chosen(self) -> set[int]:
        """Ids of the members ticked. Only after `is_valid()`."""
        return {int(pk) for pk in self.cleaned_data.get("members", ())}


def _near(agencies: Sequence[Agency], address: str) -> int | None:
    """The agency whose unit (“xã Xuân Lôi”) stands in the address, if exactly one does."""
    home = fold(address)
    near = [agency.pk for agency in agencies if agency.name_fold.removeprefix("uy ban nhan dan ") in home]
    return near[0] if len(near) == 1 else None


class DeliveryForm(forms.Form):
    """How the result comes back, and how to reach the person meanwhile."""

    phone = LineField(
        max_length=20,
        label=_lazy("Số điện thoại của bạn"),
        help_text=_lazy("Để một cửa hoặc bưu tá gọi khi cần."),
        error_messages={"required": _lazy("Nhập số điện thoại")},
    )
    email = forms.EmailField(
        required=False,
        label=_lazy("Thư điện tử"),
        max_length=254,
        help_text=_lazy("Chúng tôi báo vào đây mỗi khi hồ sơ sang bước mới."),
        error_messages={"invalid": _lazy("Nhập địa chỉ thư điện tử, ví dụ ten@example.vn")},
    )
    mode = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_lazy("Chọn một cách"),
        error_messages={
            "required": _lazy("Chọn cách nhận kết quả"),
            "invalid_choice": _lazy("Chọn một cách nhận trong danh sách"),
        },
    )
    name = LineField(required=False, max_length=200, label=_lazy("Họ và tên người nhận bưu phẩm"))
    address = LineField(required=False, max_length=250, label=_lazy("Địa chỉ nhận bưu phẩm"),
                        help_text=_lazy("Số nhà, thôn, xã, huyện, tỉnh; cách nhau bằng dấu phẩy."))  # fmt: skip

    def __init__(self, *, desk: str, unit_set: str, **kwargs: Any) -> None:
        super().__init__(use_required_attribute=False, **kwargs)
        self.unit_set = unit_set
        mode = Dossier.ReturnMode
        field = self.fields["mode"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (mode.POST, _("Bưu điện giao tận nơi, bạn trả cước khi nhận")),
            (mode.DESK, _("Đến %(desk)s nhận") % {"desk": desk}),
            (mode.ONLINE, _("Chỉ cần bản điện tử có chữ ký số, tải tại trang này")),
        ]
        for name, token in (("phone", "tel"), ("email", "email"), ("name", "name"), ("address", "street-address")):
            self.fields[name].widget.attrs["autocomplete"] = token

    def clean_phone(self) -> str:
        try:
            return identity.phone(self.cleaned_data["phone"])
        except identity.Refused as mistake:
            raise forms.ValidationError(str(mistake)) from None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("mode") == Dossier.ReturnMode.POST:
            if not given.get("name") and "name" not in self.errors:
                self.add_error("name", _("Nhập họ và tên người nhận bưu phẩm"))
            if "address" not in self.errors and (wrong := self._wrong_address(given.get("address", ""))):
                self.add_error("address", wrong)
        return given

    def _wrong_address(self, text: str) -> str:
        if not text:
            return _("Nhập địa chỉ nhận bưu phẩm")
        if text.count(",") < 2:
            return _("Địa chỉ còn thiếu. Ghi đủ số nhà hoặc thôn, xã, huyện, tỉnh, cách nhau bằng dấu phẩy")
        known = bool(addresses.options(self.unit_set))
        if known and "commune" not in addresses.locate(text, self.unit_set):
            return _("Không tìm thấy xã, huyện, tỉnh này trong danh mục. Ghi đúng tên theo thẻ căn cước của bạn")
        return ""


class DeclarationForm(forms.Form):
    """The last word before sending."""

    agree = forms.BooleanField(
        label=_lazy("Tôi cam đoan những gì đã khai và gửi là đúng sự thật, và chịu trách nhiệm trước pháp luật."),
        error_messages={"required": _lazy("Đánh dấu vào lời cam đoan trước khi gửi")},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(use_required_attribute=False, **kwargs)


class WithdrawalForm(forms.Form):
    reason = LineField(max_length=500, label=_lazy("Vì sao bạn rút hồ sơ?"), widget=forms.Textarea(attrs={"rows": 3}),
                       error_messages={"required": _lazy("Ghi lý do rút hồ sơ")})  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(use_required_attribute=False, **kwargs)


class SignedFileForm(forms.Form):
    """A PDF somebody holds in hand and wants to trust."""

    file = forms.FileField(
        label=_lazy("Tệp PDF"),
        help_text=_lazy("Bản gốc bạn nhận được, tối đa 20 MB. Chúng tôi không giữ lại tệp này."),
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        error_messages={"required": _lazy("Chọn tệp PDF cần kiểm tra"), "empty": _lazy("Tệp rỗng. Hãy chọn lại tệp")},
    )
    MAX_BYTES = 20 * 1024 * 1024

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(use_required_attribute=False, **kwargs)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.MAX_BYTES:
            raise forms.ValidationError(_("Tệp lớn hơn 20 MB nên không phải bản chúng tôi phát hành."))
        if file.read(5) != b"%PDF-":
            raise forms.ValidationError(_("Đây không phải tệp PDF. Hãy chọn bản PDF gốc, không phải ảnh chụp."))
        file.seek(0)
        return file
