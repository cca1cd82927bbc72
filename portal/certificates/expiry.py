"""Certificates near their end: who holds one hears of it 30, 7 and 1 days before, once each time."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from dossiers import outbox
from dossiers.messaging import moment
from dossiers.models import OutboxMessage
from dossiers.ports.messaging.base import OutgoingMessage, channel
from portal.models import User
from procedures.models import Agency, Position, ProvinceProfile, Role
from signatures.models import Certificate

KIND = "certificate.ending"
STEPS = (1, 7, 30)  # days before the end


def remind(*, at: dt.datetime) -> int:
    """Owe one letter for each certificate that has come to its next step; how many are near their end."""
    ending = Certificate.objects.ending(at, dt.timedelta(days=max(STEPS)))
    promises = [
        outbox.promise(
            KIND, key=f"certificate:{one.serial}:{step(one.valid_to, at)}", lane=f"certificate:{one.serial}", at=at,
            payload={"serial": one.serial},
        )
        for one in ending
    ]  # fmt: skip
    with transaction.atomic():
        # A step that was spoken of keeps its key for ever.
        OutboxMessage.objects.bulk_create(promises, ignore_conflicts=True)
        transaction.on_commit(outbox.hurry)
    return len(promises)


def step(end: dt.datetime, at: dt.datetime) -> int:
    """The step now due: one missed while nobody ran is made up for by the next, not added to it."""
    return next(days for days in STEPS if end - at <= dt.timedelta(days=days))


def tell(message: OutboxMessage) -> None:
    """Mail the holder, or leaders and operators of the agency; nobody once it was replaced or stopped.

    Raises PortError.
    """
    now = timezone.now()
    ending = Certificate.objects.ending(now, dt.timedelta(days=max(STEPS)))
    certificate = ending.filter(serial=(message.payload or {}).get("serial")).select_related("holder_user").first()
    if certificate is None:
        return
    agency = Agency.objects.filter(code=certificate.holder_agency_code).first()
    for user in _told(certificate, timezone.localdate(now)):
        send(message, user, "certificate", _facts(certificate, agency, user))


def _told(certificate: Certificate, today: dt.date) -> list[User]:
    """Who has to see to it, as far as they can be written to."""
    if certificate.holder_user_id:
        people = User.objects.filter(pk=certificate.holder_user_id)
    else:
        seats = Position.objects.in_force(today).filter(
            agency__code=certificate.holder_agency_code, role__in=(Role.LEADER, Role.OPERATOR)
        )
        people = User.objects.filter(pk__in=seats.values("user_id"))
    return [user for user in people.filter(is_active=True).order_by("pk") if user.email]


def _facts(certificate: Certificate, agency: Agency | None, user: User) -> dict[str, Any]:
    return {
        "name": user.full_name,
        "agency": agency.name if agency else certificate.holder_agency_code,
        "serial": certificate.serial,
        "until": moment(certificate.valid_to),
        "province": ProvinceProfile.current(),
    }


def send(message: OutboxMessage, user: User, matter: str, context: dict[str, Any]) -> None:
    """Mail the letter about that matter, once for each person. Raises PortError."""
    channel().send(
        OutgoingMessage(
            to=user.email,
            subject=" ".join(render_to_string(f"messages/{matter}.subject", context).split()),
            text=render_to_string(f"messages/{matter}.txt", context),
            html=render_to_string(f"messages/{matter}.html", context),
            key=f"{message.key}:{user.pk}",
        )
    )


outbox.register(KIND, tell)
