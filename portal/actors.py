"""Who acts, built once at the edge and handed to every verb and queryset."""

from django.http import HttpRequest
from django.utils import timezone

from dossiers.seating import places_of
from portal.floor import crypto
from portal.floor.actor import Actor
from portal.models import User

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
