"""Requests: signed once whatever happens, told once, and never lost."""

import threading
from datetime import timedelta

import pytest
from cryptography.x509 import Name
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from signatures import leases, signals, signing, tasks
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.providers.base import BytesToSign
from signatures.providers.soft import SoftProvider
from signatures.refusals import NotNow, SigningRefused
from signatures.verification import verify
from tests.signatures import dying

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=1)
NOWHERE = "http://127.0.0.1:9/tsa"


@pytest.fixture
def told():
    """The references told as signed, and as failed."""
    heard = {"signed": [], "failed": []}

    def on_signed(reference, **_):
        heard["signed"].append(reference)

    def on_failed(reference, **_):
        heard["failed"].append(reference)

    signals.signed.connect(on_signed)
    signals.failed.connect(on_failed)
    yield heard
    signals.signed.disconnect(on_signed)
    signals.failed.disconnect(on_failed)


@pytest.fixture
def counted(monkeypatch):
    """How often the provider was asked."""
    asked = []
    real = SoftProvider.sign
    monkeypatch.setattr(SoftProvider, "sign", lambda self, wish: asked.append(wish.reference) or real(self, wish))
    return asked


def test_the_same_reference_is_one_request(authority, ordered):
    wish = ordered(authority.person())
    assert signing.order(wish).pk == signing.order(wish).pk
    assert SigningRequest.objects.count() == 1


def test_the_same_reference_for_other_bytes_is_refused(authority, ordered):
    certificate = authority.person()
    signing.order(ordered(certificate))
    with pytest.raises(SigningRefused):
        signing.order(ordered(certificate, pdf=b"%PDF-other"))


def test_a_signed_request_performed_again_gives_the_same_document(authority, ordered, told, counted):
    request = signing.order(ordered(authority.person()))
    first = signing.perform(request.pk)
    assert signing.perform(request.pk) == first
    assert told["signed"] == [request.reference]
    assert counted == [request.reference]


def test_without_time_stamp_authority_it_waits_and_keeps_the_signature(authority, ordered, settings, counted, told):
    address, settings.TSA_URL = settings.TSA_URL, NOWHERE
    request = signing.order(ordered(authority.person()))
    at = timezone.now()
    assert signing.perform(request.pk, at=at) is None
    request.refresh_from_db()
    assert request.state == "waiting"
    assert request.last_error == "Dịch vụ cấp dấu thời gian chưa trả lời; hệ thống sẽ tự thử lại."
    assert at < request.next_at < at + LATER

    settings.TSA_URL = address
    assert signing.sweep(at) == 0
    assert signing.sweep(request.next_at) == 1
    document = SignedDocument.objects.get(reference=request.reference)
    assert verify(signing.read(document)).verdict == "valid"
    assert counted == [request.reference]
    assert told["signed"] == [request.reference]


def test_pauses_between_attempts_grow_to_a_limit(authority, ordered, settings):
    settings.TSA_URL = NOWHERE
    request = signing.order(ordered(authority.person()))
    pauses = []
    for _ in range(8):
        at = timezone.now()
        signing.perform(request.pk, at=at)
        request.refresh_from_db()
        pauses.append(request.next_at - at)
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=15)
    assert pauses[-1] == timedelta(minutes=15)


def test_a_silent_status_service_postpones(authority, ordered, party, settings, told):
    own = party("pki")
    settings.CA_URL, settings.TRUST_ROOTS = own.url, [own.ready["root_pem"]]
    request = signing.order(ordered(authority.person()))
    own.kill()
    assert signing.perform(request.pk) is None
    request.refresh_from_db()
    assert (request.state, told) == ("waiting", {"signed": [], "failed": []})
    own = party("pki")
    assert signing.perform(request.pk)


def test_a_revoked_certificate_signs_nothing(authority, ordered, told, counted):
    certificate = authority.person()
    authority.revoke(certificate)
    request = signing.order(ordered(certificate))
    assert signing.perform(request.pk) is None
    request.refresh_from_db()
    assert (request.state, request.last_error) == ("failed", "Chứng thư số đã bị thu hồi.")
    assert (counted, told["failed"]) == ([], [request.reference])


@pytest.mark.parametrize(
    "change", [{"state": "suspended"}, {"valid_to": timezone.now() - timedelta(days=2)}], ids=["suspended", "expired"]
)
def test_a_certificate_out_of_use_signs_nothing(authority, ordered, change, counted):
    certificate = authority.person()
    Certificate.objects.filter(pk=certificate.pk).update(**change)
    request = signing.order(ordered(certificate))
    assert signing.perform(request.pk) is None
    request.refresh_from_db()
    assert (request.state, counted) == ("failed", [])


def test_a_certificate_below_no_root_of_ours_signs_nothing(authority, ordered, settings, counted):
    certificate = authority.person()
    settings.TRUST_ROOTS = []
    assert signing.perform(signing.order(ordered(certificate)).pk) is None
    assert counted == []


def test_a_receiver_that_fails_is_told_again(authority, ordered, told):
    failing = True

    def receiver(**_):
        if failing:
            raise RuntimeError("the dossier is locked")

    signals.signed.connect(receiver)
    try:
        document = signing.perform(signing.order(ordered(authority.person())).pk)
        document.refresh_from_db()
        assert document.handed_over_at is None
        failing = False
        assert signing.sweep(timezone.now()) == 1
    finally:
        signals.signed.disconnect(receiver)
    document.refresh_from_db()
    assert document.handed_over_at
    assert signing.sweep(timezone.now()) == 0


