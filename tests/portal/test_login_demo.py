"""Demo officers: the roster of the demo province, never on an installation in production."""

import json
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from portal import demo
from portal.identity import second_factor
from portal.models import User
from tests.portal.conftest import seat

pytestmark = pytest.mark.django_db


def printed() -> list[dict[str, str]]:
    out = StringIO()
    call_command("demo_accounts", "--json", stdout=out)
    rows: list[dict[str, str]] = json.loads(out.getvalue())
    return rows


@pytest.fixture
def officers() -> None:
    for username, name, roles in (
        ("binh", "Nguyễn Văn Bình", ["receiver", "cashier"]),
        ("dung", "Lê Tiến Dũng", ["leader"]),
    ):
        user = demo.ensure_officer(username, name)
        for role in roles:
            seat(user, role)


def test_every_demo_officer_is_printed_with_what_a_log_in_needs(officers: None) -> None:
    binh, dung = printed()
    assert (binh["username"], binh["role"], binh["agency"]) == ("binh", "receiver, cashier", "UBND xã Xuân Lôi")
    assert (dung["username"], dung["name"], dung["role"]) == ("dung", "Lê Tiến Dũng", "leader")
    assert binh["login_url"].endswith("/can-bo/dang-nhap")
    user = User.objects.get(username="binh")
    assert user.check_password(binh["password"])
    assert binh["totp_secret"] == second_factor.secret_of(user) != dung["totp_secret"]


def test_the_code_of_the_moment_can_be_had_without_a_telephone(officers: None) -> None:
    out = StringIO()
    call_command("demo_accounts", "--code", "binh", stdout=out)
    assert second_factor.proves(User.objects.get(username="binh"), out.getvalue().strip())
    with pytest.raises(CommandError, match="no demo officer"):
        call_command("demo_accounts", "--code", "nobody")


def test_an_officer_who_is_none_of_the_demonstration_is_not_printed(officers: None) -> None:
    seat(User.objects.create(username="that", kind=User.Kind.OFFICER), "leader")
    assert [row["username"] for row in printed()] == ["binh", "dung"]


def test_seeding_again_changes_no_account(officers: None) -> None:
    before = printed()
    demo.ensure_officer("binh", "Nguyễn Văn Bình")
    assert printed() == before
    assert Authenticator.objects.filter(type="totp").count() == 2


def test_production_refuses_demo_accounts(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo_accounts")
    with pytest.raises(demo.NotADemo):
        demo.ensure_officer("binh", "Nguyễn Văn Bình")
    assert not User.objects.exists()
