"""A condition as a form field: rows of field, comparison and value, joined by “and” or “or”, without JavaScript.

What rows cannot say (nested trees, types the form does not know) stands in words beside a box with the tree as JSON.
Nothing is lost: rows are offered only where reading them back gives the same tree.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.vietnamese import BadText, clean, fold, nfc
from procedures.condition_words import WORDS, in_words, said_value
from procedures.conditions import LISTED, OPERATORS, WITHOUT_VALUE, ConditionMistake, Spec, check

Typed = dict[str, Any]  # {"json": text, "join": "all" | "any", "rows": [{"field", "op", "value"}]} – all as typed
NOTHING: Final[Typed] = {"json": "", "join": "all", "rows": []}
KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}(\.[a-z0-9_]{1,59})?")
MOST_ROWS, SPARE, LONGEST = 40, 3, 20_000
NUMBERS: Final = ("number", "money", "computed")
PARTS: Final = {
    "address": {"province": _lazy("mã tỉnh"), "district": _lazy("mã huyện"), "commune": _lazy("mã xã")},
}


class ConditionInput(forms.Widget):
    """Draws the rows; `specs` are the fields of the electronic form to choose from, none: their keys are typed."""

    template_name = "procedures/widgets/condition.html"
    use_fieldset = True
    specs: Sequence[Spec] = ()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        rows = []
        for number in range(MOST_ROWS):
            row = {key: str(data.get(f"{name}-{number}-{key}", "")) for key in ("field", "op", "value")}
            if row["field"] or row["value"].strip() or row["op"] not in ("", "eq"):
                rows.append(row)
        join = "any" if data.get(f"{name}-join") == "any" else "all"
        return {"json": str(data.get(name, "") or "").strip(), "join": join, "rows": rows}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}-join" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = typed_of(value, self.specs)
        id_ = context["widget"]["attrs"].get("id", name)
        rows = [*typed["rows"], *({"field": "", "op": "eq", "value": ""} for _n in range(SPARE))]
        drawn = [self._row(f"{name}-{number}", f"{id_}_{number}", row) for number, row in enumerate(rows[:MOST_ROWS])]
        shown = max(1, len(typed["rows"]))
        try:
            tree = tree_of(typed, self.specs)
            words = in_words(tree, self.specs) if tree else ""
        except ValidationError:
            words = ""
        context["widget"] |= {
            "rows": drawn[:shown], "spare": drawn[shown:], "json": typed["json"], "words": words, "join": typed["join"],
            "nested": bool(typed["json"]) and not typed["rows"], "id": id_, "known": bool(self.specs),
            "labels": _labels(self.specs),
        }  # fmt: skip
        return context

    def _row(self, name: str, id_: str, row: Mapping[str, str]) -> dict[str, Any]:
        choices = choices_of(self.specs)
        if self.specs and row["field"] and row["field"] not in dict(choices):
            choices = [*choices, (row["field"], _("%s (tờ khai không có)") % row["field"])]
        operators = [(key, words, key == (row["op"] or "eq")) for key, words in WORDS.items()]
        return {
            "name": name, "id": id_, "field": row["field"], "value": row["value"], "operators": operators,
            "choices": [(key, label, key == row["field"]) for key, label in choices],
        }  # fmt: skip


class ConditionField(forms.Field):
    """A tree of `procedures.conditions`, or None: always. `fields`: the specs of the form its answers come from."""

    widget = ConditionInput

    def __init__(self, *, fields: Sequence[Spec] = (), **kwargs: Any) -> None:
        given = {"label": _lazy("Điều kiện áp dụng"), "help_text": _lazy("Để trống: luôn áp dụng.")}
        super().__init__(required=False, **given | kwargs)
        self.offer(fields)

    def offer(self, fields: Sequence[Spec]) -> None:
        """Let people choose among these fields."""
        self.widget.specs = self.fields = list(fields)

    def clean(self, value: Any) -> Any:
        return tree_of(typed_of(value, self.fields), self.fields)

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(initial, str):  # a model's callable default or text of a draft
            initial = None
        try:
            return bool(self.clean(data) != (simplified(initial) or None))
        except ValidationError:
            return True


def typed_of(value: Any, specs: Sequence[Spec]) -> Typed:
    """What stands in the boxes for a tree, or for what was typed already."""
    if isinstance(value, Mapping) and set(value) == set(NOTHING):
        return dict(value)
    if not value:
        return dict(NOTHING)
    tree = simplified(value)
    join = "any" if isinstance(tree, Mapping) and "any" in tree else "all"
    branches = tree.get(join) or [tree] if isinstance(tree, Mapping) else []
    try:
        rows = [
            {"field": one["field"], "op": one["op"], "value": shown(one.get("value"), _spec(one["field"], specs))}
            for one in branches
        ]
        typed: Typed = {"json": "", "join": join, "rows": rows}
        if len(rows) <= MOST_ROWS and tree_of(typed, specs) == tree:
            return typed
    except (KeyError, TypeError, AttributeError, ValidationError):
        pass
    return NOTHING | {"json": json.dumps(value, ensure_ascii=False)}


def tree_of(typed: Typed, specs: Sequence[Spec]) -> Any:
    """The tree that the boxes say, None when they are empty. Raises ValidationError."""
    if typed["json"] and typed["rows"]:
        raise ValidationError(_("Điều kiện chỉ viết một cách: bằng các dòng, hoặc trong ô JSON. Xóa một trong hai"))
    if typed["json"]:
        return _from_json(typed["json"])
    branches = [_branch(row, specs) for row in typed["rows"]]
    if len(branches) < 2:
        return branches[0] if branches else None
    return {typed["join"]: branches}


def simplified(tree: Any) -> Any:
    """The same condition without what may be left out: a missing `op` is “eq”, all or any of one is that one."""
    if not isinstance(tree, Mapping) or not tree:
        return tree or None
    for join in ("all", "any"):
        if set(tree) == {join} and isinstance(tree[join], list):
            branches = [simplified(one) for one in tree[join]]
            return branches[0] if len(branches) == 1 else {join: branches}
    if "field" in tree and "not" not in tree:
        question = {"field": tree["field"], "op": tree.get("op", "eq")}
        return question if question["op"] in WITHOUT_VALUE else question | {"value": tree.get("value")}
    return dict(tree)


def choices_of(specs: Sequence[Spec]) -> list[tuple[str, str]]:
    """Every field a condition may ask about, and the parts of those that have parts."""
    choices: list[tuple[str, str]] = []
    for spec in specs:
        key, label = str(spec.get("key", "")), str(spec.get("label") or spec.get("key"))
        if spec.get("type") == "explanation":
            continue
        choices.append((key, label))
        choices += [
            (f"{key}.{part}", f"{label}: {words}") for part, words in PARTS.get(spec.get("type", ""), {}).items()
        ]
    return choices


def _labels(specs: Sequence[Spec]) -> list[str]:
    """Values that can be typed by choosing: the labels of all options."""
    labels = [str(option.get("label")) for spec in specs for option in spec.get("options") or ()]
    if any(spec.get("type") == "yes_no" for spec in specs):
        labels = [_("Có"), _("Không"), *labels]
    return list(dict.fromkeys(labels))


def _spec(field: str, specs: Sequence[Spec]) -> Spec:
    """The spec of the field; of a part of one, and of an unknown one, nothing is known."""
    return next((spec for spec in specs if spec.get("key") == field), {})


def _from_json(text: str) -> Any:
    if len(text) > LONGEST:
        raise ValidationError(_("Điều kiện dài quá. Rút gọn còn 20.000 ký tự"))
    try:
        tree = _checked(json.loads(text, parse_constant=_refuse))
    except (ValueError, RecursionError):
        raise ValidationError(_("Điều kiện không phải JSON đúng")) from None
    try:
        check(tree)
    except (ConditionMistake, AttributeError, TypeError) as mistake:
        raise ValidationError(_("Điều kiện không dùng được: %(what)s") % {"what": mistake}) from None
    return tree or None


def _checked(tree: Any) -> Any:
    """The tree with its texts as NFC. Raises BadText, RecursionError."""
    if isinstance(tree, str):
        clean(tree)
        return nfc(tree)
    if isinstance(tree, list):
        return [_checked(one) for one in tree]
    return {key: _checked(one) for key, one in tree.items()} if isinstance(tree, dict) else tree


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _branch(row: Mapping[str, str], specs: Sequence[Spec]) -> dict[str, Any]:
    field, operator = row["field"].strip(), row["op"] or "eq"
    if not field:
        raise ValidationError(_("Chọn ô của tờ khai cho dòng điều kiện đã viết"))
    if not KEY.fullmatch(field) or operator not in OPERATORS:
        raise ValidationError(_("Chọn ô và cách so sánh có trong danh sách"))
    spec, text = _spec(field, specs), _cleaned(row["value"])
    label = str(spec.get("label") or field)
    if operator in WITHOUT_VALUE:
        if text:
            raise ValidationError(
                _("“%(field)s” %(op)s: xóa giá trị đã viết") % {"field": label, "op": WORDS[operator]}
            )
        return {"field": field, "op": operator}
    if not text:
        raise ValidationError(_("Viết giá trị so sánh cho “%(field)s”") % {"field": label})
    parts = [part.strip() for part in text.split(";")] if operator in LISTED else [text]
    values = [_value(part, spec, label) for part in parts if part]
    return {"field": field, "op": operator, "value": values if operator in LISTED else values[0]}


def _cleaned(text: str) -> str:
    try:
        found = clean(text)
    except BadText as mistake:
        raise ValidationError(str(mistake)) from None
    if len(found) > 500:
        raise ValidationError(_("Giá trị so sánh dài quá. Rút gọn còn 500 ký tự"))
    return found


def _value(text: str, spec: Spec, label: str) -> Any:
    """What was typed, in the type of the field's answers."""
    kind, about = spec.get("type"), {"field": label}
    if kind == "yes_no":
        known = {"co": True, "true": True, "khong": False, "false": False}
        if fold(text) not in known:
            raise ValidationError(_("“%(field)s” so với Có hoặc Không") % about)
        return known[fold(text)]
    if kind in NUMBERS:
        return _number(text, about)
    if kind == "date":
        return _date(text, about)
    if options := spec.get("options"):
        by_value = [one["value"] for one in options if str(one["value"]) == text]
        by_label = [one["value"] for one in options if fold(str(one["label"])) == fold(text)]
        if found := by_value or by_label:
            return found[0]
        words = _("“%(field)s” không có mục “%(text)s”. Chọn mục có trong tờ khai")
        raise ValidationError(words % {"field": label, "text": text})
    return text if kind else _scalar(text)


def _number(text: str, about: dict[str, str]) -> int | str:
    digits = text.replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", digits, re.ASCII):
        digits = digits.replace(".", "")
    digits = digits.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,18}(\.\d{1,9})?", digits, re.ASCII):
        raise ValidationError(_("“%(field)s” so với một số, ví dụ 18 hoặc 1.250,5") % about)
    return digits if "." in digits else int(digits)


def _date(text: str, about: dict[str, str]) -> str:
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text, re.ASCII)
    try:
        day = dt.date(int(found[3]), int(found[2]), int(found[1])) if found else dt.date.fromisoformat(text)
    except ValueError:
        raise ValidationError(_("“%(field)s” so với một ngày, ví dụ 31/12/2026") % about) from None
    return day.isoformat()


def _scalar(text: str) -> Any:
    """Of a field nobody knows: a number, true, false and a quoted text as JSON has them, anything else is text."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, bool | int | str) else text


def shown(value: Any, spec: Spec) -> str:
    """A value as one types it; `_value` gives it back."""
    if isinstance(value, list):
        return "; ".join(shown(one, spec) for one in value)
    if spec.get("type") in NUMBERS:
        return str(value).replace(".", ",")
    if spec:
        return said_value(value, spec)
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) or _scalar(value) != value else value
