"""The outside parties of a demonstration, from tests/simulators: mail, post, identity, certificates."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from subprocess import Popen

from portal.running import ports
from portal.running.processes import MARK, Child
from tests.simulators import registry
from tests.simulators.registry import StartFailed as StartFailed

# Where the identity provider may send a citizen back to; on this machine any port will do.
RETURN_ADDRESS = "http://localhost/tai-khoan/vneid/xac-nhan"


class Simulators:
    """All parties whose addresses the installation's environment does not set itself."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.running: dict[str, registry.Running] = {}

    def start(self, name: str) -> "Popen[str]":
        """Start one on the port it had, with the state it had."""
        state = self.home / "simulators" / name
        port = ports.take(self.home, name)
        environment = {MARK: str(self.home), "IDENTITY_REDIRECT_URIS": RETURN_ADDRESS}
        self.running[name] = registry.start(name, state, port, environment=environment)
        return self.running[name].process

    @contextmanager
    def starting(self) -> Iterator[list[Future[Child]]]:
        """Start all of them in the background of the block, stop them at its end; the results are to be kept alive."""
        with ThreadPoolExecutor(max_workers=len(registry.PARTIES)) as pool:
            try:
                yield [pool.submit(self._child, party.name) for party in registry.PARTIES.values() if not is_set(party)]
            finally:
                pool.shutdown()
                for party in self.running.values():
                    if party.process.poll() is None:
                        party.stop()

    def _child(self, name: str) -> Child:
        child = Child(name, partial(self.start, name))
        child.begin()
        return child

    @property
    def environment(self) -> dict[str, str]:
        return {name: value for party in self.running.values() for name, value in party.environment.items()}

    @property
    def pages(self) -> dict[str, str]:
        """Label → web page."""
        parties = [self.running[name] for name in registry.PARTIES if name in self.running]
        return {party.party.label: party.url for party in parties if party.party.page}


def is_set(party: registry.Party) -> bool:
    """True when the installation names a party of its own."""
    return any(os.environ.get(name) for name in party.environment)
