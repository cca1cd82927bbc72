"""What is given at the counter at once: one act, no receipt unless asked for, the fee on the way."""

import datetime as dt

import pytest

from dossiers import returning, serving
from dossiers.chain import is_whole
from dossiers.models import Dossier, IssuedPaper, OutboxMessage, Result
from dossiers.refusals import MoveRefused
from dossiers.serving import AtOnce
from dossiers.states import Status
from procedures.models import FeeRule, Position
from tests.dossiers.counter_world import AT, birth, instant, register, seat
from tests.world import World


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def test_same_moment_result_no_receipt_but_logged(world: World) -> None:
    instant(world)
    FeeRule.objects.all().delete()
    dossier = fresh(serving.serve(birth(world), AtOnce(text="Trích lục"), by=world.actor("binh"), at=AT))
    assert dossier.status == Status.RETURNED
    assert dossier.code == "000.21.05.H62-261109-0001"
    assert [event.verb for event in dossier.events.order_by("sequence")] == [
        "submit", "receive", "resolve_at_once", "hand_out"]  # fmt: skip
    assert dossier.resolved_at == dossier.returned_at == dossier.closed_at == AT
    assert not IssuedPaper.objects.exists()
    assert list(OutboxMessage.objects.values_list("topic", flat=True)) == ["returned"]
    result = Result.objects.get()
    assert (result.number, result.on_paper, result.issued_at) == ("01/GKS-UBND", True, AT)
    assert not dossier.stages.filter(closed_at=None).exists()
    assert not dossier.clock.filter(to_at=None).exists()
    assert is_whole(dossier)


def test_receipt_on_request_for_instant(world: World) -> None:
    instant(world)
    by = seat(world, "thao")
    dossier = serving.serve(birth(world), AtOnce(number="07/CT", paid="cash"), by=by, at=AT)
    with pytest.raises(MoveRefused, match="nơi tiếp nhận"):
        serving.give_receipt(dossier, by=world.actor("chi"), at=AT)
    paper = serving.give_receipt(fresh(dossier), by=by, at=AT)
    assert (paper.kind, paper.snapshot["payment"]) == ("receipt", "Đã nộp")
    with pytest.raises(MoveRefused, match="đã có giấy tiếp nhận"):
        serving.give_receipt(dossier, by=by, at=AT)


def test_the_fee_is_taken_on_the_spot_by_who_may(world: World) -> None:
    instant(world)
    with pytest.raises(MoveRefused, match="người thu phí"):
        serving.serve(birth(world), AtOnce(paid="cash"), by=world.actor("binh"), at=AT)
    assert not Dossier.objects.exists()
    dossier = fresh(serving.serve(birth(world), AtOnce(paid="cash"), by=seat(world, "thao"), at=AT))
    assert (dossier.status, dossier.payment.method) == (Status.RETURNED, "cash")


def test_at_a_counter_without_a_cashier_the_receiver_takes_the_fee(world: World) -> None:
    instant(world)
    Position.objects.filter(pk=world.positions["thao"].pk).update(valid_to=AT.date())
    with pytest.raises(MoveRefused, match="người thu phí"):
        serving.serve(birth(world), AtOnce(paid="cash"), by=world.actor("binh"), at=AT)
    Position.objects.filter(pk=world.positions["thao"].pk).update(valid_to=AT.date() - dt.timedelta(days=1))
    dossier = fresh(serving.serve(birth(world), AtOnce(paid="cash"), by=world.actor("binh"), at=AT))
    assert (dossier.status, dossier.payment.receipt_number) == (Status.RETURNED, "01/BL")
    assert not returning.may_take_fee(dossier, world.actor("chi"), on=AT.date())


def test_a_fee_not_taken_keeps_the_result_at_the_counter(world: World) -> None:
    instant(world)
    dossier = serving.serve(birth(world), AtOnce(), by=world.actor("binh"), at=AT)
    assert (dossier.status, dossier.holder_role) == (Status.RESOLVED, "receiver")


def test_only_a_case_that_says_so_is_resolved_on_the_spot(world: World) -> None:
    with pytest.raises(MoveRefused, match="không được trả ngay"):
        serving.serve(birth(world), AtOnce(), by=world.actor("binh"), at=AT)
    dossier = register(world)
    instant(world)
    with pytest.raises(MoveRefused, match="không được trả ngay"):
        serving.resolve_at_once(dossier, by=world.actor("binh"), at=AT)
