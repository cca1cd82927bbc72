"""The citizen's way through the pages, step by step, as a browser without JavaScript goes it."""

import re
from typing import Any

from django.test import Client

from tests.dossiers.conftest import picture
from tests.world import AN_ADDRESS

POST_HOME = {
    "mode": "post", "name": "Nguyễn Thị An", "phone": "0912 345 678", "email": "an@example.vn", "address": AN_ADDRESS,
}  # fmt: skip
MARTYR = {"martyr_name": "Nguyễn Văn Long", "relation": "con"}


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
