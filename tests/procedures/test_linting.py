"""The linter: every way through a route, every question a condition asks, every part that stands in the way."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from procedures import answerspace, linting, routelint
from procedures.models import (
    Agency,
    Case,
    Department,
    FeeRule,
    Form,
    Procedure,
    ProcedureAgency,
    ProcedureVersion,
    RequiredDocument,
    Route,
    RouteStage,
    ServiceField,
    StageConsultation,
)
from tests import world as worlds

pytestmark = pytest.mark.django_db
KIND = {"key": "kind", "type": "choice", "label": "Loại việc", "required": True,
        "options": [{"value": "new", "label": "Cấp mới"}, {"value": "again", "label": "Cấp lại"}]}  # fmt: skip
FIELDS = [
    KIND,
    {"key": "copies", "type": "number", "label": "Số bản", "required": True, "min": 1, "max": 5},
    {"key": "note", "type": "text", "label": "Ghi chú"},
    {"key": "home", "type": "address", "label": "Nơi ở", "required": True},
]
STAGES = (
    ("tham-dinh", "examine", "receiving", "specialist", 12),
    ("ky", "sign", "same", "leader", 4),
    ("dong-dau", "seal", "same", "records_clerk", 2),
)
NEW, AGAIN = ({"field": "kind", "op": "eq", "value": value} for value in ("new", "again"))


def of_copies(op: str, value: int) -> dict[str, Any]:
    return {"field": "copies", "op": op, "value": value}


@pytest.fixture
def case(db: None) -> Case:
    field = ServiceField.objects.create(code="G15-HT", name="Hộ tịch", slug="ho-tich")
    procedure = Procedure.objects.create(code="1.001193", field=field, level="commune", name="Khai sinh")
    version = ProcedureVersion.objects.create(
        procedure=procedure, name="Khai sinh", steps=["Nộp"], channels=["direct", "online"], audience=["Công dân"],
        competent="UBND", legal_basis=["Luật"], online_scope="full",
    )  # fmt: skip
    form = Form.objects.create(
        code="TK", name="Tờ khai", schema={"pages": [{"key": "a", "title": "A", "fields": FIELDS}]}
    )
    case = Case.objects.create(version=version, form=form, time_amount=3, result_name="Giấy")
    RequiredDocument.objects.create(case=case, key="to-khai", name="Tờ khai", is_form=True)
    route = Route.objects.create(case=case)
    for order, (key, kind, rule, role, hours) in enumerate(STAGES, 1):
        RouteStage.objects.create(
            route=route, key=key, order=order, name=key, kind=kind, level="commune", agency_rule=rule, role=role,
            hours=Decimal(hours),
        )  # fmt: skip
    return case


def reasons(part: str = "route") -> str:
    version = ProcedureVersion.objects.whole().get()
    return " | ".join(one.reason for one in linting.defects(version) if one.part.endswith(f": {part}"))


def change(key: str, **values: Any) -> None:
    RouteStage.objects.filter(key=key).update(**values)


def test_a_plain_route_passes(case: Case) -> None:
    assert linting.defects(ProcedureVersion.objects.whole().get()) == ()


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("ky", {"kind": "approve"}, "chưa có bước ký"),
        ("ky", {"condition": NEW}, "chưa có bước ký"),
        ("ky", {"role": "specialist"}, "phải giao cho vai trò “Lãnh đạo”"),
        ("dong-dau", {"role": "specialist"}, "phải giao cho vai trò “Văn thư”"),
        ("tham-dinh", {"role": "receiver"}, "phải giao cho vai trò"),
        ("tham-dinh", {"role": "leader"}, "bước của chuyên viên để soạn kết quả"),
        ("tham-dinh", {"condition": AGAIN}, "bước của chuyên viên để soạn kết quả"),
        ("dong-dau", {"order": 0}, "Đóng dấu đứng trước ký"),
        ("tham-dinh", {"order": 9}, "Sau khi ký chỉ còn một bước đóng dấu"),
        ("dong-dau", {"kind": "sign", "role": "leader"}, "hai bước ký"),
        ("tham-dinh", {"hours": 40}, "46 giờ, dài hơn thời hạn 24 giờ"),
        ("tham-dinh", {"hours": 0}, "chưa ghi số giờ"),
        ("tham-dinh", {"agency_rule": "named"}, "chưa ghi cơ quan"),
        ("tham-dinh", {"agency_rule": "address"}, "chưa chọn ô địa chỉ"),
        ("tham-dinh", {"agency_rule": "address", "agency_field": "kind"}, "chưa chọn ô địa chỉ"),
        ("tham-dinh", {"agency_rule": "address", "agency_field": "home", "level": "district"}, "phải là cấp xã"),
        ("ky", {"level": "province"}, "phải cùng cấp"),
        ("ky", {"agency_rule": "parent"}, "cấp phải cao hơn"),
        ("dong-dau", {"condition": {"all": [NEW, AGAIN]}}, "không hồ sơ nào đi tới"),
        ("dong-dau", {"condition": of_copies("gt", 5)}, "không hồ sơ nào đi tới"),
        ("dong-dau", {"condition": {"field": "age", "op": "gt", "value": 3}}, "“age” mà tờ khai không có"),
        ("dong-dau", {"condition": {"field": "kind", "op": "eq", "value": "gone"}}, "không bao giờ có nghĩa"),
        ("dong-dau", {"condition": {"field": "note", "op": "gt", "value": "a"}}, "không bao giờ có nghĩa"),
    ],
)  # fmt: skip
def test_a_route_that_some_dossier_would_not_finish_is_refused(
    case: Case, key: str, values: dict[str, Any], words: str
) -> None:
    change(key, **values)
    assert words in reasons()


def test_two_signers_are_fine_when_every_dossier_meets_one_of_them(case: Case) -> None:
    change("ky", condition=of_copies("le", 2))
    RouteStage.objects.create(
        route=case.route, key="ky-2", order=20, name="ký 2", kind="sign", level="commune", agency_rule="same",
        role="leader", hours=Decimal(4), condition=of_copies("gt", 2),
    )  # fmt: skip
    change("dong-dau", order=30)
    assert reasons() == ""
    change("ky-2", condition=of_copies("gt", 3))
    assert "chưa có bước ký" in reasons(), "three copies meet nobody who signs"
    change("ky-2", condition=of_copies("ge", 2))
    assert "hai bước ký" in reasons(), "two copies meet both"


def test_the_longest_way_counts_and_hours_left_over_are_told(case: Case) -> None:
    change("tham-dinh", hours=10, condition=None)
    RouteStage.objects.create(
        route=case.route, key="them", order=0, name="thêm", kind="examine", level="commune", agency_rule="receiving",
        role="specialist", hours=Decimal(10), condition=NEW,
    )  # fmt: skip
    assert "26 giờ" in reasons()
    change("them", hours=4)
    assert reasons() == ""
    told = [one.reason for one in linting.warnings(ProcedureVersion.objects.whole().get())]
    assert "Quy trình còn thừa 4 giờ so với thời hạn" in told


def test_a_consultation_fits_into_its_stage_and_asks_what_the_form_has(case: Case) -> None:
    agency = Agency.objects.create(code="A", scheme="qd20", name="Công an xã", level="commune")
    stage = RouteStage.objects.get(key="tham-dinh")
    asked = StageConsultation.objects.create(stage=stage, agency=agency, question="Cư trú?", hours=Decimal(16))
    assert "Lấy ý kiến Công an xã dài hơn bước" in reasons()
    StageConsultation.objects.filter(pk=asked.pk).update(hours=8, condition={"field": "gone", "op": "filled"})
    assert "mà tờ khai không có" in reasons()


def test_a_department_belongs_to_the_agency_named(case: Case) -> None:
    agency, other = (Agency.objects.create(code=code, scheme="qd20", name=code, level="commune") for code in ("A", "B"))
    department = Department.objects.create(agency=agency, code="p", name="Phòng")
    change("tham-dinh", agency_rule="named", agency=other, department=department)
    assert "phòng không thuộc cơ quan đích danh" in reasons()
    change("tham-dinh", agency=agency)
    assert reasons() == ""


def test_the_agency_above_must_exist_for_every_agency_that_receives(case: Case) -> None:
    above = Agency.objects.create(code="H", scheme="qd20", name="Huyện", level="district")
    for code, parent in (("X1", above), ("X2", above)):
        here = Agency.objects.create(code=code, scheme="qd20", name=code, level="commune", parent=parent)
        ProcedureAgency.objects.create(procedure=case.version.procedure, agency=here)
    change("ky", agency_rule="parent", level="district")
    change("dong-dau", level="district")
    assert reasons() == ""
    Agency.objects.filter(code="X2").update(parent=None)
    assert "không có cấp trên" in reasons()


def test_cases_that_never_come_up_and_answers_without_a_case_are_told(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(condition=of_copies("gt", 9))
    assert "không bao giờ xảy ra" in reasons()
    Case.objects.filter(pk=case.pk).update(condition=NEW)
    assert "Có câu trả lời không thuộc trường hợp nào" in reasons("form")


def test_fees_and_papers_ask_only_what_the_form_has(case: Case) -> None:
    FeeRule.objects.create(case=case, name="Phí", amount=1000, per="kind")
    RequiredDocument.objects.create(case=case, key="them", name="Giấy thêm", condition={"field": "x", "op": "filled"})
    assert "tính theo ô “kind”" in reasons("fees")
    assert "Giấy thêm: Điều kiện hỏi ô “x”" in reasons("documents")


@pytest.mark.parametrize(
    ("values", "part"),
    [({"channels": ["direct"]}, "channels"), ({"return_ways": ["counter"]}, "return_ways"),
     ({"partial_kind": "presence"}, "partial_kind")],
)  # fmt: skip
def test_a_full_service_is_online_from_end_to_end(case: Case, values: dict[str, Any], part: str) -> None:
    ProcedureVersion.objects.update(**values)
    assert [one.part for one in linting.defects(ProcedureVersion.objects.whole().get())] == [part]


def test_every_defect_leads_to_where_it_is_put_right(case: Case) -> None:
    change("ky", role="specialist")
    ProcedureVersion.objects.update(steps=[])
    base = "/quan-tri/thu-tuc/1.001193/ban/1"
    found = {one.part: one.url for one in linting.defects(ProcedureVersion.objects.whole().get())}
    assert found == {"steps": f"{base}/sua/noi-dung", "chung: route": f"{base}/quy-trinh/chung"}


def test_an_empty_seat_is_a_warning_and_refuses_nothing(case: Case) -> None:
    version = ProcedureVersion.objects.whole().get()
    told = linting.warnings(version)
    assert any("chưa có ai giữ vai trò Lãnh đạo" in one.reason for one in told)
    assert {one.severity for one in told} == {"warning"}


def test_questions_beyond_counting_are_refused_and_not_passed(case: Case) -> None:
    many = [dict(KIND, key=f"k{n}", required=False) for n in range(12)]
    schema = {"pages": [{"key": "a", "title": "A", "fields": [*FIELDS, *many]}]}
    Form.objects.update(schema=schema)
    change("dong-dau", condition={"all": [{"field": f"k{n}", "op": "eq", "value": "new"} for n in range(12)]})
    assert "hỏi quá nhiều ô" in reasons()
    with pytest.raises(answerspace.TooMany):
        routelint.ways(ProcedureVersion.objects.whole().get().cases.all()[0])


def test_fields_that_are_not_shown_have_no_answer() -> None:
    hidden = {"key": "why", "type": "yes_no", "label": "Vì sao", "required": True, "condition": NEW}
    schema = {"pages": [{"key": "a", "title": "A", "fields": [KIND, hidden]}]}
    found = answerspace.samples([{"field": "why", "op": "empty"}], schema)
    assert {"kind": "again"} in found
    assert {"kind": "new"} not in found, "when it is shown it must be answered"


def test_days_are_told_apart_around_what_conditions_name() -> None:
    born = {"key": "born", "type": "date", "label": "Ngày sinh", "required": True}
    schema = {"pages": [{"key": "a", "title": "A", "fields": [born]}]}
    day = dt.date(2020, 1, 1)
    found = answerspace.samples([{"field": "born", "op": "le", "value": day.isoformat()}], schema)
    assert {one["born"] for one in found} == {"2019-12-31", "2020-01-01", "2020-01-02"}


def test_what_is_given_on_the_spot_is_given_the_same_day() -> None:
    version = worlds.build().climbing
    version.cases.update(instant=True)
    said = "Trả ngay tại quầy thì thời hạn phải là trong ngày"
    assert said in [defect.reason for defect in linting.defects(version)]
    version.cases.update(time_unit="same_day", time_amount=1)
    assert said not in [defect.reason for defect in linting.defects(version)]
