"""Messages: from an outbox row to a mail in the person's words. Nothing personal beyond what the person knows."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from dossiers import outbox
from dossiers.models import Dossier, OutboxMessage
from dossiers.ports.messaging.base import OutgoingMessage, channel
from procedures.models import Position, ProvinceProfile, Substitution

TOPICS = {
    "citizen": (
        "submitted", "received", "not_received", "supplement_requested", "supplied", "forwarded", "result_ready",
        "posted", "invited", "parcel_returned", "returned", "withdrawn", "withdrawal_declined",
        "paused", "payment_due", "resumed", "extended", "stopped", "dispatched",
    ),
    "holder": (
        "dispatched", "supplied", "withdrawal_requested", "parcel_returned", "signing_failed", "due_soon", "overdue",
        "late",
    ),
}  # fmt: skip


def tell_citizen(message: OutboxMessage) -> None:
    """Mail to the owner of the dossier; without an address there is nothing to do. Raises PortError."""
    dossier = _dossier(message)
    owner = dossier.parties.filter(role="submitter").first()
    if owner is not None and owner.email:
        _send(message, dossier, to=owner.email, name=owner.name, folder="citizen")


def tell_holder(message: OutboxMessage) -> None:
    """Mail to the officers at the desk that holds the dossier and to who stands in for them; to its leaders too when
    it is late. Raises PortError."""
    dossier = _dossier(message)
    roles = {dossier.holder_role} | ({"leader"} if message.topic in ("overdue", "late") else set())
    today = timezone.localdate()
    seats = Position.objects.in_force(today).filter(agency_id=dossier.holder_agency_id, role__in=roles)
    if dossier.assignee_id:
        seats = seats.filter(role="leader") | seats.filter(pk=dossier.assignee_id)
    lent = Substitution.objects.filter(position__in=seats, starts_on__lte=today, ends_on__gte=today)
    there = Q(pk__in=seats.values("user_id")) | Q(pk__in=lent.values("substitute_id"))
    users = get_user_model().objects.filter(there, is_active=True)
    for user in users.order_by("pk"):
        if user.email:
            _send(message, dossier, to=user.email, name=str(user), folder="holder", suffix=f":{user.pk}")


def _dossier(message: OutboxMessage) -> Dossier:
    assert message.dossier_id is not None  # notices are always about a dossier
    related = ("procedure_version", "receiving_agency", "holder_agency")
    dossier: Dossier = Dossier.objects.select_related(*related).get(pk=message.dossier_id)
    return dossier


def _send(message: OutboxMessage, dossier: Dossier, *, to: str, name: str, folder: str, suffix: str = "") -> None:
    context = facts(dossier) | {"name": name, **(message.payload or {})}
    template = f"messages/{folder}/{message.topic}"
    channel().send(
        OutgoingMessage(
            to=to,
            subject=" ".join(render_to_string(f"{template}.subject", context).split()),
            text=render_to_string(f"{template}.txt", context),
            html=render_to_string(f"{template}.html", context),
            key=f"{message.key}{suffix}",
        )
    )


def facts(dossier: Dossier) -> dict[str, Any]:
    """What every message may say about a dossier."""
    code = dossier.code or dossier.reference
    return {
        "code": code,
        "title": dossier.title,
        "receiving_agency": dossier.receiving_agency.name,
        "holder_agency": dossier.holder_agency.name,
        "stage": dossier.stage_name,
        "due": moment(dossier.due_at),
        "next_due": moment(dossier.next_due_at),
        "province": ProvinceProfile.current(),
        "track_url": f"{settings.BASE_URL}/tra-cuu/{code}?k={dossier.tracking_key}",
        "officer_url": f"{settings.BASE_URL}/can-bo/ho-so/{code}",
        "shipment": dossier.shipments.order_by("-attempt").first(),
    }


_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def moment(at: Any) -> str:
    """`16:30, thứ Ba 24/11/2026`; empty for None."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{local:%H:%M}, {_WEEKDAYS[local.weekday()]} {local:%d/%m/%Y}"


outbox.register("notice.citizen", tell_citizen)
outbox.register("notice.holder", tell_holder)
