"""Two versions compared: a copy says the same, and every change is told once, in words."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.floor.actor import SYSTEM
from procedures import importing, publishing, worktime
from procedures.comparing import differences
from procedures.drafting import whole
from procedures.models import Case, FeeRule, ProcedureVersion, RequiredDocument, RouteStage

pytestmark = pytest.mark.django_db
REFERENCE = Path(importing.__file__).parents[1] / "reference"
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)


@pytest.fixture
def pair() -> tuple[ProcedureVersion, ProcedureVersion]:
    """A version in force and a draft copied from it."""
    importing.import_rules(*sorted((REFERENCE / "rules").glob("*.json")))
    record = json.loads((REFERENCE / "catalogue" / "1.001193.json").read_text("utf-8"))
    importing.import_catalogue(json.dumps([record]).encode(), by=SYSTEM, at=NOW)
    old = ProcedureVersion.objects.get()
    return old, publishing.draft_version(old.procedure, by=SYSTEM, at=NOW)


def told(pair: tuple[ProcedureVersion, ProcedureVersion]) -> list[tuple[str, str, str, str]]:
    return [(one.part, one.where, one.before, one.after)
            for one in differences(whole(pair[0].pk), whole(pair[1].pk))]  # fmt: skip


def test_a_copy_says_the_same(pair: tuple[ProcedureVersion, ProcedureVersion]) -> None:
    assert told(pair) == []


@pytest.mark.parametrize(
    ("rows", "changes", "expected"),
    [
        (ProcedureVersion, {"audience": ["Công dân", "Tổ chức"]},
         ("Thông tin", "Đối tượng thực hiện", "Công dân Việt Nam", "Công dân\nTổ chức")),
        (Case, {"time_amount": 3}, ("Trường hợp", "Trường hợp chung – Thời hạn", "1", "3")),
        (FeeRule, {"amount": 9000}, ("Phí, lệ phí", "", "8.000 đồng", "9.000 đồng")),
        (RequiredDocument, {"required": False}, ("Thành phần hồ sơ", "Bắt buộc", "Có", "Không")),
        (RouteStage, {"hours": Decimal("0.5")}, ("Quy trình", "Số giờ làm việc", "", "0,5")),
    ],
)  # fmt: skip
def test_a_change_is_told_where_it_is(
    pair: tuple[ProcedureVersion, ProcedureVersion], rows: Any, changes: dict[str, Any], expected: tuple[str, ...]
) -> None:
    below = {
        ProcedureVersion: {"pk": pair[1].pk}, Case: {"version": pair[1]}, FeeRule: {"case__version": pair[1]},
        RequiredDocument: {"case__version": pair[1]}, RouteStage: {"route__case__version": pair[1]},
    }[rows]  # fmt: skip
    first = rows.objects.filter(**below).order_by("pk").first()
    rows.objects.filter(pk=first.pk).update(**changes)
    [(part, where, before, after)] = told(pair)
    assert part == expected[0]
    assert expected[1] in where
    assert (expected[2] in before, after) == (True, expected[3])


def test_what_came_and_went_is_told_as_a_whole(pair: tuple[ProcedureVersion, ProcedureVersion]) -> None:
    case = pair[1].cases.get()
    case.required_documents.get(name="Giấy chứng sinh").delete()
    RequiredDocument.objects.create(case=case, key="moi", name="Giấy mới", condition={"field": "x", "op": "filled"})
    gone, come = sorted(told(pair), key=lambda row: bool(row[3]))
    assert (gone[:2], gone[3]) == (("Thành phần hồ sơ", "Giấy chứng sinh"), "")
    assert come[:3] == ("Thành phần hồ sơ", "Giấy mới", "")
    assert "Điều kiện: “x” đã điền" in come[3]


def test_without_a_version_before_all_is_new(pair: tuple[ProcedureVersion, ProcedureVersion]) -> None:
    found = differences(None, whole(pair[1].pk))
    assert found
    assert all(one.before == "" for one in found)
    assert {"Thông tin", "Thành phần hồ sơ", "Phí, lệ phí", "Quy trình"} <= {one.part for one in found}
