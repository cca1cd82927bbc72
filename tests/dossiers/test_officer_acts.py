"""Every act over HTTP: done by the one whose turn it is, refused with a reason, stale with 409, unseen by strangers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from dossiers import intake, processing, supplementing, withdrawing
from dossiers.models import AccessLog, Attachment, Dossier, IssuedPaper, Payment, Result, Shipment
from dossiers.states import Status
from tests.dossiers.officers import Desk, text
from tests.world import MONDAY, World

Climb = Callable[[Dossier, str], Dossier]


def fresh(dossier: Dossier) -> Dossier:
    found: Dossier = Dossier.objects.get(pk=dossier.pk)
    return found


def said(response: Any) -> str:
    """The message on the page that the act led to."""
    assert response.status_code == 302, text(response)[-2000:]
    return " ".join(str(message) for message in response.wsgi_request._messages)


@pytest.fixture
def drafted(world: World, received: Dossier, climb: Climb) -> Dossier:
    climb(received, "so-tham-dinh")
    processing.draft_result(received, by=world.actor("khanh"), at=MONDAY, kind="approval", text={})
    return fresh(received)


@pytest.fixture
def resolved(received: Dossier) -> Dossier:
    """As if the result had been signed and sealed."""
    Dossier.objects.filter(pk=received.pk).update(
        status=Status.RESOLVED, holder_role="returner", stage_kind="", stage_name="", resolved_at=MONDAY
    )
    received.stages.update(closed_at=MONDAY)
    return fresh(received)


# Reception ----------------------------------------------------------------------------------------------------


def test_receiving_promises_a_date_and_offers_the_receipt_to_print(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    message = said(desk.act(submitted, "nhan"))
    now = fresh(submitted)
    assert (now.status, now.code[:13]) == (Status.IN_PROGRESS, "000.21.05.H62")
    assert "Đã báo cho Nguyễn Thị An" in message
    assert "01/TNHS" in message
    paper = IssuedPaper.objects.get()
    assert paper.file, "typeset at once"
    printed = desk.open(now, muc="nhat-ky")
    assert f"/giay/{paper.pk}" in text(printed)
    assert desk.get(f"ho-so/{now.code}/giay/{paper.pk}").content.startswith(b"%PDF-")


def test_a_dossier_with_a_paper_found_wanting_is_not_received(world: World, submitted: Dossier) -> None:
    supplementing.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Mờ")
    answer = Desk(world, "binh").act(submitted, "nhan")
    assert answer.status_code == 422
    assert "Có giấy tờ chưa đạt" in text(answer)
    assert fresh(submitted).status == Status.SUBMITTED


def test_refusing_needs_a_reason_and_its_law(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    answer = desk.act(submitted, "tu-choi", reason="Không thuộc diện")
    assert answer.status_code == 422
    assert "Ghi điều khoản là căn cứ từ chối" in text(answer)
    assert "Không thuộc diện" in text(answer), "what was typed stays"
    said(desk.act(submitted, "tu-choi", reason="Không thuộc diện", legal_basis="NĐ 131/2021, Điều 28"))
    assert fresh(submitted).status == Status.NOT_RECEIVED
    assert IssuedPaper.objects.get().snapshot["legal_basis"] == "NĐ 131/2021, Điều 28"


def test_papers_are_judged_and_asked_for_again(world: World, submitted: Dossier) -> None:
    desk, paper = Desk(world, "binh"), submitted.attachments.get()
    given = {f"verdict-{paper.pk}": "no", f"why-{paper.pk}": "unclear", f"note-{paper.pk}": "Chụp lại nơi sáng hơn"}
    said(desk.act(submitted, "nhan-xet", **given))
    assert "Yêu cầu bổ sung 1 giấy tờ" in text(desk.open(submitted))
    letter = desk.get(f"ho-so/{submitted.reference}/thu-bo-sung", note="Gấp")
    assert letter.content.startswith(b"%PDF-")
    assert desk.get(f"ho-so/{submitted.reference}/thu-bo-sung/trang/1")["Content-Type"] == "image/webp"
    said(desk.act(submitted, "bo-sung", note="Gửi trong tuần"))
    assert fresh(submitted).status == Status.SUPPLEMENT_REQUESTED
    assert IssuedPaper.objects.get().snapshot["items"][0]["reason"] == "Chụp lại nơi sáng hơn"


def test_a_verdict_without_words_takes_those_of_its_kind(world: World, submitted: Dossier) -> None:
    paper = submitted.attachments.get()
    desk = Desk(world, "binh")
    said(desk.act(submitted, "nhan-xet", **{f"verdict-{paper.pk}": "no"}))
    paper.refresh_from_db()
    assert (paper.verdict, paper.verdict_note) == (Attachment.Verdict.MISSING, "Thiếu")
    said(desk.act(submitted, "nhan-xet", **{f"verdict-{paper.pk}": "ok"}))
    paper.refresh_from_db()
    assert (paper.verdict, paper.verdict_note) == (Attachment.Verdict.OK, "")
    assert desk.act(submitted, "nhan-xet", **{f"verdict-{paper.pk}": "perhaps"}).status_code == 422


def test_a_supplement_is_not_asked_for_before_every_paper_was_looked_at(world: World, submitted: Dossier) -> None:
    answer = Desk(world, "binh").act(submitted, "bo-sung")
    assert answer.status_code == 422
    assert "Mỗi giấy tờ phải có nhận xét" in text(answer)


# Processing ---------------------------------------------------------------------------------------------------


def test_assigning_to_a_colleague_of_the_same_desk_only(world: World, received: Dossier) -> None:
    desk = Desk(world, "chi")
    assert "Đã giao hồ sơ cho Trần Thị Chi" in said(desk.act(received, "giao", position=world.positions["chi"].pk))
    assert fresh(received).assignee == world.positions["chi"]
    for other in (world.positions["hai"].pk, "abc", ""):
        assert desk.act(received, "giao", position=other).status_code == 422


def test_forwarding_names_the_next_desk_before_and_after(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "xa-duyet")
    desk = Desk(world, "dung")
    assert "Chuyển: Ủy ban nhân dân huyện Lập Thạch" in text(desk.open(received))
    asked = text(desk.get(f"ho-so/{received.code}/chuyen"))
    assert "Ủy ban nhân dân huyện Lập Thạch" in asked
    message = said(desk.act(received, "chuyen", note="Kính chuyển"))
    assert "huyen-tham-dinh" in message
    assert "Đã báo cho Nguyễn Thị An" in message
    assert fresh(received).holder_agency == world.agencies["district"]


def test_the_result_is_drafted_seen_and_proposed(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-tham-dinh")
    desk = Desk(world, "khanh")
    assert desk.act(received, "trinh").status_code == 422, "nothing drafted yet"
    assert "Ghi lý do từ chối giải quyết" in text(desk.act(received, "soan", kind="refusal"))
    said(desk.act(received, "soan", **{"kind": "refusal", "text-reason": "Đã có người thờ cúng"}))
    result = Result.objects.get(superseded_at=None)
    assert (result.kind, result.text) == ("refusal", {"reason": "Đã có người thờ cúng"})
    assert "Đã có người thờ cúng" in text(desk.get(f"ho-so/{received.code}/soan"))
    assert desk.get(f"ho-so/{received.code}/ket-qua").content.startswith(b"%PDF-")
    assert desk.get(f"ho-so/{received.code}/ket-qua/trang/1")["Content-Type"] == "image/webp"
    assert desk.get(f"ho-so/{received.code}/ket-qua/trang/99").status_code == 404
    said(desk.act(received, "trinh", note="Kính trình"))
    assert fresh(received).stage_kind == "sign"


def test_the_leader_sends_back_with_a_reason(world: World, drafted: Dossier) -> None:
    processing.propose(drafted, by=world.actor("khanh"), at=MONDAY, note="Kính trình")
    desk = Desk(world, "lan")
    assert str(drafted) in text(desk.get("ky"))
    assert "Kính trình" in text(desk.get(f"ho-so/{drafted.code}/ky"))
    assert desk.act(drafted, "lam-lai", reason=" ").status_code == 422
    assert "làm lại" in said(desk.act(drafted, "lam-lai", reason="Sai mức trợ cấp"))
    assert fresh(drafted).stage_kind == "examine"


def test_a_decision_without_certificate_says_what_to_do(world: World, drafted: Dossier) -> None:
    processing.propose(drafted, by=world.actor("khanh"), at=MONDAY)
    desk = Desk(world, "lan")
    assert "Chữ ký đang được tạo" in said(desk.act(drafted, "ky"))
    page = text(desk.open(drafted))
    assert "Người ký chưa có chứng thư số dùng được" in page
    assert "/ky" not in page.partition('class="acts"')[2], "it is not offered again"
    assert desk.act(drafted, "ky").status_code == 422


def test_a_signature_that_failed_is_ordered_again(world: World, drafted: Dossier) -> None:
    processing.propose(drafted, by=world.actor("khanh"), at=MONDAY)
    result = processing.decide(drafted, by=world.actor("lan"), at=MONDAY)
    desk = Desk(world, "lan")
    assert desk.act(drafted, "ky-lai").status_code == 422, "it has not failed yet"
    processing.signing_failed(result, reason="Chứng thư số đã bị thu hồi.", at=MONDAY)
    page = text(desk.open(drafted))
    assert "Chứng thư số đã bị thu hồi." in page
    assert f"/can-bo/ho-so/{drafted.code}/ky-lai" in page
    assert "Đã yêu cầu ký lại" in said(desk.act(drafted, "ky-lai"))
    assert Result.objects.get(superseded_at=None).signing_attempt == 2


def test_the_seal_is_put_by_the_records_clerk_alone(world: World, drafted: Dossier) -> None:
    processing.propose(drafted, by=world.actor("khanh"), at=MONDAY)
    assert Desk(world, "lan").act(drafted, "dong-dau").status_code == 422
    assert Desk(world, "quyen").act(drafted, "dong-dau").status_code == 404, "it never lay on her desk"


# Returning ----------------------------------------------------------------------------------------------------


def test_handing_out_asks_who_and_by_which_paper(world: World, resolved: Dossier) -> None:
    desk = Desk(world, "giang")
    assert desk.get("tra-ket-qua", q=resolved.code)["Location"] == f"/can-bo/ho-so/{resolved.code}/tra"
    assert resolved.code in text(desk.get("tra-ket-qua"))
    assert desk.act(resolved, "tra", capacity="owner", collector="Nguyễn Thị An").status_code == 422
    message = said(desk.act(resolved, "tra", capacity="owner", collector="Nguyễn Thị An", paper="Căn cước"))
    assert "Đã trả kết quả cho Nguyễn Thị An" in message
    assert fresh(resolved).status == Status.RETURNED


def test_a_result_is_not_returned_before_the_fee_is_paid(world: World, resolved: Dossier) -> None:
    Payment.objects.update(amount=8000, lines=[{"name": "Lệ phí", "amount": 8000}])
    desk = Desk(world, "giang")
    assert desk.act(resolved, "tra", capacity="owner", collector="An", paper="Căn cước").status_code == 422
    assert "Thu tiền trước khi trả kết quả" in text(desk.open(resolved))
    cashier = Desk(world, "thao")
    assert "8.000 đồng" in text(cashier.get(f"ho-so/{resolved.code}/thu-phi"))
    assert cashier.act(resolved, "thu-phi", method="gold").status_code == 422
    assert "01/BL" in said(cashier.act(resolved, "thu-phi", method="cash"))
    assert cashier.act(resolved, "thu-phi", method="cash").status_code == 422, "once is enough"
    assert desk.act(resolved, "thu-phi", method="cash").status_code == 422, "returning is not cashing"
    said(desk.act(resolved, "tra", capacity="owner", collector="An", paper="Căn cước"))


def test_a_parcel_is_kept_though_the_carrier_does_not_answer(world: World, resolved: Dossier, settings: Any) -> None:
    settings.CARRIER_URL = "http://127.0.0.1:9"
    desk = Desk(world, "giang")
    assert "Bưu điện chưa trả lời" in said(desk.act(resolved, "gui"))
    assert desk.act(resolved, "gui").status_code == 422
    shipment = Shipment.objects.get()
    assert "Chưa có mã" in text(desk.get("buu-gui"))
    shipment.state, shipment.ended_at, shipment.reason = "returned", MONDAY, "Không có người nhận"
    shipment.save()
    Dossier.objects.update(in_post=False)
    assert "Không có người nhận" in text(desk.get("buu-gui"))
    assert str(shipment.dossier) in text(desk.get("buu-gui"))


def test_withdrawals_are_let_go_or_declined(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    withdrawing.request_withdrawal(submitted, by=world.actor("an"), at=MONDAY, reason="Nộp nhầm")
    assert "Nộp nhầm" in text(desk.get(f"ho-so/{submitted.reference}/cho-rut"))
    assert desk.act(submitted, "khong-cho-rut").status_code == 422
    said(desk.act(submitted, "khong-cho-rut", reason="Đang giải quyết xong"))
    assert fresh(submitted).status == Status.SUBMITTED
    withdrawing.request_withdrawal(fresh(submitted), by=world.actor("an"), at=MONDAY, reason="Nộp nhầm")
    said(desk.act(submitted, "cho-rut"))
    assert fresh(submitted).status == Status.STOPPED


# Races, strangers, odd input ----------------------------------------------------------------------------------

ACTS = {
    "nhan": {}, "tu-choi": {"reason": "Không", "legal_basis": "Luật"},
    "nhan-xet": {}, "bo-sung": {}, "chuyen": {},
    "trinh": {}, "soan": {"kind": "approval"}, "lam-lai": {"reason": "Sai"},
    "ky": {}, "dong-dau": {}, "gui": {}, "cho-rut": {},
    "tra": {"capacity": "owner", "collector": "An", "paper": "Căn cước"}, "thu-phi": {"method": "cash"},
    "khong-cho-rut": {"reason": "Không"},
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_a_page_older_than_the_dossier_is_answered_with_who_was_first(
    world: World, submitted: Dossier, act: str
) -> None:
    seen = submitted.version
    intake.receive(submitted, by=world.actor("binh"), at=MONDAY)
    answer = Desk(world, "binh").act(submitted, act, version=seen, **ACTS[act])
    assert answer.status_code == 409
    assert "Nguyễn Văn Bình đã làm bước “Nhận hồ sơ” lúc 09:00 09/11/2026" in text(answer)
    assert fresh(submitted).events_count == 2


@pytest.mark.parametrize("act", [*ACTS, "giao"])
@pytest.mark.parametrize("name", ["phuc", "hai", "lan", "khanh", "em", "chi", "giang"])
def test_strangers_find_nothing(world: World, submitted: Dossier, act: str, name: str) -> None:
    answer = Desk(world, name).act(submitted, act, **ACTS.get(act, {}))
    assert answer.status_code == 404
    assert fresh(submitted).events_count == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "1.5"])
def test_a_form_without_a_proper_version_does_nothing(world: World, submitted: Dossier, version: Any) -> None:
    assert Desk(world, "binh").act(submitted, "nhan", version=version).status_code == 422
    assert fresh(submitted).status == Status.SUBMITTED


def test_unreadable_and_endless_text_is_refused_in_words(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    assert desk.act(submitted, "tu-choi", reason="a\x00b", legal_basis="Luật").status_code == 400
    assert desk.act(submitted, "tu-choi", reason="a\x07b", legal_basis="Luật").status_code == 422
    assert desk.act(submitted, "tu-choi", reason="a" * 100_000, legal_basis="Luật").status_code == 422
    assert fresh(submitted).status == Status.SUBMITTED


def test_an_unknown_act_and_a_late_page_lead_nowhere(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    assert desk.act(submitted, "xoa").status_code == 404
    late = desk.get(f"ho-so/{submitted.reference}/ky")
    assert late["Location"] == f"/can-bo/ho-so/{submitted.reference}"


def test_every_look_is_written_down(world: World, submitted: Dossier) -> None:
    desk, paper = Desk(world, "binh"), submitted.attachments.get()
    desk.open(submitted)
    file = f"ho-so/{submitted.reference}/tep/{paper.pk}"
    original = desk.get(file)
    assert original["Content-Type"] == "image/jpeg"
    assert "inline" in original["Content-Disposition"]
    for _again in range(2):
        assert desk.get(f"{file}/trang/1")["Content-Type"] == "image/webp"
    assert desk.get(f"{file}/trang/2").status_code == 404
    looks = AccessLog.objects.order_by("at").values_list("what", "actor_name")
    assert set(looks) == {("hồ sơ", "Nguyễn Văn Bình"), ("giấy tờ “Bằng Tổ quốc ghi công”", "Nguyễn Văn Bình")}
    assert len(looks) == 2 or len(looks) == 3


def test_a_lost_file_is_said_and_the_dossier_can_still_be_worked_on(world: World, submitted: Dossier) -> None:
    desk, paper = Desk(world, "binh"), submitted.attachments.get()
    default_storage.delete(paper.file)
    assert "Tệp này không còn nguyên trong kho lưu trữ" in text(desk.open(submitted))
    file = f"ho-so/{submitted.reference}/tep/{paper.pk}"
    assert [desk.get(f"{file}{tail}").status_code for tail in ("", "/trang/1")] == [404, 404]


def test_no_page_with_personal_data_is_read_without_a_line_in_the_log(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    for headers, path in (({}, "/nhan"), ({"HX-Request": "true"}, "?muc=to-khai")):
        AccessLog.objects.all().delete()
        page = desk.client.get(f"/can-bo/ho-so/{submitted.reference}{path}", headers=headers)
        assert page.status_code == 200
        assert AccessLog.objects.get().what == "hồ sơ"
