"""VNPT's news: a hint from whoever knows the secret address, believed only as far as the service itself says so."""

import json
import time
import uuid

import pytest
from django.test import Client

from signatures import signing
from signatures.models import SignedDocument
from tests.signatures.remote import performed

pytestmark = pytest.mark.django_db
TOKEN = "bi-mat-giua-hai-ben-0123456789"


@pytest.fixture
def service(remote, settings):
    settings.SMARTCA_WEBHOOK_TOKEN = TOKEN
    return remote("smartca")


@pytest.fixture
def asked(authority, ordered, service):
    return performed(signing.order(ordered(service.holder())))


def tell(client: Client, news: object, token: str = TOKEN) -> int:
    return client.post(f"/ky-so/smartca/{token}", json.dumps(news), "application/json").status_code


def news(request, **more):
    return {"sp_id": "motcua", "status_code": 200, "message": "SUCCESS", "transaction_id": str(request.pk)} | more


def test_news_of_a_confirmation_sign_at_once(asked, service, client):
    service.decide("confirmed")
    assert tell(client, news(asked)) == 204
    assert SignedDocument.objects.get().request == asked
    assert tell(client, news(asked)) == 404


def test_news_that_the_service_does_not_stand_by_sign_nothing(asked, client):
    forged = [{"doc_id": "x", "signature_value": "AAAA", "timestamp_signature": None}]
    assert tell(client, news(asked, signed_files=forged)) == 204
    assert performed(asked).state == "waiting"
    assert not SignedDocument.objects.exists()


def test_strangers_learn_nothing(asked, service, client, settings):
    service.decide("confirmed")
    assert tell(client, news(asked), "doan-mo") == 404
    assert tell(client, news(asked, sp_id="another")) == 404
    assert tell(client, news(asked, transaction_id=str(uuid.uuid4()))) == 404
    assert client.get(f"/ky-so/smartca/{TOKEN}").status_code == 405
    settings.SMARTCA_WEBHOOK_TOKEN = ""
    assert tell(client, news(asked)) == 404
    assert not SignedDocument.objects.exists()


@pytest.mark.parametrize("content", [[], {}, "x", {"sp_id": "motcua", "transaction_id": "\x00"}], ids=str)
def test_news_that_cannot_be_read_are_refused(service, client, content):
    assert tell(client, content) == 422


@pytest.mark.django_db(transaction=True)
def test_the_service_itself_finds_the_address(asked, service, live_server):
    service.tell("callback", {"url": f"{live_server.url}/ky-so/smartca/{TOKEN}"})
    service.decide("confirmed")
    until = time.monotonic() + 20
    while asked.state == "waiting" and time.monotonic() < until:
        assert service.questions
        asked.refresh_from_db()
    assert asked.state == "done"
