"""Demo officers: the roster of the demo province, never on an installation in production."""

import json
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from portal import demo
from portal.models import User
from tests.portal.conftest import seat

pytestmark = pytest.mark.django_db


def printed() -> list[dict[str, str]]:
    out = StringIO()
    call_command("demo_accounts", "--json", stdout=out)
    rows: list[dict[str, str]] = json.loads(out.getvalue())
    return rows


def test_the_roster_is_printed_with_what_a_log_in_needs() -> None:
    seat(demo.ensure_officer("binh", "Nguyễn Văn Bình"), "receiver")
    rows = {row["username"]: row for row in printed()}
    assert set(rows) == set(demo.OFFICERS)
    assert rows["binh"]["role"] == "receiver"
    assert rows["binh"]["agency"] == "UBND xã Xuân Lôi"
    assert rows["binh"]["login_url"].endswith("/can-bo/dang-nhap")
    assert User.objects.get(username="binh").check_password(rows["binh"]["password"])
    assert len({row["totp_secret"] for row in rows.values()}) == len(rows)


def test_printing_again_changes_nothing() -> None:
    assert printed() == printed()
    assert Authenticator.objects.filter(type="totp").count() == len(demo.OFFICERS)


def test_production_refuses_demo_accounts(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo_accounts")
    assert not User.objects.exists()
