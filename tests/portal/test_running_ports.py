import socket
from pathlib import Path

from portal.running import ports


def test_a_port_is_remembered_under_its_name(tmp_path: Path) -> None:
    first = ports.take(tmp_path, "smtp")

    assert ports.take(tmp_path, "smtp") == first
    assert ports.take(tmp_path, "carrier") != first


def test_a_port_taken_by_another_program_is_replaced_and_the_new_one_remembered(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        ports.remember(tmp_path, "smtp", taken)

        new = ports.take(tmp_path, "smtp")

        assert new != taken
        assert ports.remembered(tmp_path, "smtp") == new


def test_a_damaged_memory_of_ports_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{half")

    port = ports.take(tmp_path, "smtp")

    assert ports.is_free(port)
    assert ports.remembered(tmp_path, "smtp") == port
