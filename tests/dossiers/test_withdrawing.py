"""Rút hồ sơ, rule by rule."""

import pytest

from dossiers import withdrawing
from dossiers.models import Dossier
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from tests.world import MONDAY, World


def test_withdrawal_is_asked_by_the_citizen_and_granted_by_the_holder(world: World, received: Dossier) -> None:
    withdrawing.request_withdrawal(received, by=world.actor("an"), at=MONDAY, reason="Nộp nhầm")
    assert received.status == Status.WITHDRAWAL_REQUESTED
    withdrawing.accept_withdrawal(received, by=world.actor("chi"), at=MONDAY)
    assert (received.status, str(received.citizen_state)) == (Status.STOPPED, "withdrawn")
    assert not received.stages.filter(closed_at=None).exists()


def test_a_declined_withdrawal_goes_on_where_it_was(world: World, received: Dossier) -> None:
    withdrawing.request_withdrawal(received, by=world.actor("an"), at=MONDAY, reason="Nộp nhầm")
    with pytest.raises(MoveRefused, match="lý do"):
        withdrawing.decline_withdrawal(received, by=world.actor("chi"), at=MONDAY, reason="")
    withdrawing.decline_withdrawal(received, by=world.actor("chi"), at=MONDAY, reason="Đã trình ký")
    assert received.status == Status.IN_PROGRESS


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.RETURNED])
def test_withdraw_forbidden_after_9(world: World, received: Dossier, status: Status) -> None:
    Dossier.objects.filter(pk=received.pk).update(status=status)
    done = Dossier.objects.get(pk=received.pk)
    with pytest.raises(MoveRefused, match="không xin rút hồ sơ được"):
        withdrawing.request_withdrawal(done, by=world.actor("an"), at=MONDAY, reason="Nộp nhầm")
    assert Dossier.objects.get(pk=received.pk).status == status
    assert not received.events.filter(verb="request_withdrawal").exists()


def test_withdrawing_needs_a_reason(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="lý do"):
        withdrawing.request_withdrawal(received, by=world.actor("an"), at=MONDAY, reason="")
