"""What codes look like (NĐ 61/2018 art. 26; TT 01/2018 art. 19; QĐ 20/2020)."""

import datetime as dt

import pytest

from dossiers import numbering

DAY = dt.date(2026, 11, 9)


@pytest.mark.parametrize(
    ("agency", "serial", "code"),
    [
        ("000.21.05.H62", 1, "000.21.05.H62-261109-0001"),
        ("H62.09", 12, "H62.09-261109-0012"),
        ("G01.A2.003", 9999, "G01.A2.003-261109-9999"),
        ("H62", 10_000, "H62-261109-10000"),
    ],
)
def test_code_format_both_schemes(agency: str, serial: int, code: str) -> None:
    assert numbering.dossier_code(agency, DAY, serial) == code
    read = numbering.CODE.match(code)
    assert read is not None
    assert (read["agency"], read["ymd"], int(read["seq"])) == (agency, "261109", serial)


@pytest.mark.parametrize(
    "odd",
    ["00.21.05.H62-261109-0001", "000.21.05.62-261109-0001", "H62.09-261109-001", "62.H09-261109-0001", "H62.09-0001",
     "H62.-261109-0001", " H62-261109-0001"],
)  # fmt: skip
def test_what_is_of_neither_scheme_is_no_code(odd: str) -> None:
    assert numbering.CODE.match(odd) is None


def test_a_reference_is_never_taken_for_a_code() -> None:
    reference = numbering.submission_reference(DAY)
    assert numbering.REFERENCE.match(reference)
    assert numbering.CODE.match(reference) is None
