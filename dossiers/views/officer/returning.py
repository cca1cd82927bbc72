"""Desks of their own: what waits for a signature, what waits for the seal, the register of issued results."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from dossiers.models import Dossier, Result
from dossiers.querysets import DossierQuerySet
from dossiers.states import Status
from dossiers.views.officer import rows
from dossiers.wording import short
from portal.floor.web import ActorRequest

PAGE = 50


@require_safe
def to_sign(request: ActorRequest) -> HttpResponse:
    """The leader's basket; each is read on its own page before it is signed."""
    waiting = Dossier.objects.in_queue_of(request.actor).filter(stage_kind="sign", status=Status.IN_PROGRESS)
    return _list(request, waiting.by_deadline(), "dossiers/officer/to_sign.html", section="signing")


@require_safe
def records(request: ActorRequest) -> HttpResponse:
    """What waits for the seal, and the numbers issued this year by the clerk's agencies."""
    actor, now = request.actor, timezone.now()
    waiting = Dossier.objects.in_queue_of(actor).filter(stage_kind="seal", status=Status.IN_PROGRESS)
    agencies = [seat.agency_id for seat in actor.seats if seat.role == "records_clerk"]
    issued = Result.objects.filter(sealing_agency__in=agencies, decided_at__gte=_new_year(now)).exclude(number="")
    register = [_registered(result, now) for result in issued.select_related("dossier").order_by("-decided_at")[:200]]
    more = {"columns_issued": COLUMNS_ISSUED, "register": register, "year": timezone.localdate(now).year}
    return _list(request, waiting.by_deadline(), "dossiers/officer/records.html", section="records", **more)


COLUMNS_ISSUED = (_lazy("Số văn bản"), _lazy("Hồ sơ"), _lazy("Kết quả"), _lazy("Người ký"), _lazy("Phát hành"))


def _list(request: ActorRequest, found: DossierQuerySet, template: str, **more: Any) -> HttpResponse:
    now = timezone.now()
    shown = rows.presented(rows.fetch(found, limit=PAGE), actor=request.actor, now=now)
    return render(request, template, {"columns": rows.COLUMNS, "rows": shown, **more})


def _new_year(now: dt.datetime) -> dt.datetime:
    return timezone.localtime(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _registered(result: Result, now: dt.datetime) -> dict[str, Any]:
    code, who = str(result.dossier), result.dossier.applicant_name
    state: Any = short(result.issued_at, now=now) if result.issued_at else _("Chưa đóng dấu")
    if result.recalled_at:
        state = {"tag": {"text": _("Đã thu hồi"), "tone": "red"}, "sub": short(result.recalled_at, now=now)}
    return {"cells": [
        {"text": result.number, "sub": _("ký %s") % short(result.decided_at, now=now)},
        {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]), "sub": who},
        {"text": result.dossier.title, "clamp": True, "sub": str(result.get_kind_display())}, result.signer_name, state,
    ]}  # fmt: skip
