"""Agencies as their operators keep them: codes, rings, dates, departments, procedures given, and the history."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.floor.actor import SYSTEM
from procedures import organisation
from procedures.history import record
from procedures.models import AdminChange, AdministrativeUnit, Agency, Department, ProcedureAgency
from procedures.organisation import Assignment
from tests.portal import operators
from tests.portal.operators import AGENCIES, client, day, parts
from tests.world import World

COMMUNE = f"{AGENCIES}/000.21.05.H62"
LOG = "/quan-tri/nhat-ky"


@pytest.fixture
def world(db: Any) -> World:
    return operators.build()


@pytest.fixture
def nam(world: World) -> Client:
    return client(world, "nam")


def terms(**more: str) -> dict[str, str]:
    return {"name": "Ủy ban nhân dân xã Bắc Bình", "code": "000.30.05.H62", "scheme": "qcvn102", "level": "commune",
            "symbol": "UBND", "place": "Bắc Bình", "one_stop": "on"} | more  # fmt: skip


@pytest.mark.parametrize(
    ("code", "scheme", "fits"),
    [
        ("000.21.05.H62", "qcvn102", True),
        ("H62.09.03", "qcvn102", False),
        ("000.21.5.H62", "qcvn102", False),
        ("000.21.05.h62", "qcvn102", False),
        ("H62", "qd20", True),
        ("H62.09.03", "qd20", True),
        ("H62.09.TTHC1", "qd20", True),
        ("Z01.1", "qd20", False),
        ("h62.09", "qd20", False),
        ("H62..09", "qd20", False),
        ("H62." + "A" * 31, "qd20", True),
        ("H62." + "A" * 32, "qd20", False),
        ("000.21.05.H62\n", "qcvn102", False),
        ("٠٠٠.21.05.H62", "qcvn102", False),
        ("H62", "khac", False),
    ],
)
def test_codes_are_written_as_their_scheme_prescribes(code: str, scheme: str, fits: bool) -> None:
    assert organisation.code_fits(code, scheme) is fits


@given(st.dictionaries(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30))), st.integers(0, 30))
def test_what_lies_below_is_found_even_in_a_ring(parents: dict[int, int | None], top: int) -> None:
    found = organisation.below([top], parents.items())
    assert top in found
    for pk, parent in parents.items():
        if parent in found:
            assert pk in found
    for pk in found - {top}:
        assert parents[pk] in found


@pytest.mark.django_db
def test_an_agency_is_made_with_unit_and_parent(world: World, nam: Client) -> None:
    AdministrativeUnit.objects.create(
        unit_set="2024", code="08761", level="commune", name="Xã Bắc Bình", name_fold="xa bac binh", sort_key="x"
    )
    district = world.agencies["district"]
    answer = nam.post(f"{AGENCIES}/moi", terms(parent=str(district.pk), unit_code="08761"))
    assert answer.status_code == 302, answer.content.decode()
    made = Agency.objects.get(code="000.30.05.H62")
    assert (made.parent, made.unit and made.unit.name, made.name_fold) == (
        district, "Xã Bắc Bình", "uy ban nhan dan xa bac binh",
    )  # fmt: skip
    kept = AdminChange.objects.get(kind="agency.created")
    assert kept.changes["Cơ quan cấp trên"] == ["", district.name]
    assert kept.changes["Tiếp nhận hồ sơ"] == ["", "Có"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "H62.09"}, "Mã theo QCVN 102"),
        ({"code": "000.30.05.H62", "scheme": "qd20"}, "Mã theo QĐ 20"),
        ({"code": "000.21.05.H62"}, "đã có cơ quan khác"),
        ({"unit_code": "99999"}, "Không có đơn vị hành chính"),
        ({"phone": "gọi tôi"}, "Số điện thoại"),
        ({"email": "x"}, "email"),
        (parts("valid_from", day(5)) | parts("valid_to", day(1)), "Ngày cuối"),
        ({"name": ""}, "Trường này"),
        ({"level": "moon"}, "moon"),
        ({"name": "x" * 50_000}, "200"),
        ({"name": "a\u202eb"}, "ký tự"),
        ({"parent": "x"}, "Lựa chọn"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(world: World, nam: Client, wrong: dict[str, str], said: str) -> None:
    answer = nam.post(f"{AGENCIES}/moi", terms(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Agency.objects.filter(name__contains="Bắc Bình").exists()


@pytest.mark.django_db
def test_an_agency_does_not_stand_above_itself(world: World, nam: Client) -> None:
    top, commune = world.agencies["top"], world.agencies["commune"]
    shown = terms(code=top.code, name=top.name, level="province", parent=str(commune.pk))
    answer = nam.post(f"{AGENCIES}/{top.code}/sua", shown)
    assert answer.status_code == 422
    assert "đang ở dưới chính nó" in answer.content.decode()
    top.refresh_from_db()
    assert top.parent is None


@pytest.mark.django_db
def test_a_successor_needs_the_last_day_and_is_shown_after_it(world: World, nam: Client) -> None:
    commune, other = world.agencies["commune"], world.agencies["other"]
    shown = terms(code=commune.code, name=commune.name, successor=str(other.pk))
    assert nam.post(f"{COMMUNE}/sua", shown).status_code == 422
    answer = nam.post(f"{COMMUNE}/sua", shown | parts("valid_to", day(-1)))
    assert answer.status_code == 302, answer.content.decode()
    assert f"Nay là {other.name}" in nam.get(AGENCIES).content.decode()
    assert f"Nay là {other.name}" in nam.get(COMMUNE).content.decode()
    assert commune.name in nam.get(f"{AGENCIES}/{other.code}").content.decode()


@pytest.mark.django_db
def test_an_agencys_own_operator_changes_how_it_is_reached_and_nothing_else(world: World) -> None:
    xa, commune = client(world, "xa"), world.agencies["commune"]
    answer = xa.post(f"{COMMUNE}/sua", terms(phone="0211 3999 999", address="Thôn Mới"))
    assert answer.status_code == 302
    commune.refresh_from_db()
    assert (commune.phone, commune.name, commune.code) == (
        "0211 3999 999", "Ủy ban nhân dân xã Xuân Lôi", "000.21.05.H62",
    )  # fmt: skip


@pytest.mark.django_db
def test_departments_are_made_changed_and_keep_their_codes_apart(world: World, nam: Client) -> None:
    new = {"name": "Phòng Tư pháp", "code": "tu-phap", "order": "1"}
    assert nam.post(f"{COMMUNE}/phong-ban/moi", new).status_code == 302
    assert nam.post(f"{COMMUNE}/phong-ban/moi", new).status_code == 422
    assert nam.post(f"{COMMUNE}/phong-ban/tu-phap", new | {"name": "Phòng Hộ tịch"}).status_code == 302
    assert Department.objects.get().name == "Phòng Hộ tịch"
    assert AdminChange.objects.order_by("pk").last().changes == {"Tên": ["Phòng Tư pháp", "Phòng Hộ tịch"]}  # type: ignore[union-attr]
    assert nam.get(f"{COMMUNE}/phong-ban/khong-co").status_code == 404


@pytest.mark.django_db
def test_the_tree_is_searched_without_diacritics_and_by_code(world: World, nam: Client) -> None:
    page = nam.get(AGENCIES).content.decode()
    assert page.index("Ủy ban nhân dân huyện Lập Thạch") < page.index("– – Ủy ban nhân dân xã Xuân Lôi")
    page = nam.get(AGENCIES, {"q": "xuan loi"}).content.decode()
    assert "Xuân Lôi" in page
    assert "Tử Du" not in page
    assert "Tử Du" in nam.get(AGENCIES, {"q": "000.22"}).content.decode()
    assert "Không có cơ quan nào" in nam.get(AGENCIES, {"q": "'\"<x>", "cap": "moon"}).content.decode()


@pytest.mark.django_db
def test_procedures_are_given_row_by_row_with_the_decision(world: World, nam: Client) -> None:
    page = f"{COMMUNE}/thu-tuc"
    ticked = {"dong": ["1.010803", "1.001193"], "nhan": ["1.010803"], "giai-quyet": ["1.010803"]}
    assert nam.post(page, ticked | {"decision": ""}).status_code == 422
    assert ProcedureAgency.objects.filter(agency=world.agencies["commune"]).count() == 2
    assert nam.post(page, ticked | {"decision": "12/QĐ-UBND"}).status_code == 302
    left = ProcedureAgency.objects.get(agency=world.agencies["commune"])
    assert (left.procedure.code, left.receives, left.competent, left.decision) == ("1.010803", True, True, "12/QĐ-UBND")
    kept = AdminChange.objects.filter(kind="agency.assigned").order_by("pk")
    assert {one.procedure.code for one in kept if one.procedure} == {"1.010803", "1.001193"}
    assert client(world, "xa").post(page, ticked | {"decision": "x", "nhan": []}).status_code == 200  # looks, no more
    assert ProcedureAgency.objects.filter(agency=world.agencies["commune"]).count() == 1


@pytest.mark.django_db
def test_a_procedure_is_given_to_all_communes_after_a_preview(world: World, nam: Client) -> None:
    page = f"{AGENCIES}/giao-thu-tuc"
    given_ = {"codes": "1.001193\n1.001193", "level": "commune", "receives": "on", "competent": "on",
              "decision": "5/QĐ-UBND"}  # fmt: skip
    seen = nam.post(page, given_)
    assert seen.status_code == 200
    assert "1 thủ tục, 2 cơ quan" in seen.content.decode()
    assert "1 chỗ sẽ thay đổi" in seen.content.decode()
    assert ProcedureAgency.objects.filter(procedure__code="1.001193").count() == 1
    assert nam.post(page, given_ | {"lam": "giao"}).status_code == 302
    rows = ProcedureAgency.objects.filter(procedure__code="1.001193")
    assert {(row.agency.code, row.receives, row.competent) for row in rows} == {
        ("000.21.05.H62", True, True), ("000.22.05.H62", True, True),
    }  # fmt: skip
    again = nam.post(page, given_).content.decode()
    assert "0 chỗ sẽ thay đổi" in again
    assert "Giao 0" not in again


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"codes": "9.999999"}, "Không có thủ tục mang mã 9.999999"),
        ({"codes": ""}, "ít nhất một mã"),
        ({"receives": ""}, "Chọn tiếp nhận"),
        ({"decision": ""}, "văn bản giao việc"),
        ({"level": "x"}, "hợp lệ"),
        ({"field": "khong-co"}, "Lựa chọn"),
    ],
)
def test_giving_to_many_says_what_is_missing(world: World, nam: Client, wrong: dict[str, str], said: str) -> None:
    given_ = {"codes": "1.001193", "level": "commune", "receives": "on", "decision": "5/QĐ", "lam": "giao"} | wrong
    answer = nam.post(f"{AGENCIES}/giao-thu-tuc", {name: value for name, value in given_.items() if value})
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.django_db
def test_giving_is_recorded_once_per_procedure_and_changes_nothing_twice(world: World) -> None:
    pk = world.birth.procedure_id
    wanted = [Assignment(pk, agency.pk, True, False) for agency in world.agencies.values()]
    changed = organisation.assign(wanted, decision="1/QĐ", by=SYSTEM, at=timezone.now())
    assert changed == 5  # the commune was competent, the others had nothing
    assert organisation.assign(wanted, decision="1/QĐ", by=SYSTEM, at=timezone.now()) == 0
    assert AdminChange.objects.count() == 1
    none = [Assignment(pk, agency.pk, False, False) for agency in world.agencies.values()]
    organisation.assign(none, decision="", by=SYSTEM, at=timezone.now())
    assert not ProcedureAgency.objects.filter(procedure=pk).exists()


@pytest.mark.django_db
def test_units_of_both_eras_show_what_became_of_them(world: World, nam: Client) -> None:
    row = {"level": "commune", "sort_key": "x"}
    old = AdministrativeUnit.objects.create(
        unit_set="2024", code="1", name="Xã Xuân Lôi", name_fold="xa xuan loi", **row
    )
    new = AdministrativeUnit.objects.create(unit_set="2025", code="2", name="Xã Hợp Lý", name_fold="xa hop ly", **row)
    old.successions.create(new=new)
    page = "/quan-tri/dia-ban"
    assert "Nay là Xã Hợp Lý" in nam.get(page, {"bo": "2024", "q": "xuan loi"}).content.decode()
    assert "Từ Xã Xuân Lôi" in nam.get(page, {"bo": "2025"}).content.decode()
    assert nam.get(page, {"bo": "1999", "duoi": "đ" * 50, "q": "<x>"}).status_code == 200


@pytest.mark.django_db
def test_the_history_is_filtered_and_shown_to_whom_it_concerns(world: World, nam: Client) -> None:
    at, by = timezone.now(), world.actor("nam")
    record("agency.changed", by=by, at=at, subject="UBND xã Xuân Lôi", key="000.21.05.H62")
    record("agency.changed", by=by, at=at, subject="UBND xã Tử Du", key="000.22.05.H62")
    record("person.locked", by=by, at=at, subject="Cán bộ tu", key="tu")
    record("synonym.added", by=world.actor("minh"), at=at, subject="sổ đỏ", key="so do")
    record("version.published", by=world.actor("minh"), at=at, subject="Khai sinh", key="1.001193",
           procedure=world.birth.procedure, changes={"Tên": ("Cũ", "Mới")})  # fmt: skip

    def seen(name: str, **query: str) -> set[str]:
        page = client(world, name).get(LOG, query).content.decode()
        words = {"xuan": "UBND xã Xuân Lôi", "tu": "UBND xã Tử Du", "khoa": "Cán bộ tu<", "so": "sổ đỏ",
                 "ban": "từ “Cũ” thành “Mới”"}  # fmt: skip
        return {key for key, word in words.items() if word in page}

    assert seen("nam") == {"xuan", "tu", "khoa", "so", "ban"}
    assert seen("minh") == {"so", "ban"}
    assert seen("xa") == {"xuan"}
    assert seen("huong") == {"xuan", "tu", "khoa"}
    assert seen("nam", viec="agency") == {"xuan", "tu"}
    assert seen("nam", **{"thu-tuc": "1.001193"}) == {"ban"}
    assert seen("nam", nguoi="minh") == {"so", "ban"}
    assert seen("nam", q="sổ đỏ") == {"so"}
    today = f"{day(0):%Y-%m-%d}"
    assert seen("nam", tu=today, den=today) == {"xuan", "tu", "khoa", "so", "ban"}
    assert seen("nam", tu=f"{day(1):%d/%m/%Y}") == set()
    assert seen("nam", tu="đ", den="9999-99-99", truoc="x" * 40, viec="<b>") == {"xuan", "tu", "khoa", "so", "ban"}


@pytest.mark.django_db
def test_the_history_turns_pages_without_losing_a_row(world: World, nam: Client) -> None:
    for number in range(60):
        record("agency.changed", by=SYSTEM, at=timezone.now(), subject=f"Việc số {number:03}", key="x")
    first = nam.get(LOG).content.decode()
    assert "Việc số 059" in first
    assert "Việc số 009" not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Việc số 009" in nam.get(LOG + older).content.decode()
