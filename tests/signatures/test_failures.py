"""Trouble in the middle of things: nothing half-signed comes out, nothing is signed twice, and the reason is said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from signatures import leases, signals, signing
from signatures.models import SignedDocument, SigningRequest
from signatures.providers.soft import SoftProvider
from signatures.verification import verify
from tests.signatures import dying
from tests.signatures.remote import performed

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:9/tsa"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def asked(monkeypatch):
    """The references for which the key was used."""
    heard = []
    real = SoftProvider.sign
    monkeypatch.setattr(SoftProvider, "sign", lambda self, wish: heard.append(wish.reference) or real(self, wish))
    return heard


@pytest.fixture
def told():
    """The references handed to whoever ordered."""
    heard = []

    def hear(reference, **_):
        heard.append(reference)

    signals.signed.connect(hear)
    yield heard
    signals.signed.disconnect(hear)


def test_a_batch_waits_for_the_time_stamp_authority_and_goes_on(authority, ordered, settings, asked, told):
    certificate = authority.person(algorithm="ec")
    batch = [signing.order(ordered(certificate, f"batch:{number}")) for number in range(4)]
    assert performed(batch[0]).state == "done"
    address, settings.TSA_URL = settings.TSA_URL, NOWHERE
    assert {performed(request).last_error for request in batch[1:]} == {
        "Dịch vụ cấp dấu thời gian chưa trả lời; hệ thống sẽ tự thử lại."
    }
    assert (SignedDocument.objects.count(), told) == (1, ["batch:0"])
    settings.TSA_URL = address
    signing.sweep(timezone.now() + MINUTE)
    assert told == asked == [request.reference for request in batch]
    assert {verify(signing.read(one)).verdict for one in SignedDocument.objects.all()} == {"valid"}


def test_a_batch_waits_for_the_certificate_authority_and_goes_on(authority, ordered, party, settings, asked, told):
    own = party("pki")
    settings.CA_URL, settings.TSA_URL = own.url, own.ready["tsa_url"]
    settings.TRUST_ROOTS = [own.ready["root_pem"]]
    certificate = authority.person(algorithm="ec")
    batch = [signing.order(ordered(certificate, f"batch:{number}")) for number in range(3)]
    assert performed(batch[0]).state == "done"
    own.kill()
    assert [performed(request).state for request in batch] == ["done", "waiting", "waiting"]
    assert batch[1].last_error == "Chưa hỏi được tình trạng chứng thư số; hệ thống sẽ tự thử lại."
    assert asked == told == ["batch:0"]
    party("pki")
    signing.sweep(timezone.now() + MINUTE)
    assert asked == told == [request.reference for request in batch]


def test_a_revoked_certificate_ends_the_rest_of_a_batch(authority, ordered, asked, told):
    certificate = authority.person(algorithm="ec")
    batch = [signing.order(ordered(certificate, f"batch:{number}")) for number in range(3)]
    assert performed(batch[0]).state == "done"
    authority.revoke(certificate)
    assert [performed(request).state for request in batch] == ["done", "failed", "failed"]
    assert asked == told == ["batch:0"]


def test_without_time_stamps_a_confirmation_is_kept_and_not_asked_for_again(authority, ordered, service, settings):
    address, settings.TSA_URL = settings.TSA_URL, NOWHERE
    request = performed(signing.order(ordered(service.holder())))
    service.decide("confirmed")
    assert performed(request).state == "waiting"
    assert request.last_error == "Dịch vụ cấp dấu thời gian chưa trả lời; hệ thống sẽ tự thử lại."
    assert request.signature is not None
    calls = len(service.calls)
    settings.TSA_URL = address
    assert performed(request, at=timezone.now() + 60 * MINUTE).state == "done"
    assert len(service.calls) == calls
    assert len(service.questions) == 1


DEATHS = {
    "before the key was asked": "asking.obtain = die",
    "after the key answered": "asking._take = die",
    "before the signature came into the file": "pades.complete = die",
    "before the signed file was kept": "signing._keep_document = die",
    "after the file was stored": "signing.SignedDocument.objects.create = die",
    "before anybody was told": "signing.hand_over = die",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("death", DEATHS)
def test_a_worker_killed_at_any_step_leaves_one_signed_document(
    authority, ordered, settings, tmp_path, asked, told, death
):
    request = signing.order(ordered(authority.person(algorithm="ec")))
    dying.worker(f"{DEATHS[death]}\nsigning.perform({str(request.pk)!r})", settings, tmp_path)
    finished = death == "before anybody was told"
    assert SignedDocument.objects.count() == finished

    after = timezone.now() + leases.LEASE
    signing.sweep(after)
    document = SignedDocument.objects.get()
    assert verify(signing.read(document)).verdict == "valid"
    assert told == [request.reference]
    kept = list(DEATHS).index(death) >= 2
    assert asked == ([] if kept else [request.reference])
    assert signing.sweep(after + leases.LEASE) == 0
    assert SigningRequest.objects.get().state == "done"
