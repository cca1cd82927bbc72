"""A pytest plug-in for the gate: the run of the whole suite fails while the tests of the verbs leave a branch untried.

Loaded before Django, so that the verbs' modules are measured from their first line; afterwards only while their own
tests run, for measuring slows down everything. Works under MOTCUA_REQUIRE_ALL=1, in one process or in several: each
worker hands what it measured to the process that began the run.
"""

import io
import os
from collections.abc import Generator
from typing import Any

import pytest
from coverage import Coverage, CoverageData

VERBS = (
    "dossiers/basket.py",
    "dossiers/bulk.py",
    "dossiers/certifying.py",
    "dossiers/consulting.py",
    "dossiers/counter.py",
    "dossiers/delegating.py",
    "dossiers/digitising.py",
    "dossiers/dispatching.py",
    "dossiers/grouping.py",
    "dossiers/intake.py",
    "dossiers/noting.py",
    "dossiers/packaging.py",
    "dossiers/processing.py",
    "dossiers/redirecting.py",
    "dossiers/returning.py",
    "dossiers/serving.py",
    "dossiers/sharing.py",
    "dossiers/supplementing.py",
    "dossiers/suspending.py",
    "dossiers/verifying.py",
    "dossiers/withdrawing.py",
)
TESTS = tuple(f"dossiers/test_{name.split('/')[1]}" for name in VERBS)
HANDED = "branches"
measured: Coverage | None = None
if os.environ.get("MOTCUA_REQUIRE_ALL") == "1":
    measured = Coverage(data_file=None, config_file=False, branch=True, include=VERBS, messages=False)
    measured.start()
report = io.StringIO()


class Workers:
    """Hears the workers of a run in several processes as each ends."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        if measured and HANDED in getattr(node, "workeroutput", {}):
            data = CoverageData(no_disk=True)
            data.loads(node.workeroutput[HANDED])
            measured.get_data().update(data)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Workers(), "branches of the workers")


def whole(config: pytest.Config) -> bool:
    """Whether nobody has chosen some of the tests."""
    chosen = config.option.keyword or config.option.markexpr or config.option.deselect or config.option.ignore
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen


def pytest_collection_finish() -> None:
    if measured:
        measured.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    wanted = measured and item.path.as_posix().endswith(TESTS)
    if measured and wanted:
        measured.start()
    try:
        return (yield)
    finally:
        if measured and wanted:
            measured.stop()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if measured is None:
        return
    if (handed := getattr(session.config, "workeroutput", None)) is not None:
        handed[HANDED] = measured.get_data().dumps()
        return
    if not whole(session.config):
        return
    if measured.report(file=report, show_missing=True, precision=2) < 100:
        session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
    else:
        report.seek(0)
        report.truncate()
        report.write("Every branch of the verbs was tried by their tests.\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if report.getvalue():
        terminalreporter.write(report.getvalue())
