"""`./motcua run`: everything on one machine, a line per step, kept alive until Ctrl-C, then stopped in order."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from portal.environment import ROOT
from portal.running import ports, web, worker
from portal.running.binaries import NoDatabase
from portal.running.database import Database, database
from portal.running.locks import Held, lock
from portal.running.postgres import write_private
from portal.running.processes import MARK, Child, NotReady, log_file, python, spawn, stop_survivors, wait_for
from portal.running.progress import say, step
from portal.running.simulators import Simulators, StartFailed


class Stopped(BaseException):
    """A signal asked us to end."""


class StepFailed(Exception):
    """A step of the start ended badly; what it printed says why."""


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for."""

    host: str = "127.0.0.1"
    port: int = 8000
    province: str = ""


@dataclass
class Run:
    """One run of the installation below `home`."""

    home: Path
    wishes: Wishes
    environment: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    simulators: Simulators = field(init=False)
    started: float = field(default_factory=time.monotonic)
    production: bool = os.environ.get("MOTCUA_ENV") == "production"

    def __post_init__(self) -> None:
        self.simulators = Simulators(self.home)

    def serve(self) -> None:
        """Start everything, keep it alive until a signal, stop it. Raises StepFailed, NotReady, NoDatabase."""
        if left := stop_survivors(self.home):
            say(f"{left} processes of a killed run were ended")
        if not ports.is_free(self.wishes.port):
            raise StepFailed(f"port {self.wishes.port} is taken; choose another with --port")
        with ExitStack() as stack:
            parties = [] if self.production else stack.enter_context(self.simulators.starting())
            with step("Database") as outcome:
                store = stack.enter_context(database(self.home))
                outcome.note = store.how
            stack.callback(self.stop)
            self.manage("prepare", *self._province(), environment=store.as_owner)
            with step("Simulators of outside parties") as outcome:
                self.children += [party.result(timeout=60) for party in parties]
                outcome.note = ", ".join(child.name for child in self.children)
            self.environment |= store.environment | self.simulators.environment
            self.remember()
            self.start_web()
            self.start_worker()
            if not self.production:
                self.manage("welcome")
            self.report()
            self.watch(store)

    def _province(self) -> list[str]:
        return ["--province", self.wishes.province] if self.wishes.province else []

    def manage(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        """A command of ours that prints its own steps; away from the terminal's Ctrl-C, ended with us."""
        full = {**os.environ, **self.environment, **(environment or {}), MARK: str(self.home)}
        ended = subprocess.run(python("manage.py", *command), cwd=ROOT, env=full, start_new_session=True, check=False)
        if ended.returncode:
            raise StepFailed(f"`manage.py {command[0]}` failed")

    def start_web(self) -> None:
        with step("Web server") as outcome:
            ask = web.answers(self.wishes.port)
            child = self.keep("web", web.command(self.wishes.host, self.wishes.port))
            wait_for(ask, child.process, log_file(self.home, "web"), 90)
            outcome.note = f"answers {time.monotonic() - self.started:.1f} s after the start"

    def start_worker(self) -> None:
        ready = worker.ready_file(self.home)
        ready.unlink(missing_ok=True)
        with step("Background worker and clock"):
            child = self.keep("worker", worker.command(), worker.ENVIRONMENT)
            wait_for(ready.exists, child.process, log_file(self.home, "worker"), 90)

    def keep(self, name: str, command: list[str], extra: Mapping[str, str] | None = None) -> Child:
        child = Child(name, lambda: spawn(command, self.home, name, {**self.environment, **(extra or {})}))
        child.begin()
        self.children.append(child)
        return child

    def remember(self) -> None:
        """Let `./motcua manage` in another terminal work on the same database and parties."""
        lines = [f"{name}={value}\n" for name, value in self.environment.items()]
        write_private(self.home / "run.env", "".join(lines))

    def report(self) -> None:
        print(f"\n  {self.environment['MOTCUA_BASE_URL']}")
        for label, url in self.simulators.pages.items():
            print(f"  {url:<30} {label}")
        print(f"\n  Ready {time.monotonic() - self.started:.1f} s after the start. Ctrl-C stops.", flush=True)

    def watch(self, store: Database) -> None:
        """Until a signal: whoever died is started again."""
        known: dict[str, int] = {}
        while True:
            if store.server is not None and not store.server.alive():
                say("the database ended, starting it again")
                store.server.start()
            for child in self.children:
                child.revive(say)
            now = {child.name: child.process.pid for child in self.children}
            if now != known:
                known = now
                self.write_state(now)
            time.sleep(0.2)

    def write_state(self, children: dict[str, int]) -> None:
        """For people and tests: which process is which, and where the parties show themselves."""
        parties = {name: party.url for name, party in self.simulators.running.items()}
        url = self.environment["MOTCUA_BASE_URL"]
        state = {"supervisor": os.getpid(), "url": url, "children": children, "parties": parties}
        write_private(self.home / "run.json", json.dumps(state, indent=1))

    def stop(self) -> None:
        """Worker first, so that nothing is taken up that could not be finished; parties and database follow."""
        print("\n  Stopping …", flush=True)
        for child in reversed([child for child in self.children if child.name in ("web", "worker")]):
            child.stop()
        (self.home / "run.json").unlink(missing_ok=True)


@contextmanager
def signals() -> Iterator[None]:
    """The first signal ends the run in order; further ones are ignored until that is done."""
    numbers = [
        each for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) != signal.SIG_IGN
    ]

    def handle(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for number in numbers:
        signal.signal(number, handle)
    yield


def run(home: Path, wishes: Wishes) -> int:
    """Returns the exit code."""
    address = os.environ.get("MOTCUA_BASE_URL") or f"http://localhost:{wishes.port}"
    try:
        with lock(home / "run.lock", wait=False), signals():
            Run(home, wishes, {"MOTCUA_HOME": str(home), "MOTCUA_BASE_URL": address}).serve()
    except Held:
        print(f"This installation is running already: {running_address(home)}")
        return 1
    except Stopped:
        print("  Stopped.", flush=True)
        return 0
    except (StepFailed, NotReady, NoDatabase, StartFailed) as error:
        print(f"\n  {error}", flush=True)
        return 1
    return 0


def running_address(home: Path) -> str:
    try:
        return str(json.loads((home / "run.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return "still starting"
