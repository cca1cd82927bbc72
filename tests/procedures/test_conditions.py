import pytest

from procedures.conditions import ConditionMistake, check, fields, holds

ANSWERS = {
    "married": "yes",
    "age": 17,
    "born_on": "2009-03-12",
    "kin": ["mother"],
    "home": {"province": "26"},
    "note": "",
}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (None, True),
        ({"field": "married", "op": "eq", "value": "yes"}, True),
        ({"field": "married", "value": "no"}, False),
        ({"field": "age", "op": "lt", "value": 18}, True),
        ({"field": "age", "op": "ge", "value": "17.0"}, True),
        ({"field": "age", "op": "le", "value": 16}, False),
        ({"field": "born_on", "op": "gt", "value": "2008-12-31"}, True),
        ({"field": "kin", "op": "contains", "value": "mother"}, True),
        ({"field": "home.province", "op": "in", "value": ["26", "27"]}, True),
        ({"field": "home.province", "op": "not_in", "value": ["26"]}, False),
        ({"field": "note", "op": "empty"}, True),
        ({"field": "absent", "op": "filled"}, False),
        ({"field": "absent", "op": "eq", "value": None}, False),
        ({"field": "absent", "op": "lt", "value": 5}, False),
        ({"field": "absent", "op": "ne", "value": "x"}, True),
        ({"not": {"field": "note", "op": "filled"}}, True),
        ({"all": [{"field": "age", "op": "lt", "value": 18}, {"field": "note", "op": "filled"}]}, False),
        ({"any": [{"field": "age", "op": "lt", "value": 18}, {"field": "note", "op": "filled"}]}, True),
    ],
)
def test_a_condition_is_read_from_data(tree: object, expected: bool) -> None:
    assert holds(tree, ANSWERS) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "tree", [[], {"op": "eq"}, {"field": "a", "op": "like", "value": 1}, {"all": {}}, {"all": [{"any": 1}]}, "age > 3"]
)
def test_a_malformed_condition_is_refused_when_it_is_saved(tree: object) -> None:
    with pytest.raises(ConditionMistake):
        check(tree)


def test_a_condition_names_the_fields_it_asks_about() -> None:
    tree = {"any": [{"field": "a", "op": "filled"}, {"not": {"all": [{"field": "b", "op": "empty"}]}}]}
    check(tree)
    assert set(fields(tree)) == {"a", "b"}
