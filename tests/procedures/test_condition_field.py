"""Conditions in rows: what people choose becomes a tree, every tree comes back as it was, nothing typed is lost."""

from typing import Any

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from procedures.condition_field import NOTHING, simplified, tree_of, typed_of
from procedures.condition_words import in_words
from procedures.conditions import OPERATORS, check
from procedures.forms import ConditionField

SPECS: list[dict[str, Any]] = [
    {"key": "poor", "type": "yes_no", "label": "Hộ nghèo"},
    {"key": "age", "type": "number", "label": "Số tuổi"},
    {"key": "born_on", "type": "date", "label": "Ngày sinh"},
    {"key": "kin", "type": "choice", "label": "Quan hệ", "options": [
        {"value": "father", "label": "Cha"}, {"value": "mother", "label": "Mẹ"}]},
    {"key": "note", "type": "text", "label": "Ghi chú"},
    {"key": "home", "type": "address", "label": "Nơi ở"},
]  # fmt: skip


class Asked(forms.Form):
    condition = ConditionField(fields=SPECS)


def posted(*rows: tuple[str, str, str], join: str = "all", json: str = "") -> dict[str, str]:
    data = {"condition": json, "condition-join": join}
    for number, (field, op, value) in enumerate(rows):
        data |= {f"condition-{number}-field": field, f"condition-{number}-op": op, f"condition-{number}-value": value}
    return data


@pytest.mark.parametrize(
    ("row", "tree"),
    [
        (("poor", "eq", "có"), {"field": "poor", "op": "eq", "value": True}),
        (("age", "lt", "18"), {"field": "age", "op": "lt", "value": 18}),
        (("age", "ge", "1.250,5"), {"field": "age", "op": "ge", "value": "1250.5"}),
        (("born_on", "gt", "31/12/2008"), {"field": "born_on", "op": "gt", "value": "2008-12-31"}),
        (("kin", "in", "Cha; me"), {"field": "kin", "op": "in", "value": ["father", "mother"]}),
        (("home.province", "eq", "26"), {"field": "home.province", "op": "eq", "value": 26}),
        (("note", "empty", ""), {"field": "note", "op": "empty"}),
    ],
)
def test_a_row_becomes_a_question_of_the_fields_type(row: tuple[str, str, str], tree: dict[str, Any]) -> None:
    form = Asked(posted(row, ("", "eq", "")))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["condition"] == tree
    check(tree)


def test_several_rows_are_joined_and_none_means_always() -> None:
    rows = (("poor", "eq", "Có"), ("age", "lt", "18"))
    for join in ("all", "any"):
        form = Asked(posted(*rows, join=join))
        assert form.is_valid()
        assert len(form.cleaned_data["condition"][join]) == 2
    empty = Asked(posted())
    assert empty.is_valid()
    assert empty.cleaned_data["condition"] is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("", "eq", "Có"), "Chọn ô của tờ khai"),
        (("poor", "eq", ""), "Viết giá trị so sánh cho “Hộ nghèo”"),
        (("poor", "eq", "maybe"), "Có hoặc Không"),
        (("age", "lt", "mười"), "so với một số"),
        (("born_on", "lt", "30/2/2026"), "so với một ngày"),
        (("kin", "eq", "Chú"), "không có mục “Chú”"),
        (("note", "filled", "x"), "xóa giá trị"),
        (("note", "like", "x"), "có trong danh sách"),
        (("No te", "eq", "x"), "có trong danh sách"),
        (("note", "eq", "x\x00y"), "ký tự không dùng được"),
        (("note", "eq", "x" * 501), "Rút gọn"),
    ],
)
def test_a_wrong_row_is_refused_and_stands_as_it_was_typed(row: tuple[str, str, str], words: str) -> None:
    form = Asked(posted(row))
    assert not form.is_valid()
    assert words in form.errors["condition"][0]
    assert form["condition"].value()["rows"] == [dict(zip(("field", "op", "value"), row, strict=True))]


