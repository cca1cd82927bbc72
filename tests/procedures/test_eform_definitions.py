"""Any form the builder can make renders, validates, reads well and gives back the answers it was given."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import jsonschema
import pypdfium2
import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from procedures import eforms
from procedures.eforms import Setting, edges, editing, formulas, masks
from procedures.eforms.printing import form_pdf
from procedures.eforms.schema import CHOOSING, SILENT, TYPES
from procedures.views.admin.eform.settings import FieldForm

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)
SETTING = Setting(today=TODAY, unit_set="2024")
QUICK = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếệởữỳ"
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=7), min_size=1, max_size=3).map(lambda words: " ".join(words))
LABELS = WORDS.map(lambda text: text[:1].upper() + text[1:])
INSIDE = [kind for kind in TYPES if kind not in ("group", "computed", "file")]


@st.composite
def options(draw: Any) -> list[dict[str, Any]]:
    labels = draw(st.lists(LABELS, min_size=1, max_size=8, unique=True))
    return [{"value": f"m{number}", "label": label} for number, label in enumerate(labels)]


@st.composite
def conditions_on(draw: Any, before: Sequence[Mapping[str, Any]]) -> Any:
    """A tree over the fields before; None where there is none to ask about."""
    asked = [spec for spec in before if spec["type"] not in SILENT]
    if not asked or draw(st.integers(0, 2)) == 0:
        return None
    leaves = [draw(leaf(draw(st.sampled_from(asked)))) for _n in range(draw(st.integers(1, 3)))]
    return leaves[0] if len(leaves) == 1 else {draw(st.sampled_from(["all", "any"])): leaves}


@st.composite
def leaf(draw: Any, spec: Mapping[str, Any]) -> dict[str, Any]:
    key = spec["key"]
    if spec["type"] == "yes_no":
        return {"field": key, "op": "eq", "value": draw(st.booleans())}
    if spec["type"] in ("choice", "linked_choice", "multi_choice"):
        operator = "contains" if spec["type"] == "multi_choice" else draw(st.sampled_from(["eq", "ne"]))
        return {"field": key, "op": operator, "value": draw(st.sampled_from(spec["options"]))["value"]}
    if spec["type"] in ("number", "money"):
        return {"field": key, "op": draw(st.sampled_from(["gt", "le"])), "value": draw(st.integers(-9, 9))}
    return {"field": key, "op": draw(st.sampled_from(["filled", "empty"]))}


@st.composite
def chosen_from(draw: Any, kind: str, before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Options, under those of a field before where they are linked."""
    if kind != "linked_choice":
        return {"options": draw(options())}
    parent = draw(st.sampled_from([spec for spec in before if spec["type"] in CHOOSING]))
    values = [option["value"] for option in parent["options"]]
    fitting = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    chosen = [option | {"for": sorted(draw(fitting), key=values.index)} for option in draw(options())]
    order = sorted(chosen, key=lambda option: min(values.index(one) for one in option["for"]))
    return {"parent": parent["key"], "options": order}


@st.composite
def numbers_of(draw: Any, kind: str, before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Limits of a number, or what is computed of numbers."""
    if kind == "computed":
        asked = [{"field": spec["key"]} for spec in before if spec["type"] in ("number", "money", "group")]
        part = st.sampled_from([*asked, 2, 0.5])
        return {"formula": {"op": draw(st.sampled_from([*formulas.OPERATIONS])), "args": [draw(part), draw(part)]}}
    if kind == "money":
        return draw(st.sampled_from([{}, {"min": 1000, "max": 90_000_000}]))
    low, decimals = draw(st.integers(-50, 50)), draw(st.integers(0, 3))
    return {"min": low, "max": low + draw(st.integers(0, 99))} | ({"decimals": decimals} if decimals else {})


@st.composite
def own(draw: Any, kind: str, before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The settings of that type."""
    match kind:
        case "text" if draw(st.booleans()):
            return {
                "pattern": masks.pattern_of(
                    draw(st.text("9A-/. ", min_size=1, max_size=8).map(lambda mask: " ".join(mask.split()))) or "9"
                )
            }
        case "text" | "long_text":
            return draw(st.sampled_from([{}, {"max": draw(st.integers(1, 500))}]))
        case "number" | "money" | "computed":
            return draw(numbers_of(kind, before))
        case "date":
            return draw(
                st.sampled_from([{}, {"max": "today"}, {"min": "today"}, {"min": "today-18y", "max": "2026-10-05"}])
            )
        case "choice" | "multi_choice" | "linked_choice":
            return draw(chosen_from(kind, before))
        case "person":
            parts = draw(st.lists(st.sampled_from(["birth_on", "sex", "personal_id"]), unique=True))
            ordered = [part for part in ("birth_on", "sex", "personal_id") if part in parts]
            return {"optional": ordered} if ordered else {}
        case "group":
            low = draw(st.integers(0, 2))
            limits = {"min": low} if low else {}
            return limits | {"max": low + 1, "fields": draw(several(INSIDE, 3))}
        case "explanation":
            return {"text": draw(LABELS)}
    return {}


@st.composite
def several(draw: Any, kinds: Sequence[str], most: int, before: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    """Fields in a row, keys as the builder proposes them; the first of a group answers."""
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, most))):
        known = [*before, *found]
        there = any(spec["type"] in CHOOSING for spec in known)
        fit = [kind for kind in kinds if kind != "linked_choice" or there]
        kind = draw(st.sampled_from([one for one in fit if one not in SILENT] if number == 0 else fit))
        label = draw(LABELS)
        spec: dict[str, Any] = {
            "key": editing.propose_key(label, kind, {one["key"]: one for one in known}), "type": kind,
        }  # fmt: skip
        spec |= {} if kind == "explanation" else {"label": label}
        if kind not in ("explanation", "computed") and draw(st.booleans()):
            spec["required"] = True
        spec |= draw(own(kind, known))
        if condition := draw(conditions_on(known)):
            spec["condition"] = condition
        found.append(spec)
    return found


