"""Ai đã xem hồ sơ của tôi: every time a dossier or a file of mine was opened, by whom, from which seat and why."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers.messaging import moment
from dossiers.models import AccessLog, Dossier
from dossiers.views.citizen import telling
from dossiers.views.citizen.guard import citizens_only
from portal.floor.web import ActorRequest

MOST = 200  # rows of the list


@citizens_only
@require_safe
def readers(request: ActorRequest) -> HttpResponse:
    """All my dossiers, or with `ho-so` the one with that code."""
    visible = Dossier.objects.visible_to(request.actor)
    code = request.GET.get("ho-so", "")[:60]
    if code:
        visible = visible.called(code)
    reads = AccessLog.objects.filter(dossier__in=visible).select_related("dossier").order_by("-at", "-id")[:MOST]
    me = str(request.actor.user_id)
    rows = [_row(read, mine=read.actor_id == me) for read in reads]
    context = {"section": "mine", "rows": rows, "code": code if rows else ""}
    return render(request, "dossiers/citizen/readers.html", context)


def _row(read: AccessLog, *, mine: bool) -> dict[str, Any]:
    """Who and from which seat; when, what, of which dossier, and why."""
    what = f"{read.what[:1].upper()}{read.what[1:]}"
    facts = [("clock", moment(read.at)), ("eye", what), ("file-text", telling.code(read.dossier))]
    why = "" if mine or not read.why else _("Vì sao: %(why)s") % {"why": str(read.get_why_display()).lower()}
    return {
        "title": _("Chính bạn") if mine else read.actor_name or _("Hệ thống"),
        "sub": "" if mine else read.capacity,
        "meta": [{"icon": icon, "text": text} for icon, text in [*facts, ("info", why)] if text],
    }
