"""Bản sao: prepared, signed by the leader, sealed by the agency, one line of its book each; recalled with a reason."""

import datetime as dt
import io

import pikepdf
import pypdfium2
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from dossiers import certifying, copy_issuing, outbox
from dossiers.copy_words import State, state_of, who_was_first
from dossiers.models import Attachment, CertifiedCopy, Dossier, OutboxMessage
from dossiers.refusals import LostRace, MoveRefused
from portal.floor.filetypes import FileRefused
from signatures import signing, verification
from signatures.enrolment import Organisation, enrol
from signatures.models import Certificate, SignedDocument, SigningRequest
from tests.authority import Authority
from tests.dossiers.copying import AT, YEAR, draft, house, pdf, signed
from tests.world import World

__all__ = ["house"]


def words_of(content: bytes, page: int) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return str(document[page].get_textpage().get_text_range())


def test_sao_y_bears_the_agency_s_signature_and_its_words_at_the_top_of_page_one(house: World) -> None:
    copy = signed(house)
    assert (state_of(copy), copy.number, copy.pages) == (State.ISSUED, "01/SY-UBND", 2)
    request = SigningRequest.objects.get()
    assert (request.mark, request.page, request.certificate.purpose) == ("text", 0, "seal")
    assert request.lines == ["SAO Y", "Ủy ban nhân dân xã Xuân Lôi"], "signing itself adds its time"
    content = copy_issuing.read(copy, at=AT)
    assert verification.verify(content).verdict == "valid"
    with pypdfium2.PdfDocument(content) as document:
        assert len(document) == 2


def test_certified_copy_has_the_words_the_person_and_the_seal_on_a_last_page(house: World) -> None:
    copy = signed(house, "chung-thuc")
    assert (state_of(copy), copy.number) == (State.ISSUED, f"01/{YEAR}-SCT/BS")
    purposes = list(SigningRequest.objects.order_by("created_at").values_list("mark", "certificate__purpose"))
    assert purposes == [("person", "person"), ("seal", "seal")]
    content = copy_issuing.read(copy, at=AT)
    report = verification.verify(content)
    assert (report.verdict, len(report.signatures)) == ("valid", 2)
    said = words_of(content, 2)
    for word in (
        "CHỨNG THỰC BẢN SAO ĐIỆN TỬ",
        "2 trang",
        "Giấy khai sinh",
        "UBND xã Tử Du",
        f"{YEAR} - SCT/BS",
        "Lê Tiến Dũng",
    ):
        assert word in said


def test_each_book_counts_by_itself_from_one_each_year_and_without_gap(house: World) -> None:
    numbers = [signed(house, kind, **more).number for kind, more in
               (("sao-y", {}), ("sao-luc", {}), ("chung-thuc", {}), ("trich-sao", {"part": "2"}))]  # fmt: skip
    assert numbers == ["01/SY-UBND", "02/SL-UBND", f"01/{YEAR}-SCT/BS", "03/TrS-UBND"]
    draft(house)  # takes no number
    new_year = dt.datetime(YEAR, 12, 31, 17, 0, tzinfo=dt.UTC)
    row = certifying.sign(draft(house), by=house.actor("dung"), at=new_year)
    assert (row.year, row.number) == (YEAR + 1, "01/SY-UBND")
    book = CertifiedCopy.objects.in_book(house.agencies["commune"].pk, YEAR, certified=False)
    assert [copy.serial for copy in book] == [1, 2, 3]


def test_an_excerpt_holds_the_wanted_pages_alone(world: World) -> None:
    copy = draft(world, "trich-sao", pdf(5), part="2-3, 5")
    assert copy.pages == 3
    with pytest.raises(FileRefused, match="tệp này có 2 trang"):
        draft(world, "trich-sao", part="4")
    with pytest.raises(MoveRefused, match="ghi trang nào"):
        draft(world, "trich-sao")


def test_what_is_signed_already_is_copied_as_it_is_and_not_certified_from_paper(
    house: World, authority: Authority, decision: bytes
) -> None:
    request = signing.order(
        signing.SigningOrder(pdf=decision, certificate_id=authority.agency().pk, reference="x", reason="x")
    )
    document = signing.perform(request.pk)
    assert document is not None
    content = signing.read(document)
    with pytest.raises(MoveRefused, match="chọn Sao y"):
        draft(house, "chung-thuc", content)
    copy = signed(house, content=content)
    made = copy_issuing.read(copy, at=AT)
    assert made.startswith(content)  # an incremental update: the first signature holds
    assert len(verification.verify(made).signatures) == 2


