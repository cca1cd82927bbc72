"""Whatever a file holds: each record is taken or refused with its place, and a refused one changes nothing."""

import datetime as dt
import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.floor.actor import SYSTEM
from procedures import importing, worktime
from procedures.importing import FileRefused, Summary, official, record, summary
from procedures.importing.shapes import RowRefused
from procedures.models import Procedure, RequiredDocument
from tests.procedures.reference import ROOT

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
OFFICIAL: dict[str, Any] = {
    "code": "1.012413.000.00.00.H56",
    "name": "Phê duyệt Phương án tạm sử dụng rừng",
    "ministry": "Bộ Nông nghiệp và Môi trường",
    "ministry_group": "G10",
    "field": "Kiểm lâm",
    "levels": ["ministry", "province"],
    "decision_no": "3317/QĐ-BNNMT",
    "audience": ["Công dân Việt Nam", "Hợp tác xã"],
    "agency": "",
    "competent_authority": "Chủ tịch Ủy ban nhân dân cấp tỉnh",
    "steps": ["Nộp hồ sơ", "Nhận kết quả"],
    "channels": [
        {
            "channel": "online",
            "time_value": 15,
            "time_unit": "working_day",
            "fees": [{"amount": 50000, "currency": "VND", "note": ""}],
            "note": "Trả kết quả trực tiếp hoặc qua dịch vụ bưu chính công ích",
        },
        {"channel": "direct", "time_value": 20, "time_unit": "working_day", "fees": [], "note": ""},
    ],
    "documents": [
        {"group": "", "name": "Đơn đề nghị", "original": 1, "copies": 0, "attached_form": "Phụ lục I.docx"},
        {"group": "", "name": "hoặc văn bản đề nghị", "original": 1, "copies": 0, "attached_form": None},
        {"group": "Nộp một trong các giấy tờ sau", "name": "Sổ đỏ", "original": 0, "copies": 1},
        {"group": "Nộp một trong các giấy tờ sau", "name": "Hợp đồng thuê", "original": 0, "copies": 1},
    ],
    "results": [{"name": "Quyết định phê duyệt.Mã: KQ-G10.000001", "code": ""}, {"name": "Văn bản từ chối"}],
    "legal_basis": ["156/2018/NĐ-CP"],
    "conditions": "Không có thông tinTừ khóaKhông có thông tinMô tả",
    "level_pre2025": "province",
}
OURS = json.loads((ROOT / "catalogue" / "1.001193.json").read_text("utf-8"))
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.just(10**30), st.just(-1), st.floats(), st.just(math.nan),
    st.text(max_size=30), st.just("\x00"), st.just("\ud800"), st.just("2026-02-30"), st.just("e\u0323"),
    st.builds(lambda: json.loads("[" * 400 + "]" * 400)),
    st.just("x" * 3000), st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.none(), max_size=3),
)  # fmt: skip


def load(*rows: Any) -> Summary:
    return importing.import_catalogue(json.dumps(list(rows)).encode(), by=SYSTEM, at=NOW)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in below if len(path) < 9 for place in places(one, (*path, key)))]


@st.composite
def damaged(draw: st.DrawFn, whole: dict[str, Any]) -> Any:
    """The record with up to three places replaced by anything at all, or removed."""
    broken = json.loads(json.dumps(whole))
    for _time in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from([place for place in places(broken) if place] or [("code",)]))
        inside = broken
        for step in path:
            inside = inside[step]
        if isinstance(inside, dict) and draw(st.booleans()):
            del inside[last]
        else:
            inside[last] = draw(JUNK)
    return broken


def assert_said(refused: RowRefused) -> None:
    """The refusal can be written down."""
    assert str(refused).encode()
    assert refused.field.encode() is not None


@settings(max_examples=300, deadline=None)
@given(damaged(OFFICIAL))
def test_a_damaged_official_record_is_read_or_refused_by_its_place(row: Any) -> None:
    try:
        shape, remarks = official.translated(row)
        read = record.read(shape, complete=False)
    except RowRefused as refused:
        assert_said(refused)
        return
    assert json.dumps(record.flat(read), allow_nan=False).encode()
    assert all(isinstance(reason, str) for _field, reason in remarks)


