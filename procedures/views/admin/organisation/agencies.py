"""The agencies of the province: as a tree per level, found by name or code, made and changed."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.floor.vietnamese import fold
from portal.floor.web import ActorRequest
from procedures import organisation
from procedures.history import record
from procedures.models import Agency, Level, ProvinceProfile
from procedures.organisation import Reach
from procedures.signals import agency_ended
from procedures.views.admin.organisation.access import chosen_agency, operators_office
from procedures.views.admin.organisation.forms import AgencyForm, ContactForm, label_of

BASE = "/quan-tri/co-quan"
LEVELS = list(Level.values)


@require_safe
@operators_office()
def agencies(request: ActorRequest, reach: Reach) -> HttpResponse:
    chosen = request.GET.get("cap", "")
    query = request.GET.get("q", "")[:80]
    found = list(reach.agencies().select_related("successor"))
    shown = _searched(found, query)
    level = chosen if chosen in LEVELS else ""
    rows = [one for one in _as_tree(shown) if not level or one[0].level == level]
    today = timezone.localdate()
    context = {
        "title": _("Cơ quan, đơn vị"),
        "search": {"label": _("Tên hoặc mã cơ quan"), "value": query, "keep": [("cap", level)] if level else []},
        "tabs": _tabs(shown, level, query),
        "columns": [_("Cơ quan"), _("Mã định danh"), _("Cấp"), _("Tiếp nhận hồ sơ"), _("Tình trạng")],
        "rows": [_row(one, depth, today) for one, depth in rows],
        "actions": _actions(reach),
        "empty_title": _("Không có cơ quan nào"),
        "empty_text": _("Đổi từ tìm, hoặc xem mọi cấp."),
    }
    return render(request, "procedures/admin/organisation/list.html", context)


def _actions(reach: Reach) -> list[dict[str, str]]:
    if not reach.whole:
        return []
    return [
        {"text": _("Giao thủ tục"), "url": f"{BASE}/giao-thu-tuc", "variant": "secondary"},
        {"text": _("Thêm cơ quan"), "url": f"{BASE}/moi", "variant": "primary"},
    ]


def _searched(found: list[Agency], query: str) -> list[Agency]:
    words = fold(query).split()
    return [
        one
        for one in found
        if all(word in f"{one.name_fold} {fold(one.short_name)} {one.code.lower()}" for word in words)
    ]


def _as_tree(found: list[Agency]) -> list[tuple[Agency, int]]:
    """Each agency under its parent, with its depth; who has no parent among those found stands at the top."""
    here = {one.pk for one in found}
    children: dict[int | None, list[Agency]] = {}
    for one in sorted(found, key=lambda agency: (LEVELS.index(agency.level), agency.code)):
        children.setdefault(one.parent_id if one.parent_id in here else None, []).append(one)
    rows: list[tuple[Agency, int]] = []
    waiting = [(one, 0) for one in reversed(children.get(None, []))]
    while waiting:
        agency, depth = waiting.pop()
        rows.append((agency, depth))
        waiting += [(one, depth + 1) for one in reversed(children.get(agency.pk, []))]
    return rows


def _tabs(found: list[Agency], level: str, query: str) -> list[dict[str, Any]]:
    kept = f"&q={query}" if query else ""
    every = [{"text": _("Mọi cấp"), "url": f"?cap={kept}", "current": not level, "count": len(found)}]
    return every + [
        {
            "text": str(label),
            "url": f"?cap={value}{kept}",
            "current": level == value,
            "count": sum(one.level == value for one in found),
        }
        for value, label in Level.choices
    ]


def _row(agency: Agency, depth: int, today: Any) -> dict[str, Any]:
    branch = "– " * depth
    return {
        "cells": [
            {
                "text": f"{branch}{agency.name}",
                "sub": agency.short_name if agency.short_name != agency.name else "",
                "url": f"{BASE}/{agency.code}",
            },
            {"text": agency.code, "code": True},
            agency.get_level_display(),
            agency.one_stop_name or _("Có") if agency.one_stop else _("Không"),
            {"text": "", "tag": standing(agency, today)},
        ]
    }


def standing(agency: Agency, today: Any) -> dict[str, str]:
    """Whether the agency works today, as a tag."""
    if agency.valid_to and agency.valid_to < today:
        after = agency.successor
        return {"text": _("Nay là %(name)s") % {"name": after} if after else _("Đã giải thể"), "tone": ""}
    if agency.valid_from and agency.valid_from > today:
        return {"text": _("Từ %(day)s") % {"day": f"{agency.valid_from:%d/%m/%Y}"}, "tone": "blue"}
    if agency.valid_to:
        return {"text": _("Đến %(day)s") % {"day": f"{agency.valid_to:%d/%m/%Y}"}, "tone": "amber"}
    return {"text": _("Đang hoạt động"), "tone": "green"}


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office(whole=True)
def create(request: ActorRequest, reach: Reach) -> HttpResponse:
    profile = ProvinceProfile.current()
    blank = Agency(scheme=profile.code_scheme if profile else Agency.Scheme.QD20, level=Level.COMMUNE)
    form = AgencyForm(request.POST or None, instance=blank)
    return _edited(request, form, {}, kind="agency.created")


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office()
def edit(request: ActorRequest, reach: Reach, code: str) -> HttpResponse:
    agency = chosen_agency(reach, code)
    kind = AgencyForm if reach.whole else ContactForm
    before = organisation.in_words(agency, _recorded(kind))
    return _edited(request, kind(request.POST or None, instance=agency), before, kind="agency.changed")


def _recorded(form: type[ContactForm]) -> list[str]:
    return [*form.Meta.fields, "unit"] if issubclass(form, AgencyForm) else list(form.Meta.fields)


def _edited(request: ActorRequest, form: ContactForm, before: dict[str, str], *, kind: str) -> HttpResponse:
    code = form.instance.code
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            agency = form.save()
            after = organisation.in_words(agency, _recorded(type(form)))
            labels = {name: label_of(name) for name in after}
            record(
                kind, by=request.actor, at=timezone.now(), subject=agency.name, key=agency.code,
                changes=organisation.changes(before, after, labels),
            )  # fmt: skip
            if agency.valid_to and agency.valid_to < timezone.localdate():
                agency_ended.send(Agency, agency=agency)
        messages.success(request, _("Đã lưu %(name)s") % {"name": agency.name})
        return redirect(f"{BASE}/{agency.code}")
    context = {
        "title": _("Sửa cơ quan") if before else _("Thêm cơ quan"),
        "sub": f"{code} {before.get('name', '')}" if before else "",
        "form": form,
        "submit": _("Lưu cơ quan"),
        "back": {"url": f"{BASE}/{code}" if before else BASE, "text": _("Quay lại")},
        "warnings": [_("Mã định danh nằm trong mã hồ sơ đã cấp. Chỉ sửa khi mã bị nhập sai.")] if before else [],
    }
    return render(request, "procedures/admin/organisation/form.html", context, status=422 if form.is_bound else 200)
