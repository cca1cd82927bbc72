"""Files of a draft: received with a receipt, refused with a reason, taken back, never lost."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dossiers.models import Attachment, Draft
from tests.dossiers.conftest import picture
from tests.dossiers.filing import MARTYR, answer, begin, text
from tests.world import World


@pytest.fixture
def papers(an: Client) -> str:
    return str(answer(an, begin(an), MARTYR)["Location"])


def send(client: Client, papers: str, *uploads: SimpleUploadedFile, key: str = "bang-tqgc") -> Any:
    return client.post(papers, {f"tep-{key}": list(uploads), "_gui": "1"})


def test_each_file_gets_a_receipt_and_can_be_read_back(an: Client, papers: str) -> None:
    assert send(an, papers, picture("mặt trước.jpg"), key="bang-tqgc").status_code == 302
    page = text(an.get(papers))
    attachment = Attachment.objects.get()
    assert "mặt trước.jpg" in page
    assert f"mã kiểm {attachment.sha256[:12]}" in page
    assert "Đã nhận 1 tệp" in page
    back = an.get(f"{papers}/{attachment.pk}")
    assert back.content == attachment.read()
    assert back["Content-Disposition"].startswith("attachment")
    assert back["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in back["Cache-Control"]


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("lớn.pdf", b"%PDF-" + b"0" * (20 * 1024 * 1024)), "Tệp lớn hơn 20 MB"),
        (SimpleUploadedFile("a.exe", b"MZ" * 20), "Không nhận loại tệp này"),
        (SimpleUploadedFile("a.pdf", b"khong phai pdf"), "không đúng là tệp PDF"),
        (SimpleUploadedFile("a.jpg", b"\xff\xd8\xffhong"), "không đúng là tệp JPG"),
    ],
    ids=["large", "program", "no-pdf", "broken"],
)
def test_a_bad_file_is_refused_with_the_reason_and_a_good_one_beside_it_stays(
    an: Client,
    papers: str,
    upload: SimpleUploadedFile,
    words: str,
) -> None:
    page = an.post(papers, {"tep-bang-tqgc": [picture("tốt.jpg")], "tep-khac": [upload]})
    assert page.status_code == 422
    assert words in text(page)
    assert "tốt.jpg" in text(page)
    assert [one.name for one in Attachment.objects.all()] == ["tốt.jpg"]


def test_fifty_megabytes_are_refused_and_the_page_lives_on(an: Client, papers: str) -> None:
    page = send(an, papers, SimpleUploadedFile("phim.pdf", b"%PDF-" + b"0" * (50 * 1024 * 1024)))
    assert page.status_code == 422
    assert "Tệp lớn hơn 20 MB" in text(page)
    assert not Attachment.objects.exists()


def test_a_nul_byte_in_a_file_name_is_answered_clearly(an: Client, papers: str) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="tep-khac"; filename="a\x00.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\n--x--\r\n"
    )
    assert an.post(papers, body, content_type="multipart/form-data; boundary=x").status_code in (400, 422)
    assert not Attachment.objects.exists()


def test_names_typed_on_a_mac_are_kept_in_one_form(an: Client, papers: str) -> None:
    send(an, papers, picture("Ba\u0306\u0300ng.jpg"))
    assert Attachment.objects.get().name == "Bằng.jpg"


def test_the_same_file_sent_twice_is_kept_once(an: Client, papers: str) -> None:
    for _ in range(2):
        send(an, papers, picture())
    assert Attachment.objects.count() == 1


def test_going_on_needs_the_required_paper_but_leaving_does_not(an: Client, papers: str) -> None:
    page = an.post(papers)
    assert page.status_code == 422
    assert "Chọn tệp: Bằng Tổ quốc ghi công" in text(page)
    assert an.post(papers, {"_thoat": "1"})["Location"] == "/toi"


def test_one_of_several_alternatives_is_enough(world: World, an: Client, papers: str) -> None:
    case = world.climbing.cases.get()
    case.required_documents.filter(key="bang-tqgc").update(group="bang")
    case.required_documents.create(key="giay-bao-tu", name="Giấy báo tử", group="bang", order=2)
    assert "Nộp giấy này hoặc: Giấy báo tử" in text(an.get(papers))
    assert an.post(papers, {"tep-giay-bao-tu": picture()}).status_code == 302


def test_what_a_database_knows_is_not_asked_for(world: World, an: Client, papers: str) -> None:
    case = world.climbing.cases.get()
    case.required_documents.create(key="can-cuoc", name="Căn cước", source="CSDL quốc gia về dân cư", order=3)
    page = text(an.get(papers))
    assert "Lấy từ CSDL quốc gia về dân cư" in page
    assert "tep-can-cuoc" not in page


def test_a_file_is_taken_back_with_its_bytes(an: Client, papers: str) -> None:
    send(an, papers, picture())
    attachment = Attachment.objects.get()
    kept = an.post(f"{papers}/{attachment.pk}/xoa", {"tep-khac": picture("thêm.jpg")}, follow=True)
    assert [one.name for one in Attachment.objects.all()] == ["thêm.jpg"], "a file chosen beside it is not lost"
    assert "thêm.jpg" in text(kept)
    assert not default_storage.exists(attachment.file)


def test_too_many_files_are_refused_with_a_count(an: Client, papers: str) -> None:
    draft = Draft.objects.get()
    facts = {"draft": draft, "document_key": "khac", "content_type": "image/jpeg", "received_at": draft.created_at}
    rows = [Attachment(name=f"{n}.jpg", size=1, sha256=f"{n:064}", file=f"x{n}", **facts) for n in range(40)]
    Attachment.objects.bulk_create(rows)
    page = send(an, papers, picture())
    assert page.status_code == 422
    assert "Bạn đã gửi đủ 40 tệp" in text(page)


def test_a_scanner_that_is_down_is_no_reason_to_lose_the_draft(an: Client, papers: str, settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    page = send(an, papers, picture("bằng.jpg"))
    assert page.status_code == 422
    assert "bằng.jpg: chưa quét được mã độc lúc này" in text(page)
    assert Draft.objects.get().answers == MARTYR
