"""Who may do what to one dossier, and who has looked at it."""

import datetime as dt
from typing import Any

from dossiers.models import AccessLog, Dossier
from dossiers.states import MOVES, Status
from portal.floor.actor import Actor, Seat


def seat_on(dossier: Dossier, name: str, by: Actor) -> Seat | None:
    """The officer's seat that entitles to the move: where the dossier is, and in the holding role if the move says so."""
    move = MOVES[name]
    roles = tuple(role for role in move.roles if not move.holder_only or role == dossier.holder_role)
    return by.seat_for(agency_id=dossier.holder_agency_id, roles=roles)


def may(dossier: Dossier, name: str, by: Actor) -> bool:
    """Whether this actor may make this move now."""
    move = MOVES[name]
    if Status(dossier.status) not in move.sources:
        return False
    if by.kind == "officer":
        seat = seat_on(dossier, name, by)
        return seat is not None and dossier.assignee_id in (None, seat.position_id, *_not_mine(dossier, name))
    return by.kind in move.roles


def _not_mine(dossier: Dossier, name: str) -> tuple[Any, ...]:
    # Assigning is how a dossier leaves a colleague who is away.
    return (dossier.assignee_id,) if name == "assign" else ()


def moves_open_to(dossier: Dossier, by: Actor) -> list[str]:
    """The moves this actor may make now, in the order of the table."""
    return [name for name in MOVES if may(dossier, name, by)]


def log_read(dossier: Dossier, *, by: Actor, at: dt.datetime, what: str) -> None:
    """Note that somebody opened a dossier, a file or an unmasked field; the owner may see the list."""
    AccessLog.objects.create(
        dossier=dossier, at=at, actor_kind=by.kind, actor_id=str(by.user_id or ""), actor_name=by.name, what=what
    )
