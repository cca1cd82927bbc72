"""The days of a year from one file: first what would change, then the change."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.floor.web import ActorRequest
from procedures.history import record
from procedures.importing import FileRefused
from procedures.importing.days import differing, keep_days, read_days
from procedures.models import CalendarDay
from procedures.organisation import Reach
from procedures.views.admin.organisation.access import operators_office
from procedures.views.admin.organisation.calendar import BASE, RECKONED_ANEW
from procedures.views.admin.organisation.dayforms import DaysFileForm

SALT, AN_HOUR = "calendar file", 3600


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office(whole=True)
def load(request: ActorRequest, reach: Reach) -> HttpResponse:
    """The file travels signed inside the preview, so that what is confirmed is what was seen."""
    if request.method == "POST" and "tep" in request.POST:
        return _applied(request)
    form = DaysFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data: bytes = form.cleaned_data["file"].read()
        try:
            return _preview(request, data)
        except FileRefused as refused:
            form.add_error("file", str(refused))
    return _ask(request, form)


def _ask(request: ActorRequest, form: DaysFileForm) -> HttpResponse:
    context = {
        "title": _("Nhập lịch nghỉ từ tệp"),
        "form": form,
        "submit": _("Xem trước"),
        "intro": [
            _("Loại ngày: nghi_le, nghi_bu, nghi_hoan_doi, lam_bu, nghi_rieng. Ngày không có trong tệp giữ nguyên.")
        ],
        "back": {"url": BASE, "text": _("Lịch làm việc")},
    }
    status = 422 if form.is_bound else 200
    return render(request, "procedures/admin/organisation/form.html", context, status=status)


def _preview(request: ActorRequest, data: bytes) -> HttpResponse:
    wanted, summary = read_days(data)
    changed = differing(wanted)
    rows = [
        {"cells": [f"{day.on:%d/%m/%Y}", _said(before) if before else _("Chưa có"), _said(day)]}
        for day, before in changed
    ]
    rows += [
        {"cells": [_("Dòng %(line)s") % {"line": one.row}, _("Không nhập"), one.reason]} for one in summary.refused
    ]
    context = {
        "title": _("Xem trước lịch nghỉ"),
        "summary": _("Sẽ đổi %(changed)s ngày. Không đổi: %(same)s. Không nhập: %(refused)s.")
        % {"changed": len(changed), "same": len(wanted) - len(changed), "refused": len(summary.refused)},
        "columns": [_("Ngày"), _("Đang có"), _("Theo tệp")],
        "rows": rows[:500],
        "hidden": [("tep", signing.dumps(data.decode("utf-8-sig"), salt=SALT, compress=True))],
        "submit": _("Nhập %(count)s ngày") % {"count": len(changed)} if changed else "",
        "warnings": [RECKONED_ANEW],
        "back": {"url": f"{BASE}/nhap", "text": _("Chọn tệp khác")},
    }
    return render(request, "procedures/admin/organisation/preview.html", context)


def _said(day: CalendarDay) -> str:
    return f"{day.get_kind_display()}: {day.name}"


def _applied(request: ActorRequest) -> HttpResponse:
    try:
        text: str = signing.loads(request.POST["tep"], salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature:
        form = DaysFileForm({}, MultiValueDict())
        form.add_error("file", _("Bản xem trước đã quá một giờ. Chọn lại tệp"))
        return _ask(request, form)
    with transaction.atomic():
        wanted, _summary = read_days(text.encode())
        changed = differing(wanted)
        keep_days([day for day, _before in changed])
        said: dict[str, tuple[Any, Any]] = {
            f"{day.on:%d/%m/%Y}": (_said(before) if before else "", _said(day)) for day, before in changed
        }
        record(
            "calendar.imported", by=request.actor, at=timezone.now(), key="", changes=said,
            subject=_("%(count)s ngày của lịch làm việc") % {"count": len(changed)},
        )  # fmt: skip
    messages.success(request, _("Đã nhập %(count)s ngày") % {"count": len(changed)})
    return redirect("work_calendar", changed[0][0].on.year if changed else timezone.localdate().year)
