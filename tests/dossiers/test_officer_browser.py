"""The officers' pages in Chromium: whole, accessible and without sideways scrolling, in every state of a dossier."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from dossiers import intake, processing
from dossiers.models import Dossier
from tests.browser import chromium, faults
from tests.dossiers.officers import Desk
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def look(browser: Browser, live_server: Any, world: World, tmp_path: Path) -> Callable[..., dict[str, list[str]]]:
    """The faults of pages as one officer sees them, at both widths; a picture of each is left in the folder."""

    def at(name: str, pages: dict[str, str], **context: Any) -> dict[str, list[str]]:
        cookie = Desk(world, name).client.cookies["sessionid"].value
        found = {}
        for width in (1280, 390):
            with browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN", **context) as window:
                window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
                page = window.new_page()
                for title, address in pages.items():
                    page.goto(f"{live_server.url}/can-bo/{address}")
                    settle(page)
                    page.screenshot(path=tmp_path / f"{name}-{title}-{width}.png", full_page=True)
                    if faulty := faults(page):
                        found[f"{title} {width}"] = faulty
        return found

    return at


def settle(page: Page) -> None:
    page.evaluate("document.fonts.ready")
    page.evaluate("Promise.all([...document.images].map(i => (i.loading = 'eager', i.decode().catch(() => 0))))")


def test_reception_looks_at_the_queue_and_a_new_dossier(world: World, submitted: Dossier, look: Any) -> None:
    code = submitted.reference
    pages = {
        "queue": "hang-viec", "empty": "hang-viec?xem=cho-bo-sung", "search": "tim?q=nguyen", "nothing": "tim?q=zzz",
        "dossier": f"ho-so/{code}", "form": f"ho-so/{code}?muc=to-khai", "log": f"ho-so/{code}?muc=nhat-ky",
        "receive": f"ho-so/{code}/nhan", "refuse": f"ho-so/{code}/tu-choi", "assign": f"ho-so/{code}/giao",
        "shortcuts": "phim-tat",
    }  # fmt: skip
    assert look("binh", pages) == {}


def test_reception_looks_at_the_letter_before_it_goes_out(world: World, submitted: Dossier, look: Any) -> None:
    intake.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ, chụp lại")
    pages = {"judged": f"ho-so/{submitted.reference}", "letter": f"ho-so/{submitted.reference}/bo-sung"}
    assert look("binh", pages) == {}


def test_specialists_and_leaders_look_at_the_result(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier], look: Any
) -> None:
    pages = {"forward": f"ho-so/{received.code}/chuyen", "dossier": f"ho-so/{received.code}"}
    assert look("chi", pages) == {}
    climb(received, "so-tham-dinh")
    at = timezone.now()
    processing.draft_result(received, by=world.actor("khanh"), at=at, kind="approval", text={})
    code = received.code
    assert look("khanh", {"drafted": f"ho-so/{code}?muc=ket-qua", "draft": f"ho-so/{code}/soan"}) == {}
    processing.propose(received, by=world.actor("khanh"), at=at, note="Đủ điều kiện, kính trình")
    assert look("lan", {"basket": "ky", "dossier": f"ho-so/{code}", "decide": f"ho-so/{code}/ky"}) == {}
    processing.decide(received, by=world.actor("lan"), at=at)
    assert look("lan", {"signing": f"ho-so/{code}"}) == {}
