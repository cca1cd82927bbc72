"""A test that needs a program says so by a marker; without the program it is skipped, in one plain line per program.

With MOTCUA_REQUIRE_ALL=1 a skip is a failure, except for the shared reference files.
"""

import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from portal.running.tools import TOOLS

REQUIRE_ALL = os.environ.get("MOTCUA_REQUIRE_ALL") == "1"
MISSING = {name: tool for name, tool in TOOLS.items() if not tool.find()}
JOURNEYS = Path(__file__).parent / "journeys"
pytest_plugins = ["tests.authority"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in MISSING:
        if item.get_closest_marker(name):
            pytest.skip(f"needs {TOOLS[name].label}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: with several workers the longest files must not be left for the end."""
    items.sort(key=lambda item: not item.path.is_relative_to(JOURNEYS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report: pytest.TestReport = yield
    excused = item.get_closest_marker("reference") and "reference" in MISSING
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail") and not excused:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and MOTCUA_REQUIRE_ALL allows no skip: {call.excinfo}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
    for tool in MISSING.values():
        count = sum(times for reason, times in reasons.items() if f"needs {tool.label}" in reason)
        if not count:
            continue
        hint = f" (apt-get install {tool.packages})" if tool.packages else ""
        terminalreporter.write_line(f"{count} tests skipped for want of {tool.label}{hint}")


@pytest.fixture(autouse=True)
def own_storages(settings: Any, tmp_path: Path) -> None:
    """Pages need no collected static files, and sealed files go to a folder of the test's own."""
    media = settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path / "media")}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {"default": media, "staticfiles": static}


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Any) -> None:
    """A password is meant to be slow to check; a world of twelve officers would cost three seconds a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit's window must not end in the middle of the test that reaches it."""
    began = time.time()
    monkeypatch.setattr("portal.floor.throttling.time", lambda: began)
