"""Scans as bytes: what the standard asks for, pages out of a pile, the PDF that is signed."""

import io

import pikepdf
import pytest
from PIL import Image

from dossiers import scans
from portal.floor.filetypes import FileRefused
from signatures import signing
from tests.authority import Authority
from tests.dossiers.conftest import picture
from tests.dossiers.test_digitising import pdf, signed_document
from tests.world import MONDAY, World


def test_a_coarse_or_old_scan_is_said_to_be_one_and_nothing_more() -> None:
    assert scans.weak_points(pdf(), "application/pdf") == []
    assert scans.weak_points(pdf(dpi=100), "application/pdf") == ["100 dpi, chuẩn là từ 200 dpi"]
    old = pdf().replace(b"%PDF-1.4", b"%PDF-1.3")
    assert scans.weak_points(old, "application/pdf") == ["PDF phiên bản 1.3, chuẩn là từ 1.4"]
    made = io.BytesIO()
    Image.new("RGB", (60, 40)).save(made, "JPEG", dpi=(96, 96))
    assert scans.weak_points(made.getvalue(), "image/jpeg") == ["96 dpi, chuẩn là từ 200 dpi"]
    assert scans.weak_points(picture().read(), "image/jpeg") == [], "it does not say"
    assert scans.weak_points(b"%PDF-nonsense", "application/pdf") == []
    written = io.BytesIO()
    with pikepdf.new() as blank:
        blank.add_blank_page()
        blank.save(written, min_version="1.4")
    assert scans.weak_points(written.getvalue(), "application/pdf") == [], "nobody scanned this"


def test_pages_are_taken_out_of_a_pile() -> None:
    pile = pdf(5)
    with pikepdf.open(io.BytesIO(scans.pages_of(pile, "2-3, 5"))) as part:
        assert len(part.pages) == 3


@pytest.mark.parametrize("wanted", ["", "0", "3-2", "6", "1-6", "một", "1;2", "1-", "9" * 30, "1-2\x00"])
def test_pages_that_are_not_there_are_told(wanted: str) -> None:
    with pytest.raises(FileRefused, match="5 trang"):
        scans.pages_of(pdf(5), wanted)


def test_no_pages_come_out_of_what_is_no_pdf() -> None:
    with pytest.raises(FileRefused, match="tách trang"):
        scans.pages_of(picture().read(), "1")


def test_a_scan_becomes_the_same_pdf_every_time() -> None:
    image = picture().read()
    assert scans.as_pdf(image, "image/jpeg", at=MONDAY) == scans.as_pdf(image, "image/jpeg", at=MONDAY)
    old = pdf().replace(b"%PDF-1.4", b"%PDF-1.3")
    made = scans.as_pdf(old, "application/pdf", at=MONDAY)
    assert made == scans.as_pdf(old, "application/pdf", at=MONDAY)
    assert made.startswith(b"%PDF-1.4")


def test_what_carries_a_signature_already_stays_byte_for_byte(world: World, authority: Authority) -> None:
    signed = signing.read(signed_document(world, authority))
    assert scans.as_pdf(signed, "application/pdf", at=MONDAY) == signed


def test_the_true_size_of_a_picture_is_kept() -> None:
    made = io.BytesIO()
    Image.new("RGB", (600, 300)).save(made, "PNG", dpi=(300, 300))
    with pikepdf.open(io.BytesIO(scans.as_pdf(made.getvalue(), "image/png", at=MONDAY))) as pdf_:
        assert [round(float(side)) for side in pdf_.pages[0].mediabox] == [0, 0, 144, 72]
