"""What is added to a dossier without moving it: instructions, causes of delay, contacts; and the pages that ask."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from dossiers import noting, outbox, processing, suspending
from dossiers.chain import is_whole
from dossiers.models import Dossier
from dossiers.refusals import MoveRefused
from tests.dossiers.officers import Desk, text
from tests.world import MONDAY, World

LATE = MONDAY + dt.timedelta(days=30)  # after the desk's share, before the promise is broken


def test_what_the_leader_says_reaches_the_desk_and_the_trail(world: World, received: Dossier) -> None:
    noting.instruct(received, by=world.actor("dung"), at=MONDAY, text="Làm trước ngày 12/11")
    event = received.events.latest("sequence")
    assert (event.verb, event.note, event.from_status, event.to_status) == ("instruct", "Làm trước ngày 12/11", 4, 4)
    assert is_whole(Dossier.objects.get(pk=received.pk))
    outbox.sweep()
    told = [letter for letter in mail.outbox if "Chỉ đạo" in letter.subject]
    assert [letter.to for letter in told] == [["chi@xuanloi.example"]]
    assert "Làm trước ngày 12/11" in told[0].body


def test_an_instruction_has_words_and_comes_from_a_leader_of_the_desk(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="chỉ đạo"):
        noting.instruct(received, by=world.actor("dung"), at=MONDAY, text=" ")
    for name in ("chi", "lan"):
        with pytest.raises(MoveRefused):
            noting.instruct(received, by=world.actor(name), at=MONDAY, text="Làm ngay")


def test_the_cause_of_a_delay_is_recorded_for_the_statistics(world: World, received: Dossier) -> None:
    noting.explain_delay(received, by=world.actor("chi"), at=LATE, cause="phoi-hop", words="Chờ UBND huyện")
    stored = Dossier.objects.get(pk=received.pk)
    assert stored.late_cause == "phoi-hop"
    event = stored.events.latest("sequence")
    assert event.note == "Cơ quan phối hợp chậm: Chờ UBND huyện"
    assert event.snapshot == {"cause": "phoi-hop", "words": "Chờ UBND huyện"}
    noting.explain_delay(stored, by=world.actor("dung"), at=LATE, cause="can-bo", words="Giao việc chậm")
    assert stored.late_cause == "can-bo"


@pytest.mark.parametrize(
    ("cause", "words", "at", "why"),
    [
        ("troi-mua", "Mưa", LATE, "trong danh sách"),
        ("khac", " ", LATE, "cụ thể vì sao"),
        ("khac", "Mất điện", MONDAY, "chưa quá hạn"),
    ],
)
def test_a_cause_is_refused(world: World, received: Dossier, cause: str, words: str, at: dt.datetime, why: str) -> None:
    with pytest.raises(MoveRefused, match=why):
        noting.explain_delay(received, by=world.actor("chi"), at=at, cause=cause, words=words)


def test_nobody_is_asked_why_while_the_clock_stands_still(world: World, received: Dossier) -> None:
    suspending.pause(received, by=world.actor("chi"), at=MONDAY, ground="giam-dinh")
    assert not noting.is_late(received, at=MONDAY + dt.timedelta(days=90))


def test_a_result_that_waits_is_late_no_more(received: Dossier) -> None:
    received.status = 9
    assert not noting.is_late(received, at=MONDAY + dt.timedelta(days=90))


def test_every_contact_counts(world: World, received: Dossier) -> None:
    noting.note_contact(received, by=world.actor("chi"), at=MONDAY, text="Gọi hỏi tiến độ")
    noting.note_contact(received, by=world.actor("dung"), at=MONDAY, text="Đến hỏi")
    assert Dossier.objects.get(pk=received.pk).contact_count == 2
    with pytest.raises(MoveRefused, match="về việc gì"):
        noting.note_contact(received, by=world.actor("chi"), at=MONDAY, text="")


@pytest.fixture
def overdue(received: Dossier) -> Dossier:
    """The desk's share ended a day ago, by the machine's own clock."""
    past = timezone.now() - dt.timedelta(days=1)
    received.stages.update(due_at=past)
    Dossier.objects.filter(pk=received.pk).update(next_due_at=past, due_at=timezone.now() + dt.timedelta(days=9))
    received.refresh_from_db()
    return received


def test_an_overdue_dossier_asks_its_holder_why_and_lets_work_go_on(world: World, overdue: Dossier) -> None:
    chi = Desk(world, "chi")
    assert "Ghi lý do chậm" in text(chi.open(overdue))
    assert "Ghi lý do chậm" in text(chi.get(f"ho-so/{overdue.code}/chuyen"))
    response = chi.act(overdue, "ly-do-cham", cause="can-bo", words="Tôi nghỉ ốm")
    assert response.status_code == 302
    assert Dossier.objects.get(pk=overdue.pk).late_cause == "can-bo"
    assert "vì sao hồ sơ này chậm" not in text(chi.open(overdue))
    assert chi.act(overdue, "chuyen", note="").status_code == 302


def test_a_cause_is_not_demanded_before_the_next_step(world: World, overdue: Dossier) -> None:
    processing.forward(overdue, by=world.actor("chi"), at=timezone.now())
    assert overdue.stage_kind == "approve"


def test_a_cause_that_is_not_offered_is_refused_with_a_clear_word(world: World, overdue: Dossier) -> None:
    chi = Desk(world, "chi")
    response = chi.act(overdue, "ly-do-cham", cause="troi-mua", words="Mưa")
    assert response.status_code == 422
    assert "Chọn một nguyên nhân ở trên" in text(response)


def test_the_log_offers_to_add_to_it(world: World, received: Dossier) -> None:
    dung = Desk(world, "dung")
    page = text(dung.open(received, muc="nhat-ky"))
    assert "Chỉ đạo" in page
    assert "Ghi lần liên hệ" in page
    assert dung.act(received, "chi-dao", text="Làm trước").status_code == 302
    assert dung.act(received, "lien-he", text="Gọi hỏi").status_code == 302
    assert "Làm trước" in text(dung.open(received))
    assert Dossier.objects.get(pk=received.pk).contact_count == 1
