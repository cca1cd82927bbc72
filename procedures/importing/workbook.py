"""Records of a catalogue workbook and back: the rows of `procedures.importing.sheets` put together by code and case."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext as _

from procedures.importing import sheets, spreadsheets
from procedures.importing.official import field_of
from procedures.importing.record import CODE
from procedures.importing.spreadsheets import Line, Sheet, Writer, is_workbook

__all__ = ["SheetRecord", "Unreadable", "is_workbook", "records", "write"]

BELOW = ((sheets.DOCUMENTS, "documents"), (sheets.FEES, "fees"), (sheets.RESULTS, "other_results"))
CHUNG = "chung"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row of a sheet that no record can be made with."""

    row: str
    field: str
    reason: str


class SheetRecord(dict[str, Any]):
    """A record that knows in which row of which sheet each of its parts stands."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.places: dict[str, tuple[Sheet, int]] = {}

    def locate(self, path: str) -> tuple[str, str]:
        """Row and column of a value, as people find them."""
        before = max((one for one in self.places if path == one or path.startswith(f"{one}.") or not one), key=len)
        sheet, line = self.places[before]
        return _row(sheet, line), sheet.place(path.removeprefix(before).removeprefix("."))


@dataclass
class _Reading:
    """The records by code, while their rows come in."""

    found: dict[str, SheetRecord] = field(default_factory=dict)
    wrong: list[Unreadable] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)

    def start(self, line: Line) -> None:
        code = str(line.values.get("code", ""))
        if code[8:9] == "." and not line.values.get("code_suffix"):
            line.values |= {"code": code[:8], "code_suffix": code[9:]}
            code = code[:8]
        if not line.mistakes and not re.fullmatch(CODE, code, re.ASCII):
            line.mistakes.append((sheets.PROCEDURES.place("code"), _("Mã thủ tục phải như 1.001193")))
        if not line.mistakes and code in self.found:
            line.mistakes.append((sheets.PROCEDURES.place("code"), _("Mã thủ tục có hai lần trong tệp")))
        if not self._fine(sheets.PROCEDURES, line, code[:8]):
            return
        one = self.found[code] = SheetRecord(line.values | {"cases": []})
        one |= dict.fromkeys(line.strange)
        one.places[""] = (sheets.PROCEDURES, line.number)
        _fill_field(one)

    def _fine(self, sheet: Sheet, line: Line, code: str) -> bool:
        self.wrong += [Unreadable(_row(sheet, line.number), place, reason) for place, reason in line.mistakes]
        if line.mistakes:
            self.spoilt.add(code)
        return not line.mistakes

    def owned(self, sheet: Sheet, lines: Mapping[str, list[Line]]) -> Iterator[tuple[SheetRecord, Line]]:
        """The rows of a sheet with the record each belongs to; a row of nobody is refused."""
        for line in lines.get(sheet.title, ()):
            code = str(line.values.pop("procedure", ""))[:8]
            if not line.mistakes and code not in self.found and code not in self.spoilt:
                words = {"sheet": sheets.PROCEDURES.title}
                line.mistakes.append((sheet.place("procedure"), _("Trang %(sheet)s không có thủ tục này") % words))
            if self._fine(sheet, line, code) and code in self.found:
                self.found[code] |= dict.fromkeys(line.strange)
                yield self.found[code], line


def records(data: bytes) -> list[SheetRecord | Unreadable]:
    """What the workbook holds, in its order. A wrong cell spoils its procedure only. Raises FileRefused."""
    with translation.override("vi"):
        lines = spreadsheets.read(data, sheets.SHEETS)
    reading = _Reading()
    for line in lines[sheets.PROCEDURES.title]:
        reading.start(line)
    for one, line in reading.owned(sheets.CASES, lines):
        _add_case(one, line)
    for sheet, part in BELOW:
        _begin(reading.found.values(), part, sheet.title in lines)
        for one, line in reading.owned(sheet, lines):
            _add_below(one, line, sheet, part)
    _begin(reading.found.values(), "route", sheets.STAGES.title in lines)
    for one, line in reading.owned(sheets.STAGES, lines):
        _add_stage(one, line)
    for one, line in reading.owned(sheets.CONSULTATIONS, lines):
        _add_consultation(one, line, reading)
    fine = [one for code, one in reading.found.items() if code not in reading.spoilt]
    return [*fine, *reading.wrong]


def _row(sheet: Sheet, line: int) -> str:
    return _("Trang %(sheet)s, dòng %(line)s") % {"sheet": sheet.title, "line": line}


def _fill_field(one: SheetRecord) -> None:
    """A field that is named alone gets its code when it is settled; the shape wants all three."""
    given = one.get("field") or {}
    if given.get("name") and not (given.get("code") and given.get("slug")):
        one["field"] = field_of(given["name"], str(given.get("code") or "")[:3]) | given


def _begin(found: Iterable[SheetRecord], part: str, said: bool) -> None:
    """A sheet that is there speaks of every case: what it does not list is not."""
    for case in (case for one in found for case in one["cases"]):
        if part == "route":
            decision = (case.pop("route", None) or {}).get("decision", "")
            if said:
                case["route"] = {"decision": decision, "stages": []} if decision else None
        elif said:
            case.setdefault(part, [])


def _add_case(one: SheetRecord, line: Line) -> None:
    one.places[f"cases[{len(one['cases']) + 1}]"] = (sheets.CASES, line.number)
    one["cases"].append({"key": CHUNG, "name": "Trường hợp chung"} | line.values)


def _case(one: SheetRecord, line: Line, sheet: Sheet) -> tuple[int, dict[str, Any]]:
    """The case of a row, with its number; one that no sheet describes says nothing but its key."""
    key = str(line.values.pop("case", None) or CHUNG)
    for number, case in enumerate(one["cases"], 1):
        if case["key"] == key:
            return number, case
    one["cases"].append({"key": key})
    one.places[f"cases[{len(one['cases'])}]"] = (sheet, line.number)
    return len(one["cases"]), one["cases"][-1]


def _add_below(one: SheetRecord, line: Line, sheet: Sheet, part: str) -> None:
    number, case = _case(one, line, sheet)
    rows = case.setdefault(part, [])
    if part == "documents":
        line.values.setdefault("key", f"giay-{len(rows) + 1}")
    rows.append(line.values)
    one.places[f"cases[{number}].{part}[{len(rows)}]"] = (sheet, line.number)


def _add_stage(one: SheetRecord, line: Line) -> None:
    number, case = _case(one, line, sheets.STAGES)
    route = case.get("route") or {"decision": "", "stages": []}
    case["route"] = route
    line.values.setdefault("key", f"buoc-{len(route['stages']) + 1}")
    route["stages"].append(line.values)
    one.places[f"cases[{number}].route.stages[{len(route['stages'])}]"] = (sheets.STAGES, line.number)


def _add_consultation(one: SheetRecord, line: Line, reading: _Reading) -> None:
    number, case = _case(one, line, sheets.CONSULTATIONS)
    key = line.values.pop("stage", None)
    for at, stage in enumerate((case.get("route") or {}).get("stages", ()), 1):
        if stage["key"] == key:
            asked = stage.setdefault("consultations", [])
            asked.append(line.values)
            place = f"cases[{number}].route.stages[{at}].consultations[{len(asked)}]"
            one.places[place] = (sheets.CONSULTATIONS, line.number)
            return
    reason = _("Trang %(sheet)s không có bước này") % {"sheet": sheets.STAGES.title}
    place = sheets.CONSULTATIONS.place("stage")
    reading.wrong.append(Unreadable(_row(sheets.CONSULTATIONS, line.number), place, reason))
    reading.spoilt.add(one["code"])


def write(found: Iterable[Mapping[str, Any]], out: IO[bytes]) -> None:
    """Records as a workbook, streamed."""
    with translation.override("vi"):
        writer = Writer(sheets.SHEETS)
        for record in found:
            writer.add(sheets.PROCEDURES.title, record)
            for title, row in _rows_below(record):
                writer.add(title, row)
        writer.save(out)


def _rows_below(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for case in record["cases"]:
        at = {"procedure": record["code"], "case": case["key"]}
        yield sheets.CASES.title, {**case, **at}
        for sheet, part in BELOW:
            for row in case[part]:
                yield sheet.title, {**row, **at}
        for stage in (case["route"] or {}).get("stages", ()):
            yield sheets.STAGES.title, {**stage, **at}
            for asked in stage["consultations"]:
                yield sheets.CONSULTATIONS.title, {**asked, **at, "stage": stage["key"]}
