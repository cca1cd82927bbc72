"""Orders of one batch: the holder confirms once, whatever happens in between, and each document has its own outcome."""

import json
import threading
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from signatures import leases, signals, signing
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.providers.soft import SoftProvider
from signatures.signing import Placement
from signatures.verification import verify
from tests.signatures import dying
from tests.signatures.remote import performed

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
MANY = 60


@pytest.fixture
def batch(authority, ordered):
    """Orders so many documents together, invisibly signed."""

    def order(certificate, count, **more):
        key = uuid.uuid4()
        wishes = [
            ordered(
                certificate, f"batch:{number}",
                **{"batch": key, "placement": Placement(), "level": "B-B", "reason": f"{number}/QĐ-SNV"} | more,
            )
            for number in range(1, count + 1)
        ]  # fmt: skip
        return [signing.order(wish) for wish in wishes]

    return order


@pytest.fixture
def few(service, settings):
    """The service takes two files in one confirmation."""
    setattr(settings, f"{service.kind.upper()}_MOST_FILES", 2)


def states():
    return dict(Counter(SigningRequest.objects.values_list("state", flat=True)))


def outcomes():
    """What became of each, in the order in which they were ordered."""
    return list(SigningRequest.objects.order_by("pk").values_list("state", "last_error"))


def test_sixty_documents_are_confirmed_once(batch, service):
    first, *_, last = batch(service.holder(), MANY)
    performed(first)
    (question,) = service.questions
    assert len(question["files"]) == MANY
    until = f"{timezone.localtime(first.answer_by):%H:%M}"
    code = first.batch.hex[-8:].upper()
    assert code in question["label"]
    assert "60 văn bản: 1/QĐ-SNV, 2/QĐ-SNV" in question["label"]
    assert set(SigningRequest.objects.values_list("last_error", flat=True)) == {
        f"Mở ứng dụng ký số trên điện thoại, đối chiếu mã {code}, xác nhận một lần cho 60 văn bản trước {until}."
    }
    service.decide("confirmed")
    assert signing.perform(last.pk)
    assert states() == {"done": MANY}
    assert len(service.questions) == 1


def test_every_document_of_a_batch_is_validly_signed_and_handed_over(batch, service):
    heard = []
    signals.signed.connect(hear := lambda reference, **_: heard.append(reference))
    requests = batch(service.holder("rsa"), 3, level="B-T")
    performed(requests[0])
    service.decide("confirmed")
    performed(requests[1])
    signals.signed.disconnect(hear)
    assert heard == [request.reference for request in requests]
    assert {verify(signing.read(one)).verdict for one in SignedDocument.objects.all()} == {"valid"}


def test_more_than_a_service_takes_are_asked_part_by_part(batch, service, few):
    requests = batch(service.holder(), 5)
    assert "3 văn bản còn lại được hỏi ngay sau đó" in performed(requests[4]).last_error
    for asked, done in ((1, 2), (2, 4), (3, 5)):
        assert len(service.questions) == asked
        performed(requests[0])
        assert len(service.questions) == asked
        service.decide("confirmed")
        signing.hear(timezone.now() + MINUTE)
        assert states()["done"] == done
    assert [len(one["files"]) for one in service.questions] == [1, 2, 2]


def test_what_a_service_leaves_out_fails_alone(batch, service):
    requests = batch(service.holder(), 4)
    performed(requests[0])
    service.decide("confirmed", {1: "unsigned"})
    performed(requests[0])
    left_out = "Dịch vụ ký đã trả lời nhưng không ký văn bản này. Bấm ký lại; nếu vẫn lỗi, báo quản trị."
    assert outcomes() == [("done", ""), ("failed", left_out), ("done", ""), ("done", "")]
    assert len(service.questions) == 1


def test_another_files_signature_comes_into_no_file(batch, service):
    requests = batch(service.holder(), 3)
    performed(requests[0])
    service.decide("confirmed", {0: "swapped"})
    performed(requests[0])
    assert [state for state, _ in outcomes()] == ["failed", "done", "done"]
    assert "không khớp với chứng thư" in outcomes()[0][1]


def test_another_keys_signatures_come_into_no_file(authority, batch, service):
    requests = batch(service.holder(), 2)
    performed(requests[0])
    Certificate.objects.filter(pk=requests[0].certificate_id).update(pem=authority.person(algorithm="ec").pem)
    service.decide("confirmed")
    performed(requests[0])
    assert states() == {"failed": 2}
    assert not SignedDocument.objects.exists()


