"""Codes set aside for an outage: taken from the series, printed as a page of the paper register, used or voided."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import papers, reserving, series
from dossiers.forms import LineField
from dossiers.models import IssuedPaper, ReservedCode
from dossiers.refusals import MoveRefused
from dossiers.views.officer.counter.choosing import counter_of
from dossiers.wording import short
from portal.floor.dateparts import DatePartsField
from portal.floor.typesetting import typeset
from portal.floor.web import ActorRequest
from procedures.models import ProvinceProfile
from procedures.ruleset import Rules

SHOWN = 200
COLUMNS = (_lazy("Mã hồ sơ"), _lazy("Để dành"), _lazy("Tình trạng"), _lazy("Việc"))


class ReserveForm(forms.Form):
    on = DatePartsField(label=_lazy("Cho ngày"))
    count = forms.IntegerField(
        label=_lazy("Số mã"), min_value=1, max_value=reserving.MOST, initial=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "in short"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _lazy("Nhập số từ 1 đến 200")),
    )  # fmt: skip


class VoidForm(forms.Form):
    reason = LineField(max_length=200, label=_lazy("Vì sao hủy?"), help_text=_lazy("Ví dụ: viết hỏng, không dùng."),
                       error_messages={"required": _lazy("Ghi lý do hủy mã")})  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: ActorRequest) -> HttpResponse:
    """The codes of this counter, unused first; posted, as many more."""
    agency, now = counter_of(request.actor), timezone.now()
    form = ReserveForm(request.POST or None, initial={"on": series.day(now)}, use_required_attribute=False)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = reserving.reserve_codes(agency, on=given["on"], count=given["count"], by=request.actor, at=now)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Đã để dành %(n)d mã, từ %(first)s.") % {"n": len(made), "first": made[0].code})
            return redirect("officer_codes")
    found = ReservedCode.objects.filter(agency=agency).select_related("dossier")
    unused = found.filter(dossier=None, voided_at=None).order_by("on", "serial")
    rest = found.exclude(dossier=None, voided_at=None).order_by("-on", "-serial")
    days = sorted(set(unused.values_list("on", flat=True)))
    context = {
        "section": "counter", "form": form, "agency": agency, "columns": COLUMNS,
        "rows": [_row(code, now) for code in [*unused[:SHOWN], *rest[:SHOWN]]],
        "days": [{"text": f"{on:%d/%m/%Y}", "url": f"{reverse('officer_codes_printed')}?ngay={on}"} for on in days],
    }  # fmt: skip
    return render(request, "dossiers/officer/counter/codes.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: ActorRequest, code: str) -> HttpResponse:
    """Say why a code will not be used."""
    agency, now = counter_of(request.actor), timezone.now()
    row = get_object_or_404(ReservedCode, agency=agency, code=code, dossier=None, voided_at=None)
    form = VoidForm(request.POST or None, use_required_attribute=False)
    if form.is_valid():
        reserving.void_code(row, by=request.actor, at=now, reason=form.cleaned_data["reason"])
        messages.success(request, _("Đã hủy mã %s.") % row.code)
        return redirect("officer_codes")
    context = {"section": "counter", "form": form, "code": row.code}
    return render(request, "dossiers/officer/counter/void.html", context, status=422 if form.errors else 200)


@require_safe
def printed(request: ActorRequest) -> HttpResponse:
    """The unused codes of a day as an empty page of the register, A4 landscape, to be written on by hand."""
    agency = counter_of(request.actor)
    try:
        day = dt.date.fromisoformat(request.GET.get("ngay", ""))
    except ValueError:
        day = dt.date.min
    unused = ReservedCode.objects.filter(agency=agency, on=day, dossier=None, voided_at=None)
    rows = [_blank(code) for code in unused.order_by("serial")]
    if not rows:
        return redirect("officer_codes")
    rules = Rules.of(ProvinceProfile.objects.select_related("default_rule_profile").get().default_rule_profile)
    pdf = typeset(papers.source_of("register"), {
        "form_number": rules.form_number("register"),
        "title": rules.form_title("register") or str(IssuedPaper.Kind.REGISTER.label),
        "date": day.isoformat(), "rows": rows, "totals": [],
        "agency": {"name": agency.name, "place": agency.place, "parent_name": ""},
        "unit": agency.one_stop_name or agency.name, "officer": {"name": "", "title": ""}, "signer": {},
        "book": {"number": "01", "year": day.year, "opened_on": "", "closed_on": ""},
    })  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="so-theo-doi-{day:%y%m%d}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _blank(code: ReservedCode) -> dict[str, Any]:
    empty = ("procedure", "sets", "applicant", "contact", "agency", "received_at", "due_at", "returned_at", "delivery",
             "signed", "note")  # fmt: skip
    return {"line": code.serial, "code": code.code} | dict.fromkeys(empty, "")


def _row(code: ReservedCode, now: dt.datetime) -> dict[str, Any]:
    if code.dossier is not None:
        state: Any = {"text": _("Đã dùng"), "url": reverse("officer_dossier", args=[str(code.dossier)])}
    elif code.voided_at:
        state = {"text": _("Đã hủy"), "sub": code.void_reason}
    else:
        state = {"tag": {"text": _("Chưa dùng"), "tone": "blue"}}
    free = code.dossier is None and code.voided_at is None
    act = {"text": _("Hủy mã"), "url": reverse("officer_code_void", args=[code.code])} if free else ""
    made = {"text": short(code.reserved_at, now=now), "sub": code.reserved_by}
    return {"cells": [{"text": code.code, "code": True}, made, state, act]}
