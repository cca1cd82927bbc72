"""A province's agencies, departments and officers from one workbook: all of it, or nothing and every mistake named."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext as _

from procedures.importing import spreadsheets
from procedures.importing.record import SLUG
from procedures.importing.shapes import Row, RowRefused, day, flag, one_of, text, whole
from procedures.importing.spreadsheets import Column, Line, Sheet, Writer
from procedures.importing.summary import Refusal
from procedures.models import Level, Role

LEVELS, ROLES = dict(Level.choices), dict(Role.choices)
AGENCIES = Sheet(
    "Cơ quan",
    (
        Column("code", "Mã định danh", width=20),
        Column("name", "Tên cơ quan", width=40),
        Column("level", "Cấp", "choice", choices=LEVELS),
        Column("parent", "Mã cơ quan cấp trên", width=20),
        Column("unit", "Mã đơn vị hành chính"),
        Column("short_name", "Tên gọi", width=24),
        Column("symbol", "Ký hiệu văn bản"),
        Column("place", "Địa danh ghi trên văn bản", width=20),
        Column("one_stop", "Tiếp nhận hồ sơ", "flag"),
        Column("one_stop_name", "Tên bộ phận một cửa", width=30),
        Column("address", "Địa chỉ", width=30),
        Column("phone", "Điện thoại"),
        Column("email", "Thư điện tử", width=24),
        Column("seal_mm", "Đường kính dấu (mm)", "whole"),
    ),
    needed=True,
)
DEPARTMENTS = Sheet(
    "Phòng ban",
    (Column("agency", "Mã cơ quan", width=20), Column("code", "Mã phòng"), Column("name", "Tên phòng", width=40)),
)
OFFICERS = Sheet(
    "Công chức",
    (
        Column("username", "Tên đăng nhập", width=20),
        Column("name", "Họ và tên", width=24),
        Column("email", "Thư điện tử", width=28),
        Column("agency", "Mã cơ quan", width=20),
        Column("department", "Mã phòng"),
        Column("role", "Vai trò", "choice", 22, ROLES),
        Column("title", "Chức vụ", width=20),
        Column("signing_capacity", "Thẩm quyền ký", width=24),
        Column("valid_from", "Từ ngày", "day"),
    ),
    needed=True,
)
SHEETS = (AGENCIES, DEPARTMENTS, OFFICERS)
CODE = text(35, needed=True)
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
READERS = {
    AGENCIES.title: Row(
        {
            "code": CODE,
            "name": text(200, needed=True),
            "level": one_of(Level.values),
            "parent": text(35),
            "unit": text(5),
            "short_name": text(120),
            "symbol": text(20, needed=True),
            "place": text(80, needed=True),
            "one_stop": flag(),
            "one_stop_name": text(200),
            "address": text(250),
            "phone": text(20),
            "email": text(250, pattern=EMAIL),
            "seal_mm": whole(20, 60, default=36),
        }
    ),
    DEPARTMENTS.title: Row(
        {"agency": CODE, "code": text(40, pattern=SLUG, needed=True), "name": text(200, needed=True)}
    ),
    OFFICERS.title: Row(
        {
            "username": text(60, pattern=r"[a-z0-9][a-z0-9._-]{2,59}", needed=True),
            "name": text(200, needed=True),
            "email": text(250, pattern=EMAIL, needed=True),
            "agency": CODE,
            "department": text(40),
            "role": one_of(Role.values),
            "title": text(120, needed=True),
            "signing_capacity": text(60),
            "valid_from": day,
        }
    ),
}
SAMPLE: dict[str, list[dict[str, Any]]] = {
    AGENCIES.title: [
        {
            "code": "H14", "name": "Ủy ban nhân dân tỉnh Cao Bằng", "level": "province", "unit": "04",
            "symbol": "UBND", "place": "Cao Bằng", "one_stop": False,
        },
        {
            "code": "H14.02", "name": "Sở Nội vụ", "level": "province", "parent": "H14", "unit": "04",
            "symbol": "SNV", "place": "Cao Bằng", "one_stop": True, "one_stop_name": "Trung tâm hành chính công",
        },
    ],
    DEPARTMENTS.title: [{"agency": "H14.02", "code": "hanh-chinh", "name": "Phòng Hành chính"}],
    OFFICERS.title: [
        {
            "username": "an.nguyen", "name": "Nguyễn Văn An", "email": "an.nguyen@caobang.example",
            "agency": "H14.02", "department": "hanh-chinh", "role": "receiver", "title": "Chuyên viên",
        },
    ],
}  # fmt: skip


class OfficesRefused(Exception):
    """The workbook has mistakes; `refusals` name each by sheet, row and column."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(_("Tệp có %(count)s chỗ sai") % {"count": len(refusals)})
        self.refusals = refusals


