"""Free ports, remembered: two clones and a test run live side by side, and each keeps its addresses."""

import json
import socket
from pathlib import Path

from portal.running.locks import lock


def is_free(port: int) -> bool:
    """True when a server could listen on the port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def remembered(home: Path, name: str) -> int | None:
    try:
        port = json.loads((home / "ports.json").read_text()).get(name)
    except (OSError, ValueError):
        return None
    return port if isinstance(port, int) else None


def take(home: Path, name: str) -> int:
    """The port `name` had last time, or a new one where that is taken by now."""
    with lock(home / "ports.lock"):
        port = remembered(home, name)
        if port is None or not is_free(port):
            port = choose()
        remember(home, name, port)
        return port


def remember(home: Path, name: str, port: int) -> None:
    path = home / "ports.json"
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        known = {}
    known[name] = port
    new = path.with_suffix(".new")
    new.write_text(json.dumps(known, indent=1))
    new.replace(path)
