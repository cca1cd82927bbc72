"""The QR code of the identity card: what every card says is read, and nothing else is taken for one."""

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.idcard import LONGEST, Card, read, written
from portal.floor.vietnamese import nfc

AN = "026190001234|135123456|Nguyễn Thị An|12031990|Nữ|Thôn Đồng Xuân, Xuân Lôi, Lập Thạch, Vĩnh Phúc|25082021"
CARD = Card(
    "026190001234", "Nguyễn Thị An", "1990-03-12", "female", "Thôn Đồng Xuân, Xuân Lôi, Lập Thạch, Vĩnh Phúc",
    "135123456",
)  # fmt: skip


def test_a_scanned_card_tells_all() -> None:
    assert read(AN) == CARD
    assert read(f"  {AN}\r\n") == CARD, "scanners end with a line"


def test_the_old_number_may_be_empty_or_left_out() -> None:
    without = Card(CARD.personal_id, CARD.name, CARD.birth_on, CARD.sex, CARD.address)
    assert read(AN.replace("135123456", "")) == without
    assert read(AN.replace("|135123456", "")) == without


def test_newer_cards_with_more_fields_are_read_too() -> None:
    assert read(AN + "||Trần Văn Bố|Lê Thị Mẹ|") == CARD


def test_decomposed_letters_are_composed() -> None:
    assert read(unicodedata.normalize("NFD", AN)) == CARD


@pytest.mark.parametrize(
    "text",
    [
        "", "|", "026190001234", "026190001234|135123456|An", "02619000123|1|Nguyễn Thị An|12031990|Nữ|x|25082021",
        "026190001234||\x00An|12031990|Nữ|x|", "026190001234||123|12031990|Nữ|x|", "https://example.vn/tra-cuu/x|a|b|c",
        "٠٢٦١٩٠٠٠١٢٣٤||An|12031990|Nữ|x|", AN + "x" * LONGEST,
    ],
)  # fmt: skip
def test_what_is_no_card_is_no_card(text: str) -> None:
    assert read(text) is None


def test_a_day_that_is_not_in_the_calendar_is_left_open() -> None:
    card = read(AN.replace("12031990", "31021990"))
    assert card
    assert (card.birth_on, card.name) == ("", "Nguyễn Thị An")


WORDS = st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=12)


@given(
    st.from_regex(r"[0-9]{12}", fullmatch=True), st.lists(WORDS, min_size=1, max_size=5),
    st.dates(min_value=dt.date(1900, 1, 1)), st.sampled_from(["male", "female", ""]), 
    st.lists(WORDS, max_size=6), st.from_regex(r"([0-9]{9})?", fullmatch=True),
)  # fmt: skip
def test_every_card_comes_back_as_it_was_written(
    number: str, name: list[str], born: dt.date, sex: str, address: list[str], old: str
) -> None:
    card = Card(number, nfc(" ".join(name)), born.isoformat(), sex, nfc(" ".join(address)), old)
    assert read(written(card)) == card


@given(st.text(max_size=800))
def test_no_text_breaks_the_reader(text: str) -> None:
    card = read(text)
    assert card is None or (len(card.personal_id) == 12 and card.name)
    card = read("026190001234|" + text)
    assert card is None or "\x00" not in card.name + card.address
