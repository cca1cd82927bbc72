"""Sổ bản sao and sổ chứng thực bản sao of an agency and year: on the screen, as PDF on A4 landscape, as CSV."""

import csv
import io
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from dossiers import paper_facts
from dossiers.copy_words import State, state_of
from dossiers.models import CertifiedCopy
from dossiers.querysets import COPYISTS
from dossiers.views.officer.registers import RegisterForm, plain
from portal.floor.typesetting import paper, typeset
from portal.floor.web import ActorRequest
from procedures.models import Agency

BOOKS = (("sao", _lazy("Sổ bản sao")), ("chung-thuc", _lazy("Sổ chứng thực bản sao")))
COLUMNS = {
    "serial": _lazy("STT"), "date": _lazy("Ngày"), "number": _lazy("Số, ký hiệu"), "kind": _lazy("Hình thức sao"),
    "original": _lazy("Bản chính"), "pages": _lazy("Số trang"), "asked_by": _lazy("Người yêu cầu"),
    "signer": _lazy("Người ký"), "note": _lazy("Ghi chú"),
}  # fmt: skip


SHOWN = [COLUMNS[name] for name in ("number", "original", "asked_by", "signer", "note")]


class BookForm(RegisterForm):
    """Which book of which agency and year."""

    book = forms.ChoiceField(choices=BOOKS, label=_lazy("Sổ"))


@require_safe
def book(request: ActorRequest) -> HttpResponse:
    """The lines by number, also of what was recalled; `dang=pdf|csv`: to print, to take away."""
    own = [seat.agency_id for seat in request.actor.seats if seat.role in COPYISTS]
    if not own:
        raise Http404
    agencies = Agency.objects.filter(pk__in=own).select_related("parent").order_by("name_fold", "pk")
    now = timezone.now()
    start = {"agency": agencies[0].pk, "year": timezone.localdate(now).year, "book": "sao"}
    form = BookForm(start | request.GET.dict(), agencies=agencies)
    context: dict[str, Any] = {"form": form, "section": "copies"}
    if not form.is_valid():
        return render(request, "dossiers/officer/copies_book.html", context, status=422)
    agency, year, name = (form.cleaned_data[key] for key in ("agency", "year", "book"))
    lines = CertifiedCopy.objects.in_book(agency.pk, year, certified=name == "chung-thuc").defer("snapshot")
    rows, title = [line(copy) for copy in lines], str(dict(BOOKS)[name])
    if request.GET.get("dang") == "csv":
        written = io.StringIO()
        csv.writer(written).writerows([COLUMNS.values(), *([plain(row[key]) for key in COLUMNS] for row in rows)])
        return _file(("\ufeff" + written.getvalue()).encode(), "text/csv; charset=utf-8", f"so-{name}-{year}.csv")
    if request.GET.get("dang") == "pdf":
        facts = paper_facts.letterhead(agency, at=now) | {"title": title, "year": year, "rows": rows}
        return _file(typeset(paper("copies_register"), facts), "application/pdf", f"so-{name}-{year}.pdf")
    context |= {
        "title": title, "agency": agency, "year": year, "columns": SHOWN, "rows": [_shown(row) for row in rows],
        "address": f"?agency={agency.pk}&year={year}&book={name}",
    }  # fmt: skip
    return render(request, "dossiers/officer/copies_book.html", context)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    pages = _("%d trang") % row["pages"]
    return {"label": row["number"], "cells": [
        {"text": row["number"], "sub": row["date"]}, {"text": row["original"], "sub": f"{row['kind']}, {pages}"},
        {"text": row["asked_by"]}, {"text": row["signer"]}, {"text": row["note"]},
    ]}  # fmt: skip


def line(copy: CertifiedCopy) -> dict[str, Any]:
    """One line of the book."""
    said, asked, state = copy.original, copy.asked_by, state_of(copy)
    note = "" if state is State.ISSUED else str(state.label)
    if copy.recalled_at:
        note = _("Thu hồi %(when)s: %(why)s") % {
            "when": f"{timezone.localtime(copy.recalled_at):%d/%m/%Y}", "why": copy.recall_reason}  # fmt: skip
    return {
        "serial": copy.serial, "date": f"{timezone.localtime(copy.decided_at):%d/%m/%Y}", "number": copy.number,
        "kind": str(copy.get_kind_display()), "pages": copy.pages, "signer": copy.signer_name, "note": note,
        "original": ", ".join(filter(None, [said.get(key) for key in ("name", "number", "date", "issuer", "holder")])),
        "asked_by": ", ".join(filter(None, [asked.get("name"), asked.get("identity")])),
    }  # fmt: skip


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(data, content_type=content_type, headers=headers)