@dataclass
class Offices:
    """Rows that are sound in themselves and to one another."""

    agencies: list[dict[str, Any]] = field(default_factory=list)
    departments: list[dict[str, Any]] = field(default_factory=list)
    officers: list[dict[str, Any]] = field(default_factory=list)


def read(data: bytes, *, units: Mapping[str, str]) -> Offices:
    """`units`: code → level of the administrative units. Raises FileRefused or OfficesRefused."""
    with translation.override("vi"):
        lines = spreadsheets.read(data, SHEETS)
    reading = _Reading()
    agencies = reading.rows(AGENCIES, lines)
    departments, officers = reading.rows(DEPARTMENTS, lines), reading.rows(OFFICERS, lines)
    codes = {row["code"]: row for row, _line in agencies}
    rooms = {(row["agency"], row["code"]) for row, _line in departments}
    _check_agencies(reading, agencies, codes, units)
    for row, line in departments:
        reading.demand(row["agency"] in codes, DEPARTMENTS, line, "agency", row["agency"])
    for row, line in officers:
        reading.demand(row["agency"] in codes, OFFICERS, line, "agency", row["agency"])
        known = not row["department"] or (row["agency"], row["department"]) in rooms
        reading.demand(known, OFFICERS, line, "department", row["department"])
    reading.demand_once(DEPARTMENTS, departments, ("agency", "code"))
    reading.demand_once(OFFICERS, officers, ("username", "agency", "role"))
    people: dict[str, str] = {}
    for row, line in officers:
        same = people.setdefault(row["username"], row["name"]) == row["name"]
        reading.demand(same, OFFICERS, line, "username", row["username"], _("Tên đăng nhập đã của người khác"))
    if reading.wrong:
        raise OfficesRefused(reading.wrong)
    return Offices(*([row for row, _line in rows] for rows in (agencies, departments, officers)))


def _check_agencies(reading: "_Reading", rows: Any, codes: Mapping[str, Any], units: Mapping[str, str]) -> None:
    reading.demand_once(AGENCIES, rows, ("code",))
    for row, line in rows:
        reading.demand(not row["parent"] or row["parent"] in codes, AGENCIES, line, "parent", row["parent"])
        reading.demand(not row["unit"] or row["unit"] in units, AGENCIES, line, "unit", row["unit"])
        above, seen = row["parent"], {row["code"]}
        while above in codes and above not in seen:
            seen.add(above)
            above = codes[above]["parent"]
        reading.demand(above not in seen, AGENCIES, line, "parent", above, _("Cơ quan cấp trên quay vòng"))


@dataclass
class _Reading:
    wrong: list[Refusal] = field(default_factory=list)

    def rows(self, sheet: Sheet, lines: Mapping[str, list[Line]]) -> list[tuple[dict[str, Any], Line]]:
        found = []
        for line in lines.get(sheet.title, ()):
            for place, reason in line.mistakes:
                self.refuse(sheet, line, place, reason)
            try:
                row = READERS[sheet.title](line.values, "") if not line.mistakes else None
            except RowRefused as refused:
                self.refuse(sheet, line, sheet.place(refused.field), str(refused))
            else:
                found += [(row, line)] if row else []
        return found

    def refuse(self, sheet: Sheet, line: Line, place: str, reason: str) -> None:
        where = _("Trang %(sheet)s, dòng %(line)s") % {"sheet": sheet.title, "line": line.number}
        self.wrong.append(Refusal(where, place, reason))

    def demand(self, fine: bool, sheet: Sheet, line: Line, key: str, value: str, reason: str = "") -> None:
        if not fine:
            reason = reason or _("Không có mã %(code)s") % {"code": value}
            self.refuse(sheet, line, sheet.place(key), reason)

    def demand_once(self, sheet: Sheet, rows: list[tuple[dict[str, Any], Line]], keys: tuple[str, ...]) -> None:
        times = Counter(tuple(row[key] for key in keys) for row, _line in rows)
        for row, line in rows:
            if times[tuple(row[key] for key in keys)] > 1:
                self.refuse(sheet, line, sheet.place(keys[0]), _("Có hai dòng giống nhau"))


def write_template(out: IO[bytes]) -> None:
    """The empty workbook with one example each, to be overwritten."""
    with translation.override("vi"):
        writer = Writer(SHEETS)
        for title, rows in SAMPLE.items():
            for row in rows:
                writer.add(title, row)
        writer.save(out)
