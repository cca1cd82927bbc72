"""The catalogue out in the structure in which ministries publish, and in again."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from portal.floor.actor import SYSTEM
from procedures import exporting, importing, ministries, worktime
from procedures.importing import official
from tests.procedures.reference import ROOT

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
PUBLISHED: dict[str, Any] = {
    "code": "1.012413.000.00.00.H56",
    "name": "Phê duyệt Phương án tạm sử dụng rừng",
    "ministry_group": "G10",
    "field": "Kiểm lâm",
    "levels": ["province"],
    "level_pre2025": "province",
    "decision_no": "3317/QĐ-BNNMT",
    "audience": ["Công dân Việt Nam", "Hợp tác xã"],
    "competent_authority": "Chủ tịch Ủy ban nhân dân cấp tỉnh",
    "steps": ["Nộp hồ sơ", "Nhận kết quả"],
    "channels": [
        {"channel": "direct", "time_value": 15, "time_unit": "working_day",
         "fees": [{"amount": 50000, "currency": "VND", "note": ""}], "note": "Nộp trong giờ làm việc"},
        {"channel": "online", "time_value": 15, "time_unit": "working_day", "fees": [], "note": ""},
    ],
    "documents": [
        {"group": "", "name": "Đơn đề nghị", "original": 1, "copies": 0, "attached_form": "Phụ lục I.docx"},
        {"group": "", "name": "hoặc văn bản đề nghị", "original": 1, "copies": 0, "attached_form": None},
    ],
    "results": [{"name": "Quyết định phê duyệt", "code": "KQ-G10.000001"}, {"name": "Văn bản từ chối", "code": ""}],
    "legal_basis": ["156/2018/NĐ-CP"],
    "sets": 2,
    "detail_url": "https://dichvucong.example/1.012413",
}  # fmt: skip


def load(data: Any) -> importing.Summary:
    return importing.import_catalogue(json.dumps(data).encode(), by=SYSTEM, at=NOW)


def test_what_a_ministry_published_comes_back_and_changes_nothing() -> None:
    assert load([PUBLISHED]).loaded == 1
    told = list(ministries.told(exporting.records()))
    assert told[0]["code"] == "1.012413.000.00.00.H56"
    assert told[0]["results"] == PUBLISHED["results"]
    again = load(told)
    assert (again.loaded, again.unchanged, again.refused) == (0, 1, [])


def test_the_whole_shipped_catalogue_can_be_told_so_and_read(tmp_path: Path) -> None:
    importing.import_rules(*sorted((ROOT / "rules").glob("*.json")))
    importing.import_agencies(ROOT / "agencies-vinh-phuc.json")
    importing.import_life_events(ROOT / "life-events.json")
    loaded = importing.import_catalogue(ROOT / "catalogue", by=SYSTEM, at=NOW).loaded
    file = tmp_path / "cong-bo.json"
    call_command("export_catalogue", str(file), "--official", verbosity=0)
    told = json.loads(file.read_text("utf-8"))
    assert len(told) == loaded
    for record in told:
        assert official.is_official(record)
        ours, _remarks = official.translated(record)
        assert ours["code"] == record["code"][:8]
        assert len(ours["cases"][0]["documents"]) == record["n_documents"]
