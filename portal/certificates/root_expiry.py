"""Trusted roots near their end: the province's operators hear of it 30, 7 and 1 days before, once each time."""

import datetime as dt

from asn1crypto import x509
from django.db import transaction
from django.utils import timezone

from dossiers import outbox
from dossiers.messaging import moment
from dossiers.models import OutboxMessage
from portal.certificates.expiry import STEPS, send, step
from portal.certificates.wording import common_name
from portal.models import User
from procedures.models import Level, Position, ProvinceProfile, Role
from signatures import trust, truststore

KIND = "root.ending"


def remind(*, at: dt.datetime) -> int:
    """Owe one letter for each root, added or of the settings, at its next step; how many are near their end."""
    ending = {truststore.fingerprint(one): one for one in _ending(at)}
    promises = [
        outbox.promise(
            KIND, key=f"root:{sha256[:40]}:{step(one.not_valid_after, at)}", lane=f"root:{sha256[:40]}", at=at,
            payload={"sha256": sha256},
        )
        for sha256, one in ending.items()
    ]  # fmt: skip
    with transaction.atomic():
        OutboxMessage.objects.bulk_create(promises, ignore_conflicts=True)
        transaction.on_commit(outbox.hurry)
    return len(promises)


def tell(message: OutboxMessage) -> None:
    """Mail the province's operators; nobody once the root is no longer trusted. Raises PortError."""
    now, wanted = timezone.now(), (message.payload or {}).get("sha256")
    root = next((one for one in _ending(now) if truststore.fingerprint(one) == wanted), None)
    if root is None:
        return
    seats = Position.objects.in_force(timezone.localdate(now)).filter(
        role=Role.OPERATOR, agency__level=Level.PROVINCE, agency__parent=None
    )
    people = User.objects.filter(pk__in=seats.values("user_id"), is_active=True)
    facts = {
        "root": common_name(root.subject), "until": moment(root.not_valid_after), "province": ProvinceProfile.current(),
    }  # fmt: skip
    for user in people.order_by("pk"):
        if user.email:
            send(message, user, "root", facts | {"name": user.full_name})


def _ending(at: dt.datetime) -> list[x509.Certificate]:
    last = at + dt.timedelta(days=max(STEPS))
    return [one for one in trust.roots() if at < one.not_valid_after <= last]


outbox.register(KIND, tell)
