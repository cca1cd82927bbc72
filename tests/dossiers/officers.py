"""Officers at their pages: one client each, acts posted as the page would post them."""

from typing import Any

from django.test import Client

from dossiers.models import Dossier
from tests.login import log_in
from tests.world import World


class Desk:
    """One officer with a browser."""

    def __init__(self, world: World, name: str) -> None:
        self.name = name
        self.client = log_in(Client(), world.users[name])

    def get(self, address: str, **query: str) -> Any:
        return self.client.get(f"/can-bo/{address}", query)

    def open(self, dossier: Dossier, **query: str) -> Any:
        return self.get(f"ho-so/{dossier.code or dossier.reference}", **query)

    def act(self, dossier: Dossier, act: str, *, version: int | None = None, **given: Any) -> Any:
        """Post the act from a page rendered just now, or from one rendered at `version`."""
        current = Dossier.objects.get(pk=dossier.pk)
        seen = current.version if version is None else version
        address = f"/can-bo/ho-so/{current.code or current.reference}/{act}"
        return self.client.post(address, {"version": seen} | given)


def text(response: Any) -> str:
    return response.content.decode()
