"""Computed fields: a formula as data, evaluated without `eval`, and as people write it: “(a + 2) × b”, “min(a; 5)”.

A formula is a number, `{"field": key}`, or `{"op": "plus|minus|times|min|max", "args": [formula, …]}`; an unanswered
field is 0. A repeating group counts its entries.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import reduce
from typing import Any


class FormulaMistake(ValueError):
    """The formula is not in the format above."""


def evaluate(formula: Any, answers: Mapping[str, Any]) -> Decimal:
    """Raises FormulaMistake."""
    if isinstance(formula, Mapping) and "field" in formula:
        return _number(answers.get(str(formula["field"])))
    if isinstance(formula, Mapping) and formula.get("op") in OPERATIONS and isinstance(formula.get("args"), list):
        parts = [evaluate(part, answers) for part in formula["args"]] or [Decimal(0)]
        return reduce(OPERATIONS[formula["op"]], parts)
    if isinstance(formula, int | float) and not isinstance(formula, bool):
        return Decimal(str(formula))
    raise FormulaMistake(f"not a formula: {formula!r}")


def fields(formula: Any) -> Iterator[str]:
    """Keys of the fields the formula reads. Raises FormulaMistake."""
    evaluate(formula, {})
    if isinstance(formula, Mapping):
        if "field" in formula:
            yield str(formula["field"])
        for part in formula.get("args", ()):
            yield from fields(part)


def read(text: str) -> Any:
    """The formula somebody wrote. Raises FormulaMistake with the place that cannot be read."""
    pieces = _PIECE.findall(text)
    if "".join(pieces) != "".join(text.split()) or not pieces:
        raise FormulaMistake(text)
    formula, rest = _sum(pieces)
    if rest:
        raise FormulaMistake(" ".join(rest))
    return formula


def _sum(pieces: list[str]) -> tuple[Any, list[str]]:
    left, rest = _product(pieces)
    while rest and rest[0] in "+-−":
        operation = "plus" if rest[0] == "+" else "minus"
        right, rest = _product(rest[1:])
        left = {"op": operation, "args": [left, right]}
    return left, rest


def _product(pieces: list[str]) -> tuple[Any, list[str]]:
    left, rest = _single(pieces)
    while rest and rest[0] in "*×":
        right, rest = _single(rest[1:])
        left = {"op": "times", "args": [left, right]}
    return left, rest


def _single(pieces: list[str]) -> tuple[Any, list[str]]:
    match pieces:
        case ["(", *rest]:
            inner, rest = _sum(rest)
            return inner, _expect(")", rest)
        case [("min" | "max") as name, "(", *rest]:
            first, rest = _sum(rest)
            second, rest = _sum(_expect(";", rest))
            return {"op": name, "args": [first, second]}, _expect(")", rest)
        case [("-" | "−"), *rest]:
            inner, rest = _single(rest)
            return {"op": "minus", "args": [0, inner]}, rest
        case [piece, *rest] if piece[0].isdigit():
            number = Decimal(piece.replace(",", "."))
            return (int(number) if number == number.to_integral_value() else float(number)), rest
        case [piece, *rest] if piece[0].isalpha():
            return {"field": piece}, rest
    raise FormulaMistake(" ".join(pieces))


def _expect(mark: str, pieces: list[str]) -> list[str]:
    if pieces[:1] != [mark]:
        raise FormulaMistake(" ".join(pieces))
    return pieces[1:]


def written(formula: Any) -> str:
    """The formula as `read` takes it back. Raises FormulaMistake."""
    evaluate(formula, {})
    return _written(formula)


def _written(formula: Any, inside: str = "") -> str:
    if not isinstance(formula, Mapping):
        return format(Decimal(str(formula)), "f").replace(".", ",")
    if "field" in formula:
        return str(formula["field"])
    name, args = formula["op"], formula["args"] or [0]
    if len(args) == 1:
        return _written(args[0], inside)
    if name in ("min", "max"):
        first, *others = (_written(part) for part in args)
        return reduce(lambda left, right: f"{name}({left}; {right})", others, first)
    # What follows a minus, or stands in a product, keeps its own brackets.
    parts = [_written(args[0], name if name == "times" else ""), *(_written(part, name) for part in args[1:])]
    text = f" {_SIGNS[name]} ".join(parts)
    return f"({text})" if inside == "minus" or (inside == "times" and name != "times") else text


def plain(value: Decimal) -> int | str:
    """As JSON: an integer, or decimal text."""
    return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")


def _number(value: Any) -> Decimal:
    if isinstance(value, list):
        return Decimal(len(value))
    if isinstance(value, bool):
        return Decimal(int(value))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


_PIECE = re.compile(r"\d+(?:[.,]\d+)?|[a-z][a-z0-9_]*|[-+−*×();]", re.ASCII)
_SIGNS = {"plus": "+", "minus": "-", "times": "×"}
OPERATIONS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
    "times": lambda a, b: a * b,
    "min": min,
    "max": max,
}
