"""The demo province: one command, again and again."""

import pytest
from django.core.management import CommandError, call_command

from procedures.models import AdministrativeUnit, Agency, Case, Position, ProcedureVersion, ProvinceProfile

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def counts() -> list[int]:
    return [model._default_manager.count() for model in (AdministrativeUnit, Agency, Position, ProcedureVersion, Case)]


def test_the_seed_fills_a_province_once_and_changes_nothing_again(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed")
    first = counts()
    assert all(first)
    assert capsys.readouterr().err == ""  # nothing was refused, nothing lacks a part
    assert not ProcedureVersion.objects.exclude(state="published").exists()
    call_command("seed")
    assert counts() == first
    profile = ProvinceProfile.current()
    assert profile
    assert (profile.identifier, profile.tiers) == ("H62", ["province", "district", "commune"])
    with pytest.raises(CommandError, match="new database"):
        call_command("seed", province="two-tier")
