"""Filing over HTTP, as a browser without JavaScript does it."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dossiers.models import AccessLog, Attachment, Dossier, Draft
from tests.dossiers.conftest import picture
from tests.login import log_in
from tests.world import AN_ADDRESS, World

POST_HOME = {
    "mode": "post", "name": "Nguyễn Thị An", "phone": "0912 345 678", "email": "an@example.vn", "address": AN_ADDRESS,
}  # fmt: skip
MARTYR = {"martyr_name": "Nguyễn Văn Long", "relation": "con"}


@pytest.fixture
def an(world: World, client: Client) -> Client:
    return log_in(client, world.users["an"])


def text(response: Any) -> str:
    return str(response.content.decode())


def revision(page: Any) -> str:
    """The hidden revision of the page."""
    found = re.search(r'name="_ban" value="(\d+)"', text(page))
    assert found
    return found[1]


def begin(an: Client, code: str = "1.010803") -> str:
    """Start; the address of the first step."""
    return str(an.post(f"/nop/{code}/bat-dau")["Location"])


def answer(an: Client, url: str, data: dict[str, Any]) -> Any:
    return an.post(url, {"_ban": revision(an.get(url)), **data})


def fill(an: Client) -> str:
    """Everything up to the check page; its address."""
    papers = answer(an, begin(an), MARTYR)["Location"]
    delivery = an.post(papers, {"tep-bang-tqgc": picture()})["Location"]
    return str(answer(an, delivery, POST_HOME)["Location"])


def test_a_dossier_is_filed_page_by_page_without_javascript(an: Client) -> None:
    assert "Bằng Tổ quốc ghi công" in text(an.get("/nop/1.010803/bat-dau"))
    first = begin(an)
    assert "Bước 1 trên 4" in text(an.get(first))
    papers = answer(an, first, MARTYR)["Location"]
    assert papers.endswith("/giay-to")
    received = an.post(papers, {"tep-bang-tqgc": picture("bằng khen.jpg"), "_gui": "1"}, follow=True)
    attachment = Attachment.objects.get()
    assert "bằng khen.jpg" in text(received)
    assert attachment.sha256[:12] in text(received)
    delivery = an.post(papers)["Location"]
    check = answer(an, delivery, POST_HOME)["Location"]
    page = text(an.get(check))
    for words in ("Nguyễn Văn Long", "bằng khen.jpg", "0912345678", AN_ADDRESS, "Miễn phí"):
        assert words in page
    done = an.post(check, {"agree": "on"})["Location"]
    dossier = Dossier.objects.get()
    page = text(an.get(done))
    assert dossier.reference in page
    assert "Tiếp theo sẽ thế nào" in page
    assert '<svg role="img"' in page
    assert dossier.tracking_key in page
    assert (dossier.answers, dossier.return_mode) == (MARTYR, "post")


def test_the_button_pressed_twice_sends_once(an: Client) -> None:
    check = fill(an)
    places = {an.post(check, {"agree": "on"})["Location"] for _ in range(2)}
    assert Dossier.objects.count() == 1
    assert len(places) == 1
    assert an.get(check)["Location"] == places.pop()
