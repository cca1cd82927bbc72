"""The leader chooses where the signature is seen; the seal follows it."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers import files, processing
from dossiers.models import Dossier, Result
from dossiers.refusals import MoveRefused
from dossiers.views.officer.signature_place import Page, PlaceForm, pages_of
from signatures import signing
from signatures.models import SignedDocument
from signatures.placement import POINTS_PER_MM, Box, Sheet
from tests.authority import Authority
from tests.dossiers.officers import Desk, text
from tests.dossiers.signing import certify
from tests.signatures.seen import colours, drawn, in_mm
from tests.world import MONDAY, World

A4 = Sheet(595, 842)
PAGES = [Page(1, "/1", A4), Page(2, "/2", A4)]


def filled(**given: Any) -> PlaceForm:
    return PlaceForm({"version": 1} | given, pages=PAGES)


def test_unless_asked_the_signature_stands_above_the_name() -> None:
    for form in (filled(), filled(cho_ky="ten", trang="x", trai="-4")):
        assert form.is_valid(), form.errors
        assert form.box() is None


@pytest.mark.parametrize(
    ("corner", "left", "bottom"),
    [("tren-trai", 85, 729), ("tren-phai", 428, 729), ("duoi-trai", 85, 57), ("duoi-phai", 428, 57)],
)
def test_a_corner_lies_within_the_margins_of_the_last_page(corner: str, left: int, bottom: int) -> None:
    form = filled(cho_ky=corner)
    assert form.is_valid()
    assert form.box() == Box(1, left, bottom, 125, 57)


def test_a_place_on_the_page_is_taken_in_millimetres() -> None:
    form = filled(cho_ky="trang", trang="1", trai="100", duoi="50")
    assert form.is_valid()
    assert form.box() == Box(0, round(100 * POINTS_PER_MM), round(50 * POINTS_PER_MM), 125, 57)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"cho_ky": "trang", "trang": "1", "trai": "180", "duoi": "1"}, "trai", "nằm ngoài trang"),
        ({"cho_ky": "trang", "trang": "1", "trai": "1", "duoi": "290"}, "duoi", "nằm ngoài trang"),
        ({"cho_ky": "trang", "trang": "3", "trai": "1", "duoi": "1"}, "trang", "có 2 trang"),
        ({"cho_ky": "trang", "trang": "1", "duoi": "1"}, "trai", "Ghi khoảng cách"),
        ({"cho_ky": "trang", "trang": "1", "trai": "một", "duoi": "1"}, "trai", "Ghi số milimét"),
        ({"cho_ky": "trang", "trang": "1\x00", "trai": "1", "duoi": "1"}, "trang", "Ghi số trang"),
        ({"cho_ky": "giữa"}, "cho_ky", "Chọn một chỗ"),
    ],
)
def test_a_place_that_cannot_be_is_said_at_its_field(given: dict[str, str], field: str, words: str) -> None:
    form = filled(**given)
    assert not form.is_valid()
    assert words in str(form.errors[field])


def test_a_file_nobody_can_read_has_no_pages() -> None:
    assert pages_of(b"PK", str) == []


@pytest.mark.django_db
def test_the_leader_puts_the_signature_somewhere_and_the_seal_follows(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier], authority: Authority
) -> None:
    certify(world, authority)
    climb(received, "so-ky")
    desk = Desk(world, "lan")
    page = text(desk.get(f"ho-so/{received.code}/ky"))
    assert 'name="cho_ky"' in page
    assert f"/can-bo/ho-so/{received.code}/ket-qua/trang/1" in page
    wrong = desk.act(received, "ky", cho_ky="trang", trang="1", trai="190", duoi="10")
    assert wrong.status_code == 422
    assert "nằm ngoài trang" in text(wrong)
    desk.act(received, "ky", cho_ky="trang", trang="1", trai="100", duoi="30")
    result = Result.objects.get()
    box = Box(0, 283, 85, 125, 57)
    assert result.signature_box == asdict(box)
    Desk(world, "quyen").act(received, "dong-dau")
    page_seen = drawn(signing.read(SignedDocument.objects.latest("signed_at")))
    blue, red = colours(page_seen, "blue"), colours(page_seen, "red")
    assert box.left <= in_mm(blue[0]) * POINTS_PER_MM < in_mm(blue[2]) * POINTS_PER_MM <= box.left + box.width + 1
    assert in_mm(red[2]) * POINTS_PER_MM == pytest.approx(box.left + box.width / 3, abs=2)
    assert in_mm(red[2] - red[0]) == pytest.approx(36, rel=0.01)


@pytest.mark.django_db
def test_an_uploaded_result_without_the_signers_name_is_signed_where_the_leader_puts_it(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier], decision: bytes
) -> None:
    climb(received, "so-ky")
    file = files.keep_result(SimpleUploadedFile("quyet-dinh.pdf", decision))
    Result.objects.update(file=file, uploaded=True)
    by = world.actor("lan")
    with pytest.raises(MoveRefused, match="Chọn chỗ ký trên trang"):
        processing.decide(received, by=replace(by, name="Ai Đó"), at=MONDAY)
    with pytest.raises(MoveRefused, match="không có trang 9"):
        processing.decide(received, by=by, at=MONDAY, box=Box(8, 0, 0, 125, 57))
    result = processing.decide(received, by=by, at=MONDAY, box=Box(0, 283, 85, 125, 57))
    assert result.signature_box is not None
    assert result.signature_box["left"] == 283
