"""The counter in Chromium: a whole dossier without touching the mouse, and pages that are whole at both widths."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dossiers import serving
from dossiers.models import Dossier
from dossiers.states import Status
from tests.browser import chromium, faults, picture
from tests.dossiers.counter_world import birth, instant
from tests.dossiers.officers import Desk
from tests.dossiers.test_idcard import AN
from tests.world import MONDAY, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def window(browser: Browser, live_server: Any, world: World, width: int = 1280, **given: Any) -> Any:
    cookie = Desk(world, "binh").client.cookies["sessionid"].value
    opened = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN", **given)
    opened.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return opened


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the input of that name has the focus."""
    for _ in range(60):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached")


def test_a_dossier_is_taken_in_without_a_mouse(browser: Browser, live_server: Any, world: World) -> None:
    with window(browser, live_server, world) as opened:
        page = opened.new_page()
        page.goto(f"{live_server.url}/can-bo/hang-viec")
        page.keyboard.press("n")
        page.wait_for_url("**/can-bo/tiep-nhan")
        expect(page.locator("#the")).to_be_focused()  # a browser does that at its first picture, after the page's load
        page.keyboard.type(AN)
        page.keyboard.press("Enter")  # the scanner ends its line
        page.wait_for_selector("text=Nguyễn Thị An")
        expect(page.locator("[name=q]").first).to_be_focused()
        page.keyboard.type("tho cung liet si")
        page.keyboard.press("Enter")
        page.wait_for_url("**/can-bo/tiep-nhan/*-*")
        tab_to(page, "martyr_name")
        page.keyboard.type("Nguyễn Văn Long")
        page.keyboard.press("Tab")
        page.keyboard.type("con")
        tab_to(page, "giay-co-don")
        page.keyboard.press("1")
        page.keyboard.press("2")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/xong")
        dossier = Dossier.objects.get()
        assert dossier.status == Status.IN_PROGRESS
        expect(page.locator(":focus")).to_contain_text("In giấy số 01/TNHS")
        assert {row.document_key for row in dossier.handed.all()} == {"don", "bang-tqgc"}
        page.keyboard.press("n")
        page.wait_for_url("**/can-bo/tiep-nhan")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_the_counter_are_whole(
    browser: Browser, live_server: Any, world: World, tmp_path: Path, width: int
) -> None:
    instant(world)
    serving.serve(birth(world), serving.AtOnce(), by=world.actor("binh"), at=MONDAY)
    found = {}

    def look(page: Page, name: str) -> None:
        picture(page, tmp_path / f"{name}-{width}.png")
        found.update({name: faulty} if (faulty := faults(page)) else {})

    with window(browser, live_server, world, width, java_script_enabled=True) as opened:
        page = opened.new_page()
        page.goto(f"{live_server.url}/can-bo/tiep-nhan")
        look(page, "choose")
        page.fill("#the", AN)
        page.fill("#q", "khai sinh")
        page.keyboard.press("Enter")
        page.wait_for_url("**/can-bo/tiep-nhan/*-*")
        look(page, "instant")
        page.goto(f"{live_server.url}/can-bo/tiep-nhan")
        page.fill("#the", AN)
        page.fill("#q", "tho cung liet si")
        page.keyboard.press("Enter")
        page.wait_for_url("**/can-bo/tiep-nhan/*-*")
        look(page, "take")
        page.fill("[name=martyr_name]", "Nguyễn Văn Long")
        page.keyboard.press("Enter")
        page.wait_for_selector(".errsum")
        look(page, "mistakes")
        page.fill("[name=relation]", "con")
        page.check("[name=giay-co-don]")
        page.check("[name=giay-co-bang-tqgc]")
        page.locator("main form button.btn[value=nhan]").click()
        page.wait_for_url("**/xong")
        look(page, "done")
        page.goto(f"{live_server.url}/can-bo/ma-de-danh")
        page.get_by_role("button", name="Để dành mã").click()
        page.wait_for_selector("text=Chưa dùng")
        look(page, "codes")
    assert found == {}
