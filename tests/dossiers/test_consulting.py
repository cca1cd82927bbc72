"""Lấy ý kiến, rule by rule: content and limit, clocks of their own, all at once or in turn, and what silence means."""

import datetime as dt
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from dossiers import consulting, intake, legs, outbox, processing, routing, withdrawing
from dossiers.chain import is_whole
from dossiers.models import Consultation, Dossier, HandedPaper, OutboxMessage
from dossiers.refusals import LostRace, MoveRefused
from procedures.models import Position, RouteStage, StageConsultation
from tests.dossiers.test_query_ceilings import at_most, fresh
from tests.world import MONDAY, ZONE, World

LATER = MONDAY + dt.timedelta(hours=2)
FAR = MONDAY + dt.timedelta(days=30)
DAY = Decimal(8)


def ask(dossier: Dossier, world: World, level: str = "district", *, by: str = "chi", **more: Any) -> Consultation:
    given = {"question": "Xác nhận chế độ đang hưởng", "hours": DAY} | more
    return consulting.consult(dossier, by=world.actor(by), at=MONDAY, agency=world.agencies[level], **given)


def answer(row: Consultation, world: World, name: str, *, at: dt.datetime = LATER, **more: Any) -> Consultation:
    given = {"opinion": "agree", "answer": "Đã đối chiếu sổ, đúng."} | more
    return consulting.answer_consultation(row, by=world.actor(name), at=at, **given)


def on_paper(dossier: Dossier) -> None:
    HandedPaper.objects.create(
        dossier=dossier, document_key="bang-tqgc", name="Bằng Tổ quốc ghi công", originals=1, taken_at=MONDAY,
        taken_by="Nguyễn Văn Bình",
    )  # fmt: skip


@pytest.fixture
def drawing(world: World) -> World:
    """A world whose route asks district and department while the commune examines, the latter only for children."""
    stage = RouteStage.objects.get(route__case__version=world.climbing, key="xa-tham-dinh")
    for level, hours, condition in (
        ("district", 16, None), ("province", 24, {"field": "relation", "op": "eq", "value": "con"}),
    ):  # fmt: skip
        StageConsultation.objects.create(
            stage=stage, agency=world.agencies[level], question=f"Ý kiến {level}", hours=hours, condition=condition
        )
    routing._cases.cache_clear()
    return world


def test_asking_needs_content_limit_and_another_agency(world: World, received: Dossier) -> None:
    for more, words in (({"question": " "}, "nội dung"), ({"hours": Decimal(0)}, "thời hạn")):
        with pytest.raises(MoveRefused, match=words):
            ask(received, world, **more)
    with pytest.raises(MoveRefused, match="đang giữ hồ sơ"):
        ask(received, world, "commune")
    ask(received, world)
    with pytest.raises(MoveRefused, match="Đang chờ Ủy ban nhân dân huyện"):
        ask(received, world)
    assert received.consultations.count() == 1


def test_each_agency_has_its_own_clock_and_desk(world: World, received: Dossier) -> None:
    row = ask(received, world)
    ask(received, world, "province", hours=0, days=2)
    assert [one.due_at for one in received.consultations.by_deadline()] == [
        dt.datetime(2026, 11, 10, 9, 0, tzinfo=ZONE), dt.datetime(2026, 11, 11, 17, 0, tzinfo=ZONE),
    ]  # fmt: skip
    assert list(Consultation.objects.in_queue_of(world.actor("hai"))) == [row]
    assert Dossier.objects.visible_to(world.actor("hai")).get() == received
    assert is_whole(received)
    outbox.sweep()
    told = {address for letter in mail.outbox if "Xin ý kiến" in letter.subject for address in letter.to}
    assert told == {f"{name}@xuanloi.example" for name in ("hai", "oanh", "khanh", "lan")}


def test_the_answer_is_kept_and_told_to_who_asked(world: World, received: Dossier) -> None:
    row = ask(received, world)
    for more, words in (({"opinion": "maybe"}, "chọn ý kiến"), ({"answer": ""}, "nội dung trả lời")):
        with pytest.raises(MoveRefused, match=words):
            answer(row, world, "hai", **more)
    answer(row, world, "hai", opinion="disagree", answer="Người này đã hưởng chế độ khác.")
    row.refresh_from_db()
    assert (row.opinion, row.answered_at, row.answered_by) == ("disagree", LATER, "Hoàng Văn Hải")
    assert row.answer == "Người này đã hưởng chế độ khác."
    event = received.events.order_by("-sequence")[0]
    assert (event.verb, event.capacity, event.snapshot["opinion"]) == ("answer_consultation", "Chuyên viên", "disagree")
    outbox.sweep()
    assert [letter.to for letter in mail.outbox if "đã trả lời về hồ sơ" in letter.subject] == [["chi@xuanloi.example"]]
    assert is_whole(Dossier.objects.get())


