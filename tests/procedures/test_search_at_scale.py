"""Search over a whole province's catalogue goes through its indexes, and no text makes it fail."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures import slips
from procedures.search import How, find
from tests.procedures import findable

pytestmark = pytest.mark.django_db
SIZE = 1_476


@pytest.fixture
def province() -> None:
    """The shipped names over and over, each with a place of its own."""
    shipped = findable.shipped()
    records = []
    for number in range(SIZE):
        record = shipped[number % len(shipped)]
        place = f" ở xã số {number} {'bcdfghklmn'[number % 10]}{'aeou'[number % 4]}{number}"
        records.append(
            record | {"code": f"{number % 9 + 1}.{number:06d}", "name": record["name"] + place, "life_events": []}
        )
    findable.put_in_force(records)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE procedures_procedure, procedures_procedureversion")


def plans(query: str) -> str:
    """What PostgreSQL does for every statement of a search."""
    with CaptureQueriesContext(connection) as caught:
        find(query)
    told = []
    for statement in caught.captured_queries:
        if re.match(r"\s*SELECT", statement["sql"]):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {statement['sql']}")
                told += [line for (line,) in cursor.fetchall()]
    return "\n".join(told)


def test_a_provinces_catalogue_is_searched_through_its_indexes(province: None) -> None:
    for query in ("giấy phép karaoke", "hòa giải viên", "karaok", "3.000002", "thú y"):
        plan = plans(query)
        assert "Bitmap Index Scan on procedure_by_words" in plan, query
        assert "Seq Scan on procedures_procedure p" not in plan, query
    with CaptureQueriesContext(connection) as caught:
        assert find("karaokke").how is How.SLIP
    (statement,) = (one["sql"] for one in caught.captured_queries if "<%" in one["sql"])
    with connection.cursor() as cursor:
        # A catalogue of this size may still be cheaper to read whole: asked is whether the index can answer at all.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Bitmap Index Scan on procedure_by_folded_words" in plan, plan


STRANGE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="khai sinh.0123456789|&!<:*()'\"\\%_\x00\ud800😀đĐẻ\u0301", max_size=40),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=STRANGE, typing=st.booleans())
def test_no_text_makes_the_search_fail(query: str, typing: bool) -> None:
    answer = find(query, typing=typing)
    assert isinstance(answer.found, tuple)


@pytest.mark.parametrize(
    "query",
    ["\x00", "khai\x00sinh", "a" * 10_000, "khai sinh " * 1_000, "😀", "😀 khai sinh", "%", "' OR 1=1 --", "&|!", "|"],
)
def test_strange_texts_are_answered(query: str) -> None:
    findable.put_in_force(findable.shipped()[:12])
    assert find(query).how in How


@given(one=st.text("abcde", max_size=8), other=st.text("abcde", max_size=8))
def test_distance_is_the_same_both_ways_and_nothing_between_equals(one: str, other: str) -> None:
    assert slips.distance(one, other, 8) == slips.distance(other, one, 8)
    assert (slips.distance(one, other, 8) == 0) == (one == other)


@pytest.mark.parametrize(
    ("typed", "meant", "count"),
    [("sihn", "sinh", 1), ("hom", "hon", 1), ("kett", "ket", 1), ("tru", "truong", 3), ("sinh", "hins", 2)],
)
def test_a_swap_of_neighbours_is_one_slip(typed: str, meant: str, count: int) -> None:
    assert slips.distance(typed, meant, 5) == count
