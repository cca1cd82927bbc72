"""Officers at their pages: one client each, acts posted as the page would post them."""

from typing import Any

from django.test import Client

from dossiers import lifecycle
from dossiers.models import Dossier
from portal.floor.actor import SYSTEM
from portal.floor.ids import uuid7
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


def copies(dossier: Dossier, number: int) -> list[Dossier]:
    """So many new dossiers like this one, with owner and a chain of their own."""
    owner, found = dossier.parties.get(role="owner"), []
    for place in range(Dossier.objects.count(), Dossier.objects.count() + number):
        copied = Dossier.objects.get(pk=dossier.pk)
        answers = copied.answers
        copied.pk, copied.reference, copied.answers = uuid7(), f"N261109-{22222222 + place}", answers
        copied.events_count, copied.events_head = 0, ""
        lifecycle.begin(copied, by=SYSTEM, at=dossier.submitted_at)
        copied.parties.create(role="owner", name=owner.name, identity=owner.identity, phone=owner.phone,
                              identity_index=owner.identity_index)  # fmt: skip
        found.append(copied)
    return found