@st.composite
def schemas(draw: Any) -> dict[str, Any]:
    pages: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        before = tuple(spec for page in pages for spec in page["fields"])
        fields = draw(several(list(TYPES), 4, before))
        pages.append({"key": f"trang-{number}", "title": draw(LABELS), "fields": fields})
    return {"pages": pages}


def posted(specs: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """What a browser sends for these answers."""
    data: dict[str, Any] = {}
    for spec in specs:
        name, value = f"{prefix}{spec['key']}", answers.get(spec["key"])
        if spec["type"] == "group":
            data[f"{name}-count"] = str(len(value or ()))
            for number, entry in enumerate(value or ()):
                data |= posted(spec["fields"], entry, f"{name}-{number}-")
        elif value is not None and spec["type"] != "computed":
            data |= one_posted(spec["type"], name, value)
    return data


def one_posted(kind: str, name: str, value: Any) -> dict[str, Any]:
    match kind:
        case "date":
            return {f"{name}_{part}": text for part, text in enumerate(reversed(value.split("-")))}
        case "yes_no":
            return {name: "true" if value else "false"}
        case "multi_choice":
            return {name: value}
        case "number" | "money":
            return {name: str(value).replace(".", ",")}
        case "address":
            return {f"{name}_{level}": value.get(level, "") for level in ("province", "district", "commune", "detail")}
        case "person":
            parts = {f"{name}_{part}": text for part, text in value.items() if part != "birth_on"}
            return parts | (one_posted("date", f"{name}_birth_on", value["birth_on"]) if "birth_on" in value else {})
    return {name: value}


def query(data: Mapping[str, Any]) -> QueryDict:
    found = QueryDict(mutable=True)
    for key, value in data.items():
        found.setlist(key, value if isinstance(value, list) else [value])
    return found


@QUICK
@given(schemas(), st.integers(0, 9))
def test_what_is_answered_page_by_page_is_what_is_kept(units: None, schema: dict[str, Any], seed: int) -> None:
    assert eforms.mistakes(schema) == []
    wanted = eforms.invented(schema, seed=seed, today=TODAY)
    answers: dict[str, Any] = {}
    for page in eforms.pages(schema):
        empty = eforms.build_form(schema, page["key"], answers=answers, setting=SETTING)
        drawn = str(empty)
        assert all(spec["key"] in drawn for spec in empty.visible if spec["type"] not in (*SILENT, "computed"))
        data = query(posted(page["fields"], wanted))
        form = eforms.build_form(schema, page["key"], answers=answers, setting=SETTING, data=data)
        assert form.is_valid(), form.errors
        answers = eforms.keep_page(schema, page["key"], answers, form)
    assert answers == wanted


@QUICK
@given(schemas(), st.integers(0, 9))
def test_every_reader_of_a_form_reads_its_answers(units: None, schema: dict[str, Any], seed: int) -> None:
    answers = eforms.invented(schema, seed=seed, today=TODAY)
    assert eforms.clean_answers(schema, answers, setting=SETTING) == answers
    jsonschema.Draft202012Validator.check_schema(eforms.api_schema(schema))
    jsonschema.validate(answers, eforms.api_schema(schema))
    shown = [label for _title, lines in eforms.display(schema, answers) for label, _text in lines]
    words = eforms.printed(schema, answers)
    for spec in eforms.fields(schema):
        if spec["key"] in answers:
            assert words[spec["key"]]
            assert any(label.startswith((spec["label"], spec.get("entry_label", spec["label"]))) for label in shown)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schemas(), st.integers(0, 9))
