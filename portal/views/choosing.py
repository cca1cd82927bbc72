"""Two or three questions that shorten what a reader has to bring. Answers stand in the address and are not kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from procedures import conditions, eforms
from procedures.models import Case

Spec = Mapping[str, Any]
MOST_QUESTIONS, MOST_OPTIONS = 3, 4
CASE = "truong-hop"
YES_NO = (("co", True), ("khong", False))


@dataclass(frozen=True)
class Choice:
    """What was asked and answered: the case, and answers to fields of its form."""

    case: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    questions: Sequence[dict[str, Any]] = ()

    @property
    def made(self) -> bool:
        return bool(self.case or self.answers)

    def applies(self, condition: Any) -> bool:
        """False only when the answers given so far rule it out."""
        asked = set(conditions.fields(condition))
        return not asked <= self.answers.keys() or conditions.holds(condition, self.answers)


def choose(cases: Sequence[Case], given: Mapping[str, str]) -> Choice:
    """Questions for these cases, and what `given` (the query of the address) answers; nonsense answers nothing."""
    asked: list[dict[str, Any]] = []
    chosen = given.get(CASE, "")
    if len(cases) > 1:
        options = [(case.key, case.name) for case in cases]
        chosen = chosen if chosen in dict(options) else ""
        asked.append(_question(CASE, _("Bạn thuộc trường hợp nào?"), options, chosen))
    else:
        chosen = ""
    answers: dict[str, Any] = {}
    for spec in _specs([case for case in cases if chosen in ("", case.key)]):
        if len(asked) == MOST_QUESTIONS:
            break
        values = _values(spec)
        if not 2 <= len(values) <= MOST_OPTIONS:
            continue
        name = f"o-{spec['key']}"
        value = given.get(name, "")
        if value in values:
            answers[spec["key"]] = values[value][1]
        options = [(key, text) for key, (text, _value) in values.items()]
        asked.append(_question(name, spec["label"], options, value if value in values else ""))
    return Choice(chosen, answers, asked)


def _specs(cases: Iterable[Case]) -> list[Spec]:
    """The fields of the forms on which papers depend, in the order in which they do."""
    found: dict[str, Spec] = {}
    for case in cases:
        if not case.form:
            continue
        fields = {spec["key"]: spec for spec in eforms.fields(case.form.schema)}
        for document in case.required_documents.all():
            for key in conditions.fields(document.condition):
                if key in fields:
                    found.setdefault(key, fields[key])
    return list(found.values())


def _values(spec: Spec) -> dict[str, tuple[str, Any]]:
    """By what stands in the address: the words of each option and the answer it means."""
    if spec["type"] == "yes_no":
        words = {"co": _("Có"), "khong": _("Không")}
        return {key: (words[key], value) for key, value in YES_NO}
    if spec["type"] != "choice":
        return {}
    return {str(one["value"]): (str(one["label"]), one["value"]) for one in spec["options"]}


def _question(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> dict[str, Any]:
    shown = [{"value": key, "label": text, "checked": key == chosen} for key, text in options]
    return {"name": name, "label": label, "options": [*shown, _anything(not chosen)]}


def _anything(checked: bool) -> dict[str, Any]:
    return {"value": "", "label": _("Chưa rõ"), "checked": checked}
