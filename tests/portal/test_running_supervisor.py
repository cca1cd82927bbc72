import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import psycopg2
import pytest

from portal.environment import ROOT
from portal.running import ports, processes
from tests.installation import Installation
from tests.portal.waiting import soon

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("run in a home"), more={"MOTCUA_WEB_WORKERS": "1"})
    try:
        made.said = made.start()
        yield made
    finally:
        made.end()


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
    command = [sys.executable, "manage.py", "run", "--port", str(ports.choose())]

    answer = subprocess.run(
        command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=False, timeout=60
    )

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
