"""The same people with a window before them: what they see is clicked and typed, and a picture of each page is kept."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import faults, picture
from tests.installation import Installation
from tests.journeys.actors import code_of

LOADED = "Promise.all([...document.images].map(i => (i.loading = 'eager', i.decode().catch(() => 0))))"


@dataclass
class Gallery:
    """Pictures in the order they were taken, and what was wrong with the pages."""

    folder: Path
    width: int
    taken: int = 0
    faults: dict[str, list[str]] = field(default_factory=dict)

    def take(self, page: Page, title: str, *, ours: bool = True) -> None:
        """`ours`: a page of the product, which must break no rule."""
        page.wait_for_load_state()
        page.evaluate("document.fonts.ready")
        page.evaluate(LOADED)
        self.taken += 1
        picture(page, self.folder / f"{self.width}-{self.taken:02d}-{title}.png")
        if found := faults(page, rules=ours):
            self.faults[f"{title} {self.width}"] = found


class Window:
    """One person's browser window."""

    def __init__(self, browser: Browser, installation: Installation, gallery: Gallery) -> None:
        self.installation, self.gallery = installation, gallery
        self.context = browser.new_context(viewport={"width": gallery.width, "height": 900}, locale="vi-VN")
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()

    def open(self, address: str) -> None:
        answer = self.page.goto(address if "://" in address else f"{self.installation.base_url}{address}")
        assert answer, address
        assert answer.ok, f"{answer.status} {address}"

    def look(self, title: str, *, ours: bool = True) -> None:
        self.gallery.take(self.page, title, ours=ours)

    def press(self, words: str) -> None:
        """The button or link with exactly these words."""
        content = self.page.locator("main")
        button = content.get_by_role("button", name=words, exact=True)
        button.or_(content.get_by_role("link", name=words, exact=True)).first.click()
        self.page.wait_for_load_state()

    def fill(self, **given: str) -> None:
        """Each control by its name: typed, chosen or ticked."""
        for name, value in given.items():
            control = self.page.locator(f'main [name="{name}"]')
            kind = control.first.evaluate("element => element.type")
            if kind == "checkbox" and value == "on":
                control.check()
            elif kind in ("radio", "checkbox"):
                self.page.locator(f'main [name="{name}"][value="{value}"]').check()
            elif kind == "select-one":
                control.select_option(label=value)
            else:
                control.fill(value)

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()


class CitizenWindow(Window):
    def log_in(self, button: str) -> None:
        """From the log-in page through the identity provider's; `button` is the citizen's name there."""
        self.look("dang-nhap")
        self.press("Đăng nhập bằng VNeID")
        self.look("dinh-danh", ours=False)
        self.page.get_by_role("button", name=button).click()
        self.page.wait_for_load_state()


class OfficerWindow(Window):
    def log_in(self, name: str, *, look: bool = False) -> None:
        account = self.installation.officers[name]
        self.open("/can-bo/dang-nhap")
        if look:
            self.look("can-bo-dang-nhap")
        self.fill(username=name, password=account["password"])
        self.press("Tiếp tục")
        if look:
            self.look("ma-xac-thuc")
        for ahead in (0, 30, -30):  # a code works once; its neighbours are taken too
            if "/dang-nhap/ma" in self.page.url:
                self.fill(code=code_of(account["totp_secret"], time.time() + ahead))
                self.press("Đăng nhập")

    def act(self, name: str, code: str, button: str, last: str, **given: str) -> None:
        """From the work list to the dossier, its button, what is to fill in, and the button that does it."""
        self.open("/can-bo/hang-viec")
        self.look(f"{name}-hang-viec")
        self.page.locator("main").get_by_role("link", name=code).first.click()
        self.look(f"{name}-ho-so")
        self.go_on(name, button, last, **given)

    def go_on(self, name: str, button: str, last: str, **given: str) -> None:
        self.page.locator("main").get_by_role("link", name=button).first.click()
        self.fill(**given)
        self.look(f"{name}-viec")
        self.press(last)
        assert "/ho-so/" in self.page.url or "hang-viec" in self.page.url, self.text
