"""Văn thư: the seal on letters, the desk, and the register of outgoing documents (NĐ 30/2020/NĐ-CP art. 15, 17)."""

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader

from dossiers import basket, issuing, letters, outbox, outgoing, papers, processing
from dossiers.models import AccessLog, Dossier, IssuedPaper, OutboxMessage, Result, SigningBatch
from dossiers.refusals import MoveRefused
from procedures.ruleset import Rules
from tests.dossiers.baskets import fill
from tests.dossiers.officers import Desk, text
from tests.dossiers.results import attach, issued
from tests.dossiers.signing import certify
from tests.world import MONDAY, World

Climb = Callable[[Dossier, str], Dossier]
LATER = MONDAY + dt.timedelta(days=3)


@pytest.fixture
def proposed(received: Dossier, climb: Climb) -> Dossier:
    climb(received, "so-ky")
    return Dossier.objects.get(pk=received.pk)


@pytest.fixture
def letter(world: World, proposed: Dossier) -> IssuedPaper:
    """An apology in Lan's name, not signed yet."""
    lan = world.actor("lan")
    signer = {"capacity": "", "title": "Giám đốc", "name": lan.name}
    extra = {"signer": signer, "reason": "Chờ xác minh", "new_due_at": "2026-12-20T17:00:00+07:00"}
    paper = papers.issue(proposed, "apology", by=lan, at=timezone.now(), rules=Rules(), extra=extra)
    IssuedPaper.objects.filter(pk=paper.pk).update(signer_user_id=lan.user_id)
    outbox.keep([outbox.promise("paper.sign", key=f"paper.sign:{paper.pk}", at=timezone.now(),
                                lane=f"paper:{paper.pk}", payload={"paper": str(paper.pk)})])  # fmt: skip
    return IssuedPaper.objects.get(pk=paper.pk)


def test_a_letter_bears_the_leaders_signature_then_the_seal(world: World, letter: IssuedPaper, authority: Any) -> None:
    certify(world, authority)
    quyen = world.actor("quyen")
    with pytest.raises(MoveRefused, match="chưa có chữ ký"):
        letters.seal(letter, by=quyen, at=timezone.now())
    outbox.sweep()
    letter.refresh_from_db()
    assert letter.signed_document_id is not None
    assert list(letters.waiting(quyen)) == [letter]
    desk = Desk(world, "quyen")
    assert "Thư chờ đóng dấu" in text(desk.get("van-thu"))
    page = desk.client.post("/can-bo/van-thu", {"chon": [str(letter.pk)]})
    chosen = re.findall(r'name="chon" value="([^"]+)"', text(page))
    done = desk.client.post("/can-bo/van-thu", {"chon": chosen, "lam": "1"}, follow=True)
    assert "Đóng dấu" in text(done)
    assert not letters.waiting(quyen).exists()
    outbox.sweep()
    letter.refresh_from_db()
    assert letter.sealed_at is not None
    assert len(PdfFileReader(BytesIO(papers.read(letter))).embedded_signatures) == 2
    assert "Đã ký" in text(desk.get(f"ky/lo/{SigningBatch.objects.get().pk}"))
    with pytest.raises(MoveRefused, match="đã đóng dấu"):
        letters.seal(letter, by=quyen, at=timezone.now())


def test_a_letter_whose_signing_failed_is_signed_anew(world: World, letter: IssuedPaper, authority: Any) -> None:
    quyen = world.actor("quyen")
    with pytest.raises(MoveRefused, match="chưa hỏng"):
        letters.again(letter, by=quyen, at=timezone.now())
    OutboxMessage.objects.filter(kind="paper.sign").update(attempts=outbox.GIVE_UP_AFTER - 1)
    outbox.sweep()
    letter.refresh_from_db()
    assert "Kiểm tra chứng thư số" in letter.signing_error
    certify(world, authority)
    desk = Desk(world, "quyen")
    assert "Thư ký chưa được" in text(desk.get("van-thu"))
    assert Desk(world, "em").client.post(f"/can-bo/van-thu/thu/{letter.pk}/ky-lai").status_code == 404
    assert desk.client.post(f"/can-bo/van-thu/thu/{letter.pk}/ky-lai").status_code == 302
    letter.refresh_from_db()
    assert (letter.signing_error, letter.signing_attempt) == ("", 2)
    assert letter.signed_document_id is not None


def test_a_seal_that_is_refused_is_told_and_leaves_the_signature(world: World, letter: IssuedPaper) -> None:
    IssuedPaper.objects.filter(pk=letter.pk).update(signed_document_id=letter.pk)
    letter.refresh_from_db()
    letters.seal(letter, by=world.actor("quyen"), at=timezone.now())
    with pytest.raises(MoveRefused, match="đang được đóng"):
        letters.seal(letter, by=world.actor("quyen"), at=timezone.now())
    issuing.give_up(letters.reference(letter, "seal"), "Chứng thư số của cơ quan đã bị thu hồi.")
    letter.refresh_from_db()
    assert "thu hồi" in letter.signing_error
    assert letter.sealed_at is None
    letters.again(letter, by=world.actor("quyen"), at=timezone.now())
    assert OutboxMessage.objects.filter(key=f"paper.seal:{letter.pk}:2").exists()


