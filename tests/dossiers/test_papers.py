"""Official papers: numbered in the verb, typeset outside, never twice."""

import pypdfium2

from dossiers import intake, outbox, papers
from dossiers.models import Dossier, IssuedPaper, OutboxMessage
from tests.world import MONDAY, World


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document)


def test_the_receipt_says_code_promise_and_papers(received: Dossier) -> None:
    text = " ".join(text_of(papers.read(IssuedPaper.objects.get(dossier=received))).split())
    for expected in (
        "000.21.05.H62-261109-0001",
        "Nguyễn Thị An",
        "17 giờ 00, ngày 11/12/2026",
        "Bằng Tổ quốc ghi công",
    ):
        assert expected in text


def test_reading_a_paper_before_its_promise_is_kept_gives_the_same_bytes_for_ever(received: Dossier) -> None:
    paper = IssuedPaper.objects.get(dossier=received)
    first = papers.read(paper)
    assert outbox.perform_now(OutboxMessage.objects.get(kind="paper.typeset").key)
    assert papers.read(IssuedPaper.objects.get(pk=paper.pk)) == first


def test_the_supplement_letter_names_every_gap_with_its_reason(world: World, submitted: Dossier) -> None:
    intake.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ, chụp lại")
    intake.request_supplement(submitted, by=world.actor("binh"), at=MONDAY)
    text = " ".join(text_of(papers.read(IssuedPaper.objects.get(kind="supplement"))).split())
    assert "Bằng Tổ quốc ghi công" in text
    assert "Ảnh mờ, chụp lại" in text


def test_the_refusal_letter_gives_the_reason(world: World, submitted: Dossier) -> None:
    intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="Không thuộc thẩm quyền của xã")
    assert "Không thuộc thẩm quyền của xã" in text_of(papers.read(IssuedPaper.objects.get(kind="refusal")))
