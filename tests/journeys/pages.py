"""Pages as a browser without JavaScript uses them: links, texts, and forms posted with every hidden field."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

VOID = {"input", "br", "img", "meta", "link", "hr", "source"}
Files = dict[str, tuple[str, bytes, str]]


@dataclass
class Form:
    """What a browser would send if nobody touched it, and which buttons there are."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)  # of radio buttons, boxes, lists and buttons
    labels: dict[str, dict[str, str]] = field(default_factory=dict)  # of lists: words → value
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []  # the content's before those of header and footer
        self.contents = 0
        self.open: Form | None = None
        self.links: dict[str, str] = {}
        self.words: list[str] = []
        self.inside: list[tuple[str, dict[str, str]]] = []
        self.anchor: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.inside.append((tag, given))
        if tag == "a":
            self.anchor = given.get("href")
        elif tag == "form":
            self.open = Form(given.get("action", ""), given.get("method", "get").lower())
            in_content = any(name == "main" for name, _ in self.inside)
            self.forms.insert(self.contents if in_content else len(self.forms), self.open)
            self.contents += in_content
        elif self.open is not None and given.get("name") and "disabled" not in given:
            self._control(self.open, tag, given)
        elif self.open is not None and tag == "option":
            self._option(self.open, given)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        if tag == "button" or kind == "submit":
            form.choices.setdefault(name, []).append(given.get("value", ""))
        elif kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        elif kind == "file":
            form.files.append(name)
        elif tag in ("input", "textarea"):
            form.fields[name] = given.get("value", "")

    def _option(self, form: Form, given: dict[str, str]) -> None:
        name = self.chooser
        form.choices.setdefault(name, []).append(given.get("value", ""))
        if "selected" in given or name not in form.fields:
            form.fields[name] = given.get("value", "")

    @property
    def chooser(self) -> str:
        """The list that the options here belong to."""
        return next((attrs["name"] for tag, attrs in reversed(self.inside) if tag == "select"), "")

    def handle_endtag(self, tag: str) -> None:
        while self.inside and any(name == tag for name, _ in self.inside):
            name, _ = self.inside.pop()
            if name == tag:
                break
        if tag == "form":
            self.open = None
        elif tag == "a":
            self.anchor = None

    def handle_data(self, data: str) -> None:
        if (text := " ".join(data.split())) and not any(tag in ("script", "style") for tag, _ in self.inside):
            self.words.append(text)
            if self.anchor is not None:
                self.links.setdefault(text, self.anchor)
        tag, given = self.inside[-1] if self.inside else ("", {})
        if tag == "option" and self.open is not None:
            self.open.labels.setdefault(self.chooser, {})[" ".join(data.split())] = given.get("value", "")
        if tag == "textarea" and self.open is not None and given.get("name"):
            self.open.fields[given["name"]] += data.removeprefix("\n")


class Page:
    """One answer of a site, read."""

    def __init__(self, response: requests.Response) -> None:
        self.response, self.url, self.status = response, response.url, response.status_code
        reader = _Reader()
        reader.feed(response.text if "html" in response.headers.get("Content-Type", "") else "")
        self.forms, self.links, self.text = reader.forms, reader.links, " ".join(reader.words)

    def link(self, words: str) -> str:
        """Where the first link with these words leads."""
        return urljoin(self.url, next(href for text, href in self.links.items() if words in text))

    def form(self, holding: str) -> Form:
        """The form with that control, hidden field or button."""
        found = (f for f in self.forms if holding in f.fields or holding in f.choices or holding in f.files)
        form = next(found, None)
        assert form is not None, f"no form with {holding!r} at {self.url}: {self.text[:2000]}"
        return form


class Browser:
    """A session with cookies. Every page it opens is kept in `page`, the last one."""

    def __init__(self, base: str) -> None:
        self.base, self.session = base, requests.Session()
        self.page: Page

    def ask(self, address: str) -> requests.Response:
        return self.session.get(urljoin(self.base, address), timeout=60)

    def open(self, address: str) -> Page:
        """Follow a link. Raises AssertionError unless the page is there."""
        self.page = Page(self.ask(address))
        assert self.page.status == 200, f"{self.page.status} {self.page.url}: {self.page.text[:2000]}"
        return self.page

    def send(self, holding: str, files: Files | None = None, **given: Any) -> Page:
        """Press the button of the form of the last page that has a control called `holding`; `given` is filled in;
        in a list the words may stand for the value."""
        form = self.page.form(holding)
        unknown = set(given) - set(form.fields) - set(form.choices)
        assert not unknown, f"no such controls at {self.page.url}: {unknown}, only {form.fields} {form.choices}"
        target = urljoin(self.page.url, form.action or self.page.url)
        headers = {"Referer": self.page.url, "Origin": "/".join(self.page.url.split("/")[:3])}
        chosen = {name: form.labels.get(name, {}).get(str(value), str(value)) for name, value in given.items()}
        values = {**form.fields, **chosen}
        self.page = Page(self.session.post(target, values, files=files, headers=headers, timeout=60))
        return self.page
