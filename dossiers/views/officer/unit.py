"""What a leader's agencies hold: late, near, given to nobody; by officer. Every number leads to its dossiers."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from dossiers.views.officer import shelves
from dossiers.views.officer.narrowing import FILTERS, NOBODY, Desk
from portal.floor.web import ActorRequest
from procedures.models import Role

COLUMNS = (_lazy("Người xử lý"), _lazy("Đang giữ"), _lazy("Quá hạn"), _lazy("Sắp đến hạn"))


@require_safe
def unit(request: ActorRequest) -> HttpResponse:
    """For leaders alone."""
    actor, now = request.actor, timezone.now()
    led = {seat.agency_id for seat in actor.seats if seat.role == Role.LEADER}
    if not led:
        raise Http404
    late, alone = (FILTERS[name].where("1", Desk(actor, now)) for name in ("tre", "lau"))
    whole = shelves.unit(actor).aggregate(
        here=Count("pk", filter=Q(holder_agency_id__in=led)), away=Count("pk", filter=~Q(holder_agency_id__in=led)),
        late=Count("pk", filter=late), soon=Count("pk", filter=_soon(now)), alone=Count("pk", filter=alone),
    )  # fmt: skip
    context = {
        "section": "unit",
        "kpis": _figures(whole),
        "columns": COLUMNS,
        "rows": _people(actor, led, late, now=now),
    }
    return render(request, "dossiers/officer/unit.html", context)


def _soon(now: dt.datetime) -> Q:
    return Q(next_soon_at__lte=now, next_due_at__gte=now)


def _figures(whole: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": _("Đơn vị đang giữ"), "value": whole["here"]},
        {"label": _("Quá hạn"), "value": whole["late"], "tone": "red" if whole["late"] else "", "url": _queue(tre="1")},
        {"label": _("Sắp đến hạn"), "value": whole["soon"]},
        {"label": _("Lâu chưa giao ai"), "value": whole["alone"], "tone": "red" if whole["alone"] else "",
         "url": _queue(lau="1")},
        {"label": _("Nhận ở đây, đang ở nơi khác"), "value": whole["away"]},
    ]  # fmt: skip


def _queue(**narrowed: str) -> str:
    return f"{reverse('officer_queue')}?{urlencode({'xem': shelves.UNIT} | narrowed)}"


def _people(actor: Any, led: set[int], late: Q | None, *, now: dt.datetime) -> list[dict[str, Any]]:
    """One line for each officer with work, and one for each desk where some lies that nobody was given."""
    held = shelves.unit(actor).filter(holder_agency_id__in=led).exclude(holder_role="")
    grouped = held.values_list(
        "assignee_id", "assignee__holder_name", "assignee__department__name", "holder_role", "holder_agency__short_name"
    )
    counted = grouped.annotate(number=Count("pk"), late=Count("pk", filter=late), soon=Count("pk", filter=_soon(now)))
    return [_line(*row) for row in counted.order_by("-late", "-number")]


def _line(
    pk: int | None, name: str | None, room: str | None, role: str, agency: str, number: int, late: int, soon: int
) -> dict[str, Any]:
    desk = ", ".join(filter(None, [str(Role(role).label), room, agency]))
    url = _queue(nguoi=str(pk) if pk else NOBODY)
    tag = {"text": str(late), "tone": "red", "icon": "triangle-alert"}
    return {"cells": [
        {"text": name or _("Chưa giao ai"), "url": url, "sub": desk}, str(number),
        {"tag": tag} if late else "0", str(soon),
    ]}  # fmt: skip
