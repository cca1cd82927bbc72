"""Official papers: numbered in the verb, typeset outside, never twice."""

import datetime as dt
import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from dossiers import intake, outbox, papers, registers, supplementing
from dossiers.models import Dossier, IssuedPaper, OutboxMessage
from dossiers.paper_facts import outcome
from portal.floor import printing
from procedures.ruleset import Rules
from tests.dossiers.officers import Desk, text
from tests.dossiers.results import issued
from tests.procedures.reference import ROOT
from tests.world import MONDAY, World

A5, A4, A4_ACROSS = (148, 210), (210, 297), (297, 210)


def size_of(pdf: bytes) -> tuple[int, int]:
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    return round(width * 25.4 / 72), round(height * 25.4 / 72)


def rules_of(code: str) -> Rules:
    """The rules that the product ships."""

    class Shipped:
        parameters = json.loads((ROOT / "rules" / f"{code}.json").read_text(encoding="utf-8"))["parameters"]

    Shipped.code = code  # type: ignore[attr-defined]
    return Rules.of(Shipped())  # type: ignore[arg-type]


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
    supplementing.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ, chụp lại")
    supplementing.request_supplement(submitted, by=world.actor("binh"), at=MONDAY)
    text = " ".join(text_of(papers.read(IssuedPaper.objects.get(kind="supplement"))).split())
    assert "Bằng Tổ quốc ghi công" in text
    assert "Ảnh mờ, chụp lại" in text


def test_the_refusal_letter_gives_the_reason(world: World, submitted: Dossier) -> None:
    intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="Không thuộc thẩm quyền của xã")
    assert "Không thuộc thẩm quyền của xã" in text_of(papers.read(IssuedPaper.objects.get(kind="refusal")))


def test_forms_a5_register_a4(world: World, received: Dossier) -> None:
    by, rules = world.actor("binh"), Rules()
    for kind in ("receipt", "supplement", "refusal", "apology", "stop_notice", "control_slip"):
        paper = papers.issue(received, kind, by=by, at=MONDAY, rules=rules)
        assert size_of(papers.read(paper)) == A5, kind
    book = registers.keep(world.agencies["commune"], 2026, 1, by=by, at=MONDAY, rules=rules)
    assert size_of(papers.read(book)) == A4_ACROSS