@pytest.mark.parametrize(
    ("verdict", "words"), [("declined", "bị từ chối trên điện thoại"), ("expired", "Bấm ký lại khi sẵn sàng")]
)
def test_a_no_ends_the_whole_batch_and_says_what_to_do(batch, service, few, verdict, words):
    requests = batch(service.holder(), 3)
    performed(requests[0])
    service.decide(verdict)
    performed(requests[2])
    assert states() == {"failed": 3}
    assert all(words in error for _, error in outcomes())
    assert signing.sweep(timezone.now() + MINUTE) == 0
    assert len(service.questions) == 1


def test_a_silent_holder_ends_the_whole_batch(batch, service):
    requests = batch(service.holder(), 3)
    performed(requests[0])
    performed(requests[1], at=timezone.now() + 6 * MINUTE)
    assert states() == {"failed": 3}
    assert len(service.questions) == 1


def test_a_batch_ordered_and_performed_twice_is_asked_once(batch, service, ordered):
    requests = batch(service.holder(), 3)
    for request in requests * 2:
        performed(request)
    again = ordered(requests[0].certificate, "batch:1", batch=requests[0].batch)
    assert signing.order(again).pk == requests[0].pk
    service.decide("confirmed")
    for request in requests * 2:
        performed(request)
    assert states() == {"done": 3}
    assert len(service.questions) == 1


def test_one_that_ended_while_the_holder_thought_is_skipped(batch, service):
    requests = batch(service.holder(), 3)
    performed(requests[0])
    signing.fail(SigningRequest.objects.get(pk=requests[0].pk), "Hồ sơ đã rút.", timezone.now())
    service.decide("confirmed")
    performed(requests[1])
    assert outcomes() == [("failed", "Hồ sơ đã rút."), ("done", ""), ("done", "")]
    assert len(service.questions) == 1


def test_one_that_cannot_be_prepared_keeps_no_other_from_being_asked(batch, service):
    requests = batch(service.holder(), 3)
    requests[1].original.storage.delete(requests[1].original.name)
    performed(requests[0])
    (question,) = service.questions
    assert len(question["files"]) == 2
    service.decide("confirmed")
    performed(requests[0])
    assert states() == {"done": 2, "waiting": 1}
    assert "hệ thống gặp lỗi" in outcomes()[1][1].lower()


def test_a_late_order_is_asked_after_the_others_were_answered(batch, service, ordered):
    requests = batch(service.holder(), 2)
    performed(requests[0])
    wish = ordered(requests[0].certificate, "late", batch=requests[0].batch, level="B-B", placement=Placement())
    late = performed(signing.order(wish))
    assert "1 văn bản còn lại" in late.last_error
    service.decide("confirmed")
    performed(late)
    assert states() == {"done": 2, "waiting": 1}
    service.decide("confirmed")
    assert performed(late).state == "done"


def test_a_sweep_waits_until_a_batch_is_gathered(batch, service):
    batch(service.holder(), 2)
    later = SigningRequest.objects.latest("created_at").next_at
    SigningRequest.objects.filter(reference="batch:1").update(next_at=later - timedelta(seconds=5))
    assert signing.sweep(later - timedelta(seconds=1)) == 0
    assert service.questions == []
    assert signing.sweep(later) == 1
    assert len(service.questions) == 1


def test_a_certificate_revoked_in_mid_batch_signs_nothing_more(authority, batch, service, few):
    requests = batch(service.holder(), 4)
    performed(requests[0])
    service.decide("confirmed")
    performed(requests[0])
    authority.revoke(requests[0].certificate)
    service.decide("confirmed")
    performed(requests[0])
    revoked = "Chứng thư số đã bị thu hồi."
    assert outcomes() == [("done", ""), ("done", ""), ("failed", revoked), ("failed", revoked)]
    assert len(service.questions) == 2


def test_time_stamps_that_fail_in_mid_batch_cost_no_confirmation(batch, service, settings):
    requests = batch(service.holder(), 3, level="B-T")
    performed(requests[0])
    service.decide("confirmed")
    address, settings.TSA_URL = settings.TSA_URL, "http://127.0.0.1:9/tsa"
    performed(requests[0])
    assert states() == {"waiting": 3}
    assert {error for _, error in outcomes()} == {"Dịch vụ cấp dấu thời gian chưa trả lời; hệ thống sẽ tự thử lại."}
    settings.TSA_URL = address
    assert signing.sweep(timezone.now() + MINUTE) == 1
    assert states() == {"done": 3}
    assert len(service.questions) == 1


