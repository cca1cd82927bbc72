"""What operators give with a certificate: files, who holds it, and where its key is."""

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.certificates.wording import PROVIDERS
from portal.management.commands.demo_certificates import organisation
from portal.people.office import Office
from procedures.forms import CleanText
from procedures.models import Agency, Position
from signatures.enrolment import Organisation, Person

MOST = 64 * 1024  # bytes of a file of certificates


class CertificateForm(CleanText, forms.Form):
    """Either an officer or an agency within the operator's reach."""

    file = forms.FileField(
        label=_lazy("Tệp chứng thư"), help_text=_lazy("Tệp .pem, .crt, .cer hoặc .der do nơi cấp giao."),
        error_messages={"required": _lazy("Chọn tệp chứng thư"), "empty": _lazy("Tệp rỗng. Chọn tệp khác")},
    )  # fmt: skip
    chain = forms.FileField(
        label=_lazy("Tệp chuỗi chứng thư của nơi cấp"), required=False,
        help_text=_lazy("Khi tệp trên chỉ có chứng thư của người ký."),
    )  # fmt: skip
    username = forms.CharField(
        label=_lazy("Tên đăng nhập của cán bộ"), max_length=150, required=False,
        help_text=_lazy("Cho chữ ký cá nhân. Để trống khi là dấu cơ quan."),
    )  # fmt: skip
    agency = forms.ChoiceField(
        label=_lazy("Cơ quan"), required=False, help_text=_lazy("Cho dấu cơ quan. Để trống khi là chữ ký cá nhân."),
        error_messages={"invalid_choice": _lazy("Chọn một cơ quan trong danh sách")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_lazy("Nơi giữ khóa"),
        error_messages={"required": _lazy("Chọn nơi giữ khóa"), "invalid_choice": _lazy("Chọn một trong các nơi")},
    )
    reference = forms.CharField(
        label=_lazy("Tên khóa hoặc mã tại dịch vụ"), max_length=120,
        help_text=_lazy("Nhãn trong token, HSM; số hiệu hoặc mã chứng thư tại dịch vụ ký từ xa."),
        error_messages={"required": _lazy("Nhập tên khóa hoặc mã tại dịch vụ")},
    )  # fmt: skip
    account = forms.CharField(
        label=_lazy("Tài khoản tại dịch vụ ký từ xa"), max_length=60, required=False,
        help_text=_lazy("Thường là số định danh của người ký. Được mã hóa khi lưu."),
    )  # fmt: skip
    mark = forms.FileField(
        label=_lazy("Ảnh mẫu chữ ký hoặc mẫu dấu"), required=False,
        help_text=_lazy("PNG nền trong suốt: chữ ký màu xanh, dấu màu đỏ."),
    )  # fmt: skip
    seal_mm = forms.IntegerField(
        label=_lazy("Đường kính dấu (mm)"), required=False, min_value=20, max_value=60,
        help_text=_lazy("Để trống để lấy theo cơ quan."),
    )  # fmt: skip

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        agencies = office.reach.agencies().order_by("level", "name_fold").values_list("code", "name")
        self.fields["agency"].choices = [("", _("Không phải dấu cơ quan")), *agencies]  # type: ignore[attr-defined]
        kinds = [(kind, PROVIDERS.get(kind, kind)) for kind in (*settings.SIGNATURE_PROVIDERS, "agent")]
        self.fields["kind"].choices = [("", _("Chọn nơi giữ khóa")), *kinds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for name in ("file", "chain"):
            if (file := given.get(name)) and file.size > MOST:
                self.add_error(name, _("Tệp quá lớn, không phải tệp chứng thư."))
        if bool(given.get("username")) == bool(given.get("agency")):
            self.add_error("username", _("Nhập tên đăng nhập của cán bộ, hoặc chọn cơ quan; chỉ một trong hai."))
        elif holder_of(given.get("username", ""), given.get("agency", ""), None, office=self.office) is None:
            self.add_error("username", _("Không có cán bộ đang giữ vị trí nào với tên này trong phạm vi của bạn."))
        return given

    def holder(self) -> Person | Organisation:
        """Whose certificate it will be; only of a valid form."""
        given = self.cleaned_data
        found = holder_of(given["username"], given["agency"], given["seal_mm"], office=self.office)
        assert found is not None
        return found


def holder_of(username: str, agency: str, seal_mm: int | None, *, office: Office) -> Person | Organisation | None:
    """The officer or the agency, when the operator answers for it today; None otherwise."""
    today = timezone.localdate()
    if agency:
        found: Agency | None = office.reach.agencies().select_related("parent").filter(code=agency).first()
        if found is None:
            return None
        return replace(organisation(found), seal_mm=seal_mm) if seal_mm else organisation(found)
    seats = Position.objects.in_force(today).filter(user__username=username, user__in=office.people())
    seat = seats.select_related("agency", "user").order_by("pk").first()
    if seat is None or not office.answers_for(seat.user, today):
        return None
    return Person(seat.user_id, seat.holder_name, seat.title, seat.agency.name)
