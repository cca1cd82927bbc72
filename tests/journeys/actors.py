"""The people of the demo province over HTTP: each logs in through the pages and presses what the pages offer."""

import base64
import hashlib
import hmac
import time

from tests.installation import Installation
from tests.journeys.pages import Browser, Files, Page


def code_of(secret: str, at: float) -> str:
    """What an authenticator app shows (RFC 6238: SHA-1, 30 seconds, 6 digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.digest(key, int(at // 30).to_bytes(8, "big"), hashlib.sha1)
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


class Officer(Browser):
    """Logged in with password and second factor."""

    def __init__(self, installation: Installation, name: str) -> None:
        super().__init__(installation.base_url)
        account = installation.officers[name]
        self.name = name
        self.open("/can-bo/dang-nhap")
        self.send("password", username=name, password=account["password"])
        for ahead in (0, 30, -30):  # a code works once; its neighbours are taken too
            if "/dang-nhap" in self.page.url:
                self.send("code", code=code_of(account["totp_secret"], time.time() + ahead))
        assert self.page.status == 200, self.page.text
        assert "/dang-nhap" not in self.page.url, self.page.text

    def queue(self) -> str:
        """The words of the work list."""
        return self.open("/can-bo/hang-viec").text

    def act(self, code: str, act: str, **given: str) -> Page:
        """Open the dossier, follow the button of the act, fill in and press. Raises AssertionError when refused."""
        self.open(f"/can-bo/ho-so/{code}")
        self.open(f"/can-bo/ho-so/{code}/{act}")
        page = self.send("version", **given)
        assert page.status == 200, f"{self.name} {act}: {page.status} {page.text[:3000]}"
        assert not page.url.endswith(f"/{act}"), page.text[:3000]
        return page


class Citizen(Browser):
    """Logged in through the identity provider's page."""

    def __init__(self, installation: Installation, name: str) -> None:
        super().__init__(installation.base_url)
        self.name = name
        self.open("/dang-nhap")
        self.send("next")
        page = self.send("account", account=name)
        assert page.url.startswith(self.base), page.text

    def start(self, procedure: str, **place: str) -> Page:
        """From the procedure's page to the first question."""
        self.open(f"/thu-tuc/{procedure}")
        self.open(f"/nop/{procedure}/bat-dau")
        return self.send("csrfmiddlewaretoken", **place)

    def step(self) -> str:
        """The last part of the address: which step of the filing is open."""
        return self.page.url.rstrip("/").rpartition("/")[2].partition("?")[0]

    def onward(self, holding: str, files: Files | None = None, **given: str) -> Page:
        """Answer the page that is open. Raises AssertionError when the answers are refused."""
        before, page = self.page.url, self.send(holding, files, **given)
        assert page.status == 200, f"{before}: {page.status} {page.text[:3000]}"
        return page
