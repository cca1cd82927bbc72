"""What administrators type as lines becomes rows, and comes back as the same lines."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from procedures.entry_fields import GroundsField

GROUNDS = GroundsField(required=False)
TAX = {"key": "cho-nop-thue", "reason": "Chờ nộp thuế", "basis": "NĐ 101/2024, Điều 31", "payment": True}
WORDS = st.text("abcđưHồ 09,/", min_size=1, max_size=30).filter(lambda text: text.strip(" ,/") and text == text.strip())


def test_grounds_are_read_with_their_law_and_whether_somebody_has_to_pay() -> None:
    typed = "Chờ nộp thuế | NĐ 101/2024, Điều 31 | nộp tiền\n\nChờ giám định|NĐ 131/2021"
    expertise = {"key": "cho-giam-dinh", "reason": "Chờ giám định", "basis": "NĐ 131/2021"}
    assert GROUNDS.clean(typed) == [TAX, expertise]
    assert GROUNDS.clean("") == []


@pytest.mark.parametrize(
    "line", ["Chờ giám định", "Chờ giám định |", "| NĐ 131/2021", "Chờ | NĐ 1 | mai", "a | b | c | d"]
)
def test_a_ground_without_its_law_is_refused(line: str) -> None:
    with pytest.raises(ValidationError, match="điều luật"):
        GROUNDS.clean(line)


@given(st.lists(st.tuples(WORDS, WORDS, st.booleans()), max_size=4))
def test_grounds_come_back_as_they_were_typed(rows: list[tuple[str, str, bool]]) -> None:
    typed = "\n".join(" | ".join([reason, basis, *(["nộp tiền"] if paid else [])]) for reason, basis, paid in rows)
    try:
        read = GROUNDS.clean(typed)
    except ValidationError:
        return
    assert GROUNDS.clean(GROUNDS.prepare_value(read)) == read
