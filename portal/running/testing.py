"""`./motcua test` and `./motcua bench`: a database of their own on the same server, keys of no installation."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.environment import ROOT
from portal.running.binaries import NoDatabase
from portal.running.database import database
from portal.running.locks import Held, lock
from portal.running.processes import python


def environment(home: Path, addresses: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without the installation's own settings; tests/environment.py gives test keys."""
    inherited = {name: value for name, value in os.environ.items() if name not in _settings_of_the_installation()}
    return {**inherited, **addresses, "MOTCUA_HOME": str(home), "MOTCUA_ENV_FILE": os.devnull}


def _settings_of_the_installation() -> set[str]:
    path = Path(os.environ.get("MOTCUA_ENV_FILE") or ROOT / ".env")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {line.partition("=")[0].strip() for line in lines if not line.startswith("#")} - {"DATABASE_URL"}


def test(home: Path, arguments: Sequence[str]) -> int:
    """The whole suite, or what pytest's arguments choose. Returns pytest's exit code; its summary is the last line."""
    home = home / "testing"
    (home / "static").mkdir(parents=True, exist_ok=True)
    return _call(home, home.parent, python("-m", "pytest", *arguments), "another test run uses this clone")


def bench(home: Path, arguments: Sequence[str]) -> int:
    home = home / "bench"
    home.mkdir(parents=True, exist_ok=True)
    return _call(home, home.parent, python("-m", "bench", *arguments), "another measurement uses this clone")


def _call(home: Path, server_home: Path, command: Sequence[str], busy: str) -> int:
    try:
        with lock(home / "in-use.lock", wait=False), database(server_home, f"motcua_{home.name}") as store:
            full = environment(home, store.as_owner | {"MOTCUA_APP_DATABASE_URL": store.app})
            return _run(command, full)
    except (Held, NoDatabase) as error:
        print(busy if isinstance(error, Held) else error)
        return 1


def _run(command: Sequence[str], full: Mapping[str, str]) -> int:
    """The command shares our terminal and its Ctrl-C; we wait for its own end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(command, cwd=ROOT, env=full, preexec_fn=_heed_interrupts)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
