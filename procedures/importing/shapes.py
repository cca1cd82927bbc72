"""Reading what others wrote: each value is taken as exactly what it must be, or refused with its place.

A reader takes a value and its place ("documents[2].name", counted from 1) and gives what is kept, or raises RowRefused.
Nothing at all (null) is what the reader says nothing means.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from portal.floor.vietnamese import BadText, clean, nfc
from procedures import conditions

Reader = Callable[[Any, str], Any]
LARGEST_INTEGER = 2_147_483_647
DEEPEST = 60  # objects within objects of a condition or a form


class RowRefused(Exception):
    """A record cannot be loaded; `field` says where."""

    def __init__(self, field_: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field_


def text(most: int = 20_000, *, pattern: str = "", needed: bool = False, strip: bool = True) -> Reader:
    """Text of at most so many characters, as NFC, `strip`ped of white space around it; nothing is the empty text."""
    compiled = re.compile(pattern, re.ASCII) if pattern else None

    def read(value: Any, place: str) -> str:
        if value is not None and not isinstance(value, str):
            raise RowRefused(place, _("Phải là chữ, không phải %(kind)s") % {"kind": kind(value)})
        found = _clean(value or "", place, strip=strip)
        if needed and not found:
            raise RowRefused(place, _("Không được để trống"))
        if len(found) > most:
            words = {"most": most, "found": len(found)}
            raise RowRefused(place, _("Dài %(found)s ký tự, nhiều nhất %(most)s") % words)
        if compiled and found and not compiled.fullmatch(found):
            raise RowRefused(place, _("Giá trị không dùng được: %(value)s") % {"value": found[:60]})
        return found

    return read


def whole(least: int = 0, most: int = LARGEST_INTEGER, *, default: int | None = None) -> Reader:
    """A whole number between the two; nothing is the default."""

    def read(value: Any, place: str) -> int | None:
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise RowRefused(place, _("Phải là số nguyên, không phải %(kind)s") % {"kind": kind(value)})
        if not least <= value <= most:
            raise RowRefused(place, _("Số phải từ %(least)s đến %(most)s") % {"least": least, "most": most})
        return value

    return read


def hours(value: Any, place: str) -> int | float:
    """Working hours: more than 0, at most two decimals; needed."""
    try:
        amount = Decimal(str(value)) if type(value) in (int, float, str) and len(str(value)) < 20 else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or not 0 < amount < 10_000 or amount != round(amount, 2):
        raise RowRefused(place, _("Phải là số giờ lớn hơn 0, nhiều nhất hai chữ số lẻ"))
    return int(amount) if amount == int(amount) else float(amount)


def flag(default: bool = False) -> Reader:
    def read(value: Any, place: str) -> bool:
        if value is None:
            return default
        if not isinstance(value, bool):
            raise RowRefused(place, _("Phải là đúng hoặc sai, không phải %(kind)s") % {"kind": kind(value)})
        return value

    return read


def one_of(values: Collection[str], *, default: str | None = None) -> Reader:
    """One of the values; nothing is the default, and refused when there is none."""

    def read(value: Any, place: str) -> str:
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in values:
            listed = ", ".join(sorted(one for one in values if one))
            raise RowRefused(place, _("Phải là một trong: %(values)s") % {"values": listed})
        return str(value)

    return read


def day(value: Any, place: str) -> str | None:
    """An ISO date between 1900 and 2999, None for nothing."""
    if value is None or value == "":
        return None
    try:
        found = dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year < 3000:
        raise RowRefused(place, _("Phải là ngày có thật, viết như 2026-11-23"))
    return found.isoformat()


def clock(value: Any, place: str) -> str | None:
    """A time of day as HH:MM, None for nothing."""
    if value is None or value == "":
        return None
    try:
        found = dt.time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo:
        raise RowRefused(place, _("Phải là giờ trong ngày, viết như 15:00"))
    return f"{found:%H:%M}"


def tree(value: Any, place: str) -> Any:
    """A condition of `procedures.conditions`, None for always."""
    found = plain(value, place)
    try:
        conditions.check(found)
    except (conditions.ConditionMistake, AttributeError, TypeError, ValueError) as mistake:
        raise RowRefused(place, _("Điều kiện không dùng được: %(what)s") % {"what": str(mistake)[:200]}) from None
    return found or None


def plain(value: Any, place: str, depth: int = 0) -> Any:
    """Any JSON of moderate depth with clean texts and numbers that can be kept."""
    if depth > DEEPEST:
        raise RowRefused(place, _("Lồng nhau quá sâu"))
    if isinstance(value, str):
        return _clean(value, place, strip=False)
    if isinstance(value, Mapping):
        return {_clean(str(key), place): plain(one, place, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one, place, depth + 1) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise RowRefused(place, _("Số không dùng được"))
    if isinstance(value, int) and abs(value) > 10**15:
        raise RowRefused(place, _("Số quá lớn"))
    return value


@dataclass(frozen=True, slots=True)
class Each:
    """A list of at most so many; nothing is the empty list. `key`: no two rows may agree in it."""

    reader: Reader
    most: int = 500
    key: str = ""

    def __call__(self, value: Any, place: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise RowRefused(place, _("Phải là danh sách, không phải %(kind)s") % {"kind": kind(value)})
        if len(value) > self.most:
            words = {"most": self.most, "found": len(value)}
            raise RowRefused(place, _("Có %(found)s mục, nhiều nhất %(most)s") % words)
        found = [self.reader(one, f"{place}[{number}]") for number, one in enumerate(value, 1)]
        seen: set[Any] = set()
        for number, one in enumerate(found if self.key else (), 1):
            if one[self.key] in seen:
                words = {"value": one[self.key]}
                raise RowRefused(f"{place}[{number}].{self.key}", _("Có hai lần: %(value)s") % words)
            seen.add(one[self.key])
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """An object. `whole`: what it does not say takes its default; else only what it says is kept."""

    readers: Mapping[str, Reader]
    whole: bool = True
    optional: bool = False  # nothing at all stays nothing
    needed: tuple[str, ...] = ()  # asked for even when only what is said is kept

    def __call__(self, value: Any, place: str) -> Any:
        if value is None and self.optional:
            return None
        if not isinstance(value, Mapping):
            raise RowRefused(place, _("Phải là một đối tượng, không phải %(kind)s") % {"kind": kind(value)})
        at = f"{place}." if place else ""
        wanted = (
            self.readers
            if self.whole
            else [key for key in self.readers if value.get(key) is not None or key in self.needed]
        )
        return {key: self.readers[key](value.get(key), at + key) for key in wanted}


def unknown(reader: Reader, value: Any, place: str = "") -> Iterator[str]:
    """Names that the value has and the reader does not read."""
    if isinstance(reader, Row) and isinstance(value, Mapping):
        at = f"{place}." if place else ""
        for key, one in value.items():
            if key in reader.readers:
                yield from unknown(reader.readers[key], one, at + key)
            else:
                yield at + str(key)[:60].encode(errors="replace").decode()
    elif isinstance(reader, Each) and isinstance(value, list):
        for one in value:
            yield from unknown(reader.reader, one, place)


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    names = ((bool, _("đúng/sai")), ((int, float), _("số")), (str, _("chữ")), (list, _("danh sách")))
    return next(
        (str(name) for types, name in names if isinstance(value, types)), _("đối tượng") if value else _("trống")
    )


def _clean(value: str, place: str, *, strip: bool = True) -> str:
    try:
        return clean(value) if strip or clean(value) == value else nfc(value.replace("\r\n", "\n"))
    except BadText:
        raise RowRefused(place, _("Có ký tự không dùng được")) from None
