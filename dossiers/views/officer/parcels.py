"""Parcels of the counter: under way, brought back, and what is printed to hand them to the carrier."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import access, postal
from dossiers.models import Shipment
from dossiers.states import Status
from dossiers.wording import Reader
from portal.floor.actor import Actor
from portal.floor.typesetting import TypesettingError
from portal.floor.web import ActorRequest

SHOWN = 200
COLUMNS = (_lazy("Bưu gửi"), _lazy("Hồ sơ"), _lazy("Người nhận"), _lazy("Đang ở"), _lazy("Gửi lúc"))
PRINTS: dict[str, tuple[str | Promise, str]] = {
    "nhan": (_lazy("In nhãn địa chỉ"), "printer"), "ban-giao": (_lazy("In bảng kê bàn giao"), "list-checks"),
}  # fmt: skip


@require_safe
def parcels(request: ActorRequest) -> HttpResponse:
    """Parcels under way, and those that came back, of the counters where the officer returns results."""
    reader, sent = Reader(timezone.now()), _mine(request.actor)
    under_way = sent.filter(ended_at=None).order_by("requested_at")[:SHOWN]
    back = sent.filter(state=Shipment.State.RETURNED, dossier__status=Status.RESOLVED, dossier__in_post=False)
    context = {
        "section": "parcels", "columns": COLUMNS, "under_way": [_row(one, reader) for one in under_way],
        "returned": [_row(one, reader) for one in back.order_by("-ended_at")[:SHOWN]], "prints": prints(),
    }  # fmt: skip
    return render(request, "dossiers/officer/parcels.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def printed(request: ActorRequest) -> HttpResponse:
    """Labels or the hand-over list of the parcels that were ticked; that each was read is written down."""
    if request.method != "POST":
        return redirect("officer_parcels")
    if (what := request.POST.get("viec", "")) not in PRINTS:
        raise Http404
    chosen = _mine(request.actor).filter(pk__in=_keys(request.POST.getlist("chon")), ended_at=None)
    found = list(chosen.order_by("dossier__receiving_agency_id", "requested_at", "pk"))
    if not found:
        messages.warning(request, _("Chọn bưu gửi đang chuyển trước, bằng ô ở đầu mỗi dòng."))
        return redirect("officer_parcels")
    now = timezone.now()
    try:
        pdf = postal.labels(found) if what == "nhan" else postal.hand_over_lists(found, by=request.actor, at=now)
    except TypesettingError:
        messages.error(request, _("Chưa in được. Thử lại, hoặc chọn ít bưu gửi hơn."))
        return redirect("officer_parcels")
    read = "nhãn bưu gửi" if what == "nhan" else "bảng kê bàn giao bưu phẩm"
    for shipment in found:
        access.log_read(shipment.dossier, by=request.actor, at=now, what=read)
    named = f"inline; filename={what}.pdf"
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": named})


def prints() -> list[dict[str, Any]]:
    """What can be printed of parcels, as buttons of a bar."""
    return [{"text": text, "value": value, "icon": icon, "target": "_blank"} for value, (text, icon) in PRINTS.items()]


def _mine(actor: Actor) -> Any:
    agencies = [seat.agency_id for seat in actor.seats if seat.role == "returner"]
    sent = Shipment.objects.filter(dossier__receiving_agency__in=agencies)
    return sent.select_related("dossier__receiving_agency").defer("dossier__answers")


def _keys(ticked: list[str]) -> list[uuid.UUID]:
    found = []
    for one in ticked[:SHOWN]:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return found


def _row(shipment: Shipment, reader: Reader) -> dict[str, Any]:
    code, tone = str(shipment.dossier), "red" if shipment.state == Shipment.State.RETURNED else "blue"
    receiver = shipment.receiver
    return {"id": str(shipment.pk), "label": shipment.item_code or shipment.order_number, "cells": [
        {"text": shipment.item_code or _("Chưa có mã"), "code": True, "sub": _("lần %d") % shipment.attempt},
        {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]), "sub": shipment.dossier.title},
        {"text": receiver.get("name", ""), "sub": receiver.get("address", "")},
        {"tag": {"text": str(shipment.get_state_display()), "tone": tone}, "sub": shipment.reason},
        reader.short(shipment.requested_at),
    ]}  # fmt: skip
