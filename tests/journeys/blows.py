"""Blows at chosen moments: a party is frozen or a row held, so that a process dies exactly between two steps."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import psycopg2
import requests

from tests.installation import Installation
from tests.journeys.way import eventually


@contextmanager
def frozen(installation: Installation, party: str) -> Iterator[None]:
    """The party takes connections and answers nobody until the end of the block."""
    os.kill(installation.pid(party), signal.SIGSTOP)
    try:
        yield
    finally:
        thaw(installation, party)


def thaw(installation: Installation, party: str) -> None:
    os.kill(installation.pid(party), signal.SIGCONT)


@contextmanager
def held(installation: Installation, table: str, condition: str, *values: object) -> Iterator[None]:
    """Nobody else can write the row until the end of the block."""
    connection = psycopg2.connect(installation.addresses["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE {condition} FOR NO KEY UPDATE", values)
            assert cursor.fetchone(), f"no such row in {table}"
            yield
    finally:
        connection.close()


_WAITING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s"


def waits_for_us(installation: Installation, table: str) -> bool:
    """Whether another session waits for a row of this table that we hold."""
    return installation.rows(f"SELECT count(*) {_WAITING}", f'%"{table}"%')[0][0] > 0


def never_written(installation: Installation, table: str) -> None:
    """What the dead had sent and the server would still carry out once we let go of the row."""
    assert installation.rows(f"SELECT pg_terminate_backend(pid) {_WAITING}", f'%"{table}"%') == [(True,)]


def kill(installation: Installation, *names: str) -> dict[str, int]:
    """kill -9 for a process and all that it started; gives who died, for `revived`."""
    dead = {name: installation.pid(name) for name in names}
    for pid in dead.values():
        os.killpg(pid, signal.SIGKILL)
    return dead


def revived(installation: Installation, dead: dict[str, int]) -> None:
    """Wait until the supervisor has started everybody again and the site serves."""
    eventually(lambda: all(installation.pid(name) != pid for name, pid in dead.items()), 60, f"new {dead}")
    eventually(installation.serves, 60, "the site serves again")


def kill_database(installation: Installation) -> None:
    old = installation.postmaster()
    os.kill(old, signal.SIGKILL)
    eventually(lambda: back(installation, old), 90, "the database answers again")


def back(installation: Installation, old: int) -> bool:
    with suppress(OSError, ValueError, IndexError):
        return installation.postmaster() not in (0, old) and installation.serves()
    return False


def two_minutes_pass(installation: Installation) -> None:
    """For everything that was leased or put off: what the dead had taken falls free."""
    installation.rows("""UPDATE dossiers_outboxmessage SET leased_until = now() - interval '1 second', next_at = now()
        WHERE done_at IS NULL RETURNING 1""")
    installation.rows("UPDATE signatures_signingrequest SET next_at = now() WHERE state = 'waiting' RETURNING 1")


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """The act is under way during the block; that its connection breaks is what we are after."""

    def run() -> None:
        with suppress(requests.ConnectionError, AssertionError):
            act()

    thread = Thread(target=run)
    thread.start()
    yield
    thread.join(90)
    assert not thread.is_alive()
