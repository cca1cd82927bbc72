"""The dispatch queue and the leader's look at the agency, as pages."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers import intake, processing
from dossiers.models import Dossier
from procedures.models import Agency, Position, ProcedureAgency
from tests import world as worlds
from tests.dossiers.officers import Desk, copies, text
from tests.world import MONDAY, World

DISPATCH = "dieu-phoi"


@pytest.fixture
def uyen(world: World) -> Desk:
    """The operator of the whole province, at work."""
    worlds._officer(world, "uyen", "operator", "Hà Thị Uyên", "Quản trị", world.agencies["province"])
    return Desk(world, "uyen")


@pytest.fixture
def abandoned(world: World, received: Dossier) -> Dossier:
    """A dossier at a desk whose only officer has left."""
    Position.objects.filter(pk=world.positions["chi"].pk).update(valid_to=timezone.localdate(MONDAY))
    return received


def send(desk: Desk, dossier: Dossier, agency: Agency, **given: Any) -> Any:
    current = Dossier.objects.get(pk=dossier.pk)
    data = {"version": current.version, "to": agency.pk, "reason": "Chị Chi đã nghỉ việc"} | given
    return desk.client.post(f"/can-bo/{DISPATCH}/{current}", data)


def test_the_first_reason_with_dossiers_is_shown(uyen: Desk, abandoned: Dossier) -> None:
    page = text(uyen.get(DISPATCH))
    assert abandoned.code in page
    assert "Không có người ở bàn" in page
    assert "Không có hồ sơ nào bị tắc" in text(uyen.get(DISPATCH, **{"vi-sao": "tac-quy-trinh"}))


def test_operators_see_nothing_of_the_person_and_none_of_the_papers(uyen: Desk, abandoned: Dossier) -> None:
    for page in (text(uyen.get(DISPATCH)), text(uyen.get(f"{DISPATCH}/{abandoned.code}"))):
        assert "Nguyễn Thị An" not in page
        assert "1234" not in page.replace(str(abandoned.code), "")
    assert uyen.open(abandoned).status_code == 404


def test_an_operator_leads_it_to_another_agency(world: World, uyen: Desk, abandoned: Dossier) -> None:
    district = world.agencies["district"]
    page = text(uyen.get(f"{DISPATCH}/{abandoned.code}"))
    assert "Được giao thủ tục này" in page
    answer = send(uyen, abandoned, district)
    assert answer["Location"] == f"/can-bo/{DISPATCH}"
    assert "Đã chuyển hồ sơ" in text(uyen.get(DISPATCH))
    assert Dossier.objects.get().holder_agency_id == district.pk


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": ""}, "Ghi lý do điều phối"), ({"to": ""}, "Chọn cơ quan sẽ xử lý hồ sơ"),
        ({"to": "999999"}, "Chọn một cơ quan trong danh sách"), ({"reason": "a\x00b"}, ""),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(
    world: World, uyen: Desk, abandoned: Dossier, given: dict[str, Any], said: str
) -> None:
    answer = send(uyen, abandoned, world.agencies["district"], **given)
    assert answer.status_code in (400, 422)
    assert said in text(answer)


def test_a_refusal_stands_in_the_form_and_a_lost_race_on_a_page(world: World, uyen: Desk, abandoned: Dossier) -> None:
    empty = Agency.objects.create(
        code="000.29.05.H62", scheme="qcvn102", name="Ủy ban nhân dân xã Không Người", name_fold="x", symbol="UBND",
        level="commune", place="x",
    )  # fmt: skip
    refused = send(uyen, abandoned, empty)
    assert refused.status_code == 422
    assert "chưa có ai giữ vai “Chuyên viên”" in text(refused)
    late = send(uyen, abandoned, world.agencies["district"], version=1)
    assert late.status_code == 409
    assert "Nguyễn Văn Bình đã làm bước “Nhận hồ sơ”" in text(late)


@pytest.mark.parametrize("name", ["dung", "binh", "chi", "giang"])
def test_nobody_else_dispatches(world: World, uyen: Desk, abandoned: Dossier, name: str) -> None:
    desk = Desk(world, name)
    assert desk.get(f"{DISPATCH}/{abandoned.code}").status_code in (302, 403, 404)
    assert send(desk, abandoned, world.agencies["district"]).status_code in (302, 403, 404)
    assert desk.get(DISPATCH).status_code == (200 if name == "dung" else 404 if name != "chi" else 403)
    assert Dossier.objects.get().holder_agency_id == world.agencies["commune"].pk


def test_the_leader_sees_what_is_stuck_and_opens_it(world: World, uyen: Desk, abandoned: Dossier) -> None:
    assert f"/can-bo/ho-so/{abandoned.code}" in text(Desk(world, "dung").get(DISPATCH))


def test_pages_of_stuck_dossiers_follow_each_other(world: World, uyen: Desk, submitted: Dossier) -> None:
    copies(submitted, 51)
    ProcedureAgency.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        first = uyen.get(DISPATCH, **{"vi-sao": "khong-tham-quyen"})
    assert len(queries) <= 14, [query["sql"][:120] for query in queries]
    address = text(first).split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = uyen.client.get(address)
    assert text(first).count('class="code"') == 50
    assert text(second).count('class="code"') == 2
    assert uyen.get(DISPATCH, sau="x").status_code == 200


def test_the_leader_sees_the_agency_in_numbers(world: World, received: Dossier, climb: Any) -> None:
    desk, now = Desk(world, "dung"), timezone.now()
    page = text(desk.get("don-vi"))
    assert "Chưa giao ai" in page
    assert "xem=ca-don-vi&amp;lau=1" in page
    processing.assign(received, by=world.actor("dung"), at=MONDAY, to=world.positions["chi"])
    Dossier.objects.update(next_due_at=now)
    page = text(desk.get("don-vi"))
    assert "Trần Thị Chi" in page
    assert f"nguoi={world.positions['chi'].pk}" in page
    Dossier.objects.update(assignee=None)
    climb(Dossier.objects.select_related("rule_profile").get(), "huyen-tham-dinh")
    assert "Đơn vị không giữ hồ sơ nào" in text(desk.get("don-vi"))
    for name in ("binh", "chi", "thao"):
        assert Desk(world, name).get("don-vi").status_code == 404


def test_the_leaders_page_takes_few_statements(world: World, submitted: Dossier) -> None:
    for one in copies(submitted, 12):
        intake.receive(one, by=world.actor("binh"), at=MONDAY)
    desk = Desk(world, "dung")
    desk.get("don-vi")
    with CaptureQueriesContext(connection) as queries:
        desk.get("don-vi")
    assert len(queries) <= 8, [query["sql"][:120] for query in queries]
