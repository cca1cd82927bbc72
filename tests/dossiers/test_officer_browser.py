"""The officers' pages in Chromium: whole, accessible and without sideways scrolling, in every state of a dossier."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from dossiers import archiving, files, packaging, processing, returning, supplementing, suspending
from dossiers.models import Dossier, Result
from dossiers.states import Status
from signatures.models import Judgement
from tests.browser import chromium, faults, picture
from tests.dossiers.officers import Desk
from tests.dossiers.results import enclosure, issued
from tests.world import MONDAY, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def scanned(submitted: Dossier, decision: bytes) -> Dossier:
    """The new dossier with a paper of several pages beside the photograph."""
    upload = SimpleUploadedFile("giay-xac-nhan.pdf", decision, "application/pdf")
    files.receive(upload, document_key="bang-tqgc", at=timezone.now(), dossier=submitted)
    return submitted


@pytest.fixture
def look(browser: Browser, live_server: Any, world: World, tmp_path: Path) -> Callable[..., dict[str, list[str]]]:
    """The faults of pages as one officer sees them, at both widths; a picture of each is left in the folder."""

    def at(name: str, pages: dict[str, str], **context: Any) -> dict[str, list[str]]:
        cookie = Desk(world, name).client.cookies["sessionid"].value
        found = {}
        for width in (1280, 390):
            with browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN", **context) as window:
                window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
                page = window.new_page()
                for title, address in pages.items():
                    page.goto(f"{live_server.url}/can-bo/{address}")
                    settle(page)
                    picture(page, tmp_path / f"{name}-{title}-{width}.png")
                    if faulty := faults(page):
                        found[f"{title} {width}"] = faulty
        return found

    return at


def settle(page: Page) -> None:
    page.evaluate("document.fonts.ready")
    page.evaluate("Promise.all([...document.images].map(i => (i.loading = 'eager', i.decode().catch(() => 0))))")


def test_reception_looks_at_the_queue_and_a_new_dossier(world: World, scanned: Dossier, look: Any) -> None:
    code, paper = scanned.reference, scanned.attachments.get(content_type="application/pdf")
    at = f"ho-so/{code}"
    pages = {
        "queue": "hang-viec", "empty": "hang-viec?xem=cho-bo-sung", "search": "tim?q=nguyen", "nothing": "tim?q=zzz",
        "dossier": f"{at}?tep={paper.pk}", "form": f"{at}?muc=to-khai", "log": f"{at}?muc=nhat-ky",
        "receive": f"ho-so/{code}/nhan", "refuse": f"ho-so/{code}/tu-choi", "assign": f"ho-so/{code}/giao",
        "shortcuts": "phim-tat",
    }  # fmt: skip
    assert look("binh", pages) == {}


def test_reception_looks_at_the_letter_before_it_goes_out(world: World, submitted: Dossier, look: Any) -> None:
    supplementing.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ, chụp lại")
    pages = {"judged": f"ho-so/{submitted.reference}", "letter": f"ho-so/{submitted.reference}/bo-sung"}
    assert look("binh", pages) == {}


def test_specialists_and_leaders_look_at_the_result(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier], look: Any
) -> None:
    pages = {"forward": f"ho-so/{received.code}/chuyen", "dossier": f"ho-so/{received.code}"}
    assert look("chi", pages) == {}
    climb(received, "so-tham-dinh")
    at = timezone.now()
    enclosures = [enclosure("Bản vẽ mặt bằng.pdf"), enclosure("Danh sách kèm theo quyết định.pdf")]
    processing.draft_result(received, by=world.actor("khanh"), at=at, kind="approval", text={}, enclosures=enclosures)
    code = received.code
    assert look("khanh", {"drafted": f"ho-so/{code}?muc=ket-qua", "draft": f"ho-so/{code}/soan"}) == {}
    processing.propose(received, by=world.actor("khanh"), at=at, note="Đủ điều kiện, kính trình")
    pages = {"basket": "ky", "reading": f"ky/{code}", "dossier": f"ho-so/{code}", "decide": f"ho-so/{code}/ky"}
    assert look("lan", pages) == {}
    processing.decide(received, by=world.actor("lan"), at=at)
    assert look("lan", {"signing": f"ho-so/{code}"}) == {}


def test_verdicts_beside_papers_and_the_archive_package_are_whole(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier], look: Any, decision: bytes
) -> None:
    for number, (verdict, signer) in enumerate((("valid", "Nguyễn Thị An"), ("invalid", "Nguyễn Thị Bưởi"))):
        upload = SimpleUploadedFile(f"don-{number}.pdf", decision + b"\n" * number, "application/pdf")
        paper = files.receive(upload, document_key="bang-tqgc", at=timezone.now(), dossier=received)
        Judgement.objects.create(
            sha256=paper.sha256, origin="received", verdict=verdict, signatures=[{"signer": signer}],
            reasons=["Nội dung đã bị thay đổi sau khi ký."], judged_at=timezone.now(),
        )  # fmt: skip
    code = received.code
    assert look("chi", {"verdicts": f"ho-so/{code}?muc=giay-to"}) == {}
    returned = returning.hand_out(
        issued(world, received, climb), by=world.actor("giang"), at=timezone.now(), collector="An", paper="Căn cước"
    )
    archiving.archive(returned, by=world.actor("binh"), at=timezone.now(), shelf="Kho 2, giá 4")
    packaging.make(Dossier.objects.get(pk=received.pk), made_by="Bình", at=timezone.now())
    assert look("binh", {"package": f"ho-so/{code}?muc=nhat-ky"}) == {}


def test_the_returning_desk_and_the_register_are_whole(world: World, received: Dossier, look: Any) -> None:
    Result.objects.create(
        dossier=received, kind="approval", drafted_at=MONDAY, drafted_by="Đặng Quốc Khánh", number="01/QĐ-SLĐTBXH",
        verify_code="abc", decided_at=timezone.now(), signer_name="Phan Thị Lan",
        sealing_agency=world.agencies["province"],
    )  # fmt: skip
    Dossier.objects.update(
        status=Status.RESOLVED, holder_role="returner", stage_kind="", stage_name="", resolved_at=MONDAY
    )
    code = received.code
    pages = {
        "desk": "tra-ket-qua",
        "hand-out": f"ho-so/{code}/tra",
        "post": f"ho-so/{code}/gui",
        "dossier": f"ho-so/{code}",
    }
    assert look("giang", pages) == {}
    returning.post(Dossier.objects.get(), by=world.actor("giang"), at=timezone.now())
    assert look("giang", {"parcels": "buu-gui", "posted": f"ho-so/{code}"}) == {}
    assert look("quyen", {"register": "van-thu"}) == {}


def test_the_keyboard_goes_through_the_queue_to_the_next_act(
    browser: Browser, live_server: Any, world: World, submitted: Dossier
) -> None:
    cookie = Desk(world, "binh").client.cookies["sessionid"].value
    with browser.new_context(viewport={"width": 1280, "height": 900}) as window:
        window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = window.new_page()
        page.goto(f"{live_server.url}/can-bo/hang-viec")
        page.keyboard.press("/")
        page.keyboard.type("jjj")
        assert page.evaluate("document.activeElement.value") == "jjj", "letters typed into a box are letters"
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/ho-so/{submitted.reference}")
        page.keyboard.press("t")
        page.wait_for_url("**/nhan")
        page.keyboard.press("?")
        page.get_by_role("button", name="Tắt phím tắt").click()
        page.goto(f"{live_server.url}/can-bo/hang-viec")
        page.keyboard.press("?")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_without_javascript_a_dossier_is_judged_and_received(
    browser: Browser, live_server: Any, world: World, submitted: Dossier
) -> None:
    cookie = Desk(world, "binh").client.cookies["sessionid"].value
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900}) as window:
        window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = window.new_page()
        page.goto(f"{live_server.url}/can-bo/hang-viec")
        page.get_by_role("link", name=submitted.reference).click()
        page.get_by_text("Đạt", exact=True).click()
        page.get_by_role("button", name="Lưu nhận xét").click()
        expect(page.get_by_text("Đã lưu nhận xét 1 giấy tờ")).to_be_visible()
        page.get_by_role("link", name="Nhận hồ sơ").click()
        page.get_by_role("button", name="Nhận hồ sơ").click()
        expect(page.get_by_text("đã sẵn sàng để in")).to_be_visible()
        assert Dossier.objects.get().status == Status.IN_PROGRESS


def test_desks_look_at_the_clock_that_stands_still_and_at_the_letters(
    world: World, received: Dossier, look: Any
) -> None:
    code = received.code
    Dossier.objects.update(due_at=timezone.now() + dt.timedelta(days=20))
    assert look("chi", {"pause": f"ho-so/{code}/tam-dung"}) == {}
    assert look("dung", {"extend": f"ho-so/{code}/hen-lai", "stop": f"ho-so/{code}/dung"}) == {}
    suspending.pause(Dossier.objects.get(), by=world.actor("chi"), at=timezone.now(), ground="thue")
    pages = {"waiting": f"ho-so/{code}", "resume": f"ho-so/{code}/tinh-tiep", "shelf": "hang-viec?xem=tam-dung"}
    assert look("chi", pages) == {}
