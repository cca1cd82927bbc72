"""Operators for tests about people and organisation: of the province, of a district, of a commune."""

import datetime as dt

from django.test import Client
from django.utils import timezone

from portal.models import User
from procedures.models import Agency, Position
from tests import world as worlds
from tests.login import log_in
from tests.world import World

PEOPLE, AGENCIES, CALENDAR = "/quan-tri/nguoi-dung", "/quan-tri/co-quan", "/quan-tri/lich-lam-viec"


def build() -> World:
    """The small world with the province above all, another commune, and operators: nam, huong of the district,
    xa of the commune; minh edits the catalogue."""
    world = worlds.build()
    top = world.agencies["top"] = Agency.objects.create(
        code="000.00.00.H62", scheme="qcvn102", name="Ủy ban nhân dân tỉnh", name_fold="uy ban nhan dan tinh",
        symbol="UBND", level="province", place="Vĩnh Phúc",
    )  # fmt: skip
    world.agencies["other"] = Agency.objects.create(
        code="000.22.05.H62", scheme="qcvn102", name="Ủy ban nhân dân xã Tử Du", name_fold="uy ban nhan dan xa tu du",
        symbol="UBND", level="commune", place="Tử Du", one_stop=True, parent=world.agencies["district"],
    )  # fmt: skip
    Agency.objects.filter(code__in=["000.00.14.H62", "000.00.05.H62"]).update(parent=top)
    for name, place, role in (
        ("nam", "top", "operator"), ("huong", "district", "operator"), ("xa", "commune", "operator"),
        ("minh", "top", "catalogue_editor"), ("tu", "other", "specialist"),
    ):  # fmt: skip
        officer(world, name, place, role)
    return world


def officer(world: World, name: str, place: str, role: str) -> User:
    user = User(username=name, full_name=f"Cán bộ {name}", kind=User.Kind.OFFICER, email=f"{name}@can-bo.example")
    user.set_password("demo-motcua")
    user.save()
    world.users[name] = user
    world.positions[name] = Position.objects.create(
        user=user, agency=world.agencies[place], role=role, title="Cán bộ", holder_name=user.full_name
    )
    return user


def client(world: World, name: str) -> Client:
    return log_in(Client(), world.users[name])


def parts(name: str, day: dt.date) -> dict[str, str]:
    """A date as its three boxes send it."""
    return {f"{name}_0": str(day.day), f"{name}_1": str(day.month), f"{name}_2": str(day.year)}


def day(days: int) -> dt.date:
    """So many days from today."""
    return timezone.localdate() + dt.timedelta(days=days)
