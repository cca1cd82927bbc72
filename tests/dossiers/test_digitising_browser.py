"""The page “Số hóa giấy tờ” in Chromium: whole at both widths, also without JavaScript; piles by their names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from dossiers.models import Dossier
from tests.browser import chromium, faults, picture
from tests.dossiers.counter_world import DAY, register
from tests.dossiers.officers import Desk
from tests.dossiers.test_digitising import digitise, pdf
from tests.world import MONDAY, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def window(browser: Browser, live_server: Any, world: World, width: int, **given: Any) -> Any:
    cookie = Desk(world, "binh").client.cookies["sessionid"].value
    opened = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN", **given)
    opened.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return opened


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, True), (1280, False)])
def test_a_pile_is_digitised_and_what_there_was_is_used_again(
    browser: Browser, live_server: Any, world: World, tmp_path: Path, width: int, script: bool
) -> None:
    digitise(world, register(world))
    dossier = register(world, at=MONDAY + DAY)
    dossier.handed.filter(document_key="bang-tqgc").update(originals=1, held=1)
    with window(browser, live_server, world, width, java_script_enabled=script) as opened:
        page = opened.new_page()
        page.goto(f"{live_server.url}/can-bo/ho-so/{dossier.code}/so-hoa")
        assert not script or faults(page) == []
        piles = [{"name": name, "mimeType": "application/pdf", "buffer": pdf(pages)}
                 for name, pages in (("xap-1.pdf", 3), ("xap-2.pdf", 1))]  # fmt: skip
        page.set_input_files("input[name=lo]", piles)
        if script:
            assert page.inner_text("select[name=so-0] option:checked, select[name=so-0] option:nth-child(2)")
            assert "1. xap-1.pdf" in page.inner_text("select[name=so-0]")
        page.select_option("select[name=so-0]", "1")
        page.fill("input[name=trang-0]", "1-2")
        page.check("input[name=lai-1] >> nth=0")
        page.check("input[name=doi_chieu]")
        picture(page, tmp_path / f"digitise-{width}-{script}.png")
        page.get_by_role("button", name="Số hóa").click()
        page.wait_for_selector("text=Đã số hóa 2 trên 2 giấy tờ")
        assert not script or faults(page) == []
        picture(page, tmp_path / f"digitised-{width}-{script}.png")
        page.goto(f"{live_server.url}/can-bo/ho-so/{dossier.code}")
        page.get_by_role("link", name="Số hóa giấy tờ").wait_for()
        picture(page, tmp_path / f"dossier-{width}-{script}.png")
    assert Dossier.objects.get(pk=dossier.pk).attachments.count() == 2
