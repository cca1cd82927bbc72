"""Several places at one dossier, as officers do it in their pages."""

import datetime as dt
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dossiers import consulting, processing, routing
from dossiers.models import AccessLog, Consultation, Dossier, Verification
from procedures.models import Case, Position, ProcedureAgency
from tests.dossiers.officers import Desk, text
from tests.dossiers.test_consulting import on_paper
from tests.dossiers.test_query_ceilings import at_most
from tests.login import log_in
from tests.world import World

Climb = Callable[[Dossier, str], Dossier]
TOMORROW = {"day_0": "17", "day_1": "11", "day_2": "2036", "hour": "8h30"}  # a Monday
PLACE = {"place": "Thôn Đồng Xuân", "purpose": "Xem mộ liệt sĩ", "participants": "", "applicant_attends": "on"}


def asked(dossier: Dossier, world: World, level: str = "district", *, days: int = 3) -> Consultation:
    dossier = Dossier.objects.get(pk=dossier.pk)
    return consulting.consult(
        dossier, by=world.actor("chi"), at=timezone.now(), agency=world.agencies[level], question="Đã hưởng chưa?",
        days=days,
    )  # fmt: skip


def test_asking_and_answering_from_page_to_page(world: World, received: Dossier) -> None:
    chi, hai = Desk(world, "chi"), Desk(world, "hai")
    page = text(chi.open(received, muc="phoi-hop"))
    assert "Lấy ý kiến" in page
    assert "Chưa hỏi cơ quan nào" in page
    form = text(chi.get(f"ho-so/{received.code}/lay-y-kien"))
    assert "Ủy ban nhân dân huyện Lập Thạch" in form
    given = {"agency": world.agencies["district"].pk, "kind": "opinion", "question": "Đã hưởng chưa?", "days": "3"}
    for wrong in (
        {"days": "0"},
        {"days": "ba"},
        {"question": ""},
        {"agency": world.agencies["commune"].pk},
        {"kind": "x"},
    ):
        assert chi.act(received, "lay-y-kien", **(given | wrong)).status_code == 422
    answer = chi.act(received, "lay-y-kien", **given)
    assert answer.status_code == 302
    row = Consultation.objects.get()
    assert "Đang chờ ý kiến của Ủy ban nhân dân huyện Lập Thạch, hạn" in text(chi.open(received))
    assert f"ho-so/{received.code}/chuyen" not in text(chi.open(received)), "the stage waits for the answer"

    listed = text(hai.get("lay-y-kien"))
    assert received.code in listed
    assert "Đã hưởng chưa?" in listed
    assert "1 việc chờ trả lời" in listed
    assert f"/can-bo/lay-y-kien/{row.pk}" in text(hai.open(received)), "the dossier itself leads to the answer"
    page = text(hai.get(f"lay-y-kien/{row.pk}"))
    assert "Bằng Tổ quốc ghi công" in page, "the papers are there to read"
    row.refresh_from_db()
    assert row.received_by == "Hoàng Văn Hải"
    assert AccessLog.objects.filter(dossier=received, actor_name="Hoàng Văn Hải", what="hồ sơ").exists()
    assert hai.client.post(f"/can-bo/lay-y-kien/{row.pk}", {"opinion": "agree", "answer": ""}).status_code == 422
    reply = hai.client.post(f"/can-bo/lay-y-kien/{row.pk}", {"opinion": "agree", "answer": "Chưa hưởng chế độ nào"})
    assert reply.status_code == 302
    late = hai.client.post(f"/can-bo/lay-y-kien/{row.pk}", {"opinion": "other", "answer": "Xin nói lại"})
    assert late.status_code in (409, 422)
    page = text(chi.open(received, muc="phoi-hop"))
    for words in ("Chưa hưởng chế độ nào", "Đồng ý", "Đã trả lời đúng hạn", "Hoàng Văn Hải"):
        assert words in page, words
    assert f"ho-so/{received.code}/chuyen" in page


def test_the_second_of_two_answers_is_told_who_was_first(world: World, received: Dossier) -> None:
    row = asked(received, world)
    for name, status in (("hai", 302), ("oanh", 409)):
        answer = Desk(world, name).client.post(
            f"/can-bo/lay-y-kien/{row.pk}", {"opinion": "agree", "answer": f"Theo {name}"}
        )
        assert answer.status_code == status
    assert "Hoàng Văn Hải" in text(answer)


