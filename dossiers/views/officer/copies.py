"""Bản sao of the officer's agencies, as a list."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from dossiers.copy_words import State, state_of
from dossiers.models import CertifiedCopy
from dossiers.querysets import COPYISTS
from dossiers.wording import short
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest

PAGE = 50
COLUMNS = (_lazy("Bản sao"), _lazy("Bản chính"), _lazy("Người yêu cầu"), _lazy("Lập"), _lazy("Trạng thái"))
TONES = {State.DRAFTED: "blue", State.WAITING: "amber", State.FAILED: "red", State.ISSUED: "green"}


@require_safe
def copies(request: ActorRequest) -> HttpResponse:
    """The copies of the officer's agencies, the newest first; `?xem=cho-ky`: those that wait for the leader."""
    rows = visible(request.actor).defer("snapshot")
    waiting = rows.filter(decided_at=None, recalled_at=None)
    only = request.GET.get("xem") == "cho-ky"
    order = (waiting if only else rows).order_by("-prepared_at", "-id")
    page = Paginator(order, PAGE).get_page(request.GET.get("trang"))
    pages = "?xem=cho-ky&trang=" if only else "?trang="
    address, count, now = reverse("officer_copies"), waiting.count(), timezone.now()
    context = {
        "section": "copies", "columns": COLUMNS, "rows": [_row(row, now) for row in page], "page": page,
        "previous_url": f"{pages}{page.number - 1}" if page.has_previous() else "",
        "next_url": f"{pages}{page.number + 1}" if page.has_next() else "", "only": only,
        "tabs": [{"text": _("Mọi bản sao"), "url": address, "current": not only},
                 {"text": _("Chờ lãnh đạo ký"), "url": f"{address}?xem=cho-ky", "current": only, "count": count}],
    }  # fmt: skip
    return render(request, "dossiers/officer/copies.html", context)


def visible(actor: Actor) -> Any:
    """The copies that the officer may open. Raises Http404 for those whose seats have nothing to do with copies."""
    if not actor.has_role(*COPYISTS):
        raise Http404
    return CertifiedCopy.objects.visible_to(actor)


def _row(row: CertifiedCopy, now: Any) -> dict[str, Any]:
    state = state_of(row)
    return {"id": str(row.pk), "label": str(row), "cells": [
        {"text": row.number or _("Chưa có số"), "url": reverse("officer_copy", args=[row.pk]),
         "sub": str(row.get_kind_display())},
        {"text": row.original.get("name", ""), "clamp": True, "sub": row.original.get("number", "")},
        {"text": row.asked_by.get("name", "")},
        {"text": short(row.prepared_at, now=now), "sub": row.prepared_by},
        {"tag": {"text": state.label, "tone": TONES.get(state, "")}},
    ]}  # fmt: skip
