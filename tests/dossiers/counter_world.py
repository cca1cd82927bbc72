"""The counter of the small world: what binh, the receiver of the commune, takes down."""

import datetime as dt
from dataclasses import replace
from typing import Any

from dossiers import counter
from dossiers.applicants import Applicant
from dossiers.counter import Handed, Taken
from portal.floor.actor import Actor
from procedures.models import Case
from tests.world import AN_ADDRESS, AN_ID, MONDAY, World

AT = MONDAY
PAPERS = (Handed("don", originals=1), Handed("bang-tqgc", certified=2, copies=1))
OWNER = Applicant(name="Nguyễn Thị An", identity=AN_ID, phone="0912345678", address=AN_ADDRESS, birth_on="1990-03-12")
LONG = Applicant(name="Lê Văn Long", identity="026085009999", phone="0987000111")
DAY = dt.timedelta(days=1)


def taken(world: World, **more: Any) -> Taken:
    """A whole dossier for the climbing procedure."""
    whole = Taken(
        version=world.climbing, agency=world.agencies["commune"], owner=OWNER, return_mode="desk", handed=PAPERS,
        answers={"martyr_name": "Nguyễn Văn Long", "relation": "con"},
    )  # fmt: skip
    return replace(whole, **more)


def birth(world: World, **more: Any) -> Taken:
    """A whole dossier for khai sinh, which asks for no paper and costs 8.000 đồng."""
    whole = Taken(
        version=world.birth, agency=world.agencies["commune"], owner=OWNER, return_mode="desk",
        answers={"child_name": "Nguyễn Bé"},
    )  # fmt: skip
    return replace(whole, **more)


def instant(world: World) -> None:
    """Khai sinh is given on the spot."""
    Case.objects.filter(version=world.birth).update(instant=True)


def register(world: World, who: str = "binh", *, at: dt.datetime = AT, **more: Any) -> Any:
    return counter.register(taken(world, **more), by=world.actor(who), at=at)


def seat(world: World, *names: str) -> Actor:
    """binh, with the seats of others too."""
    seats = tuple(world.actor(name).seats[0] for name in ("binh", *names))
    return Actor(kind="officer", user_id=world.users["binh"].pk, name="Nguyễn Văn Bình", seats=seats)
