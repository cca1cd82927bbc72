"""The page of the signing program in Chromium, with the program itself at the other end of its WebSocket."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from asn1crypto import pem
from django.conf import settings as django_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from signatures import signing
from signatures.enrolment import Person, register
from signatures.models import AgentSession, Certificate, SignedDocument, SigningRequest
from tests.authority import Authority
from tests.browser import chromium, faults, picture
from tests.dossiers.officers import Desk
from tests.simulators import registry
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOME = "/can-bo/ky/thiet-bi"


@pytest.fixture
def program(party: Callable[..., registry.Running], authority: Authority, settings: Any) -> registry.Running:
    running = party("agent")
    settings.SIGNING_AGENT_URL = running.environment["SIGNING_AGENT_URL"]
    return running


def tell(program: registry.Running, path: str, content: object = None) -> Any:
    answer = requests.post(f"{program.url}/control/{path}", json=content or {}, timeout=30)
    answer.raise_for_status()
    return answer.json()


@pytest.fixture
def waiting(world: World, program: registry.Running, decision: bytes) -> list[SigningRequest]:
    """Three papers of the leader, whose token is plugged in."""
    lan = world.users["lan"]
    tell(program, "tsa", {"url": django_settings.TSA_URL})
    told = tell(program, "token", {"name": lan.full_name, "ca_url": django_settings.CA_URL})
    chain = [der for _, _, der in pem.unarmor(told["chain"].encode(), multiple=True)]
    certificate = register(
        Person(lan.pk, lan.full_name, "Giám đốc", "Sở"), kind="agent", reference="token", chain=chain
    )
    return [ordered(certificate, decision, number) for number in range(3)]


def ordered(certificate: Certificate, pdf: bytes, number: int) -> SigningRequest:
    return signing.order(
        signing.SigningOrder(
            pdf=pdf, certificate_id=certificate.pk, reference=f"test:{number}", reason=f"{152 + number}/QĐ"
        )
    )


@pytest.fixture
def browser(waiting: list[SigningRequest]) -> Iterator[Browser]:
    """After the certificate is registered, which needs a loop of its own in this thread."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def window(browser: Browser, world: World, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Lan's page; the program's own certificate is trusted, as its installer would have arranged."""
    opened: list[BrowserContext] = []
    cookie = Desk(world, "lan").client.cookies["sessionid"].value

    def open_(width: int = 1280, **more: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="vi-VN", ignore_https_errors=True, **more
        )
        opened.append(context)
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}{HOME}")
        return page

    yield open_
    for context in opened:
        context.close()


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-said]")).to_contain_text(words, timeout=40_000)


def test_papers_are_signed_one_after_another_and_troubles_are_told(
    waiting: list[SigningRequest], program: registry.Running, window: Callable[..., Page], tmp_path: Path
) -> None:
    page = window()
    button = page.locator("[data-sign]")
    expect(button).to_have_text("Ký 3 văn bản")
    expect(page.locator("[data-without]")).to_be_hidden()
    picture(page, tmp_path / "waiting-1280.png")
    assert faults(page) == []
    for manner, words in (
        ("cancel", "Người dùng hủy"), ("wrong_pin", "Mã PIN không đúng"), ("other", "ký bằng chứng thư khác"),
        ("alter", "đã bị thay đổi khi ký"),
    ):  # fmt: skip
        tell(program, f"manner/{manner}")
        button.click()
        says(page, words)
        assert not SignedDocument.objects.exists(), "nothing is lost and nothing wrong is taken"
    tell(program, "manner/sign")
    button.click()
    says(page, "Xong, đã ký 3 văn bản.")
    picture(page, tmp_path / "done-1280.png")
    assert faults(page) == []
    assert SignedDocument.objects.count() == 3
    assert {one.level for one in SignedDocument.objects.all()} == {"B-T"}
    assert not AgentSession.objects.filter(closed_at=None).exists()


def test_on_a_telephone_without_program_or_stamp(
    waiting: list[SigningRequest], program: registry.Running, window: Callable[..., Page], tmp_path: Path
) -> None:
    tell(program, "tsa", {"url": ""})
    SigningRequest.objects.exclude(pk=waiting[0].pk).delete()
    page = window(390)
    page.locator("[data-sign]").click()
    says(page, "chưa có dấu thời gian")
    expect(page.locator("[data-tag]")).to_have_text("Đã ký, chưa có dấu thời gian")
    picture(page, tmp_path / "done-390.png")
    assert faults(page) == []
    ordered(waiting[0].certificate, b"%PDF-1.7 another", 9)
    program.kill()
    page.reload()
    page.locator("[data-sign]").click()
    says(page, "Không thấy chương trình ký trên máy này")
    picture(page, tmp_path / "gone-390.png")
    assert faults(page) == []


def test_without_javascript_the_page_says_so_and_offers_files(
    waiting: list[SigningRequest], window: Callable[..., Page], tmp_path: Path
) -> None:
    page = window(390, java_script_enabled=False)
    expect(page.locator("[data-without]")).to_be_visible()
    expect(page.locator("[data-sign]")).to_be_hidden()
    page.locator("summary", has_text="Ký bằng cách tải tệp về").first.click()
    expect(page.locator("input[type=file]").first).to_be_visible()
    picture(page, tmp_path / "plain-390.png")


def test_another_token_is_told_from_the_right_one(
    waiting: list[SigningRequest], program: registry.Running, window: Callable[..., Page]
) -> None:
    tell(program, "token", {"name": f"Người khác {uuid.uuid4()}"[:40], "ca_url": django_settings.CA_URL})
    page = window()
    page.locator("[data-sign]").click()
    says(page, "Thiết bị đang cắm có chứng thư khác")
