"""Văn bản kèm theo: in files of their own, signed by the agency alone, never later than their result."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from dossiers import basket, enclosing, files, outbox, package_contents, processing, routing
from dossiers.models import Dossier, Enclosure, Result
from dossiers.refusals import MoveRefused
from portal.floor.ports import PortError
from procedures.models import Case, RouteStage
from signatures import signing
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.refusals import SigningRefused
from tests.dossiers.conftest import picture
from tests.dossiers.officers import Desk, text
from tests.dossiers.results import enclosure, upload
from tests.dossiers.signing import certify
from tests.login import log_in
from tests.world import MONDAY, World

Climb = Callable[[Dossier, str], Dossier]


def locked(user: str) -> bytes:
    """One that opens with a password alone, or ("") that anybody reads and nobody may change."""
    writer, output = copy_into_new_writer(PdfFileReader(upload("Mật.pdf"))), BytesIO()
    writer.encrypt("chủ", user)
    writer.write(output)
    return output.getvalue()


@pytest.fixture
def drafted(received: Dossier, climb: Climb, world: World) -> Dossier:
    """With the leader; two files go out with the result."""
    climb(received, "so-ky")
    dossier = Dossier.objects.get(pk=received.pk)
    result = dossier.results.get(superseded_at=None)
    enclosing.enclose(result, [enclosure("Bản vẽ.pdf"), enclosure("Phụ lục.pdf")])
    return dossier


def decide(world: World, dossier: Dossier) -> None:
    processing.decide(dossier, by=world.actor("lan"), at=timezone.now())
    outbox.sweep()


def seal(world: World, dossier: Dossier) -> Result:
    processing.seal(Dossier.objects.get(pk=dossier.pk), by=world.actor("quyen"), at=timezone.now())
    outbox.sweep()
    return dossier.results.get(superseded_at=None)


def signed(enclosure: Enclosure) -> bytes:
    return signing.read(SignedDocument.objects.get(pk=enclosure.signed_document_id))


def test_each_bears_the_agencys_signature_with_the_number_of_the_result(
    world: World, drafted: Dossier, authority: Any
) -> None:
    certify(world, authority)
    decide(world, drafted)
    assert not drafted.results.get(superseded_at=None).enclosures.exclude(signed_document_id=None).exists()
    result = seal(world, drafted)
    assert result.issued_at is not None
    agency = world.agencies["province"].name
    for one in result.enclosures.order_by("place"):
        content = signed(one)
        (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
        assert signature.signer_cert.subject.native["common_name"] == agency
        document = pypdfium2.PdfDocument(content)
        document.init_forms()
        corner = document[0].render(scale=1, crop=(300, 700, 0, 0), may_draw_forms=True).to_pil().convert("L")
        assert corner.getextrema()[0] < 128, "the mark is drawn"
        request = SigningRequest.objects.get(reference=f"enclosure:{one.pk}:1")
        assert request.lines == [f"Kèm theo văn bản số: {result.number}"]
        assert request.mark == "text"


def test_one_question_covers_the_result_and_all_that_goes_with_it(
    world: World, drafted: Dossier, authority: Any
) -> None:
    certify(world, authority)
    decide(world, drafted)
    result = seal(world, drafted)
    asked = SigningRequest.objects.filter(reference__regex=f"enclosure|result:{result.pk}:seal")
    assert asked.count() == 3
    assert len(set(asked.values_list("batch", flat=True))) == 1


def test_nothing_is_issued_while_one_is_unsigned_and_nothing_is_sealed_twice(
    world: World, drafted: Dossier, authority: Any
) -> None:
    certify(world, authority)
    decide(world, drafted)
    last = drafted.results.get(superseded_at=None).enclosures.order_by("-place")[0]
    prepare = signing._prepare

    def refuse(request: SigningRequest, *rest: Any) -> Any:
        if request.reference.startswith(f"enclosure:{last.pk}:"):
            raise SigningRefused("Tệp hỏng.")
        return prepare(request, *rest)

    with patch.object(signing, "_prepare", refuse):
        result = seal(world, drafted)
    assert result.issued_at is None
    assert result.signing_error == "Phụ lục: Tệp hỏng."
    assert Dossier.objects.get(pk=drafted.pk).stage_kind == "seal"
    processing.sign_again(Dossier.objects.get(pk=drafted.pk), by=world.actor("quyen"), at=timezone.now())
    outbox.sweep()
    result.refresh_from_db()
    assert result.issued_at is not None
    assert SigningRequest.objects.filter(reference__startswith=f"result:{result.pk}:seal:").count() == 1
    assert SigningRequest.objects.filter(reference__startswith="enclosure:", state="done").count() == 2


def test_a_batch_of_seals_waits_for_the_enclosures_too(world: World, drafted: Dossier, authority: Any) -> None:
    certify(world, authority)
    decide(world, drafted)
    dossier = Dossier.objects.get(pk=drafted.pk)
    batch = basket.order_seals({dossier.pk: dossier.version}, [], by=world.actor("quyen"), at=timezone.now())
    outbox.sweep()
    assert drafted.results.get(superseded_at=None).issued_at is not None
    assert SigningRequest.objects.filter(batch=batch.pk).count() == 3
    assert "Đã ký" in text(Desk(world, "quyen").get(f"ky/lo/{batch.pk}"))


@pytest.fixture
def examined(received: Dossier, climb: Climb) -> Dossier:
    """At the desk that writes the result."""
    climb(received, "so-tham-dinh")
    return Dossier.objects.get(pk=received.pk)


def test_the_draft_fixes_what_goes_out_and_a_new_draft_keeps_what_is_chosen(world: World, examined: Dossier) -> None:
    desk = Desk(world, "khanh")
    assert "Thêm tài liệu kèm theo" in text(desk.get(f"ho-so/{examined.code}/soan"))
    first = [upload("Bản vẽ.pdf"), upload("Phụ lục.pdf")]
    desk.act(examined, "soan", kind="approval", enclose=first)
    drawing, annex = examined.results.get(superseded_at=None).enclosures.order_by("place")
    desk.act(examined, "soan", kind="approval", keep=[str(annex.pk)], enclose=[upload("Danh sách.pdf")])
    current = examined.results.get(superseded_at=None)
    assert [one.title for one in current.enclosures.order_by("place")] == ["Phụ lục", "Danh sách"]
    assert Enclosure.objects.filter(pk__in=[drawing.pk, annex.pk]).count() == 2, "the earlier draft keeps its own"
    snapshot = examined.events.filter(verb="draft_result").latest("sequence").snapshot
    assert snapshot is not None
    assert snapshot["enclosures"][0] == {"title": "Phụ lục", "sha256": annex.sha256}


def test_too_many_or_never_sealed_are_refused(world: World, examined: Dossier) -> None:
    one = Enclosure(title="x", file="x", sha256="0" * 64)
    more: dict[str, Any] = {"by": world.actor("khanh"), "at": MONDAY, "kind": "approval", "text": {}}
    with pytest.raises(MoveRefused, match="tối đa 10"):
        processing.draft_result(examined, enclosures=[one] * 11, **more)
    RouteStage.objects.filter(kind="seal").delete()
    routing._cases.cache_clear()
    with pytest.raises(MoveRefused, match="không có bước đóng dấu"):
        processing.draft_result(Dossier.objects.get(pk=examined.pk), enclosures=[one], **more)


def test_what_cannot_be_signed_is_refused_when_it_is_given(world: World, examined: Dossier) -> None:
    desk = Desk(world, "khanh")
    for name, content, why in (
        ("Bản vẽ.pdf", b"%PDF-1.7\nnothing of a PDF", "bị hỏng hoặc không đúng là tệp PDF"),
        ("Bản vẽ.jpg", picture().read(), "Chỉ nhận tệp PDF"),
        ("Bản vẽ.pdf", locked("khách"), "“Bản vẽ.pdf”: Tệp PDF có mật khẩu"),
        ("Bản vẽ.pdf", locked(""), "“Bản vẽ.pdf”: Tệp PDF bị khóa"),
    ):
        answer = desk.act(examined, "soan", kind="approval", enclose=[upload(name, content)])
        assert answer.status_code == 422
        assert why in text(answer)
    assert not examined.results.exists()


def test_altered_bytes_are_neither_shown_nor_signed(drafted: Dossier) -> None:
    one = drafted.results.get(superseded_at=None).enclosures.first()
    one.sha256 = "0" * 64
    with pytest.raises(ValueError, match="differ"):
        enclosing.read(one)


def test_officers_attach_and_read_them_and_the_owner_takes_them(world: World, drafted: Dossier, authority: Any) -> None:
    certify(world, authority)
    code, one = str(drafted.code), drafted.results.get(superseded_at=None).enclosures.order_by("place")[0]
    lan = Desk(world, "lan")
    assert "Bản vẽ" in text(lan.get(f"ky/{code}"))
    path = re.search(rf'href="([^"]+kem-theo/{one.pk})"', text(lan.get(f"ho-so/{code}?phan=ket-qua")))
    assert path is not None
    assert lan.client.get(path[1]).content.startswith(b"%PDF")
    decide(world, drafted)
    early = log_in(Client(), world.users["an"]).get(f"/toi/ho-so/{code}/kem-theo/{one.pk}.pdf")
    assert early.status_code == 404, "nothing leaves before it is issued"
    seal(world, drafted)
    one.refresh_from_db()
    citizen, stranger = log_in(Client(), world.users["an"]), log_in(Client(), world.users["vinh"])
    page = text(citizen.get(f"/toi/ho-so/{code}"))
    links = re.findall(r'href="(/toi/ho-so/[^"]+/kem-theo/[^"]+)"', page)
    assert len(links) == 2
    assert stranger.get(links[0]).status_code == 404
    assert Desk(world, "binh").get(f"ho-so/{code}/ket-qua/kem-theo/{drafted.pk}").status_code == 404
    answer = citizen.get(links[0])
    assert answer.content == signed(one)
    assert "attachment" in answer["Content-Disposition"]
    answer = citizen.post("/kiem-tra/", {"file": SimpleUploadedFile("x.pdf", signed(one))})
    assert "do chúng tôi phát hành" in text(answer)


def test_the_archive_package_keeps_them_beside_their_result(world: World, drafted: Dossier, authority: Any) -> None:
    certify(world, authority)
    decide(world, drafted)
    seal(world, drafted)
    packed = {item.path: item for item in package_contents.items(Dossier.objects.get(pk=drafted.pk))}
    places = [path for path in packed if "-kem-theo-" in path]
    assert [path.rpartition("-kem-theo-")[2] for path in places] == [
        "01.pdf", "01-da-ky.pdf", "02.pdf", "02-da-ky.pdf",
    ]  # fmt: skip
    assert packed[places[0]].title == "Bản vẽ"


@pytest.mark.django_db(transaction=True)
def test_what_is_signed_at_the_same_moment_is_issued_by_whichever_is_told_last(
    world: World, drafted: Dossier, authority: Any
) -> None:
    certify(world, authority)
    decide(world, drafted)
    with patch.object(signing, "hand_over"):
        assert seal(world, drafted).issued_at is None
    documents = list(SignedDocument.objects.not_handed_over())
    assert len(documents) == 3
    complete, together = enclosing.complete, threading.Barrier(len(documents))

    def late(result: Result) -> bool:
        with suppress(threading.BrokenBarrierError):
            together.wait(timeout=0.5)  # all have written before any looks; where one holds the others, it goes on
        return complete(result)

    def tell(document: SignedDocument) -> None:
        try:
            signing.hand_over(document, at=timezone.now())
        finally:
            connection.close()

    with patch.object(enclosing, "complete", late), ThreadPoolExecutor(len(documents)) as workers:
        list(workers.map(tell, documents))
    assert drafted.results.get(superseded_at=None).issued_at is not None
    assert not SignedDocument.objects.not_handed_over().exists()


def test_each_refusal_is_told_once_and_all_are_signed_at_the_next_order(
    world: World, drafted: Dossier, authority: Any
) -> None:
    """The certificate is withdrawn while the seal and both annexes wait for it."""
    certify(world, authority)
    decide(world, drafted)
    with patch.object(signing, "_prepare", side_effect=SigningRefused("Chứng thư bị thu hồi.")):
        result = seal(world, drafted)
    assert set(SigningRequest.objects.exclude(reference__contains="person").values_list("state", flat=True)) == {
        "failed"
    }
    assert drafted.outbox.filter(kind="notice.holder", key__startswith="signing_failed").count() == 1
    assert result.signing_error.endswith("Chứng thư bị thu hồi.")
    quyen = Desk(world, "quyen")
    assert "Chứng thư bị thu hồi." in text(quyen.open(drafted))
    processing.sign_again(Dossier.objects.get(pk=drafted.pk), by=world.actor("quyen"), at=timezone.now())
    outbox.sweep()
    result.refresh_from_db()
    assert result.issued_at is not None


def test_pages_say_what_hinders_the_seal_or_any_annex(world: World, drafted: Dossier, authority: Any) -> None:
    certify(world, authority)
    decide(world, drafted)
    dossier = Dossier.objects.get(pk=drafted.pk)
    batch = basket.order_seals({dossier.pk: dossier.version}, [], by=world.actor("quyen"), at=timezone.now())
    with patch.object(signing, "perform"):
        outbox.sweep()
    ours = SigningRequest.objects.filter(batch=batch.pk)
    ours.filter(reference__startswith="result:").update(state="done")
    Certificate.objects.filter(pk__in=ours.values("certificate")).update(provider="agent")
    quyen = Desk(world, "quyen")
    assert "Chờ ký bằng thiết bị" in text(quyen.get(f"ky/lo/{batch.pk}"))
    assert "thiet-bi" in text(quyen.open(drafted))


def test_a_finished_result_stays_when_an_annex_is_added(world: World, examined: Dossier) -> None:
    Case.objects.filter(pk=examined.case_id).update(upload_result=True)
    routing._cases.cache_clear()
    desk = Desk(world, "khanh")
    desk.act(examined, "soan", kind="approval", file=upload("Quyết định.pdf"))
    first = examined.results.get(superseded_at=None)
    desk.act(examined, "soan", kind="approval", keep_file="on", enclose=[upload("Bản vẽ.pdf")])
    second = examined.results.get(superseded_at=None)
    assert (second.file, second.uploaded) == (first.file, True)
    desk.act(examined, "soan", kind="approval", keep=[str(second.enclosures.get().pk)])
    assert not examined.results.get(superseded_at=None).uploaded


def test_what_cannot_be_looked_through_is_refused_in_words(world: World, examined: Dossier) -> None:
    desk = Desk(world, "khanh")
    with patch("dossiers.files.scanner", side_effect=PortError("down")):
        answer = desk.act(examined, "soan", kind="approval", enclose=[upload("Bản vẽ.pdf")])
    assert (answer.status_code, "Chưa quét được mã độc" in text(answer)) == (422, True)


def test_of_several_files_none_is_kept_when_one_is_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(files.FileRefused):
        files.keep_enclosures([upload("Bản vẽ.pdf"), upload("Hỏng.pdf", b"%PDF-1.7 x")])
    assert not list((tmp_path / "media").rglob("enclosed/*"))


@pytest.mark.django_db
def test_a_broken_signature_or_too_large_a_file_is_refused_when_it_is_given(authority: Any, ordered: Any) -> None:
    document = signing.perform(signing.order(ordered(authority.person("Nguyễn Thị An"))).pk)
    assert document
    good = signing.read(document)
    place = good.index(b"/ByteRange") - 200
    assert files.keep_enclosures([upload("Ký.pdf", good)])
    with pytest.raises(files.FileRefused, match="chữ ký số bị hỏng"):
        files.keep_enclosures([upload("Ký.pdf", good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])])
    with patch.object(files, "MOST_ENCLOSED", 10), pytest.raises(files.FileRefused, match="18 MB"):
        files.keep_enclosures([upload("Lớn.pdf")])


def test_everybody_who_asks_hears_that_an_annex_is_ours_and_of_which_paper(
    world: World, drafted: Dossier, authority: Any
) -> None:
    certify(world, authority)
    decide(world, drafted)
    result = seal(world, drafted)
    content = signed(result.enclosures.order_by("place")[0])

    def asked() -> tuple[str, Any]:
        page = text(Client().post("/kiem-tra/", {"file": SimpleUploadedFile("x.pdf", content)}))
        answer = Client().post("/api/v1/verify/", {"file": SimpleUploadedFile("x.pdf", content)})
        return page, answer.json()["state"]

    page, state = asked()
    assert f"tài liệu kèm theo văn bản số {result.number}" in page
    assert "Bản vẽ" in page
    assert state == "issued"
    Result.objects.filter(pk=result.pk).update(recalled_at=timezone.now())
    page, state = asked()
    assert "Văn bản chính đã bị thu hồi" in page
    assert state == "recalled"