def test_odd_input_is_answered_in_words_and_nothing_is_lost(world: World, received: Dossier) -> None:
    row = asked(received, world)
    hai = Desk(world, "hai")
    address = f"/can-bo/lay-y-kien/{row.pk}"
    for odd in ("x" * 2001, "\x00", " \u00a0 ", ""):
        answer = hai.client.post(address, {"opinion": "agree", "answer": odd})
        assert answer.status_code in (400, 422), odd[:9]
    page = text(hai.client.post(address, {"opinion": "agree, or not", "answer": "Đã đối chiếu"}))
    assert "Chọn một ý kiến ở trên" in page
    assert "Đã đối chiếu" in page, "what was typed stays"
    hai.client.post(address, {"opinion": "other", "answer": unicodedata.normalize("NFD", "Đã đối chiếu đủ")})
    row.refresh_from_db()
    assert row.answer == "Đã đối chiếu đủ"


@pytest.mark.parametrize("name", ["chi", "khanh", "binh", "em"])
def test_questions_to_other_agencies_do_not_exist(world: World, received: Dossier, name: str) -> None:
    row = asked(received, world)
    client = Desk(world, name).client
    for address in (f"/can-bo/lay-y-kien/{row.pk}", f"/can-bo/lay-y-kien/{row.pk}/giao"):
        assert client.post(address, {"opinion": "agree", "answer": "x", "position": "1"}).status_code in (403, 404)
    assert client.get(f"/can-bo/lay-y-kien/{row.pk}").status_code in (403, 404)
    assert log_in(Client(), world.users["an"]).get(f"/can-bo/lay-y-kien/{row.pk}").status_code in (302, 403, 404)


def test_a_leader_gives_the_answer_to_an_officer(world: World, received: Dossier) -> None:
    row = asked(received, world)
    other = Position.objects.create(
        user=world.users["em"], agency=world.agencies["district"], role="specialist", title="CV", holder_name="Chị Em"
    )
    oanh, hai = Desk(world, "oanh"), Desk(world, "hai")
    assert "Chị Em, CV" in text(oanh.get(f"lay-y-kien/{row.pk}"))
    answer = oanh.client.post(f"/can-bo/lay-y-kien/{row.pk}/giao", {"position": other.pk}, follow=True)
    assert "Đã giao cho Chị Em" in text(answer)
    assert received.code not in text(hai.get("lay-y-kien"))
    assert "đã giao cho người khác" in text(hai.get(f"lay-y-kien/{row.pk}"))
    assert hai.client.post(f"/can-bo/lay-y-kien/{row.pk}", {"opinion": "agree", "answer": "x"}).status_code == 422
    wrong = oanh.client.post(f"/can-bo/lay-y-kien/{row.pk}/giao", {"position": world.positions["chi"].pk}, follow=True)
    assert "Chọn người trong danh sách" in text(wrong)
    back = hai.client.post(f"/can-bo/lay-y-kien/{row.pk}/giao", {"position": other.pk}, follow=True)
    assert back.redirect_chain[-1][0] == "/can-bo/lay-y-kien"


