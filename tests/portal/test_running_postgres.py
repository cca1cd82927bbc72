import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from portal.running import postgres, roles
from portal.running.binaries import choose
from portal.running.postgres import Server
from tests.portal.waiting import soon

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a clone") / "state"


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with postgres.running(home) as (made, how):
        assert how == "created"
        roles.prepare(made, "motcua")
        yield made
    assert not made.alive()


@pytest.fixture
def kept(server: Server) -> Server:
    """The server with one committed row."""
    server.start()
    server.execute("DROP TABLE IF EXISTS promise")
    server.execute("CREATE TABLE promise AS SELECT 1 AS kept")
    return server


def test_the_cluster_sorts_and_folds_alike_on_every_system(server: Server) -> None:
    [(provider, locale, ctype)] = server.execute(
        "SELECT datlocprovider, datlocale, datctype FROM pg_database WHERE datname = 'motcua'"
    )

    assert (provider, locale, ctype) == ("b", "C.UTF-8", "C.UTF-8")
    assert server.execute("SELECT lower('NGUYỄN ĐÌNH')") == [("nguyễn đình",)]


def test_a_second_command_adopts_the_running_server_and_leaves_it_running(kept: Server, home: Path) -> None:
    with postgres.running(home) as (second, how):
        assert how == "adopted"
        assert second.execute("SELECT kept FROM promise") == [(1,)]

    assert kept.answers()


def test_a_server_whose_supervisor_was_killed_is_adopted(kept: Server, home: Path) -> None:
    program = f"""
import os, signal, sys
from pathlib import Path
from portal.running import postgres
with postgres.running(Path({str(home)!r})):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    kept.stop()
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGKILL

    assert Server(home).start() == "adopted"


def test_a_killed_server_comes_back_with_everything_committed(kept: Server) -> None:
    pid = kept._postmaster()
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert soon(lambda: not kept.alive())

    assert kept.start() == "started"
    assert kept.execute("SELECT kept FROM promise") == [(1,)]


def test_a_process_id_that_now_belongs_to_another_program_is_no_obstacle(kept: Server) -> None:
    kept.stop()
    (kept.place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{kept.place.data}\n")

    assert kept.start() == "started"
    assert kept.execute("SELECT kept FROM promise") == [(1,)]


def test_its_port_is_kept_over_a_restart_and_its_folder_holds_no_half_cluster(kept: Server, home: Path) -> None:
    port = kept.port
    kept.stop()
    (home / "postgres" / "data.new").mkdir()  # a kill in the middle of initdb left it

    assert kept.start() == "started"
    assert kept.port == port


def test_passwords_are_for_the_owner_of_the_installation_alone(server: Server, home: Path) -> None:
    assert stat.S_IMODE((home / "postgres" / "passwords.json").stat().st_mode) == 0o600
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(server.url("postgres").replace(server.passwords()["postgres"], "guess"))


def test_the_owner_may_make_databases_but_is_no_superuser(server: Server) -> None:
    rights = server.execute(
        "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname LIKE 'motcua%' ORDER BY 1"
    )

    assert rights == [("motcua_app", False, False), ("motcua_owner", False, True)]


def test_the_owner_can_make_the_extensions_that_migrations_ask_for(server: Server) -> None:
    with psycopg2.connect(server.url("motcua_owner")) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gist")
        cursor.execute("SELECT similarity('khai sinh', 'khai sin') > 0.5")
        assert cursor.fetchone() == (True,)
    connection.close()


def test_it_runs_from_a_private_folder_that_stays_private(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    place = choose(private / "state")

    assert place.works()
    assert bool(place.wrapper or place.account is not None) == (os.geteuid() == 0)
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
