"""A pytest plug-in for the gate: the run of the whole suite fails while the tests of the verbs leave a branch untried.

Loaded before Django, so that the verbs' modules are measured from their first line; afterwards only while their own
tests run, for measuring slows down everything. Works under MOTCUA_REQUIRE_ALL=1.
"""

import io
import os
from collections.abc import Generator

import pytest
from coverage import Coverage

VERBS = ("dossiers/intake.py", "dossiers/processing.py", "dossiers/returning.py")
TESTS = ("dossiers/test_intake.py", "dossiers/test_processing.py", "dossiers/test_returning.py")
measured: Coverage | None = None
if os.environ.get("MOTCUA_REQUIRE_ALL") == "1":
    measured = Coverage(data_file=None, config_file=False, branch=True, include=VERBS, messages=False)
    measured.start()
report = io.StringIO()


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


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if measured is None or not whole(session.config):
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
