"""Who acts. Built once at the edge (view, API, task), then handed to verbs as `by`."""

import uuid
from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["citizen", "officer", "partner", "device", "system"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A position in force, without the table behind it."""

    position_id: int
    agency_id: int
    role: str
    title: str
    signing_capacity: str = ""
    agency: str = ""  # everyday name
    stands_in_for: str = ""  # the holder on leave, when this actor is the substitute


@dataclass(frozen=True, slots=True)
class Delegation:
    """Leave to sign for a leader (NĐ 30/2020/NĐ-CP art. 13): all that is signed there, some procedures, one dossier."""

    key: uuid.UUID
    seat: Seat  # the giver's place, with the taker's title and the capacity as papers print them
    giver: str  # the holder's name
    procedures: frozenset[int] = frozenset()
    dossier_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with everything a verb or a queryset may need to decide."""

    kind: ActorKind
    user_id: uuid.UUID | None = None
    name: str = ""
    seats: tuple[Seat, ...] = ()
    owner_index: str = ""  # blind index of the citizen's personal id or the organisation's tax code
    on_behalf_of: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    assurance: int = 0
    delegations: tuple[Delegation, ...] = ()  # whom this officer may sign for

    @property
    def is_officer(self) -> bool:
        return self.kind == "officer" and bool(self.seats)

    @property
    def agency_ids(self) -> frozenset[int]:
        return frozenset(seat.agency_id for seat in self.seats)

    def seat_for(self, *, agency_id: int | None, roles: tuple[str, ...], own: bool = False) -> Seat | None:
        """The seat in that agency with one of those roles, None if the actor has none. `own`: not a substitute's."""
        fitting = (seat for seat in self.seats if seat.agency_id == agency_id and seat.role in roles)
        return next((seat for seat in fitting if not (own and seat.stands_in_for)), None)

    def has_role(self, *roles: str) -> bool:
        return any(seat.role in roles for seat in self.seats)


SYSTEM = Actor(kind="system", name="Hệ thống")
