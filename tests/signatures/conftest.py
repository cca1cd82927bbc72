"""Outside parties of signing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.signatures.remote import PROVIDERS, Service
from tests.simulators import registry


@pytest.fixture
def remote(party: Callable[..., registry.Running], settings: Any) -> Callable[[str], Service]:
    """Starts a remote service of that kind and points the product at it."""

    def start(kind: str) -> Service:
        running = party("signers")
        for name, value in running.environment.items():
            setattr(settings, name, value)
        settings.SIGNATURE_PROVIDERS = settings.SIGNATURE_PROVIDERS | {kind: PROVIDERS[kind]}
        return Service(running, kind)

    return start


@pytest.fixture(params=PROVIDERS)
def service(request: pytest.FixtureRequest, remote: Callable[[str], Service]) -> Service:
    """Each kind of remote service in turn, freshly started."""
    return remote(request.param)
