"""The history: who changed what in catalogue and organisation, and when."""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.web import ActorRequest
from procedures.history import CATALOGUE, ORGANISATION, spoken
from procedures.models import AdminChange, Position, Role
from procedures.organisation import reach_of

PAGE = 50


@require_safe
def changes(request: ActorRequest) -> HttpResponse:
    """`?viec=agency&nguoi=nam&thu-tuc=1.001193&tu=01/11/2026&den=30/11/2026&q=`; newest first."""
    visible = _visible(request)
    kinds = _kinds(request)
    chosen = {name: request.GET.get(name, "")[:80] for name in ("q", "viec", "nguoi", "thu-tuc", "tu", "den")}
    found = _filtered(visible, chosen, kinds)
    before = request.GET.get("truoc", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found.select_related("procedure").order_by("-pk")[: PAGE + 1])
    kept = {name: value for name, value in chosen.items() if value}
    context = {
        "title": _("Nhật ký"),
        "chosen": chosen,
        "thu_tuc": chosen["thu-tuc"],
        "kinds": [
            {"value": key, "label": str(label), "selected": key == chosen["viec"]} for key, label in kinds.items()
        ],
        "clear_url": request.path if kept else "",
        "columns": [_("Lúc"), _("Người làm"), _("Việc"), _("Đối tượng"), _("Thay đổi")],
        "rows": [_row(one) for one in rows[:PAGE]],
        "next_url": "?" + urlencode(kept | {"truoc": rows[PAGE - 1].pk}) if len(rows) > PAGE else "",
    }
    return render(request, "procedures/admin/organisation/changes.html", context)


def _visible(request: ActorRequest) -> QuerySet[AdminChange]:
    """All for the province's operators; an agency's operator sees what concerns its agencies and people; those of the
    catalogue what concerns the catalogue. Raises Http404 for everybody else."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.has_role(Role.OPERATOR, Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER):
        raise Http404
    organisation = Q()
    for key in ORGANISATION:
        organisation |= Q(kind__startswith=f"{key}.")
    every, allowed = AdminChange.objects.all(), Q(pk__in=())
    if actor.has_role(Role.OPERATOR):
        reach = reach_of(actor)
        if reach.whole:
            return every
        holders = Position.objects.filter(agency__in=reach.agencies()).values("user_id")
        names = get_user_model().objects.filter(pk__in=holders).values("username")
        allowed |= organisation & (Q(subject_key__in=reach.agencies().values("code")) | Q(subject_key__in=names))
    if actor.has_role(Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER):
        allowed |= ~organisation | Q(procedure__isnull=False)
    return every.filter(allowed)


def _kinds(request: ActorRequest) -> dict[str, Promise]:
    kinds: dict[str, Promise] = {}
    if request.actor.has_role(Role.OPERATOR):
        kinds |= ORGANISATION
    if request.actor.has_role(Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER) or reach_of(request.actor).whole:
        kinds |= CATALOGUE
    return kinds


def _filtered(found: QuerySet[AdminChange], chosen: dict[str, str], kinds: dict[str, Promise]) -> QuerySet[AdminChange]:
    if chosen["viec"] in kinds:
        found = found.filter(kind__startswith=f"{chosen['viec']}.")
    if chosen["nguoi"]:
        found = found.filter(actor_name__icontains=chosen["nguoi"])
    if chosen["thu-tuc"]:
        found = found.filter(procedure__code=chosen["thu-tuc"])
    if chosen["q"]:
        found = found.filter(Q(subject__icontains=chosen["q"]) | Q(subject_key=chosen["q"]))
    first, last = _day(chosen["tu"]), _day(chosen["den"])
    if first:
        found = found.filter(at__gte=_midnight(first))
    if last:
        found = found.filter(at__lt=_midnight(last + dt.timedelta(days=1)))
    return found


def _day(text: str) -> dt.date | None:
    """A day as people or as machines write it, None when it is neither."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
        return day if 2000 <= day.year <= 2100 else None
    return None


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _row(one: AdminChange) -> dict[str, Any]:
    local = timezone.localtime(one.at)
    subject: dict[str, Any] = {"text": one.subject, "sub": one.subject_key}
    if one.procedure:
        subject |= {"url": f"/quan-tri/thu-tuc/{one.procedure.code}"}
    return {
        "cells": [
            {"text": f"{local:%d/%m/%Y}", "sub": f"{local:%H:%M:%S}"},
            one.actor_name,
            spoken(one.kind),
            subject,
            {"text": "; ".join(_change(name, pair) for name, pair in one.changes.items())},
        ]
    }


def _change(name: str, pair: Any) -> str:
    before, after = (str(part) for part in pair)
    if before and after:
        return _("%(name)s: từ “%(before)s” thành “%(after)s”") % {"name": name, "before": before, "after": after}
    if before:
        return _("%(name)s: bỏ “%(before)s”") % {"name": name, "before": before}
    return f"{name}: {after}" if after else name
