"""The officer's desk in Chromium: ticking, keys, narrowing, and pages that are whole at every width."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from dossiers import intake
from dossiers.models import Dossier
from procedures.models import Position
from tests import world as worlds
from tests.browser import chromium, faults, picture
from tests.dossiers.officers import Desk, copies
from tests.world import MONDAY, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def opened(browser: Browser, live_server: Any, world: World) -> Opened:
    """A window of one officer at one width."""

    @contextmanager
    def at(name: str, width: int = 1280, **context: Any) -> Iterator[Page]:
        cookie = Desk(world, name).client.cookies["sessionid"].value
        with browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN", **context) as window:
            window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            page = window.new_page()
            page.set_default_timeout(15000)
            page.on("pageerror", lambda error: pytest.fail(str(error)))
            page.goto(f"{live_server.url}/can-bo/hang-viec")
            yield page

    return at


@pytest.fixture
def several(submitted: Dossier) -> list[Dossier]:
    """Five new dossiers, some late, some near."""
    found = [submitted, *copies(submitted, 4)]
    names = ("H’Blŏk Niê", "Nguyễn Thị Thu Hường", "Hợp tác xã Miến dong Nà Rì", "Lường Văn Pảo", "Y Ngông Kbuôr")
    now = timezone.now()
    for number, (one, name) in enumerate(zip(found, names, strict=True)):
        due = now + dt.timedelta(hours=9 * number - 10)
        Dossier.objects.filter(pk=one.pk).update(
            applicant_name=name, next_due_at=due, next_soon_at=due - dt.timedelta(hours=8)
        )
    return found


def test_rows_are_ticked_by_hand_and_by_key_and_received_together(
    opened: Opened, several: list[Dossier], tmp_path: Path
) -> None:
    with opened("binh") as page:
        expect(page.locator(".bulk")).to_be_hidden()
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Shift+X")
        expect(page.get_by_text("Đã chọn 3:")).to_be_visible()
        picture(page, tmp_path / "queue-ticked-1280.png")
        assert faults(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(".bulk")).to_be_hidden()
        page.locator("thead .ck input").check()
        expect(page.get_by_text("Đã chọn 5:")).to_be_visible()
        page.get_by_role("button", name="Nhận hồ sơ").click()
        picture(page, tmp_path / "bulk-1280.png")
        assert faults(page) == []
        page.get_by_role("button", name="Nhận 5 hồ sơ").click()
        expect(page.get_by_text("Xong 5 hồ sơ")).to_be_visible()
        picture(page, tmp_path / "bulk-done-1280.png")
        assert faults(page) == []
    assert Dossier.objects.exclude(code=None).count() == 5


def test_without_javascript_rows_are_ticked_looked_at_and_received(
    opened: Opened, several: list[Dossier], tmp_path: Path
) -> None:
    with opened("binh", 390, java_script_enabled=False) as page:
        picture(page, tmp_path / "queue-390.png")
        page.locator(".ck input").first.check()
        page.get_by_role("button", name="Nhận hồ sơ").click()
        picture(page, tmp_path / "bulk-390.png")
        page.get_by_role("button", name="Nhận 1 hồ sơ").click()
        expect(page.get_by_text("Xong 1 hồ sơ")).to_be_visible()
        picture(page, tmp_path / "bulk-done-390.png")


def test_the_queue_is_narrowed_kept_and_made_compact(opened: Opened, several: list[Dossier], tmp_path: Path) -> None:
    for width in (1280, 390):
        with opened("binh", width) as page:
            page.get_by_role("link", name="Lọc thêm").click()
            page.get_by_label("Tìm trong danh sách").fill("an")
            page.get_by_label("Kênh nộp").select_option("Trực tuyến")
            page.get_by_role("button", name="Lọc").first.click()
            page.get_by_placeholder("Tên chế độ xem").fill(f"Trên mạng {width}")
            picture(page, tmp_path / f"queue-narrowed-{width}.png")
            assert faults(page) == []
            page.get_by_role("button", name="Lưu chế độ xem").click()
            expect(page.get_by_role("link", name=f"Trên mạng {width}")).to_be_visible()
            page.get_by_role("button", name="Dòng gọn").click()
            picture(page, tmp_path / f"queue-compact-{width}.png")
            assert faults(page) == []
            heights = page.evaluate("[...document.querySelectorAll('.tb tbody tr')].map(r => r.offsetHeight)")
            assert width == 390 or max(heights) <= 46
            page.get_by_role("button", name="Dòng thoáng").click()


def test_keys_judge_papers_and_go_places(
    opened: Opened, several: list[Dossier], live_server: Any, world: World, tmp_path: Path
) -> None:
    with opened("binh") as page:
        page.goto(f"{live_server.url}/can-bo/ho-so/{several[0].reference}")
        page.keyboard.press("2")
        page.keyboard.press("d")
        expect(page.locator("#papers input[value=ok]").first).to_be_checked()
        page.keyboard.press("c")
        expect(page.locator("#papers input[value=no]").first).to_be_checked()
        picture(page, tmp_path / "process-1280.png")
        page.keyboard.press("Escape")
        page.wait_for_url("**/can-bo/hang-viec*")
        page.keyboard.press("?")
        page.wait_for_url("**/phim-tat")
        picture(page, tmp_path / "shortcuts-1280.png")
        assert faults(page) == []
        page.keyboard.press("g")
        page.keyboard.press("q")
        page.wait_for_url("**/can-bo/hang-viec")
        page.keyboard.press("n")
        page.wait_for_url("**/tiep-nhan")


def test_keys_that_were_switched_off_do_nothing(opened: Opened, live_server: Any) -> None:
    with opened("binh") as page:
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.goto(f"{live_server.url}/can-bo/phim-tat")
        page.locator("button[name=keys][value=off]").click()
        page.goto(f"{live_server.url}/can-bo/hang-viec")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") != "q"


def test_new_dossiers_are_announced_and_no_row_moves(opened: Opened, several: list[Dossier]) -> None:
    with opened("binh") as page:
        shown = page.locator(".tb tbody").inner_text()
        copies(several[0], 2)
        Dossier.objects.exclude(pk__in=[one.pk for one in several]).update(submitted_at=timezone.now())
        page.evaluate("htmx.ajax('GET', document.querySelector('[hx-trigger]').getAttribute('hx-get'), '[hx-trigger]')")
        expect(page.get_by_text("2 hồ sơ mới")).to_be_visible()
        assert page.locator(".tb tbody").inner_text() == shown
        page.get_by_role("link", name="Tải lại").click()
        expect(page.locator(".tb tbody tr")).to_have_count(7)


def test_operators_and_leaders_have_their_pages(
    opened: Opened, world: World, several: list[Dossier], live_server: Any, tmp_path: Path
) -> None:
    for one in several[:3]:
        intake.receive(one, by=world.actor("binh"), at=MONDAY)
    Position.objects.filter(pk=world.positions["chi"].pk).update(valid_to=timezone.localdate(MONDAY))
    worlds._officer(world, "uyen", "operator", "Hà Thị Uyên", "Quản trị", world.agencies["province"])
    code = Dossier.objects.exclude(code=None).earliest("code").code
    pages = {
        "uyen": ("dieu-phoi", f"dieu-phoi/{code}"),
        "dung": ("don-vi", "dieu-phoi", "hang-viec?xem=ca-don-vi&loc=1"),
    }
    for name, addresses in pages.items():
        for width in (1280, 390):
            with opened(name, width) as page:
                for number, address in enumerate(addresses):
                    page.goto(f"{live_server.url}/can-bo/{address}")
                    picture(page, tmp_path / f"{name}-{number}-{width}.png")
                    assert faults(page) == [], (name, address, width)
