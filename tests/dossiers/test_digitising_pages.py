"""The page “Số hóa giấy tờ”: chosen, compared, signed; piles taken apart; strangers and bad files get words."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dossiers.models import AccessLog, Attachment, Dossier
from signatures.models import SignedDocument
from tests.authority import Authority
from tests.dossiers.conftest import picture
from tests.dossiers.counter_world import DAY, LONG, register
from tests.dossiers.officers import Desk, text
from tests.dossiers.test_digitising import certify, digitise, pdf, result_of, scan, signed_document, upload
from tests.world import MONDAY, World

FORM, PROOF = "0", "1"  # places of the two papers on the page


@pytest.fixture
def taken(world: World) -> Dossier:
    return Dossier.objects.get(pk=register(world).pk)


@pytest.fixture
def binh(world: World) -> Desk:
    return Desk(world, "binh")


def send(desk: Desk, dossier: Dossier, **given: Any) -> Any:
    given.setdefault("doi_chieu", "on")
    return desk.act(dossier, "so-hoa", **given)


def follow(desk: Desk, answer: Any) -> str:
    assert answer.status_code == 302, text(answer)[-3000:]
    return text(desk.client.get(answer["Location"]))


def test_the_page_lists_every_paper_with_what_was_handed_in(binh: Desk, taken: Dossier) -> None:
    taken.handed.filter(document_key="bang-tqgc").update(originals=2, held=1)
    page = text(binh.open(taken, muc="giay-to"))
    assert f'href="/can-bo/ho-so/{taken.code}/so-hoa"' in page, "from the papers of the processing page"
    page = text(binh.get(f"ho-so/{taken.code}/so-hoa"))
    assert "1. Đơn đề nghị" in page
    assert "Nhận bản giấy: 2 bản chính, 2 bản chứng thực, 1 bản sao" in page
    assert "Đang giữ 1 bản chính" in page
    assert "Đã số hóa 0 trên 2 giấy tờ" in page
    assert "mỗi tệp tối đa 20 MB" in page, "said at the chooser"
    assert "chưa có chứng thư số" in page
    assert AccessLog.objects.filter(dossier=taken, actor_name="Nguyễn Văn Bình").count() == 1, "one look at it"


def test_two_papers_are_digitised_at_once_with_their_codes(binh: Desk, taken: Dossier) -> None:
    page = follow(binh, send(binh, taken, **{
        f"tep-{FORM}": picture(), f"tep-{PROOF}": upload(pdf()), f"ma-{PROOF}": "kq.g01.000123"}))  # fmt: skip
    assert "Đã số hóa 2 giấy tờ." in page
    assert "Đã số hóa 2 trên 2 giấy tờ" in page
    assert dict(taken.attachments.values_list("document_key", "document_code")) == {
        "don": "", "bang-tqgc": "KQ.G01.000123"}  # fmt: skip
    assert 'value="KQ.G01.000123"' in page, "offered again when scanned anew"
    log = text(binh.open(taken, muc="nhat-ky"))
    assert "Bằng Tổ quốc ghi công · KQ.G01.000123" in log


def test_the_signed_copy_is_what_everybody_sees(
    world: World, binh: Desk, taken: Dossier, authority: Authority, an: Client
) -> None:
    certify(world, authority)
    assert "Số hóa và ký số" in text(binh.get(f"ho-so/{taken.code}/so-hoa"))
    page = follow(binh, send(binh, taken, **{f"tep-{PROOF}": picture("Bằng.jpg")}))
    assert "Đã ký số." in page
    assert "đã ký số" in page
    copy = taken.attachments.get()
    file = binh.get(f"ho-so/{taken.code}/tep/{copy.pk}")
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    assert SignedDocument.objects.get(pk=copy.signed_document_id)
    own = an.get(f"/toi/ho-so/{taken.code}/tep/{copy.pk}")
    assert own.content == file.content, "the owner too"
    chi = Desk(world, "chi")
    assert f"/tep/{copy.pk}/trang/1" in text(chi.open(taken))
    assert chi.get(f"ho-so/{taken.code}/tep/{copy.pk}/trang/1")["Content-Type"] == "image/webp"


def test_a_pile_is_taken_apart_by_file_and_page(binh: Desk, taken: Dossier) -> None:
    page = follow(binh, send(binh, taken, **{
        "lo": [upload(pdf(4), "xap.pdf"), picture("anh.jpg")],
        f"so-{FORM}": "1", f"trang-{FORM}": "1-2", f"so-{PROOF}": "2"}))  # fmt: skip
    assert "Đã số hóa 2 giấy tờ." in page
    kept = {row.document_key: row for row in Attachment.objects.all()}
    assert (kept["don"].name, kept["bang-tqgc"].name) == ("xap, trang 1-2.pdf", "anh.jpg")


def test_two_papers_come_out_of_one_file(binh: Desk, taken: Dossier) -> None:
    follow(binh, send(binh, taken, **{
        "lo": [upload(pdf(4), "xap.pdf")], f"so-{FORM}": "1", f"trang-{FORM}": "1", f"so-{PROOF}": "1",
        f"trang-{PROOF}": "2-4"}))  # fmt: skip
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Chưa chọn bản nào"),
        ({f"tep-{PROOF}": True, "doi_chieu": ""}, "Đối chiếu từng bản quét"),
        ({f"tep-{PROOF}": True, f"ma-{PROOF}": "mã sai"}, "Mã giấy tờ chỉ gồm"),
        ({f"so-{PROOF}": "2", "lo": True}, "Xấp không có tệp này"),
        ({f"so-{PROOF}": "99"}, "Chọn một tệp của xấp"),
        ({f"tep-{PROOF}": True, f"so-{PROOF}": "1", "lo": True}, "Chọn một trong các cách"),
        ({f"trang-{PROOF}": "1"}, "Chọn tệp trước khi ghi trang"),
        ({f"lai-{PROOF}": "rác"}, "không còn dùng được"),
        ({f"tep-{PROOF}": True, f"trang-{PROOF}": "7"}, "tệp này có 1 trang"),
        ({"version": "x", f"tep-{PROOF}": True}, "422"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_kept(
    binh: Desk, taken: Dossier, given: dict[str, Any], words: str
) -> None:
    answer = send(binh, taken, **{name: upload(pdf()) if value is True else value for name, value in given.items()})
    assert answer.status_code == 422
    assert words in text(answer) or words == "422"
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (SimpleUploadedFile("a.pdf", b"MZ\x90\x00"), "hỏng"),
        (SimpleUploadedFile("a.exe", b"MZ\x90\x00"), "Không nhận loại tệp"),
        (SimpleUploadedFile("a.pdf", b""), "rỗng"),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.4" + b"0" * (21 * 1024 * 1024)), "20 MB"),
    ],
    ids=["disguised", "program", "empty", "too large"],
)
def test_a_bad_file_is_named_and_the_good_ones_are_kept(
    binh: Desk, taken: Dossier, given: SimpleUploadedFile, words: str
) -> None:
    page = follow(binh, send(binh, taken, **{f"tep-{PROOF}": given, f"tep-{FORM}": upload(pdf())}))
    assert words in page
    assert "Đã số hóa 1 giấy tờ." in page
    assert taken.attachments.get().document_key == "don"


def test_an_office_file_is_no_scan(binh: Desk, taken: Dossier) -> None:
    import io
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    answer = send(binh, taken, **{f"tep-{PROOF}": SimpleUploadedFile("don.docx", made.getvalue())})
    assert answer.status_code == 422
    assert "Bản quét phải là PDF" in text(answer)


def test_a_coarse_scan_is_taken_with_a_warning(binh: Desk, taken: Dossier) -> None:
    page = follow(binh, send(binh, taken, **{f"tep-{PROOF}": upload(pdf(dpi=100))}))
    assert "100 dpi, chuẩn là từ 200 dpi" in page
    assert taken.attachments.exists()


def test_sent_twice_or_from_an_older_page_it_says_who_was_first(binh: Desk, taken: Dossier) -> None:
    seen = taken.version
    given = pdf()
    assert send(binh, taken, version=seen, **{f"tep-{PROOF}": upload(given)}).status_code == 302
    again = send(binh, taken, version=seen, **{f"tep-{PROOF}": upload(given)})
    assert again.status_code == 409
    assert "Nguyễn Văn Bình" in text(again)
    assert taken.attachments.count() == 1


@pytest.mark.parametrize("who", ["phuc", "chi", "dung", "giang", "hai"])
def test_for_others_the_page_does_not_exist(world: World, taken: Dossier, who: str) -> None:
    desk = Desk(world, who)
    assert desk.get(f"ho-so/{taken.code}/so-hoa").status_code == 404
    assert send(desk, taken, **{f"tep-{PROOF}": upload(pdf())}).status_code == 404
    assert not Attachment.objects.exists()


def test_citizens_and_passers_by_do_not_get_there(taken: Dossier, an: Client) -> None:
    address = f"/can-bo/ho-so/{taken.code}/so-hoa"
    assert an.get(address).status_code in (302, 403, 404)
    assert Client().get(address).status_code == 302


# Used again -----------------------------------------------------------------------------------------------------------


def test_what_the_owner_has_is_offered_looked_at_and_used(world: World, binh: Desk, taken: Dossier) -> None:
    [copy] = digitise(world, taken)
    other = register(world, at=MONDAY + DAY)
    page = text(binh.get(f"ho-so/{other.code}/so-hoa"))
    assert "Người này đã có bản dùng được" in page
    look = f"/can-bo/ho-so/{other.code}/so-hoa/{copy.pk}"
    assert look in page
    assert binh.client.get(look).content == copy.read()
    assert AccessLog.objects.filter(dossier=taken, why="reuse").count() == 1, "the look itself is seen by the owner"
    page = follow(binh, send(binh, other, doi_chieu="", **{f"lai-{PROOF}": str(copy.pk)}))
    assert "Dùng lại 1 bản đã có." in page
    assert other.attachments.get().reuse_of_id == copy.pk


def test_some_are_used_again_and_others_scanned_in_one_go(world: World, binh: Desk, taken: Dossier) -> None:
    [copy] = digitise(world, taken)
    other = register(world, at=MONDAY + DAY)
    page = follow(binh, send(binh, other, **{f"lai-{PROOF}": str(copy.pk), f"tep-{FORM}": upload(pdf(2))}))
    assert "Dùng lại 1 bản đã có. Đã số hóa 1 giấy tờ." in page
    assert other.attachments.count() == 2


def test_an_issued_result_is_looked_at_and_used(world: World, binh: Desk, taken: Dossier, authority: Authority) -> None:
    result = result_of(taken, signed_document(world, authority))
    other = register(world, at=MONDAY + DAY)
    page = text(binh.get(f"ho-so/{other.code}/so-hoa"))
    assert "Kết quả số 15/QĐ-SLĐ" in page
    assert binh.get(f"ho-so/{other.code}/so-hoa/{result.pk}")["Content-Type"] == "application/pdf"
    follow(binh, send(binh, other, doi_chieu="", **{f"lai-{PROOF}": str(result.pk)}))
    assert other.attachments.get().origin == "reused"


def test_what_belongs_to_another_owner_does_not_exist(world: World, binh: Desk, taken: Dossier) -> None:
    [copy] = digitise(world, taken)
    other = register(world, owner=LONG, at=MONDAY + DAY)
    assert "Người này đã có" not in text(binh.get(f"ho-so/{other.code}/so-hoa"))
    assert binh.get(f"ho-so/{other.code}/so-hoa/{copy.pk}").status_code == 404
    answer = send(binh, other, **{f"lai-{PROOF}": str(copy.pk)})
    assert answer.status_code == 422
    assert not AccessLog.objects.filter(why="reuse").exists()


def test_the_log_of_a_stopped_dossier_still_opens(
    binh: Desk, taken: Dossier, world: World, authority: Authority
) -> None:
    from dossiers import suspending

    given = {"reason": "Chết", "legal_basis": "Điều 1", "returned": "Trả lại bản chính"}
    certify(world, authority, "dung")
    suspending.stop(taken, by=world.actor("dung"), at=timezone.now(), **given)
    assert "Dừng giải quyết" in text(binh.open(taken, muc="nhat-ky"))


def test_an_archived_dossier_shows_its_copies_and_takes_none(world: World, binh: Desk, taken: Dossier) -> None:
    digitise(world, taken)
    Dossier.objects.filter(pk=taken.pk).update(archived_at=MONDAY)
    page = text(binh.get(f"ho-so/{taken.code}/so-hoa"))
    assert "Hồ sơ đã lưu nên không thêm giấy tờ được." in page
    assert "quet.pdf" in page
    assert 'type="file"' not in page
    assert f"/ho-so/{taken.code}/so-hoa" not in text(binh.open(taken, muc="giay-to"))


def test_a_dossier_without_papers_says_so(world: World, binh: Desk) -> None:
    from dossiers import counter
    from tests.dossiers.counter_world import birth

    dossier = counter.register(birth(world), by=world.actor("binh"), at=MONDAY)
    assert "không có giấy tờ để số hóa" in text(binh.get(f"ho-so/{dossier.code}/so-hoa"))


def test_the_page_costs_few_statements_also_with_much_to_use_again(
    world: World, binh: Desk, taken: Dossier, django_assert_max_num_queries: Any
) -> None:
    digitise(world, taken, scan(), scan("don", given=picture()))
    for day in range(1, 4):
        digitise(world, register(world, at=MONDAY + day * DAY), scan(given=upload(pdf(shade=200 - day))))
    other = register(world, at=MONDAY + 4 * DAY)
    binh.get(f"ho-so/{other.code}/so-hoa")
    with django_assert_max_num_queries(14):
        page = text(binh.get(f"ho-so/{other.code}/so-hoa"))
    assert page.count("Dùng lại:") == 5
