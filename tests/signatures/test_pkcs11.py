"""Keys in a token: made there, signing there, and a PIN that is never tried twice."""

import subprocess

import pytest
from django.utils import timezone

from portal.floor.ports import PortError
from portal.models import User
from portal.running.tools import TOOLS
from signatures import signing
from signatures.enrolment import Organisation, Person, enrol
from signatures.models import SigningRequest
from signatures.providers.base import BytesToSign, provider
from signatures.providers.pkcs11 import Pkcs11Provider, _token
from signatures.verification import verify
from tests.authority import DEPARTMENT, DEPARTMENT_CODE, LEADER

pytestmark = [pytest.mark.django_db, pytest.mark.pkcs11]
PIN = "19880423"


@pytest.fixture(scope="session")
def drawer(tmp_path_factory):
    """A token of softhsm2, kept for the run: its library reads its configuration once for each process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "so-ldtbxh", "--pin", PIN, "--so-pin", PIN],
            check=True, capture_output=True,
        )  # fmt: skip
        yield "so-ldtbxh"


@pytest.fixture
def token(drawer, settings):
    settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN = TOOLS["pkcs11"].find(), drawer, PIN
    settings.SIGNATURE_PROVIDERS = {"pkcs11": "signatures.providers.pkcs11.Pkcs11Provider"}
    _token.cache_clear()
    device = _token(settings.PKCS11_MODULE, drawer)
    yield device
    device.log_out()


@pytest.mark.parametrize("algorithm", ["rsa", "ec"])
def test_a_key_made_in_the_token_signs_a_valid_decision(authority, ordered, token, algorithm):
    agency = Organisation(DEPARTMENT_CODE + algorithm, DEPARTMENT, "Tỉnh Vĩnh Phúc", algorithm=algorithm)
    certificate = enrol(agency, at=timezone.now(), kind="pkcs11")
    document = signing.perform(signing.order(ordered(certificate)).pk)
    report = verify(signing.read(document))
    assert (report.verdict, [one.signer for one in report.signatures]) == ("valid", [DEPARTMENT])


def test_a_person_is_enrolled_with_the_key_that_is_there(authority, token):
    user = User.objects.create(username="lan", full_name=LEADER, kind=User.Kind.OFFICER)
    person = Person(user.pk, LEADER, "Giám đốc", DEPARTMENT, "ec")
    first = enrol(person, at=timezone.now(), kind="pkcs11")
    assert enrol(person, at=timezone.now(), kind="pkcs11") == first
    type(first).objects.all().delete()
    again = enrol(person, at=timezone.now(), kind="pkcs11")
    assert again.parsed.public_key.dump() == first.parsed.public_key.dump()


def test_a_wrong_pin_ends_the_request_and_is_not_offered_again(authority, ordered, token, settings, monkeypatch):
    certificate = enrol(Organisation("H62", DEPARTMENT, "Tỉnh"), at=timezone.now(), kind="pkcs11")
    token.log_out()
    settings.PKCS11_PIN = "00000000"
    requests = [signing.order(ordered(certificate, reference)) for reference in ("a", "b", "c")]
    logins = []
    real = type(token)._log_in
    monkeypatch.setattr(type(token), "_log_in", lambda self, pin: logins.append(self.refused_pin) or real(self, pin))
    for request in requests:
        assert signing.perform(request.pk) is None
    assert logins == [None, "00000000", "00000000"]
    assert {request.state for request in SigningRequest.objects.all()} == {"failed"}
    assert "Mã PIN" in SigningRequest.objects.first().last_error


def test_a_key_that_is_not_in_the_token_is_a_permanent_error(token):
    with pytest.raises(PortError) as refusal:
        provider("pkcs11").sign(BytesToSign(b"x", "absent", "r"))
    assert refusal.value.permanent


def test_a_token_that_was_taken_out_is_waited_for(authority, ordered, token, settings):
    certificate = enrol(Organisation("H63", DEPARTMENT, "Tỉnh"), at=timezone.now(), kind="pkcs11")
    settings.PKCS11_TOKEN, label = "elsewhere", settings.PKCS11_TOKEN
    request = signing.order(ordered(certificate))
    assert signing.perform(request.pk) is None
    request.refresh_from_db()
    assert request.state == "waiting"
    assert "Thiết bị ký số chưa sẵn sàng" in request.last_error
    settings.PKCS11_TOKEN = label
    assert signing.perform(request.pk)


def test_without_a_library_the_provider_waits(settings):
    settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN = "/nowhere.so", "x", PIN
    with pytest.raises(PortError) as trouble:
        Pkcs11Provider().sign(BytesToSign(b"x", "k", "r"))
    assert not trouble.value.permanent
