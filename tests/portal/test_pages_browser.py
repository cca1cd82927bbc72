"""Public pages and the style guide in Chromium: at every width, with large text, without JavaScript."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from procedures.models import Case, GroupMember, LifeEvent, Procedure, ProcedureGroup, RequiredDocument
from tests import world as worlds
from tests.browser import chromium, faults, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "home": "/", "search": "/tim?q=khai+sinh", "nothing": "/tim?q=xyz", "event": "/viec/sinh-con",
    "catalogue": "/thu-tuc", "letter": "/thu-tuc?chu=Đ", "agencies": "/thu-tuc/co-quan",
    "agency": "/thu-tuc/co-quan/000.21.05.H62", "group": "/nhom-thu-tuc/NHOM-01", "ended": "/thu-tuc/2.000001",
    "checklist": "/thu-tuc/1.001193/in", "choosing": "/thu-tuc/1.001193?truong-hop=qua-han",
    "procedure": "/thu-tuc/1.001193", "help": "/tro-giup", "accessibility": "/kha-nang-tiep-can",
    "privacy": "/du-lieu-ca-nhan", "status": "/trang-thai", "guide": "/kieu-dang/", "forms": "/kieu-dang/bieu-mau",
    "staff": "/kieu-dang/can-bo", "missing": "/khong-co", "login": "/can-bo/dang-nhap",
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(live_server: Any) -> str:
    world = worlds.build()
    event = LifeEvent.objects.create(slug="sinh-con", name="Sinh con", summary="Khai sinh", icon="baby")
    world.birth.procedure.life_events.add(event)
    Case.objects.create(version=world.birth, key="qua-han", name="Khai sinh quá hạn", order=1)
    for case in world.birth.cases.all():
        RequiredDocument.objects.create(case=case, key="chung-sinh", name="Giấy chứng sinh", group="sinh")
        RequiredDocument.objects.create(case=case, key="cam-doan", name="Giấy cam đoan", group="sinh", order=1)
    group = ProcedureGroup.objects.create(code="NHOM-01", name="Khai sinh và trợ cấp", valid_from=dt.date(2026, 1, 1))
    for version in (world.birth, world.climbing):
        GroupMember.objects.create(group=group, procedure=version.procedure)
    ended = worlds.procedure("2.000001", "Thủ tục cũ", "Thủ tục cũ", "commune")
    type(ended).objects.filter(pk=ended.pk).update(state="retired", replaced_by=world.birth.procedure)
    Procedure.objects.update(popularity=10)
    return str(live_server.url)


def look(browser: Browser, site: str, pictures: Path, width: int, **context: Any) -> dict[str, list[str]]:
    """The faults of every page at that width; a picture of each is left in the folder."""
    found = {}
    with browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN", **context) as window:
        for name, path in PAGES.items():
            page = window.new_page()
            page.goto(site + path)
            page.evaluate("document.fonts.ready")
            picture(page, pictures / f"{name}-{width}.png")
            if faulty := faults(page, rules=width != 320):
                found[name] = faulty
            page.close()
    return found


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_pages_are_whole_and_accessible(browser: Browser, site: str, tmp_path: Path, width: int) -> None:
    assert look(browser, site, tmp_path, width) == {}


@pytest.mark.parametrize("choice", [{"size": "3"}, {"contrast": "1"}])
def test_pages_hold_with_the_largest_text_and_in_high_contrast(
    browser: Browser, site: str, choice: dict[str, str]
) -> None:
    # Colours are judged where the window is wide, what large letters break where it is narrow.
    width = 1280 if "contrast" in choice else 390
    with browser.new_context(viewport={"width": width, "height": 900}) as window:
        window.add_cookies([{"name": name, "value": value, "url": site} for name, value in choice.items()])
        page = window.new_page()
        found = {}
        for name, path in PAGES.items():
            page.goto(site + path)
            if faulty := faults(page, rules="contrast" in choice):
                found[name] = faulty
    assert found == {}


def test_search_and_display_work_without_javascript(browser: Browser, site: str) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900}) as window:
        page = window.new_page()
        page.goto(site)
        page.get_by_label("Tìm thủ tục").fill("dang ky khai sinh")
        page.get_by_role("button", name="Tìm", exact=True).click()
        page.get_by_role("link", name="Đăng ký khai sinh").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Đăng ký khai sinh")
        page.get_by_role("button", name="Cỡ chữ rất lớn").click()
        expect(page.locator("html")).to_have_attribute("data-size", "3")
        page.get_by_text("Mục lục", exact=True).click()
        expect(page.get_by_role("link", name="Trợ giúp").first).to_be_visible()


def test_papers_are_narrowed_and_printed_without_javascript(browser: Browser, site: str) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900}) as window:
        page = window.new_page()
        page.goto(site + "/thu-tuc/1.001193")
        page.get_by_text("Trả lời vài câu để bớt giấy tờ không cần").click()
        page.get_by_label("Khai sinh quá hạn").check()
        page.get_by_role("button", name="Chỉ hiện giấy tờ của tôi").click()
        page.wait_for_url("**/*?truong-hop=qua-han#chuan-bi")
        expect(page.locator(".prep")).to_have_count(1)
        page.get_by_role("link", name="In danh sách giấy tờ").click()
        page.emulate_media(media="print")
        expect(page.get_by_role("link", name="Tải PDF để in")).to_be_hidden()
        expect(page.locator(".qr")).to_be_visible()
        expect(page.locator(".prep .bx").first).to_be_visible()


def test_the_keyboard_shows_where_it_is(browser: Browser, site: str) -> None:
    with browser.new_context() as window:
        page = window.new_page()
        page.goto(site)
        page.keyboard.press("Tab")
        assert focused(page) == "Bỏ qua đến nội dung chính"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_officers_keys_move_and_choose(browser: Browser, site: str) -> None:
    with browser.new_context() as window:
        page = window.new_page()
        page.goto(site + "/kieu-dang/can-bo")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.type("jx")
        expect(page.get_by_label("Tìm hồ sơ")).to_have_value("jx")
        page.get_by_label("Tìm hồ sơ").blur()
        page.keyboard.press("j")
        expect(page.locator("tr.cur td a")).to_have_text("000.21.05.H62-261122-0002")
        page.keyboard.press("x")
        expect(page.locator("tr.cur input")).not_to_be_checked()


def test_targets_are_large_enough_for_fingers(browser: Browser, site: str) -> None:
    with browser.new_context(viewport={"width": 390, "height": 900}) as window:
        page = window.new_page()
        page.goto(site + "/thu-tuc/1.001193")
        heights = page.evaluate(
            "[...document.querySelectorAll('main .btn')].map(e => e.getBoundingClientRect().height)"
        )
        assert heights
        assert min(heights) >= 48


def test_nothing_is_fetched_from_elsewhere_and_the_console_stays_silent(browser: Browser, site: str) -> None:
    foreign: list[str] = []
    said: list[str] = []
    with browser.new_context() as window:
        page = window.new_page()
        page.on(
            "request",
            lambda request: foreign.append(request.url) if not request.url.startswith((site, "data:")) else None,
        )
        page.on("console", lambda message: said.append(message.text))
        for path in ("/", "/thu-tuc/1.001193", "/kieu-dang/can-bo"):
            page.goto(site + path)
    assert (foreign, said) == ([], [])


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))
