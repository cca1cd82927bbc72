"""The administrative units of both eras, to look up: what lies below, what became of each."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.vietnamese import fold
from portal.floor.web import ActorRequest
from procedures.models import AdministrativeUnit, ProvinceProfile
from procedures.organisation import Reach
from procedures.views.admin.organisation.access import operators_office

MOST = 300  # rows of a search


@require_safe
@operators_office()
def units(request: ActorRequest, reach: Reach) -> HttpResponse:
    """`?bo=2025&duoi=25`: the units right below; `?q=`: those of that name anywhere in the set."""
    profile = ProvinceProfile.current()
    given = request.GET.get("bo", "")
    unit_set = given if given in ("2024", "2025") else profile.unit_set if profile else "2025"
    query = request.GET.get("q", "")[:80]
    above = AdministrativeUnit.objects.filter(unit_set=unit_set, code=request.GET.get("duoi", "")[:5]).first()
    found = AdministrativeUnit.objects.filter(unit_set=unit_set)
    if query:
        found = found.filter(name_fold__contains=fold(query)) | found.filter(code=query)
    else:
        found = found.filter(parent=above)
    wanted = found.annotate(below=Count("children")).select_related("parent").order_by("sort_key", "code")
    rows = list(wanted.prefetch_related("successions__new", "predecessions__old")[:MOST])
    context = {
        "title": _("Địa bàn"),
        "search": {"label": _("Tên hoặc mã đơn vị"), "value": query, "keep": [("bo", unit_set)]},
        "tabs": [
            {"text": _("Hai cấp, từ 1/7/2025"), "url": "?bo=2025", "current": unit_set == "2025"},
            {"text": _("Ba cấp, đến 30/6/2025"), "url": "?bo=2024", "current": unit_set == "2024"},
        ],
        "trail": _trail(above, unit_set) if above and not query else [],
        "columns": [_("Đơn vị"), _("Mã"), _("Cấp"), _("Thuộc"), _("Sắp xếp")],
        "rows": [_row(one, unit_set) for one in rows],
        "note": _("%(count)s đơn vị") % {"count": len(rows)},
        "empty_title": _("Không có đơn vị nào"),
        "empty_text": _("Đổi từ tìm, hoặc xem bộ đơn vị kia."),
    }
    return render(request, "procedures/admin/organisation/list.html", context)


def _trail(above: AdministrativeUnit, unit_set: str) -> list[dict[str, str]]:
    trail: list[dict[str, str]] = [{"text": above.name}]
    parent = above.parent
    while parent:
        trail.insert(0, {"text": parent.name, "url": f"?bo={unit_set}&duoi={parent.code}"})
        parent = parent.parent
    return [{"text": _("Cả nước"), "url": f"?bo={unit_set}"}, *trail]


def _row(one: Any, unit_set: str) -> dict[str, Any]:
    after = [row.new.name for row in one.successions.all()]
    before = [row.old.name for row in one.predecessions.all()]
    became = _("Nay là %(names)s") % {"names": ", ".join(after)} if after else ""
    came = _("Từ %(names)s") % {"names": ", ".join(before[:6]) + (" …" if len(before) > 6 else "")} if before else ""
    name: Any = {"text": one.name, "url": f"?bo={unit_set}&duoi={one.code}"} if one.below else one.name
    code = {"text": one.code, "code": True}
    return {"cells": [name, code, one.get_level_display(), one.parent.name if one.parent else "", became or came]}
