"""Yêu cầu bổ sung, rule by rule."""

import datetime as dt

import pytest

from dossiers import files, intake, lateness, supplementing
from dossiers.models import Attachment, Dossier
from dossiers.refusals import Incomplete, MoveRefused
from dossiers.states import Status
from tests.dossiers.conftest import picture
from tests.world import MONDAY, ZONE, World


def test_supplement_form_requires_verdict_for_every_component(world: World, submitted: Dossier) -> None:
    with pytest.raises(MoveRefused, match="nhận xét"):
        supplementing.request_supplement(submitted, by=world.actor("binh"), at=MONDAY)


def test_supplement_needs_something_wanting(world: World, submitted: Dossier) -> None:
    supplementing.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="ok")
    with pytest.raises(MoveRefused, match="hưa có giấy tờ"):
        supplementing.request_supplement(submitted, by=world.actor("binh"), at=MONDAY)


@pytest.fixture
def wanting(world: World, received: Dossier) -> Dossier:
    supplementing.judge(received.attachments.get(), by=world.actor("chi"), verdict="unclear", note="Ảnh mờ")
    return supplementing.request_supplement(received, by=world.actor("chi"), at=MONDAY + dt.timedelta(days=1))


def test_supplement_restarts_clock_keeps_segments(world: World, wanting: Dossier) -> None:
    assert wanting.status == Status.SUPPLEMENT_REQUESTED
    assert wanting.next_due_at is None
    new = files.receive(picture("moi.jpg"), document_key="bang-tqgc", at=MONDAY)
    at = MONDAY + dt.timedelta(days=7)
    supplementing.supply(wanting, by=world.actor("an"), at=at, replaced={"bang-tqgc": [new]})
    assert wanting.status == Status.IN_PROGRESS
    assert wanting.due_at == dt.datetime(2026, 12, 18, 17, 0, tzinfo=ZONE)
    assert wanting.original_due_at == dt.datetime(2026, 12, 11, 17, 0, tzinfo=ZONE)
    assert [segment.kind for segment in wanting.clock.order_by("id")] == ["running", "waiting", "restarted"]
    assert Attachment.objects.filter(dossier=wanting).count() == 2
    assert wanting.attachments.get(superseded_at=None).sha256 == new.sha256


def test_supplying_less_than_asked_is_refused_and_changes_nothing(world: World, wanting: Dossier) -> None:
    with pytest.raises(Incomplete):
        supplementing.supply(wanting, by=world.actor("an"), at=MONDAY, replaced={})
    assert Dossier.objects.get(pk=wanting.pk).status == Status.SUPPLEMENT_REQUESTED


def test_second_supplement_is_refused(world: World, wanting: Dossier) -> None:
    new = files.receive(picture("moi.jpg"), document_key="bang-tqgc", at=MONDAY)
    supplementing.supply(wanting, by=world.actor("an"), at=MONDAY + dt.timedelta(days=1), replaced={"bang-tqgc": [new]})
    supplementing.judge(new.__class__.objects.get(pk=new.pk), by=world.actor("chi"), verdict="wrong", note="Sai mẫu")
    with pytest.raises(MoveRefused, match="một lần"):
        supplementing.request_supplement(wanting, by=world.actor("chi"), at=MONDAY + dt.timedelta(days=1))


def test_supplement_after_3_working_days_blocked(world: World, received: Dossier) -> None:
    supplementing.judge(received.attachments.get(), by=world.actor("chi"), verdict="missing", note="Thiếu trang 2")
    with pytest.raises(MoveRefused, match="3 ngày làm việc"):
        supplementing.request_supplement(received, by=world.actor("chi"), at=MONDAY + dt.timedelta(days=4))


def test_second_supplement_needs_override_and_counts_overdue_766(world: World, wanting: Dossier) -> None:
    new = files.receive(picture("moi.jpg"), document_key="bang-tqgc", at=MONDAY)
    at = MONDAY + dt.timedelta(days=1)
    supplementing.supply(wanting, by=world.actor("an"), at=at, replaced={"bang-tqgc": [new]})
    supplementing.judge(Attachment.objects.get(pk=new.pk), by=world.actor("chi"), verdict="wrong", note="Sai mẫu")
    law = {"reason": "Bằng không khớp hồ sơ gốc", "legal_basis": "NĐ 131/2021, Điều 101"}
    with pytest.raises(MoveRefused):
        supplementing.request_more(wanting, by=world.actor("chi"), at=at, **law)  # only a leader
    for lacking in ({**law, "legal_basis": " "}, {**law, "reason": ""}):
        with pytest.raises(MoveRefused, match="Hãy ghi"):
            supplementing.request_more(wanting, by=world.actor("dung"), at=at, **lacking)
    supplementing.request_more(wanting, by=world.actor("dung"), at=at, **law)
    assert (wanting.status, wanting.supplement_count) == (Status.SUPPLEMENT_REQUESTED, 2)
    assert wanting.clock.get(to_at=None).legal_basis == "NĐ 131/2021, Điều 101"
    letter = wanting.papers.filter(kind="supplement").order_by("pk").last()
    assert letter.snapshot["legal_basis"] == "NĐ 131/2021, Điều 101"
    assert [item["reason"] for item in letter.snapshot["items"]] == ["Sai mẫu"]
    facts = lateness.Facts(
        MONDAY, wanting.due_at, wanting.original_due_at, None, resolved_at=at, supplements=wanting.supplement_count
    )
    assert not lateness.by_766(facts, period_ends=at)


def test_the_leader_may_ask_after_the_three_working_days_on_a_law_of_the_sector(
    world: World, received: Dossier
) -> None:
    supplementing.judge(received.attachments.get(), by=world.actor("chi"), verdict="missing", note="Thiếu trang 2")
    law = {"reason": "Thiếu trang 2", "legal_basis": "NĐ 131/2021, Điều 101"}
    with pytest.raises(MoveRefused, match="còn được yêu cầu bổ sung lần đầu"):
        supplementing.request_more(received, by=world.actor("dung"), at=MONDAY, **law)
    supplementing.request_more(received, by=world.actor("dung"), at=MONDAY + dt.timedelta(days=4), **law)
    assert received.status == Status.SUPPLEMENT_REQUESTED


def test_a_supplement_before_acceptance_returns_to_the_counter(world: World, submitted: Dossier) -> None:
    supplementing.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ")
    supplementing.request_supplement(submitted, by=world.actor("binh"), at=MONDAY, note="Chụp lại nơi sáng hơn")
    new = files.receive(picture("moi.jpg"), document_key="bang-tqgc", at=MONDAY)
    supplementing.supply(submitted, by=world.actor("an"), at=MONDAY, replaced={"bang-tqgc": [new]})
    assert submitted.status == Status.SUBMITTED
    intake.receive(submitted, by=world.actor("binh"), at=MONDAY)
    assert submitted.clock.get(to_at=None).kind == "restarted"


def test_judging_is_for_the_desk_that_holds_the_dossier(world: World, submitted: Dossier) -> None:
    paper = submitted.attachments.get()
    with pytest.raises(MoveRefused, match="không ở bàn"):
        supplementing.judge(paper, by=world.actor("chi"), verdict="ok")
    with pytest.raises(MoveRefused, match="không hợp lệ"):
        supplementing.judge(paper, by=world.actor("binh"), verdict="great")
    with pytest.raises(MoveRefused, match="cần sửa gì"):
        supplementing.judge(paper, by=world.actor("binh"), verdict="wrong")
