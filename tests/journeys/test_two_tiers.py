"""The same journey in a province without districts, of the rules of 2025: commune, department, post."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.journeys import reader, way
from tests.journeys.actors import Citizen
from tests.journeys.stack import running
from tests.journeys.way import TWO_TIERS, Staff, eventually


@pytest.fixture
def phu_tho(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    yield from running(Installation(tmp_path_factory.mktemp("two-tiers"), province="two-tier"))


@pytest.mark.slow
@pytest.mark.poppler
def test_a_commune_and_a_department_carry_the_same_procedure_to_the_post(phu_tho: Installation, tmp_path: Path) -> None:
    an, staff = Citizen(phu_tho, "an"), Staff(phu_tho)
    filed = way.file(an, TWO_TIERS)
    code = staff.do(filed, TWO_TIERS.acts)
    assert code.startswith("H44.41-"), code
    way.deliver(phu_tho, code)
    wanted = way.expected(filed, code, TWO_TIERS)
    eventually(lambda: len(way.letters(phu_tho, filed, code)) == len(wanted), 180, "every letter")
    got = [letter.subject for letter in way.letters(phu_tho, filed, code)]
    assert [subject[: len(start)] for subject, start in zip(got, wanted, strict=True)] == wanted
    page = an.open(f"/toi/ho-so/{code}")
    assert "Đã trả" in page.text
    pdf = an.ask(page.link("Tải bản có chữ ký số")).content
    assert reader.verdicts(pdf, phu_tho.addresses["TRUST_ROOTS"], tmp_path) == [*reader.VALID, *reader.VALID]
