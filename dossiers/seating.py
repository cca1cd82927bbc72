"""Which seats an officer works from on a day, and for whom else the officer may sign."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import IntegerField, Q, Value
from django.utils.translation import gettext as _

from dossiers import delegating
from portal.floor.actor import Delegation, Seat
from portal.floor.prepared import Row, prepared
from procedures.models import Position, Substitution

_SEAT = (
    "pk", "user_id", "agency_id", "role", "title", "signing_capacity", "holder_name", "agency__short_name",
    "agency__name",
)  # fmt: skip
_HERE = len(_SEAT)  # where the key of a delegation stands; a seat has none


def places_of(
    user_id: uuid.UUID, on: dt.date, chosen: object = None
) -> tuple[tuple[Seat, ...], tuple[Delegation, ...]]:
    """The seats in force that day, the chosen one first, then one's own, then those of holders on leave; and for whom
    else the officer may sign."""
    rows = _places(user_id=user_id, on=on)
    seats = [_seat(row[:_HERE], user_id) for row in rows if row[_HERE] is None]
    seats.sort(key=lambda seat: (seat.position_id != chosen, bool(seat.stands_in_for), seat.position_id))
    return tuple(seats), tuple(delegating.made(row) for row in rows if row[_HERE] is not None)


@prepared
def _places(*, user_id: uuid.UUID, on: dt.date) -> Any:
    """Positions held or lent, with the names of their agencies; then those that the officer may sign for."""
    lent = Substitution.objects.filter(substitute_id=user_id, starts_on__lte=on, ends_on__gte=on)
    held = Q(user_id=user_id) | Q(pk__in=lent.values("position_id"))
    none = {f"none_{number}": Value(None, IntegerField()) for number in range(len(delegating.COLUMNS) - _HERE)}
    seats = Position.objects.in_force(on).filter(held).order_by().annotate(**none).values_list(*_SEAT, *none)
    return seats.union(delegating.held_by(user_id, on).values_list(*delegating.COLUMNS), all=True)


def _seat(row: Row, user_id: uuid.UUID) -> Seat:
    """The seat as this person works from it: a substitute has its work, never the holder's capacity to sign."""
    pk, holder_id, agency_id, role, title, capacity, holder, short_name, name = row
    if holder_id == user_id:
        return Seat(pk, agency_id, role, title, capacity, short_name or name)
    title = _("%(title)s (thay %(holder)s)") % {"title": title, "holder": holder}
    return Seat(pk, agency_id, role, title, "", short_name or name, holder)
