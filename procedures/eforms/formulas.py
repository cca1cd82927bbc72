"""Computed fields: a formula as data, evaluated without `eval`.

A formula is a number, `{"field": key}`, or `{"op": "plus|minus|times|min|max", "args": [formula, …]}`; an unanswered
field is 0. A repeating group counts its entries.
"""

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


OPERATIONS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
    "times": lambda a, b: a * b,
    "min": min,
    "max": max,
}
