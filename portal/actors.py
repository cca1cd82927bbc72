"""Who acts, built once at the edge and handed to every verb and queryset."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import IntegerField, Q, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import delegating
from portal.floor import crypto
from portal.floor.actor import Actor, Delegation, Seat
from portal.floor.prepared import Row, prepared
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
        if not request.session.get(SECOND_FACTOR):
            return Actor(kind="officer", user_id=user.pk, name=user.full_name, assurance=user.assurance)
        seats, lent = places_of(user.pk, timezone.localdate(), request.session.get(CHOSEN_SEAT))
        return Actor("officer", user.pk, user.full_name, seats, assurance=user.assurance, delegations=lent)
    if user.kind == User.Kind.DEVICE:
        return Actor(kind="device", user_id=user.pk, name=user.full_name)
    return citizen_actor(user)


def citizen_actor(user: User) -> Actor:
    """A citizen or an organisation: owner of what stands under the blind index of its number."""
    organisation = user.kind == User.Kind.ORGANISATION
    index = crypto.blind_index(user.tax_code, "tax_code") if organisation else user.personal_id_index
    return Actor(kind="citizen", user_id=user.pk, name=user.full_name, owner_index=index, assurance=user.assurance)


def places_of(
    user_id: uuid.UUID, on: dt.date, chosen: object = None
) -> tuple[tuple[Seat, ...], tuple[Delegation, ...]]:
    """The seats in force that day, the chosen one first, then one's own, then those of holders on leave; and for whom
    else the officer may sign."""
    rows = _places(user_id=user_id, on=on)
    seats = [_seat(row[:9], user_id) for row in rows if row[9] is None]
    seats.sort(key=lambda seat: (seat.position_id != chosen, bool(seat.stands_in_for), seat.position_id))
    return tuple(seats), tuple(delegating.made(row) for row in rows if row[9] is not None)


@prepared
def _places(*, user_id: uuid.UUID, on: dt.date) -> Any:
    """Positions held or lent, with the names of their agencies; then those that the officer may sign for."""
    lent = Substitution.objects.filter(substitute_id=user_id, starts_on__lte=on, ends_on__gte=on)
    held = Q(user_id=user_id) | Q(pk__in=lent.values("position_id"))
    none = {f"none_{number}": Value(None, IntegerField()) for number in range(4)}
    seats = Position.objects.in_force(on).filter(held).order_by().annotate(**none).values_list(
        "pk", "user_id", "agency_id", "role", "title", "signing_capacity", "holder_name", "agency__short_name",
        "agency__name", *none,
    )  # fmt: skip
    return seats.union(delegating.held_by(user_id, on).values_list(*delegating.COLUMNS), all=True)


def _seat(row: Row, user_id: uuid.UUID) -> Seat:
    """The seat as this person works from it: a substitute has its work, never the holder's capacity to sign."""
    pk, holder_id, agency_id, role, title, capacity, holder, short_name, name = row
    if holder_id == user_id:
        return Seat(pk, agency_id, role, title, capacity, short_name or name)
    title = _("%(title)s (thay %(holder)s)") % {"title": title, "holder": holder}
    return Seat(pk, agency_id, role, title, "", short_name or name, holder)
