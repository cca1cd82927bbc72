"""Checklist, poster with its posting log, and the model dossier."""

import datetime as dt
import io
import re
from typing import Any

import pypdfium2 as pdfium
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from portal.models import User
from procedures import posters
from procedures.models import AdminChange, Position, Posting, ProcedureVersion, RequiredDocument
from tests import world as worlds
from tests.login import log_in

pytestmark = pytest.mark.django_db
PAGE, LOG = "/thu-tuc/1.001193", "/quan-tri/thu-tuc/1.001193/niem-yet"
MAU_POINTS = 16
MM = 72 / 25.4


@pytest.fixture
def world(db: None) -> worlds.World:
    return worlds.build()


@pytest.fixture
def minh(world: worlds.World) -> Client:
    user = User.objects.create_user(username="minh", kind=User.Kind.OFFICER, full_name="Đỗ Minh", password="x" * 20)
    Position.objects.create(
        user=user,
        agency=world.agencies["province"],
        role="catalogue_editor",
        title="Chuyên viên",
        holder_name="Đỗ Minh",
    )
    return log_in(Client(), user)


def pdf_of(client: Client, path: str) -> pdfium.PdfDocument:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return pdfium.PdfDocument(answer.content)


def words_of(document: pdfium.PdfDocument) -> str:
    return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in document))


def photo(kind: str = "JPEG", **extra: Any) -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (3000, 1000), "white").save(drawn, kind, **extra)
    return SimpleUploadedFile("anh.jpg", drawn.getvalue(), "image/jpeg")


def hung(**more: Any) -> dict[str, Any]:
    today = timezone.localdate()
    days = {f"posted_on_{part}": str(value) for part, value in enumerate((today.day, today.month, today.year))}
    return {"place": "Bảng tin tầng 1", **days, **more}


def test_the_checklist_has_boxes_a_code_to_scan_and_one_page(client: Client, world: worlds.World) -> None:
    RequiredDocument.objects.create(case=world.birth.cases.get(), key="chung-sinh", name="Giấy chứng sinh")
    page = client.get(f"{PAGE}/in").content.decode()
    assert 'class="bx"' in page
    assert 'class="qr"' in page
    document = pdf_of(client, f"{PAGE}/in.pdf")
    assert len(document) == 1
    assert round(document[0].get_width() / MM) == 210
    for word in ("Đăng ký khai sinh", "Giấy chứng sinh", "8.000 đồng", "Thôn Trung Tâm", "Không ai được đòi giấy tờ"):
        assert word in words_of(document)


@pytest.mark.parametrize(("size", "width"), [("", 210), ("?kho=a3", 297), ("?kho=a0", 210)])
def test_the_poster_comes_in_the_size_asked_for(client: Client, world: worlds.World, size: str, width: int) -> None:
    document = pdf_of(client, f"{PAGE}/ap-phich{size}")
    assert round(document[0].get_width() / MM) == width
    assert "bản niêm yết số 1" in words_of(document)


def test_papers_stay_vietnamese_for_who_reads_english(client: Client, world: worlds.World) -> None:
    client.post("/hien-thi", {"language": "en", "next": "/"})
    assert "Bao lâu có kết quả" in words_of(pdf_of(client, f"{PAGE}/ap-phich"))


def test_model_dossier_has_MAU_top_right_16pt(client: Client, world: worlds.World) -> None:  # noqa: N802
    document = pdf_of(client, f"{PAGE}/ho-so-mau")
    for page in document:
        width, height = page.get_size()
        text = page.get_textpage()
        found = text.search("MẪU", match_case=True).get_next()
        assert found, "no MẪU on this page"
        start, count = found
        left, bottom, right, _top = text.get_charbox(start)
        assert right < width
        assert left > width * 0.75
        assert bottom > height * 0.9
        sizes = {pdfium.raw.FPDFText_GetFontSize(text, start + index) for index in range(count)}
        assert sizes == {MAU_POINTS}
        assert pdfium.raw.FPDFText_GetFontWeight(text, start) >= 600


