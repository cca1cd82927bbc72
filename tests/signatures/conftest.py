"""Outside parties of signing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.signatures.remote import PROVIDERS, Service
from tests.simulators import registry


@pytest.fixture(params=PROVIDERS)
def service(request: pytest.FixtureRequest, party: Callable[..., registry.Running], settings: Any) -> Service:
    """Each kind of remote service in turn, freshly started."""
    running = party("signers")
    for name, value in running.environment.items():
        setattr(settings, name, value)
    settings.SIGNATURE_PROVIDERS = settings.SIGNATURE_PROVIDERS | {request.param: PROVIDERS[request.param]}
    return Service(running, request.param)
