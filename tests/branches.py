"""A pytest plug-in for the gate: a run of the whole suite fails while a branch of the verbs has not been tried.

Loaded before Django, so that the verbs' modules are measured from their first line. Works under MOTCUA_REQUIRE_ALL=1.
"""

import io
import os

import pytest
from coverage import Coverage

VERBS = ("dossiers/intake.py", "dossiers/processing.py", "dossiers/returning.py")
measured: Coverage | None = None
if os.environ.get("MOTCUA_REQUIRE_ALL") == "1":
    measured = Coverage(data_file=None, config_file=False, branch=True, include=VERBS, messages=False)
    measured.start()
report = io.StringIO()


def whole(config: pytest.Config) -> bool:
    """Whether nobody has chosen some of the tests."""
    chosen = config.option.keyword or config.option.markexpr or config.option.deselect or config.option.ignore
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if measured is None or not whole(session.config):
        return
    measured.stop()
    if measured.report(file=report, show_missing=True, precision=2) < 100:
        session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
    else:
        report.seek(0)
        report.truncate()
        report.write("Every branch of the verbs was tried.\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if report.getvalue():
        terminalreporter.write(report.getvalue())
