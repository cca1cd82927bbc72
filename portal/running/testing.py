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

SHARED_OUT = ("--dist", "loadfile", "--no-loadscope-reorder", "--durations", "20")


def test(home: Path, arguments: Sequence[str]) -> int:
    """The whole suite, or what pytest's arguments choose. Returns pytest's exit code; its summary is the last line.

    The whole suite runs in as many processes as there are cores, a file of tests in one of them.
    """
    arguments = arguments or ["-n", str(min(os.cpu_count() or 1, 8)), *SHARED_OUT]
    (home / "testing" / "static").mkdir(parents=True, exist_ok=True)
    return _call(home, "testing", python("-m", "pytest", *arguments), _without_the_installations_settings())


def bench(home: Path, arguments: Sequence[str]) -> int:
    """The measurements of `bench/`, with this installation's keys. Returns their exit code."""
    (home / "bench").mkdir(parents=True, exist_ok=True)
    return _call(home, "bench", python("-m", "bench", *arguments), dict(os.environ))


def _without_the_installations_settings() -> dict[str, str]:
    """tests/environment.py gives keys of no installation."""
    path = Path(os.environ.get("MOTCUA_ENV_FILE") or ROOT / ".env")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    own = {line.partition("=")[0].strip() for line in lines if not line.startswith("#")}
    return {name: value for name, value in os.environ.items() if name not in own} | {"MOTCUA_ENV_FILE": os.devnull}


def _call(home: Path, purpose: str, command: Sequence[str], inherited: Mapping[str, str]) -> int:
    """Run it on a database of its own, in a folder of its own."""
    try:
        with (
            lock(home / purpose / "in-use.lock", wait=False),
            database(home, f"motcua_{purpose}") as store,
        ):
            own = {"MOTCUA_HOME": str(home / purpose)}
            return _run(command, {**inherited, **store.as_owner, **own})
    except Held:
        print("The same command runs in this clone already.")
    except NoDatabase as error:
        print(error)
    return 1


def _run(command: Sequence[str], full: Mapping[str, str]) -> int:
    """The command shares our terminal and its Ctrl-C; we wait for its own end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(command, cwd=ROOT, env=full, preexec_fn=_heed_interrupts)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
