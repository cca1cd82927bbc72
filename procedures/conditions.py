"""Conditions over a form's answers, written as data.

A tree is `null` (always holds) or one of

    {"all": [tree, …]}   {"any": [tree, …]}   {"not": tree}
    {"field": "key", "op": "eq", "value": …}

Operators: `eq ne in not_in gt ge lt le contains filled empty`; the last two take no value. A dotted key
(`address.province`) reaches into an answer. An unanswered field satisfies `empty`, `ne` and `not_in` alone.
Dates are ISO text.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Tree = Mapping[str, Any] | None
Spec = Mapping[str, Any]

MOST_LEVELS: Final = 20
WITHOUT_VALUE: Final = ("filled", "empty")
LISTED: Final = ("in", "not_in")


class ConditionMistake(ValueError):
    """The tree is not in the format above; the message says where."""


def holds(tree: Tree, answers: Mapping[str, Any]) -> bool:
    """Whether the condition is true of the answers. Raises ConditionMistake for a malformed tree."""
    if not tree:
        return True
    if "all" in tree:
        return all(holds(branch, answers) for branch in tree["all"])
    if "any" in tree:
        return any(holds(branch, answers) for branch in tree["any"])
    if "not" in tree:
        return not holds(tree["not"], answers)
    try:
        operator, key = OPERATORS[tree.get("op", "eq")], tree["field"]
    except KeyError as mistake:
        raise ConditionMistake(f"{mistake.args[0]!r} in {dict(tree)}") from None
    return operator(_answer(answers, key), tree.get("value"))


def fields(tree: Tree) -> Iterator[str]:
    """The keys of all answers the tree asks about."""
    if not tree:
        return
    for branch in [*tree.get("all", ()), *tree.get("any", ()), *([tree["not"]] if "not" in tree else ())]:
        yield from fields(branch)
    if "field" in tree:
        yield str(tree["field"])


def check(tree: Any, levels: int = MOST_LEVELS) -> None:
    """Raises ConditionMistake unless every branch of the tree can be evaluated."""
    if tree is None or tree == {}:
        return
    if not isinstance(tree, Mapping):
        raise ConditionMistake(f"a condition is an object, not {tree!r}")
    if not levels:
        raise ConditionMistake(f"more than {MOST_LEVELS} levels")
    branches = [*_list(tree, "all"), *_list(tree, "any"), *([tree["not"]] if "not" in tree else ())]
    for branch in branches:
        check(branch, levels - 1)
    if not branches:
        _check_question(tree)


def _check_question(tree: Mapping[str, Any]) -> None:
    if not isinstance(tree.get("field", ""), str) or not isinstance(tree.get("op", ""), str):
        raise ConditionMistake(f"'field' and 'op' are texts in {dict(tree)}")
    if tree.get("op") in LISTED and not isinstance(tree.get("value"), list):
        raise ConditionMistake(f"{tree['op']!r} takes a list in {dict(tree)}")
    holds(tree, {})


def _list(tree: Mapping[str, Any], key: str) -> list[Any]:
    value = tree.get(key, [])
    if not isinstance(value, list):
        raise ConditionMistake(f"{key!r} takes a list")
    return value


def _answer(answers: Mapping[str, Any], key: str) -> Any:
    value: Any = answers
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _same(left: Any, right: Any) -> bool:
    if left == right:
        return not _empty(left)
    numbers = _number(left), _number(right)
    return None not in numbers and numbers[0] == numbers[1]


def _compare(left: Any, right: Any, verdict: Callable[[Any, Any], bool]) -> bool:
    if _empty(left) or _empty(right):
        return False
    numbers = _number(left), _number(right)
    return verdict(*numbers) if None not in numbers else verdict(str(left), str(right))


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": _same,
    "ne": lambda left, right: not _same(left, right),
    "in": lambda left, right: any(_same(left, one) for one in right or ()),
    "not_in": lambda left, right: not any(_same(left, one) for one in right or ()),
    "contains": lambda left, right: (
        right in left if isinstance(left, list) else isinstance(left, str) and str(right) in left
    ),
    "gt": lambda left, right: _compare(left, right, lambda a, b: a > b),
    "ge": lambda left, right: _compare(left, right, lambda a, b: a >= b),
    "lt": lambda left, right: _compare(left, right, lambda a, b: a < b),
    "le": lambda left, right: _compare(left, right, lambda a, b: a <= b),
    "filled": lambda left, _: not _empty(left),
    "empty": lambda left, _: _empty(left),
}
