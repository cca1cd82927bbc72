"""Start processes, know when they are ready, stop them and whatever they started, restart those that died."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from portal.environment import ROOT

MARK = "MOTCUA_CHILD_OF"  # every process of a run carries the run's home under this name
AnyProcess = subprocess.Popen[bytes] | subprocess.Popen[str]
LARGEST_LOG = 10_000_000  # bytes


class NotReady(Exception):
    """A process ended or stayed silent before it was ready; the message names its log."""


def log_file(home: Path, name: str) -> Path:
    """Where the output of `name` goes; a large one of an earlier run is put aside."""
    path = home / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path


def spawn(command: Sequence[str], home: Path, name: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own: the terminal's Ctrl-C reaches the supervisor alone."""
    with log_file(home, name).open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment, MARK: str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def wait_for(ready: Callable[[], bool], process: AnyProcess, log: Path, seconds: float) -> None:
    """Return once `ready()`. Raises NotReady when the process ends before or the time is over."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise NotReady(f"ended with {process.returncode} before it was ready; see {log}")
        if time.monotonic() > end:
            raise NotReady(f"not ready after {seconds:.0f} s; see {log}")
        time.sleep(0.05)


def sweep_group(leader: int, number: int = signal.SIGKILL) -> None:
    """Signal what a process left behind in its group."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return


@dataclass
class Child:
    """A process that is kept alive: `start` makes it anew after a death, at growing intervals."""

    name: str
    start: Callable[[], AnyProcess]
    process: AnyProcess = field(init=False)
    deaths: int = 0
    started_at: float = 0.0  # monotonic seconds
    next_start: float = 0.0

    def begin(self) -> None:
        self.process = self.start()
        self.started_at = time.monotonic()
        self.next_start = 0.0

    def revive(self, say: Callable[[str], None]) -> bool:
        """Call often: notices a death and starts the process again when its turn has come. True when it did."""
        now = time.monotonic()
        if self.next_start:
            if now >= self.next_start:
                try:
                    self.begin()
                except Exception as error:  # whatever hindered it may pass
                    say(f"{self.name}: {error}")
                    self._plan(now)
                else:
                    return True
            return False
        if self.process.poll() is not None:
            sweep_group(self.process.pid)
            self.deaths = 1 if now - self.started_at > 60 else self.deaths + 1
            self._plan(now)
            say(f"{self.name} ended with {self.process.returncode}, starting it again")
        return False

    def _plan(self, now: float) -> None:
        self.next_start = now + min(0.5 * 2 ** min(self.deaths, 6), 30)

    def stop(self, patience: float = 15) -> None:
        """SIGTERM, then SIGKILL for all of its group."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        sweep_group(self.process.pid)
        self.process.wait()


def survivors(home: Path) -> list[int]:
    """Processes that an earlier run of this home left behind when it was killed."""
    mark = f"{MARK}={home}"
    if Path("/proc/self/environ").exists():
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _carries(entry, mark)]
    listing = subprocess.run(["ps", "-axEww", "-o", "pid=,command="], capture_output=True, text=True, check=False)
    lines = [line.strip().partition(" ") for line in listing.stdout.splitlines()]
    return [int(pid) for pid, _, rest in lines if f" {mark} " in f"{rest} " and int(pid) != os.getpid()]


def _carries(entry: Path, mark: str) -> bool:
    try:
        return mark.encode() in (entry / "environ").read_bytes().split(b"\0") and entry.name != str(os.getpid())
    except OSError:
        return False


def stop_survivors(home: Path) -> int:
    """End them, gently first; returns how many there were."""
    left = found = survivors(home)
    for number, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        for pid in left:
            try:
                os.kill(pid, number)
            except (ProcessLookupError, PermissionError):
                continue
        end = time.monotonic() + patience
        while (left := survivors(home)) and time.monotonic() < end:
            time.sleep(0.05)
        if not left:
            break
    return len(found)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
