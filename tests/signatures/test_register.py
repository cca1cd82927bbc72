"""Keys that are held elsewhere become an officer's or an agency's by one command."""

import io

import pytest
import requests
from django.core.management import CommandError, call_command

from signatures import drawing
from signatures.models import Certificate
from tests import world
from tests.signatures.remote import ACCOUNT, PROVIDERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(authority, service, tmp_path):
    """Arguments for a key at the service, its holder's number and a mark in files."""
    service.holder()
    (made,) = service.credentials.values()
    Certificate.objects.all().delete()
    (tmp_path / "account").write_text(f"{ACCOUNT}\n")
    (tmp_path / "mark.png").write_bytes(drawing.hand_signature("Phan Thị Lan"))
    files = ["--account-from", str(tmp_path / "account"), "--mark", str(tmp_path / "mark.png")]
    return [service.kind, service.reference(made), *files]


def test_a_key_at_a_service_becomes_an_officers(held):
    lan = world.build().users["lan"]
    call_command("register_certificate", *held, "--user", "lan", stdout=io.StringIO())
    call_command("register_certificate", *held, "--user", "lan", stdout=io.StringIO())
    certificate = Certificate.objects.for_user(lan.pk).get()
    assert (certificate.provider in PROVIDERS, certificate.account, bool(certificate.image)) == (True, ACCOUNT, True)


def test_a_certificate_has_one_holder(held):
    world.build()
    call_command("register_certificate", *held, "--user", "lan", stdout=io.StringIO())
    with pytest.raises(CommandError, match="đã đăng ký cho người"):
        call_command("register_certificate", *held, "--user", "binh", stdout=io.StringIO())
    assert Certificate.objects.count() == 1


def test_a_certificate_below_no_root_of_ours_is_not_registered(held, settings):
    world.build()
    settings.TRUST_ROOTS = []
    with pytest.raises(CommandError, match="tin cậy"):
        call_command("register_certificate", *held, "--user", "lan")


def test_whoever_is_not_there_gets_no_certificate(held):
    for whose in (["--user", "nobody"], ["--agency", "000"]):
        with pytest.raises(CommandError):
            call_command("register_certificate", *held, *whose)


def test_a_key_of_our_own_is_certified_by_request_and_chain(authority, tmp_path):
    demo = world.build()
    code = next(iter(demo.agencies.values())).code
    authority.lend_key("con-dau", "ec")
    printed = io.StringIO()
    call_command("register_certificate", "soft", "con-dau", "--agency", code, "--request", stdout=printed)
    wish = {"csr": printed.getvalue(), "profile": "seal"}
    answer = requests.post(f"{authority.running.url}/enrol", json=wish, timeout=30)
    (tmp_path / "chain.pem").write_bytes(answer.content)
    chain = ["--chain", str(tmp_path / "chain.pem")]
    call_command("register_certificate", "soft", "con-dau", "--agency", code, *chain, stdout=io.StringIO())
    certificate = Certificate.objects.for_agency(code).get()
    assert (certificate.provider_ref, bool(certificate.image)) == ("con-dau", False)


def test_a_service_that_makes_no_keys_says_so(authority, service):
    world.build()
    with pytest.raises(CommandError, match="không tự tạo khóa"):
        call_command("register_certificate", service.kind, "x", "--user", "lan", "--request")
    with pytest.raises(CommandError, match="không cho tra cứu"):
        call_command("register_certificate", "soft", "x", "--user", "lan")
    assert not Certificate.objects.exists()