def test_what_is_no_readable_pdf_is_refused_clearly(world: World) -> None:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(1))) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    for content in (locked.getvalue(), b"no pdf"):
        with pytest.raises(FileRefused, match="Không mở được"):
            draft(world, content=content)


def test_a_first_page_too_narrow_for_the_mark_is_refused_before_it_takes_a_number(world: World) -> None:
    card = io.BytesIO()
    Image.new("L", (340, 215)).save(card, "PDF", resolution=100)
    with pytest.raises(MoveRefused, match="hẹp hơn khổ A5"):
        draft(world, content=card.getvalue())
    assert draft(world, "chung-thuc", card.getvalue()).pages == 1  # its words have a page of their own


def test_only_the_agency_s_own_people_prepare_and_only_its_leader_signs(house: World) -> None:
    for stranger in ("khanh", "giang", "an"):
        with pytest.raises(MoveRefused, match="không làm việc tại"):
            draft(house, by=stranger)
    copy = draft(house)
    for other in ("binh", "lan", "em"):
        with pytest.raises(MoveRefused, match="Chỉ lãnh đạo"):
            certifying.sign(copy, by=house.actor(other), at=AT)
    visible = CertifiedCopy.objects.visible_to
    assert {name for name in house.users if visible(house.actor(name)).exists()} == {"binh", "chi", "dung", "em"}


def test_nobody_gets_a_number_for_what_cannot_be_signed(world: World, authority: Authority) -> None:
    copy = draft(world, "chung-thuc")
    with pytest.raises(MoveRefused, match="Cơ quan chưa có chứng thư số"):
        certifying.sign(copy, by=world.actor("dung"), at=AT)
    agency = world.agencies["commune"]
    authority.lend_key(f"seal-{agency.code}", "ec")
    enrol(Organisation(agency.code, agency.name, "Tỉnh Vĩnh Phúc", 36), at=timezone.now())
    with pytest.raises(MoveRefused, match="Bạn chưa có chứng thư số"):
        certifying.sign(copy, by=world.actor("dung"), at=AT)
    assert CertifiedCopy.objects.get().serial is None


def test_two_leaders_at_once_sign_once_and_the_second_hears_who(house: World) -> None:
    mine, other = draft(house), CertifiedCopy.objects.get()
    certifying.sign(mine, by=house.actor("dung"), at=AT)
    with pytest.raises(LostRace, match=f"Lê Tiến Dũng đã đổi bản sao này lúc {AT:%H:%M %d/%m/%Y}: Đang ký số"):
        certifying.sign(other, by=house.actor("dung"), at=AT)
    now = CertifiedCopy.objects.get()
    with pytest.raises(MoveRefused, match="không ký được"):
        certifying.sign(now, by=house.actor("dung"), at=AT)
    with pytest.raises(MoveRefused, match="không ký lại được"):
        certifying.sign_again(now, by=house.actor("dung"), at=AT)


