"""My dossiers: things to do first, everything about one, the result, the supplement, the way out, who looked."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dossiers import processing, supplementing
from dossiers.models import AccessLog, Attachment, Dossier, Payment, Result
from dossiers.states import Status
from procedures.models import RequiredDocument
from tests.authority import Authority
from tests.dossiers.conftest import picture
from tests.dossiers.filing import begin, text
from tests.dossiers.signing import certify, resolve
from tests.world import MONDAY, World


@pytest.fixture
def resolved(
    world: World, received: Dossier, authority: Authority, climb: Callable[[Dossier, str], Dossier]
) -> Dossier:
    certify(world, authority)
    return resolve(world, received, climb, at=MONDAY + dt.timedelta(days=1))


@pytest.fixture
def wanting(world: World, submitted: Dossier) -> Dossier:
    """The receiver finds An's paper unreadable."""
    binh = world.actor("binh")
    supplementing.judge(submitted.attachments.get(), by=binh, verdict="unclear", note="Ảnh mờ, không đọc được số bằng")
    supplementing.request_supplement(submitted, by=binh, at=MONDAY, note="Chụp lại giúp xã nhé")
    return submitted


def test_things_to_do_stand_first_then_what_runs_drafts_and_what_is_done(
    world: World, an: Client, wanting: Dossier
) -> None:
    begin(an, "1.001193")
    page = text(an.get("/toi"))
    order = [
        page.index(words) for words in ("Việc bạn cần làm", "Cần bổ sung", "Bản nháp chưa gửi", "Đăng ký khai sinh")
    ]
    assert order == sorted(order)
    Dossier.objects.update(status=Status.RETURNED, closed_at=MONDAY, returned_at=MONDAY)
    page = text(an.get("/toi"))
    assert "Đã xong" in page
    assert "Việc bạn cần làm" not in page


def test_somebody_without_dossiers_is_shown_where_to_begin(vinh: Client, submitted: Dossier) -> None:
    page = text(vinh.get("/toi"))
    assert "Bạn chưa có hồ sơ nào" in page
    assert submitted.reference not in page


def test_the_owner_sees_who_did_what_where_and_the_papers(
    an: Client, received: Dossier, climb: Callable[[Dossier, str], Dossier], django_assert_max_num_queries: Any
) -> None:
    climb(received, "huyen-tham-dinh")
    an.get(f"/toi/ho-so/{received.code}")
    with django_assert_max_num_queries(12):
        page = text(an.get(f"/toi/ho-so/{received.code}"))
    for words in (
        "Xong bước: Bước xa-tham-dinh", "Trần Thị Chi, Công chức, Ủy ban nhân dân xã Xuân Lôi", "Giấy tiếp nhận hồ sơ",
        "Bằng Tổ quốc ghi công", "bang.jpg", "Chưa xem", "Rút hồ sơ", "Gửi bưu điện về nhà",
    ):  # fmt: skip
        assert words in page
    assert "Đủ điều kiện" not in page, "what officers write to each other stays inside"


