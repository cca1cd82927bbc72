"""The page to put a signature on, in Chromium: by pointer, by keys, and by numbers alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dossiers.models import Dossier, Result
from tests.browser import chromium, faults, picture
from tests.dossiers.officers import Desk
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def opened(
    browser: Browser, live_server: Any, world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]
) -> Iterator[Callable[..., Page]]:
    """The leader's page of the decision, in a window of that width."""
    climb(received, "so-ky")
    cookie, windows = Desk(world, "lan").client.cookies["sessionid"].value, []

    def at(width: int, **context: Any) -> Page:
        window = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN", **context)
        windows.append(window)
        window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = window.new_page()
        page.goto(f"{live_server.url}/can-bo/ho-so/{received.code}/ky")
        return page

    yield at
    for window in windows:
        window.close()


def numbers(page: Page) -> list[str]:
    return [page.locator(f"input[name={name}]").input_value() for name in ("trang", "trai", "duoi")]


def test_the_box_is_clicked_dragged_and_moved_by_keys(opened: Callable[..., Page], tmp_path: Path) -> None:
    for width in (1280, 390):
        page = opened(width)
        expect(page.locator(".place-s")).to_be_hidden()
        page.get_by_text("Chọn trên trang").click()
        image, box = page.locator(".place-s img"), page.locator(".place-s button")
        image.evaluate("image => image.decode()")
        seen = image.bounding_box()
        assert seen is not None
        image.click(position={"x": seen["width"] / 2, "y": seen["height"] / 2})
        assert numbers(page) == ["1", "83", "139"], "the middle of the box is where the page was clicked"
        box.press("ArrowLeft")
        box.press("Shift+ArrowDown")
        assert numbers(page) == ["1", "82", "129"]
        expect(page.get_by_role("status").filter(has_text="cách mép trái 82 mm, cách mép dưới 129 mm")).to_be_visible()
        box.scroll_into_view_if_needed()
        held = box.bounding_box()
        assert held is not None
        page.mouse.move(held["x"] + 10, held["y"] + 10)
        page.mouse.down()
        page.mouse.move(held["x"] + 2000, held["y"] + 10)
        page.mouse.up()
        assert numbers(page)[1] == "166", "the box stays on the page"
        picture(page, tmp_path / f"place-{width}.png")
        assert faults(page) == []


def test_without_javascript_the_numbers_say_the_place(opened: Callable[..., Page], tmp_path: Path) -> None:
    page = opened(390, java_script_enabled=False)
    page.get_by_text("Chọn trên trang").click()
    page.get_by_label("Cách mép trái (mm)").fill("100")
    page.get_by_label("Cách mép dưới (mm)").fill("40")
    picture(page, tmp_path / "place-plain.png")
    page.get_by_role("button", name="Ký số").click()
    page.wait_for_url("**/ho-so/*")
    box = Result.objects.get().signature_box
    assert box is not None
    assert (box["page"], box["left"], box["bottom"]) == (0, 283, 113)