def test_a_refused_signature_is_told_and_asked_for_anew_under_the_same_number(
    house: World, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    Certificate.objects.filter(purpose="seal").update(provider_ref="khong-co")
    copy = certifying.sign(draft(house), by=house.actor("dung"), at=AT)
    copy_issuing.give_up(f"certified:{copy.pk}:text:1", "Chứng thư số đã bị thu hồi")
    copy_issuing.give_up("result:1:seal:1", "not ours")
    copy = CertifiedCopy.objects.get()
    assert (state_of(copy), copy.signing_error) == (State.FAILED, "Chứng thư số đã bị thu hồi")
    Certificate.objects.filter(purpose="seal").update(provider_ref=f"seal-{copy.agency.code}")
    copy = certifying.sign_again(copy, by=house.actor("dung"), at=AT)
    assert (copy.signing_attempt, copy.number, state_of(copy)) == (2, "01/SY-UBND", State.WAITING)
    outbox.sweep()
    assert state_of(CertifiedCopy.objects.get()) is State.ISSUED


def test_when_no_order_can_be_placed_the_leader_is_told_at_last(house: World) -> None:
    copy = certifying.sign(draft(house), by=house.actor("dung"), at=AT)
    Certificate.objects.update(state="suspended")
    outbox.sweep()
    assert state_of(CertifiedCopy.objects.get()) is State.WAITING
    OutboxMessage.objects.filter(kind="certified.sign").update(
        attempts=outbox.GIVE_UP_AFTER - 1, next_at=timezone.now()
    )
    outbox.sweep()
    assert "nhiều lần thử" in CertifiedCopy.objects.get(pk=copy.pk).signing_error


def test_a_process_that_dies_between_order_and_signature_signs_once(house: World) -> None:
    copy = certifying.sign(draft(house, "chung-thuc"), by=house.actor("dung"), at=AT)
    [message] = outbox.claim(now=timezone.now(), key=f"certified.sign:{copy.pk}:1")
    copy_issuing._sign(message)
    OutboxMessage.objects.update(leased_until=None)  # the process died before it wrote that it was done
    outbox.sweep()
    assert SigningRequest.objects.count() == 2
    assert state_of(CertifiedCopy.objects.get()) is State.ISSUED


def test_recalling_needs_the_leader_and_a_reason_and_keeps_the_line(house: World) -> None:
    copy = signed(house)
    with pytest.raises(MoveRefused, match="chỉ lãnh đạo"):
        certifying.recall(copy, by=house.actor("binh"), at=AT, reason="Sai")
    with pytest.raises(MoveRefused, match="lý do"):
        certifying.recall(copy, by=house.actor("dung"), at=AT, reason="  ")
    copy = certifying.recall(copy, by=house.actor("dung"), at=AT, reason="Sai số trang")
    assert state_of(copy) is State.RECALLED
    with pytest.raises(MoveRefused, match="thu hồi rồi"):
        certifying.recall(copy, by=house.actor("dung"), at=AT, reason="Sai")
    assert who_was_first(copy).startswith("Lê Tiến Dũng")
    assert CertifiedCopy.objects.in_book(copy.agency_id, YEAR, certified=False).get().recall_reason == "Sai số trang"


def test_a_dropped_draft_takes_no_number_and_one_recalled_while_signing_is_not_issued(house: World) -> None:
    dropped = certifying.recall(draft(house), by=house.actor("chi"), at=AT, reason="Nhầm tệp")
    assert (state_of(dropped), dropped.number) == (State.DROPPED, "")
    with pytest.raises(MoveRefused, match="không ký được"):
        certifying.sign(dropped, by=house.actor("dung"), at=AT)
    for kind in ("sao-y", "chung-thuc"):
        copy = certifying.sign(draft(house, kind), by=house.actor("dung"), at=AT)
        certifying.recall(copy, by=house.actor("dung"), at=AT, reason="Nhầm tệp")
    outbox.sweep()
    assert not SignedDocument.objects.exists()
    copy_issuing.attach(f"certified:{copy.pk}:seal:1", copy.pk)
    assert CertifiedCopy.objects.get(pk=copy.pk).issued_at is None


def test_a_copy_certified_from_a_dossier_s_paper_stands_beside_it(house: World, received: Dossier) -> None:
    copy = signed(house, "chung-thuc", dossier=received, document_key="bang-tqgc")
    kept = Attachment.objects.get(origin="certified")
    assert (kept.dossier_id, kept.document_key, kept.verdict, copy.attachment_id) == (
        received.pk, "bang-tqgc", "ok", kept.pk
    )  # fmt: skip
    assert kept.read() == copy_issuing.read(copy, at=AT)
    signed(house, "sao-y", dossier=received, document_key="bang-tqgc")
    assert Attachment.objects.filter(origin="certified").count() == 1


def test_an_original_altered_at_rest_is_never_signed(house: World) -> None:
    copy = draft(house)
    default_storage.delete(copy.file)
    CertifiedCopy.objects.update(file=default_storage.save("copies/other.pdf", SimpleUploadedFile("x", pdf(1))))
    with pytest.raises(ValueError, match="not the one that was kept"):
        copy_issuing.read(CertifiedCopy.objects.get(), at=AT)
