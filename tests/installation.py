"""A whole installation as a person starts it: `manage.py run` in a home of its own, with nothing of ours around it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2

from portal.environment import ROOT
from portal.running import ports, processes
from tests.portal.waiting import soon

PATIENCE = 180.0  # seconds; an empty home takes some 30 on two idle cores
# What a login shell has, and the keys of the tests; the addresses of a test run's own database stay outside.
INHERITED = (
    "PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "MOTCUA_PG_BIN",
    "MOTCUA_SECRET_KEY", "MOTCUA_DATA_KEYS", "MOTCUA_INDEX_KEY",
)  # fmt: skip


class Installation:
    """A run below `home`; `more` adds to its environment."""

    def __init__(self, home: Path, *, province: str = "", more: dict[str, str] | None = None) -> None:
        self.home = home
        self.port = ports.choose()
        self.wishes = ["--port", str(self.port), *(["--province", province] if province else [])]
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        inherited |= {"MOTCUA_SWEEP_SECONDS": "5"}  # what waits for a sweep keeps the tests waiting
        self.environment = inherited | {"MOTCUA_HOME": str(home), "MOTCUA_ENV_FILE": os.devnull, **(more or {})}
        self.process: subprocess.Popen[bytes] | None = None
        self.said = ""

    def start(self) -> str:
        """Until it says that it is ready; returns what it printed."""
        output = self.home / "output"
        with output.open("wb") as file:
            command = [sys.executable, "manage.py", "run", *self.wishes]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=file, stderr=file)
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
        """Ctrl-C; gives the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def end(self) -> None:
        """Whatever state it is in, nothing of it is left behind."""
        if self.process and not self.ended():
            self.stop()
        processes.stop_survivors(self.home)

    @property
    def base_url(self) -> str:
        return str(self.state()["url"])

    def page_of(self, party: str) -> str:
        """Where the simulator of that name shows itself."""
        return str(self.state()["parties"][party])

    @property
    def addresses(self) -> dict[str, str]:
        """What the supervisor gave the product: database, parties, trust roots."""
        lines = (self.home / "run.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def manage(self, *command: str) -> str:
        """What a command of ours prints, run as in another terminal."""
        whole = [sys.executable, "manage.py", *command]
        return subprocess.run(
            whole, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True, timeout=120
        ).stdout

    @cached_property
    def officers(self) -> dict[str, dict[str, str]]:
        """Demo accounts by user name."""
        return {row["username"]: row for row in json.loads(self.manage("demo_accounts", "--json"))}

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as the product's own role."""
        connection = psycopg2.connect(self.addresses["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall())
        finally:
            connection.close()