def test_a_procedure_without_an_electronic_form_has_no_model_dossier(client: Client, world: worlds.World) -> None:
    world.birth.cases.update(form=None)
    assert "ho-so-mau" not in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}/ho-so-mau").status_code == 404


def test_a_poster_is_hung_with_a_photo_that_tells_nothing_but_itself(
    client: Client, minh: Client, world: worlds.World
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Máy ảnh của Minh"
    exif[0x0112] = 6  # taken with the camera turned
    agency = world.agencies["commune"]
    answer = minh.post(LOG, hung(agency=agency.pk, photo=photo(exif=exif)))
    assert answer.status_code == 302
    posting = Posting.objects.get()
    kept = minh.get(f"{LOG}/{posting.pk}/anh")
    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.format == "JPEG"
        assert image.height == posters.SIDE
        assert image.width < image.height
        assert not image.getexif()
    assert b"Minh" not in kept.content
    assert "Bảng tin tầng 1" in client.get(PAGE).content.decode()
    assert AdminChange.objects.filter(kind="posting.hung", procedure=world.birth.procedure).count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"place": ""}, "Nhập chỗ niêm yết"),
        ({"agency": ""}, "Chọn cơ quan treo bản niêm yết"),
        ({"agency": "abc"}, "lựa chọn"),
        ({"posted_on_2": "2999"}, "hôm nay hoặc trước đó"),
        ({"posted_on_1": "13"}, "không có trong lịch"),
        ({"photo": SimpleUploadedFile("a.jpg", b"GIF89a nothing", "image/jpeg")}, "không phải ảnh JPG hoặc PNG"),
        ({"photo": SimpleUploadedFile("a.jpg", b"", "image/jpeg")}, "Tệp rỗng"),
        ({"photo": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * (10 << 20), "image/jpeg")}, "lớn hơn 10 MB"),
    ],
)
def test_a_posting_that_cannot_be_says_why_and_keeps_what_was_typed(
    minh: Client, world: worlds.World, data: dict[str, Any], words: str
) -> None:
    answer = minh.post(LOG, hung(agency=world.agencies["commune"].pk) | data)
    assert answer.status_code in {409, 422}
    assert words in answer.content.decode()
    assert not Posting.objects.exists()


def test_a_poster_of_a_replaced_version_must_be_replaced(client: Client, minh: Client, world: worlds.World) -> None:
    minh.post(LOG, hung(agency=world.agencies["commune"].pk))
    assert "Cần thay" not in minh.get(LOG).content.decode()
    ProcedureVersion.objects.filter(pk=world.birth.pk).update(state="retired")
    ProcedureVersion.objects.create(
        procedure=world.birth.procedure, number=2, state="published", name="Khai sinh", valid_from=dt.date(2026, 2, 1)
    )
    page = minh.get(LOG).content.decode()
    assert "Cần thay" in page
    assert "Bảng tin tầng 1" not in client.get(PAGE).content.decode()
    posting = Posting.objects.get()
    assert minh.post(f"{LOG}/{posting.pk}/go").status_code == 302
    assert minh.post(f"{LOG}/{posting.pk}/go").status_code == 409
    posting.refresh_from_db()
    assert posting.removed_on == timezone.localdate()
    assert "Cần thay" not in minh.get(LOG).content.decode()


def test_the_posting_log_is_for_the_catalogues_officers_alone(client: Client, world: worlds.World) -> None:
    posting = Posting.objects.create(
        version=world.birth, agency=world.agencies["commune"], place="Sảnh", posted_on=dt.date(2026, 11, 1),
        posted_by=world.users["binh"],
    )  # fmt: skip
    receiver = log_in(Client(), world.users["binh"])
    for path in (LOG, f"{LOG}/{posting.pk}/anh"):
        assert receiver.get(path).status_code == 404
    assert receiver.post(f"{LOG}/{posting.pk}/go").status_code == 404
    assert client.get(LOG).status_code == 302
