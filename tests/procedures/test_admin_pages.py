"""The catalogue's administrators in the browser: find, edit, review, publish; everybody else finds nothing."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.actors import SECOND_FACTOR
from portal.floor.actor import SYSTEM
from portal.models import User
from procedures import importing, publishing, worktime
from procedures.models import Agency, Position, Procedure, ProcedureVersion

pytestmark = pytest.mark.django_db
REFERENCE = Path(importing.__file__).parents[1] / "reference"
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
LIST, ONE = "/quan-tri/thu-tuc", "/quan-tri/thu-tuc/1.001193"


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    importing.import_rules(*sorted((REFERENCE / "rules").glob("*.json")))
    birth = json.loads((REFERENCE / "catalogue" / "1.001193.json").read_text("utf-8"))
    marriage = json.loads((REFERENCE / "catalogue" / "1.000894.json").read_text("utf-8"))
    importing.import_catalogue(json.dumps([birth, marriage]).encode(), by=SYSTEM, at=NOW)


def officer(username: str, role: str) -> Client:
    agency, _new = Agency.objects.get_or_create(
        code="000.00.00.H62", defaults={"scheme": "qcvn102", "name": "UBND tỉnh", "level": "province"}
    )
    user = User.objects.create(username=username, full_name=username, kind=User.Kind.OFFICER)
    Position.objects.create(user=user, agency=agency, role=role, title=role, holder_name=username)
    client = Client()
    client.force_login(user, backend="portal.identity.backends.OfficerBackend")
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client


@pytest.fixture
def minh() -> Client:
    return officer("minh", "catalogue_editor")


@pytest.fixture
def son() -> Client:
    return officer("son", "catalogue_reviewer")


def draft(client: Client) -> ProcedureVersion:
    assert client.post(f"{ONE}/ban-thao").status_code == 302
    return ProcedureVersion.objects.get(procedure__code="1.001193", number=2)


@pytest.mark.parametrize("path", [LIST, f"{LIST}/nhap", ONE, f"{ONE}/quy-trinh", f"{ONE}/ban/1/sua/noi-dung"])
def test_to_everybody_else_these_pages_do_not_exist(path: str) -> None:
    assert officer("binh", "receiver").get(path).status_code == 404
    assert Client().get(path).status_code in {302, 404}


def test_an_editor_may_not_review_or_publish(minh: Client) -> None:
    assert minh.post(f"{ONE}/ban/1/tham-dinh").status_code == 404
    assert minh.get(f"{ONE}/ban/1/cong-bo").status_code == 404
    assert minh.post(f"{ONE}/ban/1/bai-bo").status_code == 404


def test_the_list_is_filtered_and_searched_without_diacritics(minh: Client) -> None:
    page = minh.get(LIST).content.decode()
    assert "Đăng ký khai sinh" in page
    assert "Đăng ký kết hôn" in page
    page = minh.get(LIST, {"q": "khai sinh"}).content.decode()
    assert "Đăng ký kết hôn" not in page
    assert "Không có thủ tục nào" in minh.get(LIST, {"trang-thai": "draft"}).content.decode()
    assert "Không có thủ tục nào" in minh.get(LIST, {"cap": "province"}).content.decode()
    assert "Không có thủ tục nào" in minh.get(LIST, {"linh-vuc": "dat-dai"}).content.decode()
    assert "Đăng ký khai sinh" in minh.get(LIST, {"cap": "moon", "sau": "x~y"}).content.decode()


TABS = ["thong-tin", "truong-hop", "thanh-phan", "bieu-mau", "quy-trinh", "phi", "can-cu", "co-quan", "lich-su"]


@pytest.mark.parametrize("tab", TABS)
def test_every_part_of_a_version_is_shown(minh: Client, tab: str) -> None:
    words = {
        "thong-tin": "mức độ 4",
        "truong-hop": "tính từ khi tiếp nhận đủ hồ sơ",
        "can-cu": "Luật Hộ tịch",
        "co-quan": "cơ quan tiếp nhận",
        "thanh-phan": "Giấy chứng sinh",
        "bieu-mau": "TK-KHAISINH",
        "quy-trinh": "giờ làm việc",
        "phi": "8.000 đồng",
        "lich-su": "Phiên bản 1",
    }
    assert words[tab] in minh.get(f"{ONE}/{tab}").content.decode()


def test_what_does_not_exist_is_not_found(minh: Client) -> None:
    for path in (f"{LIST}/9.999999", f"{ONE}/xyz", f"{ONE}?ban=9", f"{ONE}?ban=x", f"{ONE}/ban/7/sua/noi-dung"):
        assert minh.get(path).status_code == 404
    draft(minh)
    for path in (f"{ONE}/ban/2/sua/xyz", f"{ONE}/ban/2/sua/phi/khong-co", f"{ONE}/ban/2/sua/xyz/chung"):
        assert minh.get(path).status_code == 404


def test_a_published_version_is_frozen(minh: Client) -> None:
    for response in (minh.get(f"{ONE}/ban/1/sua/noi-dung"), minh.post(f"{ONE}/ban/1/sua/noi-dung", {"name": "X"})):
        assert response.status_code == 409
        assert "đã công bố không sửa được" in response.content.decode()
    assert "/sua/" not in minh.get(f"{ONE}?ban=1").content.decode()


def test_two_persons_take_a_change_into_force(minh: Client, son: Client) -> None:
    version = draft(minh)
    texts = {
        "name": "Thủ tục đăng ký khai sinh",
        "short_name": "Khai sinh cho con",
        "steps": "Nộp hồ sơ\n\n Nhận kết quả ",
        "channels": ["direct", "online"],
        "audience": "Công dân Việt Nam",
        "competent": "Ủy ban nhân dân cấp xã",
        "conditions": "",
        "legal_basis": "Luật Hộ tịch 60/2014/QH13",
        "dossier_sets": "1",
        "online_scope": "full",
        "partial_reason": "",
    }
    assert minh.post(f"{ONE}/ban/2/sua/noi-dung", texts).status_code == 302
    version.refresh_from_db()
    assert version.steps == ["Nộp hồ sơ", "Nhận kết quả"]
    assert "Thẩm định đạt" not in minh.get(ONE).content.decode()
    assert "Thẩm định đạt" in son.get(ONE).content.decode()
    assert son.post(f"{ONE}/ban/2/tham-dinh").status_code == 302
    decision = {"number": "99/QĐ-UBND", "signed_on_0": "1", "signed_on_1": "6", "signed_on_2": "2026"}
    decision |= {"effective_on_0": "1", "effective_on_1": "6", "effective_on_2": "2026"}
    refused = son.post(f"{ONE}/ban/2/cong-bo", decision | {"number": ""})
    assert refused.status_code == 422
    assert "Nhập số quyết định" in refused.content.decode()
    assert son.post(f"{ONE}/ban/2/cong-bo", decision).status_code == 302
    assert Procedure.objects.get(code="1.001193").short_name == "Khai sinh cho con"
    assert ProcedureVersion.objects.get(procedure__code="1.001193", number=1).state == "retired"


def test_ones_own_draft_is_refused_with_the_reason(son: Client) -> None:
    draft(son)
    response = son.post(f"{ONE}/ban/2/tham-dinh")
    assert response.status_code == 409
    assert "Người khác" in response.content.decode()


def test_a_draft_that_lacks_something_says_so_on_its_page(minh: Client, son: Client) -> None:
    version = draft(minh)
    ProcedureVersion.objects.filter(pk=version.pk).update(steps=[], audience=[])
    page = minh.get(ONE).content.decode()
    assert "Còn 2 chỗ" in page
    assert "Thiếu trình tự thực hiện" in page
    response = son.post(f"{ONE}/ban/2/tham-dinh")
    assert response.status_code == 409
    assert "Thiếu đối tượng thực hiện" in response.content.decode()


def rows(client: Client, path: str) -> dict[str, Any]:
    """What the browser would post back unchanged."""
    formset = client.get(path).context["formset"]
    data = {f"dong-{key}": value for key, value in formset.management_form.initial.items()}
    for form in formset:
        for name in form.fields:
            value = form[name].value()
            if name == "condition" and value:
                data[form.add_prefix(name)] = json.dumps(value)
            elif value or (value == 0 and value is not False):
                data[form.add_prefix(name)] = value
    return data


def test_papers_fees_and_stages_are_rows_to_change_add_and_drop(minh: Client) -> None:
    version = draft(minh)
    case = version.cases.get(key="chung")
    path = f"{ONE}/ban/2/sua/thanh-phan/chung"
    data = rows(minh, path)
    last = int(data["dong-INITIAL_FORMS"])
    data |= {
        f"dong-{last}-key": "anh",
        f"dong-{last}-name": "Ảnh 3x4",
        f"dong-{last}-order": "9",
        "dong-0-DELETE": "on",
    }
    data |= {f"dong-{last}-originals": "0", f"dong-{last}-copies": "2"}
    before = set(case.required_documents.values_list("key", flat=True))
    assert minh.post(path, data).status_code == 302
    assert set(case.required_documents.values_list("key", flat=True)) == (before - {"to-khai"}) | {"anh"}
    path = f"{ONE}/ban/2/sua/phi/chung"
    assert minh.post(path, rows(minh, path) | {"dong-0-amount": "9000"}).status_code == 302
    assert case.fees.filter(amount=9000).exists()
    published = ProcedureVersion.objects.get(procedure__code="1.001193", number=1).cases.get(key="chung")
    assert not published.fees.filter(amount=9000).exists()


def test_a_wrong_condition_is_refused_and_takes_no_review_back(minh: Client, son: Client) -> None:
    draft(minh)
    son.post(f"{ONE}/ban/2/tham-dinh")
    path = f"{ONE}/ban/2/sua/thanh-phan/chung"
    for wrong, words in [("{", "không phải JSON"), ('{"op": "?"}', "không dùng được"), ('["a"]', "không dùng được")]:
        response = minh.post(path, rows(minh, path) | {"dong-0-condition": wrong})
        assert response.status_code == 422
        assert words in response.content.decode()
    assert ProcedureVersion.objects.get(procedure__code="1.001193", number=2).state == "reviewed"


def test_time_form_and_result_of_a_case_are_edited(minh: Client) -> None:
    version = draft(minh)
    path = f"{ONE}/ban/2/sua/truong-hop/chung"
    form = minh.get(path).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert data["form"]
    assert (
        minh.post(
            path, data | {"time_amount": "2", "time_unit": "working_day", "cutoff": "", "legal_time_amount": ""}
        ).status_code
        == 302
    )
    case = version.cases.get(key="chung")
    assert (case.time_amount, case.time_unit, case.form_id) == (2, "working_day", data["form"])


def test_abolishing_ends_new_filings(son: Client) -> None:
    assert son.post(f"{ONE}/ban/1/bai-bo").status_code == 302
    assert not ProcedureVersion.objects.published().filter(procedure__code="1.001193").exists()


def test_the_pages_ask_a_bounded_number_of_statements(minh: Client, django_assert_max_num_queries: Any) -> None:
    draft(minh)
    for path, most in [(LIST, 12), (ONE, 16), (f"{ONE}/ban/2/sua/phi/chung", 18)]:
        with django_assert_max_num_queries(most):
            assert minh.get(path).status_code == 200


def test_units_below_a_unit_are_public(client: Client) -> None:
    importing.import_units(
        b"code,level,name,parent\n26,province,T\xe1\xbb\x89nh A,\n246,district,Huy\xe1\xbb\x87n B,26\n", "2024"
    )
    assert client.get("/dia-ban/2024").json() == [["26", "Tỉnh A"]]
    assert client.get("/dia-ban/2024", {"duoi": "26"}).json() == [["246", "Huyện B"]]
    assert client.get("/dia-ban/1999", {"duoi": "zz"}).json() == []


def test_a_scheduled_version_shows_its_day(minh: Client, son: Client) -> None:
    version = draft(minh)
    publishing.review(version, by=SYSTEM, at=NOW)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    number, day = {"number": "1/QĐ"}, tomorrow
    data = number | {"effective_on_0": day.day, "effective_on_1": day.month, "effective_on_2": day.year}
    assert son.post(f"{ONE}/ban/2/cong-bo", data).status_code == 302
    assert f"Hẹn áp dụng từ {day:%d/%m/%Y}" in son.get(ONE).content.decode()