def test_the_letter_that_asks_is_numbered_and_stays_in_the_house(world: World, received: Dossier, an: Client) -> None:
    row = ask(received, world)
    assert not received.papers.filter(kind="consultation").exists(), "written after the act"
    outbox.sweep()
    OutboxMessage.objects.filter(kind="paper.consultation").update(done_at=None)
    assert outbox.perform_now(f"paper.consultation:{row.pk}"), "a worker that died is followed by another"
    letter = received.papers.get(kind="consultation")
    assert letter.agency == world.agencies["commune"]
    assert (letter.snapshot["to"], letter.snapshot["question"]) == (
        "Ủy ban nhân dân huyện Lập Thạch", "Xác nhận chế độ đang hưởng",
    )  # fmt: skip
    assert letter.number not in an.get(f"/toi/ho-so/{received.code}").content.decode()
    assert an.get(f"/toi/ho-so/{received.code}/giay/{letter.pk}.pdf").status_code == 404


def test_the_owner_reads_whom_the_office_asks_and_nothing_of_what(world: World, received: Dossier, an: Client) -> None:
    row = ask(received, world)
    ask(received, world, "province")
    answer(row, world, "hai")
    page = an.get(f"/toi/ho-so/{received.code}").content.decode()
    assert "Ủy ban nhân dân huyện Lập Thạch đã cho ý kiến" in page
    assert "Đang lấy ý kiến Sở Lao động – Thương binh và Xã hội" in page
    for inside in ("Xác nhận chế độ đang hưởng", "Đã đối chiếu sổ"):
        assert inside not in page


@pytest.mark.parametrize("name", ["chi", "khanh", "quyen", "an"])
def test_only_the_asked_agency_answers(world: World, received: Dossier, name: str) -> None:
    row = ask(received, world)
    with pytest.raises(MoveRefused, match="không hỏi cơ quan bạn"):
        answer(row, world, name)


def test_what_was_given_to_a_colleague_is_answered_by_that_one_or_by_a_leader(world: World, received: Dossier) -> None:
    row = ask(received, world)
    other = Position.objects.create(
        user=world.users["em"], agency=world.agencies["district"], role="specialist", title="CV", holder_name="Em"
    )
    for by, to in (("chi", other), ("oanh", world.positions["chi"])):
        with pytest.raises(MoveRefused):
            consulting.give_consultation(row, by=world.actor(by), to=to)
    consulting.give_consultation(row, by=world.actor("oanh"), to=other)
    row.refresh_from_db()
    assert not Consultation.objects.in_queue_of(world.actor("hai")).exists()
    with pytest.raises(MoveRefused, match="giao cho người khác"):
        answer(row, world, "hai")
    answer(row, world, "oanh")
    with pytest.raises(LostRace):
        consulting.give_consultation(row, by=world.actor("oanh"), to=other)


def test_who_opens_it_first_has_received_it(world: World, received: Dossier) -> None:
    row = ask(received, world)
    stale = Consultation.objects.get()
    consulting.open_consultation(row, by=world.actor("chi"), at=LATER)
    assert row.received_at is None, "the desk that asked does not receive its own question"
    consulting.open_consultation(row, by=world.actor("hai"), at=LATER)
    for name in ("oanh", "hai"):
        consulting.open_consultation(stale, by=world.actor(name), at=FAR)
    row = Consultation.objects.get()
    assert (row.received_at, row.received_by) == (LATER, "Hoàng Văn Hải")


def test_of_two_who_answer_the_second_is_told_who_was_first(world: World, received: Dossier) -> None:
    row = ask(received, world)
    answer(Consultation.objects.get(), world, "hai")
    with pytest.raises(LostRace, match="Hoàng Văn Hải đã trả lời lúc 11:00 09/11/2026"):
        answer(row, world, "oanh")
    with pytest.raises(LostRace):
        consulting.cancel_consultation(row, by=world.actor("chi"), at=LATER, reason="Không cần nữa")


def test_answers_of_several_agencies_do_not_stand_in_each_others_way(world: World, received: Dossier) -> None:
    first, second = ask(received, world), ask(received, world, "province")
    answer(first, world, "hai")
    answer(second, world, "khanh")
    assert not legs.waiting(Dossier.objects.get()).exists()


