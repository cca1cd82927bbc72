"""The pages on which several places work on one dossier, in Chromium: whole, accessible, nothing cut off."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Browser, expect

from dossiers import consulting, files, processing, verifying
from dossiers.models import Consultation, Dossier
from procedures.models import Position, ProcedureAgency
from tests.dossiers.officers import Desk
from tests.dossiers.test_consulting import on_paper
from tests.dossiers.test_officer_browser import browser, look
from tests.world import World

__all__ = ["browser", "look"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUESTION = "Xác nhận ông Nguyễn Văn Long có tên trong sổ liệt sĩ của huyện, và gia đình đã hưởng chế độ nào chưa"


@pytest.fixture
def busy(world: World, received: Dossier) -> Dossier:
    """One agency has answered, one is late, one is asked no more; the place has been looked at, and will be again."""
    ProcedureAgency.objects.create(
        procedure=world.climbing.procedure, agency=world.agencies["district"], receives=False, competent=True
    )
    Position.objects.create(
        user=world.users["em"], agency=world.agencies["district"], role="specialist", title="CV", holder_name="Chị Em"
    )
    now, by = timezone.now(), world.actor("chi")
    given = {"by": by, "question": QUESTION, "days": 3}
    first = consulting.consult(received, at=now, agency=world.agencies["district"], **given)
    consulting.open_consultation(first, by=world.actor("hai"), at=now)
    consulting.answer_consultation(
        first, by=world.actor("hai"), at=now, opinion="agree", answer="Có tên trong sổ, chưa hưởng chế độ nào."
    )
    dossier = Dossier.objects.get()
    consulting.consult(dossier, at=now, agency=world.agencies["province"], **given)
    Consultation.objects.filter(answered_at=None).update(due_at=now - dt.timedelta(hours=3))
    starts = dt.datetime(2036, 11, 17, 1, 30, tzinfo=dt.UTC)
    place = {"place": "Nghĩa trang liệt sĩ xã Xuân Lôi, hàng 3 mộ 12", "purpose": "Đối chiếu bia mộ"}
    look = verifying.arrange_verification(dossier, by=by, at=now, starts_at=starts, **place)
    verifying.record_verification(
        look, dossier, by=by, at=now, held_at=now, minutes="Bia mộ ghi đúng tên, năm hy sinh."
    )
    verifying.arrange_verification(dossier, by=by, at=now, starts_at=starts, **place)
    return Dossier.objects.get()


def test_the_desk_that_leads_sees_every_leg(world: World, busy: Dossier, look: Any) -> None:
    at = f"ho-so/{busy.code}"
    pages = {"legs": f"{at}?muc=phoi-hop", "papers": at} | {
        act: f"{at}/{act}"
        for act in ("lay-y-kien", "thoi-lay-y-kien", "chuyen", "chuyen-co-quan", "hen-kiem-tra", "doi-lich", "bien-ban")
    }
    assert look("chi", pages) == {}


def test_the_asked_agency_reads_and_answers(world: World, busy: Dossier, look: Any) -> None:
    done = Consultation.objects.exclude(answered_at=None).get()
    assert look("hai", {"answered": f"lay-y-kien/{done.pk}", "answers": "lay-y-kien?xem=da-tra-loi"}) == {}
    consulting.consult(
        busy, by=world.actor("chi"), at=timezone.now(), agency=world.agencies["district"], question=QUESTION, days=2
    )
    row = Consultation.objects.latest("asked_at")
    pages = {"list": "lay-y-kien", "answer": f"lay-y-kien/{row.pk}", "dossier": f"ho-so/{busy.code}"}
    assert look("hai", pages) == {}


def test_looking_at_another_paper_keeps_what_was_typed(
    browser: Browser, live_server: Any, world: World, received: Dossier, decision: bytes
) -> None:
    upload = SimpleUploadedFile("giay-xac-nhan.pdf", decision, "application/pdf")
    files.receive(upload, document_key="bang-tqgc", at=timezone.now(), dossier=received)
    row = consulting.consult(
        received, by=world.actor("chi"), at=timezone.now(), agency=world.agencies["district"], question="?", days=2
    )
    cookie = Desk(world, "hai").client.cookies["sessionid"].value
    with browser.new_context(viewport={"width": 1280, "height": 900}) as window:
        window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = window.new_page()
        page.goto(f"{live_server.url}/can-bo/lay-y-kien/{row.pk}")
        page.get_by_label("Nội dung trả lời").fill("Đã xem hai giấy tờ")
        other = page.locator(".vw-l a:not([aria-current])")
        address = other.get_attribute("href")
        other.click()
        page.locator(f'.vw-l a[aria-current][href="{address}"]').wait_for()
        expect(page.get_by_label("Nội dung trả lời")).to_have_value("Đã xem hai giấy tờ")


def test_paper_and_what_was_just_passed_on(world: World, received: Dossier, look: Any) -> None:
    on_paper(received)
    for name in ("chi", "dung"):
        processing.forward(received, by=world.actor(name), at=timezone.now())
    assert look("dung", {"recall": f"ho-so/{received.code}/thu-hoi"}) == {}
    at = f"ho-so/{received.code}"
    assert look("hai", {"confirm": f"{at}/nhan-ban-giao", "handovers": f"{at}?muc=phoi-hop"}) == {}
