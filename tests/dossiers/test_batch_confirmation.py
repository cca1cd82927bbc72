"""What a leader signs together is one question on the telephone, from the basket to the signed results."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from dossiers import basket, outbox
from dossiers.models import Dossier, Result
from portal.models import User
from signatures import signing
from signatures.models import SigningRequest
from tests.authority import Authority
from tests.dossiers.baskets import fill, read_all, seen
from tests.signatures.conftest import remote  # noqa: F401 -- a fixture
from tests.signatures.remote import Service
from tests.world import World

Climb = Callable[[Dossier, str], Dossier]


@pytest.fixture
def service(authority: Authority, remote: Callable[[str], Service], world: World) -> Service:  # noqa: F811
    """The leader's key is at a remote service."""
    started = remote("smartca")
    started.holder(user=User.objects.get(pk=world.actor("lan").user_id))
    return started


def test_a_basket_signed_at_a_remote_service_is_confirmed_once(
    world: World, received: Dossier, climb: Climb, service: Service
) -> None:
    climb(received, "so-ky")
    dossiers = fill(Dossier.objects.get(pk=received.pk), 3)
    read_all(world, dossiers)
    batch = basket.order(seen(dossiers), by=world.actor("lan"), at=timezone.now())
    outbox.perform_now(basket.key_of(batch))
    first = outbox.claim(now=timezone.now(), limit=1, key=f"result.sign:{Result.objects.latest('pk').pk}:1")
    assert outbox.perform(first[0])
    assert service.questions == [], "the others are still to be ordered"
    outbox.sweep()
    (question,) = service.questions
    assert len(question["files"]) == 3
    assert all(number in str(question["label"]) for number in Result.objects.values_list("number", flat=True))
    service.decide("confirmed")
    assert signing.hear(timezone.now() + signing.GATHERING) == 1
    assert set(SigningRequest.objects.values_list("state", flat=True)) == {"done"}
    assert Result.objects.exclude(signed_document_id=None).count() == 3
    assert len(service.questions) == 1
