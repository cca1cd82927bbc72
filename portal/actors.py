"""Who acts, built once at the edge and handed to every verb and queryset."""

import datetime as dt
import uuid

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor import crypto
from portal.floor.actor import Actor, Seat
from portal.models import User
from procedures.models import Position, Substitution

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
    """The seats in force that day, the chosen one first, then one's own, then those of holders on leave."""
    lent = Substitution.objects.filter(substitute_id=user_id, starts_on__lte=on, ends_on__gte=on)
    held = Q(user_id=user_id) | Q(pk__in=lent.values("position_id"))
    positions = Position.objects.in_force(on).filter(held).select_related("agency").order_by("pk")
    seats = [_seat(position, user_id) for position in positions]
    return tuple(sorted(seats, key=lambda seat: (seat.position_id != chosen, bool(seat.stands_in_for))))


def _seat(position: Position, user_id: uuid.UUID) -> Seat:
    """The seat as this person works from it: a substitute has its work, never the holder's capacity to sign."""
    agency = position.agency.short_name or position.agency.name
    if position.user_id == user_id:
        return Seat(position.pk, position.agency_id, position.role, position.title, position.signing_capacity, agency)
    title = _("%(title)s (thay %(holder)s)") % {"title": position.title, "holder": position.holder_name}
    return Seat(position.pk, position.agency_id, position.role, title, "", agency, position.holder_name)
