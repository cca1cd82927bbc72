"""The schema itself: walking it, and refusing one that could not be filled in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from procedures import conditions
from procedures.eforms import formulas

Spec = Mapping[str, Any]

TYPES = frozenset(
    "text long_text number money date yes_no choice multi_choice person_name personal_id phone email address "
    "organisation tax_code group computed explanation".split()
)
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


class SchemaMistake(ValueError):
    """The schema is not in the format of `procedures.eforms`; the message names page and field."""


def pages(schema: Mapping[str, Any]) -> list[Spec]:
    """The pages in order."""
    return list(schema.get("pages", ()))


def page(schema: Mapping[str, Any], key: str) -> Spec:
    """Raises KeyError when the schema has no such page."""
    return next((page for page in pages(schema) if page["key"] == key), None) or _no_page(key)


def fields(schema: Mapping[str, Any]) -> Iterator[Spec]:
    """All fields of all pages in order; fields inside groups not included."""
    for one in pages(schema):
        yield from one.get("fields", ())


def visible(specs: Sequence[Spec], answers: Mapping[str, Any]) -> list[Spec]:
    """The fields to be shown for these answers."""
    return [spec for spec in specs if conditions.holds(spec.get("condition"), answers)]


def visible_pages(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Spec]:
    """The pages that have something to fill in or read for these answers.

    A page counts as soon as one of its fields may appear while it is being filled in.
    """
    return [one for one in pages(schema) if _may_show(one.get("fields", ()), answers)]


def _may_show(specs: Sequence[Spec], answers: Mapping[str, Any]) -> bool:
    own = {spec["key"] for spec in specs}
    return any(
        conditions.holds(spec.get("condition"), answers) or own.intersection(conditions.fields(spec.get("condition")))
        for spec in specs
        if spec["type"] != "explanation"
    )


def _no_page(key: str) -> Spec:
    raise KeyError(key)


def check(schema: Any) -> None:
    """Raises SchemaMistake unless every page and field can be rendered, checked and displayed."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get("pages"), list):
        raise SchemaMistake("the schema needs a list of pages")
    seen: set[str] = set()
    page_keys: set[str] = set()
    for one in schema["pages"]:
        where = str(one.get("key", "?"))
        if not re.fullmatch(r"[a-z0-9_-]+", where) or where in page_keys or not one.get("title"):
            raise SchemaMistake(f"page {where}: needs a key of its own and a title")
        page_keys.add(where)
        for spec in one.get("fields", ()):
            _check_field(spec, where, seen)
    known = set(seen)
    for spec in fields(schema):
        _check_references(spec, known)


def _check_field(spec: Spec, where: str, seen: set[str]) -> None:
    key = str(spec.get("key", ""))
    where = f"{where}.{key}"
    if not KEY.fullmatch(key) or key in seen:
        raise SchemaMistake(f"{where}: needs a key of its own (a-z, 0-9, _)")
    seen.add(key)
    kind = spec.get("type")
    if kind not in TYPES:
        raise SchemaMistake(f"{where}: unknown type {kind!r}")
    if not spec.get("label") and kind != "explanation":
        raise SchemaMistake(f"{where}: has no label")
    if kind in {"choice", "multi_choice"} and not spec.get("options"):
        raise SchemaMistake(f"{where}: has no options")
    if kind == "group":
        _check_group(spec, where)
    if "pattern" in spec:
        try:
            re.compile(spec["pattern"])
        except re.error as mistake:
            raise SchemaMistake(f"{where}: {mistake}") from None


def _check_group(spec: Spec, where: str) -> None:
    inside: set[str] = set()
    for sub in spec.get("fields") or ():
        if sub.get("type") in {"group", "computed"}:
            raise SchemaMistake(f"{where}: a group holds plain fields only")
        _check_field(sub, where, inside)
    if not inside:
        raise SchemaMistake(f"{where}: a group without fields")


def _check_references(spec: Spec, known: set[str]) -> None:
    try:
        conditions.check(spec.get("condition"))
        asked = set(conditions.fields(spec.get("condition")))
        if spec["type"] == "computed":
            asked |= set(formulas.fields(spec.get("formula")))
    except ValueError as mistake:
        raise SchemaMistake(f"{spec['key']}: {mistake}") from None
    if missing := {key.split(".")[0] for key in asked} - known:
        raise SchemaMistake(f"{spec['key']}: asks about {', '.join(sorted(missing))}, which the form does not have")
