"""The route designer, the simulator and the template page, as an editor uses them in the browser without scripts."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portal.actors import SECOND_FACTOR
from portal.floor.actor import SYSTEM
from portal.models import User
from procedures import calendars, publishing, simulating
from procedures.models import AdminChange, Agency, Case, Position, ProcedureVersion, RouteStage, Scenario
from tests import world as worlds
from tests.world import MONDAY, World

pytestmark = pytest.mark.django_db
BASE = "/quan-tri/thu-tuc/1.010803/ban/2"
ROUTE = f"{BASE}/quy-trinh/chung"
NO_ONE_ELSE = {"y-kien-TOTAL_FORMS": "0", "y-kien-INITIAL_FORMS": "0"}
STAGE = {
    "name": "Thẩm định thêm", "kind": "examine", "level": "province", "role": "specialist", "hours": "2",
    "agency_rule": "competent",
} | NO_ONE_ELSE  # fmt: skip


@pytest.fixture
def world() -> World:
    calendars.forget()
    world = worlds.build()
    publishing.draft_version(world.climbing.procedure, by=SYSTEM, at=MONDAY)
    return world


@pytest.fixture
def minh(world: World) -> Client:
    user = User.objects.create(username="minh", full_name="Minh", kind=User.Kind.OFFICER)
    agency = world.agencies["province"]
    Position.objects.create(user=user, agency=agency, role="catalogue_editor", title="BT", holder_name="Minh")
    client = Client()
    client.force_login(user, backend="portal.identity.backends.OfficerBackend")
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client


def draft() -> ProcedureVersion:
    found: ProcedureVersion = ProcedureVersion.objects.whole().get(procedure__code="1.010803", number=2)
    return found


def keys() -> list[str]:
    return list(RouteStage.objects.filter(route__case__version=draft()).order_by("order").values_list("key", flat=True))


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize(
    "path", [ROUTE, f"{ROUTE}/them", f"{ROUTE}/buoc/so-ky", f"{BASE}/chay-thu", f"{BASE}/ket-qua/chung"]
)
def test_to_everybody_else_these_pages_do_not_exist(world: World, path: str) -> None:
    client = Client()
    client.force_login(world.users["binh"], backend="portal.identity.backends.OfficerBackend")
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_the_route_is_a_table_and_a_picture_that_says_the_same(minh: Client) -> None:
    page = text(minh.get(ROUTE))
    assert page.count("<tr>") == 8, "a head and seven stages"
    assert "<svg" in page
    assert "<desc" in page
    assert "7. Bước so-dong-dau; Vào sổ, đóng dấu" in page
    assert "style=" not in page
    assert "Quy trình đi được đến cùng với mọi câu trả lời" in page


def test_a_stage_is_added_at_the_end_and_moved_to_its_place(minh: Client) -> None:
    assert minh.post(f"{ROUTE}/them", STAGE).status_code == 302
    assert keys()[-1] == "tham-dinh-them"
    assert "Sau khi ký chỉ còn một bước đóng dấu" in text(minh.get(ROUTE))
    for _n in range(2):
        minh.post(ROUTE, {"len": "tham-dinh-them"})
    assert keys()[-3:] == ["tham-dinh-them", "so-ky", "so-dong-dau"]
    minh.post(ROUTE, {"len": "xa-tham-dinh"})
    minh.post(ROUTE, {"xuong": "khong-co"})
    assert keys()[0] == "xa-tham-dinh", "the first goes no higher, a stranger nowhere"
    assert AdminChange.objects.filter(procedure__code="1.010803").exists()


def test_a_stage_is_changed_with_condition_and_consultation(minh: Client, world: World) -> None:
    data = STAGE | {
        "condition-0-field": "relation", "condition-0-op": "filled", "y-kien-TOTAL_FORMS": "1",
        "y-kien-0-agency": str(world.agencies["district"].pk), "y-kien-0-question": "Đúng không?",
        "y-kien-0-hours": "2",
    }  # fmt: skip
    response = minh.post(f"{ROUTE}/buoc/so-tham-dinh", data)
    assert response.status_code == 302, text(response)
    stage = RouteStage.objects.get(route__case__version=draft(), key="so-tham-dinh")
    assert stage.condition == {"field": "relation", "op": "filled"}
    assert stage.agency_id is None, "the rule names no agency any more"
    assert stage.consultations.get().question == "Đúng không?"
    page = text(minh.get(ROUTE))
    assert "Lấy ý kiến Ủy ban nhân dân huyện Lập Thạch" in page
    assert "Chỉ khi" in page


def test_a_stage_taken_off_leaves_no_gap(minh: Client) -> None:
    minh.post(f"{ROUTE}/buoc/xa-duyet", {"bo": "1"})
    orders = RouteStage.objects.filter(route__case__version=draft()).values_list("order", flat=True)
    assert sorted(orders) == [1, 2, 3, 4, 5, 6]
    assert "xa-duyet" not in keys()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agency_rule": "named"}, "Chọn cơ quan hoặc phòng"),
        ({"agency_rule": "address"}, "Chọn ô địa chỉ"),
        ({"hours": "0"}, "Số giờ phải lớn hơn 0"),
        ({"role": "operator"}, ""),
        ({"hours": "rất lâu"}, ""),
    ],
)
def test_a_wrong_stage_is_told_and_keeps_what_was_typed(minh: Client, changes: dict[str, str], words: str) -> None:
    response = minh.post(f"{ROUTE}/them", STAGE | changes)
    assert response.status_code == 422
    assert words in text(response)
    assert "errsum" in text(response)
    assert len(keys()) == 7


def test_a_published_route_is_shown_and_not_changed(minh: Client) -> None:
    published = ROUTE.replace("/ban/2/", "/ban/1/")
    assert "Thêm bước" not in text(minh.get(published))
    assert minh.get(f"{published}/them").status_code == 409
    assert minh.post(f"{published}/buoc/xa-duyet", {"bo": "1"}).status_code == 409
    assert minh.post(published, {"len": "xa-duyet"}).status_code == 409


def test_the_old_address_of_the_stages_leads_here(minh: Client) -> None:
    assert minh.get(f"{BASE}/sua/quy-trinh/chung")["Location"] == ROUTE


def test_the_decision_on_the_route_is_noted(minh: Client) -> None:
    minh.post(ROUTE, {"quyet_dinh": "15/QĐ-UBND ngày 05/01/2026"})
    assert draft().cases.all()[0].route.decision == "15/QĐ-UBND ngày 05/01/2026"


def test_a_walk_promises_each_stage_and_explains_the_due_date(world: World) -> None:
    walk = simulating.simulate(draft(), {"martyr_name": "A", "relation": "con"}, at=MONDAY, channel="online")
    assert walk.agency == world.agencies["commune"]
    assert [stop.agency.level for stop in walk.stages if stop.agency] == [
        "commune", "commune", "district", "district", "province", "province", "province",
    ]  # fmt: skip
    assert walk.stages[0].due_at == dt.datetime(2026, 11, 13, 9, tzinfo=worlds.ZONE), "32 working hours"
    assert walk.stages[1].opened_at == walk.stages[0].due_at
    assert walk.due is not None
    assert walk.due.date() == dt.date(2026, 12, 11), "24 working days"
    assert [line.kind for line in walk.explanation].count("off") == 8, "every day off is named"


def test_a_walk_says_where_no_agency_is(world: World) -> None:
    Agency.objects.filter(level="commune").update(parent=None)
    stops = simulating.simulate(draft(), {}, at=MONDAY, channel="direct").stages
    assert "cần cơ quan cấp trên" in stops[2].problem


def test_the_simulator_fills_in_walks_and_keeps_a_scenario(minh: Client) -> None:
    page = text(minh.get(f"{BASE}/chay-thu"))
    assert "Hồ sơ này sẽ đi như sau" in page
    assert "Vì sao hẹn ngày đó" in page
    typed = {
        "_shown": "martyr_name relation", "martyr_name": "Nguyễn Văn Long", "relation": "con", "channel": "direct",
        "on_0": "9", "on_1": "11", "on_2": "2026", "clock": "09:00",
    }  # fmt: skip
    assert "17:00, Thứ sáu, 11/12/2026" in text(minh.post(f"{BASE}/chay-thu", typed))
    assert minh.post(f"{BASE}/chay-thu", typed | {"luu": "1", "name": "Con liệt sĩ"}).status_code == 302
    kept = Scenario.objects.get()
    assert (kept.name, kept.channel, kept.filed_at) == ("Con liệt sĩ", "direct", MONDAY)
    assert "Mọi tình huống cho kết quả như lúc ghi" in text(minh.get(f"{BASE}/chay-thu"))
    minh.post(f"{BASE}/chay-thu/bo", {"ten": "Con liệt sĩ"})
    assert not Scenario.objects.exists()


@pytest.mark.parametrize(
    "typed", [{}, {"channel": "pigeon", "clock": "25:99", "on_0": "31", "on_1": "2", "on_2": "2026"}]
)
def test_a_wrong_filing_is_told(minh: Client, typed: dict[str, str]) -> None:
    response = minh.post(f"{BASE}/chay-thu", {"relation": "con"} | typed)
    assert response.status_code == 422
    assert "errsum" in text(response)


def test_templates_are_kept_even_when_wrong_and_then_refused(minh: Client) -> None:
    page = f"{BASE}/ket-qua/chung"
    assert "#answer(&quot;martyr_name&quot;)" in text(minh.get(page))
    source = '#import "decision.typ": *\n#show: official.with(kind: "GIẤY")\n#answer("gone")'
    assert minh.post(page, {"result": source, "refusal": ""}).status_code == 302
    assert Case.objects.get(version=draft()).result_template == source
    told = text(minh.get(f"{page}?xem=1"))
    assert "Mẫu gọi “answer(&quot;gone&quot;)”" in told
    assert "đang dùng mẫu chung" in told
    assert minh.get(f"{page}/trang/ket-qua/1").status_code == 404
    picture = minh.get(f"{page}/trang/tu-choi/1")
    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert minh.get(f"{page}/trang/tu-choi/9").status_code == 404
    assert minh.post(page.replace("/ban/2/", "/ban/1/"), {"result": "x"}).status_code == 409


def test_the_hours_of_a_long_stage_are_measured_against_the_limit(minh: Client) -> None:
    RouteStage.objects.filter(route__case__version=draft(), key="xa-duyet").update(hours=Decimal(80))
    assert "dài hơn thời hạn 192 giờ" in text(minh.get(ROUTE))
