"""Out and in again: what is exported comes back the same, as JSON and as a workbook."""

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from portal.floor.actor import SYSTEM
from procedures import exporting, importing, worktime
from procedures.importing import workbook
from procedures.models import (
    AdminChange,
    Agency,
    FeeRule,
    Form,
    Procedure,
    ProcedureVersion,
    PublicationDecision,
    RequiredDocument,
    RouteStage,
    ServiceField,
    StageConsultation,
)
from tests.procedures.reference import ROOT

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
CODES = ("1.001193", "1.010803", "1.004222", "2.000815")


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    importing.import_rules(*sorted((ROOT / "rules").glob("*.json")))
    importing.import_units(ROOT / "units-2024.csv", "2024")
    importing.import_agencies(ROOT / "agencies-vinh-phuc.json")
    importing.import_life_events(ROOT / "life-events.json")
    given = [json.loads((ROOT / "catalogue" / f"{code}.json").read_text("utf-8")) for code in CODES]
    importing.import_catalogue(json.dumps(given).encode(), by=SYSTEM, at=NOW)
    enrich()


def enrich() -> None:
    """What no shipped file has: consultations, other results, dated fees, texts that look like formulas."""
    stage = RouteStage.objects.filter(agency__isnull=False).first()
    assert stage
    other = Agency.objects.exclude(code="000.00.14.H62").first()
    assert other
    StageConsultation.objects.create(stage=stage, agency=other, question="=1+1", hours=Decimal("2.5"))
    case = stage.route.case
    case.other_results = [{"name": "Văn bản trả lời", "code": ""}]
    case.result_template = "\n#let x = 1\n" + "// dài\n" * 6000
    case.save()
    FeeRule.objects.create(case=case, name="@SUM(A1)", amount=5, valid_from=dt.date(2026, 1, 1), reduction_percent=50)
    # A draft: what stands here would not pass the linter, and only whole versions are put in force.
    ProcedureVersion.objects.filter(pk=case.version_id).update(
        state="draft", steps=["=cmd|' /C calc'!A0", "Hai\ndòng"], notes="#N/A"
    )


def exported() -> str:
    return "".join(exporting.as_json(exporting.records()))


def emptied() -> None:
    AdminChange.objects.all()._raw_delete("default")
    ProcedureVersion.objects.all().delete()
    for model in (Procedure, ServiceField, PublicationDecision, Form):
        model._default_manager.all().delete()


def test_json_comes_back_the_same_in_an_empty_catalogue() -> None:
    before = exported()
    assert len(json.loads(before)) == len(CODES)
    emptied()
    summary = importing.import_catalogue(before.encode(), by=SYSTEM, at=NOW)
    assert (summary.loaded, summary.refused) == (len(CODES), [])
    assert exported() == before


def test_a_workbook_comes_back_the_same_in_an_empty_catalogue() -> None:
    before, out = exported(), io.BytesIO()
    workbook.write(exporting.records(), out)
    emptied()
    summary = importing.import_catalogue(out.getvalue(), by=SYSTEM, at=NOW)
    assert (summary.loaded, summary.refused, summary.ignored) == (len(CODES), [], {})
    assert json.loads(exported()) == json.loads(before)


def test_importing_what_was_exported_changes_nothing() -> None:
    out = io.BytesIO()
    workbook.write(exporting.records(), out)
    for source in (exported().encode(), out.getvalue()):
        summary = importing.import_catalogue(source, by=SYSTEM, at=NOW)
        assert (summary.loaded, summary.updated, summary.unchanged) == (0, 0, len(CODES))


def test_a_second_run_writes_no_row() -> None:
    source = exported().encode()
    importing.import_catalogue(source, by=SYSTEM, at=NOW)
    with CaptureQueriesContext(connection) as asked:
        importing.import_catalogue(source, by=SYSTEM, at=NOW)
    assert [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_nothing_in_a_workbook_is_a_formula() -> None:
    out = io.BytesIO()
    workbook.write(exporting.records(), out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "inlineStr", "n"}
    assert any(cell.value == "=1+1" for row in book["Lấy ý kiến"].iter_rows() for cell in row)


def filled(change: Any) -> bytes:
    """The exported workbook after somebody's work on it."""
    out = io.BytesIO()
    workbook.write(exporting.records(), out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    change(book)
    again = io.BytesIO()
    book.save(again)
    return again.getvalue()


def test_a_wrong_cell_is_named_by_sheet_row_and_column() -> None:
    def spoil(book: Any) -> None:
        titles = [cell.value for cell in book["Thành phần"][1]]
        book["Thành phần"].cell(3, titles.index("Số bản chính") + 1).value = "hai"
        titles = [cell.value for cell in book["Trường hợp"][1]]
        book["Trường hợp"].cell(4, titles.index("Thời hạn") + 1).value = "=1+2"
        titles = [cell.value for cell in book["Thủ tục"][1]]
        book["Thủ tục"].cell(5, titles.index("Tên thủ tục") + 1).value = "x" * 1300

    summary = importing.import_catalogue(filled(spoil), by=SYSTEM, at=NOW)
    places = {(one.row, one.field) for one in summary.refused}
    assert places == {
        ("Trang Thành phần, dòng 3", "H (Số bản chính)"),
        ("Trang Trường hợp, dòng 4", "E (Thời hạn)"),
        ("Trang Thủ tục, dòng 5", "C (Tên thủ tục)"),
    }
    assert summary.loaded == 0


def test_a_workbook_without_routes_leaves_routes_alone() -> None:
    def shorten(book: Any) -> None:
        for name in ("Quy trình", "Lấy ý kiến", "Phí, lệ phí"):
            del book[name]
        titles = [cell.value for cell in book["Thủ tục"][1]]
        book["Thủ tục"].cell(2, titles.index("Tên gọi thường ngày") + 1).value = "Tên mới"

    summary = importing.import_catalogue(filled(shorten), by=SYSTEM, at=NOW)
    assert (summary.loaded, summary.unchanged, summary.refused) == (1, len(CODES) - 1, [])
    version = ProcedureVersion.objects.get(short_name="Tên mới")
    assert RouteStage.objects.filter(route__case__version=version).exists()


def test_the_commands_write_and_read_a_file(tmp_path: Path) -> None:
    for name, more in (("a.json", []), ("a.xlsx", ["--xlsx"])):
        call_command("export_catalogue", str(tmp_path / name), *more, stdout=io.StringIO())
        out = io.StringIO()
        call_command("import_catalogue", str(tmp_path / name), "--json", stdout=out)
        told = json.loads(out.getvalue())
        assert list(told)[:5] == ["loaded", "published", "drafted", "unchanged", "refused"]
        assert (told["loaded"], told["unchanged"], told["refused"]) == (0, len(CODES), [])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.json", "a.xlsx"]


def test_papers_keep_their_blank_forms_through_an_import() -> None:
    paper = RequiredDocument.objects.filter(case__version__procedure__code="1.001193").first()
    assert paper
    RequiredDocument.objects.filter(pk=paper.pk).update(blank_form="blank-forms/a.docx")
    record = json.loads((ROOT / "catalogue" / "1.001193.json").read_text("utf-8")) | {"short_name": "Khai sinh mới"}
    importing.import_catalogue(json.dumps([record]).encode(), by=SYSTEM, at=NOW)
    new = RequiredDocument.objects.get(case__version__short_name="Khai sinh mới", key=paper.key)
    assert new.blank_form.name == "blank-forms/a.docx"