def test_the_list_is_by_deadline_page_by_page(world: World, received: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossiers.views.officer.consultations.PAGE", 1)
    row = asked(received, world, days=2)
    twin = Consultation.objects.get()
    Consultation.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    late = asked(received, world, days=9)
    Consultation.objects.filter(pk=twin.pk).update(
        ended_at=None, agency=world.agencies["district"], dossier=another(received)
    )
    desk = Desk(world, "hai")
    first = text(desk.get("lay-y-kien"))
    assert str(row.pk) in first
    assert str(late.pk) not in first
    following = text(desk.get("lay-y-kien", sau=f"{round(row.due_at.timestamp() * 1e6)}.{row.pk.hex}"))
    assert str(late.pk) in following
    assert str(row.pk) not in following
    for odd in ("x", "x." + "0" * 32, "9" * 16 + "." + "f" * 32):
        assert desk.get("lay-y-kien", sau=odd).status_code == 200


def another(dossier: Dossier) -> Dossier:
    """A copy of the dossier under a code of its own."""
    from portal.floor.ids import uuid7

    copy = Dossier.objects.get(pk=dossier.pk)
    answers = copy.answers
    copy.pk, copy.code, copy.reference, copy.answers = uuid7(), "000.21.05.H62-261109-0099", "N261109-99999999", answers
    copy.save(force_insert=True)
    return copy


def test_the_list_takes_at_most_6_statements(world: World, received: Dossier) -> None:
    for level in ("district", "province"):
        asked(received, world, level)
    desk = Desk(world, "hai")
    desk.get("lay-y-kien")
    with at_most(6 + 2):  # session and account
        desk.get("lay-y-kien")


def test_no_longer_asking(world: World, received: Dossier) -> None:
    first, second = asked(received, world), asked(received, world, "province")
    chi = Desk(world, "chi")
    assert "Thôi lấy ý kiến" in text(chi.open(received, muc="phoi-hop"))
    assert chi.act(received, "thoi-lay-y-kien", reason="Đủ rồi").status_code == 422, "which one?"
    chi.act(received, "thoi-lay-y-kien", consultation=first.pk, reason="Đủ rồi")
    first.refresh_from_db()
    assert first.ended_at
    assert "Không hỏi nữa" in text(chi.open(received, muc="phoi-hop"))
    again = chi.act(received, "thoi-lay-y-kien", consultation=first.pk, reason="Đủ rồi")
    assert again.status_code == 422
    assert "không chờ ý kiến này nữa" in text(Desk(world, "hai").client.post(
        f"/can-bo/lay-y-kien/{first.pk}", {"opinion": "agree", "answer": "x"}))  # fmt: skip
    assert Consultation.objects.open().get() == second


def test_going_on_without_an_answer_asks_for_a_note(world: World, received: Dossier) -> None:
    row = asked(received, world)
    Consultation.objects.update(due_at=timezone.now() - dt.timedelta(hours=1))
    chi = Desk(world, "chi")
    assert "không trả lời không có nghĩa là đồng ý" in text(chi.get(f"ho-so/{received.code}/chuyen"))
    assert chi.act(received, "chuyen").status_code == 422
    assert chi.act(received, "chuyen", note="Quá hạn, hồ sơ đủ căn cứ").status_code == 302
    row.refresh_from_db()
    assert row.ended_at
    assert "Hết hạn, không trả lời" in text(chi.open(received, muc="phoi-hop"))


def test_taking_back_what_was_just_passed_on(world: World, received: Dossier) -> None:
    chi = Desk(world, "chi")
    chi.act(received, "chuyen")
    assert "Thu hồi" in text(chi.open(received))
    assert chi.act(received, "thu-hoi").status_code == 422
    assert chi.act(received, "thu-hoi", reason="Chuyển nhầm").status_code == 302
    assert Dossier.objects.get().stages.get(closed_at=None).route_key == "xa-tham-dinh"
    assert "Thu hồi" not in text(chi.open(received))


def test_giving_the_dossier_to_another_competent_agency(world: World, received: Dossier) -> None:
    chi = Desk(world, "chi")
    Position.objects.filter(agency=world.agencies["province"], role="specialist").update(valid_to=dt.date(2020, 1, 1))
    assert "Chuyển cơ quan khác" not in text(chi.open(received, muc="phoi-hop"))
    ProcedureAgency.objects.create(
        procedure=world.climbing.procedure, agency=world.agencies["district"], receives=False, competent=True
    )
    assert "Chuyển cơ quan khác" in text(chi.open(received, muc="phoi-hop"))
    assert "Không đổi" in text(chi.get(f"ho-so/{received.code}/chuyen-co-quan"))
    to = world.agencies["district"].pk
    assert chi.act(received, "chuyen-co-quan", agency=to).status_code == 422
    assert chi.act(received, "chuyen-co-quan", agency=to, reason="Thuộc huyện").status_code == 302
    assert Dossier.objects.get().holder_agency_id == to


def test_paper_is_acknowledged_at_the_next_agency(world: World, received: Dossier) -> None:
    on_paper(received)
    processing.forward(received, by=world.actor("chi"), at=timezone.now())
    processing.forward(received, by=world.actor("dung"), at=timezone.now())
    hai = Desk(world, "hai")
    assert "Nhận bàn giao bản giấy" in text(hai.open(received))
    page = text(hai.get(f"ho-so/{received.code}/nhan-ban-giao"))
    assert "Lê Tiến Dũng" in page
    assert "1 bản chính" in page
    assert hai.act(received, "nhan-ban-giao").status_code == 302
    section = text(hai.open(received, muc="phoi-hop"))
    assert "xã Xuân Lôi → Ủy ban nhân dân huyện" in section
    assert "Hoàng Văn Hải" in section
    assert "nhan-ban-giao" not in section


def test_an_appointment_is_made_moved_and_minuted(world: World, received: Dossier) -> None:
    chi = Desk(world, "chi")
    assert "Chưa hẹn kiểm tra" in text(chi.open(received, muc="phoi-hop"))
    for wrong in ({"hour": "25:00"}, {"hour": ""}, {"day_0": "31"}, {"place": ""}, {"day_2": "2020"}):
        assert chi.act(received, "hen-kiem-tra", **(TOMORROW | PLACE | wrong)).status_code == 422
    assert chi.act(received, "hen-kiem-tra", **TOMORROW, **PLACE).status_code == 302
    row = Verification.objects.get()
    assert f"{timezone.localtime(row.starts_at):%H:%M %d/%m/%Y}" == "08:30 17/11/2036"
    page = text(chi.get(f"ho-so/{received.code}/doi-lich"))
    assert 'value="08:30"' in page
    assert "Xem mộ liệt sĩ" in page
    chi.act(received, "doi-lich", **(TOMORROW | PLACE | {"hour": "14:00"}))
    assert "Đã dời 1 lần" in text(chi.open(received, muc="phoi-hop"))
    assert chi.get(f"ho-so/{received.code}/bien-ban").status_code == 200
    past = {"day_0": "9", "day_1": "11", "day_2": "2026", "hour": "9:00"}
    assert chi.act(received, "bien-ban", **past, minutes="").status_code == 422
    assert chi.act(received, "bien-ban", **past, minutes="Mộ còn nguyên", participants="Ông Long").status_code == 302
    page = text(chi.open(received, muc="phoi-hop"))
    for words in ("Mộ còn nguyên", "Ông Long", "Đã có biên bản"):
        assert words in page, words
    assert chi.act(received, "bien-ban", **past, minutes="Lần nữa").status_code == 302, "nothing is overwritten"
    assert Verification.objects.get().minutes == "Mộ còn nguyên"


def test_who_does_not_sit_at_the_desk_is_not_offered_to_assign(world: World, received: Dossier) -> None:
    assert f"{received.code}/giao" in text(Desk(world, "dung").open(received))
    assert f"{received.code}/giao" not in text(Desk(world, "binh").open(received))


def test_a_finished_result_is_uploaded_and_seen(world: World, received: Dossier, climb: Climb, decision: bytes) -> None:
    climb(received, "so-tham-dinh")
    khanh = Desk(world, "khanh")
    assert 'name="file"' not in text(khanh.get(f"ho-so/{received.code}/soan"))
    Case.objects.filter(pk=received.case_id).update(upload_result=True)
    routing._cases.cache_clear()
    page = text(khanh.get(f"ho-so/{received.code}/soan"))
    assert 'name="file"' in page
    assert "multipart/form-data" in page
    picture = SimpleUploadedFile("anh.png", b"\x89PNG\r\n\x1a\nxx", "image/png")
    refused = khanh.act(received, "soan", kind="approval", file=picture)
    assert refused.status_code == 422
    assert "hỏng" in text(refused)
    upload: Any = SimpleUploadedFile("ket-qua.pdf", decision, "application/pdf")
    assert khanh.act(received, "soan", kind="approval", file=upload).status_code == 302
    assert khanh.get(f"ho-so/{received.code}/ket-qua").content == decision


def test_who_has_answered_reads_the_answer_and_no_longer_the_dossier(world: World, received: Dossier) -> None:
    row, hai = asked(received, world), Desk(world, "hai")
    assert hai.open(received).status_code == 200
    assert "Nguyễn Thị An" in text(hai.get(f"lay-y-kien/{row.pk}"))
    hai.client.post(f"/can-bo/lay-y-kien/{row.pk}", {"opinion": "agree", "answer": "Đã đối chiếu đủ"})
    assert hai.open(received).status_code == 404
    assert received.code not in text(hai.get("lay-y-kien"))
    answered = text(hai.get("lay-y-kien", xem="da-tra-loi"))
    assert f"/can-bo/lay-y-kien/{row.pk}" in answered
    assert "Chưa giao ai" not in answered
    page = text(hai.get(f"lay-y-kien/{row.pk}"))
    for own in ("Đã hưởng chưa?", "Đã đối chiếu đủ", "chỉ đọc được hồ sơ khi còn phải cho ý kiến"):
        assert own in page
    for others in ("Nguyễn Thị An", "Mở hồ sơ", "Nguyễn Văn Long"):
        assert others not in page
    late = hai.client.post(f"/can-bo/lay-y-kien/{row.pk}", {"opinion": "agree", "answer": "x"})
    assert late.status_code == 409
    assert AccessLog.objects.filter(dossier=received, what="ý kiến đã trả lời").count() == 1


def test_whose_opinion_nobody_waits_for_reads_the_dossier_no_longer(world: World, received: Dossier) -> None:
    row, hai = asked(received, world), Desk(world, "hai")
    consulting.cancel_consultation(row, by=world.actor("chi"), at=timezone.now(), reason="Đủ rồi")
    assert hai.open(received).status_code == 404
    assert "Không hỏi nữa" in text(hai.get(f"lay-y-kien/{row.pk}"))
