"""The citizen's pages as Django forms.

    form = build_form(schema, "child", answers=draft.answers, setting=setting, prefilled=…, data=request.POST or None)
    if form.is_valid():
        answers = keep_page(schema, "child", draft.answers, form)

What needs the page drawn again before it can be checked (a new entry, the next list of an address, fields that a choice
on this very page brings up) gives an unbound form with everything typed still in it: the view just renders it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from procedures import conditions
from procedures.eforms import formulas
from procedures.eforms.checking import Answers, GroupAnswer, field_for, fixed, kept
from procedures.eforms.kinds import Setting
from procedures.eforms.reading import Prefilled, in_words
from procedures.eforms.schema import SILENT, Spec, linked_options, page, pages
from procedures.eforms.widgets import AddressInput, GroupInput, Rows

ADD, DROP, LIST = "_them", "_bo", "_cap-nhat"  # names of the buttons that change the page without checking it


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to draw: an input (`bound`), a fixed value (`label`, `text`, `source`), or words (`text`)."""

    kind: str
    bound: Any = None
    label: str = ""
    text: str = ""
    source: str = ""


class AnswerForm(forms.Form):
    """The fields of a page, or of one entry of a group, that these answers make visible."""

    template_name = "procedures/widgets/parts.html"

    def __init__(
        self,
        specs: list[Spec],
        setting: Setting,
        answers: Mapping[str, Any],
        *,
        data: Any = None,
        values: Mapping[str, Any] | None = None,
        prefilled: Mapping[str, Prefilled] | None = None,
        prefix: str | None = None,
    ) -> None:
        """`data`: what was posted; `values`: what an unbound form shows (posted parts or answers)."""
        super().__init__(data=data, initial=dict(values or {}), prefix=prefix, use_required_attribute=False)
        self.specs, self.setting, self.prefilled = specs, setting, prefilled or {}
        self.known: Answers = dict(answers)
        self.visible: list[Spec] = []
        for spec in specs:
            if conditions.holds(spec.get("condition"), self.known):
                self.visible.append(spec)
                self._add(spec)
            else:
                self.known.pop(spec["key"], None)

    def _add(self, spec: Spec) -> None:
        key, kind = spec["key"], spec["type"]
        if kind in SILENT:
            return
        if kind == "computed":
            self.known[key] = formulas.plain(formulas.evaluate(spec["formula"], self.known))
        elif self._locked(key):
            self.known[key] = fixed(spec, self.setting, self.prefilled[key].value)
        else:
            self.fields[key] = field = field_for(
                spec, self.setting, self._entry_builder(spec), answers=self.known, page=self.specs
            )
            given = self._given(field, key) if self.is_bound else self.initial.get(key)
            try:
                self.known[key] = field.clean(given)
            except ValidationError:
                self.known[key] = None

    def _entry_builder(self, spec: Spec) -> Any:
        def build(prefix: str, data: Any = None, values: Mapping[str, Any] | None = None) -> AnswerForm:
            return AnswerForm(spec["fields"], self.setting, {}, data=data, values=values, prefix=prefix)

        return build

    def _locked(self, key: str) -> bool:
        return key in self.prefilled and self.prefilled[key].locked

    def _given(self, field: forms.Field, key: str) -> Any:
        return field.widget.value_from_datadict(self.data, self.files, self.add_prefix(key))

    @property
    def parts(self) -> list[Part]:
        """Everything to be drawn, in the order of the schema."""
        return [self._part(spec) for spec in self.visible]

    def _part(self, spec: Spec) -> Part:
        key, kind = spec["key"], spec["type"]
        if kind == "explanation":
            return Part(kind, text=spec.get("text") or spec.get("label", ""))
        if kind == "file":
            return Part(kind, text=_("%(what)s: nộp ở phần Giấy tờ.") % {"what": spec["label"]})
        if key in self.fields:
            return Part(kind, bound=self[key])
        source = self.prefilled[key].source if self._locked(key) else ""
        return Part(kind, label=spec["label"], text=in_words(spec, self.known.get(key)), source=source)

    @property
    def marker(self) -> SafeString:
        """The hidden input that tells which fields the page showed; draw it inside the form."""
        name, value = self.add_prefix("_shown"), " ".join(spec["key"] for spec in self.visible)
        return format_html('<input type="hidden" name="{}" value="{}">', name, value)

    def raw(self) -> dict[str, Any]:
        """What was posted for each field, as widgets take it back."""
        return {key: self._given(field, key) for key, field in self.fields.items()}

    def has_answers(self) -> bool:
        """Whether anything was typed or chosen."""
        return any(_typed(value, self.setting) for value in self.raw().values())

    def needs_drawing(self) -> bool:
        """Whether the posted choices bring up fields or lists that the page did not show."""
        marked = self.data.get(self.add_prefix("_shown"))
        shown = str(marked).split()
        if marked is not None and any(spec["key"] not in shown for spec in self.visible):
            return True
        for key, field in self.fields.items():
            widget = field.widget
            if isinstance(widget, AddressInput) and widget.needs_list(self.data, self.add_prefix(key)):
                return True
            if isinstance(widget, GroupInput):
                rows = self._given(field, key)
                if isinstance(rows, Rows) and any(row.needs_drawing() for row in rows.forms):
                    return True
        return False

    @property
    def answers(self) -> Answers:
        """Checked answers of this page, computed and locked ones included. Only after `is_valid()`."""
        fixed = {s["key"]: self.known.get(s["key"]) for s in self.visible if s["key"] not in self.fields}
        return kept(fixed | self.cleaned_data)


