"""People, agencies and calendar in Chromium: whole and accessible at both widths, and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect

from portal.people import leave
from procedures import calendars
from procedures.models import CalendarDay, Department, Position
from tests.browser import chromium, faults, picture
from tests.login import log_in
from tests.portal import operators
from tests.portal.operators import AGENCIES, CALENDAR, PEOPLE, day
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def world(live_server: Any) -> World:
    calendars.forget()
    world = operators.build()
    CalendarDay.objects.create(on=timezone.localdate().replace(month=1, day=1), kind="holiday", name="Tết Dương lịch")
    Department.objects.create(agency=world.agencies["commune"], code="tu-phap", name="Phòng Tư pháp")
    at = timezone.now()
    leave.give(
        world.positions["chi"], world.users["dung"], day(0), day(2), reason="Nghỉ phép", by=world.actor("nam"), at=at
    )
    return world


def entered(browser: Browser, site: str, world: World, name: str, **options: Any) -> BrowserContext:
    session = log_in(Client(), world.users[name]).cookies["sessionid"].value
    window = browser.new_context(locale="vi-VN", **options)
    window.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    return window


def pages(world: World) -> dict[str, str]:
    one, seat = f"{PEOPLE}/{world.users['chi'].pk}", world.positions["chi"].pk
    commune, year = f"{AGENCIES}/000.21.05.H62", timezone.localdate().year
    return {
        "people": PEOPLE, "invite": f"{PEOPLE}/moi", "person": one, "reset": f"{one}/cai-lai",
        "transfer": f"{one}/vi-tri/{seat}/chuyen", "leave": f"{one}/nghi", "agencies": AGENCIES, "agency": commune,
        "change": f"{commune}/sua", "hours": f"{commune}/gio-lam-viec", "matrix": f"{commune}/thu-tuc",
        "many": f"{AGENCIES}/giao-thu-tuc", "units": "/quan-tri/dia-ban", "calendar": f"{CALENDAR}/{year}",
        "day": f"{CALENDAR}/{year}/ngay", "file": f"{CALENDAR}/nhap", "log": "/quan-tri/nhat-ky", "own": "/tai-khoan/",
    }  # fmt: skip


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_pages_are_whole_and_accessible(
    browser: Browser, live_server: Any, world: World, tmp_path: Path, width: int
) -> None:
    found = {}
    with entered(browser, live_server.url, world, "nam", viewport={"width": width, "height": 900}) as window:
        page = window.new_page()
        for name, path in pages(world).items():
            answer = page.goto(live_server.url + path)
            assert answer is not None
            assert answer.ok, (name, answer.status)
            picture(page, tmp_path / f"{name}-{width}.png")
            if faulty := faults(page, rules=width != 320):
                found[name] = faulty
    assert found == {}


def test_an_operator_transfers_somebody_without_javascript(browser: Browser, live_server: Any, world: World) -> None:
    with entered(browser, live_server.url, world, "nam", java_script_enabled=False) as window:
        page = window.new_page()
        page.goto(live_server.url + PEOPLE)
        page.get_by_label("Họ tên hoặc tên đăng nhập").fill("binh")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Nguyễn Văn Bình").click()
        page.get_by_role("link", name="Chuyển Công chức Tư pháp").click()
        page.get_by_label("Cơ quan").select_option(label="Ủy ban nhân dân xã Tử Du")
        page.get_by_label("Vai trò").select_option(label="Công chức một cửa")
        page.get_by_label("Ngày").first.fill("x")
        page.get_by_role("button", name="Chuyển").click()
        expect(page.get_by_role("heading", name="Có 1 chỗ").or_(page.locator(".errsum")).first).to_be_visible()
        start = day(3)
        for label, value in (("Ngày", start.day), ("Tháng", start.month), ("Năm", start.year)):
            page.get_by_label(label, exact=True).fill(str(value))
        page.get_by_role("button", name="Chuyển").click()
        expect(page.locator("main")).to_contain_text("Đã chuyển")
    moved = Position.objects.get(user=world.users["binh"], valid_to=None)
    assert (moved.agency, moved.valid_from) == (world.agencies["other"], start)
