import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from portal.environment import ROOT
from portal.running import ports, processes
from tests.portal.waiting import soon

pytestmark = pytest.mark.slow
PATIENCE = 180.0  # seconds; an empty home takes some 30 on two idle cores


class Installation:
    """A run in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = ports.choose()
        self.process: subprocess.Popen[bytes] | None = None
        self.said = ""

    def start(self) -> str:
        """Until it says that it is ready; returns what it printed."""
        own = ("DATABASE_URL", "MOTCUA_OWNER_DATABASE_URL", "REDIS_URL")
        inherited = {name: value for name, value in os.environ.items() if name not in own}
        output = self.home / "output"
        with output.open("wb") as file:
            command = [sys.executable, "manage.py", "run", "--port", str(self.port)]
            full = {**inherited, "MOTCUA_HOME": str(self.home), "MOTCUA_WEB_WORKERS": "1"}
            self.process = subprocess.Popen(command, cwd=ROOT, env=full, stdout=file, stderr=file)
        ready = soon(lambda: b"Ready" in output.read_bytes() or self.ended(), PATIENCE)
        text = output.read_text(encoding="utf-8")
        assert ready, text
        assert not self.ended(), text
        assert soon(lambda: (self.home / "run.json").exists())
        return text

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def state(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return known

    def pid(self, name: str) -> int:
        return int(self.state()["children"][name])

    def serves(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def postmaster(self) -> int:
        """The database's process id; 0 while there is none."""
        file = self.home / "postgres/data/postmaster.pid"
        return int(file.read_text().splitlines()[0]) if file.exists() else 0

    def stop(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("run in a home"))
    try:
        made.said = made.start()
        yield made
    finally:
        if not made.ended():
            made.stop()
        processes.stop_survivors(made.home)


def comes_back(installation: Installation, changed: Callable[[], bool]) -> bool:
    return soon(lambda: changed() and installation.serves(), 90)


def test_an_empty_home_becomes_a_working_site_with_a_line_per_step(installation: Installation) -> None:
    assert installation.serves()
    for step in ("Database", "Tables", "Rights", "Reference data", "Static files", "Simulators", "Web", "worker"):
        assert step in installation.said
    assert f"http://localhost:{installation.port}" in installation.said


@pytest.mark.parametrize("name", ["web", "worker", "smtp", "pki"])
def test_whoever_is_killed_is_started_again(installation: Installation, name: str) -> None:
    before = installation.pid(name)

    os.kill(before, signal.SIGKILL)

    assert comes_back(installation, lambda: installation.pid(name) != before)


def test_a_killed_database_is_started_again(installation: Installation) -> None:
    before = installation.postmaster()

    os.kill(before, signal.SIGKILL)

    assert comes_back(installation, lambda: installation.postmaster() not in (0, before))


def test_the_product_runs_with_the_rights_that_cannot_rewrite_the_trail(installation: Installation) -> None:
    lines = dict(line.split("=", 1) for line in (installation.home / "run.env").read_text().splitlines())

    connection = psycopg2.connect(lines["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_user, has_table_privilege('dossiers_dossierevent', 'UPDATE')")
        assert cursor.fetchone() == ("motcua_app", False)
    connection.close()
    assert (installation.home / "run.env").stat().st_mode & 0o077 == 0


def test_a_second_run_of_the_same_home_is_told_where_the_first_one_is(installation: Installation) -> None:
    own = {**os.environ, "MOTCUA_HOME": str(installation.home)}
    command = [sys.executable, "manage.py", "run", "--port", str(ports.choose())]

    answer = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=60)

    assert answer.returncode == 1
    assert f"running already: http://localhost:{installation.port}" in answer.stdout


def test_after_a_killed_supervisor_the_next_run_adopts_the_database_and_ends_the_rest(
    installation: Installation,
) -> None:
    database = installation.postmaster()
    web = installation.pid("web")
    assert installation.process
    installation.process.kill()
    installation.process.wait()

    said = installation.start()

    assert "adopted" in said
    assert installation.postmaster() == database
    assert installation.pid("web") != web
    assert installation.serves()


def test_ctrl_c_stops_everything_and_says_so(installation: Installation) -> None:
    code = installation.stop()

    assert code == 0
    assert (installation.home / "output").read_text().rstrip().endswith("Stopped.")
    assert processes.survivors(installation.home) == []
    assert not (installation.home / "postgres/data/postmaster.pid").exists()
    assert not (installation.home / "run.json").exists()
