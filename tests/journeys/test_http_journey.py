"""The main job over HTTP, on an installation as a person starts it: every actor logs in through the pages."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.journeys import reader, way
from tests.journeys.actors import Citizen
from tests.journeys.pages import Browser
from tests.journeys.way import Filed, Staff, eventually

pytestmark = pytest.mark.slow
DESKS = ("binh", "chi", "dung", "em", "giang", "hai", "oanh", "phuc", "khanh", "lan", "quyen")


@dataclass
class Journey:
    an: Citizen
    filed: Filed
    code: str
    seen_at: list[tuple[str, ...]]  # after the sending and after each act: in whose work list the dossier stands


@pytest.fixture(scope="module")
def journey(installation: Installation, staff: Staff) -> Journey:
    """Filed, received, climbed, signed, sealed, given to the post."""
    an = Citizen(installation, "an")
    filed = way.file(an)
    seen_at = [holders(staff, filed.reference)]
    code = filed.reference
    for act in way.ACTS:
        code = staff.do(filed, (act,))
        seen_at.append(holders(staff, code))
    return Journey(an, filed, code, seen_at)


def holders(staff: Staff, code: str) -> tuple[str, ...]:
    return tuple(name for name in DESKS if code in staff[name].queue())


def test_each_step_stands_in_the_work_list_of_its_desk_alone(journey: Journey) -> None:
    assert journey.seen_at == [
        ("binh",), ("chi",), ("dung",), ("hai",), ("oanh",), ("khanh",), ("khanh",), ("lan",), ("quyen",), ("giang",),
        (),
    ]  # fmt: skip


def test_the_parcel_is_followed_until_it_is_delivered_and_the_citizen_is_told(
    installation: Installation, journey: Journey
) -> None:
    an, code = journey.an, journey.code
    assert "Đã trả" not in an.open(f"/toi/ho-so/{code}").text

    way.deliver(installation, code)

    eventually(lambda: "Đã trả" in an.open(f"/toi/ho-so/{code}").text, 150, "the clock asks where the parcel is")
    wanted = way.expected(journey.filed, code)
    eventually(lambda: len(way.letters(installation, journey.filed, code)) >= len(wanted), 60, "the last letter")
    letters = way.letters(installation, journey.filed, code)
    assert [letter.subject[: len(start)] for letter, start in zip(letters, wanted, strict=True)] == wanted
    assert len({letter.message_id for letter in letters}) == len(wanted)


def result_of(journey: Journey) -> bytes:
    page = journey.an.open(f"/toi/ho-so/{journey.code}")
    answer = journey.an.ask(page.link("Tải bản có chữ ký số"))
    assert answer.headers["Content-Type"] == "application/pdf"
    return answer.content


def test_anybody_can_check_the_result_without_logging_in(installation: Installation, journey: Journey) -> None:
    stranger = Browser(installation.base_url)
    stranger.open("/kiem-tra/")
    page = stranger.send("file", {"file": ("ket-qua.pdf", result_of(journey), "application/pdf")})
    assert page.status == 200, page.text
    for words in ("Chữ ký hợp lệ", "nội dung còn nguyên", "Phan Thị Lan", "Sở Lao động – Thương binh và Xã hội"):
        assert words in page.text

    broken = bytearray(result_of(journey))
    at = broken.find(b"stream", len(broken) // 4)
    broken[at + 40] ^= 1
    stranger.open("/kiem-tra/")
    changed = stranger.send("file", {"file": ("sua.pdf", bytes(broken), "application/pdf")})
    assert "Không hợp lệ" in changed.text
    assert "nội dung còn nguyên" not in changed.text


@pytest.mark.poppler
def test_an_independent_reader_calls_both_signatures_valid_and_trusted(
    installation: Installation, journey: Journey, tmp_path: Path
) -> None:
    root = installation.addresses["TRUST_ROOTS"]
    assert reader.verdicts(result_of(journey), root, tmp_path) == [*reader.VALID, *reader.VALID]


def test_what_is_hers_does_not_exist_for_a_stranger(installation: Installation, journey: Journey) -> None:
    an, vinh = journey.an, Citizen(installation, "vinh")
    own = an.open(f"/toi/ho-so/{journey.code}")
    links = {own.link(words) for words in own.links if "/toi/ho-so/" in own.link(words)}
    assert any(link.endswith("/ket-qua.pdf") for link in links)
    assert sum("/tep/" in link for link in links) == 2
    for address in (own.url, *sorted(links), *journey.filed.addresses):
        assert an.ask(address).status_code == 200, address
        assert vinh.ask(address).status_code == 404, address
    assert journey.code not in vinh.open("/toi").text


def test_a_late_desk_is_reminded_by_the_clock(installation: Installation, staff: Staff) -> None:
    filed = way.file(Citizen(installation, "an"))
    code = staff.do(filed, way.ACTS[:1])
    installation.rows(
        "UPDATE dossiers_dossier SET next_due_at = now() - interval '1 minute' WHERE code = %s RETURNING code", code
    )
    chi = "chi@can-bo.example"
    eventually(lambda: bool(way.letters(installation, filed, code, chi)), 150, "the clock reminds the specialist")
    eventually(lambda: bool(way.letters(installation, filed, code, "dung@can-bo.example")), 60, "and the leader")
    assert len(way.letters(installation, filed, code, chi)) == 1
    assert "Quá hạn" in staff["chi"].queue()
