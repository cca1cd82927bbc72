"""One page for all dossiers of a filing: where each is, what its owner has to do next, everything that happened."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers import access
from dossiers.models import Dossier, GroupFiling, Stage
from dossiers.views.citizen import history, mine, telling
from dossiers.views.citizen.guard import citizens_only
from portal.floor.web import ActorRequest

Row = dict[str, Any]


@citizens_only
@require_safe
def own_group(request: ActorRequest, reference: str) -> HttpResponse:
    """The owner's page of a filing."""
    now = timezone.now()
    called = mine.own(request.actor).filter(filing__reference=reference[:16].upper())
    dossiers = list(called.select_related("filing__group", *mine.JOINED).order_by("pk"))
    if not dossiers:
        raise Http404
    for one in dossiers:
        access.log_read(one, by=request.actor, at=now, what=_("Mở hồ sơ"))
    filing = dossiers[0].filing
    assert filing is not None  # found by its reference
    context = _head(filing, dossiers) | {
        "section": "mine",
        "to_do": [_duty(one) for one in dossiers if telling.waits_for_citizen(one)],
        "rows": [mine.row(one, now) | {"meta": _where(one, now)} for one in dossiers],
        "timeline": history.acts(dossiers),
    }
    return render(request, "dossiers/citizen/group.html", context)


def tracked(request: HttpRequest, filing: GroupFiling, *, with_key: bool) -> HttpResponse:
    """A filing as anybody with its reference may see it; with the key also which procedures, and where each is."""
    now = timezone.now()
    found = filing.dossiers.select_related("holder_agency", "receiving_agency").defer("answers", "search_fold")
    dossiers = list(found.order_by("pk"))
    rows = [_public(one, number, now, with_key=with_key) for number, one in enumerate(dossiers, 1)]
    context = _head(filing, dossiers) | {"section": "tracking", "rows": rows, "with_key": with_key, "public": True}
    if with_key:
        context["timeline"] = _journey(dossiers)
    else:
        context["title"] = ""
    return render(request, "dossiers/citizen/group.html", context)


def _head(filing: GroupFiling, dossiers: Sequence[Dossier]) -> Row:
    over = sum(1 for one in dossiers if one.resolved_at or telling.is_over(one))
    return {
        "code": filing.reference,
        "title": filing.group.name,
        "headline": _("Xong %(done)d trên %(all)d việc") % {"done": over, "all": len(dossiers)},
        "all_done": over == len(dossiers),
    }


def _duty(dossier: Dossier) -> Row:
    words = telling.duty(dossier)
    return {
        "title": words["text"], "sub": dossier.title, "tag": {"text": _("Việc của bạn"), "tone": words["tone"]},
        "url": telling.own_url(dossier),
    }  # fmt: skip


def _where(dossier: Dossier, now: dt.datetime) -> list[Row]:
    """Who holds it, and the date that matters."""
    due = telling.promise(dossier, now)
    facts = [{"icon": "clock", "text": f"{due['label']}: {due['when']}"}] if due["when"] else []
    if dossier.waiting_for:
        facts = [{"icon": "pause", "text": _("Chờ %(what)s") % {"what": dossier.waiting_for}}]
    if telling.holder(dossier):
        facts.insert(0, {"icon": "map-pin", "text": dossier.holder_agency.name})
    return facts


def _public(dossier: Dossier, number: int, now: dt.datetime, *, with_key: bool) -> Row:
    row = mine.row(dossier, now)
    if with_key:
        return {"title": row["title"], "sub": row["sub"], "tag": row["tag"], "meta": _where(dossier, now)}
    return {"title": _("Hồ sơ %(n)d") % {"n": number}, "tag": row["tag"], "meta": row["meta"]}


def _journey(dossiers: Sequence[Dossier]) -> list[Row]:
    """The way of each by unit and role, one after another; nobody's name."""
    stages: dict[Any, list[Stage]] = {}
    for stage in Stage.objects.filter(dossier__in=dossiers).select_related("agency").order_by("ordinal"):
        stages.setdefault(stage.dossier_id, []).append(stage)
    rows = []
    for one in dossiers:
        for row in telling.journey(one, stages.get(one.pk, [])):
            rows.append(row | {"title": f"{one.title}: {row['title']}", "now": False})
    return rows
