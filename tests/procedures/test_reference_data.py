"""The shipped units, checked against themselves and against the shared reference files (read, never copied)."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "procedures" / "reference"
SHARED = Path(os.environ.get("MOTCUA_REFERENCE_DATA", ROOT.parent / "shared" / "data"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


OLD = {row["code"]: row for row in rows(SHIPPED / "units-2024.csv")}
NEW = {row["code"]: row for row in rows(SHIPPED / "units-2025.csv")}
SUCCESSIONS = rows(SHIPPED / "succession.csv")


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"No shared reference files at {SHARED} (MOTCUA_REFERENCE_DATA)")
    return SHARED


def test_the_units_of_2024_are_63_provinces_696_districts_and_10035_communes() -> None:
    assert Counter(unit["level"] for unit in OLD.values()) == {"province": 63, "district": 696, "commune": 10_035}


def test_the_units_of_2025_are_34_provinces_and_3321_communes() -> None:
    assert Counter(unit["level"] for unit in NEW.values()) == {"province": 34, "commune": 3_321}


@pytest.mark.parametrize("units", [OLD, NEW], ids=["2024", "2025"])
def test_every_unit_has_its_parent_one_level_up(units: dict[str, dict[str, str]]) -> None:
    above = {"province": {""}, "district": {"province"}, "commune": {"district" if units is OLD else "province"}}
    for unit in units.values():
        parent = units[unit["parent"]]["level"] if unit["parent"] else ""
        assert parent in above[unit["level"]], unit


def test_only_the_five_island_districts_have_no_communes() -> None:
    childless = set(OLD) - {unit["parent"] for unit in OLD.values()}
    islands = {OLD[code]["name"] for code in childless if OLD[code]["level"] == "district"}
    assert islands == {"Huyện Bạch Long Vĩ", "Huyện Cồn Cỏ", "Huyện Hoàng Sa", "Huyện Lý Sơn", "Huyện Côn Đảo"}


def test_every_old_commune_and_province_has_exactly_one_default_successor_of_the_new_set() -> None:
    defaults = Counter(row["old"] for row in SUCCESSIONS if row["is_default"] == "1")
    expected = {code for code, unit in OLD.items() if unit["level"] in {"province", "commune"}}
    assert expected <= set(defaults)
    assert set(defaults.values()) == {1}
    assert len({(row["old"], row["new"]) for row in SUCCESSIONS}) == len(SUCCESSIONS)
    assert all(row["old"] in OLD and row["new"] in NEW for row in SUCCESSIONS)


def test_every_new_commune_came_from_somewhere() -> None:
    assert {row["new"] for row in SUCCESSIONS} == set(NEW)


def test_a_commune_goes_to_the_province_its_own_province_went_to() -> None:
    became = {row["old"]: row["new"] for row in SUCCESSIONS if OLD[row["old"]]["level"] == "province"}
    for row in SUCCESSIONS:
        unit = OLD[row["old"]]
        if unit["level"] == "commune":
            assert NEW[row["new"]]["parent"] == became[OLD[unit["parent"]]["parent"]], row


def test_xuan_loi_became_part_of_tien_lu_in_phu_tho() -> None:
    successors = [row["new"] for row in SUCCESSIONS if row["old"] == "08836"]
    assert [NEW[code]["name"] for code in successors] == ["Xã Tiên Lữ"]
    assert NEW[NEW["08842"]["parent"]]["name"] == "Tỉnh Phú Thọ"


@pytest.mark.reference
def test_units_agree_with_the_shared_lists_of_both_eras(shared: Path) -> None:
    old = {row["code"]: row for row in rows(shared / "admin_units_2024.csv")}
    new = {row["code"]: row for row in rows(shared / "admin_units_2025.csv")}
    assert set(NEW) == set(new)
    assert all(unit["name"] == new[code]["name"] for code, unit in NEW.items())
    assert {OLD[code]["name"] for code in set(OLD) - set(old)} == {"Phường Mộc Lỵ", "Phường Bình Minh", "Phường Cờ Đỏ"}
    moved = [
        c for c in set(OLD) & set(old) if OLD[c]["parent"] != (old[c]["parent_code_2025_01"] or old[c]["parent_code"])
    ]
    assert moved == []


@pytest.mark.reference
def test_successions_agree_with_the_shared_mapping(shared: Path) -> None:
    theirs = {
        (row["old_code"], row["new_code"]): row
        for row in rows(shared / "admin_unit_changes.csv")
        if row["level"] == "3"
    }
    ours = {(row["old"], row["new"]): row for row in SUCCESSIONS if OLD[row["old"]]["level"] == "commune"}
    assert set(ours) <= set(theirs)
    assert len(set(theirs) - set(ours)) == 11  # pairs of the statistics office alone, or found by name in resolutions
    differing = {old for (old, new), row in ours.items() if row["is_default"] != theirs[old, new]["is_default"]}
    assert differing == {"00556", "31379"}  # split communes: the sources choose different larger halves