def test_one_request_that_breaks_does_not_stop_the_sweep(authority, ordered):
    certificate = authority.person()
    broken, sound = signing.order(ordered(certificate, "a")), signing.order(ordered(certificate, "b"))
    broken.original.storage.delete(broken.original.name)
    assert signing.sweep(timezone.now()) == 2
    assert list(SignedDocument.objects.values_list("request_id", flat=True)) == [sound.pk]


def test_a_provider_that_is_not_enabled_fails_the_request(authority, ordered, settings):
    request = signing.order(ordered(authority.person()))
    settings.SIGNATURE_PROVIDERS = {}
    assert signing.perform(request.pk) is None
    request.refresh_from_db()
    assert request.state == "failed"


def test_a_certificate_without_image_cannot_sign_visibly(authority, ordered):
    certificate = authority.person()
    Certificate.objects.filter(pk=certificate.pk).update(image="")
    request = signing.order(ordered(certificate))
    assert signing.perform(request.pk) is None
    request.refresh_from_db()
    assert request.state == "failed"
    assert signing.perform(signing.order(ordered(certificate, "invisible", placement=signing.Placement())).pk)


def test_keys_in_files_are_refused_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured):
        SoftProvider()


@pytest.mark.parametrize("reference", ["../escape", "", "absent"])
def test_a_key_that_is_not_there_is_a_permanent_error(authority, reference):
    with pytest.raises(signing.PortError) as refusal:
        SoftProvider().sign(BytesToSign(b"x", reference, "r"))
    assert refusal.value.permanent


def test_a_key_file_is_readable_by_its_owner_alone(authority):
    SoftProvider().certificate_request("new", Name([]), "ec")
    assert (authority.keys / "new.pem").stat().st_mode & 0o777 == 0o600


def test_altered_bytes_at_rest_are_not_given_out(authority, ordered):
    document = signing.perform(signing.order(ordered(authority.person())).pk)
    document.sha256 = "0" * 64
    with pytest.raises(ValueError, match="differ"):
        signing.read(document)


def test_the_tasks_hurry_the_rows(authority, ordered):
    request = signing.order(ordered(authority.person()))
    tasks.perform_request(str(request.pk))
    assert SignedDocument.objects.filter(request=request).exists()
    assert tasks.sweep_requests() == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_may_hold_a_transaction_while_others_are_asked(authority, ordered):
    request = signing.order(ordered(authority.person()))
    with pytest.raises(RuntimeError), transaction.atomic():
        signing.perform(request.pk)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_sign_once(authority, ordered, counted, told):
    request = signing.order(ordered(authority.person()))
    start, results = threading.Barrier(4), []

    def work():
        start.wait()
        results.append(signing.perform(request.pk))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(results) == 4
    assert SignedDocument.objects.count() == 1
    assert counted == [request.reference]
    assert told["signed"] == [request.reference]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_throws_its_work_away(authority, ordered, monkeypatch):
    request = signing.order(ordered(authority.person()))
    at = timezone.now()
    real = SoftProvider.sign

    def overtaken(self, wish):
        monkeypatch.setattr(SoftProvider, "sign", real)
        assert signing.perform(request.pk, at=at + LATER)
        return real(self, wish)

    monkeypatch.setattr(SoftProvider, "sign", overtaken)
    assert signing.perform(request.pk, at=at) == SignedDocument.objects.get()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_after_the_lease_was_lost_changes_nothing(authority, ordered, monkeypatch, told):
    request = signing.order(ordered(authority.person()))
    at = timezone.now()
    real = SoftProvider.sign

    def overtaken_and_refused(self, wish):
        monkeypatch.setattr(SoftProvider, "sign", real)
        assert signing.perform(request.pk, at=at + LATER)
        raise signing.PortError("PIN blocked", permanent=True)

    monkeypatch.setattr(SoftProvider, "sign", overtaken_and_refused)
    assert signing.perform(request.pk, at=at) == SignedDocument.objects.get()
    request.refresh_from_db()
    assert (request.state, told["failed"]) == ("done", [])


def test_what_was_taken_is_not_offered_again(authority, ordered, told):
    document = signing.perform(signing.order(ordered(authority.person())).pk)
    signing.hand_over(document, at=timezone.now())
    assert told["signed"] == [document.reference]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_taken_now_is_offered_again(authority, ordered, told):
    busy = True

    def receiver(sender, **news):
        if busy:
            raise NotNow

    signals.signed.connect(receiver)
    try:
        document = signing.perform(signing.order(ordered(authority.person())).pk)
        assert document.handed_over_at is None
        busy = False
        signing.sweep(timezone.now())
    finally:
        signals.signed.disconnect(receiver)
    document.refresh_from_db()
    assert document.handed_over_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_after_the_providers_answer_loses_nothing(authority, ordered, settings, tmp_path, told):
    request = signing.order(ordered(authority.person()))
    dying.worker(
        "from signatures.providers.soft import SoftProvider\nSoftProvider.sign = after(SoftProvider.sign)\n"
        f"signing.perform({str(request.pk)!r})",
        settings, tmp_path,
    )  # fmt: skip
    request.refresh_from_db()
    assert (request.state, request.attempts, bool(request.prepared)) == ("waiting", 1, True)
    at = timezone.now()
    assert signing.perform(request.pk, at=at) is None
    assert signing.sweep(at) == 0
    assert signing.sweep(at + leases.LEASE) == 1
    document = SignedDocument.objects.get()
    assert verify(signing.read(document)).verdict == "valid"
    assert told["signed"] == [request.reference]
