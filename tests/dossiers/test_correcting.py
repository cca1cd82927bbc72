"""Sửa kết quả sai: recalled, made anew without new papers or fees, told with an apology, both dossiers linked."""

import datetime as dt
from collections.abc import Callable

import pytest

from dossiers import correcting, outbox, processing, returning, routing
from dossiers.chain import is_whole
from dossiers.models import Attachment, Dossier, OutboxMessage, Payment, Result, Stage
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import Status
from tests.dossiers.results import LATER, issued
from tests.world import AN_ADDRESS, MONDAY, World

FRIDAY = MONDAY + dt.timedelta(days=4)
WHY = "Sai năm sinh của liệt sĩ"


@pytest.fixture
def ready(world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]) -> Dossier:
    return issued(world, received, climb)


@pytest.fixture
def returned(world: World, ready: Dossier) -> Dossier:
    return returning.hand_out(ready, by=world.actor("giang"), at=LATER, collector="Nguyễn Thị An", paper="Căn cước")


def test_the_new_dossier_has_the_people_and_papers_and_costs_nothing(world: World, returned: Dossier) -> None:
    new = correcting.correct_result(returned, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    assert (new.status, new.corrects, new.code) == (Status.IN_PROGRESS, returned, "000.21.05.H62-261113-0001")
    assert (new.channel, new.return_mode, new.answers) == (returned.channel, returned.return_mode, returned.answers)
    assert new.parties.get(role="owner").identity == returned.parties.get(role="owner").identity
    assert new.parties.get(role="collector").address == AN_ADDRESS
    paper, old = new.attachments.get(), returned.attachments.get()
    assert (paper.origin, paper.reuse_of, paper.read()) == (Attachment.Origin.REUSED, old, old.read())
    assert (new.payment.amount, new.has_fee, new.papers.count()) == (0, False, 0)


def test_the_route_runs_again_from_the_last_examination(world: World, returned: Dossier) -> None:
    new = correcting.correct_result(returned, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    stage = new.stages.get()
    assert (stage.route_key, stage.agency, stage.ordinal) == ("so-tham-dinh", world.agencies["province"], 1)
    assert (new.holder_agency, new.holder_role) == (world.agencies["province"], "specialist")
    assert new.due_at is not None
    assert new.clock.get().due_at == new.due_at == new.original_due_at
    processing.draft_result(new, by=world.actor("khanh"), at=FRIDAY, kind="approval", text={})
    processing.propose(new, by=world.actor("khanh"), at=FRIDAY)
    assert new.stage_kind == "sign"
    assert is_whole(Dossier.objects.get(pk=new.pk))


def test_the_old_result_is_recalled_and_the_citizen_gets_an_apology(world: World, returned: Dossier) -> None:
    new = correcting.correct_result(returned, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    result = Result.objects.get(dossier=returned)
    assert (result.recalled_at, result.recall_reason) == (FRIDAY, WHY)
    assert (returned.status, returned.returned_at) == (Status.RETURNED, LATER)
    told = OutboxMessage.objects.get(topic="corrected")
    assert (told.dossier_id, told.payload["new_code"], told.payload["reason"]) == (returned.pk, new.code, WHY)
    event = new.events.get()
    assert (event.verb, event.from_status, event.capacity) == ("correct_result", None, "Giám đốc")
    assert event.snapshot == {"corrects": returned.code, "result": result.number}
    assert is_whole(Dossier.objects.get(pk=returned.pk))
    with pytest.raises(MoveRefused, match="đã được thu hồi rồi"):
        correcting.correct_result(returned, by=world.actor("lan"), at=FRIDAY, reason=WHY)


def test_the_apology_is_sent_in_words(world: World, returned: Dossier, mailoutbox: list[object]) -> None:
    correcting.correct_result(returned, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    OutboxMessage.objects.exclude(topic="corrected").delete()
    OutboxMessage.objects.update(next_at=MONDAY)
    assert outbox.sweep() == 1


def test_what_was_not_handed_out_ends_and_is_never_handed_out(world: World, ready: Dossier) -> None:
    new = correcting.correct_result(ready, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    assert (ready.status, ready.holder_role, ready.next_due_at) == (Status.STOPPED, "", None)
    with pytest.raises(MoveRefused, match="Dừng xử lý"):
        returning.hand_out(ready, by=world.actor("giang"), at=FRIDAY, collector="An", paper="Căn cước")
    assert new.status == Status.IN_PROGRESS


def test_a_fee_that_was_never_paid_is_owed_once_still(world: World, ready: Dossier) -> None:
    Payment.objects.update_or_create(dossier=ready, defaults={"amount": 8000, "lines": [{"name": "x", "amount": 8000}]})
    new = correcting.correct_result(ready, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    assert new.payment.amount == 8000


def test_a_correction_is_refused(world: World, ready: Dossier) -> None:
    with pytest.raises(MoveRefused, match="sai ở đâu"):
        correcting.correct_result(ready, by=world.actor("lan"), at=FRIDAY, reason=" ")
    for name in ("khanh", "dung", "giang", "an"):
        with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
            correcting.correct_result(Dossier.objects.get(), by=world.actor(name), at=FRIDAY, reason=WHY)
    returning.post(ready, by=world.actor("giang"), at=FRIDAY)
    with pytest.raises(MoveRefused, match="đang ở bưu điện"):
        correcting.correct_result(ready, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    assert Dossier.objects.count() == 1


def test_of_two_leaders_one_recalls(world: World, returned: Dossier) -> None:
    seen = Dossier.objects.get(pk=returned.pk)
    correcting.correct_result(returned, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    Result.objects.update(recalled_at=None)
    with pytest.raises(LostRace):
        correcting.correct_result(seen, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    assert Dossier.objects.count() == 2


def test_a_dossier_without_an_examination_begins_at_the_first_desk(world: World, returned: Dossier) -> None:
    Stage.objects.filter(kind="examine").update(kind="approve")
    new = correcting.correct_result(returned, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    assert new.stages.get().route_key == "xa-tham-dinh"


def test_without_any_desk_there_is_no_way(world: World, returned: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    Stage.objects.filter(kind="examine").update(kind="approve")
    monkeypatch.setattr(routing, "next_desk", lambda *args, **given: None)
    with pytest.raises(routing.NoWay):
        correcting.correct_result(returned, by=world.actor("lan"), at=FRIDAY, reason=WHY)
    assert Dossier.objects.count() == 1
