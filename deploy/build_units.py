"""Build the CSV files of administrative units in `procedures/reference/` from the package `vietnamadminunits` (MIT).

    python3 -m venv /tmp/units && /tmp/units/bin/pip install vietnamadminunits==1.0.4
    /tmp/units/bin/python deploy/build_units.py

The package is a build tool only. Its mapping joins units by unaccented names (`tinhvinhphuc_huyenlapthach_xaxuanloi`),
so the build stops when two units of one parent fold alike or when an old commune has no successor.
"""

import csv
import json
import sqlite3
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "procedures" / "reference"
OLD_UNTIL, NEW_FROM = "2025-06-30", "2025-07-01"
Unit = tuple[str, str, str, str]  # code, level, name, parent code
Succession = tuple[str, str, int, int]  # old code, new code, partial, is_default


def main() -> None:
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        sys.exit("Install vietnamadminunits==1.0.4 first.")
    data = Path(spec.origin).parent / "data"
    with sqlite3.connect(data / "dataset.db") as database:
        database.row_factory = sqlite3.Row
        old_rows = database.execute("SELECT * FROM admin_units_legacy").fetchall()
        new_rows = database.execute("SELECT * FROM admin_units").fetchall()
    mapping = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    unit_header = ("code", "level", "name", "parent", "valid_from", "valid_to")
    _write("units-2024.csv", unit_header, ((*unit, "", OLD_UNTIL) for unit in old_units(old_rows)))
    _write("units-2025.csv", unit_header, ((*unit, NEW_FROM, "") for unit in new_units(new_rows)))
    _write("succession.csv", ("old", "new", "partial", "is_default"), successions(old_rows, new_rows, mapping))


def old_units(rows: Iterable[sqlite3.Row]) -> list[Unit]:
    """Provinces, districts and communes as they were until 30/6/2025; island districts have no communes."""
    found: set[Unit] = set()
    for row in rows:
        found.add((row["provinceCode"], "province", _name(row["province"]), ""))
        found.add((row["districtCode"], "district", _name(row["district"]), row["provinceCode"]))
        if row["wardCode"]:
            found.add((row["wardCode"], "commune", _name(row["ward"]), row["districtCode"]))
    return _sorted(found)


def new_units(rows: Iterable[sqlite3.Row]) -> list[Unit]:
    """Provinces and communes since 1/7/2025."""
    found: set[Unit] = set()
    for row in rows:
        found.add((row["provinceCode"], "province", _name(row["province"]), ""))
        found.add((row["wardCode"], "commune", _name(row["ward"]), row["provinceCode"]))
    return _sorted(found)


def successions(
    old_rows: list[sqlite3.Row], new_rows: list[sqlite3.Row], mapping: dict[str, dict]
) -> Iterator[Succession]:
    """What became of each province, commune and island district. Other districts ended without successor."""
    new_province = {old: new for new, olds in mapping["DICT_PROVINCE"].items() for old in olds}
    province_code = {row["provinceKey"]: row["provinceCode"] for row in new_rows}
    commune_code = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new_rows}
    keys = [f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}" for row in old_rows]
    if len(set(keys)) != len(keys) or len(commune_code) != len(new_rows):
        sys.exit("Two units of one parent have the same unaccented name.")
    whole = {
        old: (province, ward)
        for province, wards in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
        for ward, olds in wards.items()
        for old in olds
    }
    split = {
        old: (province, parts)
        for province, olds in mapping["DICT_PROVINCE_WARD_DIVIDED"].items()
        for old, parts in olds.items()
    }
    for code, key in sorted({(row["provinceCode"], row["provinceKey"]) for row in old_rows}):
        yield code, province_code[new_province[key]], 0, 1
    for row in sorted(old_rows, key=lambda row: row["wardCode"] or row["districtCode"]):
        key = f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"
        code = row["wardCode"] or row["districtCode"]
        if key in whole:
            yield code, commune_code[whole[key]], 0, 1
        elif key in split:
            province, parts = split[key]
            for part in parts:
                yield code, commune_code[province, part["newWardKey"]], 1, int(part["isDefaultNewWard"])
        else:
            sys.exit(f"{code} {row['ward'] or row['district']} ({key}) has no successor in the mapping.")


def _name(name: str) -> str:
    """The name in NFC with the kind of unit in sentence case (Thị Xã → Thị xã)."""
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    for kind in ("Thành phố", "Thị xã", "Thị trấn"):
        if name.casefold().startswith(kind.casefold() + " "):
            return kind + name[len(kind) :]
    return name


def _sorted(units: set[Unit]) -> list[Unit]:
    order = {"province": 0, "district": 1, "commune": 2}
    return sorted(units, key=lambda unit: (order[unit[1]], unit[0]))


def _write(name: str, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    print(f"{name}: {count} rows")


if __name__ == "__main__":
    main()
