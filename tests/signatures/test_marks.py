"""What is seen of a signature: Decree 30/2020, Appendix I, measured on the drawn page."""

import subprocess
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from django.utils import timezone
from PIL import Image

from signatures import appearance, signing
from signatures.placement import POINTS_PER_MM, Box
from signatures.signing import Placement
from tests.authority import LEADER
from tests.signatures.remote import performed
from tests.signatures.seen import DPI, alike, colours, drawn, in_mm, turned

COPY = ("SAO Y", "ỦY BAN NHÂN DÂN XÃ XUÂN LÔI")
# Every Vietnamese letter with every tone, and the letters of the minority languages.
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹáắấéếíóốớúứýạặậẹệịọộợụựỵ"
MINORITY = "čĕĭňŏŭƀ"


def marked(ordered, certificate, mark):
    document = signing.perform(signing.order(ordered(certificate, placement=mark)).pk)
    return signing.read(document)


def test_the_time_is_written_with_its_zone():
    at = datetime(2026, 11, 23, 7, 5, 9, tzinfo=UTC)
    assert appearance.signing_time(at) == "Thời gian ký: 23/11/2026 14:05:09 +07:00"


@pytest.mark.django_db
def test_a_copy_says_its_form_agency_and_time_in_the_upper_right_corner(authority, ordered):
    certificate = authority.agency()
    certificate.image.delete()
    pdf = marked(ordered, certificate, Placement("text", lines=COPY))
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        flat = pypdfium2.raw.FPDFPage_Flatten(page, pypdfium2.raw.FLAT_NORMALDISPLAY)
        assert flat == pypdfium2.raw.FLATTEN_SUCCESS
        written = document[0].get_textpage().get_text_range()
    for line in (*COPY, "Thời gian ký: "):
        assert line in written
    assert "+07:00" in written
    with pikepdf.open(BytesIO(pdf)) as file:
        field = file.pages[0].Annots[0]
        left, bottom, right, top = map(float, field.Rect)
        width, height = float(file.pages[0].MediaBox[2]), float(file.pages[0].MediaBox[3])
        stream = field.AP.N.read_bytes().decode()
        assert "/XObject" not in field.AP.N.Resources, "no image"
    assert (width - right) / POINTS_PER_MM == pytest.approx(15, abs=0.5)
    assert height - top < 20
    assert left > width / 2
    assert bottom > height - 20 * POINTS_PER_MM, "above the text of the page"
    assert stream.startswith("BT /F 10 Tf 0 g"), "10 pt, black"
    assert "1 0 0 1 " in stream, "upright"


@pytest.mark.django_db
def test_the_typeface_holds_every_letter_and_lies_in_the_file(authority, ordered):
    letters = VIETNAMESE + VIETNAMESE.upper() + MINORITY + MINORITY.upper()
    lines = tuple(letters[start : start + 60] for start in range(0, len(letters), 60))
    face = appearance._face_of(lines)
    assert all(face.glyphs.get(letter) for letter in letters)
    pdf = marked(ordered, authority.agency(), Placement("text", lines=lines))
    with pikepdf.open(BytesIO(pdf)) as file:
        font = file.pages[0].Annots[0].AP.N.Resources.Font["/F"]
        assert font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()[:4] == b"\x00\x01\x00\x00"
        mapped = font.ToUnicode.read_bytes().decode()
    assert all(f"<{ord(letter):04X}>" in mapped for letter in letters)


@pytest.mark.django_db
def test_a_text_too_long_for_the_page_is_refused_in_plain_words(authority, ordered):
    wish = ordered(authority.agency(), placement=Placement("text", lines=("Ủy ban nhân dân " * 20,)))
    request = performed(signing.order(wish))
    assert (request.state, "ngắn hơn" in request.last_error) == ("failed", True)


@pytest.mark.django_db
@pytest.mark.parametrize("diameter", [36, 34, 32])
def test_the_drawn_seal_measures_what_the_real_one_does(authority, ordered, diameter):
    certificate = authority.agency()
    certificate.seal_mm = diameter
    certificate.save()
    left, bottom, right, top = colours(drawn(marked(ordered, certificate, Placement("seal", LEADER))), "red")
    assert in_mm(right - left) == pytest.approx(diameter, rel=0.01)
    assert in_mm(top - bottom) == pytest.approx(diameter, rel=0.01)


