"""All answers a form may give, as far as some conditions can tell them apart.

`samples(trees, schema)` yields answers such that, whatever a citizen answers, one of the samples makes every one of the
trees just as true or false. What the linter finds for the samples therefore holds for every dossier.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from math import prod
from typing import Any

from django.utils.translation import gettext as _

from procedures.conditions import Tree, fields, holds
from procedures.eforms.persons import PARTS

Spec = Mapping[str, Any]
MOST = 20_000  # samples; more are not looked at
NUMBERS, TICKED = frozenset({"number", "money", "computed"}), frozenset({"multi_choice"})
ORDERED = NUMBERS | {"date"}
OTHER = "~"  # a text that no condition names
UNASKED = object()


class TooMany(ValueError):
    """The conditions ask about so many fields that their answers cannot all be looked at."""


def atoms(tree: Tree) -> Iterator[Mapping[str, Any]]:
    """The single comparisons of a tree."""
    if not tree:
        return
    for branch in [*tree.get("all", ()), *tree.get("any", ()), *([tree["not"]] if "not" in tree else ())]:
        yield from atoms(branch)
    if "field" in tree:
        yield tree


def misuses(tree: Tree, specs: Mapping[str, Spec]) -> Iterator[str]:
    """What a condition asks that the form can never answer, each as a sentence for its author."""
    for atom in atoms(tree):
        key, spec = str(atom["field"]), specs.get(str(atom["field"]).split(".")[0])
        if spec is None:
            yield _("Điều kiện hỏi ô “%(key)s” mà tờ khai không có. Chọn ô khác hoặc thêm ô này") % {"key": key}
        elif not _fits(atom, spec):
            words = {"label": spec.get("label") or key, "value": _shown(atom.get("value"))}
            yield _("Điều kiện so sánh ô “%(label)s” với “%(value)s” không bao giờ có nghĩa. Xem lại giá trị") % words


def samples(trees: Sequence[Tree], schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One set of answers for every way the trees can come out. The trees must be free of misuses. Raises TooMany."""
    specs = {spec["key"]: spec for page in schema.get("pages", ()) for spec in page.get("fields", ())}
    asked = _asked(trees, specs)
    conditions = [*trees, *(specs[key].get("condition") for key in asked)]
    known: dict[str, list[Mapping[str, Any]]] = {key: [] for key in asked}
    for atom in itertools.chain.from_iterable(map(atoms, conditions)):
        known[str(atom["field"]).split(".")[0]].append(atom)
    order = [key for key in specs if key in known]
    choices = [_values(specs[key], known[key]) for key in order]
    if prod(map(len, choices)) > MOST:
        raise TooMany
    found = []
    for values in itertools.product(*choices):
        given = dict(zip(order, values, strict=True))
        answers: dict[str, Any] = {}
        for key in order:  # a field that is not shown has no answer, as in eforms
            if given[key] is not UNASKED and holds(specs[key].get("condition"), answers):
                answers[key] = given[key]
        if answers not in found:
            found.append(answers)
    return found


def _asked(trees: Iterable[Tree], specs: Mapping[str, Spec]) -> set[str]:
    """The fields the trees ask about, and those which decide whether these are shown."""
    asked: set[str] = set()
    waiting = {key.split(".")[0] for tree in trees for key in fields(tree)}
    while waiting:
        key = waiting.pop()
        asked.add(key)
        waiting |= {one.split(".")[0] for one in fields(specs[key].get("condition"))} - asked
    return asked


def _fits(atom: Mapping[str, Any], spec: Spec) -> bool:
    """Whether the comparison can be true of some answer and false of another, as its form is concerned."""
    operator, value, kind = atom.get("op", "eq"), atom.get("value"), spec["type"]
    if operator in ("filled", "empty"):
        return True
    if kind in ("group", "explanation", "file"):
        return False
    if kind == "person":
        part = PARTS.get(str(atom["field"]).partition(".")[2])
        return part is not None and _fits({**atom, "field": "part"}, part)
    constants = value if operator in ("in", "not_in") and isinstance(value, list) else [value]
    if operator == "contains" or kind in TICKED:
        return operator == "contains" and kind in TICKED and _is_option(value, spec)
    if operator in ("gt", "ge", "lt", "le") and kind not in ORDERED:
        return False
    return bool(constants) and all(_is_value(one, spec, str(atom["field"])) for one in constants)