@pytest.mark.parametrize(
    ("code", "apology", "stop", "slip", "title"),
    [
        ("VN-2018", "Mẫu 04", "", "Mẫu 05", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
        ("VN-2025", "Mẫu 04", "Mẫu 05", "Mẫu 06", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"),
    ],
)
def test_form_numbers_follow_profile_2018_2025(
    world: World, received: Dossier, code: str, apology: str, stop: str, slip: str, title: str
) -> None:
    rules, by = rules_of(code), world.actor("dung")
    made = {kind: papers.issue(received, kind, by=by, at=MONDAY, rules=rules) for kind in
            ("apology", "stop_notice", "control_slip")}  # fmt: skip
    assert [made[kind].snapshot["form_number"] for kind in made] == [apology, stop, slip]
    assert made["apology"].title == title
    said = " ".join(text_of(papers.read(made["apology"])).split())
    assert title.upper() in said
    assert ("gia hạn thời gian giải quyết hồ sơ nêu trên" in said) == (code == "VN-2025")
    assert rules.form_number("register") == ("Mẫu 07" if code == "VN-2025" else "Mẫu 06")


def test_form_number_series_restart_year_local_time(world: World, received: Dossier) -> None:
    by, rules = world.actor("binh"), Rules()
    last, first = (dt.datetime(2026, 12, 31, hour, minute, tzinfo=dt.UTC) for hour, minute in ((16, 59), (17, 0)))
    numbers = [papers.issue(received, "refusal", by=by, at=at, rules=rules).number for at in (last, last, first)]
    assert numbers == ["01/TCTN", "02/TCTN", "01/TCTN"]


def test_a_file_that_was_changed_is_opened_for_nobody(world: World, received: Dossier) -> None:
    paper = IssuedPaper.objects.get(dossier=received)
    papers.read(paper)
    IssuedPaper.objects.update(file=default_storage.save("papers/other.pdf", ContentFile(b"%PDF-1.7 other")))
    with pytest.raises(papers.Altered):
        papers.read(IssuedPaper.objects.get())
    desk = Desk(world, "binh")
    answer = desk.get(f"ho-so/{received.code}/giay/{paper.pk}")
    assert "không còn nguyên" in text(desk.client.get(answer["Location"]))


def test_bytes_changed_on_the_disk_are_refused(received: Dossier) -> None:
    paper = IssuedPaper.objects.get(dossier=received)
    papers.read(paper)
    path = default_storage.path(paper.file)
    with open(path, "r+b") as stored:
        stored.seek(-20, 2)
        stored.write(b"\0" * 8)
    with pytest.raises(papers.Altered):
        papers.read(paper)


def test_copies_are_marked_or_two_to_a_sheet(world: World, received: Dossier) -> None:
    paper = IssuedPaper.objects.get(dossier=received)
    desk, address = Desk(world, "binh"), f"ho-so/{received.code}/giay/{paper.pk}"
    again = desk.get(address, **{"in": "lai"}).content
    assert "Bản in lại lúc" in text_of(again)
    assert "Bản in lại" not in text_of(desk.get(address).content)
    assert size_of(printing.two_up(papers.read(paper))) == A4_ACROSS
    both = "".join(text_of(desk.get(address, **{"in": "hai-ban"}).content).split())
    assert both.count("NguyễnThịAn") == 2


def test_without_a_certificate_the_print_is_signed_by_hand(received: Dossier) -> None:
    paper = IssuedPaper.objects.get(dossier=received)
    assert not paper.unsigned, "a signature is still awaited"
    OutboxMessage.objects.update(next_at=MONDAY)
    outbox.sweep()
    paper.refresh_from_db()
    assert paper.unsigned
    assert papers.read(paper).startswith(b"%PDF")


def test_the_control_slip_names_giver_taker_and_whether_in_time(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]
) -> None:
    dossier = issued(world, received, climb)
    lines = papers.control_slip(dossier, by=world.actor("giang"), at=MONDAY).snapshot["hand_overs"]
    assert len(lines) == 8
    assert (lines[0]["giver_name"], lines[1]["giver_name"]) == ("Nguyễn Văn Bình", "Trần Thị Chi")
    assert "Ủy ban nhân dân huyện Lập Thạch" in lines[2]["receiver"]
    assert lines[1]["outcome"] == "Trước hạn"


def test_in_time_is_said_by_the_day() -> None:
    day = dt.timedelta(days=1)
    assert [outcome(MONDAY, due) for due in (None, MONDAY + day, MONDAY, MONDAY - day)] == [
        "", "Trước hạn", "Đúng hạn", "Quá hạn",
    ]  # fmt: skip


def test_the_owner_is_not_shown_the_papers_of_the_office(world: World, received: Dossier, an: Client) -> None:
    slip = papers.control_slip(received, by=world.actor("binh"), at=MONDAY)
    assert an.get(f"/ho-so-cua-toi/{received.code}/giay/{slip.pk}").status_code == 404


@pytest.mark.parametrize("name", ["Ơ Ư H’Mông", "Y Ƀhăm Ŏ Ŭi Kƀăn", "Đèo Thị Ĕ Č Ñ"])
def test_names_of_every_people_are_printed_whole(world: World, received: Dossier, name: str) -> None:
    paper = IssuedPaper.objects.get(dossier=received)
    paper.snapshot["applicant"]["name"] = name
    assert "".join(name.split()) in "".join(text_of(papers.read(paper)).split())


def test_codes_printed_on_the_receipt_lead_to_what_is_there(received: Dossier, client: Client) -> None:
    """A page by which the service is judged gets its code when there is one."""
    said = received.papers.get(kind="receipt").snapshot
    printed = {name: address for name, address in said.items() if name.endswith("_url")}
    assert set(printed) == {"verify_url"}
    page = urlsplit(printed["verify_url"])
    assert client.get(f"{page.path}?{page.query}").status_code == 200
    assert not page.fragment
