"""Who acts, built once at the edge and handed to every verb and queryset."""

import datetime as dt
import uuid

from django.http import HttpRequest
from django.utils import timezone

from portal.floor import crypto
from portal.floor.actor import Actor, Seat
from portal.models import User
from procedures.models import Position

ANONYMOUS = Actor(kind="citizen")
# Session keys: set once the second factor was shown; the seat the officer has chosen to work from.
SECOND_FACTOR = "second_factor"
CHOSEN_SEAT = "seat"


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a request. An officer whose session has not shown a second factor has no seat at all."""
    user = request.user
    if not isinstance(user, User):
        return ANONYMOUS
    if user.kind == User.Kind.OFFICER:
        proven = bool(request.session.get(SECOND_FACTOR))
        seats = seats_of(user.pk, timezone.localdate(), request.session.get(CHOSEN_SEAT)) if proven else ()
        return Actor(kind="officer", user_id=user.pk, name=user.full_name, seats=seats, assurance=user.assurance)
    if user.kind == User.Kind.DEVICE:
        return Actor(kind="device", user_id=user.pk, name=user.full_name)
    return citizen_actor(user)


def citizen_actor(user: User) -> Actor:
    """A citizen or an organisation: owner of what stands under the blind index of its number."""
    organisation = user.kind == User.Kind.ORGANISATION
    index = crypto.blind_index(user.tax_code, "tax_code") if organisation else user.personal_id_index
    return Actor(kind="citizen", user_id=user.pk, name=user.full_name, owner_index=index, assurance=user.assurance)


def seats_of(user_id: uuid.UUID, on: dt.date, chosen: object = None) -> tuple[Seat, ...]:
    """The seats in force that day, the chosen one first."""
    positions = Position.objects.in_force(on).filter(user_id=user_id).select_related("agency").order_by("pk")
    seats = [
        Seat(p.pk, p.agency_id, p.role, p.title, p.signing_capacity, p.agency.short_name or p.agency.name)
        for p in positions
    ]
    return tuple(sorted(seats, key=lambda seat: seat.position_id != chosen))
