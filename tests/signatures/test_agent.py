"""The program on the officer's machine: it gets in by its address alone, and only the right file comes back in."""

import hashlib
import logging
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.floor.logs import SecretAddresses
from portal.floor.ports import PortError
from signatures import agent, leases, signals, signing, tasks
from signatures.models import AgentSession, SignedDocument, SigningRequest
from signatures.refusals import SigningRefused
from signatures.verification import verify
from tests.signatures import dying, sticks
from tests.simulators.agent.stick import Stick, altered

pytestmark = pytest.mark.django_db
BY = "01890000-0000-7000-8000-000000000001"


@pytest.fixture
def holder(authority):
    return sticks.person()


@pytest.fixture
def request_(holder, ordered):
    made = signing.order(ordered(holder.certificate))
    assert signing.perform(made.pk) is None
    made.refresh_from_db()
    return made


@pytest.fixture
def told():
    heard = []

    def on_signed(reference, **_):
        heard.append(reference)

    signals.signed.connect(on_signed)
    yield heard
    signals.signed.disconnect(on_signed)


@pytest.fixture
def opened(request_):
    return agent.open_session(request_, by=BY, at=timezone.now())


def bring(client, secret, content, field="uploadfile"):
    upload = SimpleUploadedFile("van-ban.signed.pdf", content, "application/pdf")
    return client.post(reverse("agent_upload", args=[secret]), {field: upload})


def fetch(client, secret):
    return client.get(reverse("agent_file", args=[secret]))


def still_waits(request_, reason="", *, answer=None, status=422):
    """Refused, in words, and nothing lost: a new session works."""
    if answer is not None:
        assert (answer.status_code, answer.json()["Status"]) == (status, False)
        assert reason in answer.json()["Message"]
    request_.refresh_from_db()
    assert request_.state == "waiting"
    assert not SignedDocument.objects.exists()
    return agent.open_session(request_, by=BY, at=timezone.now())


def test_the_request_waits_for_the_officer_and_no_sweep_takes_it_up(request_):
    assert (request_.state, request_.last_error) == ("waiting", "Mở trang ký trên máy có thiết bị ký.")
    assert signing.sweep(timezone.now() + timedelta(days=3)) == 0
    assert tasks.hear_holders() == 0
    request_.refresh_from_db()
    assert (request_.state, request_.prepared.name) == ("waiting", "")


def test_the_program_fetches_the_file_and_brings_it_signed(request_, opened, holder, client, told):
    answer = fetch(client, opened.secret)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert hashlib.sha256(answer.content).hexdigest() == request_.original_sha256
    signed = holder.signs(answer.content)
    answer = bring(client, opened.secret, signed)
    assert answer.json() == {
        "Status": True, "Message": "", "FileName": "van-ban.pdf", "FileServer": f"{request_.pk}.pdf"
    }  # fmt: skip
    document = SignedDocument.objects.get(request=request_)
    assert signing.read(document) == signed
    assert (document.level, verify(signed).verdict) == ("B-T", "valid")
    assert told == [request_.reference]
    assert AgentSession.objects.get().closed_at


def test_without_a_time_stamp_the_level_says_so(opened, holder, ordered, client):
    assert bring(client, opened.secret, holder.signs(ordered(holder.certificate).pdf, stamped=False)).status_code == 200
    document = SignedDocument.objects.get()
    assert document.level == "B-B"
    assert verify(signing.read(document)).verdict == "valid_untimestamped"


def test_a_seal_comes_over_the_signature_of_a_person(authority, ordered, decision, client):
    leader, seal = sticks.person(), sticks.agency()
    signed = leader.signs(decision)
    request_ = signing.order(ordered(seal.certificate, "test:1:seal", pdf=signed))
    opened = agent.open_session(request_, by=BY, at=timezone.now())
    sealed = seal.signs(signed, field="VGCA2")
    assert bring(client, opened.secret, sealed).status_code == 200
    report = verify(sealed)
    assert [one.verdict for one in report.signatures] == ["valid", "valid"]


def test_a_second_upload_is_refused_and_told_once(request_, opened, holder, decision, client, told):
    signed = holder.signs(decision)
    assert bring(client, opened.secret, signed).status_code == 200
    again = bring(client, opened.secret, signed)
    assert (again.status_code, again.json()["Status"]) == (409, False)
    assert again.json()["Message"] == "Văn bản này đã ký xong."
    assert fetch(client, opened.secret).status_code == 409
    with pytest.raises(agent.AlreadySigned):
        agent.open_session(request_, by=BY, at=timezone.now())
    assert told == [request_.reference]
    assert SignedDocument.objects.count() == 1


