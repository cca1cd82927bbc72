"""Kết thúc, lưu hồ sơ: only what is over and owes nothing is put away."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from dossiers import archiving, correcting, intake, returning
from dossiers.chain import is_whole
from dossiers.models import Consultation, Dossier, HandedPaper, Payment
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from tests.dossiers.results import LATER, issued
from tests.world import MONDAY, World


@pytest.fixture
def returned(world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]) -> Dossier:
    dossier = issued(world, received, climb)
    giang = world.actor("giang")
    return returning.hand_out(dossier, by=giang, at=LATER, collector="Nguyễn Thị An", paper="Căn cước")


def test_a_returned_dossier_is_put_away_once_with_its_place(world: World, returned: Dossier) -> None:
    closed = returned.closed_at
    archiving.archive(returned, by=world.actor("binh"), at=LATER, shelf="Kho 2, giá 4")
    row = Dossier.objects.get(pk=returned.pk)
    assert (row.archived_at, row.shelf, row.closed_at) == (LATER, "Kho 2, giá 4", closed)
    assert row.status == Status.RETURNED
    assert is_whole(row)
    with pytest.raises(MoveRefused, match="đã lưu rồi"):
        archiving.archive(returned, by=world.actor("binh"), at=LATER)


def test_without_a_place_the_shelf_of_the_result_stays(world: World, returned: Dossier) -> None:
    Dossier.objects.update(shelf="Ngăn 3")
    archiving.archive(Dossier.objects.get(), by=world.actor("giang"), at=LATER)
    assert Dossier.objects.get().shelf == "Ngăn 3"


def hold(dossier: Dossier) -> None:
    HandedPaper.objects.create(
        dossier=dossier, document_key="so-do", name="Sổ đỏ", originals=1, held=1, taken_at=MONDAY, taken_by="Bình"
    )


def owe(dossier: Dossier) -> None:
    Payment.objects.update_or_create(dossier=dossier, defaults={"amount": 5000, "paid_at": None})


def ask(dossier: Dossier) -> None:
    stage = dossier.stages.first()
    assert stage is not None
    Consultation.objects.create(
        dossier=dossier, stage=stage, agency=dossier.holder_agency, question="?", asked_at=MONDAY, asked_by="Chi",
        due_at=LATER, soon_at=LATER,
    )  # fmt: skip


@pytest.mark.parametrize(("spoil", "why"), [(hold, "bản chính"), (owe, "chưa nộp"), (ask, "chờ ý kiến")])
def test_what_is_owed_keeps_it_open(world: World, returned: Dossier, spoil: Any, why: str) -> None:
    spoil(returned)
    with pytest.raises(MoveRefused, match=why):
        archiving.archive(returned, by=world.actor("binh"), at=LATER)
    assert Dossier.objects.get().archived_at is None


def test_a_result_that_is_being_mended_keeps_it_open(world: World, returned: Dossier) -> None:
    correcting.correct_result(returned, by=world.actor("lan"), at=LATER, reason="Sai năm sinh")
    with pytest.raises(MoveRefused, match="đang được sửa"):
        archiving.archive(returned, by=world.actor("binh"), at=LATER)


def test_a_refused_dossier_is_put_away_and_an_open_one_is_not(world: World, submitted: Dossier) -> None:
    with pytest.raises(MoveRefused, match="không kết thúc, lưu hồ sơ được"):
        archiving.archive(submitted, by=world.actor("binh"), at=MONDAY)
    intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="Không thuộc thẩm quyền")
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        archiving.archive(submitted, by=world.actor("phuc"), at=MONDAY + dt.timedelta(days=1))
    archiving.archive(submitted, by=world.actor("binh"), at=MONDAY + dt.timedelta(days=1))
    assert Dossier.objects.get().archived_at
