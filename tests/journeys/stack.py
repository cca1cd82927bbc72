"""One installation for all journeys of a test run: started when first asked for, stopped with nothing left."""

from collections.abc import Iterator

import pytest

from portal.running import processes
from tests.installation import Installation
from tests.journeys.way import Staff


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demo province Vĩnh Phúc with every part real."""
    yield from running(Installation(tmp_path_factory.mktemp("province")))


def running(made: Installation) -> Iterator[Installation]:
    """Serving for the length of the block; a Ctrl-C afterwards must leave no process behind."""
    try:
        made.start()
        yield made
        assert made.stop() == 0, (made.home / "output").read_text()
        assert processes.survivors(made.home) == []
        assert not (made.home / "postgres/data/postmaster.pid").exists()
    finally:
        made.end()


@pytest.fixture(scope="session")
def staff(installation: Installation) -> Staff:
    return Staff(installation)
