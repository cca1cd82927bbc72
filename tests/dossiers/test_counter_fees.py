"""Who takes the money at a counter that has no cashier."""

import datetime as dt

import pytest

from dossiers import counter, returning
from dossiers.counter import AtOnce
from dossiers.models import Dossier
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from procedures.models import Position
from tests.dossiers.counter_world import AT, birth, instant
from tests.world import World


def test_at_a_counter_without_a_cashier_the_receiver_takes_the_fee(world: World) -> None:
    instant(world)
    Position.objects.filter(pk=world.positions["thao"].pk).update(valid_to=AT.date())
    with pytest.raises(MoveRefused, match="người thu phí"):
        counter.serve(birth(world), AtOnce(paid="cash"), by=world.actor("binh"), at=AT)
    Position.objects.filter(pk=world.positions["thao"].pk).update(valid_to=AT.date() - dt.timedelta(days=1))
    dossier = counter.serve(birth(world), AtOnce(paid="cash"), by=world.actor("binh"), at=AT)
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert (dossier.status, dossier.payment.receipt_number) == (Status.RETURNED, "01/BL")
    assert not returning.may_take_fee(dossier, world.actor("chi"), on=AT.date())
