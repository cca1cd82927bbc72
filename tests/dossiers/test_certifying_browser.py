"""Bản sao in Chromium: from the scan to the book, whole at both widths and without JavaScript."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page

from dossiers.models import CertifiedCopy
from tests.browser import chromium, faults, picture
from tests.dossiers.copying import draft, house, pdf, signed
from tests.dossiers.officers import Desk
from tests.world import World

__all__ = ["house"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def window(browser: Browser, live_server: Any, world: World, who: str, width: int = 1280, **given: Any) -> Any:
    cookie = Desk(world, who).client.cookies["sessionid"].value
    opened = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN", **given)
    opened.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return opened


def elsewhere(sign: Callable[[], CertifiedCopy]) -> CertifiedCopy:
    """Signing runs a loop of events, and this thread is in Playwright's."""

    def done() -> CertifiedCopy:
        try:
            return sign()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(done).result()


def fill(page: Page, scan: Path) -> None:
    page.get_by_label("Chứng thực bản sao điện tử từ bản chính").check()
    page.set_input_files("[name=tep]", scan)
    page.fill("[name=name]", "Bằng tốt nghiệp đại học")
    page.fill("[name=number]", "B 123456")
    page.fill("[name=issuer]", "Đại học Bách khoa Hà Nội")
    page.fill("[name=holder]", "Nguyễn Thị An")
    page.fill("[name=asker]", "Nguyễn Thị An")
    page.fill("[name=identity]", "026190001234")
    page.click("text=Lập và xem lại")


def test_a_scan_becomes_a_certified_copy_also_without_javascript(
    browser: Browser, live_server: Any, house: World, tmp_path: Path
) -> None:
    scan = tmp_path / "bang.pdf"
    scan.write_bytes(pdf(2))
    with window(browser, live_server, house, "binh", java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto(f"{live_server.url}/can-bo/sao-y/moi")
        fill(page, scan)
        page.wait_for_selector("text=Xem lại từng trang")
    with window(browser, live_server, house, "dung", java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto(f"{live_server.url}/can-bo/sao-y/?xem=cho-ky")
        page.click("text=Chưa có số")
        picture(page, tmp_path / "no-js.png")
        page.click("text=Ký bản sao")
        page.wait_for_selector("text=Đã ký và đóng dấu bản sao số")
    assert CertifiedCopy.objects.get().issued_at


def test_the_pages_of_copies_are_whole_at_both_widths(
    browser: Browser, live_server: Any, house: World, tmp_path: Path
) -> None:
    issued = elsewhere(lambda: signed(house, "chung-thuc"))
    elsewhere(lambda: signed(house))
    waiting = draft(house)
    found = []
    for width in (1280, 390):
        with window(browser, live_server, house, "dung", width) as opened:
            page = opened.new_page()
            for number, tail in enumerate(
                ("", "moi", "so", "so?book=chung-thuc", str(issued.pk), str(waiting.pk), "so?year=x")
            ):
                page.goto(f"{live_server.url}/can-bo/sao-y/{tail}")
                picture(page, tmp_path / f"sao-y-{number}-{width}.png")
                found += [f"{width} {tail}: {fault}" for fault in faults(page, rules=width == 1280)]
    assert not found
