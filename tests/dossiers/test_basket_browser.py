"""The basket, the reading view and the clerk's desk in Chromium: whole and accessible, with and without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from dossiers import basket, outbox, processing
from dossiers.models import Dossier, Result
from tests.browser import chromium, faults, picture
from tests.dossiers.baskets import fill, read_all, seen
from tests.dossiers.officers import Desk
from tests.dossiers.results import attach
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Climb = Callable[[Dossier, str], Dossier]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def look(browser: Browser, live_server: Any, world: World, tmp_path: Path) -> Callable[..., dict[str, list[str]]]:
    """The faults of pages at both widths, and without JavaScript; a picture of each is left in the folder."""

    def at(name: str, pages: dict[str, str]) -> dict[str, list[str]]:
        cookie = Desk(world, name).client.cookies["sessionid"].value
        found = {}
        for width, script in ((1280, True), (390, True), (1280, False)):
            size: Any = {"width": width, "height": 900}
            with browser.new_context(viewport=size, locale="vi-VN", java_script_enabled=script) as window:
                window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
                page = window.new_page()
                for title, address in pages.items():
                    page.goto(f"{live_server.url}/can-bo/{address}")
                    picture(page, tmp_path / f"{name}-{title}-{width}{'' if script else '-nojs'}.png")
                    if script and (faulty := faults(page)):
                        found[f"{title} {width}"] = faulty
        return found

    return at


def test_the_leader_looks_at_the_basket(world: World, received: Dossier, climb: Climb, look: Any) -> None:
    now = timezone.now()
    climb(received, "so-ky")
    dossiers = fill(Dossier.objects.get(pk=received.pk), 6)
    Dossier.objects.filter(pk=dossiers[1].pk).update(extension_count=1, next_due_at=now)
    Result.objects.filter(dossier=dossiers[2]).update(kind="refusal")
    read_all(world, dossiers[:4])
    by = world.actor("lan")
    batch = basket.order(seen(dossiers), by=by, at=now)
    pages = {"basket": "ky", "reading": f"ky/{dossiers[5].code}", "return": f"ky/{dossiers[5].code}?tra=1",
             "delegations": "ky/uy-quyen",
             "delegate": f"ky/{dossiers[5].code}/uy-quyen", "batch": f"ky/lo/{batch.pk}"}  # fmt: skip
    assert look("lan", pages) == {}
    outbox.perform_now(basket.key_of(batch))
    processing.signing_failed(
        Result.objects.get(dossier=dossiers[0]), reason="Không kết nối được dịch vụ cấp dấu thời gian.", at=now
    )
    assert look("lan", {"done": f"ky/lo/{batch.pk}", "signing": f"ky/{dossiers[1].code}"}) == {}


def test_the_clerk_looks_at_the_desk(world: World, received: Dossier, climb: Climb, look: Any) -> None:
    now = timezone.now()
    climb(received, "so-ky")
    for one in fill(Dossier.objects.get(pk=received.pk), 3):
        processing.decide(one, by=world.actor("lan"), at=now)
        attach(Result.objects.select_related("dossier").get(dossier=one), "person", now)
    pages = {"desk": "van-thu", "outgoing": f"van-thu/so-van-ban-di?year={now.year}&month="}
    assert look("quyen", pages) == {}
