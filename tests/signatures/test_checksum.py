"""The sum over the end of a file that no signature covers."""

import pytest

from signatures import checksum

SIGNED = b"%PDF-1.7\n... signed ...\n%%EOF\n"
PROOFS = b"7 0 obj\n<< /Type /DSS >>\nendobj\ntrailer\n<< /ID [ <00> <01> ] >>\nstartxref\n42\n%%EOF\n"


def test_every_flipped_bit_behind_the_signature_is_seen() -> None:
    pdf, behind = checksum.added(SIGNED + PROOFS), len(SIGNED)
    assert checksum.is_right(pdf, behind)
    for place in range(behind, len(pdf)):
        for bit in range(8):
            changed = pdf[:place] + bytes([pdf[place] ^ 1 << bit]) + pdf[place + 1 :]
            assert not checksum.is_right(changed, behind), (place, bit)


def test_files_of_others_have_none() -> None:
    assert checksum.is_right(SIGNED + PROOFS, len(SIGNED))


def test_whoever_adds_to_the_file_later_leaves_the_sum_right() -> None:
    pdf = checksum.added(SIGNED + PROOFS)
    assert checksum.is_right(pdf + PROOFS, len(SIGNED))
    assert checksum.is_right(checksum.added(pdf + PROOFS), len(SIGNED))
    assert not checksum.is_right(pdf.replace(b"/DSS", b"/DSZ") + PROOFS, len(SIGNED))


def test_a_file_without_an_end_gets_none() -> None:
    with pytest.raises(ValueError, match="not found"):
        checksum.added(b"no PDF")
