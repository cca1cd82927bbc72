"""Answers read back: the officer's view, the API's schema, prefilling, and what is kept outside the sealed document."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from procedures import conditions
from procedures.eforms import addresses
from procedures.eforms.kinds import grouped
from procedures.eforms.persons import PARTS, person_in_words
from procedures.eforms.schema import SILENT, Spec, fields, pages, papers

EARLIER = "earlier.same_field"  # the `prefill` of a field answered as in the applicant's last dossier
Lines = list[tuple[str, str]]  # label, text


class Prefilled(NamedTuple):
    """A value from elsewhere. `locked`: shown as read-only text, and no posted value replaces it."""

    value: Any
    source: str
    locked: bool = False


def prefill_map(schema: Mapping[str, Any], facts: Mapping[str, Prefilled]) -> dict[str, Prefilled]:
    """By field: the fact its `prefill` names ("profile.full_name"), where there is one."""
    named = ((spec["key"], _fact(spec, facts)) for spec in fields(schema))
    return {key: fact for key, fact in named if fact is not None and fact.value not in (None, "")}


def _fact(spec: Spec, facts: Mapping[str, Prefilled]) -> Prefilled | None:
    if spec["type"] != "person" or spec.get("prefill") != "profile.person":
        return facts.get(spec.get("prefill", ""))
    known = {part: facts.get(f"profile.{'full_name' if part == 'name' else part}") for part in PARTS}
    given = {part: fact for part, fact in known.items() if fact and fact.value}
    if "name" not in given:
        return None
    whole = len(given) == len(PARTS) and all(fact.locked for fact in given.values())
    return Prefilled({part: fact.value for part, fact in given.items()}, given["name"].source, whole)


def asks_earlier(schema: Mapping[str, Any]) -> bool:
    """Whether a field of the form is to be answered as last time."""
    return any(spec.get("prefill") == EARLIER for spec in fields(schema))


def earlier_facts(schema: Mapping[str, Any], answers: Mapping[str, Any], source: str) -> dict[str, Prefilled]:
    """By field: what an earlier dossier answered in the field of that name, where the form asks for it."""
    asked = (spec["key"] for spec in fields(schema) if spec.get("prefill") == EARLIER)
    return {key: Prefilled(answers[key], source) for key in asked if answers.get(key) not in (None, "", [], {})}


def display(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[tuple[str, Lines]]:
    """By page title: label and text of every visible field; the unanswered say so."""
    shown = ((page["title"], _lines(page.get("fields", ()), answers)) for page in pages(schema))
    return [(title, lines) for title, lines in shown if lines]


def _lines(specs: Sequence[Spec], answers: Mapping[str, Any]) -> Lines:
    lines: Lines = []
    for spec in specs:
        if spec["type"] == "explanation" or not conditions.holds(spec.get("condition"), answers):
            continue
        value = answers.get(spec["key"])
        if spec["type"] == "file":
            lines.append((spec["label"], _("Nộp kèm hồ sơ")))
        elif spec["type"] == "group" and value:
            title = spec.get("entry_label") or spec["label"]
            for number, entry in enumerate(_entries(value), 1):
                lines += [(f"{title} {number}: {label}", text) for label, text in _lines(spec["fields"], entry)]
        else:
            lines.append((spec["label"], in_words(spec, value)))
    return lines


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def in_words(spec: Spec, value: Any) -> str:
    """One answer as people read it. A draft's may be of the wrong shape until it is checked; it is shown as it is."""
    if value in (None, "", [], {}):
        return _("Không có")
    try:
        return _in_words(spec, value)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return str(value)


def _in_words(spec: Spec, value: Any) -> str:
    labels = {str(option["value"]): str(option["label"]) for option in spec.get("options", ())}
    match spec["type"]:
        case "yes_no":
            return _("Có") if value is True else _("Không")
        case "choice" | "linked_choice":
            return labels.get(str(value), str(value))
        case "multi_choice":
            return "; ".join(labels.get(str(one), str(one)) for one in value)
        case "date":
            return "/".join(reversed(str(value).split("-")))
        case "money":
            return _("%(amount)s đồng") % {"amount": grouped(value)}
        case "number" | "computed":
            return grouped(value)
        case "person":
            return person_in_words(value)
        case "address":
            return addresses.written_out(value)
        case "group":
            return "; ".join(
                ", ".join(text for _label, text in _lines(spec["fields"], entry)) for entry in _entries(value)
            )
    return str(value)


def printed(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, str]:
    """By field key, every given answer as people read it; what was not asked or answered is absent."""
    given = (spec for spec in fields(schema) if answers.get(spec["key"]) not in (None, "", [], {}))
    return {spec["key"]: in_words(spec, answers[spec["key"]]) for spec in given}


def marked(schema: Mapping[str, Any], answers: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """The answers of the fields marked `index` or `statistic`: all that may leave the sealed document."""
    return {spec["key"]: answers[spec["key"]] for spec in fields(schema) if spec.get(mark) and spec["key"] in answers}


FORMATS: dict[str, dict[str, Any]] = {
    "number": {"type": ["integer", "string"]},
    "money": {"type": "integer", "minimum": 0},
    "date": {"type": "string", "format": "date"},
    "yes_no": {"type": "boolean"},
    "email": {"type": "string", "format": "email"},
    "personal_id": {"type": "string", "pattern": r"^\d{12}$"},
    "computed": {"type": ["integer", "string"], "readOnly": True},
}


def api_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as JSON Schema 2020-12; conditions stand in `x-condition`, asked files in `x-papers`."""
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | _object(list(fields(schema)))
    asked = [{"key": spec["key"], "title": spec["label"]} for spec in papers(schema)]
    return found | ({"x-papers": asked} if asked else {})


def _object(specs: Sequence[Spec]) -> dict[str, Any]:
    specs = [spec for spec in specs if spec["type"] not in SILENT]
    always = [spec["key"] for spec in specs if _always(spec)]
    properties = {spec["key"]: _property(spec) for spec in specs}
    return {"type": "object", "properties": properties, "required": always, "additionalProperties": False}


def _always(spec: Spec) -> bool:
    # A linked choice is not asked where its parent's answer leads to no option.
    return bool(spec.get("required")) and not spec.get("condition") and spec["type"] != "linked_choice"


def _property(spec: Spec) -> dict[str, Any]:
    found: dict[str, Any] = {"title": str(spec["label"])} | FORMATS.get(spec["type"], {"type": "string"})
    values = [option["value"] for option in spec.get("options", ())]
    if spec["type"] in {"choice", "linked_choice"}:
        found["enum"] = values
    elif spec["type"] == "multi_choice":
        found |= {"type": "array", "items": {"enum": values}, "uniqueItems": True}
    elif spec["type"] == "group":
        found |= {"type": "array", "items": _object(spec["fields"])}
    elif spec["type"] == "person":
        parts = {key: _property({"key": key} | part) for key, part in PARTS.items()}
        needed = [key for key in PARTS if key not in spec.get("optional", ())]
        found |= {"type": "object", "properties": parts, "required": needed, "additionalProperties": False}
    elif spec["type"] == "address":
        codes = {level: {"type": "string"} for level in ("province", "district", "commune", "detail")}
        found |= {"type": "object", "properties": codes, "required": ["province", "commune"]}
    extra = {
        "description": spec.get("help"),
        "x-condition": spec.get("condition"),
        "x-prefill": spec.get("prefill"),
        "x-parent": spec.get("parent"),
    }
    return found | {key: value for key, value in extra.items() if value}
