"""Vietnamese text: cleaning, folding for search, alphabetical order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.floor.vietnamese import BadText, clean, fold, nfc, sort_key

LETTERS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ ĐÂƠ")
IN_ORDER = [
    "An",
    "Ăn",
    "Ân",
    "Ba",
    "Ba má",
    "Bà",
    "Bà con",
    "Bả",
    "Bã",
    "Bá",
    "Bạ",
    "Bác",
    "Cao",
    "Dũng",
    "Dương",
    "Đăk Lăk",
    "Đỗ",
    "Em",
    "Êđê",
    "Hoa",
    "Hòa",
    "Lê Văn An",
    "Lê Văn Ân",
    "Ngô Văn Phúc",
    "Nguyễn An",
    "Nguyễn Ân",
    "Oanh",
    "Ông",
    "Ơn",
    "Tạ",
    "Thảo",
    "Uyên",
    "Ưởng",
    "Vinh",
    "Xuân",
    "Yến",
]


def test_names_sort_as_in_a_dictionary_under_byte_order() -> None:
    shuffled = random.Random(7).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(shuffled, key=lambda name: sort_key(name).encode()) == IN_ORDER


def test_sort_keys_are_ascii_and_ignore_case_and_form() -> None:
    assert sort_key("Nguyễn Ưởng") == sort_key("NGUYE\u0302\u0303N u\u031bo\u031b\u0309ng")
    assert sort_key("Kƀăn Ŏ ʼEa").isascii()


@given(LETTERS, LETTERS)
def test_adding_a_word_never_moves_a_name_before_itself(name: str, more: str) -> None:
    assert sort_key(name) <= sort_key(f"{name} {more}")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký  KHAI SINH", "dang ky khai sinh"),
        ("Nguye\u0302\u0303n", "nguyen"),
        ("Sở Lao động – Thương binh", "so lao dong - thuong binh"),
        ("Ƀhăm Ŏ Kƀăn", "bham o kban"),
        ("Y tế (1.001193)\n漢", "y te (1.001193)"),
        ("", ""),
    ],
)
def test_folded_text_is_plain_lower_case(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_is_stable_and_ascii(text: str) -> None:
    assert fold(text).isascii()
    assert fold(fold(text)) == fold(text)


@given(LETTERS)
def test_folding_does_not_depend_on_the_form_of_letters(text: str) -> None:
    import unicodedata

    assert fold(unicodedata.normalize("NFD", text)) == fold(nfc(text))


def test_clean_text_is_composed_and_stripped_and_keeps_its_lines() -> None:
    assert clean("  Nguye\u0302\u0303n\r\nThị\tAn ") == "Nguyễn\nThị\tAn"


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x85", "\ud800", "\u202e", "\u2066"])
def test_characters_that_no_field_may_hold_are_refused(char: str) -> None:
    with pytest.raises(BadText, match="ký tự"):
        clean(f"Nguyễn{char}An")


@given(
    st.text(
        st.characters(
            exclude_categories=["Cc", "Cs"], exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        )
    )
)
def test_cleaning_ordinary_text_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
