"""Adding a root, looked at before it counts, and no longer trusting one. Each act is recorded."""

import base64
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.certificates.forms import RootForm
from portal.certificates.store import BASE, of_the_province
from portal.certificates.wording import common_name, days, printed, whole_name
from portal.floor.web import ActorRequest
from portal.people.access import form_page, people_office, refusal
from portal.people.forms import ReasonForm
from portal.people.office import Office
from procedures.history import record
from signatures import truststore
from signatures.models import TrustedRoot
from signatures.refusals import SigningRefused

SALT, AN_HOUR = "trusted root", 3600


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def add(request: ActorRequest, office: Office) -> HttpResponse:
    """The file travels signed inside the preview, so that what is confirmed is what was seen."""
    of_the_province(office)
    if request.method == "POST" and "goc" in request.POST:
        return _added(request)
    form = RootForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            return _preview(request, form.cleaned_data)
        except SigningRefused as refused:
            form.add_error("file", str(refused))
    return form_page(
        request, form, title=_("Thêm chứng thư gốc"), submit=_("Xem trước"), back=(BASE, _("Gốc tin cậy")),
        intro=[_("Tải chứng thư từ trang chính thức của tổ chức cấp chứng thư.")],
    )  # fmt: skip


def _preview(request: ActorRequest, given: dict[str, Any]) -> HttpResponse:
    one = truststore.read(given["file"].read(), at=timezone.now())
    facts = [
        (_("Chủ thể"), whole_name(one.subject)),
        (_("Nơi cấp"), whole_name(one.issuer)),
        (_("Hiệu lực"), days(one.not_valid_before, one.not_valid_after)),
        (_("Dấu vân tay SHA-256"), printed(truststore.fingerprint(one))),
        (_("Loại"), str(TrustedRoot.Kind(given["kind"]).label)),
        (_("Văn bản căn cứ"), given["document"]),
    ]
    parcel = [base64.b64encode(one.dump()).decode(), given["kind"], given["document"]]
    context = {
        "title": _("Xem trước chứng thư gốc"),
        "summary": common_name(one.subject),
        "columns": [_("Mục"), _("Nội dung")],
        "rows": [{"cells": [label, text]} for label, text in facts],
        "hidden": [("goc", signing.dumps(parcel, salt=SALT, compress=True))],
        "submit": _("Tin cậy chứng thư này"),
        "warnings": [_("So dấu vân tay với văn bản công bố trước khi tin cậy. Từ đó mọi chữ ký dưới gốc này hợp lệ.")],
        "back": {"url": f"{BASE}/them", "text": _("Chọn tệp khác")},
    }
    return render(request, "procedures/admin/organisation/preview.html", context)


def _added(request: ActorRequest) -> HttpResponse:
    at = timezone.now()
    try:
        der, kind, document = signing.loads(request.POST["goc"], salt=SALT, max_age=AN_HOUR)
        with transaction.atomic():
            certificate = truststore.read(base64.b64decode(der), at=at)
            root = truststore.add(certificate, kind=kind, document=document, by=request.actor.user_id, at=at)
            _record("root.added", root, request, {_("Văn bản căn cứ"): ("", document)})
    except signing.BadSignature:
        return refusal(request, _("Bản xem trước đã quá một giờ. Chọn lại tệp"), f"{BASE}/them")
    except SigningRefused as refused:
        return refusal(request, str(refused), BASE)
    messages.success(request, _("Đã tin cậy chứng thư gốc này"))
    return redirect("root", root.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def withdraw(request: ActorRequest, office: Office, pk: int) -> HttpResponse:
    of_the_province(office)
    root = get_object_or_404(TrustedRoot, pk=pk)
    form, here = ReasonForm(request.POST or None), f"{BASE}/{pk}"
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            with transaction.atomic():
                truststore.withdraw(root, reason=reason, at=timezone.now())
                _record("root.withdrawn", root, request, {_("Lý do"): ("", reason)})
        except SigningRefused as refused:
            return refusal(request, str(refused), here)
        messages.success(request, _("Từ bây giờ không tin cậy chứng thư gốc này nữa"))
        return redirect("root", pk)
    return form_page(
        request, form, title=_("Thôi tin cậy"), sub=common_name(root.parsed.subject),
        submit=_("Thôi tin cậy"), variant="danger",
        back=(here, _("Chứng thư gốc")),
        intro=[_("Mọi chữ ký có chứng thư dẫn đến gốc này, kể cả đã ký từ trước, không còn được công nhận.")],
    )  # fmt: skip


def _record(kind: str, root: TrustedRoot, request: ActorRequest, changes: dict[str, tuple[str, str]]) -> None:
    record(
        kind,
        by=request.actor,
        at=timezone.now(),
        subject=common_name(root.parsed.subject),
        key=root.sha256,
        changes=changes,
    )
