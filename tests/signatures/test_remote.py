"""Services that ask the holder on a telephone: asked once, signed once, and the leader knows what to do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from signatures import leases, signing, tasks
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.verification import verify
from tests.signatures import dying
from tests.signatures.remote import ACCOUNT, performed

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def asked(authority, ordered, service):
    """A request whose question is on the telephone."""
    return performed(signing.order(ordered(service.holder())))


@pytest.mark.parametrize("algorithm", ["rsa", "ec"])
def test_a_confirmed_signature_of_each_kind_of_key_is_valid(authority, ordered, service, algorithm):
    request = performed(signing.order(ordered(service.holder(algorithm))))
    assert request.state == "waiting"
    service.decide("confirmed")
    document = signing.perform(request.pk)
    assert verify(signing.read(document)).verdict == "valid"
    assert len(service.questions) == 1


def test_until_the_holder_confirms_the_leader_is_told_what_to_do(asked, service):
    at = timezone.now()
    for _ in range(3):
        performed(asked, at=at)
    code = str(asked.pk).replace("-", "")[-8:].upper()
    until = f"{timezone.localtime(asked.answer_by):%H:%M}"
    assert asked.last_error == f"Mở ứng dụng ký số trên điện thoại, đối chiếu mã {code} rồi xác nhận trước {until}."
    assert asked.next_at - at <= timedelta(seconds=5)
    (question,) = service.questions
    assert code in question["label"]
    assert not SignedDocument.objects.exists()


def test_who_confirmed_is_heard_between_the_sweeps(asked, service):
    assert tasks.hear_holders() == 0
    service.decide("confirmed")
    assert signing.hear(asked.next_at) == 1
    assert SignedDocument.objects.get().request == asked
    assert signing.hear(asked.next_at) == 0


def test_a_confirmation_that_never_comes_ends_the_request(asked, service):
    late = performed(asked, at=timezone.now() + 6 * MINUTE)
    assert (late.state, len(service.questions)) == ("failed", 1)
    assert "Bấm ký lại khi sẵn sàng xác nhận" in late.last_error
    assert not SignedDocument.objects.exists()


@pytest.mark.parametrize(
    ("verdict", "words"), [("declined", "bị từ chối trên điện thoại"), ("expired", "chưa được xác nhận")]
)
def test_a_no_ends_the_request_at_once(asked, service, verdict, words):
    service.decide(verdict)
    assert performed(asked).state == "failed"
    assert words in asked.last_error
    assert len(service.questions) == 1


def test_a_service_that_is_down_is_asked_again_and_nobody_was_bothered(authority, ordered, service):
    request = signing.order(ordered(service.holder()))
    service.fail("down")
    assert performed(request).state == "waiting"
    assert request.last_error == "Dịch vụ ký chưa tiếp nhận được yêu cầu; hệ thống sẽ tự gửi lại."
    assert request.answer_by is None
    service.fail("none")
    performed(request)
    service.decide("confirmed")
    assert performed(request).state == "done"
    assert len(service.questions) == 1


def test_a_killed_service_is_asked_when_it_is_back(authority, ordered, service, party):
    request = signing.order(ordered(service.holder()))
    service.running.kill()
    assert performed(request).answer_by is None
    service.running = party("signers")
    performed(request)
    service.running.kill()
    assert performed(request).state == "waiting"
    service.running = party("signers")
    service.decide("confirmed")
    assert performed(request).state == "done"


def test_a_question_whose_answer_was_lost_is_not_asked_again(authority, ordered, service):
    request = signing.order(ordered(service.holder()))
    service.fail("mute")
    performed(request)
    service.fail("none")
    for _ in range(3):
        performed(request)
    assert len(service.questions) == 1
    if request.state == "failed":
        assert "hệ thống không tự gửi lại" in request.last_error
    else:
        service.decide("confirmed")
        assert performed(request).state == "done"


def test_trouble_while_waiting_changes_nothing(asked, service):
    service.fail("broken")
    assert performed(asked).state == "waiting"
    service.fail("none")
    service.decide("confirmed")
    assert performed(asked).state == "done"
    assert len(service.questions) == 1


def test_a_service_in_trouble_beyond_its_time_limit_is_asked_less_and_less(asked, service):
    service.fail("down")
    at = timezone.now() + 6 * MINUTE
    for _ in range(8):
        performed(asked, at=at)
    assert asked.state == "waiting"
    assert asked.next_at - at > 5 * MINUTE


def test_a_certificate_revoked_while_the_holder_thinks_signs_nothing(authority, asked, service):
    authority.revoke(asked.certificate)
    service.decide("confirmed")
    assert performed(asked).state == "failed"
    assert asked.last_error == "Chứng thư số đã bị thu hồi."
    assert not SignedDocument.objects.exists()


def test_a_signature_by_another_key_comes_into_no_file(authority, asked, service):
    other = authority.person(algorithm="ec")
    Certificate.objects.filter(pk=asked.certificate_id).update(pem=other.pem)
    service.decide("confirmed")
    assert performed(asked).state == "failed"
    assert "không khớp với chứng thư" in asked.last_error
    assert not SignedDocument.objects.exists()


def test_a_batch_goes_on_where_the_service_failed_in_its_middle(authority, ordered, service):
    certificate = service.holder()
    requests = [signing.order(ordered(certificate, f"batch:{number}")) for number in range(4)]
    for request in requests[:2]:
        performed(request)
        service.decide("confirmed")
    service.fail("down")
    assert [performed(request).state for request in requests] == ["waiting"] * 4
    service.fail("none")
    assert [performed(request).state for request in requests] == ["done", "done", "waiting", "waiting"]
    assert len(service.questions) == 4
    assert SignedDocument.objects.count() == 2


def test_wrong_access_to_the_service_is_said_to_the_administrator(authority, ordered, service, settings):
    request = signing.order(ordered(service.holder()))
    for name in service.running.environment:
        if name.startswith(service.kind.upper()) and name.endswith(("SECRET", "PASSWORD")):
            setattr(settings, name, "another")
    assert performed(request).state == "failed"
    assert "Báo quản trị hệ thống" in request.last_error
    assert service.questions == []


def test_a_citizens_number_at_the_service_is_sealed(authority, service):
    certificate = service.holder()
    with connection.cursor() as cursor:
        cursor.execute("SELECT account FROM signatures_certificate WHERE id = %s", [certificate.pk])
        assert ACCOUNT.encode() not in bytes(cursor.fetchone()[0])
    assert Certificate.objects.get(pk=certificate.pk).account == ACCOUNT


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked_already", [True, False], ids=["after the question", "before the question"])
def test_a_worker_killed_while_asking_asks_nobody_twice(authority, ordered, service, settings, tmp_path, asked_already):
    request = signing.order(ordered(service.holder()))
    death = "after(provider.ask)" if asked_already else "die"
    dying.worker(
        f"provider = import_string({settings.SIGNATURE_PROVIDERS[service.kind]!r})\n"
        f"provider.ask = {death}\nsigning.perform({str(request.pk)!r})",
        settings, tmp_path, service.running.environment,
    )  # fmt: skip
    after = timezone.now() + leases.LEASE
    for attempt in range(2):
        performed(request, at=after + attempt * MINUTE)
    assert len(service.questions) == asked_already
    assert SigningRequest.objects.count() == 1
    if request.state == "waiting":
        service.decide("confirmed")
        assert performed(request, at=after).state == "done"
    else:
        assert "ký lại" in request.last_error
        assert not SignedDocument.objects.exists()
