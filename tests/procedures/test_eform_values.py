"""Every kind of answer: what is accepted, how it is kept, and that reading it back changes nothing."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from procedures import eforms
from procedures.eforms import Setting, formulas
from procedures.eforms.checking import field_for
from procedures.eforms.kinds import KINDS
from procedures.eforms.reading import in_words

SETTING = Setting(today=dt.date(2026, 11, 23))


def clean(kind: str, value: Any, **spec: Any) -> Any:
    return field_for({"key": "a", "type": kind, "label": "Ô này"} | spec, SETTING).clean(value)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("personal_id", "026 190 001 234", "026190001234"),
        ("personal_id", "026185001234", "026185001234"),
        ("personal_id", "054090004321", "054090004321"),
        ("personal_id", "019301007788", "019301007788"),
        ("personal_id", "004212000456", "004212000456"),
        ("phone", "+84 912 345 678", "0912345678"),
        ("phone", "0912.345.678", "0912345678"),
        ("phone", "84912345678", "0912345678"),
        ("phone", "02113 861 234", "02113861234"),
        ("tax_code", "0100233488", "0100233488"),
        ("tax_code", "0314409058002", "0314409058-002"),
        ("tax_code", "0314409058-002", "0314409058-002"),
        ("tax_code", "026190001234", "026190001234"),
        ("person_name", "  H’Blŏk   Niê ", "H’Blŏk Niê"),
        ("person_name", "Y Moan Ênuôl", "Y Moan Ênuôl"),
        ("person_name", "An", "An"),
        ("email", "an@example.vn", "an@example.vn"),
        ("money", "1.250.000 đồng", 1250000),
        ("money", "1250000", 1250000),
        ("number", "12", 12),
        ("number", 12.0, 12),
        ("yes_no", "true", True),
        ("yes_no", False, False),
        ("date", "27/3/1990", "1990-03-27"),
        ("date", "1990-03-27", "1990-03-27"),
        ("date", ["27", "3", "1990"], "1990-03-27"),
        ("date", ["", "", ""], None),
        ("text", "  a \n b ", "a b"),
        ("long_text", " a\r\nb ", "a\nb"),
    ],
)
def test_what_people_type_is_understood(kind: str, typed: Any, kept: Any) -> None:
    assert clean(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("personal_id", "003090001234", "003 không phải mã tỉnh"),
        ("personal_id", "026985001234", "Chữ số thứ tư"),
        ("personal_id", "02618500123", "bạn nhập 11 chữ số"),
        ("personal_id", "026385001234", "năm sinh 85"),
        ("personal_id", "02618500123x", "chỉ gồm chữ số"),
        ("personal_id", "٠٢٦١٨٥٠٠١٢٣٤", "chỉ gồm chữ số"),
        ("phone", "091234567", "đủ 10 chữ số"),
        ("phone", "0112345678", "đủ 10 chữ số"),
        ("tax_code", "0100233480", "Mã số thuế không đúng"),
        ("tax_code", "123", "10 hoặc 13"),
        ("person_name", "An 2", "chỉ gồm chữ cái"),
        ("person_name", "<b>An</b>", "chỉ gồm chữ cái"),
        ("person_name", "…", "bằng chữ cái"),
        ("email", "an@", "thư điện tử"),
        ("money", "nhiều", "chữ số"),
        ("money", "-5", "từ 0 trở lên"),
        ("number", True, "chữ số"),
        ("number", "1,5", "số nguyên"),
        ("number", float("nan"), "chữ số"),
        ("number", 1e300, "chữ số"),
        ("date", "31/02/2026", "không có trong lịch"),
        ("date", "27/3/90", "bốn chữ số"),
        ("date", "hôm qua", "không có trong lịch"),
        ("date", {"y": 1}, "không có trong lịch"),
        ("yes_no", "có", "Có hoặc Không"),
        ("text", "x" * 301, "Rút gọn còn 300"),
        ("text", 5, "phải là chữ"),
        ("text", "a\x00", "ký tự không dùng được"),
    ],
)
def test_what_is_wrong_is_said_with_the_way_to_put_it_right(kind: str, typed: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        clean(kind, typed)


def test_limits_of_the_schema_hold() -> None:
    with pytest.raises(ValidationError, match="từ 20 trở xuống"):
        clean("number", "21", max=20)
    with pytest.raises(ValidationError, match="hôm nay hoặc sau đó"):
        clean("date", "22/11/2026", min="today")
    assert clean("date", "22/11/2008", max="today-18y") == "2008-11-22"
    with pytest.raises(ValidationError, match="23/11/2008 hoặc trước đó"):
        clean("date", "24/11/2008", max="today-18y")
    assert clean("date", "23/12/2026", max="today+30") == "2026-12-23"
    with pytest.raises(ValidationError, match="Xem lại ô này"):
        clean("text", "abc", pattern=r"\d+")
    assert clean("number", "12,5", decimals=1) == "12.5"


def test_many_choices_keep_the_order_of_the_form() -> None:
    options = [{"value": value, "label": value} for value in "abc"]
    assert clean("multi_choice", ["c", "a"], options=options) == ["a", "c"]
    with pytest.raises(ValidationError, match="trong danh sách"):
        clean("multi_choice", ["d"], options=options)


def test_a_formula_is_evaluated_without_code() -> None:
    formula = {"op": "plus", "args": [{"op": "times", "args": [{"field": "copies"}, 2]}, {"field": "kin"}]}
    assert formulas.evaluate(formula, {"copies": "1.5", "kin": [{}, {}]}) == 5
    assert formulas.plain(formulas.evaluate({"op": "max", "args": [1, 2.5]}, {})) == "2.5"
    assert formulas.evaluate({"field": "absent"}, {"absent": "NaN"}) == 0
    with pytest.raises(formulas.FormulaMistake):
        formulas.evaluate("__import__('os')", {})


TEXTS = st.text(max_size=80) | st.text("aăâđ’ 0123456789.,-/+@", max_size=20)
VALUES = TEXTS | st.integers(-(10**20), 10**20) | st.booleans() | st.none() | st.floats() | st.lists(TEXTS, max_size=3)
TYPES = ["text", "long_text", "number", "money", "date", "yes_no", "person_name", "personal_id", "phone", "email"]


@given(st.sampled_from([*TYPES, "organisation", "tax_code"]), VALUES)
def test_whatever_is_accepted_survives_json_and_display(kind: str, typed: Any) -> None:
    spec = {"key": "a", "type": kind, "label": "Ô này", "decimals": 2}
    schema = {"pages": [{"key": "p", "title": "P", "fields": [spec]}]}
    try:
        found = eforms.clean_answers(schema, {"a": typed}, setting=SETTING)
    except eforms.AnswersRefused:
        return
    assert json.loads(json.dumps(found)) == found
    assert eforms.clean_answers(schema, found, setting=SETTING) == found
    assert in_words(spec, found.get("a"))
    assert eforms.display(schema, found)[0][1][0][0] == "Ô này"


ODD: tuple[Any, ...] = (
    1,
    -1.5,
    True,
    False,
    [1],
    [{}],
    [[1]],
    {"a": 1},
    {"province": [1]},
    "x",
    "99/99/9999",
    [{"a": {}}],
)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [*KINDS, "group", "computed"])
def test_a_drafts_answer_of_the_wrong_shape_is_shown_never_a_failure(kind: str) -> None:
    inner = {"key": "b", "type": "number", "label": "B"}
    spec = {"key": "a", "type": kind, "label": "A", "options": [{"value": "1", "label": "Một"}], "fields": [inner]}
    if kind == "computed":
        spec["sum"] = ["b"]
    schema = {"pages": [{"key": "p", "title": "P", "fields": [spec]}]}
    for value in (*ODD, *([{"b": odd}] for odd in ODD)):
        eforms.display(schema, {"a": value})
        eforms.printed(schema, {"a": value})
        if kind != "computed":
            assert str(eforms.build_form(schema, "p", answers={"a": value}, setting=SETTING, prefilled={}))
