"""What every simulator owes to `run` and to the tests, whoever it plays."""

import ast
import socket
from pathlib import Path

import pytest
import requests

from tests.simulators import registry

FOLDER = Path(registry.__file__).parent
everybody = pytest.mark.parametrize("name", registry.PARTIES)


@everybody
def test_a_party_says_where_it_is_and_feeds_its_settings(party, name):
    running = party(name)
    assert running.ready["party"] == name
    assert all(running.environment.values())
    socket.create_connection(("127.0.0.1", running.ready["port"]), 5).close()
    if running.party.page:
        page = requests.get(running.url, timeout=30)
        assert page.ok
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert '<html lang="vi">' in page.text


@everybody
def test_a_killed_party_comes_back_at_the_same_address(party, name):
    first = party(name)
    first.kill()
    assert party(name).environment == first.environment


@everybody
def test_a_party_ends_with_the_process_that_started_it(party, name):
    running = party(name)
    # What the kernel does when the starter is killed.
    running.process.stdin.close()
    assert running.process.wait(timeout=10) == 0


def test_a_party_whose_port_is_taken_does_not_pretend_to_run(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(registry.StartFailed):
        registry.start("carrier", tmp_path, other.getsockname()[1])


def test_another_site_cannot_click_in_a_simulator(party):
    running = party("identity")
    answer = requests.post(f"{running.url}/control/down", headers={"Origin": "http://evil.example"}, timeout=30)
    assert answer.status_code == 403
    assert requests.get(running.url, timeout=30).ok


def test_simulators_know_nothing_of_the_product():
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] not in {"portal", "dossiers", "procedures", "signatures", "django"}, path
