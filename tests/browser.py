"""Chromium as the tests drive it, and what every page must hold in it: nothing cut off, nothing axe complains about."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

EXECUTABLE = os.environ.get("MOTCUA_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = os.environ.get("MOTCUA_PICTURES", "1") != "0"
# Of WCAG 2.2 axe leaves the size of targets out unless it is asked.
EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What a narrower window can change of a page that was judged by every rule when it was wide.
NARROW = {"resultTypes": ["violations"], "runOnly": ["target-size", "scrollable-region-focusable", "aria-hidden-focus"]}
WIDE = 1024
# Elements past either edge of the window, also inside parents that hide what overflows; scrolling lists may.
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(element => {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height || element.closest('.vh, .skip, svg, .flow, .tabs, .scroll, .vw-p')) return false;
  if (element.closest('details:not([open])') && !element.closest('summary')) return false;
  return box.right > innerWidth + 1 || box.left < -1;
}).map(element => element.outerHTML.slice(0, 120))"""


@contextmanager
def chromium() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; the test's own queries do not disturb it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        expect.set_options(timeout=20_000)
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        yield browser
        browser.close()


def picture(page: Page, path: Path) -> None:
    """The whole page for people to look at; on a busy machine Chromium may need to be asked twice.

    With MOTCUA_PICTURES=0 nobody will look.
    """
    if not PICTURES:
        return
    page.wait_for_load_state()
    try:
        page.screenshot(path=path, full_page=True)
    except Error:
        page.screenshot(path=path, full_page=True)


def faults(page: Page, *, rules: bool = True) -> list[str]:
    """What is wrong with the page as it stands: sideways scrolling, parts cut off, and, unless told not to look,
    accessibility rules broken: all of them in a wide window, in a narrow one those that its width decides.

    A click ends when the answer to it begins to arrive; the page is whole when it was read to its end."""
    page.wait_for_load_state()
    found: list[str] = []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    found += [f"cut off: {html}" for html in page.evaluate(CUT_OFF)]
    if not rules:
        return found
    wide = page.evaluate("innerWidth") >= WIDE
    result: dict[str, Any] = Axe().run(page, options=EVERYTHING if wide else NARROW).response
    for rule in result["violations"]:
        found += [f"{rule['id']}: {node['html'][:160]}" for node in rule["nodes"]]
    return found
