"""The past of a procedure: its versions, two of them compared in words, and who changed what."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.web import ActorRequest
from procedures import comparing, drafting
from procedures.history import spoken
from procedures.models import AdminChange, ProcedureVersion
from procedures.views.admin.listing import TONES

Item = dict[str, Any]
MOST = 100


def blocks(request: ActorRequest, version: ProcedureVersion) -> list[Item]:
    return [_versions(version), *_compared(request, version), _changes(version)]


def choices(request: ActorRequest, version: ProcedureVersion) -> Item:
    """The form that asks which two versions to compare."""
    every = version.procedure.versions.order_by("-number")
    options = [(str(one.number), f"{_('Phiên bản')} {one.number} ({one.get_state_display()})") for one in every]
    return {"options": options, "new": str(version.number), "old": request.GET.get("voi", "")}


def _versions(version: ProcedureVersion) -> Item:
    base = f"/quan-tri/thu-tuc/{version.procedure.code}"
    versions = version.procedure.versions.select_related("decision", "edited_by", "reviewed_by").order_by("-number")
    rows = [
        {
            "current": one.pk == version.pk,
            "cells": [
                {"text": _("Phiên bản %(n)s") % {"n": one.number}, "url": f"{base}?ban={one.number}"},
                {"text": "", "tag": {"text": one.get_state_display(), "tone": TONES[one.state]}},
                str(one.decision or ""),
                " – ".join(f"{day:%d/%m/%Y}" if day else "…" for day in (one.valid_from, one.valid_to)),
                str(one.edited_by or _("Hệ thống")),
                str(one.reviewed_by or ""),
            ],
        }
        for one in versions
    ]
    columns = [_("Phiên bản"), _("Trạng thái"), _("Quyết định"), _("Áp dụng"), _("Người sửa"), _("Người thẩm định")]
    return {"title": _("Các phiên bản"), "columns": columns, "rows": rows}


def _compared(request: ActorRequest, version: ProcedureVersion) -> list[Item]:
    number = request.GET.get("voi", "")
    if not number:
        return []
    found = version.procedure.versions.filter(number=int(number)).first() if number.isdecimal() else None
    if found is None:
        raise Http404
    told = comparing.differences(drafting.whole(found.pk), version)
    rows = [{"cells": [one.part, one.where, {"text": one.before}, {"text": one.after}]} for one in told]
    words = {"old": found.number, "new": version.number}
    columns = [_("Phần"), _("Chỗ"), _("Phiên bản %(n)s") % {"n": found.number}]
    return [
        {
            "title": _("Phiên bản %(new)s khác phiên bản %(old)s ở đâu") % words,
            "columns": [*columns, _("Phiên bản %(n)s") % {"n": version.number}],
            "rows": rows,
            "none": _("Hai phiên bản nói như nhau."),
        }
    ]


def _changes(version: ProcedureVersion) -> Item:
    rows = version.procedure.history.order_by("-at", "-pk")[:MOST]
    return {
        "title": _("Ai đã đổi gì"),
        "columns": [_("Lúc"), _("Người"), _("Việc"), _("Nội dung")],
        "rows": [{"cells": _change_cells(one)} for one in rows],
    }


def _change_cells(change: AdminChange) -> list[Any]:
    told = [
        f"{label}: {before or '–'} → {after or '–'}" if before or after else label
        for label, (before, after) in change.changes.items()
    ]
    more = _(" và %s chỗ nữa") % (len(told) - 3) if len(told) > 3 else ""
    text = "; ".join(one if len(one) < 200 else f"{one[:200]}…" for one in told[:3]) + more
    return [f"{timezone.localtime(change.at):%d/%m/%Y %H:%M}", change.actor_name or _("Hệ thống"),
            {"text": spoken(change.kind), "sub": _of_version(change)}, text]  # fmt: skip


def _of_version(change: AdminChange) -> str:
    """Which version a change was made to; what hangs on the procedure itself belongs to none."""
    number = change.subject_key.partition("/")[0]
    return _("Phiên bản %(n)s") % {"n": number[1:]} if change.kind.startswith("version.") else ""