def test_an_address_is_good_for_one_file_right_or_wrong(request_, opened, holder, decision, client):
    assert bring(client, opened.secret, b"%PDF-1.7 sai").status_code == 422
    over = bring(client, opened.secret, holder.signs(decision))
    new = still_waits(request_, "Lượt ký này đã dùng", answer=over, status=410)
    assert bring(client, new.secret, holder.signs(decision)).status_code == 200


def test_a_new_session_ends_the_older(request_, opened, holder, decision, client):
    new = agent.open_session(request_, by=BY, at=timezone.now())
    assert fetch(client, opened.secret).status_code == 410
    still = bring(client, opened.secret, holder.signs(decision))
    still_waits(request_, answer=still, status=410)
    assert new.secret != opened.secret


def test_after_ten_minutes_the_addresses_end(request_, opened, holder, decision):
    late = timezone.now() + timedelta(minutes=10)
    for attempt in (lambda: agent.original(opened.secret, at=late),
                    lambda: agent.receive(opened.secret, holder.signs(decision), at=late)):  # fmt: skip
        with pytest.raises(agent.SessionOver):
            attempt()
    still_waits(request_)


@pytest.mark.parametrize("secret", ["khong-co", "a" * 43, "%00", "Ă"])
def test_strangers_learn_nothing(request_, opened, client, secret):
    assert fetch(client, secret).status_code in (400, 404)
    assert bring(client, secret, b"%PDF-").status_code in (400, 404)
    still_waits(request_)


def test_the_secret_is_long_and_kept_only_as_a_hash(opened):
    assert len(opened.secret) >= 43  # 256 bits
    session = AgentSession.objects.get()
    assert session.secret_sha256 == hashlib.sha256(opened.secret.encode()).hexdigest()
    assert session.expires_at - session.opened_at == timedelta(minutes=10)


WRONG = {
    "no pdf": (lambda pdf, holder: b"GIF89a", "không phải là PDF"),
    "another file": (lambda pdf, holder: b"%PDF-1.7\n" + pdf[9:-40] + b"x" * 90, "không phải văn bản cần ký"),
    "not signed": (lambda pdf, holder: pdf, "chưa có chữ ký"),
    "only longer": (lambda pdf, holder: pdf + b"\n%hello\n", "chưa có chữ ký"),
    "changed, then signed": (lambda pdf, holder: holder.signs(altered(pdf)), "đã bị thay đổi khi ký"),
    "signed, then changed": (lambda pdf, holder: altered(holder.signs(pdf)), "không bao trùm"),
    "signed, then longer": (lambda pdf, holder: holder.signs(pdf) + b"\n%x\n", "không bao trùm"),
    "signed twice": (lambda pdf, holder: holder.signs(holder.signs(pdf), field="B"), "nhiều hơn một chữ ký"),
    "broken signature": (lambda pdf, holder: flipped(holder.signs(pdf)), "thay đổi"),
    "torn off": (lambda pdf, holder: holder.signs(pdf)[:-2000], ""),
}


def flipped(signed: bytes) -> bytes:
    """The signature's field on the page is named otherwise."""
    assert signed.count(b"(VGCA1)") == 1
    return signed.replace(b"(VGCA1)", b"(VGCA2)")


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_files_are_refused_and_nothing_is_lost(request_, opened, holder, decision, client, wrong):
    make, reason = WRONG[wrong]
    answer = bring(client, opened.secret, make(decision, holder))
    new = still_waits(request_, reason, answer=answer)
    assert bring(client, new.secret, holder.signs(decision)).json()["Message"] == ""


def test_the_signature_of_another_is_refused(request_, opened, decision, client, settings):
    other = Stick.made("Người khác", settings.CA_URL)
    answer = bring(client, opened.secret, sticks.signed_by(other, decision))
    still_waits(request_, "ký bằng chứng thư khác", answer=answer)


def test_a_file_of_another_request_is_refused(request_, opened, holder, client, decision):
    other = decision.replace(b"/Outlines", b"/Outlinex", 1)
    answer = bring(client, opened.secret, holder.signs(other))
    still_waits(request_, "không phải văn bản cần ký", answer=answer)


def test_nothing_and_too_much_are_refused(request_, opened, client):
    empty = client.post(reverse("agent_upload", args=[opened.secret]))
    assert (empty.status_code, empty.json()["Message"]) == (422, "Chưa nhận được tệp đã ký.")
    large = bring(client, opened.secret, b"%PDF-" + bytes(50 * 1024 * 1024))
    assert (large.status_code, large.json()["Status"]) == (413, False)
    still_waits(request_)


def test_a_field_of_another_name_is_taken_too(opened, holder, decision, client):
    assert bring(client, opened.secret, holder.signs(decision), field="file").status_code == 200


