"""Sealed values open only where they were sealed, with a key of the ring; blind indexes find equal values."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.floor.crypto import InvalidTag, KeyMistake, KeyRing

OLD = "2025:" + base64.b64encode(b"o" * 32).decode()
NEW = "2026:" + base64.b64encode(b"n" * 32).decode()
INDEX = base64.b64encode(b"i" * 32).decode()
RING = KeyRing([NEW, OLD], INDEX)


@given(st.binary(), st.binary())
def test_what_is_sealed_opens_in_its_place(plain: bytes, aad: bytes) -> None:
    assert RING.decrypt(RING.encrypt(plain, aad), aad) == plain


@given(st.binary(), st.binary(), st.binary())
def test_what_is_sealed_opens_in_no_other_place(plain: bytes, here: bytes, there: bytes) -> None:
    if here != there:
        with pytest.raises(InvalidTag):
            RING.decrypt(RING.encrypt(plain, here), there)


@given(st.binary(max_size=20), st.data())
def test_no_changed_bit_is_accepted(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(RING.encrypt(plain, b"place"))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((InvalidTag, KeyMistake)):
        RING.decrypt(bytes(sealed), b"place")


@given(st.binary(max_size=60))
def test_bytes_of_nobody_do_not_open(noise: bytes) -> None:
    with pytest.raises((InvalidTag, KeyMistake)):
        RING.decrypt(noise, b"place")


def test_equal_values_are_sealed_differently_each_time() -> None:
    assert RING.encrypt(b"same", b"place") != RING.encrypt(b"same", b"place")


def test_a_new_key_in_front_writes_while_the_old_one_still_reads() -> None:
    sealed = KeyRing([OLD], INDEX).encrypt(b"text", b"place")
    assert (RING.decrypt(sealed, b"place"), RING.key_id(sealed)) == (b"text", "2025")
    assert RING.key_id(RING.encrypt(b"text", b"place")) == "2026"


def test_a_key_that_left_the_ring_no_longer_reads() -> None:
    sealed = KeyRing([OLD], INDEX).encrypt(b"text", b"place")
    with pytest.raises(KeyMistake):
        KeyRing([NEW], INDEX).decrypt(sealed, b"place")


@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["no-separator"],
        [":" + INDEX],
        ["a:not base64"],
        ["a:" + base64.b64encode(b"short").decode()],
        [f"a:{INDEX}", f"a:{INDEX}"],
        ["x" * 256 + ":" + INDEX],
    ],
)
def test_malformed_keys_are_refused(keys: list[str]) -> None:
    with pytest.raises(KeyMistake):
        KeyRing(keys, INDEX)


def test_a_malformed_index_key_is_refused() -> None:
    with pytest.raises(KeyMistake):
        KeyRing([NEW], "")


def test_the_index_ignores_form_case_and_outer_space() -> None:
    composed, decomposed = "Nguyễn Thị Ân", "nguye\u0302\u0303n thi\u0323 A\u0302N "
    assert RING.blind_index(composed, "name") == RING.blind_index(decomposed, "name")


def test_the_index_is_short_and_differs_by_value_purpose_and_key() -> None:
    other_key = KeyRing([NEW], base64.b64encode(os.urandom(32)).decode())
    index = RING.blind_index("026190001234", "personal_id")
    assert len(index) == 32
    assert "026190001234" not in index
    others = {
        RING.blind_index("026190001235", "personal_id"),
        RING.blind_index("026190001234", "phone"),
        other_key.blind_index("026190001234", "personal_id"),
    }
    assert len(others) == 3
    assert index not in others


@pytest.mark.parametrize("nothing", ["", "   "])
def test_nothing_has_no_index(nothing: str) -> None:
    assert RING.blind_index(nothing, "phone") == ""
