"""Desks of their own: returning results, parcels, what waits for a signature, the register of issued results."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.models import Dossier, Result, Shipment
from dossiers.querysets import DossierQuerySet
from dossiers.states import Status
from dossiers.views.officer import rows, searching
from dossiers.wording import short
from portal.floor.web import ActorRequest

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: ActorRequest) -> HttpResponse:
    """Scan or type a code: straight to handing out, else the results that wait at the counter."""
    if request.method == "POST":
        return searching.led_on("officer_returning", searching.scanned(request.POST.get("q", "")[: searching.LONGEST]))
    waiting = Dossier.objects.in_queue_of(request.actor).filter(status=Status.RESOLVED, in_post=False)
    if asked := searching.asked_by(request):
        exact = waiting.filter(Q(code=asked.upper()) | Q(reference=asked.upper())).first()
        if exact is not None:
            return redirect("officer_act", str(exact), "tra")
        messages.info(
            request, _("Không có kết quả nào chờ trả với mã “%s”. Dưới đây là những hồ sơ giống nhất.") % asked
        )
    found = searching.matching(waiting, asked) if asked else waiting
    return _list(request, found.by_deadline(), "dossiers/officer/returning.html", section="returning", query=asked)


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


@require_safe
def parcels(request: ActorRequest) -> HttpResponse:
    """Parcels under way, and those that came back, of the counters where the officer returns results."""
    now = timezone.now()
    agencies = [seat.agency_id for seat in request.actor.seats if seat.role == "returner"]
    sent = Shipment.objects.filter(dossier__receiving_agency__in=agencies).select_related("dossier")
    under_way = [_parcel(shipment, now) for shipment in sent.filter(ended_at=None).order_by("requested_at")[:200]]
    back = sent.filter(state=Shipment.State.RETURNED, dossier__status=Status.RESOLVED, dossier__in_post=False)
    context = {
        "section": "parcels", "columns": COLUMNS_PARCELS, "under_way": under_way,
        "returned": [_parcel(shipment, now) for shipment in back.order_by("-ended_at")[:200]],
    }  # fmt: skip
    return render(request, "dossiers/officer/parcels.html", context)


COLUMNS_ISSUED = (_lazy("Số văn bản"), _lazy("Hồ sơ"), _lazy("Kết quả"), _lazy("Người ký"), _lazy("Phát hành"))
COLUMNS_PARCELS = (_lazy("Bưu gửi"), _lazy("Hồ sơ"), _lazy("Người nhận"), _lazy("Đang ở"), _lazy("Gửi lúc"))


def _list(request: ActorRequest, found: DossierQuerySet, template: str, **more: Any) -> HttpResponse:
    now = timezone.now()
    shown = rows.presented(rows.fetch(found, limit=PAGE), actor=request.actor, now=now)
    return render(request, template, {"columns": rows.COLUMNS, "rows": shown, **more})


def _new_year(now: dt.datetime) -> dt.datetime:
    return timezone.localtime(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _registered(result: Result, now: dt.datetime) -> dict[str, Any]:
    code, who = str(result.dossier), result.dossier.applicant_name
    state = short(result.issued_at, now=now) if result.issued_at else _("Chưa đóng dấu")
    return {"cells": [
        {"text": result.number, "sub": _("ký %s") % short(result.decided_at, now=now)},
        {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]), "sub": who},
        {"text": result.dossier.title, "clamp": True, "sub": str(result.get_kind_display())}, result.signer_name, state,
    ]}  # fmt: skip


def _parcel(shipment: Shipment, now: dt.datetime) -> dict[str, Any]:
    code, tone = str(shipment.dossier), "red" if shipment.state == Shipment.State.RETURNED else "blue"
    receiver = shipment.receiver
    return {"cells": [
        {"text": shipment.item_code or _("Chưa có mã"), "code": True, "sub": _("lần %d") % shipment.attempt},
        {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]), "sub": shipment.dossier.title},
        {"text": receiver.get("name", ""), "sub": receiver.get("address", "")},
        {"tag": {"text": str(shipment.get_state_display()), "tone": tone}, "sub": shipment.reason},
        short(shipment.requested_at, now=now),
    ]}  # fmt: skip
