"""Reference data in: idempotent, row by row, from our own shape and from the official one."""

import csv
import datetime as dt
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from portal.floor.actor import SYSTEM, Actor, Seat
from portal.models import User
from procedures import importing, worktime
from procedures.calendars import calendar_for
from procedures.importing import FileRefused, Summary
from procedures.models import (
    AdministrativeUnit,
    Agency,
    CalendarDay,
    Form,
    Position,
    Procedure,
    ProcedureAgency,
    ProcedureVersion,
    ProvinceProfile,
    UnitSuccession,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
REFERENCE = Path(importing.__file__).parents[1] / "reference"
SHARED = Path(os.environ.get("MOTCUA_REFERENCE_DATA", REFERENCE.parents[2] / "shared" / "data"))
UNITS_2024 = b"""code,level,name,parent
26,province,T\xe1\xbb\x89nh V\xc4\xa9nh Ph\xc3\xbac,
246,district,Huy\xe1\xbb\x87n L\xe1\xba\xadp Th\xe1\xba\xa1ch,26
08836,commune,X\xc3\xa3 Xu\xc3\xa2n L\xc3\xb4i,246
"""
UNITS_2025 = "code,level,name,parent\n25,province,Tỉnh Phú Thọ,\n08866,commune,Xã Xuân Lôi,25\n".encode()


def rows(*fields: str, values: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([fields, *values])
    return out.getvalue().encode()


def load(*records: dict[str, Any], by: Actor = SYSTEM) -> Summary:
    return importing.import_catalogue(json.dumps(list(records)).encode(), by=by, at=NOW)


def record(code: str = "1.001193", **changes: Any) -> dict[str, Any]:
    """The shipped birth registration under another code if wanted."""
    given = json.loads((REFERENCE / "catalogue" / "1.001193.json").read_text("utf-8"))
    return dict(given) | {"code": code} | changes


@pytest.fixture
def province() -> None:
    importing.import_rules(*sorted((REFERENCE / "rules").glob("*.json")))
    importing.import_units(REFERENCE / "units-2024.csv", "2024")
    importing.import_agencies(REFERENCE / "agencies-vinh-phuc.json")


def test_units_come_with_parents_and_a_second_time_nothing_changes() -> None:
    assert importing.import_units(UNITS_2024, "2024").loaded == 3
    commune = AdministrativeUnit.objects.get(code="08836")
    assert commune.parent
    assert (commune.name_fold, commune.parent.name) == ("xa xuan loi", "Huyện Lập Thạch")
    again = importing.import_units(UNITS_2024, "2024")
    assert (again.loaded, again.unchanged) == (0, 3)


def test_a_renamed_unit_keeps_its_row() -> None:
    importing.import_units(UNITS_2024, "2024")
    before = AdministrativeUnit.objects.get(code="246").pk
    renamed = UNITS_2024.replace("Huyện Lập Thạch".encode(), "Thị xã Lập Thạch".encode())
    assert importing.import_units(renamed, "2024").loaded == 1
    unit = AdministrativeUnit.objects.get(code="246")
    assert (unit.pk, unit.name, unit.name_fold) == (before, "Thị xã Lập Thạch", "thi xa lap thach")


def test_a_unit_without_its_parent_or_level_is_refused_alone() -> None:
    table = rows("code", "level", "name", "parent", values=[("1", "commune", "X", "9"), ("2", "planet", "Y", "")])
    summary = importing.import_units(table, "2024")
    assert [(one.row, one.field) for one in summary.refused] == [("2", "parent"), ("3", "level")]


def test_what_became_of_a_unit_is_kept_once() -> None:
    importing.import_units(UNITS_2024, "2024")
    importing.import_units(UNITS_2025, "2025")
    fields = ("old", "new", "partial", "is_default")
    table = rows(*fields, values=[("08836", "08866", "0", "1"), ("1", "2", "0", "1")])
    assert (importing.import_successions(table).loaded, len(importing.import_successions(table).refused)) == (1, 1)
    assert UnitSuccession.objects.get().new.code == "08866"


def test_units_of_both_eras_are_as_many_as_the_law_made() -> None:
    importing.import_units(REFERENCE / "units-2024.csv", "2024")
    importing.import_units(REFERENCE / "units-2025.csv", "2025")
    counts = {
        (unit_set, level): AdministrativeUnit.objects.filter(unit_set=unit_set, level=level).count()
        for unit_set, level in [("2024", "province"), ("2024", "district"), ("2025", "province"), ("2025", "commune")]
    }
    assert list(counts.values()) == [63, 696, 34, 3321]


def test_the_calendar_follows_the_file() -> None:
    summary = importing.import_calendar(REFERENCE / "calendar.csv")
    assert (summary.loaded, summary.refused) == (60, [])
    assert importing.import_calendar(REFERENCE / "calendar.csv").unchanged == 60
    start = dt.datetime(2026, 11, 19, 15, 30, tzinfo=worktime.ZONE)
    assert worktime.due(calendar_for(None), start, 3, "working_day").date() == dt.date(2026, 11, 25)
    moved = rows(
        "date",
        "name",
        "kind",
        values=[("2026-11-24", "Làm bù", "lam_bu"), ("x", "", "nghi_le"), ("2026-01-01", "", "?")],
    )
    summary = importing.import_calendar(moved)
    assert [one.field for one in summary.refused] == ["date", "kind"]
    assert CalendarDay.objects.get(on=dt.date(2026, 11, 24)).kind == "swap_work"
    assert worktime.due(calendar_for(None), start, 3, "working_day").date() == dt.date(2026, 11, 24)


def test_an_agency_with_hours_and_days_of_its_own_keeps_them(province: None) -> None:
    from procedures.models import WorkSession

    own = Agency.objects.get(code="000.21.05.H62")
    CalendarDay.objects.create(on=dt.date(2026, 11, 25), kind="local_off", agency=own, name="Hội làng")
    WorkSession.objects.create(agency=own, weekday=0, opens=dt.time(8), closes=dt.time(12))
    calendar = calendar_for(own.pk)
    assert calendar.week[0] == ((8 * 3600, 12 * 3600),)
    assert not calendar.is_working_day(dt.date(2026, 11, 25))
    assert calendar_for(None).is_working_day(dt.date(2026, 11, 25))
    assert calendar_for(Agency.objects.get(code="000.00.14.H62").pk) is calendar_for(None)


def test_a_province_has_one_profile_its_agencies_and_their_parents(province: None) -> None:
    profile = ProvinceProfile.current()
    assert profile
    assert (profile.identifier, profile.unit_set, profile.default_rule_profile.code) == ("H62", "2024", "VN-2018")
    commune = Agency.objects.get(code="000.21.05.H62")
    assert commune.parent
    assert commune.parent.parent
    assert (commune.parent.code, commune.parent.parent.code) == ("000.00.05.H62", "000.00.00.H62")
    again = importing.import_agencies(REFERENCE / "agencies-vinh-phuc.json")
    assert (again.loaded, again.refused) == (0, [])


def test_officers_get_their_seats_once(province: None) -> None:
    def officer(username: str, name: str) -> User:
        return User.objects.get_or_create(username=username, defaults={"full_name": name})[0]

    first = importing.import_agencies(REFERENCE / "agencies-vinh-phuc.json", officer=officer)
    again = importing.import_agencies(REFERENCE / "agencies-vinh-phuc.json", officer=officer)
    assert (first.loaded, again.loaded) == (Position.objects.count(), 0)
    seat = Position.objects.get(role="leader", agency__code="000.21.05.H62")
    assert (seat.holder_name, seat.signing_capacity) == ("Lê Tiến Dũng", "TM. ỦY BAN NHÂN DÂN")


def test_an_agency_is_refused_for_what_it_refers_to(province: None) -> None:
    plain = {"scheme": "qcvn102", "name": "Phòng", "level": "district"}
    data = [plain | {"code": "a", "unit": "99999"}, plain | {"code": "b", "parent": "?"}, {"code": "c"}]
    summary = importing.import_agencies(json.dumps({"agencies": data}).encode())
    assert [(one.row, one.field) for one in summary.refused] == [("a", "unit"), ("c", "code"), ("b", "parent")]


def test_a_complete_procedure_is_put_in_force_and_again_nothing_changes(province: None) -> None:
    summary = load(record())
    assert (summary.loaded, summary.published, summary.defects, summary.refused) == (1, 1, [], [])
    version = ProcedureVersion.objects.in_force(NOW.date()).get()
    case = version.cases.get(key="chung")
    assert case.form
    assert (case.time_unit, case.cutoff, case.form.code) == ("same_day", dt.time(15), "TK-KHAISINH")
    assert case.result_template.strip()
    desks = ProcedureAgency.objects.filter(receives=True, competent=True)
    assert set(desks.values_list("agency__level", flat=True)) == {"commune"}
    assert list(version.procedure.life_events.all()) == []  # not loaded here
    again = load(record())
    assert (again.loaded, again.unchanged) == (0, 1)


def test_a_changed_procedure_becomes_a_new_version_and_dossiers_keep_the_old(province: None) -> None:
    load(record())
    old = ProcedureVersion.objects.get()
    load(record(short_name="Khai sinh cho con"))
    old.refresh_from_db()
    new = ProcedureVersion.objects.published().get()
    assert (old.state, new.number, new.procedure.short_name) == ("retired", 2, "Khai sinh cho con")


def test_an_incomplete_procedure_stays_a_draft_that_says_what_it_lacks(province: None) -> None:
    summary = load(record(steps=[], legal_basis=[]))
    assert (summary.published, summary.drafted) == (0, 1)
    assert [(one.row, one.field) for one in summary.defects] == [("1.001193", "steps"), ("1.001193", "legal_basis")]
    assert load(record()).published == 1
    assert ProcedureVersion.objects.count() == 1  # the untouched draft made room


def test_a_person_imports_drafts_only_and_a_stranger_nothing(province: None) -> None:
    user = User.objects.create(username="minh")
    editor = Actor(kind="officer", user_id=user.pk, seats=(Seat(1, 1, "catalogue_editor", ""),))
    assert load(record(), by=editor).drafted == 1
    with pytest.raises(Exception, match="vai trò"):
        load(record(), by=Actor(kind="citizen"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "1.1"}, "code"),
        ({"name": ""}, "name"),
        ({"level": "planet"}, "level"),
        ({"field": {"code": "x", "name": "y", "slug": "z"}}, "field.code"),
        ({"channels": ["pigeon"]}, "channels[1]"),
        ({"online_scope": "4"}, "online_scope"),
        ({"valid_from": "hôm nay"}, "valid_from"),
        ({"cases": [{"key": "a"}]}, "cases[1].name"),
        ({"cases": [{"key": "a", "name": "A", "documents": [], "form": "NONE"}]}, "cases[1].form"),
        ({"cases": [{"key": "a", "name": "A", "documents": [], "time": {"unit": "moon"}}]}, "cases[1].time.unit"),
        (
            {"cases": [{"key": "a", "name": "A", "documents": [], "result": {"template": "x.typ"}}]},
            "cases[1].result.template",
        ),
        ({"cases": [{"key": "a", "name": "A", "documents": [], "condition": {"op": "x"}}]}, "cases[1].condition"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_and_named(province: None, changes: dict[str, Any], field: str) -> None:
    summary = load(record() | changes, record("1.000894"))
    assert [one.field for one in summary.refused] == [field]
    assert summary.loaded == 1


def test_a_code_twice_in_a_file_is_taken_once(province: None) -> None:
    summary = load(record(), record(), ["no object"])  # type: ignore[arg-type]
    assert (summary.loaded, [one.field for one in summary.refused]) == (1, ["code", ""])


def test_a_changed_form_becomes_a_new_revision(province: None, tmp_path: Path) -> None:
    load(record())
    for folder in ("forms", "catalogue"):
        (tmp_path / folder).mkdir()
    form = json.loads((REFERENCE / "forms" / "TK-KHAISINH.json").read_text("utf-8")) | {"name": "Tờ khai mới"}
    (tmp_path / "forms" / "TK-KHAISINH.json").write_text(json.dumps(form))
    (tmp_path / "forms" / "BAD.json").write_text(json.dumps({"code": "BAD", "name": "x", "schema": {}}))
    (tmp_path / "catalogue" / "a.json").write_text(json.dumps(record()))
    summary = importing.import_catalogue(tmp_path / "catalogue", by=SYSTEM, at=NOW)
    assert [(one.row, one.field) for one in summary.refused] == [("BAD", "schema")]
    assert Form.objects.get(revision=2).name == "Tờ khai mới"
    assert ProcedureVersion.objects.published().get().cases.get().form.revision == 2


def test_a_province_without_districts_reads_the_other_route() -> None:
    importing.import_rules(*sorted((REFERENCE / "rules").glob("*.json")))
    importing.import_units(REFERENCE / "units-2025.csv", "2025")
    importing.import_agencies(REFERENCE / "agencies-two-tier.json")
    given = json.loads((REFERENCE / "catalogue" / "1.010803.json").read_text("utf-8"))
    assert load(given).published == 1
    version = ProcedureVersion.objects.get()
    assert version.competent == "Sở Nội vụ"
    levels = version.cases.get().route.stages.order_by("order").values_list("level", flat=True)
    assert "district" not in set(levels)


@pytest.mark.parametrize("source", [b"\xff\xfe", b"{", b"\x00", b"[" * 100_000])
def test_a_file_that_cannot_be_read_is_refused_whole(source: bytes) -> None:
    with pytest.raises(FileRefused):
        importing.import_catalogue(source, by=SYSTEM, at=NOW)


def test_a_table_without_its_columns_is_refused_whole() -> None:
    with pytest.raises(FileRefused, match="thiếu cột"):
        importing.import_calendar(b"a,b\n1,2\n")


@pytest.mark.reference
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reference files are not here")
def test_the_official_structure_becomes_drafts_with_their_defects_named(province: None) -> None:
    given = json.loads((SHARED / "procedures_official_local.json").read_text("utf-8"))[:200]
    summary = load(*given)
    assert (summary.loaded, summary.published, summary.refused) == (200, 0, [])
    assert summary.drafted == 200
    assert {one.field for one in summary.defects} >= {"steps"}
    assert not ProcedureVersion.objects.exclude(state="draft").exists()
    assert Procedure.objects.exclude(search_fold="").count() == 200
    assert load(*given).unchanged == 200


def test_a_wrong_rule_profile_is_refused_and_a_changed_one_replaced(province: None) -> None:
    given = json.loads((REFERENCE / "rules" / "VN-2018.json").read_text("utf-8"))
    changed = given | {"parameters": given["parameters"] | {"supplement_days": 2}}
    wrong = given | {"code": "VN-X", "parameters": {"suplement_days": 2}}
    summary = importing.import_rules(*(json.dumps(one).encode() for one in (given, changed, wrong)))
    assert (summary.unchanged, summary.loaded) == (1, 1)
    assert "suplement_days" in summary.refused[0].reason


def test_an_agency_and_its_officers_follow_the_file(province: None) -> None:
    def officer(username: str, name: str) -> User:
        return User.objects.get_or_create(username=username, defaults={"full_name": name})[0]

    given = json.loads((REFERENCE / "agencies-vinh-phuc.json").read_text("utf-8"))
    importing.import_agencies(json.dumps(given).encode(), officer=officer)
    given["agencies"][1]["phone"], given["positions"][0]["title"] = "0211 3861 234", "Tổ trưởng một cửa"
    given["positions"].append({"username": "x", "name": "X", "agency": "000.00.00.H62", "role": "king"})
    summary = importing.import_agencies(json.dumps(given).encode(), officer=officer)
    assert (summary.loaded, [one.row for one in summary.refused]) == (2, ["x"])
    assert Agency.objects.get(code=given["agencies"][1]["code"]).phone == "0211 3861 234"
    given["profile"]["rule_profile"] = "VN-1945"
    for broken in (given, {"profile": {}}):
        with pytest.raises(FileRefused):
            importing.import_agencies(json.dumps(broken).encode())


def test_life_events_follow_the_file() -> None:
    first = importing.import_life_events(REFERENCE / "life-events.json")
    assert (first.loaded, importing.import_life_events(REFERENCE / "life-events.json").unchanged) == (8, 8)


def test_keywords_change_without_losing_the_procedure(province: None) -> None:
    load(record())
    load(record(keywords="giấy khai sinh bản gốc", popularity=7))
    procedure = Procedure.objects.get()
    assert (procedure.popularity, "giai khai sinh ban goc" in procedure.search_fold) == (7, True)
