import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from pytest_django import Settings

from portal import celery
from portal.environment import ROOT
from portal.running import ports, processes, worker
from portal.running.tools import TOOLS
from tests.portal.waiting import soon


@pytest.mark.parametrize("name", sorted(celery.BEAT))
def test_every_entry_of_the_clock_names_a_task_that_exists(name: str) -> None:
    path = str(celery.BEAT[name]["task"])
    module, _, function = path.rpartition(".")

    task = getattr(import_module(module), function)

    assert celery.app.tasks[path].name == task.name == path


def test_sweeps_of_a_worker_that_was_away_do_not_pile_up() -> None:
    for entry in celery.BEAT.values():
        if isinstance(entry["schedule"], float):
            assert entry["options"] == {"expires": entry["schedule"]}


def test_messages_travel_through_one_folder_that_both_sides_share() -> None:
    options = celery.transport()["broker_transport_options"]

    assert isinstance(options, dict)
    assert options["data_folder_in"] == options["data_folder_out"]
    assert Path(options["data_folder_in"]).is_dir()
    assert Path(options["control_folder"]).is_dir()


def test_with_redis_a_lost_message_is_looked_for_every_ten_seconds(settings: Settings) -> None:
    settings.REDIS_URL = "redis://broker:6379/0"

    chosen = celery.transport()

    assert chosen["broker_url"] == "redis://broker:6379/0"
    options = chosen["broker_transport_options"]
    assert isinstance(options, dict)
    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] == 10


@pytest.mark.slow
@pytest.mark.django_db
def test_the_worker_announces_itself_and_ends_when_asked(tmp_path: Path) -> None:
    process = processes.spawn(worker.command(), tmp_path, "worker", {"MOTCUA_HOME": str(tmp_path)})

    processes.wait_for(worker.ready_file(tmp_path).exists, process, tmp_path / "logs/worker.log", 60)
    process.terminate()

    assert process.wait(30) == 0
    assert soon(lambda: processes.survivors(tmp_path) == [])


@pytest.mark.slow
@pytest.mark.redis
def test_the_worker_takes_its_messages_from_redis_when_one_is_named(tmp_path: Path) -> None:
    port = ports.choose()
    server = TOOLS["redis"].find()
    assert server
    redis = processes.spawn([server, "--port", str(port), "--dir", str(tmp_path), "--save", ""], tmp_path, "redis", {})
    try:
        assert soon(lambda: not ports.is_free(port))
        environment = {"MOTCUA_HOME": str(tmp_path), "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        process = processes.spawn(worker.command(), tmp_path, "worker", environment)
        processes.wait_for(worker.ready_file(tmp_path).exists, process, tmp_path / "logs/worker.log", 60)
        ping = [sys.executable, "-m", "celery", "--app", "portal", "inspect", "ping", "--timeout", "10"]
        full = {**os.environ, **environment}
        answer = subprocess.run(ping, cwd=ROOT, env=full, capture_output=True, text=True, check=False)
        assert "pong" in answer.stdout
    finally:
        processes.stop_survivors(tmp_path)
        redis.terminate()  # it writes its title over the environment that names our run
        redis.wait(10)
