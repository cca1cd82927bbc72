"""Whether a result is genuine, for anybody who holds it: by its code, or by the file."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dossiers import correcting
from dossiers.models import Dossier, Result
from signatures import preserving, signing
from signatures.models import SignedDocument
from tests.authority import Authority
from tests.dossiers.filing import text
from tests.dossiers.signing import certify, resolve
from tests.world import AN_ADDRESS, AN_ID, MONDAY, World


@pytest.fixture
def result(world: World, received: Dossier, authority: Authority, climb: Callable[[Dossier, str], Dossier]) -> Result:
    certify(world, authority)
    resolve(world, received, climb, at=MONDAY + dt.timedelta(days=1))
    return Result.objects.get()


def upload(client: Client, content: bytes, name: str = "ket-qua.pdf") -> Any:
    return client.post("/kiem-tra/", {"file": SimpleUploadedFile(name, content, "application/pdf")})


def content_of(result: Result) -> bytes:
    return signing.read(SignedDocument.objects.get(pk=result.signed_document_id))


def test_the_code_shows_number_date_agency_kind_and_verdict_and_nobody_s_name(result: Result, client: Client) -> None:
    answer = client.get(f"/kiem-tra/{result.verify_code}")
    page = text(answer)
    for words in (
        "Chữ ký hợp lệ", "do chúng tôi phát hành", result.number, "Quyết định trợ cấp", "09:00, thứ Ba 10/11/2026",
        "Sở Lao động – Thương binh và Xã hội", "Phan Thị Lan",
    ):  # fmt: skip
        assert words in page
    for secret in ("Nguyễn Thị An", "Nguyễn Văn Long", AN_ID, AN_ADDRESS, result.dossier.code):
        assert secret not in page
    assert "no-store" in answer["Cache-Control"]


def test_the_file_itself_is_recognised(result: Result, client: Client) -> None:
    page = text(upload(client, content_of(result)))
    assert "Chữ ký hợp lệ" in page
    assert "do chúng tôi phát hành" in page
    assert result.number in page


def test_the_file_with_its_long_term_proofs_is_recognised_too(result: Result, client: Client) -> None:
    assert preserving.sweep(timezone.now() + dt.timedelta(hours=2)) == 1
    kept = preserving.best(SignedDocument.objects.get(pk=result.signed_document_id))
    assert kept != content_of(result)
    page = text(upload(client, kept))
    assert "do chúng tôi phát hành" in page
    assert "Chữ ký hợp lệ" in text(client.get(f"/kiem-tra/{result.verify_code}"))


def test_a_changed_file_is_told_to_be_changed(result: Result, client: Client) -> None:
    content = bytearray(content_of(result))
    content[content.index(b"/Producer") if b"/Producer" in content else 2000] ^= 1
    page = text(upload(client, bytes(content)))
    assert "Không hợp lệ" in page
    assert "không có trong sổ kết quả" in page
    assert result.number not in page


def test_a_replaced_result_is_told_to_be_replaced(result: Result, client: Client) -> None:
    Result.objects.update(superseded_at=MONDAY)
    assert "đã được thay bằng bản khác" in text(client.get(f"/kiem-tra/{result.verify_code}"))


def test_recalled_result_verify_page(world: World, result: Result, client: Client) -> None:
    new = correcting.correct_result(
        result.dossier, by=world.actor("lan"), at=MONDAY + dt.timedelta(days=2), reason="Sai năm sinh"
    )
    content = content_of(result)
    for answer in (client.get(f"/kiem-tra/{result.verify_code}"), upload(client, content)):
        assert "Kết quả này đã bị thu hồi" in text(answer)
        assert "Văn bản thay thế đang được làm" in text(answer)
        assert "Sai năm sinh" not in text(answer)
    Result.objects.create(
        dossier=new, kind="approval", drafted_at=MONDAY, drafted_by="Khánh", number="77/QĐ", verify_code="NEWONE",
        issued_at=MONDAY + dt.timedelta(days=5),
    )  # fmt: skip
    assert "Văn bản thay thế: số 77/QĐ" in text(client.get(f"/kiem-tra/{result.verify_code}"))
    old = Dossier.objects.get(pk=result.dossier_id)
    page = text(client.get(f"/tra-cuu/{old.code}"))
    assert "đã bị thu hồi" in page
    assert "77/QĐ" in page


def test_a_result_not_yet_issued_has_no_page(result: Result, client: Client) -> None:
    Result.objects.update(issued_at=None)
    answer = client.get(f"/kiem-tra/{result.verify_code}")
    assert answer.status_code == 404
    assert "Không có kết quả nào mang mã này" in text(answer)
    assert "không có trong sổ kết quả" in text(upload(client, content_of(result)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a", "Đây không phải tệp PDF"),
        (b"", "Tệp rỗng"),
        (b"%PDF-" + b"0" * (20 * 1024 * 1024), "Tệp lớn hơn 20 MB"),
    ],
    ids=["picture", "empty", "large"],
)
def test_what_cannot_be_a_result_is_refused_clearly(db: None, client: Client, content: bytes, words: str) -> None:
    answer = upload(client, content)
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_pdf_nobody_signed_is_worth_nothing(db: None, client: Client, decision: bytes) -> None:
    page = text(upload(client, decision))
    assert "Không hợp lệ" in page
    assert "Tệp không có chữ ký số nào" in page


def test_nothing_chosen_is_asked_for(db: None, client: Client) -> None:
    answer = client.post("/kiem-tra/")
    assert answer.status_code == 422
    assert "Chọn tệp PDF cần kiểm tra" in text(answer)
    assert client.get("/kiem-tra/").status_code == 200
    assert client.get("/kiem-tra/khong-co").status_code == 404
