"""The builder of forms in Chromium: whole and accessible at both widths, and the phone beside it draws as one types."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from procedures.models import Form
from tests.browser import chromium, faults, picture
from tests.procedures.test_eform_pages import SCHEMA, officer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEX = {
    "key": "gioi_tinh", "type": "choice", "label": "Giới tính",
    "options": [{"value": "male", "label": "Nam"}, {"value": "female", "label": "Nữ"}],
}  # fmt: skip
CHILDREN = {
    "key": "cac_con", "type": "group", "label": "Các con", "entry_label": "Người con",
    "condition": {"field": "co_con", "op": "eq", "value": True},
    "fields": [{"key": "ai", "type": "person", "label": "Con", "optional": ["personal_id"]}],
}  # fmt: skip
EMPTY = {"key": "trong", "title": "Trang còn trống", "fields": []}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def one() -> str:
    pages = [*SCHEMA["pages"], {"key": "them", "title": "Thêm", "fields": [SEX, CHILDREN]}, EMPTY]
    for revision, schema in ((1, SCHEMA), (2, {"pages": pages})):
        Form.objects.create(code="TK-THU", name="Tờ khai thử", revision=revision, schema=schema)
    return "/quan-tri/bieu-mau/TK-THU/2"


def window(browser: Browser, live_server: Any, width: int) -> BrowserContext:
    cookie = officer(f"minh{width}", "catalogue_editor").cookies["sessionid"].value
    found = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
    found.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_the_builder_is_whole_and_accessible(
    browser: Browser, live_server: Any, one: str, width: int, tmp_path: Path
) -> None:
    pages = {
        "list": "/quan-tri/bieu-mau", "new": "/quan-tri/bieu-mau/moi", "edit": one, "old": one.replace("/2", "/1"),
        "page": f"{one}/trang/them", "choice": f"{one}/o/gioi_tinh", "inner": f"{one}/o/cac_con.ai",
        "linked": f"{one}/them-o/them?loai=linked_choice", "computed": f"{one}/them-o/them?loai=computed",
        "compare": f"{one}/so-sanh", "preview": f"{one}/xem-thu?trang=them",
    }  # fmt: skip
    wrong = {}
    with window(browser, live_server, width) as context:
        page = context.new_page()
        for name, address in pages.items():
            page.goto(f"{live_server.url}{address}", wait_until="networkidle")
            picture(page, tmp_path / f"{name}-{width}.png")
            if found := faults(page):
                wrong[name] = found
    assert wrong == {}


def test_the_phone_shows_a_field_as_it_is_typed(browser: Browser, live_server: Any, one: str) -> None:
    with window(browser, live_server, 1280) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}{one}/o/ho_ten")
        phone = page.frame_locator('iframe[name="xem-thu"]')
        expect(phone.get_by_label("Họ và tên")).to_be_visible()
        page.get_by_label("Nhãn").fill("Tên trong giấy khai sinh")
        expect(phone.get_by_label("Tên trong giấy khai sinh")).to_be_visible()
        page.get_by_role("button", name="Lưu ô").click()
        expect(page.get_by_role("link", name="Tên trong giấy khai sinh")).to_be_visible()
