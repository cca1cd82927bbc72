"""The explanation of a time limit in Chromium: whole, readable and accessible at both widths, in both languages."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from dossiers import suspending
from dossiers.models import Dossier
from procedures import calendars
from procedures.models import CalendarDay
from tests.browser import chromium, faults, picture
from tests.dossiers.officers import Desk
from tests.login import log_in
from tests.world import MONDAY, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def paused(world: World, received: Dossier) -> Dossier:
    CalendarDay.objects.create(
        on=dt.date(2026, 11, 24), kind="holiday", name="Ngày Văn hóa Việt Nam", decision="NQ 28/2026/QH16"
    )
    calendars.forget()
    chi = world.actor("chi")
    suspending.pause(received, by=chi, at=MONDAY + dt.timedelta(days=2), ground="giam-dinh")
    suspending.resume(received, by=chi, at=MONDAY + dt.timedelta(days=4))
    return received


def test_the_explanation_is_whole_for_officers_and_citizens(
    browser: Browser, live_server: Any, world: World, paused: Dossier, client: Any, tmp_path: Path
) -> None:
    officer = Desk(world, "chi").client.cookies["sessionid"].value
    citizen = log_in(client, world.users["an"]).cookies["sessionid"].value
    key = f"/tra-cuu/{paused.code}/thoi-han?k={paused.tracking_key}"
    pages = (
        ("officer", officer, f"/can-bo/ho-so/{paused.code}?muc=thoi-han", "vi", True),
        ("cause", officer, f"/can-bo/ho-so/{paused.code}/lien-he", "vi", True),
        ("citizen", citizen, f"/toi/ho-so/{paused.code}/thoi-han", "vi", True),
        ("english", "", key, "en", True),
        ("plain", "", key, "vi", False),
    )
    found = {}
    for name, cookie, address, language, scripts in pages:
        for width in (1280, 390, 320):
            with browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts) as window:
                window.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
                if cookie:
                    window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
                page = window.new_page()
                page.goto(f"{live_server.url}{address}")
                picture(page, tmp_path / f"{name}-{width}.png")
                if scripts and (faulty := faults(page, rules=width != 320)):
                    found[f"{name} {width}"] = faulty
    assert not found
