"""A schema changed step by step, as the builder does it. Every function gives a new schema and leaves the old one be.

A field is named by its path: its key, or "group.key" inside a repeating group.
"""

import copy
from collections.abc import Mapping
from typing import Any, NoReturn

from portal.floor.vietnamese import fold
from procedures.eforms.mistakes import KEY, clashes, mistakes
from procedures.eforms.schema import Spec

Schema = dict[str, Any]
Fields = list[dict[str, Any]]


def find(schema: Mapping[str, Any], path: str) -> tuple[str, Spec]:
    """The key of the page a field stands on, and the field. Raises KeyError."""
    outer, _dot, inner = path.partition(".")
    for page in schema.get("pages", ()):
        for spec in page.get("fields", ()):
            if spec["key"] == outer:
                within = spec.get("fields", ()) if inner else [spec]
                return page["key"], next((one for one in within if one["key"] == (inner or outer)), None) or _no(path)
    raise KeyError(path)


def before(schema: Mapping[str, Any], page_key: str, path: str, *, group: str = "") -> list[Spec]:
    """The fields a field may ask about: those in front of it, or in front of its place at the end of the page."""
    outer, _dot, inner = path.partition(".")
    found: list[Spec] = []
    for page in schema.get("pages", ()):
        for spec in page.get("fields", ()):
            if group and spec["key"] == group:
                return _until(spec.get("fields", ()), inner)
            if spec["key"] == outer:
                return _until(spec.get("fields", ()), inner) if inner else found
            found.append(spec)
        if page["key"] == page_key and not outer and not group:
            break
    return found


def _until(specs: Any, key: str) -> list[Spec]:
    keys = [spec["key"] for spec in specs]
    return list(specs[: keys.index(key)] if key in keys else specs)


def with_page(schema: Mapping[str, Any], page: Mapping[str, Any]) -> Schema:
    """The page of that key with another title and intro, or a new one at the end."""
    changed = copy.deepcopy(dict(schema))
    known = next((one for one in changed.setdefault("pages", []) if one["key"] == page["key"]), None)
    if known is None:
        changed["pages"].append({"fields": []} | dict(page))
    else:
        known.pop("intro", None)
        known |= page
    return changed


def with_field(schema: Mapping[str, Any], page_key: str, spec: Spec, *, group: str = "") -> Schema:
    """The field of that key with other settings, or a new one at the end of the page or group.

    Raises KeyError when there is no such page or group.
    """
    changed = copy.deepcopy(dict(schema))
    specs = _fields(changed, page_key, group)
    at = next((number for number, one in enumerate(specs) if one["key"] == spec["key"]), len(specs))
    specs[at : at + 1] = [dict(spec)]
    return changed


def without(schema: Mapping[str, Any], *, page: str = "", path: str = "") -> Schema:
    """Without a page, or without a field. Raises KeyError."""
    changed = copy.deepcopy(dict(schema))
    if page:
        _page(changed, page)
        changed["pages"] = [one for one in changed["pages"] if one["key"] != page]
        return changed
    specs, at = _place(changed, path)
    del specs[at]
    return changed


def moved(schema: Mapping[str, Any], step: int, *, page: str = "", path: str = "") -> Schema:
    """A page or field one place up (-1) or down (1); a field at the edge of its page goes to the next page.

    Raises KeyError.
    """
    changed = copy.deepcopy(dict(schema))
    if page:
        at = changed["pages"].index(_page(changed, page))
        _swap(changed["pages"], at, at + step)
        return changed
    specs, at = _place(changed, path)
    if 0 <= at + step < len(specs):
        _swap(specs, at, at + step)
    elif "." not in path:
        keys = [one["key"] for one in changed["pages"]]
        target = keys.index(find(changed, path)[0]) + step
        if 0 <= target < len(keys):
            others = changed["pages"][target].setdefault("fields", [])
            others.insert(len(others) if step < 0 else 0, specs.pop(at))
    return changed


def sound(schema: Mapping[str, Any]) -> Schema:
    """As much of a form under construction as can be drawn: without the fields and pages that have mistakes."""
    left = copy.deepcopy(dict(schema))
    while found := mistakes(left):
        try:
            first = found[0]
            left = without(left, path=first.field) if first.field else without(left, page=first.page)
        except (AttributeError, KeyError, TypeError, ValueError):
            return {"pages": []}
    return left


def propose_key(label: str, kind: str, others: Mapping[str, Spec]) -> str:
    """A key in the letters of the label that none of `others` has or posts."""
    letters = "".join(char if char.isalnum() else "_" for char in fold(label))
    base = "_".join(part for part in letters.split("_") if part)[:40].rstrip("_") or "o"
    base = base if KEY.fullmatch(base) else f"o_{base}"
    key, number = base, 1
    while key in others or clashes(key, kind, others) or key == "csrfmiddlewaretoken":
        number += 1
        key = f"{base}{number}"
    return key


def propose_page_key(title: str, schema: Mapping[str, Any]) -> str:
    """A key for a new page in the letters of its title."""
    taken = {one["key"] for one in schema.get("pages", ())}
    base = fold(title).replace(" ", "-")
    base = "".join(char for char in base if char.isalnum() or char == "-")[:30].strip("-") or "trang"
    return next(key for key in (base, *(f"{base}-{number}" for number in range(2, 1000))) if key not in taken)


def _fields(schema: Schema, page_key: str, group: str) -> Fields:
    if not group:
        found: Fields = _page(schema, page_key).setdefault("fields", [])
        return found
    owner = next((one for page in schema["pages"] for one in page.get("fields", ()) if one["key"] == group), None)
    inner: Fields = (owner or _no(group)).setdefault("fields", [])
    return inner


def _page(schema: Schema, key: str) -> dict[str, Any]:
    pages: Fields = schema.get("pages", [])
    return next((one for one in pages if one["key"] == key), None) or _no(key)


def _place(schema: Schema, path: str) -> tuple[Fields, int]:
    page_key, spec = find(schema, path)
    specs = _fields(schema, page_key, path.partition(".")[0] if "." in path else "")
    return specs, specs.index(dict(spec))


def _swap(rows: list[Any], one: int, other: int) -> None:
    if 0 <= other < len(rows):
        rows[one], rows[other] = rows[other], rows[one]


def _no(key: str) -> NoReturn:
    raise KeyError(key)