def test_another_agencys_clerk_seals_nothing_here(world: World, letter: IssuedPaper) -> None:
    IssuedPaper.objects.filter(pk=letter.pk).update(signed_document_id=letter.pk)
    letter.refresh_from_db()
    with pytest.raises(MoveRefused, match="không thuộc"):
        letters.seal(letter, by=world.actor("em"), at=timezone.now())


def test_results_are_sealed_together_with_an_outcome_for_each(world: World, proposed: Dossier) -> None:
    at = timezone.now()
    dossiers = fill(proposed, 3)
    for one in dossiers:
        processing.decide(one, by=world.actor("lan"), at=at)
        attach(Result.objects.select_related("dossier").get(dossier=one), "person", at)
    desk = Desk(world, "quyen")
    page = desk.client.post("/can-bo/van-thu", {"chon": [str(one.pk) for one in dossiers]})
    assert "Đóng dấu 3 văn bản" in text(page)
    chosen = re.findall(r'name="chon" value="([^"]+)"', text(page))
    answer = desk.client.post("/can-bo/van-thu", {"chon": chosen, "lam": "1"}, follow=True)
    assert text(answer).count("01/QĐ-SLĐTBXH") == 1
    assert OutboxMessage.objects.filter(kind="result.seal").count() == 3
    processing.signing_failed(Result.objects.get(dossier=dossiers[0]), reason="Không có dấu.", at=at)
    assert "Không có dấu. Mở hồ sơ để bấm Ký lại." in text(desk.get("van-thu"))
    again = desk.client.post("/can-bo/van-thu", {"chon": chosen, "lam": "1"}, follow=True)
    assert "Không có văn bản nào" in text(again)
    assert "Chọn văn bản trước" in text(desk.client.post("/can-bo/van-thu", {}, follow=True))
    assert not basket.waiting_for_seal(world.actor("quyen")).exists()


def test_the_register_of_outgoing_documents_has_every_number_once(
    world: World, received: Dossier, climb: Climb
) -> None:
    issued(world, received, climb, at=LATER)
    [line] = outgoing.entries(world.agencies["province"], 2026, now=LATER)
    assert line.number == "01/QĐ-SLĐTBXH"
    assert line.subject == "Quyết định trợ cấp: Trợ cấp thờ cúng liệt sĩ"
    assert (line.signer, line.kept_by, line.late) == ("Phan Thị Lan", "Văn thư", False)
    assert line.receivers.startswith("Nguyễn Thị An; Bộ phận một cửa")
    assert outgoing.entries(world.agencies["province"], 2026, month=12, now=LATER) == []
    assert outgoing.entries(world.agencies["province"], 2025, now=LATER) == []


def test_documents_are_sent_by_the_next_working_day(world: World, proposed: Dossier) -> None:
    friday = MONDAY + dt.timedelta(days=4)
    processing.decide(proposed, by=world.actor("lan"), at=friday)
    agency = world.agencies["province"]
    assert outgoing.sent_by(agency.pk, friday) == (friday + dt.timedelta(days=3)).date(), "over the weekend"
    for day, late in ((3, False), (4, True)):
        [line] = outgoing.entries(agency, 2026, month=11, now=friday + dt.timedelta(days=day))
        assert line.late is late
    assert line.note == "Chưa phát hành"


def test_recalled_and_unsigned_documents_say_so(world: World, letter: IssuedPaper, received: Dossier) -> None:
    now = timezone.now()
    processing.decide(Dossier.objects.get(pk=received.pk), by=world.actor("lan"), at=now)
    Result.objects.filter(dossier=received).update(recalled_at=now)
    notes = {one.number: one.note for one in outgoing.entries(world.agencies["province"], now.year, now=now)}
    assert notes == {"01/QĐ-SLĐTBXH": "Đã thu hồi", letter.number: "Chưa ký số"}
    Result.objects.filter(dossier=received).update(recalled_at=None, superseded_at=now)
    notes = {one.number: one.note for one in outgoing.entries(world.agencies["province"], now.year, now=now)}
    assert notes["01/QĐ-SLĐTBXH"] == "Không phát hành"


def test_the_register_is_read_printed_and_taken_away(world: World, proposed: Dossier) -> None:
    now = timezone.now()
    processing.decide(proposed, by=world.actor("lan"), at=now)
    Dossier.objects.filter(pk=proposed.pk).update(title="=HYPERLINK(1)")
    desk, query = Desk(world, "quyen"), {"year": str(now.year), "month": ""}
    page = text(desk.get("van-thu/so-van-ban-di"))
    assert "01/QĐ-SLĐTBXH" in page
    table = desk.get("van-thu/so-van-ban-di", dang="csv", **query)
    assert "Tên loại và trích yếu nội dung" in text(table)
    assert text(table).count("\r\n") == 2
    printed = desk.get("van-thu/so-van-ban-di", dang="in", **query)
    assert printed.content.startswith(b"%PDF")
    assert AccessLog.objects.filter(what=f"sổ văn bản đi năm {now.year}").count() == 2
    assert desk.get("van-thu/so-van-ban-di", year="abc").status_code == 422
    assert Desk(world, "khanh").get("van-thu/so-van-ban-di").status_code == 404
    assert Desk(world, "khanh").get("van-thu").status_code == 404