@pytest.mark.django_db
def test_blue_stands_between_title_and_name_and_red_over_its_left_third(authority, ordered):
    by_person = marked(ordered, authority.person(), Placement("person", LEADER))
    blue = colours(drawn(by_person), "blue")
    wish = ordered(authority.agency(), "test:seal", pdf=by_person, placement=Placement("seal", LEADER))
    red = colours(drawn(signing.read(signing.perform(signing.order(wish).pk))), "red")
    assert red[0] < blue[0] < red[2] < blue[2], "the seal stands to the left and reaches into the signature"
    assert (red[2] - blue[0]) / (blue[2] - blue[0]) == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.django_db
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("kind", ["person", "seal", "text", "chosen"])
def test_a_page_that_readers_turn_shows_every_mark_as_an_upright_one_does(authority, ordered, decision, kind, degrees):
    certificate = authority.agency() if kind == "seal" else authority.person(algorithm="ec")
    mark = {
        "person": Placement("person", LEADER), "seal": Placement("seal", LEADER), "text": Placement("text", lines=COPY),
        "chosen": Placement("person", box=Box(0, 60, 700, 125, 57)),
    }[kind]  # fmt: skip
    at, pictures = timezone.now(), []
    for name, pdf in (("plain", decision), ("turned", turned(decision, degrees))):
        request = signing.order(ordered(certificate, f"test:{name}", pdf=pdf, placement=mark), at=at)
        pictures.append(drawn(signing.read(signing.perform(request.pk, at=at))))
    assert not alike(pictures[0], drawn(decision)), "something is drawn"
    assert alike(*pictures)


@pytest.mark.poppler
@pytest.mark.django_db
def test_another_reader_draws_all_three_marks_as_large(authority, ordered, tmp_path):
    pdf = marked(ordered, authority.person(), Placement("person", LEADER))
    certificate = authority.agency()
    for mark in (Placement("seal", LEADER), Placement("text", lines=COPY)):
        wish = ordered(certificate, f"test:{mark.kind}", pdf=pdf, placement=mark)
        pdf = signing.read(signing.perform(signing.order(wish).pk))
    (tmp_path / "marked.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", tmp_path / "marked.pdf", tmp_path / "page"], check=True)
    with Image.open(tmp_path / "page-1.png") as image:
        theirs = image.convert("RGB")
    margin = round(20 / 25.4 * DPI)
    ours, theirs_below = (page.crop((0, margin, page.width, page.height)) for page in (drawn(pdf), theirs))
    for colour in ("red", "blue"):
        assert colours(theirs_below, colour) == pytest.approx(colours(ours, colour), abs=2)
    left, _bottom, right, _top = colours(theirs_below, "red")
    assert in_mm(right - left) == pytest.approx(36, rel=0.01)
    corner = theirs.crop((theirs.width // 2, 0, theirs.width, margin)).convert("L")
    assert corner.getextrema()[0] < 100, "the lines of text above the margin"


@pytest.mark.django_db
def test_marks_leave_the_file_an_archive_copy_that_says_what_it_is(authority, ordered):
    pdf = marked(ordered, authority.person(), Placement("person", LEADER))
    pdf = signing.read(signing.perform(signing.order(
        ordered(authority.agency(), "test:text", pdf=pdf, placement=Placement("text", lines=COPY))).pk))  # fmt: skip
    with pikepdf.open(BytesIO(pdf)) as file, file.open_metadata() as said:
        assert (said["pdfaid:part"], said["pdfaid:conformance"], said["pdfuaid:part"]) == ("2", "A", "1")
        assert file.Root.MarkInfo.Marked
        for field in file.Root.AcroForm.Fields:
            assert str(field.TU).startswith("Chữ ký số của "), "read aloud"
            assert int(field.F) & 4, "printed"
            assert int(field.F) & 2 == 0, "not hidden"
            assert "/N" in field.AP
