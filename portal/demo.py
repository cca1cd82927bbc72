"""The officers of the demo province: accounts with a known password and a second factor. Never in production."""

import json
import uuid
from dataclasses import dataclass

from django.conf import settings

from portal.identity import second_factor
from portal.models import User
from procedures.models import Position


class NotADemo(Exception):
    """Demo accounts are refused on an installation in production."""


@dataclass(frozen=True)
class DemoAccount:
    """One row of what `demo_accounts` prints."""

    username: str
    name: str
    role: str
    agency: str
    password: str
    totp_secret: str
    login_url: str


def ensure_officer(username: str, full_name: str) -> User:
    """The demo officer, made with password and second factor when absent. Raises NotADemo in production."""
    if settings.PRODUCTION:
        raise NotADemo
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(username=username, full_name=full_name, kind=User.Kind.OFFICER, email=f"{username}@can-bo.example")
        user.set_password(settings.DEMO_PASSWORD)
        user.save()
    if not second_factor.enrolled(user):
        second_factor.enrol(user, second_factor.new_secret())
        second_factor.recovery_codes_kept(user)
    return user


def usernames() -> set[str]:
    """The officers that the demo provinces name."""
    files = (settings.ROOT / "procedures/reference").glob("agencies-*.json")
    return {seat["username"] for file in files for seat in json.loads(file.read_text("utf-8"))["positions"]}


def accounts() -> list[DemoAccount]:
    """Every demo officer with the seats held, as the seed has made them. Raises NotADemo in production."""
    if settings.PRODUCTION:
        raise NotADemo
    seats: dict[uuid.UUID, list[Position]] = {}
    for position in Position.objects.select_related("agency").order_by("pk"):
        seats.setdefault(position.user_id, []).append(position)
    users = User.objects.filter(pk__in=seats, username__in=usernames(), kind=User.Kind.OFFICER)
    return [_account(user, seats[user.pk]) for user in sorted(users, key=lambda user: seats[user.pk][0].pk)]


def _account(user: User, seats: list[Position]) -> DemoAccount:
    return DemoAccount(
        username=user.username,
        name=user.full_name,
        role=", ".join(seat.role for seat in seats),
        agency=seats[0].agency.name,
        password=settings.DEMO_PASSWORD,
        totp_secret=second_factor.secret_of(user),
        login_url=f"{settings.BASE_URL}/can-bo/dang-nhap",
    )
