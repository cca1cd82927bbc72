"""Messages: from an outbox row to a mail in the person's words. Nothing personal beyond what the person knows."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from dossiers import appointments, outbox
from dossiers.models import Consultation, Dossier, OutboxMessage, Verification
from dossiers.ports.messaging.base import OutgoingMessage, channel
from dossiers.querysets import ASKED
from procedures.models import Position, ProvinceProfile, Substitution

TOPICS = {
    "citizen": (
        "submitted", "received", "not_received", "supplement_requested", "supplied", "forwarded", "result_ready",
        "posted", "invited", "parcel_returned", "returned", "withdrawn", "withdrawal_declined",
        "paused", "payment_due", "resumed", "extended", "stopped", "corrected", "recalculated", "uncollected",
        "supplement_ending", "handed_over",
        "appointment", "dispatched",
    ),
    "holder": (
        "dispatched", "supplied", "withdrawal_requested", "parcel_returned", "signing_failed",
        "consultation_answered", "consultation_overdue", "instructed",
    ),
    "consulted": ("consultation_asked", "consultation_ended", "consultation_due_soon", "consultation_overdue"),
    "one_stop": ("consultation_overdue",),
}  # fmt: skip
Files = tuple[tuple[str, bytes, str], ...]  # as OutgoingMessage has them


def tell_citizen(message: OutboxMessage) -> None:
    """Mail to the owner of the dossier; without an address there is nothing to do. Raises PortError."""
    dossier = _dossier(message)
    owner = dossier.parties.filter(role="submitter").first()
    if owner is not None and owner.email:
        more, files = _appointment(message) if message.topic == "appointment" else ({}, ())
        _send(message, dossier, to=owner.email, name=owner.name, folder="citizen", more=more, files=files)


def tell_holder(message: OutboxMessage) -> None:
    """Mail to the officers at the desk that holds the dossier and to who stands in for them. Raises PortError."""
    dossier = _dossier(message)
    seats = Position.objects.filter(agency_id=dossier.holder_agency_id, role=dossier.holder_role)
    if dossier.assignee_id:
        seats = seats.filter(pk=dossier.assignee_id)
    more = _asked(_consultation(message)) if message.topic == "consultation_overdue" else None
    _tell_seats(message, dossier, seats, folder="holder", more=more)


def tell_consulted(message: OutboxMessage) -> None:
    """Mail to those who answer in the agency that was asked; to its leaders too when it is late. Raises PortError."""
    asked = _consultation(message)
    seats = Position.objects.filter(agency_id=asked.agency_id, role__in=ASKED)
    if asked.assignee_id:
        leaders = seats.filter(role="leader") if message.topic == "consultation_overdue" else seats.none()
        seats = leaders | seats.filter(pk=asked.assignee_id)
    _tell_seats(message, _dossier(message), seats, folder="consulted", more=_asked(asked))


def tell_one_stop(message: OutboxMessage) -> None:
    """Mail to the head of the one-stop unit that received the dossier. Raises PortError."""
    dossier = _dossier(message)
    seats = Position.objects.filter(agency_id=dossier.receiving_agency_id, role="leader")
    _tell_seats(message, dossier, seats, folder="one_stop", more=_asked(_consultation(message)))


def _tell_seats(
    message: OutboxMessage, dossier: Dossier, seats: Any, *, folder: str, more: dict[str, Any] | None = None
) -> None:
    """Mail to those who sit there today and to who stands in for them."""
    today = timezone.localdate()
    seats = seats & Position.objects.in_force(today)
    lent = Substitution.objects.filter(position__in=seats, starts_on__lte=today, ends_on__gte=today)
    there = Q(pk__in=seats.values("user_id")) | Q(pk__in=lent.values("substitute_id"))
    users = get_user_model().objects.filter(there, is_active=True)
    for user in users.order_by("pk"):
        if user.email:
            _send(message, dossier, to=user.email, name=str(user), folder=folder, suffix=f":{user.pk}", more=more)


def _consultation(message: OutboxMessage) -> Consultation:
    """The consultation that the key of the message ends with."""
    row: Consultation = Consultation.objects.select_related("agency").get(pk=message.key.rpartition(":")[2])
    return row


def _asked(consultation: Consultation) -> dict[str, Any]:
    return {
        "agency": consultation.agency.name, "asked_by": consultation.asked_by,
        "answer_due": moment(consultation.due_at),
        "answer_url": f"{settings.BASE_URL}/can-bo/lay-y-kien/{consultation.pk}",
    }  # fmt: skip


def _appointment(message: OutboxMessage) -> tuple[dict[str, Any], Files]:
    """What the letter says of a look at the place, as it is arranged now, and the file for the calendar."""
    assert message.payload is not None
    row = Verification.objects.select_related("dossier").get(pk=message.payload["verification"])
    file = ("lich-hen.ics", appointments.ics(row), appointments.CONTENT_TYPE)
    return {"appointment": row, "when": moment(row.starts_at)}, (file,)


def _dossier(message: OutboxMessage) -> Dossier:
    assert message.dossier_id is not None  # notices are always about a dossier
    related = ("procedure_version", "receiving_agency", "holder_agency")
    dossier: Dossier = Dossier.objects.select_related(*related).get(pk=message.dossier_id)
    return dossier


def _send(message: OutboxMessage, dossier: Dossier, *, to: str, name: str, folder: str, suffix: str = "",
          more: dict[str, Any] | None = None, files: Files = ()) -> None:  # fmt: skip
    context = facts(dossier) | {"name": name, **(message.payload or {}), **(more or {})}
    template = f"messages/{folder}/{message.topic}"
    channel().send(
        OutgoingMessage(
            to=to,
            subject=" ".join(render_to_string(f"{template}.subject", context).split()),
            text=render_to_string(f"{template}.txt", context),
            html=render_to_string(f"{template}.html", context),
            key=f"{message.key}{suffix}",
            files=files,
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
outbox.register("notice.consulted", tell_consulted)
outbox.register("notice.one_stop", tell_one_stop)
