"""The record of a procedure in our own shape, and the parts by which two records are compared and joined.

A record is nested as `procedures/reference/README.md` says. Flat, it is {part: value}, where a part is a key of the
procedure or "case/key" for a key of one of its cases; "cases" then only lists the cases' own names.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from procedures.importing.shapes import (
    Each,
    Reader,
    Row,
    RowRefused,
    clock,
    day,
    flag,
    hours,
    one_of,
    plain,
    text,
    tree,
    whole,
)
from procedures.models import (
    ClockStart,
    FeeRule,
    Level,
    OnlineScope,
    PartialReason,
    ReturnWay,
    Role,
    RouteStage,
    TimeUnit,
)

Record = Mapping[str, Any]
Parts = dict[str, Any]
CODE = r"\d\.\d{6}"
SUFFIX = r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}"
FIELD_CODE = r"[A-Z]\d{2}-[A-Z0-9]+"
SLUG = r"[a-z0-9][a-z0-9_-]*"
CHANNELS = ("direct", "online", "post")
SMALL = 32_767
# Particulars of the procedure itself; all other parts are texts of a version.
PARTICULARS = ("field", "level", "code_suffix", "national", "popularity", "keywords", "life_events", "agencies")


def _maybe(reader: Reader) -> Reader:
    """Nothing stays nothing: what is known here already stays."""
    return lambda value, place: None if value is None else reader(value, place)


def _or_empty(reader: Row) -> Reader:
    """Nothing is an object that says nothing."""
    return lambda value, place: reader({} if value is None else value, place)


def _agencies(value: Any, place: str) -> Any:
    """A level (every receiving agency of it), "receiving" (the same ones), or a list of codes."""
    if isinstance(value, str):
        return one_of((*Level.values, "receiving"))(value, place)
    return Each(text(35, needed=True), 20_000)(value, place)


def _form(value: Any, place: str) -> Any:
    """The code of a form that is known here, or the form itself."""
    if value is None or isinstance(value, str):
        return text(30)(value, place) or None
    return FORM(value, place)


FORM = Row({"code": text(30, needed=True), "name": text(200, needed=True), "schema": plain})
DOCUMENT = Row(
    {
        "key": text(60, pattern=SLUG, needed=True),
        "name": text(600, needed=True),
        "hint": text(300),
        "group": text(60),
        "required": flag(True),
        "condition": tree,
        "originals": whole(0, SMALL, default=0),
        "copies": whole(0, SMALL, default=1),
        "source": text(150),
        "is_form": flag(),
        "form_name": text(300),
    }
)
FEE = Row(
    {
        "kind": one_of(FeeRule.Kind.values, default=FeeRule.Kind.CHARGE),
        "name": text(200, needed=True),
        "amount": whole(default=0),
        "reduction_percent": whole(0, 100, default=0),
        "channel": one_of(("", *CHANNELS), default=""),
        "condition": tree,
        "per": text(60),
        "legal_basis": text(200),
        "valid_from": day,
        "valid_to": day,
    }
)
CONSULTATION = Row(
    {"agency": text(35, needed=True), "question": text(300, needed=True), "hours": hours, "condition": tree}
)
STAGE = Row(
    {
        "key": text(40, pattern=SLUG, needed=True),
        "name": text(200, needed=True),
        "kind": one_of(RouteStage.Kind.values),
        "level": one_of(Level.values),
        "agency_rule": one_of(RouteStage.AgencyRule.values),
        "agency": text(35),
        "agency_field": text(60),
        "department": text(80),  # "agency code/department code"
        "role": one_of(Role.values),
        "hours": hours,
        "condition": tree,
        "consultations": Each(CONSULTATION, 100, key="agency"),
    }
)
ROUTE = Row({"decision": text(100), "stages": Each(STAGE, 100, key="key")}, optional=True)
RESULT = {"name": text(1000), "code": text(20), "symbol": text(20)}
RESULT |= dict.fromkeys(("template", "refusal_template"), text(120))  # files of the library
RESULT |= dict.fromkeys(("template_source", "refusal_source"), text(200_000, strip=False))
TIME = {
    "amount": whole(1, 9_999),
    "unit": one_of(TimeUnit.values, default=TimeUnit.WORKING_DAY),
    "starts": one_of(ClockStart.values, default=ClockStart.ACCEPTANCE),
    "legal_amount": whole(1, 9_999),
    "cutoff": clock,
}
HEAD = {
    "key": text(40, pattern=SLUG, needed=True),
    "name": text(200, needed=True),
    "condition": tree,
    "instant": flag(False),
    "upload_result": flag(False),
}
CASE: dict[str, Reader] = HEAD | {
    "form": _form,
    "time": _or_empty(Row(TIME)),
    "result": _or_empty(Row(RESULT)),
    "other_results": Each(Row({"name": text(1000, needed=True), "code": text(20)}), 100),
    "pause_grounds": Each(plain, 50),
    "documents": Each(DOCUMENT, 500, key="key"),
    "fees": Each(FEE, 500),
    "route": ROUTE,
}
TEXTS: dict[str, Reader] = {
    "name": text(1200, needed=True),
    "short_name": text(200),
    "decision": _maybe(
        Row({"number": text(60), "title": text(300), "signed_on": day, "effective_on": day}),
    ),
    "valid_from": day,
    "steps": Each(text(needed=True)),
    "channels": Each(one_of(CHANNELS), 10),
    "audience": Each(text(300, needed=True)),
    "competent": text(1400),
    "conditions": text(100_000),
    "legal_basis": Each(text(1000, needed=True)),
    "dossier_sets": whole(0, SMALL, default=1),
    "online_scope": one_of(OnlineScope.values, default=OnlineScope.NONE),
    "partial_reason": text(300),
    "partial_kind": one_of(("", *PartialReason.values), default=""),
    "partial_basis": text(300),
    "return_ways": Each(one_of(ReturnWay.values), 10),
    "no_post_reason": text(300),
    "notes": text(100_000),
    "published": flag(),
}
PROCEDURE: dict[str, Reader] = {
    "code": text(8, pattern=CODE, needed=True),
    "code_suffix": _maybe(text(20, pattern=SUFFIX)),
    "national": _maybe(flag(True)),
    "field": Row(
        {
            "code": text(20, pattern=FIELD_CODE, needed=True),
            "name": text(150, needed=True),
            "slug": text(80, pattern=SLUG, needed=True),
        }
    ),
    "level": one_of(Level.values),
    "popularity": _maybe(whole()),
    "keywords": _maybe(text(500)),
    "life_events": _maybe(Each(text(40, pattern=SLUG))),
    "agencies": _maybe(Row({"receives": _maybe(_agencies), "competent": _maybe(_agencies)}, whole=False)),
}


def reader(*, complete: bool) -> Row:
    """What a record must be. `complete`: what it does not say of a version is empty; else it stays as it is here."""
    texts = TEXTS if complete else {key: _maybe(one) for key, one in TEXTS.items()}
    return Row(PROCEDURE | texts | {"cases": Each(Row(CASE, whole=complete, needed=("key",)), 50, key="key")})


def flat(record: Record) -> Parts:
    """The parts that a read record speaks of."""
    parts = {key: value for key, value in record.items() if key not in ("code", "cases") and value is not None}
    if record["cases"] and all("name" in case for case in record["cases"]):
        parts["cases"] = [{key: case.get(key) for key in HEAD} for case in record["cases"]]
    for case in record["cases"]:
        parts |= {f"{case['key']}/{key}": value for key, value in case.items() if key not in HEAD}
    return parts


def nested(code: str, parts: Parts) -> dict[str, Any]:
    """The record with those parts. Parts of cases that are not listed are dropped."""
    cases = []
    for head in parts.get("cases", ()):
        before = f"{head['key']}/"
        own = {part.removeprefix(before): value for part, value in parts.items() if part.startswith(before)}
        cases.append(dict(head) | own)
    return {"code": code} | {part: value for part, value in parts.items() if "/" not in part} | {"cases": cases}


def digest(value: Any) -> str:
    """Short and different for different values."""
    packed = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()
    return hashlib.blake2b(packed, digest_size=6).hexdigest()


READERS = {complete: reader(complete=complete) for complete in (True, False)}


def read(record: Any, *, complete: bool) -> dict[str, Any]:
    """The record as it is kept. Raises RowRefused."""
    try:
        found: dict[str, Any] = READERS[complete](record, "")
        return found
    except RecursionError:
        raise RowRefused("", _("Lồng nhau quá sâu")) from None