def test_asking_is_taken_back_with_a_reason_and_the_asked_desk_told(world: World, received: Dossier) -> None:
    row = ask(received, world)
    with pytest.raises(MoveRefused, match="lý do"):
        consulting.cancel_consultation(row, by=world.actor("chi"), at=LATER, reason="")
    with pytest.raises(MoveRefused, match="không ở bàn"):
        consulting.cancel_consultation(row, by=world.actor("hai"), at=LATER, reason="Không muốn")
    consulting.cancel_consultation(row, by=world.actor("chi"), at=LATER, reason="Đã có giấy xác nhận")
    assert Consultation.objects.get().ended_at == LATER
    with pytest.raises(LostRace, match="không chờ"):
        answer(Consultation.objects.get(), world, "hai")
    outbox.sweep()
    assert len([letter for letter in mail.outbox if "Không cần ý kiến" in letter.subject]) == 2


def test_the_stage_waits_for_those_who_still_have_time(world: World, received: Dossier) -> None:
    row = ask(received, world)
    with pytest.raises(MoveRefused, match="Đang lấy ý kiến Ủy ban nhân dân huyện Lập Thạch"):
        processing.forward(received, by=world.actor("chi"), at=LATER, note="Đi thôi")
    answer(row, world, "hai")
    processing.forward(Dossier.objects.get(), by=world.actor("chi"), at=LATER)


def test_silence_is_no_consent_the_officer_goes_on_with_a_note(world: World, received: Dossier) -> None:
    row = ask(received, world)
    late = row.due_at + dt.timedelta(minutes=1)
    with pytest.raises(MoveRefused, match="quá hạn mà chưa trả lời"):
        processing.forward(received, by=world.actor("chi"), at=late, note=" ")
    processing.forward(received, by=world.actor("chi"), at=late, note="Quá hạn chưa có ý kiến của huyện")
    row.refresh_from_db()
    assert (row.ended_at, row.opinion, row.answered_at) == (late, "", None)
    event = received.events.order_by("-sequence")[0]
    assert event.snapshot == {"unanswered": [world.agencies["district"].pk]}
    assert is_whole(received)


def test_nobody_signs_or_ends_over_the_heads_of_those_asked(world: World, received: Dossier, climb: Any) -> None:
    climb(received, "so-ky")
    ask(received, world, by="lan")
    with pytest.raises(MoveRefused, match="thôi lấy ý kiến trước"):
        processing.decide(received, by=world.actor("lan"), at=FAR)
    withdrawing.request_withdrawal(received, by=world.actor("an"), at=FAR, reason="Nhầm")
    withdrawing.accept_withdrawal(received, by=world.actor("lan"), at=FAR)
    assert Consultation.objects.get().ended_at == FAR, "nobody waits for an opinion on what is over"


# Drawn on the route ------------------------------------------------------------------------------------------


def test_parallel_interagency_electronic_names_lead_and_limits(drawing: World, received: Dossier) -> None:
    """NĐ 61/2018 art. 19.7: sent to all at once, with the lead, the task and the limit of each."""
    rows = list(received.consultations.order_by("due_at"))
    assert [(row.agency.level, row.question) for row in rows] == [
        ("district", "Ý kiến district"), ("province", "Ý kiến province"),
    ]  # fmt: skip
    assert {row.kind for row in rows} == {"joint"}
    assert [row.due_at.day for row in rows] == [11, 12], "16 and 24 working hours of their own"
    assert {row.asked_at for row in rows} == {MONDAY}
    assert received.holder_agency == drawing.agencies["commune"], "the commune leads"
    asked = received.events.filter(verb="consult").order_by("sequence")
    assert [(one.sequence, one.actor_kind, one.note, one.at) for one in asked] == [
        (number, "system", drawing.agencies[level].name, MONDAY) for number, level in ((3, "district"), (4, "province"))
    ]  # fmt: skip
    assert [dt.datetime.fromisoformat(one.snapshot["due_at"]) for one in asked] == [row.due_at for row in rows]
    assert OutboxMessage.objects.filter(topic="consultation_asked").count() == 2
    assert is_whole(received)


def test_of_two_who_receive_the_second_hears_of_the_first_and_not_of_what_the_route_asked(
    drawing: World, submitted: Dossier
) -> None:
    late = Dossier.objects.get(pk=submitted.pk)
    intake.receive(submitted, by=drawing.actor("binh"), at=MONDAY)
    with pytest.raises(LostRace, match="Bình đã làm bước “Nhận hồ sơ”"):
        intake.receive(late, by=drawing.actor("binh"), at=LATER)


