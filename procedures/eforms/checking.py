"""Checking a whole document of answers, as the API gets it and as submission sees it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from procedures import conditions
from procedures.eforms import addresses, formulas
from procedures.eforms.kinds import Answer, LinkedChoiceAnswer, Setting
from procedures.eforms.persons import KINDS
from procedures.eforms.reading import Prefilled
from procedures.eforms.schema import SILENT, Spec, pages
from procedures.eforms.widgets import GroupInput, Rows

Answers = dict[str, Any]
Errors = dict[str, list[str]]


class AnswersRefused(ValueError):
    """Some answers are missing or wrong; `errors` maps a field's key to the words for it."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("; ".join(f"{key}: {' '.join(words)}" for key, words in errors.items()))
        self.errors = errors


class GroupAnswer(Answer):
    """A repeating group; entries in which nothing was typed are dropped."""

    verb = "Thêm ít nhất một mục: %(what)s"

    def __init__(self, spec: Spec, setting: Setting, build: Any = None) -> None:
        title = spec.get("entry_label") or spec["label"]
        super().__init__(spec, setting, widget=GroupInput(title, build))

    def to_python(self, value: Any) -> list[Answers]:
        if isinstance(value, Rows):
            found = [
                ({} if form.errors else form.answers, [*form.errors]) for form in value.forms if form.has_answers()
            ]
        elif not value:
            found = []
        elif isinstance(value, list | tuple) and all(isinstance(entry, Mapping) for entry in value):
            entries = [entry for entry in value if kept(entry)]
            checked = [clean_fields(self.spec["fields"], self.setting, entry, {}) for entry in entries]
            found = [(answers, [*errors.values()]) for answers, errors in checked]
        else:
            raise self.refuse(_("Danh sách không đúng kiểu"))
        wrong = [str(number) for number, (_answers, errors) in enumerate(found, 1) if errors]
        if wrong:
            raise self.refuse(_("Xem lại mục %(numbers)s") % {"numbers": ", ".join(wrong)})
        entries = [kept(answers) for answers, _errors in found]
        low, high = int(self.spec.get("min", 0)), int(self.spec.get("max", 50))
        if entries and len(entries) < low:
            raise self.refuse(_("Thêm cho đủ %(count)s mục") % {"count": low})
        if len(entries) > high:
            raise self.refuse(_("Nhiều nhất %(count)s mục. Bỏ bớt") % {"count": high})
        return entries


def field_for(
    spec: Spec, setting: Setting, build: Any = None, *, answers: Mapping[str, Any] | None = None, page: Any = ()
) -> Answer:
    """The Django field of a schema field that is filled in.

    `build` makes the form of one entry of a group; `answers` are those before it, `page` the fields drawn with it.
    """
    if spec["type"] == "group":
        return GroupAnswer(spec, setting, build)
    if spec["type"] == "linked_choice":
        parent = next((one for one in page if one["key"] == spec["parent"]), None)
        return LinkedChoiceAnswer(spec, setting, (answers or {}).get(spec["parent"]), parent)
    return KINDS[spec["type"]](spec, setting)


def clean_answers(
    schema: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    setting: Setting,
    prefilled: Mapping[str, Prefilled] | None = None,
) -> Answers:
    """Checked answers of the whole form: only visible fields, computed ones added, locked ones as their source says.

    Raises AnswersRefused.
    """
    locked = {key: one.value for key, one in (prefilled or {}).items() if one.locked}
    specs = [spec for page in pages(schema) for spec in page.get("fields", ())]
    found, errors = clean_fields(specs, setting, dict(answers) | locked, locked)
    if unknown := sorted(set(answers) - {spec["key"] for spec in specs}):
        errors |= {str(key)[:60]: [_("Tờ khai không có ô này")] for key in unknown}
    if errors:
        raise AnswersRefused(errors)
    return found


def clean_fields(
    specs: Sequence[Spec], setting: Setting, given: Mapping[str, Any], locked: Mapping[str, Any]
) -> tuple[Answers, Errors]:
    """Answers and errors of some fields; conditions see the answers of the fields before."""
    found: Answers = {}
    errors: Errors = {}
    for spec in specs:
        key, kind = spec["key"], spec["type"]
        if kind in SILENT or not conditions.holds(spec.get("condition"), found):
            continue
        if kind == "computed":
            found[key] = formulas.plain(formulas.evaluate(spec["formula"], found))
        elif key in locked:
            found[key] = fixed(spec, setting, locked[key])
        else:
            try:
                found[key] = field_for(spec, setting, answers=found).clean(given.get(key))
            except ValidationError as mistake:
                errors[key] = [str(message) for message in mistake.messages]
    return kept(found), errors


def fixed(spec: Spec, setting: Setting, value: Any) -> Any:
    """A value from a register as the answer; an address in one line stays as written, located as far as it goes."""
    if spec["type"] != "address" or not isinstance(value, str):
        return value
    return {"unit_set": setting.unit_set} | addresses.locate(value, setting.unit_set) | {"text": value}


def kept(answers: Mapping[str, Any]) -> Answers:
    """Without the unanswered fields."""
    return {key: value for key, value in answers.items() if value not in (None, "", [], {})}