@pytest.mark.parametrize(
    ("json", "words"),
    [
        ("{", "không phải JSON"),
        ('{"field": "a", "op": "?"}', "không dùng được"),
        ('{"field": "a", "op": "in", "value": 5}', "không dùng được"),
        ('{"field": 5}', "không dùng được"),
        ('{"field": "a", "value": NaN}', "không phải JSON"),
        ('{"field": "a", "value": "\\u0000"}', "không phải JSON"),
        ('{"field": "a", "value": "\\ud800"}', "không phải JSON"),
        ("[" * 9000, "không phải JSON"),
        ('{"not":' * 30 + "{}" + "}" * 30, "không dùng được"),
        ("x" * 20_001, "dài quá"),
    ],
)
def test_a_tree_that_cannot_be_evaluated_is_refused(json: str, words: str) -> None:
    form = Asked(posted(json=json))
    assert not form.is_valid()
    assert words in form.errors["condition"][0]
    assert form["condition"].value()["json"] == json


def test_rows_and_a_tree_at_once_are_refused() -> None:
    form = Asked(posted(("poor", "eq", "Có"), json='{"field": "poor"}'))
    assert "một cách" in form.errors["condition"][0]


def test_a_nested_tree_stands_in_words_beside_its_text() -> None:
    tree = {"any": [{"field": "poor", "value": True}, {"all": [{"field": "age", "op": "lt", "value": 18}, {}]}]}
    drawn = Asked(initial={"condition": tree})["condition"].as_widget()
    assert "“Hộ nghèo” là Có hoặc (“Số tuổi” nhỏ hơn 18 và luôn áp dụng)" in drawn
    assert 'name="condition-0-field"' not in drawn
    assert in_words({"not": {"field": "kin", "op": "in", "value": ["father"]}}, SPECS) == (
        "không phải: “Quan hệ” là một trong Cha"
    )


def test_a_field_the_form_lost_stays_to_be_chosen() -> None:
    drawn = Asked(initial={"condition": {"field": "gone", "value": "x"}})["condition"].as_widget()
    assert "gone (tờ khai không có)" in drawn


rows = st.one_of(
    st.tuples(st.just("poor"), st.sampled_from(["eq", "ne"]), st.sampled_from(["Có", "Không", "true"])),
    st.tuples(st.just("age"), st.sampled_from(["eq", "gt", "in"]), st.sampled_from(["0", "18", "-3", "2,5", "1.000"])),
    st.tuples(st.just("born_on"), st.sampled_from(["lt", "ge"]), st.dates().map(lambda day: f"{day:%d/%m/%Y}")),
    st.tuples(st.just("kin"), st.sampled_from(["in", "not_in"]), st.sampled_from(["Cha", "Cha; Mẹ", "mother"])),
    st.tuples(st.sampled_from(["note", "elsewhere", "home.province"]), st.sampled_from(["eq", "contains"]),
              st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)),
    st.tuples(st.sampled_from(["note", "elsewhere"]), st.sampled_from(["filled", "empty"]), st.just("")),
)  # fmt: skip


@given(st.lists(rows, max_size=5), st.sampled_from(["all", "any"]))
def test_every_tree_the_rows_can_make_comes_back_as_it_was(given: list[tuple[str, str, str]], join: str) -> None:
    form = Asked(posted(*given, join=join))
    if not form.is_valid():
        return
    tree = form.cleaned_data["condition"]
    check(tree)
    again = typed_of(tree, SPECS)
    assert tree_of(again, SPECS) == tree
    assert not ConditionField(fields=SPECS).has_changed(tree, again)
    in_words(tree, SPECS)


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.none() | st.booleans() | numbers | st.text('ab;" 1Cha', max_size=4)
questions = st.builds(
    lambda field, op, value: {"field": field, "op": op, "value": [value] if op in ("in", "not_in") else value},
    st.sampled_from(["poor", "age", "born_on", "kin", "note", "elsewhere"]),
    st.sampled_from(sorted(OPERATORS)),
    values | st.sampled_from(["2026-11-23", "father", 17, "today"]),
)
trees = st.recursive(
    questions,
    lambda inside: st.one_of(
        st.builds(lambda one: {"all": one}, st.lists(inside, max_size=3)),
        st.builds(lambda one: {"any": one}, st.lists(inside, max_size=3)),
        st.builds(lambda one: {"not": one}, inside),
    ),
    max_leaves=6,
)


@given(trees)
def test_any_tree_survives_being_shown_and_saved_unchanged(tree: dict[str, Any]) -> None:
    typed = typed_of(tree, SPECS)
    assert simplified(tree_of(typed, SPECS)) == simplified(tree)
    assert typed_of({}, SPECS) == NOTHING
