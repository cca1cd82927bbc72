"""Conditions as people read them; `procedures.conditions` itself stays arithmetic."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from procedures.conditions import WITHOUT_VALUE, Spec, Tree

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
