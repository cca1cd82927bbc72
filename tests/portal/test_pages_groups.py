"""Groups of procedures: written by an editor, published by a reviewer, read by everybody."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from portal.models import User
from procedures import groups
from procedures.models import AdminChange, LifeEvent, Position, ProcedureGroup, RequiredDocument
from tests import world as worlds
from tests.login import log_in

pytestmark = pytest.mark.django_db
HOME, ONE, PUBLIC = "/quan-tri/nhom", "/quan-tri/nhom/NHOM-01", "/nhom-thu-tuc/NHOM-01"
BIRTH, CLIMBING = "1.001193", "1.010803"


@pytest.fixture
def world(db: None) -> worlds.World:
    return worlds.build()


def officer(world: worlds.World, name: str, *roles: str) -> Client:
    user = User.objects.create_user(username=name, kind=User.Kind.OFFICER, full_name=name, password="x" * 20)
    for role in roles:
        Position.objects.create(
            user=user, agency=world.agencies["province"], role=role, title="Chuyên viên", holder_name=name
        )
    return log_in(Client(), user)


@pytest.fixture
def minh(world: worlds.World) -> Client:
    return officer(world, "minh", "catalogue_editor")


@pytest.fixture
def son(world: worlds.World) -> Client:
    return officer(world, "son", "catalogue_reviewer")


def filled(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    rows = rows or ({"order": "1", "code": BIRTH}, {"order": "2", "code": CLIMBING, "after": BIRTH, "optional": "on"})
    data = {"thu-tuc-TOTAL_FORMS": str(len(rows)), "thu-tuc-INITIAL_FORMS": "0", "code": "NHOM-01", "name": "Nhóm thử"}
    for number, row in enumerate(rows):
        data |= {f"thu-tuc-{number}-{name}": value for name, value in row.items()}
    return data | more


def publication(number: str = "7/QĐ-UBND", year: str = "2026") -> dict[str, str]:
    return {"number": number, "effective_on_0": "1", "effective_on_1": "11", "effective_on_2": year}


def test_a_group_is_written_published_by_another_person_and_read_by_all(
    client: Client, minh: Client, son: Client, world: worlds.World
) -> None:
    event = LifeEvent.objects.create(slug="sinh-con", name="Sinh con", icon="baby")
    for version in (world.birth, world.climbing):
        case = version.cases.get()
        RequiredDocument.objects.create(case=case, key="can-cuoc", order=5, name="Thẻ căn cước", copies=1)
    assert minh.post(f"{HOME}/moi", filled(life_events=[event.pk])).status_code == 302
    assert client.get(PUBLIC).status_code == 404
    assert minh.post(f"{ONE}/cong-bo", publication()).status_code == 404
    assert son.post(f"{ONE}/cong-bo", publication()).status_code == 302
    page = client.get(PUBLIC).content.decode()
    assert page.count('<b lang="vi">Thẻ căn cước</b>') == 1
    assert "Cho: Đăng ký khai sinh, Trợ cấp thờ cúng liệt sĩ" in page
    assert "Làm khi đã có kết quả của “Đăng ký khai sinh”" in page
    assert "Bạn được chọn làm hay không" in page
    assert "Quyết định công bố số 7/QĐ-UBND, áp dụng từ 01/11/2026" in page
    assert f'href="/nop/{BIRTH}/bat-dau"' in page
    for path in ("/viec/sinh-con", f"/thu-tuc/{BIRTH}", f"/thu-tuc/{CLIMBING}"):
        assert f'href="{PUBLIC}"' in client.get(path).content.decode()
    kinds = list(AdminChange.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["group.changed", "group.published"]


def test_a_published_group_is_taken_back_before_it_changes(minh: Client, son: Client, world: worlds.World) -> None:
    minh.post(f"{HOME}/moi", filled())
    son.post(f"{ONE}/cong-bo", publication())
    assert minh.post(ONE, filled()).status_code == 409
    assert son.post(f"{ONE}/rut-ve").status_code == 302
    assert Client().get(PUBLIC).status_code == 404
    rows = ({"order": "2", "code": BIRTH}, {"order": "1", "code": CLIMBING})
    assert minh.post(ONE, filled(*rows)).status_code == 302
    members = ProcedureGroup.objects.get().members.order_by("order")
    assert [one.procedure.code for one in members] == [CLIMBING, BIRTH]
    assert [one.after for one in members] == [None, None]


def test_who_wrote_a_group_does_not_publish_it(world: worlds.World) -> None:
    both = officer(world, "ca", "catalogue_editor", "catalogue_reviewer")
    both.post(f"{HOME}/moi", filled())
    answer = both.post(f"{ONE}/cong-bo", publication())
    assert answer.status_code == 409
    assert "Người khác với người sửa phải công bố" in answer.content.decode()


def test_an_ended_group_is_shown_to_its_last_day(minh: Client, son: Client, world: worlds.World) -> None:
    minh.post(f"{HOME}/moi", filled())
    son.post(f"{ONE}/cong-bo", publication())
    assert son.post(f"{ONE}/cham-dut").status_code == 302
    assert Client().get(PUBLIC).status_code == 200
    assert son.post(f"{ONE}/cham-dut").status_code == 409
    ProcedureGroup.objects.update(valid_to=dt.date(2026, 11, 2))
    assert Client().get(PUBLIC).status_code == 404
    assert PUBLIC not in Client().get(f"/thu-tuc/{BIRTH}").content.decode()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (({"code": "9.999999"},), "Không có thủ tục 9.999999"),
        (({"code": BIRTH}, {"code": BIRTH}), "có hai lần"),
        (({"code": BIRTH, "after": CLIMBING}, {"code": CLIMBING}), "phải đứng sau"),
        (({"code": BIRTH, "order": "x"},), "số"),
    ],
)
def test_members_that_do_not_fit_are_refused_with_the_reason(
    minh: Client, rows: tuple[dict[str, str], ...], words: str
) -> None:
    answer = minh.post(f"{HOME}/moi", filled(*rows))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ProcedureGroup.objects.exists()


@pytest.mark.parametrize(("code", "words"), [("", "Nhập mã nhóm"), ("a b", "Mã chỉ gồm"), ("x" * 21, "20")])
def test_a_code_no_address_can_carry_is_refused(minh: Client, code: str, words: str) -> None:
    answer = minh.post(f"{HOME}/moi", filled(code=code))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_group_needs_two_procedures_in_force_and_a_decision(minh: Client, son: Client, world: worlds.World) -> None:
    minh.post(f"{HOME}/moi", filled({"code": BIRTH}))
    assert "ít nhất hai thủ tục" in son.post(f"{ONE}/cong-bo", publication()).content.decode()
    minh.post(ONE, filled())
    type(world.birth).objects.filter(pk=world.birth.pk).update(state="draft")
    page = son.post(f"{ONE}/cong-bo", publication()).content.decode()
    assert "Chưa công bố hoặc đã bãi bỏ: 1.001193" in page, page[page.find("<main") :]
    assert son.post(f"{ONE}/cong-bo", publication(number="")).status_code == 409


def test_groups_are_managed_by_the_catalogues_officers_alone(world: worlds.World, minh: Client) -> None:
    minh.post(f"{HOME}/moi", filled())
    binh = log_in(Client(), world.users["binh"])
    for path in (HOME, f"{HOME}/moi", ONE):
        assert binh.get(path).status_code == 404
        assert minh.get(path).status_code == 200
    for verb in ("cong-bo", "rut-ve", "cham-dut"):
        assert minh.post(f"{ONE}/{verb}").status_code == 404


def test_the_national_group_is_shipped_and_stays_as_administrators_keep_it(client: Client, world: worlds.World) -> None:
    path = Path(groups.__file__).parent / "reference" / "groups.json"
    assert [one.field for one in groups.load(path).refused] == ["members"]
    worlds.procedure("1.004222", "Đăng ký thường trú", "Đăng ký thường trú", "commune")
    worlds.procedure("2.000986", "Liên thông khai sinh", "Khai sinh, thường trú một lần", "commune")
    assert groups.load(path).loaded == 1
    assert groups.load(path).unchanged == 1
    page = client.get("/nhom-thu-tuc/2.000986").content.decode()
    assert 'href="/thu-tuc/2.000986"' in page
    assert "Làm khi đã có kết quả của “Đăng ký khai sinh”" in page
