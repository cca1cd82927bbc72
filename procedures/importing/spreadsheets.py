"""Tables as XLSX: reading what a person filled in, guarded against files made to harm, and writing them.

A cell is read as exactly what its column holds; formulas are never evaluated. Nothing is read before the archive is
known to be small. Cells longer than Excel allows stand on a sheet of their own, in pieces.
"""

import datetime as dt
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal.floor.vietnamese import fold
from procedures.importing.summary import LARGEST, FileRefused

UNPACKED = 96 * 1024 * 1024  # bytes of all parts together
PACKING = 250  # times smaller than its content: beyond, an archive is made of nothing
MEMBERS, ROWS, COLUMNS = 200, 60_000, 80
CELL = 32_000  # characters; Excel keeps 32,767
LONG = "Văn bản dài"
POINTER = re.compile(rf"\[{LONG} (\d+)\]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
YES, NO = {"x", "co", "dung", "true", "1"}, {"", "khong", "sai", "false", "0"}


class CellRefused(Exception):
    """A cell does not hold what its column is for."""


@dataclass(frozen=True, slots=True)
class Column:
    """`key`: where the value stands in a row, dots reach inside. `choices`: value → the words people read."""

    key: str
    title: str
    kind: str = "text"  # text, lines, codes, whole, hours, flag, day, clock, json, choice
    width: int = 16
    choices: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    columns: tuple[Column, ...]
    needed: bool = False

    def place(self, key: str) -> str:
        """Letter and title of the column of a key, or of the key it stands inside."""
        for number, column in enumerate(self.columns, 1):
            if key == column.key or key.startswith((f"{column.key}.", f"{column.key}[")):
                return f"{get_column_letter(number)} ({column.title})"
        return key


@dataclass(slots=True)
class Line:
    """One row of a sheet as nested values; `mistakes`: column and reason; `strange`: columns nobody reads."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def is_workbook(data: bytes) -> bool:
    return data[:4] == b"PK\x03\x04"


def read(data: bytes, sheets: Sequence[Sheet]) -> dict[str, list[Line]]:
    """The lines of the known sheets that the file has, by title. Raises FileRefused."""
    _guard(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        given = {_plain(name): name for name in book.sheetnames}
        if missing := [one.title for one in sheets if one.needed and _plain(one.title) not in given]:
            raise FileRefused(_("Tệp thiếu trang %(sheets)s") % {"sheets": ", ".join(missing)})
        long = _long_texts(_cells(book[given[_plain(LONG)]])) if _plain(LONG) in given else {}
        found = {}
        for sheet in sheets:
            if (name := given.get(_plain(sheet.title))) is not None:
                found[sheet.title] = list(_lines(sheet, _cells(book[name]), long))
        return found
    except FileRefused:
        raise
    except Exception as mistake:  # what a broken workbook raises is anybody's guess
        words = {"what": type(mistake).__name__}
        raise FileRefused(_("Tệp XLSX hỏng, không đọc được (%(what)s)") % words) from None


def _guard(data: bytes) -> None:
    """Raises FileRefused unless the archive is small when unpacked, and its XML defines nothing of its own."""
    if len(data) > LARGEST:
        raise FileRefused(_("Tệp lớn hơn 20 MB. Chia nhỏ rồi tải lại"))
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        parts = archive.infolist()
        unpacked = sum(one.file_size for one in parts)
        if len(parts) > MEMBERS or unpacked > UNPACKED or unpacked > PACKING * len(data):
            raise FileRefused(_("Tệp XLSX bung ra quá lớn"))
        for one in parts:
            _guard_part(archive.open(one))
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError, ValueError):
        raise FileRefused(_("Tệp XLSX hỏng, không đọc được")) from None


def _guard_part(part: IO[bytes]) -> None:
    """An XML part that declares no document type cannot expand; in another encoding it could hide one."""
    piece = part.read(1 << 20)
    begins = piece.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"<", b"")
    hidden = piece.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00"))
    rest = b""
    while piece:
        if hidden or (begins and any(mark in rest + piece for mark in (b"<!DOCTYPE", b"<!ENTITY", b"\x00"))):
            raise FileRefused(_("Tệp XLSX có phần XML không dùng được"))
        rest, piece = piece[-16:], part.read(1 << 20)


def _cells(sheet: Any) -> Iterable[tuple[Any, ...]]:
    """Rows of cells. The size a sheet claims is not believed."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS), 1):
        if number > ROWS:
            words = {"sheet": sheet.title, "most": ROWS}
            raise FileRefused(_("Trang %(sheet)s có hơn %(most)s dòng. Chia nhỏ rồi tải lại") % words)
        yield row


def _long_texts(rows: Iterable[tuple[Any, ...]]) -> dict[int, str]:
    pieces: dict[int, list[str]] = {}
    for row in rows:
        values = [cell.value for cell in row[:3]]
        if len(values) == 3 and isinstance(values[0], int):
            pieces.setdefault(values[0], []).append(str(values[2] or ""))
    return {number: "".join(texts) for number, texts in pieces.items()}


def _lines(sheet: Sheet, rows: Iterable[tuple[Any, ...]], long: Mapping[int, str]) -> Iterable[Line]:
    columns: list[Column | None] = []
    titles: list[str] = []
    known = {_plain(name): column for column in sheet.columns for name in (column.title, column.key)}
    for number, row in enumerate(rows, 1):
        if not columns:
            titles = [str(cell.value or "").strip() for cell in row]
            columns = [known.get(_plain(title)) for title in titles]
            if not any(columns):
                raise FileRefused(_("Trang %(sheet)s: dòng 1 phải là tên các cột") % {"sheet": sheet.title})
            continue
        if any(cell.value is not None for cell in row):
            yield _line(sheet, number, zip(titles, columns, row, strict=False), long)


def _line(sheet: Sheet, number: int, cells: Iterable[Any], long: Mapping[int, str]) -> Line:
    line = Line(number)
    for title, column, cell in cells:
        if column is None:
            line.strange += [f"{sheet.title}: {title}"] if title and cell.value is not None else []
            continue
        try:
            if cell.data_type in ("f", "e"):
                raise CellRefused(_("Ô có công thức hoặc lỗi. Dán giá trị vào ô"))
            value = cell.value
            if isinstance(value, str) and (found := POINTER.fullmatch(value.strip())):
                value = long.get(int(found[1]), "")
            if (read_as := READERS[column.kind](value, column)) is not None:
                _put(line.values, column.key, read_as)
        except CellRefused as refused:
            place = f"{get_column_letter(getattr(cell, 'column', None) or 1)} ({column.title})"
            line.mistakes.append((place, str(refused)))
    return line


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    for step in path:
        values = values.setdefault(step, {})
    values[last] = value


def _plain(name: str) -> str:
    return fold(str(name))


# Cells → values ----------------------------------------------------------------------------------------------


def _text(value: Any, column: Column) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        raise CellRefused(_("Ô phải là chữ. Định dạng cột là văn bản (Text)"))
    # Spreadsheets take "1.001190" for a number and drop its last zero.
    return f"{value:.6f}" if isinstance(value, float) and column.key in ("code", "procedure") else f"{value:.15g}"


def _lines_of(value: Any, column: Column) -> list[str] | None:
    text = _text(value, column)
    if text is None:
        return None
    if text.lstrip().startswith("[") and isinstance(found := _json(text, column), list):
        return found
    return [line.strip() for line in text.splitlines() if line.strip()]


def _codes(value: Any, column: Column) -> list[str] | str | None:
    text = _text(value, column)
    if text is None:
        return None
    found = [one.strip() for one in re.split(r"[,;\n]", text) if one.strip()]
    words = {_plain(words): code for code, words in column.choices.items()}
    found = [words.get(_plain(one), one) for one in found]
    return found[0] if column.kind == "level_or_codes" and len(found) == 1 and found[0] in column.choices else found


def _whole(value: Any, column: Column) -> int | None:
    if isinstance(value, str):
        value = value.strip()
        value = int(value) if re.fullmatch(r"-?\d{1,15}", value, re.ASCII) else value or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        value = int(value)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise CellRefused(_("Ô phải là số nguyên"))
    return value


def _hours(value: Any, column: Column) -> Any:
    if isinstance(value, str):
        value = value.strip().replace(",", ".") or None
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        raise CellRefused(_("Ô phải là số"))
    return value


def _flag(value: Any, column: Column) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    word = _plain(value)
    if word not in YES | NO:
        raise CellRefused(_("Ô phải là “có” hoặc “không”"))
    return word in YES


def _day(value: Any, column: Column) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m-%d}"
    text = str(value).strip()
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text, re.ASCII):
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise CellRefused(_("Ô phải là ngày có thật, viết như 23/11/2026")) from None


