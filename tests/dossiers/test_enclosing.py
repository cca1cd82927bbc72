"""Văn bản kèm theo: in files of their own, signed by the agency alone, never later than their result."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
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

from dossiers import basket, enclosing, outbox, package_contents, processing, routing
from dossiers.models import Dossier, Enclosure, Result
from dossiers.refusals import MoveRefused
from procedures.models import RouteStage
from signatures import signing
from signatures.models import SignedDocument, SigningRequest
from signatures.refusals import SigningRefused
from tests.dossiers.conftest import picture
from tests.dossiers.officers import Desk, text
from tests.dossiers.results import enclosure, upload
from tests.dossiers.signing import certify
from tests.login import log_in
from tests.world import MONDAY, World

Climb = Callable[[Dossier, str], Dossier]


def locked() -> bytes:
    """One that opens with a password alone."""
    writer, output = copy_into_new_writer(PdfFileReader(upload("Mật.pdf"))), BytesIO()
    writer.encrypt("chủ", "khách")
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
        ("Bản vẽ.jpg", picture().read(), "phải là tệp PDF"),
        ("Bản vẽ.pdf", locked(), "mật khẩu"),
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
