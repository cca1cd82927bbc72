"""What an import did, and reading the files it gets."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

LARGEST = 20 * 1024 * 1024  # bytes
Source = Path | bytes


class FileRefused(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not loaded, or not published: which, where in it, why."""

    row: str
    field: str
    reason: str


@dataclass
class Summary:
    """Counts of rows, and what was wrong.

    Of the `loaded`, `published` are in force and `drafted` stay drafts; `updated` got no new version, only other
    particulars (field, agencies …). `defects` say what drafts lack, `ignored` which names nobody reads, and how often.
    """

    loaded: int = 0
    published: int = 0
    drafted: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    updated: int = 0
    defects: list[Refusal] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)

    def refuse(self, row: str, field_: str, reason: str) -> None:
        self.refused.append(Refusal(row, field_, reason))


def files(source: Source) -> Iterable[Source]:
    """The files of a folder in the order of their names, or the one file."""
    return sorted(source.glob("*.json")) if isinstance(source, Path) and source.is_dir() else [source]


def read_bytes(source: Source) -> bytes:
    """Raises FileRefused for a file that is too large, before it is read."""
    if (source.stat().st_size if isinstance(source, Path) else len(source)) > LARGEST:
        raise FileRefused(_("Tệp lớn hơn 20 MB. Chia nhỏ rồi tải lại"))
    return source.read_bytes() if isinstance(source, Path) else source


def read_text(source: Source) -> str:
    """Raises FileRefused for a file that is too large or not UTF-8 text."""
    try:
        text = read_bytes(source).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(_("Tệp không phải văn bản UTF-8. Lưu lại với bảng mã UTF-8")) from None
    if "\x00" in text:
        raise FileRefused(_("Tệp có ký tự không dùng được (NUL)"))
    return text


def read_json(source: Source, *, strict: bool = True) -> Any:
    """Raises FileRefused. Not `strict`: numbers without a value and halves of characters are left for the reader."""
    text = read_text(source)
    try:
        content = json.loads(text, parse_int=_whole)
        if strict:
            json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
        return content
    except UnicodeEncodeError:
        raise FileRefused(_("Tệp có ký tự không dùng được (nửa ký tự)")) from None
    except json.JSONDecodeError as mistake:
        raise FileRefused(_("Tệp JSON sai ở dòng %(line)s") % {"line": mistake.lineno}) from None
    except RecursionError:
        raise FileRefused(_("Tệp JSON lồng nhau quá sâu")) from None
    except ValueError:
        raise FileRefused(_("Tệp JSON có số không dùng được")) from None


def _whole(digits: str) -> int | float:
    """Python refuses to read thousands of digits; whoever reads the value will."""
    return int(digits) if len(digits) < 40 else float("inf")


def read_csv(source: Source, *columns: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Line number and row of a CSV file with a header. Raises FileRefused when a needed column is absent."""
    reader = csv.DictReader(io.StringIO(read_text(source)))
    if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
        raise FileRefused(_("Tệp thiếu cột %(columns)s") % {"columns": ", ".join(missing)})
    for row in reader:
        yield str(reader.line_num), {key: (value or "").strip() for key, value in row.items() if key}
