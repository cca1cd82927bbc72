"""The catalogue as a list with filters."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.web import ActorRequest
from procedures.levels import LEVELS, of_level
from procedures.models import Level, Procedure, ProcedureVersion, ServiceField
from procedures.search import searchable
from procedures.views.admin.access import catalogue_office

PAGE = 50
TONES = {"draft": "amber", "reviewed": "blue", "published": "green", "retired": ""}


@require_safe
@catalogue_office()
def procedures(request: ActorRequest) -> HttpResponse:
    chosen = {name: request.GET.get(name, "")[:80] for name in ("q", "cap", "linh-vuc", "muc-do", "trang-thai")}
    found = _filtered(chosen)
    total = found.count()
    after, _dash, pk = request.GET.get("sau", "").rpartition("~")
    if pk.isdecimal():
        found = found.filter(Q(sort_key__gt=after) | Q(sort_key=after, pk__gt=int(pk)))
    page = list(found.select_related("field").order_by("sort_key", "pk")[: PAGE + 1])
    rows, more = page[:PAGE], len(page) > PAGE
    kept = {name: value for name, value in chosen.items() if value}
    context = {
        "query": chosen["q"],
        "columns": [_("Thủ tục"), _("Lĩnh vực"), _("Cấp"), _("Phiên bản")],
        "rows": _rows(rows),
        "selects": _selects(chosen),
        "kept": [("q", chosen["q"])] if chosen["q"] else [],
        "clear_url": request.path if kept else "",
        "note": _("%(count)s thủ tục") % {"count": total},
        "next_url": "?" + urlencode(kept | {"sau": f"{rows[-1].sort_key}~{rows[-1].pk}"}) if more else "",
    }
    return render(request, "procedures/admin/list.html", context)


def _filtered(chosen: dict[str, str]) -> QuerySet[Procedure]:
    found: QuerySet[Procedure] = Procedure.objects.all()
    for word in searchable(chosen["q"].replace("\x00", "")).split():
        found = found.filter(search_fold__contains=f" {word}")
    if chosen["cap"] in Level.values:
        found = found.filter(level=chosen["cap"])
    if chosen["linh-vuc"]:
        found = found.filter(field__slug=chosen["linh-vuc"])
    if chosen["muc-do"] in map(str, LEVELS):
        of_this_level = ProcedureVersion.objects.exclude(state="retired").filter(of_level(int(chosen["muc-do"])))
        found = found.filter(pk__in=of_this_level.values("procedure"))
    if chosen["trang-thai"] in ProcedureVersion.State.values:
        found = found.filter(pk__in=ProcedureVersion.objects.filter(state=chosen["trang-thai"]).values("procedure"))
    return found


def _rows(procedures: list[Procedure]) -> list[dict[str, Any]]:
    states: dict[int, set[str]] = {}
    for procedure_id, state in ProcedureVersion.objects.filter(procedure__in=procedures).values_list(
        "procedure_id", "state"
    ):
        states.setdefault(procedure_id, set()).add(state)
    order = ("draft", "reviewed", "published", "retired")
    return [
        {
            "cells": [
                {
                    "text": one.short_name or one.name,
                    "sub": one.code,
                    "url": f"/quan-tri/thu-tuc/{one.code}",
                    "clamp": True,
                },
                one.field.name,
                one.get_level_display(),
                {"text": "", "tag": _tag(next((s for s in order if s in states.get(one.pk, ())), ""))},
            ]
        }
        for one in procedures
    ]


def _tag(state: str) -> dict[str, str]:
    label = ProcedureVersion.State(state).label if state else _("Chưa có nội dung")
    return {"text": str(label), "tone": TONES.get(state, "")}


def _selects(chosen: dict[str, str]) -> list[dict[str, Any]]:
    fields = [(field.slug, field.name) for field in ServiceField.objects.order_by("name")]
    return [
        _select("cap", _("Cấp"), _("Mọi cấp"), list(Level.choices), chosen),
        _select("linh-vuc", _("Lĩnh vực"), _("Mọi lĩnh vực"), fields, chosen),
        _select(
            "muc-do", _("Mức độ trực tuyến"), _("Mọi mức độ"), [(str(n), _("Mức độ %s") % n) for n in LEVELS], chosen
        ),
        _select("trang-thai", _("Trạng thái"), _("Mọi trạng thái"), list(ProcedureVersion.State.choices), chosen),
    ]


def _select(name: str, label: str, every: str, choices: list[Any], chosen: dict[str, str]) -> dict[str, Any]:
    options = [
        {"value": value, "label": text, "selected": value == chosen[name]} for value, text in [("", every), *choices]
    ]
    return {"name": name, "label": label, "options": options}