def _clock(value: Any, column: Column) -> str | None:
    if isinstance(value, dt.datetime | dt.time):
        return f"{value:%H:%M}"
    return (_text(value, column) or "").strip() or None


def _json(value: Any, column: Column) -> Any:
    text = _text(value, column)
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise CellRefused(_("Ô phải là JSON đúng")) from None


def _choice(value: Any, column: Column) -> str | None:
    text = _text(value, column)
    if text is None:
        return None
    words = {_plain(words): code for code, words in column.choices.items()}
    return text if text in column.choices else words.get(_plain(text), text.strip())


READERS: dict[str, Callable[[Any, Column], Any]] = {
    "text": _text, "lines": _lines_of, "codes": _codes, "level_or_codes": _codes, "whole": _whole, "hours": _hours,
    "flag": _flag, "day": _day, "clock": _clock, "json": _json, "choice": _choice,
}  # fmt: skip


# Values → cells ----------------------------------------------------------------------------------------------


class Writer:
    """Writes row by row; nothing but the row at hand is in memory."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.book = Workbook(write_only=True)
        self.sheets = {one.title: (one, self._sheet(one)) for one in sheets}
        self.long = self._sheet(
            Sheet(LONG, (Column("n", "Số"), Column("p", "Phần"), Column("t", "Nội dung", width=60)))
        )
        self.long_texts = 0

    def _sheet(self, sheet: Sheet) -> Any:
        page = self.book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        for number, column in enumerate(sheet.columns, 1):
            page.column_dimensions[get_column_letter(number)].width = column.width
        heading = [self._cell(page, one.title) for one in sheet.columns]
        for cell in heading:
            cell.font = Font(bold=True)
        page.append(heading)
        return page

    def add(self, title: str, values: Mapping[str, Any]) -> None:
        sheet, page = self.sheets[title]
        page.append([self._cell(page, self._shown(_reach(values, one.key), one)) for one in sheet.columns])

    def save(self, out: IO[bytes]) -> None:
        self.book.save(out)

    def _shown(self, value: Any, column: Column) -> Any:
        if value is None:
            return None
        if column.kind == "json":
            value = json.dumps(value, ensure_ascii=False)
        elif column.kind == "lines":
            torn = any("\n" in one or one.startswith("[") or one != one.strip() for one in value)
            value = json.dumps(value, ensure_ascii=False) if torn else "\n".join(value)
        elif column.kind in ("codes", "level_or_codes"):
            value = ", ".join(str(column.choices.get(one, one)) for one in value)
        elif column.kind == "flag":
            value = "có" if value else "không"
        elif column.kind == "choice":
            value = str(column.choices.get(value, value))
        return self._within_bounds(value) if isinstance(value, str) else value

    def _within_bounds(self, text: str) -> str:
        if len(text) <= CELL and not POINTER.fullmatch(text):
            return text
        self.long_texts += 1
        for part, start in enumerate(range(0, len(text), CELL), 1):
            piece = self._cell(self.long, text[start : start + CELL])
            self.long.append([self.long_texts, part, piece])
        return f"[{LONG} {self.long_texts}]"

    @staticmethod
    def _cell(page: Any, value: Any) -> Any:
        if not isinstance(value, str):
            return WriteOnlyCell(page, value)
        cell = WriteOnlyCell(page, CONTROL.sub("", value))
        cell.data_type = "s"  # what begins with = is text, never a formula
        return cell


def _reach(values: Mapping[str, Any], key: str) -> Any:
    found: Any = values
    for step in key.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
