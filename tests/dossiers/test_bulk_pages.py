"""The pages of one act on many: ticked, looked at, confirmed, told line by line; nothing for those who may not."""

import re
import uuid
from typing import Any

import pytest

from dossiers import intake, withdrawing
from dossiers.models import AccessLog, Dossier
from dossiers.states import Status
from portal.floor.typesetting import TypesettingError
from tests.dossiers.officers import Desk, copies, text
from tests.world import MONDAY, World

MANY = "/can-bo/hang-loat"


def look(desk: Desk, act: str, *dossiers: Dossier, **given: Any) -> Any:
    """What is asked before: ticked in the list, the act chosen."""
    return desk.client.post(MANY, {"viec": act, "chon": [str(one.pk) for one in dossiers]} | given)


def confirm(desk: Desk, page: Any, **given: Any) -> Any:
    """The button below it, with all that the page carries."""
    shown = text(page)
    chosen = re.findall(r'name="chon" value="([^"]+)"', shown)
    act = re.search(r'name="viec" value="([^"]+)"', shown)
    assert act
    return desk.client.post(MANY, {"viec": act[1], "chon": chosen, "lam": "1", "version": "0"} | given)


def test_the_list_has_boxes_and_the_acts_of_the_role(world: World, submitted: Dossier) -> None:
    page = text(Desk(world, "binh").get("hang-viec"))
    assert f'name="chon" value="{submitted.pk}"' in page
    for act in ("nhan", "giao", "in"):
        assert f'value="{act}"' in page
    assert 'value="chuyen"' not in page


def test_two_are_received_and_their_receipts_printed_as_one(world: World, submitted: Dossier) -> None:
    [other] = copies(submitted, 1)
    desk = Desk(world, "binh")
    before = look(desk, "nhan", submitted, other)
    assert "Nhận 2 hồ sơ" in text(before)
    assert "Hẹn trả" in text(before)
    assert Dossier.objects.filter(status=Status.IN_PROGRESS).count() == 0, "a look changes nothing"
    after = confirm(desk, before)
    assert "Xong 2 hồ sơ" in text(after)
    assert "In mọi giấy hẹn" in text(after)
    again = confirm(desk, before)
    assert text(again).count("Bạn đã làm việc này ở lần bấm trước.") == 2
    pdf = look(desk, "in", submitted, other)
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert AccessLog.objects.filter(what__startswith="giấy hẹn, in").count() == 2


def test_what_is_skipped_is_said_with_the_reason(world: World, submitted: Dossier) -> None:
    [refused] = copies(submitted, 1)
    intake.refuse(refused, by=world.actor("binh"), at=MONDAY, reason="Không đúng đối tượng")
    page = text(look(Desk(world, "binh"), "nhan", submitted, refused))
    assert "Nhận 1 hồ sơ" in page
    assert "Đang ở trạng thái “Không được tiếp nhận”." in page
    page = text(look(Desk(world, "binh"), "nhan", refused))
    assert "Không hồ sơ nào làm được" in page
    assert 'name="lam"' not in page


def test_somebody_faster_is_one_line(world: World, submitted: Dossier) -> None:
    [other] = copies(submitted, 1)
    desk = Desk(world, "binh")
    before = look(desk, "nhan", submitted, other)
    withdrawing.request_withdrawal(other, by=world.actor("an"), at=MONDAY, reason="Nộp nhầm")
    page = text(confirm(desk, before))
    assert "Xong 1 hồ sơ" in page
    assert "Nguyễn Thị An đã làm bước “Xin rút hồ sơ”" in page
    assert "Còn 1 hồ sơ chưa làm" in page


def test_the_leader_gives_them_to_somebody(world: World, received: Dossier) -> None:
    desk = Desk(world, "dung")
    before = look(desk, "giao", received)
    assert "Trần Thị Chi" in text(before)
    assert "Chọn người nhận việc" in text(confirm(desk, before))
    after = confirm(desk, before, position=str(world.positions["chi"].pk))
    assert "Đã giao cho Trần Thị Chi." in text(after)
    assert "In mọi giấy hẹn" not in text(after)


def test_the_specialist_passes_them_on_with_a_note(world: World, received: Dossier) -> None:
    desk = Desk(world, "chi")
    after = confirm(desk, look(desk, "chuyen", received), note="Đủ điều kiện")
    assert "Đã chuyển đến bước “Bước xa-duyet”." in text(after)
    assert Dossier.objects.get().events.get(verb="forward").note == "Đủ điều kiện"


def test_one_person_collects_them(world: World, received: Dossier) -> None:
    Dossier.objects.update(status=Status.RESOLVED, holder_role="returner", stage_kind="")
    desk = Desk(world, "giang")
    before = look(desk, "tra", received)
    given = {"capacity": "proxy", "collector": "Lê Văn Ba", "paper": "Căn cước"}
    wanting = confirm(desk, before, **given)
    assert wanting.status_code == 422
    assert "giấy ủy quyền" in text(wanting)
    assert "Đã trả cho Lê Văn Ba." in text(confirm(desk, before, **given, authorisation="Số 3, ngày 01/11/2026"))


@pytest.mark.parametrize(
    ("name", "act"),
    [("binh", "chuyen"), ("chi", "nhan"), ("thao", "nhan"), ("dung", "tra"), ("binh", "xoa"), ("binh", "")],
)
def test_acts_of_other_roles_do_not_exist(world: World, submitted: Dossier, name: str, act: str) -> None:
    assert look(Desk(world, name), act, submitted).status_code == 404


def test_others_dossiers_are_not_shown(world: World, submitted: Dossier) -> None:
    page = text(look(Desk(world, "phuc"), "nhan", submitted))
    assert submitted.reference not in page
    assert "không còn thuộc bàn của bạn" in page


@pytest.mark.parametrize(
    "ticked", [[], ["x"], ["1.2"], [f"{uuid.UUID(int=1)}.²"], [str(uuid.UUID(int=n)) for n in range(201)]]
)
def test_odd_choices_lead_back_or_to_nothing(world: World, submitted: Dossier, ticked: list[str]) -> None:
    answer = Desk(world, "binh").client.post(MANY, {"viec": "nhan", "chon": ticked}, follow=True)
    assert "Chọn hồ sơ trước" in text(answer) or "tối đa 200" in text(answer) or "không còn thuộc bàn" in text(answer)
    assert Dossier.objects.get().status == Status.SUBMITTED


def test_without_a_receipt_nothing_is_printed(world: World, submitted: Dossier, monkeypatch: Any) -> None:
    desk = Desk(world, "binh")
    assert desk.client.get(MANY)["Location"] == "/can-bo/hang-viec"
    assert look(desk, "in", submitted)["Location"] == "/can-bo/hang-viec"
    intake.receive(submitted, by=world.actor("binh"), at=MONDAY)

    def broken(*args: Any) -> bytes:
        raise TypesettingError("no such font")

    monkeypatch.setattr("dossiers.bulk.one_pdf", broken)
    assert "Chưa in được" in text(desk.client.post(MANY, {"viec": "in", "chon": [str(submitted.pk)]}, follow=True))
