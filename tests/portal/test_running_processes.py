import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.running import processes
from portal.running.locks import Held, lock
from portal.running.processes import Child, NotReady
from tests.portal.waiting import soon

pytestmark = pytest.mark.slow

PARENT = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); {then}"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.stop_survivors(tmp_path)


def start(home: Path, program: str) -> "subprocess.Popen[bytes]":
    return processes.spawn([sys.executable, "-c", program], home, "program", {})


def test_stopping_a_child_ends_what_it_started_too(home: Path) -> None:
    child = Child("parent", lambda: start(home, PARENT.format(then="time.sleep(60)")))
    child.begin()
    assert soon(lambda: len(processes.survivors(home)) == 2)

    child.stop()

    assert soon(lambda: processes.survivors(home) == [])


def test_a_child_that_ignores_sigterm_is_killed_after_the_patience(home: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = Child("stubborn", lambda: start(home, stubborn))
    child.begin()
    assert soon(lambda: b"deaf" in (home / "logs/program.log").read_bytes())

    child.stop(patience=0.2)

    assert child.process.returncode == -signal.SIGKILL


def test_a_killed_child_is_started_again_without_its_old_relatives(home: Path) -> None:
    child = Child("parent", lambda: start(home, PARENT.format(then="time.sleep(60)")))
    child.begin()
    assert soon(lambda: len(processes.survivors(home)) == 2)
    old = set(processes.survivors(home))
    said: list[str] = []

    os.kill(child.process.pid, signal.SIGKILL)

    assert soon(lambda: child.revive(said.append))
    assert said == ["parent ended with -9, starting it again"]
    assert soon(lambda: len(processes.survivors(home)) == 2)
    assert not old & set(processes.survivors(home))


def test_a_child_that_keeps_dying_is_started_at_growing_intervals(home: Path) -> None:
    starts: list[float] = []

    def begin() -> "subprocess.Popen[bytes]":
        starts.append(time.monotonic())
        return start(home, "raise SystemExit(3)")

    child = Child("dying", begin)
    child.begin()

    assert soon(lambda: child.revive(lambda _: None) and len(starts) == 3)
    assert starts[1] - starts[0] >= 1.0
    assert starts[2] - starts[1] >= 2.0


def test_a_process_that_ends_early_is_named_with_its_log(home: Path) -> None:
    process = start(home, "raise SystemExit(3)")

    with pytest.raises(NotReady, match="ended with 3"):
        processes.wait_for(lambda: False, process, processes.log_file(home, "program"), 10)


def test_what_a_killed_run_left_behind_is_found_and_ended(home: Path) -> None:
    left = start(home, "import time; time.sleep(60)")
    assert soon(lambda: processes.survivors(home) == [left.pid])

    assert processes.stop_survivors(home) == 1
    assert left.wait(5) == -signal.SIGTERM
    assert processes.survivors(home) == []


def test_another_clones_processes_are_not_ours(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    theirs = start(other, "import time; time.sleep(60)")
    assert soon(lambda: processes.survivors(other) == [theirs.pid])

    assert processes.stop_survivors(home) == 0

    assert theirs.poll() is None
    processes.stop_survivors(other)


def test_a_second_holder_of_a_lock_is_told_at_once(tmp_path: Path) -> None:
    with lock(tmp_path / "run.lock"), pytest.raises(Held), lock(tmp_path / "run.lock", wait=False):
        pass


def test_a_large_log_is_put_aside(home: Path) -> None:
    path = processes.log_file(home, "web")
    path.write_bytes(b"x" * (processes.LARGEST_LOG + 1))

    assert not processes.log_file(home, "web").exists()
    assert path.with_suffix(".log.1").exists()
