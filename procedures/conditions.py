"""Conditions over a form's answers, written as data.

A tree is `null` (always holds) or one of

    {"all": [tree, …]}   {"any": [tree, …]}   {"not": tree}
    {"field": "key", "op": "eq", "value": …}

Operators: `eq ne in not_in gt ge lt le contains filled empty`; the last two take no value. A dotted key
(`address.province`) reaches into an answer. An unanswered field satisfies `empty`, `ne` and `not_in` alone.
Dates are ISO text.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

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

WORDS: Final = {
    "eq": _lazy("là"),
    "ne": _lazy("không phải là"),
    "in": _lazy("là một trong"),
    "not_in": _lazy("không thuộc"),
    "contains": _lazy("có"),
    "gt": _lazy("lớn hơn, sau"),
    "ge": _lazy("từ … trở lên, trở đi"),
    "lt": _lazy("nhỏ hơn, trước"),
    "le": _lazy("từ … trở xuống, trở về trước"),
    "filled": _lazy("đã điền"),
    "empty": _lazy("để trống"),
}
_SAID: Final = {"gt": _lazy("lớn hơn %s"), "ge": _lazy("từ %s trở lên"), "lt": _lazy("nhỏ hơn %s")} | {
    "le": _lazy("từ %s trở xuống")
}
_SAID_OF_DATES: Final = {"gt": _lazy("sau %s"), "ge": _lazy("từ %s trở đi"), "lt": _lazy("trước %s")} | {
    "le": _lazy("từ %s trở về trước")
}


def in_words(tree: Tree, specs: Iterable[Spec] = ()) -> str:
    """The tree as a sentence, with the labels of the form's fields and options where `specs` has them."""
    if not tree:
        return _("luôn áp dụng")
    known = {str(spec.get("key")): spec for spec in specs}
    return _said(tree, known)


def _said(tree: Mapping[str, Any], known: Mapping[str, Spec]) -> str:
    for key, word in (("all", _(" và ")), ("any", _(" hoặc "))):
        if key in tree:
            return word.join(_inside(branch, known) for branch in tree[key]) or _("luôn áp dụng")
    if "not" in tree:
        return _("không phải: %s") % _inside(tree["not"], known)
    name, _dot, part = str(tree.get("field", "?")).partition(".")
    spec, operator = known.get(name, {}), str(tree.get("op", "eq"))
    label = str(spec.get("label") or name) + (f" ({part})" if part else "")
    if operator in WITHOUT_VALUE:
        return f"“{label}” {WORDS[operator]}"
    value = said_value(tree.get("value"), spec)
    said = (_SAID_OF_DATES if spec.get("type") == "date" else _SAID).get(operator)
    return f"“{label}” {said % value}" if said else f"“{label}” {WORDS.get(operator, operator)} {value}"


def _inside(tree: Tree, known: Mapping[str, Spec]) -> str:
    if not tree:
        return _("luôn áp dụng")
    words = _said(tree, known)
    return f"({words})" if len(tree.get("all") or tree.get("any") or ()) > 1 else words


def said_value(value: Any, spec: Spec) -> str:
    """A value of a condition as people read it: an option by its label, a date as 31/12/2026."""
    if isinstance(value, list):
        return ", ".join(said_value(one, spec) for one in value)
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    for option in spec.get("options") or ():
        if option.get("value") == value:
            return str(option.get("label", value))
    if spec.get("type") == "date":
        try:
            return f"{dt.date.fromisoformat(str(value)):%d/%m/%Y}"
        except ValueError:
            pass
    return str(value)
