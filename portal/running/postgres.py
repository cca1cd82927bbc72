"""The database server of this installation: made once, adopted when it already runs, stopped by its last user."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2

from portal.running import binaries, ports
from portal.running.locks import is_last, lock, usage
from portal.running.processes import log_file

# The same words as in deploy/postgres: identical sorting and letter classes on every system, ICU or not.
INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--lc-ctype=C.UTF-8",
    "--auth=scram-sha-256",
    "--no-instructions",
)
PATIENCE = 60.0  # seconds for a start, crash recovery included


class Server:
    """PostgreSQL below `home`, on a remembered loopback port, with passwords in a file for its owner alone."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "postgres"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.place = binaries.choose(home)
        self.log = log_file(home, "postgres")
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def passwords(self) -> dict[str, str]:
        """Of the roles postgres, motcua_owner and motcua_app; made on first use."""
        path = self.folder / "passwords.json"
        with lock(self.folder / "passwords.lock"):
            if not path.exists():
                made = {role: secrets.token_urlsafe(24) for role in ("postgres", "motcua_owner", "motcua_app")}
                write_private(path, json.dumps(made, indent=1))
            known: dict[str, str] = json.loads(path.read_text())
        return known

    def url(self, role: str, database: str = "motcua") -> str:
        return f"postgresql://{role}:{self.passwords()[role]}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        if not self.port:
            return False
        try:
            psycopg2.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
        except psycopg2.Error:
            return False
        return True

    def start(self) -> str:
        """Make it run and answer; says how: "adopted", "started" or "created". Raises NoDatabase."""
        with lock(self.folder / "start.lock"):
            self.port = ports.remembered(self.home, "postgres") or 0
            if self._postmaster() and self._wait():
                return "adopted"
            how = "started" if self.place.data.exists() else "created"
            if how == "created":
                self._create()
            self._forget_stale_pid()
            self.port = ports.take(self.home, "postgres")
            self._spawn()
            if not self._wait():
                raise binaries.NoDatabase(f"PostgreSQL does not answer; see {self.log}")
            return how

    def _create(self) -> None:
        new = self.place.data.with_name("data.new")  # renamed when complete: a kill in between leaves no half cluster
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self.place.own(new)
        secret = new.with_name("initdb.secret")
        write_private(secret, self.passwords()["postgres"])
        self.place.own(secret)
        command = self.place.command("initdb", f"--pgdata={new}", f"--pwfile={secret}", *INITDB)
        try:
            with self.log.open("ab") as log:
                subprocess.run(command, check=True, stdout=log, stderr=log, **self.place.options())
        except subprocess.CalledProcessError:
            raise binaries.NoDatabase(f"initdb failed; see {self.log}") from None
        finally:
            secret.unlink()
        new.rename(self.place.data)

    def _spawn(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "100",
            "log_line_prefix": "%m [%p] %d ",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = self.place.command("postgres", "-D", str(self.place.data), *options)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, **self.place.options()
            )

    def _wait(self) -> bool:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.answers():
                return True
            if self.process is not None and self.process.poll() is not None:
                if self._postmaster():  # its rest still leaves; the lock file is another's
                    return False
                time.sleep(0.5)  # backends of a killed server need a moment to notice
                self._spawn()
            elif self.process is None and not self._postmaster():
                return False
            time.sleep(0.05)
        return False

    def _lock_file(self) -> list[str]:
        try:
            return (self.place.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _postmaster(self) -> int | None:
        """The process id of a server that runs on our data, whoever started it."""
        lines = self._lock_file()
        if not lines or not lines[0].isdigit():
            return None
        pid = int(lines[0])
        return pid if str(self.place.data) in command_of(pid) else None

    def _forget_stale_pid(self) -> None:
        """A killed server's process id may belong to another program by now, which PostgreSQL would respect."""
        if self._lock_file() and self._postmaster() is None:
            (self.place.data / "postmaster.pid").unlink()

    def alive(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            self.process = None
        return self._postmaster() is not None

    def stop(self) -> None:
        """Fast shutdown: sessions end, nothing committed is lost."""
        for number in (signal.SIGINT, signal.SIGQUIT):
            pid = self._postmaster()
            if pid is None:
                break
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            end = time.monotonic() + 30
            while self._postmaster() and time.monotonic() < end:
                if self.process is not None:
                    self.process.poll()
                time.sleep(0.02)
        if self.process is not None:
            self.process.wait(5)

    def execute(self, statement: Any, *values: object, database: str = "postgres") -> list[tuple[Any, ...]]:
        """One statement as the superuser, outside a transaction."""
        connection = psycopg2.connect(self.url("postgres", database))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


@contextmanager
def running(home: Path) -> Iterator[tuple[Server, str]]:
    """A server that answers, for as long as the block lasts; the last block of all processes stops it."""
    with usage(home / "postgres" / "users.lock") as users:
        server = Server(home)
        try:
            how = server.start()
            yield server, how
        finally:
            if is_last(users):
                server.stop()


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout


def write_private(path: Path, text: str) -> None:
    """Write a secret that its owner alone can read, complete or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
