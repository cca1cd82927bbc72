"""Sổ văn bản đi of the officer's agencies: a month or a year, on the page, to print, as a table."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from dossiers import outgoing, paper_facts, papers
from dossiers.views.officer.registers import RegisterForm, plain
from dossiers.wording import short
from portal.floor.typesetting import typeset
from portal.floor.web import ActorRequest
from procedures.models import Agency

SHOWN = 200
COLUMNS = (
    _lazy("Số, ký hiệu"), _lazy("Tên loại và trích yếu"), _lazy("Người ký"), _lazy("Nơi nhận"),
    _lazy("Bản lưu, số bản"), _lazy("Ghi chú"),
)  # fmt: skip
HEAD = (
    _lazy("Số, ký hiệu văn bản"), _lazy("Ngày tháng văn bản"), _lazy("Tên loại và trích yếu nội dung"),
    _lazy("Người ký"), _lazy("Nơi nhận văn bản"), _lazy("Đơn vị, người nhận bản lưu"), _lazy("Số lượng bản"),
    _lazy("Ghi chú"),
)  # fmt: skip


class PeriodForm(RegisterForm):
    """Which month or year of which agency."""

    month = forms.TypedChoiceField(
        label=_lazy("Tháng"), coerce=int, required=False,
        choices=[("", _lazy("Cả năm")), *((str(n), str(n)) for n in range(1, 13))],
    )  # fmt: skip


@require_safe
def register(request: ActorRequest) -> HttpResponse:
    """The newest lines of the period; `dang=csv` the table, `dang=in` the register to print, A4 landscape."""
    own = [seat.agency_id for seat in request.actor.seats if seat.role in outgoing.KEEPERS]
    if not own:
        raise Http404
    agencies, now = (
        Agency.objects.filter(pk__in=own).select_related("parent").order_by("name_fold", "pk"),
        timezone.now(),
    )
    today = timezone.localdate(now)
    start = {"agency": agencies[0].pk, "year": today.year, "month": str(today.month)}
    form = PeriodForm(start | request.GET.dict(), agencies=agencies)
    page: dict[str, Any] = {"form": form, "section": "records"}
    if not form.is_valid():
        return render(request, "dossiers/officer/clerk/outgoing.html", page, status=422)
    agency, year, month = form.cleaned_data["agency"], form.cleaned_data["year"], form.cleaned_data["month"] or 0
    found = outgoing.entries(agency, year, month=month, now=now)
    period = _("Tháng %(month)s năm %(year)s") % {"month": month, "year": year} if month else _("Năm %s") % year
    if (kind := request.GET.get("dang")) in ("csv", "in"):
        outgoing.log_read(found, agency, year, by=request.actor, at=now)
        return _table(found, year) if kind == "csv" else _printed(found, agency, period)
    page |= {
        "agency": agency, "period": period, "columns": COLUMNS, "count": len(found), "shown": SHOWN,
        "late": sum(entry.late for entry in found), "rows": [_row(one, now) for one in found[::-1][:SHOWN]],
        "asked": f"agency={agency.pk}&year={year}&month={month or ''}", "more": len(found) > SHOWN,
    }  # fmt: skip
    return render(request, "dossiers/officer/clerk/outgoing.html", page)


def _row(entry: outgoing.Entry, now: Any) -> dict[str, Any]:
    note: Any = entry.note or "–"
    if entry.late:
        note = {"tag": {"text": _("Gửi chậm"), "tone": "red"}, "sub": entry.note}
    return {"cells": [
        {"text": entry.number, "sub": short(entry.at, now=now)},
        {"text": entry.subject, "clamp": True, "url": reverse("officer_dossier", args=[str(entry.dossier)])},
        entry.signer, {"text": entry.receivers, "clamp": True}, {"text": entry.kept_by, "sub": entry.copies}, note,
    ]}  # fmt: skip


def _table(found: Sequence[outgoing.Entry], year: int) -> HttpResponse:
    written = io.StringIO()
    lines = (
        (one.number, f"{timezone.localtime(one.at):%d/%m/%Y}", one.subject, one.signer, one.receivers, one.kept_by,
         one.copies, one.note)
        for one in found
    )  # fmt: skip
    csv.writer(written).writerows([[str(name) for name in HEAD], *([plain(cell) for cell in line] for line in lines)])
    named = f'attachment; filename="so-van-ban-di-{year}.csv"'
    data = ("\ufeff" + written.getvalue()).encode()
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": named})


def _printed(found: Sequence[outgoing.Entry], agency: Agency, period: str) -> HttpResponse:
    rows = [
        {"number": one.number, "date": paper_facts.iso(one.at), "subject": one.subject, "signer": one.signer,
         "receivers": one.receivers, "kept_by": one.kept_by, "copies": one.copies, "note": one.note}
        for one in found
    ]  # fmt: skip
    facts = paper_facts.letterhead(agency, at=timezone.now()) | {"rows": rows, "period": period}
    pdf = typeset(papers.source_of("outgoing"), facts)
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": "inline; filename=so.pdf"})
