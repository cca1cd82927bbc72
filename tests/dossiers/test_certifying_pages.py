"""Bản sao at the officers' pages, and as anybody may check it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dossiers import certifying, copy_issuing
from dossiers.models import CertifiedCopy, Dossier
from signatures import verification
from tests.authority import Authority
from tests.dossiers.copying import AT, YEAR, draft, house, pdf, signed
from tests.dossiers.officers import Desk, text
from tests.dossiers.signing import certify, resolve
from tests.world import MONDAY, World

__all__ = ["house"]


# Anybody -----------------------------------------------------------------------------------------------------


def test_anybody_may_check_a_copy_by_its_code_and_by_the_file(house: World, client: Client) -> None:
    copy = signed(house, "chung-thuc")
    content = copy_issuing.read(copy, at=AT)
    upload = SimpleUploadedFile("ban-sao.pdf", content, "application/pdf")
    for answer in (client.get(f"/kiem-tra/{copy.verify_code}"), client.post("/kiem-tra/", {"file": upload})):
        page = text(answer)
        for words in ("Chữ ký hợp lệ", "Chứng thực bản sao điện tử", copy.number, "Ủy ban nhân dân xã Xuân Lôi"):
            assert words in page
        for secret in ("Nguyễn Thị An", "026190001234", "12/2001", "Tử Du"):
            assert secret not in page
    certifying.recall(copy, by=house.actor("dung"), at=AT, reason="Sai số trang")
    page = text(client.get(f"/kiem-tra/{copy.verify_code}"))
    assert "đã bị thu hồi" in page
    assert "Sai số trang" not in page


def test_a_copy_not_yet_issued_has_no_public_page(house: World, client: Client) -> None:
    assert client.get(f"/kiem-tra/{draft(house).verify_code}").status_code == 404


# Officers' pages ---------------------------------------------------------------------------------------------


def filled(world: World, **more: Any) -> dict[str, Any]:
    return {
        "khoa": "0198e6a0-0000-7000-8000-000000000001", "agency": world.agencies["commune"].pk, "kind": "chung-thuc",
        "tep": SimpleUploadedFile("khai-sinh.pdf", pdf(2), "application/pdf"), "name": "Giấy khai sinh",
        "issuer": "UBND xã Tử Du", "asker": "Nguyễn Thị An", "identity": "026190001234",
        "date_0": "5", "date_1": "3", "date_2": "2001",
    } | more  # fmt: skip


def test_from_scan_to_sealed_copy_at_the_pages(house: World) -> None:
    binh, dung = Desk(house, "binh"), Desk(house, "dung")
    answer = binh.client.post("/can-bo/sao-y/moi", filled(house), follow=True)
    assert "Xem lại từng trang" in text(answer)
    again = binh.client.post("/can-bo/sao-y/moi", filled(house), follow=True)
    assert again.status_code == 200
    copy = CertifiedCopy.objects.get()
    address = f"/can-bo/sao-y/{copy.pk}"
    assert "Ký bản sao" not in text(binh.client.get(address))
    assert "Ký bản sao" in text(dung.client.get(address))
    assert dung.client.get(f"{address}/trang/3")["Content-Type"] == "image/webp"
    assert dung.client.get(f"{address}/trang/4").status_code == 404
    done = dung.client.post(f"{address}/ky", {"version": copy.version}, follow=True)
    assert "Đã ký và đóng dấu bản sao số 01/" + str(YEAR) in text(done)
    late = dung.client.post(f"{address}/ky", {"version": copy.version})
    assert late.status_code == 409
    assert "Lê Tiến Dũng" in text(late)
    assert verification.verify(binh.client.get(f"{address}/tep").content).verdict == "valid"
    year = YEAR
    book = dung.client.get(f"/can-bo/sao-y/so?book=chung-thuc&year={year}")
    assert "026190001234" in text(book)
    table = dung.client.get(f"/can-bo/sao-y/so?book=chung-thuc&year={year}&dang=csv").content.decode()
    assert "Giấy khai sinh, 05/03/2001, UBND xã Tử Du" in table
    assert dung.client.get(f"/can-bo/sao-y/so?book=chung-thuc&year={year}&dang=pdf").content.startswith(b"%PDF")
    empty = dung.client.post(f"{address}/thu-hoi", {"version": copy.version + 2, "reason": ""})
    assert empty.status_code == 422
    assert "Ghi lý do thu hồi" in text(empty)
    copy.refresh_from_db()
    gone = dung.client.post(f"{address}/thu-hoi", {"version": copy.version, "reason": "Sai"}, follow=True)
    assert "Đã thu hồi" in text(gone)


def test_a_paper_or_result_of_a_dossier_is_copied(
    house: World, received: Dossier, authority: Authority, climb: Callable[[Dossier, str], Dossier]
) -> None:
    certify(house, authority)
    dossier = resolve(house, received, climb, at=MONDAY + dt.timedelta(days=1))
    binh = Desk(house, "binh")
    page = text(binh.client.get(f"/can-bo/sao-y/moi?ho-so={dossier.code}"))
    assert "Bằng Tổ quốc ghi công" in page
    result = dossier.results.get()
    given = filled(
        house, kind="sao-y", nguon=f"ket-qua-{result.pk}", name="", issuer="", tep="", date_0="", date_1="", date_2=""
    )
    binh.client.post(f"/can-bo/sao-y/moi?ho-so={dossier.code}", given)
    copy = CertifiedCopy.objects.get()
    assert copy.original["number"] == result.number
    assert copy.original["issuer"] == "Sở Lao động – Thương binh và Xã hội"
    paper = dossier.attachments.get()
    given = filled(house, khoa="0198e6a0-0000-7000-8000-000000000002", nguon=f"giay-{paper.pk}", tep="")
    binh.client.post(f"/can-bo/sao-y/moi?ho-so={dossier.code}", given)
    copy = CertifiedCopy.objects.exclude(pk=copy.pk).get()
    assert (copy.dossier_id, copy.original["document_key"], copy.pages) == (dossier.pk, "bang-tqgc", 1)
    assert dossier.reads.filter(what="lập bản sao giấy tờ").exists()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"kind": ""}, "Chọn hình thức sao"), ({"tep": ""}, "Tải bản quét lên"),
        ({"name": ""}, "Ghi tên bản chính"),
        ({"identity": ""}, "số giấy tờ tùy thân"), ({"kind": "trich-sao"}, "Ghi trang cần trích"),
        ({"kind": "trich-sao", "trang": "9"}, "tệp này có 2 trang"), ({"asker": "a\u202eb"}, "ký tự"),
        ({"tep": SimpleUploadedFile("a.docx", b"PK\x03\x04")}, "docx"), ({"khoa": "x"}, ""),
        ({"tep": SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * (20 * 1024 * 1024))}, "20 MB"),
        ({"agency": "999999"}, ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(world: World, spoil: dict[str, Any], words: str) -> None:
    answer = Desk(world, "binh").client.post("/can-bo/sao-y/moi", filled(world, **spoil))
    assert answer.status_code == 422
    assert words.lower() in text(answer).lower()
    assert not CertifiedCopy.objects.exists()


def test_strangers_find_no_copies(house: World) -> None:
    copy = draft(house)
    addresses = ("/can-bo/sao-y/", "/can-bo/sao-y/moi", "/can-bo/sao-y/so")
    assert all(Desk(house, "giang").client.get(address).status_code == 404 for address in addresses)
    khanh = Desk(house, "khanh").client
    for tail in ("", "/tep", "/trang/1"):
        assert khanh.get(f"/can-bo/sao-y/{copy.pk}{tail}").status_code == 404
    assert khanh.post(f"/can-bo/sao-y/{copy.pk}/ky", {"version": 1}).status_code == 404
    assert Desk(house, "dung").client.post(f"/can-bo/sao-y/{copy.pk}/khac", {"version": 1}).status_code == 404
    assert "Không tìm thấy hồ sơ" in text(khanh.get("/can-bo/sao-y/moi?ho-so=khong-co"))


def test_the_list_has_a_fixed_number_of_queries(world: World, django_assert_max_num_queries: Any) -> None:
    for _number in range(60):
        draft(world)
    binh = Desk(world, "binh")
    binh.client.get("/can-bo/sao-y/")
    with django_assert_max_num_queries(12):
        page = text(binh.client.get("/can-bo/sao-y/?trang=2"))
    assert "Trang 2 trên 2" in page
    assert binh.client.get("/can-bo/sao-y/?xem=cho-ky&trang=x").status_code == 200
    assert "chưa có dòng nào" in text(binh.client.get("/can-bo/sao-y/so"))
    assert binh.client.get("/can-bo/sao-y/so?year=abc").status_code == 422