def test_a_lost_answer_is_not_asked_for_again(batch, service):
    requests = batch(service.holder(), 3)
    service.fail("mute")
    performed(requests[0])
    service.fail("none")
    for request in requests:
        performed(request)
    assert len(service.questions) == 1
    if requests[0].state == "waiting":
        service.decide("confirmed")
        performed(requests[2])
        assert states() == {"done": 3}
    else:
        assert states() == {"failed": 3}
        assert all("hệ thống không tự gửi lại" in error for _, error in outcomes())


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ask_once_and_sign_once(batch, service):
    requests = batch(service.holder(), 4)

    def at_once(requests):
        start = threading.Barrier(len(requests))

        def work(request):
            start.wait()
            signing.perform(request.pk)
            connection.close()

        workers = [threading.Thread(target=work, args=[request]) for request in requests]
        [worker.start() for worker in workers]
        [worker.join() for worker in workers]

    at_once(requests)
    (question,) = service.questions
    assert len(question["files"]) == 4
    service.decide("confirmed")
    at_once(requests)
    assert states() == {"done": 4}
    assert SignedDocument.objects.count() == 4
    assert len(service.questions) == 1


DEATHS = {
    "before the question": "provider.ask = die",
    "after the question": "provider.ask = after(provider.ask)",
    "after the answer": "asking._take = die",
    "before the second file": "signing._keep_document = after(signing._keep_document)",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("death", DEATHS)
def test_a_worker_killed_in_a_batch_asks_nobody_twice(batch, service, settings, tmp_path, death):
    requests = batch(service.holder(), 3)
    if asked := "question" not in death:
        performed(requests[0])
        service.decide("confirmed")
    dying.worker(
        f"provider = import_string({settings.SIGNATURE_PROVIDERS[service.kind]!r})\n"
        f"{DEATHS[death]}\nsigning.perform({str(requests[0].pk)!r})",
        settings, tmp_path, service.running.environment,
    )  # fmt: skip
    assert SignedDocument.objects.count() == (death == "before the second file")
    later = timezone.now() + leases.LEASE + MINUTE
    signing.sweep(later)
    if not asked and states() == {"waiting": 3}:
        service.decide("confirmed")
        signing.hear(later + MINUTE)
    assert len(service.questions) == (death != "before the question")
    # The client's own names of questions outlive a lost answer; and some services give theirs only once.
    unknown = service.kind != "smartca" if not asked else (death, service.kind) == ("after the answer", "csc")
    if unknown or death == "before the question":
        assert states() == {"failed": 3}
        assert all("ký lại" in error for _, error in outcomes())
        assert not SignedDocument.objects.exists()
    else:
        assert states() == {"done": 3}
        assert SignedDocument.objects.count() == 3


def test_one_piece_of_news_is_for_the_whole_batch(batch, remote, client, settings):
    settings.SMARTCA_WEBHOOK_TOKEN = token = "bi-mat-giua-hai-ben-0123456789"
    service = remote("smartca")
    requests = batch(service.holder(), 3)
    performed(requests[1])
    (question,) = service.questions
    service.decide("confirmed", {2: "unsigned"})
    news = {
        "sp_id": "motcua", "status_code": 200, "message": "SUCCESS", "transaction_id": question["id"],
        "signed_files": [{"doc_id": one, "signature_value": "AAAA"} for one in question["files"]],
    }  # fmt: skip
    tell = lambda: client.post(f"/ky-so/smartca/{token}", json.dumps(news), "application/json").status_code  # noqa: E731
    assert tell() == 204
    assert [state for state, _ in outcomes()] == ["done", "done", "failed"]
    assert tell() == 404


def test_keys_that_answer_at_once_sign_a_batch_in_one_go(authority, batch, monkeypatch):
    asked = []
    real = SoftProvider.sign
    monkeypatch.setattr(SoftProvider, "sign", lambda self, wish: asked.append(wish.reference) or real(self, wish))
    requests = batch(authority.person(algorithm="ec"), 4)
    performed(requests[2])
    assert states() == {"done": 4}
    assert asked == [request.reference for request in requests]


def test_a_service_that_asks_nobody_signs_a_batch_at_once(batch, remote, settings):
    settings.CSC_MOST_FILES = 2
    service = remote("csc")
    performed(batch(service.holder(asks="no"), 5)[0])
    assert states() == {"done": 5}
    assert [len(one["files"]) for one in service.questions] == [1, 2, 2]