def test_the_paper_holds_every_answer(units: None, schema: dict[str, Any], seed: int) -> None:
    answers = eforms.invented(schema, seed=seed, today=TODAY)
    paper = form_pdf(schema, answers, title="Tờ khai thử", code="TK-THU", sample=True)
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(paper)]
    text = squeezed("".join(pages))
    for _title, lines in eforms.display(schema, answers):
        assert all(squeezed(label) in text and squeezed(words) in text for label, words in lines)
    assert all("MẪU" in page for page in pages)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\ufffe\u00ad]+", "", text)


class Inputs(HTMLParser):
    """The boxes of a page as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.data, self.select, self.area = QueryDict(mutable=True), "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "input" and "name" in given:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.data.appendlist(given["name"], given.get("value", "on" if given.get("type") == "checkbox" else ""))
        elif tag == "select":
            self.select = given["name"]
            self.first = True
        elif tag == "option" and self.select and ("selected" in given or self.first):
            self.data[self.select] = given["value"]
            self.first = False
        elif tag == "textarea":
            self.area, self.text = given["name"], ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        if tag == "textarea":
            self.data[self.area], self.area = self.text.removeprefix("\n"), ""


@QUICK
@given(schemas())
def test_opening_a_field_and_saving_it_changes_nothing(units: None, schema: dict[str, Any]) -> None:
    for page in schema["pages"]:
        for spec in page["fields"]:
            reopened(schema, page["key"], spec, spec["key"])
            for sub in spec.get("fields", ()):
                reopened(schema, page["key"], sub, f"{spec['key']}.{sub['key']}")


def reopened(schema: dict[str, Any], page: str, spec: dict[str, Any], path: str) -> None:
    def form(data: Any = None) -> FieldForm:
        before = editing.before(schema, page, path)
        return FieldForm(
            spec["type"], known=spec, before=before, taken={}, settled={}, inside="." in path, data=data
        )  # fmt: skip

    saved = form(Inputs(form().as_p()).data)
    assert saved.is_valid(), saved.errors
    assert saved.spec == spec


@QUICK
@given(schemas(), st.data())
def test_moving_there_and_back_changes_nothing_and_is_told_in_words(schema: dict[str, Any], data: Any) -> None:
    paths = [spec["key"] for spec in eforms.fields(schema)]
    path = data.draw(st.sampled_from(paths))
    down = editing.moved(schema, 1, path=path)
    assert editing.moved(down, -1, path=path) == schema or path == paths[-1]
    assert bool(eforms.changes(schema, down)) == (schema != down)
    without = editing.without(schema, path=path)
    assert any("Bỏ ô" in sentence for sentence in eforms.changes(schema, without))
    assert eforms.mistakes(editing.sound(without)) in (
        [],
        [eforms.Mistake("", "", eforms.mistakes({"pages": []})[0].text)],
    )


@given(st.text("9A-/. HĐ_", min_size=1, max_size=20))
def test_a_mask_is_kept_as_a_pattern_and_read_back(mask: str) -> None:
    pattern = masks.pattern_of(mask)
    assert masks.mask_of(pattern) == mask
    assert re.fullmatch(pattern, mask.replace("9", "7").replace("A", "ă"))
    assert masks.mask_of(r"\d{4}") == "9999"
    assert masks.mask_of("(a|b)+") is None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("hôm nay", "today"),
        ("Hôm nay - 18 năm", "today-18y"),
        ("hôm nay + 30 ngày", "today+30"),
        ("01/07/2025", "2025-07-01"),
    ],
)
def test_limits_of_dates_are_written_as_people_say_them(said: str, kept: str) -> None:
    assert edges.read(said) == kept
    assert edges.read(edges.said(kept)) == kept


FORMULAS = st.recursive(
    st.integers(0, 99) | st.sampled_from([{"field": "a"}, {"field": "b"}]),
    lambda inner: st.builds(
        lambda op, args: {"op": op, "args": args},
        st.sampled_from([*formulas.OPERATIONS]),
        st.lists(inner, min_size=2, max_size=2),
    ),
    max_leaves=8,
)


@given(FORMULAS)
def test_a_formula_is_read_back_as_it_was_written(formula: Any) -> None:
    again = formulas.read(formulas.written(formula))
    for answers in ({"a": 3, "b": 5}, {"a": 7}):
        assert formulas.evaluate(again, answers) == formulas.evaluate(formula, answers)


@pytest.mark.parametrize("text", ["", "1 +", "a b", "min(a)", "__import__('os')", "((a)", "a $ b", "2 × × 3"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(formulas.FormulaMistake):
        formulas.read(text)
