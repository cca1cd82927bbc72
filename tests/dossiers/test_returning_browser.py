"""The pages of the return in Chromium: whole and accessible at both widths; signing on the screen; no scripts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dossiers import correcting
from dossiers.models import Attachment, Dossier, HandedPaper, Shipment
from tests.browser import picture
from tests.dossiers.officers import Desk
from tests.dossiers.results import LATER, issued
from tests.dossiers.test_officer_browser import browser, look
from tests.dossiers.test_returning_pages import booked, several
from tests.world import MONDAY, World

__all__ = ["browser", "look", "several"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Opened = Callable[..., Any]


@pytest.fixture
def opened(browser: Browser, live_server: Any, world: World) -> Opened:
    """A window of the returner."""

    @contextmanager
    def at(address: str, **context: Any) -> Iterator[Page]:
        cookie = Desk(world, "giang").client.cookies["sessionid"].value
        with browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN", **context) as window:
            window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            page = window.new_page()
            page.goto(f"{live_server.url}/can-bo/{address}")
            yield page

    return at


def hold(dossier: Dossier) -> None:
    HandedPaper.objects.create(
        dossier=dossier, document_key="so-do", name="Giấy chứng nhận quyền sử dụng đất", originals=1, held=1,
        taken_at=MONDAY, taken_by="Nguyễn Văn Bình",
    )  # fmt: skip


def test_the_returning_desk_and_its_acts(world: World, several: Any, look: Any) -> None:
    desk, young, parcel, back = several(12, 1, 4, 5)
    hold(desk)
    Dossier.objects.filter(pk=desk.pk).update(shelf="Tủ 2, ngăn 4", return_mode="desk")
    booked(parcel, world)
    Shipment.objects.create(
        dossier=back, order_number="old", item_code="RB2VN", state="returned", requested_at=MONDAY, ended_at=LATER,
        reason="Không gặp người nhận", receiver={"name": "Nguyễn Thị An"},
    )  # fmt: skip
    at = f"ho-so/{desk.code}"
    pages = {"desk": "tra-ket-qua", "late": "tra-ket-qua?xem=chua-nhan&ngay=10", "none": "tra-ket-qua?xem=dien-tu",
             "parcels": "buu-gui", "hand-out": f"{at}/tra", "give-back": f"{at}/tra-ban-chinh", "shelve": f"{at}/cat",
             "post": f"ho-so/{young.code}/gui", "dossier": at}  # fmt: skip
    assert look("giang", pages) == {}


def test_without_scripts_results_are_posted_together(several: Any, opened: Opened, tmp_path: Path) -> None:
    first, second = several(3, 4)
    with opened("tra-ket-qua?xem=buu-dien", java_script_enabled=False) as page:
        for one in (first, second):
            page.get_by_label(f"Chọn {one.code}").check()
        page.get_by_role("button", name="Gửi bưu điện").click()
        page.get_by_role("button", name="Gửi 2 kết quả qua bưu điện").click()
        picture(page, tmp_path / "posted.png")
        expect(page.get_by_role("button", name="In nhãn địa chỉ")).to_be_visible()
    with opened(f"ho-so/{first.code}/tra", java_script_enabled=False) as page:
        assert "Việc này không còn làm được" in page.content()
    assert Shipment.objects.count() == 2


def test_the_register_and_the_end_of_a_dossier(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier], look: Any
) -> None:
    old = issued(world, received, climb)
    assert look("lan", {"correct": f"ho-so/{old.code}/sua-ket-qua"}) == {}
    new = correcting.correct_result(old, by=world.actor("lan"), at=LATER, reason="Ghi sai tên liệt sĩ")
    assert look("lan", {"corrected": f"ho-so/{old.code}", "correction": f"ho-so/{new.code}"}) == {}
    Desk(world, "binh").client.post("/can-bo/so-theo-doi", {
        "agency": world.agencies["commune"].pk, "year": "2026", "quyen": "1"})  # fmt: skip
    assert look("binh", {"register": "so-theo-doi"}) == {}
    assert look("quyen", {"records": "van-thu"}) == {}


def test_what_is_drawn_on_the_screen_is_kept_as_the_signature(several: Any, opened: Opened, tmp_path: Path) -> None:
    [dossier] = several(0, return_mode="desk")
    with opened(f"ho-so/{dossier.code}/tra") as page:
        page.get_by_label("Họ và tên người nhận").fill("Nguyễn Thị An")
        page.get_by_label("Giấy tờ đã xem").fill("Căn cước 026190001234")
        sheet = page.locator(".pad canvas")
        sheet.scroll_into_view_if_needed()
        box = sheet.bounding_box()
        assert box
        page.mouse.move(box["x"] + 40, box["y"] + 60)
        page.mouse.down()
        for step in range(1, 8):
            page.mouse.move(box["x"] + 40 + step * 30, box["y"] + 60 + (step % 2) * 40)
        page.mouse.up()
        expect(page.get_by_text("Đã có chữ ký.")).to_be_visible()
        picture(page, tmp_path / "signed.png")
        page.get_by_role("button", name="Trả kết quả").click()
        page.wait_for_url("**/can-bo/**")
    kept = Attachment.objects.get(dossier=dossier, document_key="ky-nhan")
    assert (kept.content_type, kept.origin) == ("image/png", "internal")
    assert kept.read().startswith(b"\x89PNG")
