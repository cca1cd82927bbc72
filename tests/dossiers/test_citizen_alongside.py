"""What the owner sees beside the desk that holds a dossier: visits, agencies asked, paper under way, who looked."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dossiers import consulting, processing, verifying
from dossiers.models import AccessLog, Dossier, HandedPaper, Verification
from tests.dossiers.counter_world import LONG, register
from tests.dossiers.filing import text
from tests.login import log_in
from tests.world import MONDAY, ZONE, World, citizen

SOON = dt.datetime(2027, 3, 1, 8, 30, tzinfo=ZONE)  # a Monday to come
PLACE = "Thôn Đồng Xuân, thửa 12"


def visit(world: World, dossier: Dossier, **more: Any) -> Verification:
    given: dict[str, Any] = {"starts_at": SOON, "place": PLACE, "purpose": "Đo ranh giới"} | more
    return verifying.arrange_verification(dossier, by=world.actor("chi"), at=MONDAY, **given)


def test_an_appointment_tells_when_where_who_and_what_and_goes_into_a_calendar(
    world: World, an: Client, vinh: Client, received: Dossier
) -> None:
    row = visit(world, received, participants="Công chức địa chính")
    page = text(an.get(f"/toi/ho-so/{received.code}"))
    for words in (
        "Hẹn kiểm tra thực tế", "08:30, thứ Hai 01/03/2027", PLACE, "Công chức địa chính", "Đo ranh giới",
        "Bạn cần có mặt", "Việc của bạn: có mặt khi kiểm tra",
    ):  # fmt: skip
        assert words in page, words
    address = f"/toi/ho-so/{received.code}/hen/{row.pk}.ics"
    assert f'href="{address}"' in page
    file = an.get(address)
    assert file["Content-Type"].startswith("text/calendar")
    assert f'filename="lich-hen-{received.code}.ics"' in file["Content-Disposition"]
    assert b"DTSTART:20270301T013000Z" in file.content
    mine = text(an.get("/toi"))
    assert mine.index("Việc bạn cần làm") < mine.index(str(received.code))
    assert vinh.get(address).status_code == 404
    assert Client().get(address)["Location"] == f"/dang-nhap?next={address}"
    assert an.get(f"/toi/ho-so/{received.code}/hen/{uuid.uuid4()}.ics").status_code == 404


def test_who_need_not_come_has_nothing_to_do(world: World, an: Client, received: Dossier) -> None:
    row = visit(world, received, applicant_attends=False)
    visit(world, received, applicant_attends=False, instead_of=row, place="Trạm y tế")
    page = text(an.get(f"/toi/ho-so/{received.code}"))
    for words in ("đã đổi lịch hẹn", "Trạm y tế", "Bạn không bắt buộc có mặt", "Bạn chưa phải làm gì"):
        assert words in page, words
    assert "Việc bạn cần làm" not in text(an.get("/toi"))


def test_a_visit_that_was_held_is_no_appointment_any_more(world: World, an: Client, received: Dossier) -> None:
    row = visit(world, received)
    Verification.objects.update(recorded_at=MONDAY)
    page = text(an.get(f"/toi/ho-so/{received.code}"))
    assert "Hẹn kiểm tra thực tế" not in page
    assert "Bạn chưa phải làm gì" in page
    assert an.get(f"/toi/ho-so/{received.code}/hen/{row.pk}.ics").status_code == 404


def test_an_agency_asked_is_named_but_not_what_it_is_asked(world: World, an: Client, received: Dossier) -> None:
    consulting.consult(
        received, by=world.actor("chi"), at=MONDAY, agency=world.agencies["district"], question="Có nợ thuế không?",
        days=3,
    )  # fmt: skip
    page = text(an.get(f"/toi/ho-so/{received.code}"))
    assert "Đang lấy ý kiến" in page
    assert "Đang lấy ý kiến Ủy ban nhân dân huyện Lập Thạch" in page
    assert "nợ thuế" not in page


def test_paper_under_way_says_where_to_and_until_when(world: World, an: Client, received: Dossier) -> None:
    HandedPaper.objects.create(
        dossier=received, document_key="bang-tqgc", name="Bằng", copies=1, taken_at=MONDAY, taken_by="Bình"
    )
    for name in ("chi", "dung"):
        processing.forward(received, by=world.actor(name), at=MONDAY)
    page = text(an.get(f"/toi/ho-so/{received.code}"))
    assert "Bản giấy" in page
    assert "Đang chuyển đến Ủy ban nhân dân huyện Lập Thạch, chậm nhất 17:00, thứ Hai 09/11/2026" in page


def test_the_unit_to_ask_is_on_the_page(an: Client, submitted: Dossier) -> None:
    page = text(an.get(f"/toi/ho-so/{submitted.reference}"))
    assert "Cần hỏi?" in page
    assert page.count("0211 3000 000") >= 1
    assert "Thôn Trung Tâm" in page


def test_vault_access_logged_and_visible(world: World, an: Client, received: Dossier) -> None:
    """Every kind of reader with name, seat, moment, what and why (regulation §15.3)."""
    consulting.consult(
        received, by=world.actor("chi"), at=MONDAY, agency=world.agencies["district"], question="Ý kiến?", days=3
    )
    for name in ("chi", "hai", "giang"):
        log_in(Client(), world.users[name]).get(f"/can-bo/ho-so/{received.code}")
    log_in(Client(), world.users["binh"]).get(f"/can-bo/ho-so/{received.code}")
    page = text(an.get("/toi/ai-da-xem"))
    for words in (
        "Trần Thị Chi", "Công chức, Ủy ban nhân dân xã Xuân Lôi", "Vì sao: đang giải quyết hồ sơ",
        "Hoàng Văn Hải", "Chuyên viên, Ủy ban nhân dân huyện Lập Thạch", "Vì sao: được lấy ý kiến, phối hợp",
        "Nguyễn Văn Bình", "Hồ sơ", str(received.code), f"{timezone.localtime():%d/%m/%Y}",
    ):  # fmt: skip
        assert words in page, words
    assert "Vũ Thị Giang" not in page, "who may not open it has seen nothing"


def test_a_desk_that_is_done_says_so_when_it_looks_again(world: World, an: Client, received: Dossier) -> None:
    for name in ("chi", "dung", "hai", "oanh"):
        processing.forward(received, by=world.actor(name), at=MONDAY)
    log_in(Client(), world.users["hai"]).get(f"/can-bo/ho-so/{received.code}")
    assert "Vì sao: đã giải quyết một bước" in text(an.get("/toi/ai-da-xem"))


def test_the_readers_of_one_dossier_can_be_asked_for(world: World, an: Client, vinh: Client, received: Dossier) -> None:
    other = register(world)
    for dossier in (received, other):
        an.get(f"/toi/ho-so/{dossier.code}")
    page = text(an.get("/toi/ai-da-xem", {"ho-so": received.code}))
    assert "Dưới đây là hồ sơ" in page
    assert str(other.code) not in page
    assert "Chưa ai mở" in text(an.get("/toi/ai-da-xem", {"ho-so": "KHONG-CO"}))
    assert "Chính bạn" not in text(vinh.get("/toi/ai-da-xem", {"ho-so": received.code}))
    assert AccessLog.objects.filter(why="own").count() == 2


def test_what_the_counter_took_in_is_among_the_owners_dossiers(world: World, an: Client, vinh: Client) -> None:
    dossier = register(world)
    assert str(dossier.code) in text(an.get("/toi"))
    assert an.get(f"/toi/ho-so/{dossier.code}").status_code == 200
    assert str(dossier.code) not in text(vinh.get("/toi"))
    assert vinh.get(f"/toi/ho-so/{dossier.code}").status_code == 404


def test_a_proxy_sees_only_what_they_filed(world: World, received: Dossier) -> None:
    citizen(world, "long", LONG.name, LONG.identity, LONG.phone, "xã Tử Du")
    long = log_in(Client(), world.users["long"])
    filed = register(world, submitter=LONG, authorisation="Giấy ủy quyền số 12 ngày 01/11/2026")
    page = text(long.get("/toi"))
    assert str(filed.code) in page
    assert str(received.code) not in page
    assert long.get(f"/toi/ho-so/{filed.code}").status_code == 200
    assert long.get(f"/toi/ho-so/{received.code}").status_code == 404
    assert received.code not in text(long.get("/toi/ai-da-xem"))


@pytest.mark.parametrize("name", ["chi", "binh"])
def test_an_officers_own_dossiers_are_not_behind_the_officers_door(world: World, name: str) -> None:
    assert log_in(Client(), world.users[name]).get("/toi/ai-da-xem").status_code == 403


def test_the_page_costs_few_statements_also_with_visits_and_opinions(
    world: World, an: Client, received: Dossier, django_assert_max_num_queries: Any
) -> None:
    visit(world, received)
    an.get(f"/toi/ho-so/{received.code}")
    with django_assert_max_num_queries(13):
        an.get(f"/toi/ho-so/{received.code}")
    with django_assert_max_num_queries(12):
        an.get("/toi")
