"""What operators give with a root."""

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from procedures.forms import CleanText
from signatures.models import TrustedRoot


class RootForm(CleanText, forms.Form):
    file = forms.FileField(
        label=_lazy("Tệp chứng thư"), help_text=_lazy("Tệp .pem, .crt, .cer hoặc .der, một chứng thư."),
        error_messages={"required": _lazy("Chọn tệp chứng thư"), "empty": _lazy("Tệp rỗng. Chọn tệp khác")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_lazy("Loại"), choices=TrustedRoot.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": _lazy("Chọn loại"), "invalid_choice": _lazy("Chọn một trong các loại")},
    )  # fmt: skip
    document = forms.CharField(
        label=_lazy("Văn bản căn cứ"), max_length=300,
        help_text=_lazy("Số, ngày, nơi ban hành văn bản công bố hoặc cấp phép."),
        error_messages={"required": _lazy("Nhập văn bản căn cứ")},
    )  # fmt: skip
