"""What is written down at the counter, besides the procedure's own form."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.applicants import Applicant
from dossiers.counter import Handed
from dossiers.forms import LineField
from dossiers.models import Dossier, Payment, ReservedCode
from portal.floor.dateparts import DatePartsField
from procedures.eforms import identity
from procedures.models import Agency, RequiredDocument

PERSON, ORGANISATION = "person", "organisation"
MOST = 99  # of one paper
Channel, Identified, Mode = Dossier.Channel, Dossier.Identified, Dossier.ReturnMode
WHEN = ("%H:%M %d/%m/%Y", "%H:%M, %d/%m/%Y", "%d/%m/%Y %H:%M")


def _line(label: Any, size: int = 200, *, required: bool = False, **given: Any) -> LineField:
    return LineField(max_length=size, label=label, required=required, **given)


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=False, input_formats=WHEN, help_text=_lazy("Giờ và ngày, ví dụ 08:15 23/11/2026."),
        error_messages={"invalid": _lazy("Nhập giờ và ngày, ví dụ 08:15 23/11/2026")},
    )  # fmt: skip


class TakingForm(forms.Form):
    """The people, the way it came and goes back. `several`: the competent agencies when there is a choice."""

    prefix = "quay"

    kind = forms.ChoiceField(choices=[(PERSON, _lazy("Cá nhân")), (ORGANISATION, _lazy("Tổ chức"))],
                             label=_lazy("Chủ hồ sơ là"), widget=forms.RadioSelect, initial=PERSON)  # fmt: skip
    name = _line(_lazy("Họ và tên hoặc tên tổ chức"), required=True,
                 error_messages={"required": _lazy("Nhập tên chủ hồ sơ")})  # fmt: skip
    identity = _line(_lazy("Số định danh hoặc mã số thuế"), 40)
    birth_on = DatePartsField(label=_lazy("Ngày sinh"), required=False)
    sex = forms.ChoiceField(choices=[("", "–"), ("male", _lazy("Nam")), ("female", _lazy("Nữ"))], 
                            label=_lazy("Giới tính"), required=False)  # fmt: skip
    address = _line(_lazy("Nơi ở hoặc trụ sở"), 250)
    phone = _line(_lazy("Điện thoại"), 20)
    email = forms.EmailField(label=_lazy("Thư điện tử"), required=False, max_length=254,
                             error_messages={"invalid": _lazy("Nhập địa chỉ thư, ví dụ ten@example.vn")})  # fmt: skip
    identified = forms.ChoiceField(
        choices=[choice for choice in Identified.choices if choice[0] != Identified.ACCOUNT],
        label=_lazy("Kiểm tra giấy tờ tùy thân"), initial=Identified.CARD,
    )  # fmt: skip
    other_name = _line(_lazy("Người đến nộp, nếu không phải chủ hồ sơ"))
    other_identity = _line(_lazy("Số định danh của người đến nộp"), 20)
    other_phone = _line(_lazy("Điện thoại của người đến nộp"), 20)
    authorisation = _line(
        _lazy("Giấy ủy quyền"), 300, help_text=_lazy("Số, ngày, nơi chứng thực. Để trống nếu nộp hộ.")
    )
    channel = forms.ChoiceField(
        choices=[(Channel.DIRECT, _lazy("Trực tiếp")), (Channel.POST, _lazy("Bưu chính"))],
        label=_lazy("Hồ sơ đến bằng cách"), widget=forms.RadioSelect, initial=Channel.DIRECT,
    )  # fmt: skip
    handed_over_at = _moment(_lazy("Giờ của biên bản giao nhận với bưu tá"))
    mobile = _line(_lazy("Nơi tiếp nhận lưu động"), help_text=_lazy("Chỉ ghi khi tiếp nhận ngoài trụ sở."))
    competent = forms.ModelChoiceField(
        Agency.objects.none(), label=_lazy("Cơ quan giải quyết"), required=False, empty_label=_lazy("Chọn cơ quan"),
    )  # fmt: skip
    mode = forms.ChoiceField(choices=Mode.choices, label=_lazy("Nhận kết quả"), widget=forms.RadioSelect,
                             initial=Mode.DESK)  # fmt: skip
    to_name = _line(_lazy("Người nhận bưu phẩm"))
    to_phone = _line(_lazy("Điện thoại người nhận"), 20)
    to_address = _line(_lazy("Địa chỉ nhận bưu phẩm"), 250)
    ticket = _line(_lazy("Số thứ tự tại quầy"), 20)
    reserved = forms.ModelChoiceField(
        ReservedCode.objects.none(), label=_lazy("Mã đã ghi trên sổ giấy"), required=False,
        empty_label=_lazy("Không, hồ sơ nhận bây giờ"), to_field_name="code",
    )  # fmt: skip
    received_at = _moment(_lazy("Giờ nhận ghi trên sổ giấy"))

    def __init__(self, *args: Any, several: Sequence[Agency], agency: Agency, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self._choices("competent", Agency.objects.filter(pk__in=[one.pk for one in several]).order_by("name_fold"))
        unused = ReservedCode.objects.filter(agency=agency, dossier=None, voided_at=None).order_by("on", "serial")
        self._choices("reserved", unused)
        if len(several) < 2:
            del self.fields["competent"]
        elif agency in several:
            self.initial.setdefault("competent", agency.pk)
        if "reserved" in self.fields and not unused.exists():
            del self.fields["reserved"], self.fields["received_at"]
        self.fields["identity"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("phone", "other_phone", "to_phone"):
            self._number(given, name, identity.phone)
        today = timezone.localdate()
        organisation = given.get("kind") == ORGANISATION
        # A passport or a birth certificate has other numbers.
        if organisation or given.get("identified") in (Identified.CHIP, Identified.CARD):
            self._number(
                given,
                "identity",
                lambda text: (identity.tax_code if organisation else identity.personal_id)(text, today),
            )
            if not given.get("identity") and "identity" not in self.errors:
                self.add_error("identity", _("Nhập số định danh, hoặc chọn cách kiểm tra khác"))
        self._number(given, "other_identity", lambda text: identity.personal_id(text, today))
        if given.get("authorisation") and not given.get("other_name"):
            self.add_error("other_name", _("Ghi tên người được ủy quyền"))
        if given.get("reserved") and not given.get("received_at"):
            self.add_error("received_at", _("Ghi giờ nhận như trên sổ giấy"))
        if given.get("mode") == Mode.POST and not given.get("to_address"):
            self.add_error("to_address", _("Nhập địa chỉ nhận bưu phẩm"))
        return given

    def _number(self, given: dict[str, Any], name: str, read: Any) -> None:
        if not given.get(name):
            return
        try:
            given[name] = read(given[name])
        except identity.Refused as mistake:
            self.add_error(name, str(mistake))

    @property
    def owner(self) -> Applicant:
        """The owner as far as written down, also while something else is wrong. Only after `is_valid()` was asked."""
        given = getattr(self, "cleaned_data", {})
        born = given.get("birth_on")
        return Applicant(
            name=given.get("name", ""), identity=given.get("identity", ""), sex=given.get("sex", ""),
            is_organisation=given.get("kind") == ORGANISATION, phone=given.get("phone", ""),
            email=given.get("email", ""), address=given.get("address", ""),
            birth_on=born.isoformat() if isinstance(born, dt.date) else "",
        )  # fmt: skip

    @property
    def submitter(self) -> Applicant | None:
        given = self.cleaned_data
        name = given["other_name"]
        return Applicant(name=name, identity=given["other_identity"], phone=given["other_phone"]) if name else None

    @property
    def collector(self) -> dict[str, str]:
        given = self.cleaned_data
        if given["mode"] != Mode.POST:
            return {}
        return {"name": given["to_name"], "phone": given["to_phone"], "address": given["to_address"]}


class PapersForm(forms.Form):
    """Ticked or not, and how many of each: `co`, `chinh`, `ct`, `sao`, `giu` with the key of the paper."""

    prefix = "giay"
    COUNTS = (("chinh", "originals", _lazy("Bản chính")), ("ct", "certified", _lazy("Chứng thực")),
              ("sao", "copies", _lazy("Bản sao")), ("giu", "held", _lazy("Giữ lại")))  # fmt: skip

    def __init__(self, documents: Sequence[RequiredDocument], **kwargs: Any) -> None:
        super().__init__(use_required_attribute=False, **kwargs)
        self.documents = documents
        for number, document in enumerate(documents, 1):
            tick = forms.CheckboxInput(attrs={"aria-keyshortcuts": str(number)} if number < 10 else {})
            self.fields[f"co-{document.key}"] = forms.BooleanField(required=False, label=document.name, widget=tick)
            for code, name, label in self.COUNTS:
                usual = getattr(document, name, 0)
                self.fields[f"{code}-{document.key}"] = forms.IntegerField(
                    required=False, min_value=0, max_value=MOST, initial=usual, label=label,
                    widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "in cnt"}),
                    error_messages={"invalid": _lazy("Nhập số bản"), "max_value": _lazy("Nhiều nhất 99 bản")},
                )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for document in self.documents:
            counts = self._counts(given, document)
            if not given.get(f"co-{document.key}") or self.errors:
                continue
            if not counts["originals"] + counts["certified"] + counts["copies"]:
                self.add_error(f"chinh-{document.key}", _("%(name)s: ghi số bản đã nhận") % {"name": document.name})
            elif counts["held"] > counts["originals"]:
                self.add_error(
                    f"giu-{document.key}", _("%(name)s: giữ lại nhiều hơn số bản chính") % {"name": document.name}
                )
        return given

    def _counts(self, given: Mapping[str, Any], document: RequiredDocument) -> dict[str, Any]:
        return {name: given.get(f"{code}-{document.key}") or 0 for code, name, _label in self.COUNTS}

    def handed(self) -> list[Handed]:
        """The ticked papers. Only after `is_valid()`."""
        given = self.cleaned_data
        ticked = (document for document in self.documents if given[f"co-{document.key}"])
        return [Handed(key=document.key, **self._counts(given, document)) for document in ticked]

    def rows(self) -> list[dict[str, Any]]:
        """What the page draws, one row per paper."""
        return [
            {
                "number": number, "tick": self[f"co-{document.key}"], "document": document,
                "errors": [text for code, _n, _l in self.COUNTS for text in self[f"{code}-{document.key}"].errors],
                "counts": [self[f"{code}-{document.key}"] for code, _name, _label in self.COUNTS],
            }
            for number, document in enumerate(self.documents, 1)
        ]  # fmt: skip


class AnswerForm(forms.Form):
    """What else is said with the button: the letter's words, the refusal, the result given on the spot."""

    prefix = "xong"

    note = _line(_lazy("Lời nhắn trong phiếu yêu cầu bổ sung"), 2000)
    reason = _line(_lazy("Lý do từ chối"), 2000)
    legal_basis = _line(_lazy("Căn cứ pháp lý"), 300)
    number = _line(_lazy("Số của kết quả"), 40, help_text=_lazy("Để trống thì lấy số tiếp theo của sổ."))
    text = _line(_lazy("Nội dung kết quả"), 500)
    paid = forms.ChoiceField(
        choices=[("", _lazy("Chưa thu")), (Payment.Method.CASH, Payment.Method.CASH.label),
                 (Payment.Method.TRANSFER, Payment.Method.TRANSFER.label)],
        label=_lazy("Thu phí, lệ phí"), required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, refuses: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.refuses = refuses

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.refuses:
            for name, words in (
                ("reason", _("Ghi lý do từ chối")),
                ("legal_basis", _("Ghi điều khoản là căn cứ từ chối")),
            ):
                if not given.get(name):
                    self.add_error(name, words)
        return given