def _is_value(value: Any, spec: Spec, key: str) -> bool:
    kind = spec["type"]
    if kind == "yes_no":
        return isinstance(value, bool)
    if kind in NUMBERS:
        return _number(value) is not None
    if kind == "date":
        return _date(value) is not None
    if kind == "address":
        return "." in key and isinstance(value, str)
    return _is_option(value, spec) if spec.get("options") else isinstance(value, str) and value != ""


def _is_option(value: Any, spec: Spec) -> bool:
    return any(value == option["value"] for option in spec.get("options", ()))


def _values(spec: Spec, asked: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Enough answers of one field to bring out every comparison made of it."""
    found = _answered(spec, asked)
    always = spec["type"] == "computed" or (spec.get("required") and spec["type"] != "linked_choice")
    return found if always else [UNASKED, *found]


def _answered(spec: Spec, asked: Sequence[Mapping[str, Any]]) -> list[Any]:
    kind, constants = spec["type"], _constants(asked)
    if kind == "yes_no":
        return [True, False]
    if kind in TICKED:
        named = [one for one in constants if _is_option(one, spec)]
        rest = [option["value"] for option in spec["options"] if option["value"] not in named][:1]
        return [list(some) for n in range(1, len(named) + 2) for some in itertools.combinations([*named, *rest], n)]
    if spec.get("options"):
        return [option["value"] for option in spec["options"]]
    if kind in NUMBERS:
        return _around(spec, sorted({number for one in constants if (number := _number(one)) is not None}))
    if kind == "date":
        days = [day for one in constants if (day := _date(one))] or [dt.date(2026, 1, 1)]
        return sorted({(day + dt.timedelta(days=n)).isoformat() for day in days for n in (-1, 0, 1)})
    if kind == "group":
        return [[{"": OTHER}]]
    if kind in ("address", "person"):
        return _composed(spec, asked)
    return [OTHER, *(one for one in constants if isinstance(one, str))]


def _composed(spec: Spec, asked: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Answers with parts (`address.commune`, `owner.sex`): every mix of what the conditions tell apart."""
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for one in asked:
        if "." in (key := str(one["field"])):
            parts.setdefault(key.partition(".")[2], []).append(one)
    kinds = PARTS if spec["type"] == "person" else {}
    values = [[UNASKED, *_answered(kinds.get(part, {"type": "text"}), atoms_)] for part, atoms_ in parts.items()]
    mixes = itertools.islice(itertools.product(*values), MOST + 1)
    return [{"": OTHER} | {k: v for k, v in zip(parts, mix, strict=True) if v is not UNASKED} for mix in mixes]


def _around(spec: Spec, constants: Sequence[Decimal]) -> list[Any]:
    """Each number that is named, and what lies right below and above it, within the bounds of the field."""
    step = Decimal(1).scaleb(-int(spec.get("decimals", 0)))
    if spec["type"] == "computed":
        between = [(low + high) / 2 for low, high in itertools.pairwise(constants)]
        found = {*constants, *between, *(one + sign for one in constants for sign in (-1, 1))} or {Decimal(0)}
    else:
        found = {one + n * step for one in constants or [Decimal(0)] for n in (-1, 0, 1)}
        low, high = (_number(spec.get(name, default)) for name, default in (("min", 0), ("max", 10**15)))
        inside = {one for one in found if (low is None or one >= low) and (high is None or one <= high)}
        found = inside or {low if low is not None else Decimal(0)}
    return [int(one) if one == one.to_integral_value() else format(one.normalize(), "f") for one in sorted(found)]


def _constants(asked: Sequence[Mapping[str, Any]]) -> list[Any]:
    found: list[Any] = []
    for one in asked:
        value = one.get("value")
        for constant in value if isinstance(value, list) else [value]:
            if constant is not None and constant not in found:
                found.append(constant)
    return found


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
