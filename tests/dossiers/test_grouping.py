"""Several procedures in one filing: asked once, given once, sent together, answered in their order."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from dossiers import drafts, files, grouping, intake, outbox, withdrawing
from dossiers.chain import is_whole
from dossiers.models import Attachment, Dossier, Draft, GroupFiling, OutboxMessage, Result
from dossiers.refusals import Incomplete, MoveRefused
from dossiers.states import Status
from procedures.models import GroupMember, ProcedureAgency, ProcedureGroup, ProcedureVersion
from procedures.ruleset import Rules
from tests.dossiers.conftest import applicant_of, picture
from tests.dossiers.groups import CHILD, GRANT, begun, complete, draft_of, group_of, save_delivery
from tests.world import MONDAY, World

BIRTH, CLIMBING, CARD = "1.001193", "1.010803", "1.009999"
LATER = MONDAY + dt.timedelta(hours=2)


@pytest.fixture
def group(world: World) -> ProcedureGroup:
    return group_of(world)


@pytest.fixture
def filing(world: World, group: ProcedureGroup) -> GroupFiling:
    return begun(world, group)


def send(world: World, filing: GroupFiling) -> list[Dossier]:
    return grouping.submit_group(filing, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))


@pytest.fixture
def sent(world: World, filing: GroupFiling) -> list[Dossier]:
    complete(filing)
    return send(world, filing)


def finish(dossier: Dossier, status: Status, *, kind: str = "approval") -> None:
    """The end of a dossier as the lifecycle promises it to those that wait."""
    Dossier.objects.filter(pk=dossier.pk).update(status=status)
    if status == Status.RESOLVED:
        Result.objects.create(
            dossier=dossier, kind=kind, drafted_at=LATER, drafted_by="Chi", number="12/GKS",
            verify_code=str(dossier.pk)[-16:], issued_at=LATER,
        )  # fmt: skip
    outbox.keep([outbox.promise("filing.followed", key=f"test:{dossier.pk}", at=LATER, dossier_id=dossier.pk)])
    assert outbox.perform_now(f"test:{dossier.pk}")


def test_a_group_is_begun_with_a_draft_for_each_chosen_member(world: World, group: ProcedureGroup) -> None:
    filing = begun(world, group, card=False)
    assert [one.procedure_version for one in grouping.drafts_of(filing)] == [world.birth, world.climbing]
    assert {one.receiving_agency for one in filing.drafts.all()} == {world.agencies["commune"]}
    assert filing.reference.startswith("G261109-")
    offered = grouping.parts(group, on=MONDAY.date())
    assert [one.title for one in offered] == ["Đăng ký khai sinh", "Trợ cấp thờ cúng liệt sĩ", "Thẻ bảo hiểm y tế"]


def test_required_members_cannot_be_left_out(world: World, group: ProcedureGroup) -> None:
    filing = grouping.start_group(
        group, by=world.actor("an"), at=MONDAY, agency=world.agencies["commune"], members=(), rules=Rules()
    )
    assert filing.drafts.count() == 2


def test_a_group_with_a_member_that_is_not_filed_online_is_not_begun(world: World, group: ProcedureGroup) -> None:
    ProcedureVersion.objects.filter(pk=world.birth.pk).update(online_scope="info")
    with pytest.raises(MoveRefused, match="chưa nộp được trên mạng"):
        begun(world, group)
    assert not GroupFiling.objects.exists()


def test_an_agency_that_does_not_receive_all_of_them_is_refused(world: World, group: ProcedureGroup) -> None:
    ProcedureAgency.objects.filter(procedure=world.climbing.procedure, agency=world.agencies["commune"]).delete()
    with pytest.raises(MoveRefused, match="không nhận đủ"):
        begun(world, group)


def test_beginning_again_goes_on_with_the_same_filing(world: World, group: ProcedureGroup, filing: GroupFiling) -> None:
    assert begun(world, group, at=LATER).pk == filing.pk
    assert Draft.objects.count() == 3


def test_a_member_left_out_and_taken_in_again_loses_nothing_of_the_others(
    world: World, group: ProcedureGroup, filing: GroupFiling
) -> None:
    complete(filing)
    paper = files.receive(picture("sinh.jpg"), document_key="giay-1", at=MONDAY, draft=draft_of(filing, CARD))
    grouping.settle(filing, at=MONDAY)
    begun(world, group, card=False, at=LATER)
    there = Attachment.objects.filter(document_key="giay-1").order_by("pk")
    assert {one.draft.procedure_version for one in there if one.draft} == {world.birth, world.climbing}
    assert [one.reuse_of_id is None for one in there] == [True, False], "one of those that referred to it keeps it"
    assert there[0].read() == there[1].read()
    assert default_storage.exists(paper.file)
    begun(world, group, at=LATER)
    card = draft_of(filing, CARD)
    assert (card.answers, card.delivery["mode"]) == (CHILD, "post")
    assert card.attachments.get().reuse_of_id == there[0].pk


def test_a_paper_that_serves_nobody_else_goes_with_its_member(
    world: World, group: ProcedureGroup, filing: GroupFiling
) -> None:
    paper = files.receive(picture(), document_key="khac", at=MONDAY, draft=draft_of(filing, CARD))
    begun(world, group, card=False, at=LATER)
    assert not Attachment.objects.exists()
    assert not default_storage.exists(paper.file)


def test_a_newer_version_takes_over_what_was_answered_and_given(
    world: World, group: ProcedureGroup, filing: GroupFiling
) -> None:
    complete(filing)
    old = draft_of(filing, CLIMBING)
    world.climbing.pk, world.climbing.number = None, 2
    world.climbing._state.adding = True
    ProcedureVersion.objects.filter(pk=old.procedure_version_id).update(state="retired")
    world.climbing.save()
    case = ProcedureVersion.objects.get(pk=old.procedure_version_id).cases.get()
    case.pk, case.version = None, world.climbing
    case.save()
    begun(world, group, at=LATER)
    new = draft_of(filing, CLIMBING)
    assert new.procedure_version_id == world.climbing.pk
    assert new.answers == GRANT
    assert new.attachments.get().document_key == "bang-tqgc"
    assert not Draft.objects.filter(pk=old.pk).exists()


def test_another_agency_is_taken_over_by_every_draft(world: World, group: ProcedureGroup, filing: GroupFiling) -> None:
    district = world.agencies["district"]
    for member in group.members.all():
        ProcedureAgency.objects.create(procedure=member.procedure, agency=district)
    begun(world, group, at=LATER, agency=district)
    assert {one.receiving_agency for one in filing.drafts.all()} == {district}


def test_the_same_question_is_answered_once(filing: GroupFiling) -> None:
    birth = draft_of(filing, BIRTH)
    intake.save_draft(birth, at=MONDAY, answers=CHILD)
    grouping.settle(filing, at=MONDAY, changed=birth, before={})
    assert draft_of(filing, CARD).answers == CHILD


def test_all_dossiers_are_made_together_each_with_its_own_reference_and_one_acknowledgement(
    world: World, filing: GroupFiling, sent: list[Dossier]
) -> None:
    assert [one.title for one in sent] == ["Đăng ký khai sinh", "Trợ cấp thờ cúng liệt sĩ", "Thẻ bảo hiểm y tế"]
    assert len({one.reference for one in sent}) == 3
    assert all(is_whole(one) and one.filing_id == filing.pk for one in sent)
    assert sent[2].answers == CHILD
    told = OutboxMessage.objects.get(topic="submitted")
    assert told.payload["code"] == filing.reference
    assert told.payload["track_url"].endswith(f"/tra-cuu/{filing.reference}?k={filing.tracking_key}")
    assert GroupFiling.objects.get().submitted_at == MONDAY


def test_the_way_back_saved_in_two_windows_refuses_the_second(filing: GroupFiling) -> None:
    save_delivery(filing, {"mode": "desk"})
    with pytest.raises(MoveRefused, match="cửa sổ khác"):
        grouping.save_delivery(filing, at=MONDAY, delivery={"mode": "post"}, revision=1)
    assert {one.delivery["mode"] for one in filing.drafts.all()} == {"desk"}


def test_sent_twice_gives_the_same_dossiers(world: World, filing: GroupFiling, sent: list[Dossier]) -> None:
    assert [one.pk for one in send(world, filing)] == [one.pk for one in sent]
    assert (Dossier.objects.count(), OutboxMessage.objects.count()) == (3, 1)


@pytest.mark.django_db(transaction=True)
def test_pressed_in_two_windows_at_once_sends_once(world: World, filing: GroupFiling) -> None:
    complete(filing)
    found: list[list[Any]] = []

    def press() -> None:
        found.append([one.pk for one in send(world, filing)])
        connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert found[0] == found[1]
    assert Dossier.objects.count() == 3


def test_one_that_lacks_something_keeps_all_of_them_from_being_sent(world: World, filing: GroupFiling) -> None:
    complete(filing)
    draft_of(filing, CLIMBING).attachments.update(superseded_at=MONDAY)
    with pytest.raises(Incomplete, match="Trợ cấp thờ cúng liệt sĩ: Bằng Tổ quốc ghi công"):
        send(world, filing)
    assert not Dossier.objects.exists()
    assert not OutboxMessage.objects.exists()
    assert GroupFiling.objects.get().submitted_at is None


def test_wrong_answers_name_the_procedure(world: World, filing: GroupFiling) -> None:
    complete(filing)
    card = draft_of(filing, CARD)
    intake.save_draft(card, at=MONDAY, answers={"child_name": ""})
    with pytest.raises(MoveRefused, match="Thẻ bảo hiểm y tế"):
        send(world, filing)
    assert not Dossier.objects.exists()


def test_what_needs_the_result_of_another_waits_without_a_clock(world: World, sent: list[Dossier]) -> None:
    birth, grant, card = sent
    assert (birth.waiting_for, grant.waiting_for, card.waiting_for) == (
        "", "kết quả “Đăng ký khai sinh”", "kết quả “Trợ cấp thờ cúng liệt sĩ”",
    )  # fmt: skip
    assert birth.next_due_at
    assert grant.next_due_at is grant.next_soon_at is None
    binh = world.actor("binh")
    with pytest.raises(MoveRefused, match="chờ kết quả “Đăng ký khai sinh”"):
        intake.receive(grant, by=binh, at=MONDAY)
    intake.receive(birth, by=binh, at=MONDAY)
    assert birth.status == Status.IN_PROGRESS


def test_a_member_left_out_is_not_waited_for(world: World, group: ProcedureGroup) -> None:
    GroupMember.objects.filter(order=1).update(optional=True)
    birth_and_card = [one.pk for one in group.members.all() if one.order != 1]
    filing = grouping.start_group(
        group, by=world.actor("an"), at=MONDAY, agency=world.agencies["commune"], members=birth_and_card,
        rules=Rules(),
    )  # fmt: skip
    intake.save_draft(birth := draft_of(filing, BIRTH), at=MONDAY, answers=CHILD)
    grouping.settle(filing, at=MONDAY, changed=birth, before={})
    save_delivery(filing, {"mode": "desk"})
    _birth, card = send(world, filing)
    assert card.waiting_for == "kết quả “Đăng ký khai sinh”"


def test_the_next_has_its_turn_when_the_result_is_there(world: World, sent: list[Dossier]) -> None:
    birth, grant, card = sent
    finish(birth, Status.RESOLVED)
    grant.refresh_from_db()
    assert grant.waiting_for == ""
    assert grant.next_due_at
    event = grant.events.get(verb="release")
    assert (event.at, event.actor_kind) == (LATER, "system")
    assert event.note == f"“Đăng ký khai sinh”: đồng ý giải quyết số 12/GKS, hồ sơ {birth.reference}"
    assert is_whole(grant)
    card.refresh_from_db()
    assert card.waiting_for, "it waits for the grant, not for the birth"
    intake.receive(grant, by=world.actor("binh"), at=LATER)
    assert grant.accepted_at == LATER


def test_nobody_jumps_the_queue_of_a_group(world: World, sent: list[Dossier]) -> None:
    for name in ("binh", "an"):
        with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
            grouping.release(sent[1], by=world.actor(name), at=LATER, note="Giúp người quen")
    assert Dossier.objects.get(pk=sent[1].pk).waiting_for


def test_one_that_ended_without_a_result_leaves_the_next_to_the_receiver(world: World, sent: list[Dossier]) -> None:
    birth, grant, _card = sent
    intake.refuse(birth, by=world.actor("binh"), at=MONDAY, reason="Nộp nhầm nơi")
    assert outbox.sweep()
    grant.refresh_from_db()
    assert (grant.waiting_for, grant.status) == ("", Status.SUBMITTED)
    assert "không có kết quả: không giải quyết" in grant.events.get(verb="release").note


def test_what_is_asked_back_meanwhile_has_its_turn_all_the_same(world: World, sent: list[Dossier]) -> None:
    birth, grant, _card = sent
    withdrawing.request_withdrawal(grant, by=world.actor("an"), at=MONDAY, reason="Chưa cần")
    finish(birth, Status.RESOLVED)
    grant.refresh_from_db()
    assert (grant.waiting_for, grant.status) == ("", Status.WITHDRAWAL_REQUESTED)
    finish(grant, Status.STOPPED)
    assert outbox.sweep() >= 0


def test_a_group_changed_meanwhile_leaves_nobody_waiting_for_ever(world: World, sent: list[Dossier]) -> None:
    birth, _grant, card = sent
    GroupMember.objects.update(after=None)
    finish(birth, Status.RESOLVED)
    assert not Dossier.objects.exclude(waiting_for="").exists()
    assert Dossier.objects.get(pk=card.pk).next_due_at


def test_a_dossier_filed_alone_promises_nothing_to_others(world: World, submitted: Dossier) -> None:
    intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="Nộp nhầm nơi")
    assert not OutboxMessage.objects.filter(kind="filing.followed").exists()


def test_a_filing_never_sent_ends_with_its_drafts(world: World, filing: GroupFiling) -> None:
    paper = files.receive(picture(), document_key="giay-1", at=MONDAY, draft=draft_of(filing, BIRTH))
    grouping.settle(filing, at=MONDAY)
    assert drafts.expire(at=MONDAY + dt.timedelta(days=29)) == 0
    assert drafts.expire(at=MONDAY + dt.timedelta(days=31)) == 3
    assert not GroupFiling.objects.exists()
    assert not default_storage.exists(paper.file)


@pytest.mark.django_db(transaction=True)
def test_two_presses_on_begin_open_one_filing(world: World, group: ProcedureGroup) -> None:
    together, begun_ = threading.Barrier(2), []

    def press() -> None:
        together.wait()
        try:
            begun_.append(begun(world, group).pk)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert len(begun_) == 2
    assert GroupFiling.objects.get().pk in begun_
    assert Draft.objects.count() == 3