@settings(max_examples=300, deadline=None)
@given(damaged(OURS))
def test_a_damaged_record_of_ours_is_read_or_refused_by_its_place(row: Any) -> None:
    try:
        read = record.read(row, complete=True)
    except RowRefused as refused:
        assert_said(refused)
        return
    assert record.nested(read["code"], record.flat(read))["cases"] == read["cases"]
    assert json.dumps(read, allow_nan=False).encode()


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(damaged(OFFICIAL), damaged(OURS), JUNK))
def test_a_damaged_record_beside_a_sound_one_never_stops_it(row: Any) -> None:
    sound = OFFICIAL | {"code": "2.999999"}
    result = importing.import_catalogue(json.dumps([row, sound]).encode(), by=SYSTEM, at=NOW)
    assert len(result.refused) + result.loaded + result.unchanged + result.updated in (2, 3, 4)  # forms may be refused
    assert Procedure.objects.filter(code="2.999999").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ["a"]}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 1201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\ud800"}, "name"),
        ({"code": 1.012413}, "code"),
        ({"code": "1.012413.H56"}, "code"),
        ({"levels": "province", "level_pre2025": None}, "levels"),
        ({"levels": ["ministry"], "level_pre2025": ""}, "levels"),
        ({"audience": [1]}, "audience[1]"),
        ({"channels": {"channel": "online"}}, "channels"),
        ({"channels": [{"channel": "online", "time_value": True}]}, "channels[1].time_value"),
        ({"channels": [{"channel": "online", "time_value": 10**40}]}, "channels[1].time_value"),
        ({"channels": [{"fees": [{"amount": math.nan}]}]}, "channels[1].fees[1].amount"),
        ({"documents": [{"name": "a", "original": "1"}]}, "documents[1].original"),
        ({"documents": [[["a"]]]}, "documents[1]"),
        ({"documents": [{"name": "a"}] * 501}, "documents"),
        ({"results": [{"name": {"vi": "a"}}]}, "results[1].name"),
        ({"decision_signed_on": "2026-02-30"}, "decision_signed_on"),
    ],
)
def test_a_wrong_value_names_row_and_field_and_changes_nothing(changes: dict[str, Any], field: str) -> None:
    result = load(OFFICIAL | changes)
    assert [one.field for one in result.refused] == [field]
    assert result.refused[0].reason
    assert not Procedure.objects.exists()


@pytest.mark.django_db
def test_the_official_structure_is_taken_as_far_as_it_says() -> None:
    result = load(OFFICIAL | {"Lạ": 1, "documents": [*OFFICIAL["documents"], {"name": "hoặc nửa) tên"}]})
    assert (result.loaded, result.drafted, result.published, result.ignored) == (1, 1, 0, {"Lạ": 1})
    procedure = Procedure.objects.get()
    version = procedure.versions.get()
    case = version.cases.get()
    assert (procedure.code, procedure.code_suffix, procedure.level) == ("1.012413", "000.00.00.H56", "province")
    assert (case.time_amount, case.result_name, case.result_code) == (20, "Quyết định phê duyệt.", "KQ-G10.000001")
    assert case.other_results == [{"name": "Văn bản từ chối", "code": ""}]
    assert list(case.fees.values_list("channel", "amount")) == [("online", 50000)]
    assert (version.return_ways, version.conditions) == (["counter", "post"], "")
    groups = list(case.required_documents.order_by("order").values_list("group", flat=True))
    assert groups == ["mot-trong-1", "mot-trong-1", "mot-trong-2", "mot-trong-2", ""]
    assert {one.field for one in result.defects} == {"time", "documents"}
    assert "Tên giấy tờ bị cắt" in version.notes


@pytest.mark.django_db
def test_decomposed_letters_are_kept_composed() -> None:
    load(OFFICIAL | {"name": "Đăng ky\u0301 rư\u0300ng"})
    assert Procedure.objects.get().name == "Đăng ký rừng"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"\x00[]", "NUL"),
        (b'[{"code": ', "dòng 1"),
        (b"[" * 100_000, "lồng nhau"),
        (b" " * (summary.LARGEST + 1), "lớn hơn 20 MB"),
        (b"PK\x03\x04 not an archive", "XLSX hỏng"),
    ],
)
def test_a_broken_file_is_refused_whole(source: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        importing.import_catalogue(source, by=SYSTEM, at=NOW)


@pytest.mark.django_db
def test_a_large_file_on_disk_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "big.json").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    with pytest.raises(FileRefused, match="20 MB"):
        importing.import_catalogue(tmp_path / "big.json", by=SYSTEM, at=NOW)


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(f"xl/{name}.xml", content)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive(a=b"0" * 120_000_000), "bung ra quá lớn"),
        (archive(a=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "XML không dùng được"),
        (archive(a='<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")), "XML không dùng được"),
        (archive(a=b"<x/>"), "XLSX hỏng"),
    ],
)
def test_a_workbook_made_to_harm_is_refused_before_it_is_opened(data: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        importing.import_catalogue(data, by=SYSTEM, at=NOW)


@pytest.mark.django_db
def test_a_draft_somebody_works_on_is_not_overwritten_by_a_command() -> None:
    load(OFFICIAL)
    version = Procedure.objects.get().versions.get()
    version.fingerprint = ""  # what publishing.touch does
    version.short_name = "Mượn rừng"
    version.save()
    again = load(OFFICIAL)
    assert (again.unchanged, again.refused) == (1, [])
    changed = load(OFFICIAL | {"conditions": "Có phương án"})
    assert [(one.row, one.field) for one in changed.refused] == [("1.012413", "conditions")]
    assert Procedure.objects.get().versions.get().short_name == "Mượn rừng"


@pytest.mark.django_db
def test_a_new_text_of_one_part_leaves_local_work_on_others() -> None:
    load(OFFICIAL)
    version = Procedure.objects.get().versions.get()
    version.state, version.short_name, version.steps = "published", "Mượn rừng", ["Đến một cửa"]
    version.save()
    assert load(OFFICIAL | {"legal_basis": ["227/2025/NĐ-CP"]}).drafted == 1
    new = Procedure.objects.get().versions.get(state="draft")
    assert (new.number, new.short_name, new.steps, new.legal_basis) == (
        2, "Mượn rừng", ["Đến một cửa"], ["227/2025/NĐ-CP"],
    )  # fmt: skip
    assert RequiredDocument.objects.filter(case__version=new).count() == 4
