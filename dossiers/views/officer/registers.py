"""Sổ theo dõi hồ sơ of the officer's agencies: volumes as papers, the whole year as a table to take away."""

import csv
import io
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe
from openpyxl import Workbook

from dossiers import outbox, papers, registers
from dossiers.models import IssuedPaper
from dossiers.views.officer import files
from portal.floor.web import ActorRequest
from procedures.models import Agency, ProvinceProfile
from procedures.ruleset import Rules

COLUMNS = {
    "line": _lazy("STT"), "code": _lazy("Mã hồ sơ"), "procedure": _lazy("Tên thủ tục"), "sets": _lazy("Số bộ"),
    "applicant": _lazy("Tên cá nhân, tổ chức"), "contact": _lazy("Địa chỉ, số điện thoại"),
    "agency": _lazy("Cơ quan chủ trì giải quyết"), "received_at": _lazy("Nhận hồ sơ"), "due_at": _lazy("Hẹn trả"),
    "returned_at": _lazy("Trả thực tế"), "delivery": _lazy("Cách nhận kết quả"), "signed": _lazy("Ký nhận"),
    "note": _lazy("Ghi chú"),
}  # fmt: skip


class RegisterForm(forms.Form):
    """Which year of which agency."""

    agency = forms.ModelChoiceField(Agency.objects.none(), label=_lazy("Cơ quan"), empty_label=None)
    year = forms.IntegerField(
        label=_lazy("Năm"), min_value=2000, max_value=9998,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _lazy("Nhập năm, ví dụ 2026")),
    )  # fmt: skip

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


def _agencies(request: ActorRequest) -> Any:
    """Where the officer keeps the register. Raises Http404 for everybody else."""
    own = [seat.agency_id for seat in request.actor.seats if seat.role in registers.KEEPERS]
    if not own:
        raise Http404
    return Agency.objects.filter(pk__in=own).order_by("name_fold", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: ActorRequest) -> HttpResponseBase:
    """The year's totals and volumes; posted with `quyen`, that volume as a paper; `dang=csv|xlsx`, the table."""
    agencies, now = _agencies(request), timezone.now()
    start = {"agency": agencies[0].pk, "year": timezone.localdate(now).year}
    form = RegisterForm(request.POST or request.GET.dict() or start, agencies=agencies)
    if not form.is_valid():
        return render(request, "dossiers/officer/register.html", {"form": form, "section": "register"}, status=422)
    agency, year = form.cleaned_data["agency"], form.cleaned_data["year"]
    if request.method == "POST":
        return _kept(request, agency, year)
    if (kind := request.GET.get("dang")) in ("csv", "xlsx"):
        registers.log_read(agency, year, by=request.actor, at=now)
        return _table(agency, year, kind)
    count = registers.dossiers_of(agency, year).count()
    issued = IssuedPaper.objects.filter(agency=agency, kind=IssuedPaper.Kind.REGISTER).order_by("-issued_at")[:50]
    context = {
        "form": form, "section": "register", "agency": agency, "year": year, "volumes": registers.volumes(count),
        "count": count, "totals": [{"label": one["label"], "text": str(one["count"])} for one in
                                   registers.totals(agency, year)],
        "volume_numbers": range(1, registers.volumes(count) + 1), "issued": issued,
    }  # fmt: skip
    return render(request, "dossiers/officer/register.html", context)


@require_safe
def printed(request: ActorRequest, pk: uuid.UUID) -> HttpResponseBase:
    """One issued volume, of the officer's own agency."""
    paper = get_object_or_404(IssuedPaper, pk=pk, kind=IssuedPaper.Kind.REGISTER, agency__in=_agencies(request))
    assert paper.agency is not None  # a register always has one
    try:
        pdf = papers.read(paper)
    except papers.Altered:
        messages.error(request, files.ALTERED)
        return redirect("officer_register")
    now = timezone.now()
    registers.log_read(paper.agency, paper.snapshot["book"]["year"], by=request.actor, at=now)
    pdf = files.as_printed(pdf, "lai" if "lai" in request.GET else "", at=now)
    return HttpResponse(pdf, content_type="application/pdf")


def _kept(request: ActorRequest, agency: Agency, year: int) -> HttpResponseBase:
    last, asked = registers.volumes(registers.dossiers_of(agency, year).count()), request.POST.get("quyen", "")
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= last):
        raise Http404
    rules = Rules.of(ProvinceProfile.objects.select_related("default_rule_profile").get().default_rule_profile)
    with transaction.atomic():
        paper = registers.keep(agency, year, int(asked), by=request.actor, at=timezone.now(), rules=rules)
    outbox.perform_now(f"paper.typeset:{paper.pk}")
    messages.success(request, _("Quyển %(n)s năm %(year)s đã lập, số %(number)s.") % {
        "n": paper.snapshot["book"]["number"], "year": year, "number": paper.number})  # fmt: skip
    return redirect(f"{request.path}?agency={agency.pk}&year={year}")


def _table(agency: Agency, year: int, kind: str) -> HttpResponse:
    head = [str(label) for label in COLUMNS.values()]
    lines = ([plain(row[name]) for name in COLUMNS] for row in registers.rows(agency, year))
    if kind == "csv":
        written = io.StringIO()
        csv.writer(written).writerows([head, *lines])
        data, content_type = ("\ufeff" + written.getvalue()).encode(), "text/csv; charset=utf-8"
    else:
        book = Workbook(write_only=True)
        sheet = book.create_sheet(str(year))
        for line in (head, *lines):
            sheet.append(line)
        buffer = io.BytesIO()
        book.save(buffer)
        data = buffer.getvalue()
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    named = f'attachment; filename="so-theo-doi-{year}.{kind}"'
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": named})


def plain(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
