"""Tiếp nhận, rule by rule."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from dossiers import intake, routing, series, supplementing
from dossiers.chain import is_whole as chain_is_whole
from dossiers.models import Dossier, Draft, IssuedPaper, OutboxMessage
from dossiers.numbering import CODE, REFERENCE
from dossiers.refusals import Incomplete, LostRace, MoveRefused
from dossiers.states import Status
from procedures.models import RouteStage
from procedures.ruleset import Rules
from tests.dossiers.conftest import applicant_of
from tests.world import MONDAY, ZONE, World


def test_submitting_gives_a_reference_and_promises_the_acknowledgement(submitted: Dossier) -> None:
    assert submitted.status == Status.SUBMITTED
    assert REFERENCE.match(submitted.reference)
    assert submitted.code is None
    assert OutboxMessage.objects.get(dossier=submitted).topic == "submitted"


def test_online_acceptance_8_working_hours(submitted: Dossier) -> None:
    assert submitted.next_due_at == dt.datetime(2026, 11, 9, 17, 0, tzinfo=ZONE) + dt.timedelta(hours=16)


def test_submitting_twice_gives_the_same_dossier(world: World, draft: Draft, submitted: Dossier) -> None:
    again = intake.submit(draft, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))
    assert again.pk == submitted.pk
    assert Dossier.objects.count() == 1


def test_a_draft_without_a_required_paper_is_not_sent_and_says_which(world: World, draft: Draft) -> None:
    draft.attachments.update(superseded_at=MONDAY)
    draft.delivery = {}
    draft.receiving_agency = None
    draft.save()
    with pytest.raises(Incomplete) as refusal:
        intake.submit(draft, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))
    assert refusal.value.missing == ["nơi nộp hồ sơ", "cách nhận kết quả", "Bằng Tổ quốc ghi công"]


def test_post_needs_an_address(world: World, draft: Draft) -> None:
    intake.save_draft(draft, at=MONDAY, delivery={"address": ""})
    with pytest.raises(Incomplete, match="địa chỉ nhận bưu điện"):
        intake.submit(draft, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))


def test_saving_a_draft_from_two_windows_refuses_the_second(draft: Draft) -> None:
    other = Draft.objects.get(pk=draft.pk)
    intake.save_draft(draft, at=MONDAY, answers={"relation": "cháu"})
    with pytest.raises(MoveRefused, match="cửa sổ khác"):
        intake.save_draft(other, at=MONDAY, answers={"relation": "em"})
    assert Draft.objects.get(pk=draft.pk).answers["relation"] == "cháu"


def test_a_sent_draft_is_closed(world: World, draft: Draft, submitted: Dossier) -> None:
    with pytest.raises(MoveRefused, match="đã gửi"):
        intake.save_draft(Draft.objects.get(pk=draft.pk), at=MONDAY, agency=world.agencies["district"])


def test_receiving_gives_code_due_date_receipt_and_first_desk(received: Dossier) -> None:
    assert received.status == Status.IN_PROGRESS
    assert received.code == "000.21.05.H62-261109-0001"
    assert CODE.match(received.code)
    assert received.due_at == dt.datetime(2026, 12, 11, 17, 0, tzinfo=ZONE)
    assert (received.holder_agency.level, received.holder_role) == ("commune", "specialist")
    paper = IssuedPaper.objects.get(dossier=received)
    assert (paper.kind, paper.number) == ("receipt", "01/TNHS")
    assert paper.snapshot["dossier"]["code"] == received.code
    assert chain_is_whole(Dossier.objects.get(pk=received.pk))


def test_a_paper_found_wanting_blocks_acceptance(world: World, submitted: Dossier) -> None:
    supplementing.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ")
    with pytest.raises(MoveRefused, match="chưa đạt"):
        intake.receive(submitted, by=world.actor("binh"), at=MONDAY)


def test_two_officers_at_once_one_wins_and_the_other_is_told_who_and_when(world: World, submitted: Dossier) -> None:
    stale = Dossier.objects.get(pk=submitted.pk)
    intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="Không thuộc thẩm quyền")
    with pytest.raises(LostRace, match="Nguyễn Văn Bình đã làm bước “Từ chối tiếp nhận” lúc 09:00 09/11/2026"):
        intake.receive(stale, by=world.actor("binh"), at=MONDAY)
    assert not IssuedPaper.objects.filter(kind="receipt").exists()


@pytest.mark.parametrize("name", ["chi", "dung", "giang", "phuc", "an", "vinh"])
def test_only_the_receiver_of_the_place_receives(world: World, submitted: Dossier, name: str) -> None:
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        intake.receive(submitted, by=world.actor(name), at=MONDAY)


def test_refusing_needs_a_reason_in_writing(world: World, submitted: Dossier) -> None:
    with pytest.raises(MoveRefused, match="lý do"):
        intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="  ")
    intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="Không thuộc thẩm quyền")
    assert submitted.status == Status.NOT_RECEIVED
    assert IssuedPaper.objects.get(dossier=submitted).snapshot["reasons"] == ["Không thuộc thẩm quyền"]


def test_the_fee_is_fixed_at_acceptance(world: World) -> None:
    draft = intake.start(world.birth, by=world.actor("an"), at=MONDAY, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=MONDAY, answers={"child_name": "Nguyễn Bé"}, delivery={"mode": "desk"})
    dossier = intake.submit(draft, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))
    intake.receive(dossier, by=world.actor("binh"), at=MONDAY)
    assert (dossier.payment.amount, dossier.payment.lines) == (8000, [{"name": "Lệ phí khai sinh", "amount": 8000}])
    assert dossier.due_at == dt.datetime(2026, 11, 9, 17, 0, tzinfo=ZONE)


def test_codes_are_gap_free_per_agency_and_day(world: World) -> None:
    codes = []
    for day in (0, 0, 1):
        draft = intake.start(
            world.birth, by=world.actor("an"), at=MONDAY, agency=world.agencies["commune"], rules=Rules()
        )
        intake.save_draft(draft, at=MONDAY, answers={"child_name": "Bé"}, delivery={"mode": "online"})
        dossier = intake.submit(draft, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))
        codes.append(intake.receive(dossier, by=world.actor("binh"), at=MONDAY + dt.timedelta(days=day)).code)
    assert [code[-11:] for code in codes if code] == ["261109-0001", "261109-0002", "261110-0001"]


@pytest.mark.django_db(transaction=True)
def test_code_unique_per_agency_day_concurrent(world: World) -> None:
    agency_id = world.agencies["commune"].pk
    serials: list[int] = []

    def take() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    serials.append(series.allocate(agency_id=agency_id, kind="dossier", period="261109"))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(serials) == list(range(1, 61))


def test_a_serial_whose_transaction_fails_is_given_to_the_next(world: World) -> None:
    agency_id = world.agencies["commune"].pk
    with transaction.atomic():
        series.allocate(agency_id=agency_id, kind="dossier", period="261109")
        transaction.set_rollback(True)
    assert series.allocate(agency_id=agency_id, kind="dossier", period="261109") == 1


def birth(world: World) -> Draft:
    """An's complete draft for khai sinh, on the case as it stands in the database now."""
    draft = intake.start(world.birth, by=world.actor("an"), at=MONDAY, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=MONDAY, answers={"child_name": "Nguyễn Bé"}, delivery={"mode": "desk"})
    return draft


def test_a_case_without_a_form_keeps_no_answers(world: World) -> None:
    world.birth.cases.update(form=None)
    dossier = intake.submit(birth(world), by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))
    assert Dossier.objects.get(pk=dossier.pk).answers == {}


def test_a_route_that_has_no_desk_for_these_answers_is_not_received(world: World) -> None:
    nobody = {"field": "child_name", "op": "empty"}
    RouteStage.objects.filter(route__case__version=world.birth).update(condition=nobody)
    dossier = intake.submit(birth(world), by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))
    with pytest.raises(routing.NoWay, match="không có bước nào"):
        intake.receive(dossier, by=world.actor("binh"), at=MONDAY)
    assert Dossier.objects.get(pk=dossier.pk).status == Status.SUBMITTED
