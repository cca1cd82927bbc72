"""A pytest plug-in: the outside parties, each a process of its own with an empty folder for its state."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.simulators import registry


@pytest.fixture
def party(tmp_path: Path) -> Iterator[Callable[..., registry.Running]]:
    """Starts a party; called again after a kill, it starts on the state it left."""
    started: list[registry.Running] = []

    def start(name: str, **more: object) -> registry.Running:
        started.append(registry.start(name, tmp_path / name, **more))
        return started[-1]

    yield start
    for running in started:
        running.stop()