def test_a_condition_leaves_an_agency_out(drawing: World, submitted: Dossier) -> None:
    submitted.answers |= {"relation": "cháu"}
    submitted.save()
    intake.receive(submitted, by=drawing.actor("binh"), at=MONDAY)
    assert [row.agency.level for row in submitted.consultations.all()] == ["district"]


def test_paper_sequence_order_enforced(drawing: World, submitted: Dossier) -> None:
    """NĐ 61/2018 art. 19.6: paper goes to one agency after the other, in the order that the route fixed."""
    on_paper(submitted)
    received = intake.receive(submitted, by=drawing.actor("binh"), at=MONDAY)
    first = received.consultations.get()
    assert first.agency == drawing.agencies["district"]
    with pytest.raises(MoveRefused, match="Bản giấy đang ở"):
        ask(received, drawing, "province", kind="joint")
    late = first.due_at + dt.timedelta(hours=1)
    with pytest.raises(MoveRefused, match="còn phải qua cơ quan khác"):
        processing.forward(received, by=drawing.actor("chi"), at=late, note="Không chờ nữa")
    answer(first, drawing, "hai", at=late)
    second = received.consultations.exclude(pk=first.pk).get()
    assert (second.agency, second.asked_at) == (drawing.agencies["province"], late)
    told = list(received.events.order_by("-sequence").values_list("verb", "at")[:2])
    assert told == [("consult", late), ("answer_consultation", late)]
    answer(second, drawing, "khanh", at=late)
    processing.forward(Dossier.objects.get(), by=drawing.actor("chi"), at=late)


def test_paper_whose_first_agency_is_not_waited_for_goes_to_the_next(drawing: World, submitted: Dossier) -> None:
    on_paper(submitted)
    received = intake.receive(submitted, by=drawing.actor("binh"), at=MONDAY)
    first = received.consultations.get()
    consulting.cancel_consultation(first, by=drawing.actor("chi"), at=LATER, reason="Đã có văn bản")
    assert [row.agency.level for row in legs.waiting(received)] == ["province"]


def test_a_stage_that_opens_again_asks_only_who_has_not_had_a_turn(drawing: World, received: Dossier) -> None:
    answer(received.consultations.get(agency=drawing.agencies["district"]), drawing, "hai")
    late = received.consultations.get(answered_at=None).due_at
    dossier = Dossier.objects.get()
    processing.forward(dossier, by=drawing.actor("chi"), at=late, note="Sở không trả lời")
    processing.rework(dossier, by=drawing.actor("dung"), at=late, reason="Ghi rõ hơn")
    assert dossier.stages.get(closed_at=None).route_key == "xa-tham-dinh"
    assert dossier.consultations.count() == 2


def test_paper_does_not_start_twice_at_the_same_stage(drawing: World, submitted: Dossier) -> None:
    """What an officer asked on paper before the stage opened again keeps the drawn ones waiting."""
    on_paper(submitted)
    received = intake.receive(submitted, by=drawing.actor("binh"), at=MONDAY)
    stage = received.stages.get()
    assert legs.drawn(received, stage, by=drawing.actor("chi"), at=LATER) == []


def test_an_answer_to_a_stage_the_dossier_has_left_asks_nobody_else(drawing: World, submitted: Dossier) -> None:
    """An operator moved it on while the paper was at the first agency."""
    on_paper(submitted)
    received = intake.receive(submitted, by=drawing.actor("binh"), at=MONDAY)
    received.stages.update(closed_at=MONDAY)
    answer(received.consultations.get(), drawing, "hai")
    assert received.consultations.count() == 1


def test_asking_and_answering_take_at_most_8_statements(world: World, received: Dossier) -> None:
    ask(fresh(received), world, "province")  # what the first has read of catalogue and calendar is known by now
    dossier = fresh(received)
    with at_most(8):
        ask(dossier, world)
    row = Consultation.objects.select_related("agency", "stage").get(agency=world.agencies["district"])
    with at_most(8):
        answer(row, world, "hai")


# At once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_agencies_answer_in_the_same_moment_and_neither_is_turned_away(world: World, received: Dossier) -> None:
    rows = {"hai": ask(received, world), "khanh": ask(received, world, "province")}
    together, refused = Barrier(2), []

    def reply(name: str) -> None:
        row = Consultation.objects.select_related("agency", "stage").get(pk=rows[name].pk)
        together.wait()
        try:
            answer(row, world, name)
        except MoveRefused as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [Thread(target=reply, args=(name,)) for name in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    dossier = Dossier.objects.get()
    assert dossier.events.filter(verb="answer_consultation").count() == 2
    assert is_whole(dossier)
