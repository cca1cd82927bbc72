"""What a new copy is made of: the form, with the papers and results of a dossier if there is one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.copy_words import Kind
from dossiers.forms import LineField
from dossiers.models import Result
from dossiers.views.officer.digitise_form import OneFileField, unfit
from dossiers.views.officer.situation import Situation
from portal.floor.dateparts import DatePartsField
from procedures.models import Agency
from signatures.models import SignedDocument


class CopyForm(forms.Form):
    """What is copied, whose it is and for whom. `khoa`: the key of the copy, so that a second click makes no other."""

    use_required_attribute = False
    khoa = forms.UUIDField(widget=forms.HiddenInput)
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_lazy("Cơ quan sao"), empty_label=None)
    kind = forms.ChoiceField(choices=Kind.choices, label=_lazy("Hình thức sao"), widget=forms.RadioSelect,
                             error_messages={"required": _lazy("Chọn hình thức sao")})  # fmt: skip
    nguon = forms.ChoiceField(label=_lazy("Giấy tờ của hồ sơ"), required=False, widget=forms.RadioSelect,
                              error_messages={"invalid_choice": _lazy("Chọn một giấy tờ ở trên")})  # fmt: skip
    tep = OneFileField(label=_lazy("Bản quét từ bản chính"))
    tep.error_messages["required"] = _lazy("Tải bản quét lên, hoặc mở hồ sơ có giấy tờ cần sao")
    trang = LineField(label=_lazy("Trang cần trích"), max_length=60, required=False,
                      help_text=_lazy("Chỉ với trích sao: như 1-3 hoặc 2, 5."))  # fmt: skip
    name = LineField(label=_lazy("Tên bản chính"), max_length=300, required=False,
                     error_messages={"required": _lazy("Ghi tên bản chính")},
                     help_text=_lazy("Như ghi trên bản chính: Giấy khai sinh, Bằng tốt nghiệp…"))  # fmt: skip
    number = LineField(label=_lazy("Số, ký hiệu của bản chính"), max_length=60, required=False)
    date = DatePartsField(label=_lazy("Ngày cấp"), required=False)
    issuer = LineField(label=_lazy("Nơi ban hành, nơi cấp"), max_length=200, required=False,
                       error_messages={"required": _lazy("Ghi nơi ban hành bản chính")})  # fmt: skip
    holder = LineField(label=_lazy("Cấp cho ai"), max_length=200, required=False)
    asker = LineField(label=_lazy("Người yêu cầu"), max_length=200,
                      error_messages={"required": _lazy("Ghi họ tên người yêu cầu")})  # fmt: skip
    identity = LineField(label=_lazy("Số giấy tờ tùy thân của người yêu cầu"), max_length=20, required=False,
                         help_text=_lazy("Bắt buộc khi chứng thực: ghi vào sổ chứng thực."))  # fmt: skip

    def __init__(self, *args: Any, agencies: Any, situation: Situation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.situation = situation
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        if len(agencies) == 1:
            self.fields["agency"].widget = forms.HiddenInput()
        if situation is None:
            del self.fields["nguon"]
            for name in ("tep", "name", "issuer"):  # nothing else says what the original is
                self.fields[name].required = True
            return
        choices = [
            (f"giay-{one.pk}", situation.name_of(one)) for one in situation.papers if not unfit(one.content_type)
        ]
        choices += [(f"ket-qua-{one.pk}", str(one)) for one in results(situation)]
        self.fields["nguon"].choices = [*choices, ("", _("Không, tải bản quét lên"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        source = given.get("nguon", "")
        if self.situation and bool(source) == bool(given.get("tep")) and not self.errors.keys() & {"tep", "nguon"}:
            self.add_error("tep", _("Chọn một giấy tờ của hồ sơ, hoặc tải bản quét lên"))
        if not source.startswith("ket-qua-"):
            for name, words in (("name", _("Ghi tên bản chính")), ("issuer", _("Ghi nơi ban hành bản chính"))):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, words)
        if given.get("kind") == Kind.PART and not given.get("trang"):
            self.add_error("trang", _("Ghi trang cần trích, như 1-3 hoặc 2, 5"))
        if given.get("kind") == Kind.CERTIFIED and not given.get("identity") and "identity" not in self.errors:
            self.add_error("identity", _("Ghi số giấy tờ tùy thân của người yêu cầu chứng thực"))
        return given


def results(situation: Situation) -> Sequence[Result]:
    """The results that were issued with signatures in the file, and hold."""
    found = situation.dossier.results.select_related("sealing_agency", "dossier__case").exclude(issued_at=None)
    signed = SignedDocument.objects.filter(pk=OuterRef("signed_document_id"))
    return list(found.filter(Exists(signed), superseded_at=None, recalled_at=None))
