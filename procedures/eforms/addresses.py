"""Addresses by stored units: what may be chosen next, and reading an address written out in one line."""

from collections.abc import Mapping
from typing import Any

from portal.floor.vietnamese import fold
from procedures.models import AdministrativeUnit

Option = tuple[str, str]  # code, name
LEVELS = {"2024": ("province", "district", "commune"), "2025": ("province", "commune")}

_known: dict[tuple[str, str], list[Option]] = {}


def levels(unit_set: str) -> tuple[str, ...]:
    """The levels an address of that era has."""
    return LEVELS.get(unit_set, LEVELS["2024"])


def options(unit_set: str, parent: str = "") -> list[Option]:
    """Units right below `parent` ("": the provinces) in Vietnamese order, kept in memory: they change by law alone."""
    if (unit_set, parent) not in _known:
        units = AdministrativeUnit.objects.filter(unit_set=unit_set).order_by("sort_key")
        below = units.filter(parent__code=parent, parent__unit_set=unit_set) if parent else units.filter(parent=None)
        found = list(below.values_list("code", "name"))
        if not found:
            return []
        _known[unit_set, parent] = found
    return _known[unit_set, parent]


def forget() -> None:
    """Read the units again; the importer calls this."""
    _known.clear()


def name_of(unit_set: str, parent: str, code: str) -> str | None:
    """The name of the unit with that code below `parent`, None when it is not there."""
    return next((name for one, name in options(unit_set, parent) if one == code), None)


def in_words(unit_set: str, chosen: Mapping[str, str], detail: str) -> str:
    """The address in one line, smallest part first."""
    names, parent = [], ""
    for level in levels(unit_set):
        names.append(name_of(unit_set, parent, chosen[level]) or "")
        parent = chosen[level]
    return ", ".join(part for part in [detail, *reversed(names)] if part)


def locate(text: str, unit_set: str) -> dict[str, str]:
    """The units an address in one line names, from the province down as far as they are recognised."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found: dict[str, str] = {}
    parent = ""
    for level in levels(unit_set):
        if not parts:
            break
        wanted = _bare(parts[-1])
        code = next((code for code, name in options(unit_set, parent) if _bare(name) == wanted), None)
        if code is None:
            break
        found[level], parent = code, code
        parts.pop()
    return found | {"detail": ", ".join(parts)}


KINDS = ("tinh ", "thanh pho ", "tp ", "tp. ", "quan ", "huyen ", "thi xa ", "thi tran ", "phuong ", "xa ", "dac khu ")


def proper(name: str) -> str:
    """“Huyện Lập Thạch” → “Lập Thạch”; “Quận 1” stays, for the number alone says nothing."""
    folded = fold(name)
    kind = next((kind for kind in KINDS if folded.startswith(kind)), "")
    words = name.split()[len(kind.split()) :]
    return name if not words or words[0].isdigit() else " ".join(words)


def _bare(name: str) -> str:
    return fold(proper(name))


def written_out(value: Any) -> str:
    """Any form of an address answer as one line."""
    return str(value.get("text", "")) if isinstance(value, Mapping) else str(value or "")