def test_the_receipt_is_a_pdf_to_keep(an: Client, received: Dossier) -> None:
    paper = received.papers.get()
    answer = an.get(f"/toi/ho-so/{received.code}/giay/{paper.pk}.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert f'filename="receipt-{received.code}.pdf"' in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_sent_file_comes_back_as_it_was(an: Client, submitted: Dossier) -> None:
    attachment = submitted.attachments.get()
    answer = an.get(f"/toi/ho-so/{submitted.reference}/tep/{attachment.pk}")
    assert answer.content == attachment.read()
    assert answer["Content-Disposition"] == 'attachment; filename="bang.jpg"'


def test_there_is_no_result_before_it_is_issued(world: World, an: Client, received: Dossier, climb: Any) -> None:
    address = f"/toi/ho-so/{received.code}/ket-qua.pdf"
    assert an.get(address).status_code == 404
    climb(received, "so-ky")
    processing.decide(received, by=world.actor("lan"), at=MONDAY)
    assert an.get(address).status_code == 404
    assert "Kết quả của bạn" not in text(an.get(f"/toi/ho-so/{received.code}"))


def test_the_signed_result_is_downloaded(an: Client, resolved: Dossier, django_assert_max_num_queries: Any) -> None:
    result = Result.objects.get(dossier=resolved)
    with django_assert_max_num_queries(13):
        page = text(an.get(f"/toi/ho-so/{resolved.code}"))
    assert result.number in page
    assert f"/kiem-tra/{result.verify_code}" in page
    answer = an.get(f"/toi/ho-so/{resolved.code}/ket-qua.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert b"/ByteRange" in answer.content
    assert Dossier.objects.get().status == Status.RESOLVED, "the paper copy is still to be posted"


def test_downloading_a_result_wanted_online_is_the_handing_over_once(an: Client, resolved: Dossier) -> None:
    Dossier.objects.update(return_mode="online")
    address = f"/toi/ho-so/{resolved.code}/ket-qua.pdf"
    assert an.head(address).status_code == 200
    assert Dossier.objects.get().status == Status.RESOLVED
    first, second = an.get(address), an.get(address)
    assert first.content == second.content
    dossier = Dossier.objects.get()
    assert dossier.status == Status.RETURNED
    assert dossier.events.filter(verb="collect_online").count() == 1


def test_what_is_owed_is_paid_before_the_result_goes_out(an: Client, resolved: Dossier) -> None:
    Payment.objects.filter(dossier=resolved).update(amount=8000)
    Dossier.objects.update(return_mode="online")
    answer = an.get(f"/toi/ho-so/{resolved.code}/ket-qua.pdf", follow=True)
    assert "Còn phí, lệ phí chưa nộp" in text(answer)
    assert "Nộp 8.000 đồng tại bộ phận một cửa" in text(answer)
    assert Dossier.objects.get().status == Status.RESOLVED


def test_a_refusal_says_how_to_complain(an: Client, resolved: Dossier) -> None:
    Result.objects.update(kind="refusal")
    page = text(an.get(f"/toi/ho-so/{resolved.code}"))
    assert "Văn bản trả lời không giải quyết" in page
    assert "khiếu nại trong 90 ngày" in page


def test_the_supplement_shows_only_what_failed_with_reason_and_earlier_file(an: Client, wanting: Dossier) -> None:
    assert f"/toi/ho-so/{wanting.reference}/bo-sung" in text(an.get(f"/toi/ho-so/{wanting.reference}"))
    page = text(an.get(f"/toi/ho-so/{wanting.reference}/bo-sung"))
    for words in (
        "Ảnh mờ, không đọc được số bằng",
        "Lần trước: bang.jpg",
        "Mờ, không đọc được",
        "Chụp lại giúp xã nhé",
    ):
        assert words in page


def test_the_supplement_goes_back_in_one_act(an: Client, wanting: Dossier) -> None:
    address = f"/toi/ho-so/{wanting.reference}/bo-sung"
    done = an.post(address, {"tep-bang-tqgc": picture("rõ.jpg"), "tep-khac": picture("thêm.jpg")}, follow=True)
    assert "Đã gửi giấy tờ bổ sung" in text(done)
    dossier = Dossier.objects.get()
    assert dossier.status == Status.SUBMITTED
    there = {one.name: one.superseded_at is None for one in dossier.attachments.all()}
    assert there == {"bang.jpg": False, "rõ.jpg": True, "thêm.jpg": True}
    assert an.get(address)["Location"] == f"/toi/ho-so/{wanting.reference}", "sent once, asked no more"


def test_a_supplement_without_all_papers_is_named_and_keeps_what_came(an: Client, wanting: Dossier) -> None:
    address = f"/toi/ho-so/{wanting.reference}/bo-sung"
    page = an.post(address, {"tep-khac": picture("thêm.jpg")})
    assert page.status_code == 422
    assert "Chọn tệp: Bằng Tổ quốc ghi công" in text(page)
    assert "thêm.jpg" in text(page)
    assert Dossier.objects.get().status == Status.SUPPLEMENT_REQUESTED
    fresh = Attachment.objects.get(dossier=None)
    an.post(f"{address}/{fresh.pk}/xoa")
    assert not Attachment.objects.filter(dossier=None).exists()
    bad = an.post(address, {"tep-bang-tqgc": picture("a.exe")})
    assert bad.status_code == 422
    assert "Không nhận loại tệp này" in text(bad)


def test_the_supplement_also_lists_what_never_came_and_waits_for_it(
    an: Client, world: World, submitted: Dossier
) -> None:
    case = submitted.case
    decision = RequiredDocument.objects.create(case=case, key="quyet-dinh", name="Quyết định trợ cấp", required=False)
    paper = submitted.attachments.get()
    supplementing.judge(paper, by=world.actor("binh"), verdict="unclear", note="Mờ")
    supplementing.request_supplement(submitted, by=world.actor("binh"), at=timezone.now(), missing=[decision])
    address = f"/toi/ho-so/{submitted.reference}/bo-sung"
    page = text(an.get(address))
    assert "Quyết định trợ cấp" in page
    assert "Thiếu" in page
    late = an.post(address, {"tep-bang-tqgc": picture("rõ.jpg")})
    assert late.status_code == 422
    assert "Chọn tệp: Quyết định trợ cấp" in text(late)
    assert "Chọn tệp: Bằng" not in text(late)
    assert Dossier.objects.get().status == Status.SUPPLEMENT_REQUESTED
    assert an.post(address, {"tep-quyet-dinh": picture("qđ.jpg")}).status_code == 302
    assert Dossier.objects.get().status == Status.SUBMITTED
    there = Attachment.objects.filter(dossier=submitted, superseded_at=None)
    assert {one.document_key for one in there} == {"bang-tqgc", "quyet-dinh"}


def test_files_may_be_uploaded_one_by_one_before_sending(an: Client, wanting: Dossier) -> None:
    address = f"/toi/ho-so/{wanting.reference}/bo-sung"
    assert "rõ.jpg" in text(an.post(address, {"tep-bang-tqgc": picture("rõ.jpg"), "_gui": "1"}))
    assert Dossier.objects.get().status == Status.SUPPLEMENT_REQUESTED
    an.post(address)
    assert Dossier.objects.get().status == Status.SUBMITTED


def test_the_owner_asks_for_the_dossier_back_with_a_reason(an: Client, submitted: Dossier) -> None:
    address = f"/toi/ho-so/{submitted.reference}/rut"
    page = an.post(address, {"reason": " "})
    assert page.status_code == 422
    assert "Ghi lý do rút hồ sơ" in text(page)
    assert "Đã gửi yêu cầu rút" in text(an.post(address, {"reason": "Nộp nhầm"}, follow=True))
    assert Dossier.objects.get().status == Status.WITHDRAWAL_REQUESTED
    again = text(an.post(address, {"reason": "Nộp nhầm"}, follow=True))
    assert "không xin rút hồ sơ được" in again


def test_every_opening_is_written_down_and_shown_to_the_owner(world: World, an: Client, received: Dossier) -> None:
    an.get(f"/toi/ho-so/{received.code}")
    an.get(f"/toi/ho-so/{received.code}/tep/{received.attachments.get().pk}")
    an.get(f"/toi/ho-so/{received.code}/giay/{received.papers.get().pk}.pdf")
    assert AccessLog.objects.filter(dossier=received).count() == 3
    AccessLog.objects.create(
        dossier=received,
        at=timezone.now(),
        actor_kind="officer",
        actor_id="x",
        actor_name="Trần Thị Chi",
        what="Mở hồ sơ",
    )
    page = text(an.get("/toi/ai-da-xem"))
    for words in ("Trần Thị Chi", "Chính bạn", "Tải tệp đã gửi", "Tải Giấy tiếp nhận", received.code):
        assert words in page


def test_lists_cost_few_statements(an: Client, received: Dossier, django_assert_max_num_queries: Any) -> None:
    an.get("/toi")
    with django_assert_max_num_queries(12):
        an.get("/toi")
    with django_assert_max_num_queries(12):
        an.get("/toi/ai-da-xem")


def test_what_a_page_says_after_an_act_is_in_no_cookie(an: Client, submitted: Dossier) -> None:
    answer = an.post(f"/toi/ho-so/{submitted.reference}/rut", {"reason": "Nộp nhầm"})
    assert set(answer.cookies) <= {"sessionid", "csrftoken"}
    assert "Đã gửi yêu cầu rút" in text(an.get(answer["Location"]))
    assert "Đã gửi yêu cầu rút" not in text(an.get(answer["Location"]))