def build_form(
    schema: Mapping[str, Any],
    page_key: str,
    *,
    answers: Mapping[str, Any],
    setting: Setting,
    prefilled: Mapping[str, Prefilled] | None = None,
    data: Any = None,
) -> AnswerForm:
    """The form of one page. Raises KeyError for a page the schema does not have."""
    specs = list(page(schema, page_key).get("fields", ()))
    own = {spec["key"] for spec in specs}
    others = {key: value for key, value in answers.items() if key not in own}
    if data is not None:
        form = AnswerForm(specs, setting, others, data=data, prefilled=prefilled)
        changed = any(name in data for name in (ADD, DROP, LIST))
        if not changed and not form.needs_drawing():
            return form
        values = _changed(form, data)
    else:
        values = {spec["key"]: spec["default"] for spec in specs if "default" in spec}
        values |= {key: one.value for key, one in (prefilled or {}).items() if key in own}
        values |= {key: value for key, value in answers.items() if key in own}
    return AnswerForm(specs, setting, others, values=values, prefilled=prefilled)


def keep_page(schema: Mapping[str, Any], page_key: str, answers: Mapping[str, Any], form: AnswerForm) -> Answers:
    """The answers with this page's put in; answers that the new ones made invisible, anywhere, are dropped."""
    own = {spec["key"] for spec in page(schema, page_key).get("fields", ())}
    merged = {key: value for key, value in answers.items() if key not in own} | form.answers
    for spec in (spec for one in pages(schema) for spec in one.get("fields", ())):
        if not conditions.holds(spec.get("condition"), merged):
            merged.pop(spec["key"], None)
        elif spec["type"] == "computed":
            merged[spec["key"]] = formulas.plain(formulas.evaluate(spec["formula"], merged))
        elif spec["type"] == "linked_choice" and not _fits(spec, merged):
            merged.pop(spec["key"], None)
    return merged


def _changed(form: AnswerForm, data: Any) -> dict[str, Any]:
    """What was posted, with an entry added or dropped as the button says."""
    values = form.raw()
    for key, field in form.fields.items():
        if isinstance(field, GroupAnswer):
            values[key] = [dict(row) for row in values[key] or ()]
    added = str(data.get(ADD, ""))
    if isinstance(values.get(added), list) and isinstance(form.fields[added], GroupAnswer):
        values[added].append({})
    group, _dash, number = str(data.get(DROP, "")).rpartition("-")
    if isinstance(values.get(group), list) and number.isdecimal() and int(number) < len(values[group]):
        del values[group][int(number)]
    return values


def _fits(spec: Spec, answers: Mapping[str, Any]) -> bool:
    chosen = linked_options(spec, answers.get(spec["parent"]))
    return answers.get(spec["key"]) in {option["value"] for option in chosen}


def _typed(value: Any, setting: Setting) -> bool:
    if isinstance(value, Mapping):
        return any(
            _typed(part, setting) for key, part in value.items() if (key, part) != ("province", setting.province)
        )
    return any(value) if isinstance(value, list) else bool(value)