def test_a_revoked_certificate_signs_nothing(request_, opened, holder, decision, client, authority):
    signed = holder.signs(decision)
    authority.revoke(holder.certificate)
    answer = bring(client, opened.secret, signed)
    still_waits(request_, "thu hồi", answer=answer)


def test_while_the_authority_is_silent_the_file_may_be_brought_again(
    ordered, authority, party, settings, decision, client
):
    own = party("pki")
    settings.CA_URL, settings.TSA_URL = own.url, own.ready["tsa_url"]
    settings.TRUST_ROOTS = [own.ready["root_pem"]]
    holder = sticks.person()
    request_ = signing.order(ordered(holder.certificate))
    opened = agent.open_session(request_, by=BY, at=timezone.now())
    signed = holder.signs(decision)
    own.kill()
    answer = bring(client, opened.secret, signed)
    assert (answer.status_code, answer.json()["Status"]) == (503, False)
    party("pki")
    assert bring(client, opened.secret, signed).status_code == 200


def test_a_certificate_out_of_use_gives_the_request_up(request_, holder):
    failed = []

    def on_failed(reason, **_):
        failed.append(reason)

    signals.failed.connect(on_failed)
    type(holder.certificate).objects.update(state="suspended")
    with pytest.raises(SigningRefused):
        agent.open_session(request_, by=BY, at=timezone.now())
    request_.refresh_from_db()
    assert request_.state == "failed"
    assert failed == ["Chứng thư số không còn hiệu lực hoặc đã ngừng dùng."]


def test_a_certificate_put_out_of_use_meanwhile_is_refused(request_, opened, holder, decision):
    type(holder.certificate).objects.update(state="suspended")
    with pytest.raises(SigningRefused):
        agent.receive(opened.secret, holder.signs(decision), at=timezone.now())
    request_.refresh_from_db()
    assert request_.state == "waiting"


def test_who_has_the_request_just_now_is_waited_for(request_, opened, holder, decision):
    signed, at = holder.signs(decision), timezone.now()
    SigningRequest.objects.update(lease=BY, next_at=at + timedelta(minutes=1))
    with pytest.raises(PortError):
        agent.receive(opened.secret, signed, at=at)
    after = at + timedelta(minutes=2)  # whoever had it was killed
    assert agent.receive(opened.secret, signed, at=after).request_id == request_.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before it is kept", "after it is kept"])
def test_a_server_killed_while_it_takes_the_file_loses_nothing(
    request_, opened, holder, decision, settings, tmp_path, told, moment
):
    (tmp_path / "signed.pdf").write_bytes(holder.signs(decision))
    killed = "die" if moment.startswith("before") else "after(signing._keep_document)"
    dying.worker(
        "from pathlib import Path\nfrom django.utils import timezone\nfrom signatures import agent\n"
        f"signing._keep_document = {killed}\n"
        f"pdf = Path({str(tmp_path / 'signed.pdf')!r}).read_bytes()\n"
        f"agent.receive({opened.secret!r}, pdf, at=timezone.now())",
        settings, tmp_path,
    )  # fmt: skip
    request_.refresh_from_db()
    after = timezone.now() + leases.LEASE
    if moment.startswith("before"):
        assert request_.state == "waiting"
        assert agent.receive(opened.secret, (tmp_path / "signed.pdf").read_bytes(), at=after).level == "B-T"
    else:
        assert request_.state == "done"
        with pytest.raises(agent.AlreadySigned):
            agent.receive(opened.secret, decision, at=after)
        signing.sweep(after)
    assert told == [request_.reference]
    assert SignedDocument.objects.count() == 1


def test_the_officer_may_bring_the_file_by_hand(request_, holder, decision, told):
    assert agent.take(request_, holder.signs(decision), at=timezone.now()).level == "B-T"
    with pytest.raises(agent.AlreadySigned):
        agent.take(SigningRequest.objects.get(), holder.signs(decision), at=timezone.now())
    assert told == [request_.reference]


def test_addresses_do_not_come_into_the_log(opened, client, capsys):
    handler = logging.StreamHandler()
    handler.addFilter(SecretAddresses())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    bring(client, opened.secret, b"no pdf")
    logger.removeHandler(handler)
    said = capsys.readouterr().err
    assert "/ky-so/thiet-bi/…" in said
    assert opened.secret not in said


def test_too_many_tries_are_told_to_wait(opened, client, settings):
    settings.THROTTLES = settings.THROTTLES | {"signing_agent": "2/h"}
    answers = [fetch(client, "khong-co") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[-1].json()["Status"] is False


def test_two_sessions_cannot_be_open_at_once(request_, opened):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM signatures_agentsession WHERE closed_at IS NULL")
        assert cursor.fetchone() == (1,)
    agent.open_session(request_, by=BY, at=timezone.now())
    assert AgentSession.objects.filter(closed_at=None).count() == 1
