"""What the processing page tells: the way, the deadline, the papers, the form, the log; and what it costs."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import files, processing, viewing, wording
from dossiers.models import Dossier, Payment
from dossiers.states import Status
from dossiers.views.officer import steps
from dossiers.views.officer.situation import Situation
from tests.dossiers.officers import Desk, text
from tests.world import MONDAY, World

Climb = Callable[[Dossier, str], Dossier]


def due(**facts: Any) -> Any:
    """A dossier at the commune with two working days for its desk, from Monday to Wednesday, 9:00."""
    known = {
        "status": Status.IN_PROGRESS, "holder_agency_id": None, "receiving_agency_id": None, "in_post": False,
        "waiting_for": "",
        "next_due_at": MONDAY + dt.timedelta(days=2),
        "next_soon_at": MONDAY + dt.timedelta(days=1, hours=6, minutes=12),
        "due_at": MONDAY + dt.timedelta(days=10), "resolved_at": None, "returned_at": None, "closed_at": None,
    }  # fmt: skip
    return SimpleNamespace(**known | facts)


@pytest.mark.parametrize(
    ("hours", "state", "words", "share"),
    [
        (0, "on_time", "Còn 2 ngày", 0.02),
        (5, "on_time", "Còn 1 ngày", 0.24),
        (24 + 6.5, "due_soon", "Còn 3 giờ", 0.81),
        (48 + 1, "overdue", "Quá hạn 1 giờ", 1),
        (48 + 25, "overdue", "Quá hạn 1 ngày", 1),
        (48.25, "overdue", "Quá hạn 15 phút", 1),
        (48.01, "overdue", "Vừa quá hạn", 1),
        (48, "due_soon", "Đến hạn", 1),
    ],
)
@pytest.mark.django_db
def test_a_deadline_in_words(hours: float, state: str, words: str, share: float) -> None:
    said = wording.deadline(due(), now=MONDAY + dt.timedelta(hours=hours))
    assert said is not None
    assert (said["state"], said["text"]) == (state, words)
    assert said["share"] == pytest.approx(share, abs=0.02)


@pytest.mark.django_db
def test_deadlines_at_rest_and_at_the_end() -> None:
    def words(**facts: Any) -> Any:
        said = wording.deadline(due(next_due_at=None, next_soon_at=None, **facts), now=MONDAY + dt.timedelta(days=9))
        return said and (said["state"], said["text"])

    early = {"resolved_at": MONDAY + dt.timedelta(days=8), "returned_at": MONDAY + dt.timedelta(days=9)}
    late = early | {"resolved_at": MONDAY + dt.timedelta(days=11)}
    assert words(status=Status.SUPPLEMENT_REQUESTED) == ("paused", "Chờ người dân bổ sung")
    assert words(waiting_for="Chờ giám định") == ("paused", "Chờ giám định")
    assert words(status=Status.RESOLVED, in_post=True) == ("paused", "Bưu điện đang chuyển")
    assert words(status=Status.RETURNED, **early) == ("done_early", "Xong sớm 2 ngày")
    assert words(status=Status.RETURNED, **early | {"resolved_at": due().due_at}) == ("done_early", "Xong đúng hạn")
    assert words(status=Status.RETURNED, **late) == ("overdue", "Xong trễ 1 ngày")
    assert words(status=Status.STOPPED, closed_at=MONDAY) == ("paused", "Dừng xử lý")
    assert words() is None


def test_moments_near_and_far() -> None:
    def said(days: int) -> str:
        return wording.short(MONDAY + dt.timedelta(days=days), now=MONDAY)

    assert [said(-1), said(0), said(1), said(2)] == ["hôm qua 09:00", "hôm nay 09:00", "mai 09:00", "11/11 09:00"]
    assert (said(365), wording.short(None, now=MONDAY)) == ("09/11/2027", "")


def test_levels_of_the_way_that_are_past_or_far_are_one_arrow_each(
    world: World, received: Dossier, climb: Climb
) -> None:
    climb(received, "huyen-tham-dinh")
    situation = Situation(received, world.actor("hai"), MONDAY + dt.timedelta(hours=3))
    arrows = [(arrow["label"], arrow["sub"], arrow["state"]) for arrow in steps.arrows(situation)]
    assert arrows == [
        ("Tiếp nhận", "0 phút", "done"),
        ("Cấp xã", "2 bước đã xong", "done"),
        ("Bước huyen-tham-dinh", "Chuyên viên · 30 phút", "current"),
        ("Bước huyen-duyet", "Lãnh đạo", ""),
        ("Cấp tỉnh", "3 bước", ""),
        ("Trả kết quả", "Gửi bưu điện về nhà", ""),
    ]


def test_the_page_shows_papers_answers_log_and_money(world: World, received: Dossier) -> None:
    desk = Desk(world, "chi")
    page = text(desk.open(received))
    assert "2. Bằng Tổ quốc ghi công" in page
    assert "026190001234" not in page
    form = text(desk.open(received, muc="to-khai"))
    assert "Nguyễn Văn Long" in form
    assert "026190001234" in form
    assert "Công chức" in text(desk.open(received, muc="nhat-ky"))
    assert "không thu phí" in text(desk.open(received, muc="phi"))
    Payment.objects.update(amount=8000, lines=[{"name": "Lệ phí", "amount": 8000}])
    assert "Chưa nộp" in text(desk.open(received, muc="phi"))
    assert "Chưa soạn kết quả" in text(desk.open(received, muc="ket-qua"))
    assert desk.open(received, muc="../x", tep="không").status_code == 200


def test_reception_prints_the_newest_paper(world: World, received: Dossier) -> None:
    assert "In giấy số 01/TNHS" in text(Desk(world, "binh").open(received))
    assert "In giấy số" not in text(Desk(world, "chi").open(received))


def test_the_page_leads_to_the_next_dossier_of_the_queue(world: World, submitted: Dossier) -> None:
    second = Dossier.objects.get(pk=submitted.pk)
    answers = second.answers
    second.pk, second.reference, second.answers = None, "N261109-33333333", answers
    second.pk = Dossier._meta.pk.get_default()
    second.next_due_at = submitted.next_due_at + dt.timedelta(minutes=1)
    second.save(force_insert=True)
    desk = Desk(world, "binh")
    assert "/can-bo/ho-so/N261109-33333333" in text(desk.open(submitted))
    assert 'rel="next"' not in text(desk.open(second))


def test_the_page_costs_few_statements(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-ky")
    desk = Desk(world, "lan")
    desk.open(received)
    with CaptureQueriesContext(connection) as queries:
        assert desk.open(received).status_code == 200
    assert len(queries) <= 19


def test_files_that_are_no_pages_are_handed_over_as_they_are(world: World, submitted: Dossier) -> None:
    paper = submitted.attachments.get()
    paper.content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    paper.save()
    desk = Desk(world, "binh")
    assert "Loại tệp này không xem trước được" in text(desk.open(submitted))
    answer = desk.get(f"ho-so/{submitted.reference}/tep/{paper.pk}")
    assert answer["Content-Disposition"].startswith("attachment")
    assert desk.get(f"ho-so/{submitted.reference}/tep/{paper.pk}/trang/1").status_code == 404


def test_pages_of_a_paper_become_pictures_once(world: World, submitted: Dossier, decision: bytes) -> None:
    upload = SimpleUploadedFile("quyet-dinh.pdf", decision, "application/pdf")
    paper = files.receive(upload, document_key="bang-tqgc", at=MONDAY, dossier=submitted)
    assert viewing.pages(decision, viewing.PDF) == 1
    first = viewing.picture(paper.read, viewing.PDF, key=paper.sha256, number=1)
    assert first[8:12] == b"WEBP"

    def never() -> bytes:
        raise AssertionError("it is already there")

    assert viewing.picture(never, viewing.PDF, key=paper.sha256, number=1) == first
    for number in (0, 2, -1):
        with pytest.raises(viewing.NoPicture):
            viewing.picture(paper.read, viewing.PDF, key=paper.sha256, number=number)


@pytest.mark.parametrize("kind", [viewing.PDF, "image/png", "text/plain"])
def test_broken_files_have_no_pages(settings: Any, kind: str) -> None:
    with pytest.raises(viewing.NoPicture):
        viewing.picture(lambda: b"broken", kind, key="broken", number=1)
    assert viewing.pages(b"broken", "application/pdf") == 0


def test_a_template_that_does_not_fit_is_told_in_words(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-tham-dinh")
    received.case.result_template = "#nonsense()"
    received.case.save()
    processing.draft_result(received, by=world.actor("khanh"), at=MONDAY, kind="approval", text={})
    desk = Desk(world, "khanh")
    assert "Mẫu kết quả không khớp" in text(desk.open(received, muc="ket-qua"))
    assert desk.get(f"ho-so/{received.code}/ket-qua").status_code == 404


def test_shortcuts_can_be_switched_off_and_on(world: World) -> None:
    desk = Desk(world, "binh")
    assert "data-key" in text(desk.get("hang-viec"))
    desk.client.post("/can-bo/phim-tat", {"keys": "off"})
    off = text(desk.get("hang-viec"))
    assert "keys-off" in off
    assert "data-key" not in off
    desk.client.post("/can-bo/phim-tat", {"keys": "on"})
    assert "data-key" in text(desk.get("hang-viec"))
