"""The route designer, simulator and template page in Chromium: whole, accessible, usable without scripts."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from portal.floor.actor import SYSTEM
from portal.models import User
from procedures import calendars, publishing
from procedures.models import Position, RouteStage, StageConsultation
from tests import world as worlds
from tests.browser import chromium, faults
from tests.login import log_in
from tests.world import MONDAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BASE = "/quan-tri/thu-tuc/1.010803/ban/2"
PAGES = ("quy-trinh/chung", "quy-trinh/chung/buoc/so-ky", "chay-thu", "ket-qua/chung?xem=1", "chay-thu/ghi")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def cookie(client: Any, live_server: Any) -> dict[str, str]:
    """Minh's session; the draft's route has a branch and a consultation."""
    calendars.forget()
    world = worlds.build()
    draft = publishing.draft_version(world.climbing.procedure, by=SYSTEM, at=MONDAY)
    stage = RouteStage.objects.get(route__case__version=draft, key="huyen-duyet")
    stage.condition = {"field": "relation", "op": "filled"}
    stage.save()
    StageConsultation.objects.create(stage=stage, agency=world.agencies["province"], question="?", hours=Decimal(4))
    user = User.objects.create(username="minh", full_name="Minh", kind=User.Kind.OFFICER)
    seat = {"role": "catalogue_editor", "title": "Biên tập", "holder_name": "Minh"}
    Position.objects.create(user=user, agency=world.agencies["province"], **seat)
    session = log_in(client, user).cookies["sessionid"].value
    return {"name": "sessionid", "value": session, "url": live_server.url}


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_whole_and_accessible(
    browser: Browser, live_server: Any, cookie: dict[str, str], width: int
) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN") as window:
        window.add_cookies([cookie])
        page = window.new_page()
        for address in PAGES:
            answer = page.goto(f"{live_server.url}{BASE}/{address}")
            assert answer
            assert answer.status == 200, address
            assert faults(page) == [], address


def test_a_stage_is_added_and_moved_by_keyboard_without_scripts(
    browser: Browser, live_server: Any, cookie: dict[str, str]
) -> None:
    with browser.new_context(java_script_enabled=False, locale="vi-VN") as window:
        window.add_cookies([cookie])
        page = window.new_page()
        page.goto(f"{live_server.url}{BASE}/quy-trinh/chung")
        page.get_by_role("link", name="Thêm bước").press("Enter")
        page.get_by_label("Tên bước").fill("Kiểm tra thực địa")
        page.get_by_label("Việc", exact=True).select_option("examine")
        page.get_by_label("Cấp", exact=True).select_option("province")
        page.get_by_label("Số giờ làm việc").first.fill("8")
        page.get_by_label("Cơ quan thực hiện").select_option("competent")
        page.get_by_role("button", name="Lưu bước").press("Enter")
        expect(page.locator("main")).to_contain_text("Sau khi ký chỉ còn một bước đóng dấu")
        page.get_by_role("button", name="Lên Kiểm tra thực địa").press("Enter")
        page.get_by_role("button", name="Lên Kiểm tra thực địa").press("Enter")
        expect(page.get_by_role("row").nth(6)).to_contain_text("6. Kiểm tra thực địa")
        expect(page.locator("main"), "eight hours more than the limit").to_contain_text("dài hơn thời hạn")
