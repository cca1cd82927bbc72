"""The carrier's own call at our door."""

import pytest
from django.test import RequestFactory
from django.utils import timezone

from dossiers.models import Shipment
from dossiers.views.carrier import told
from tests.simulators.carrier import signing, wire
from tests.simulators.registry import Running


@pytest.fixture
def post(party, settings) -> Running:
    running = party("carrier")
    for name, value in running.environment.items():
        setattr(settings, name, value)
    return running


@pytest.fixture
def parcel(submitted, post) -> Shipment:
    return Shipment.objects.create(
        dossier=submitted,
        order_number=f"{submitted.reference}/1",
        item_code="RH400000015VN",
        state="booked",
        requested_at=timezone.now(),
    )


def news(parcel: Shipment, state: str, number: int = 1) -> bytes:
    row = {
        "id": number,
        "item_code": parcel.item_code,
        "order_number": parcel.order_number,
        "state": state,
        "at": timezone.localtime().isoformat(),
        "note": "",
        "signed_by": "",
    }
    return wire.callback(row)


def call(body: bytes, headers: dict[str, str]) -> int:
    request = RequestFactory(enforce_csrf_checks=True).post("/", body, "application/json", headers=headers)
    return told(request).status_code


def test_the_carriers_news_moves_the_parcel_once(parcel, post):
    body = news(parcel, "accepted")
    headers = signing.headers(post.ready["secret"], body)
    assert [call(body, headers), call(body, headers)] == [204, 204]
    parcel.refresh_from_db()
    assert parcel.state == "accepted"
    assert parcel.events.count() == 1


def test_news_that_the_carrier_did_not_sign_changes_nothing(parcel):
    body = news(parcel, "delivered")
    assert call(body, signing.headers("guess", body)) == 401
    assert parcel.events.count() == 0


def test_news_about_a_parcel_that_is_not_ours_is_taken_and_forgotten(parcel, post):
    parcel.item_code = "RH499999995VN"
    body = news(parcel, "accepted")
    assert call(body, signing.headers(post.ready["secret"], body)) == 204
    assert parcel.events.count() == 0


def test_signed_news_that_cannot_be_read_is_refused(post):
    body = b'{"StatusCode": "99"}'
    assert call(body, signing.headers(post.ready["secret"], body)) == 422


def test_without_a_secret_nobody_is_believed(parcel, post, settings):
    settings.CARRIER_SECRET = ""
    body = news(parcel, "delivered")
    assert call(body, signing.headers("", body)) == 401
    assert parcel.events.count() == 0
