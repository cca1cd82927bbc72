"""Entering a certificate: read and checked, looked at, then kept. The same checks as the command's."""

import base64
import datetime as dt
from dataclasses import dataclass
from typing import Any

from asn1crypto import x509
from django.contrib import messages
from django.core import signing as seals
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.certificates.entry_form import CertificateForm, holder_of
from portal.certificates.listing import BASE
from portal.certificates.wording import PROVIDERS, common_name, days, whole_name
from portal.floor.ports import PortError
from portal.floor.web import ActorRequest
from portal.people.access import form_page, people_office, refusal
from portal.people.office import Office
from procedures.history import record
from signatures import enrolment, marks, verification
from signatures.refusals import SigningRefused

SALT, AN_HOUR = "certificate", 3600


@dataclass(frozen=True, slots=True)
class Entry:
    """What was given, as it travels inside the preview: DER and PNG in base64."""

    chain: list[str]
    kind: str
    reference: str
    account: str
    username: str
    agency: str
    mark: str
    seal_mm: int | None


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def enter(request: ActorRequest, office: Office) -> HttpResponse:
    """The files travel signed inside the preview, so that what is confirmed is what was seen."""
    if request.method == "POST" and "chung-thu" in request.POST:
        return _registered(request, office)
    form = CertificateForm(request.POST or None, request.FILES or None, office=office)
    if form.is_bound and form.is_valid():
        try:
            return _preview(request, form)
        except SigningRefused as refused:
            form.add_error(None, str(refused))
        except PortError:
            form.add_error(None, _("Nơi cấp chứng thư chưa trả lời. Thử lại sau vài phút"))
    return form_page(
        request, form, title=_("Thêm chứng thư số"), submit=_("Xem trước"), back=(BASE, _("Chứng thư số")),
        intro=[_("Khóa bí mật ở lại trong thiết bị hoặc dịch vụ ký. Ở đây chỉ nhận chứng thư.")],
    )  # fmt: skip


def _preview(request: ActorRequest, form: CertificateForm) -> HttpResponse:
    given = form.cleaned_data
    chain = enrolment.read_chain(given["file"].read())
    if given["chain"]:
        chain = [chain[0], *chain[1:], *enrolment.read_chain(given["chain"].read())]
    mark = given["mark"].read() if given["mark"] else b""
    holder = form.holder()
    if mark:
        marks.check(mark, seal=isinstance(holder, enrolment.Organisation))
    if enrolment.examine(holder, chain, account=given["account"], online=True):
        raise SigningRefused(_("Chứng thư số này đã đăng ký cho đúng người này."))
    entry = [
        [base64.b64encode(one.dump()).decode() for one in chain], given["kind"], given["reference"], given["account"],
        given["username"], given["agency"], base64.b64encode(mark).decode(), given["seal_mm"],
    ]  # fmt: skip
    own = chain[0]
    context = {
        "title": _("Xem trước chứng thư số"),
        "summary": common_name(own.subject),
        "columns": [_("Mục"), _("Nội dung")],
        "rows": [{"cells": [label, text]} for label, text in _facts(own, holder, given, mark)],
        "hidden": [("chung-thu", seals.dumps(entry, salt=SALT, compress=True))],
        "submit": _("Đăng ký chứng thư này"),
        "warnings": _warnings(own, holder, mark=mark),
        "back": {"url": f"{BASE}/them", "text": _("Sửa lại")},
    }
    return render(request, "procedures/admin/organisation/preview.html", context)


def _facts(
    own: x509.Certificate, holder: enrolment.Person | enrolment.Organisation, given: dict[str, Any], mark: bytes
) -> list[tuple[str, str]]:
    key = own.public_key
    facts = [
        (_("Người giữ"), holder.name),
        (_("Chủ thể"), whole_name(own.subject)),
        (_("Số hiệu"), f"{own.serial_number:x}"),
        (_("Nơi cấp"), whole_name(own.issuer)),
        (_("Hiệu lực"), days(own.not_valid_before, own.not_valid_after)),
        (_("Khóa"), f"{key.algorithm.upper()} {key.bit_size}"),
        (_("Tình trạng thu hồi"), _("Không bị thu hồi, đã hỏi nơi cấp lúc này")),
        (_("Nơi giữ khóa"), str(PROVIDERS.get(given["kind"], given["kind"]))),
        (_("Tên khóa hoặc mã tại dịch vụ"), given["reference"]),
        (_("Mẫu chữ ký, mẫu dấu"), _("Có") if mark else _("Không, chữ ký không hiển thị")),
    ]
    if isinstance(holder, enrolment.Organisation):
        facts.append((_("Đường kính dấu"), f"{holder.seal_mm} mm"))
    return facts


def _warnings(own: x509.Certificate, holder: enrolment.Person | enrolment.Organisation, *, mark: bytes) -> list[str]:
    found = []
    if common_name(own.subject).casefold() != holder.name.casefold():
        found.append(_("Tên trong chứng thư khác tên người giữ. Kiểm tra trước khi đăng ký."))
    if isinstance(holder, enrolment.Person) and not verification.identity_of(own):
        found.append(_("Chứng thư không ghi số định danh, nên chỉ đối chiếu được bằng tên."))
    if not mark:
        found.append(_("Chưa có mẫu chữ ký hoặc mẫu dấu: không ký được kết quả cần hiển thị chữ ký."))
    return found


def _registered(request: ActorRequest, office: Office) -> HttpResponse:
    try:
        entry = Entry(*seals.loads(request.POST["chung-thu"], salt=SALT, max_age=AN_HOUR))
    except seals.BadSignature:
        return refusal(request, _("Bản xem trước đã quá một giờ. Chọn lại tệp"), f"{BASE}/them")
    holder = holder_of(entry.username, entry.agency, entry.seal_mm, office=office)
    if holder is None:
        return refusal(request, _("Người hoặc cơ quan này không còn thuộc phạm vi của bạn"), f"{BASE}/them")
    try:
        one = _kept(request, entry, holder, at=timezone.now())
    except SigningRefused as refused:
        return refusal(request, str(refused), f"{BASE}/them")
    messages.success(request, _("Đã đăng ký chứng thư số"))
    return redirect("certificate", one)


def _kept(
    request: ActorRequest, entry: Entry, holder: enrolment.Person | enrolment.Organisation, *, at: dt.datetime
) -> str:
    """Registered with its line in the history; its serial number. The authority was asked for the preview."""
    with transaction.atomic():
        one = enrolment.register(
            holder, kind=entry.kind, reference=entry.reference, account=entry.account,
            chain=[base64.b64decode(each) for each in entry.chain],
            mark=base64.b64decode(entry.mark) or None,
        )  # fmt: skip
        record(
            "certificate.registered", by=request.actor, at=at, subject=f"{holder.name}, {one.serial}",
            key=entry.username or entry.agency, changes={str(_("Nơi giữ khóa")): ("", entry.kind)},
        )  # fmt: skip
    return str(one.serial)
