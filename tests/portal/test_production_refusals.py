from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from portal import checks
from portal.models import User

KEY = "cmFuZG9tLWVub3VnaC1mb3ItdGhpcy10ZXN0LW9ubHkh"  # 33 bytes
OTHER_KEY = "YW5vdGhlci1yYW5kb20ta2V5LWZvci10aGlzLXRlc3Qh"


@pytest.fixture
def safe(settings: Settings) -> Settings:
    """Settings with which production starts."""
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.SECRET_KEY = "k" * 64
    settings.DATA_KEYS = [f"k1:{KEY}"]
    settings.INDEX_KEY = OTHER_KEY
    settings.BASE_URL = "https://dichvucong.vinhphuc.gov.vn"
    settings.ALLOWED_HOSTS = ["dichvucong.vinhphuc.gov.vn"]
    settings.IDENTITY_ISSUER = "https://sso.gov.vn"
    settings.CARRIER_URL = "https://api.vnpost.vn"
    settings.CARRIER_SECRET = "s" * 32
    settings.CA_URL = settings.CSC_URL = settings.MYSIGN_URL = ""
    settings.SMARTCA_URL = "https://gwsca.vnpt.vn/sca/sp769"
    settings.TSA_URL = "https://tsa.ca.gov.vn"
    settings.EMAIL_HOST = "mail.vinhphuc.gov.vn"
    settings.EMAIL_PORT = 587
    settings.SIGNATURE_PROVIDERS = {}
    return settings


@pytest.mark.django_db
def test_production_starts_with_settings_of_its_own(safe: Settings) -> None:
    checks.refuse_unsafe_start()


def unsafe(name: str, value: object) -> Callable[[Settings], None]:
    return lambda settings: setattr(settings, name, value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (unsafe("DEBUG", True), "MOTCUA_DEBUG"),
        (unsafe("SECRET_KEY", "short"), "MOTCUA_SECRET_KEY"),
        (unsafe("SECRET_KEY", "tests-only-" + "k" * 64), "MOTCUA_SECRET_KEY"),
        (unsafe("DATA_KEYS", ["k1:c2hvcnQ="]), "MOTCUA_DATA_KEYS"),
        (unsafe("DATA_KEYS", ["t1:dGVzdHMtb25seS1kYXRhLWtleS0zMi1ieXRlcyEhISE="]), "published one"),
        (unsafe("INDEX_KEY", "no base64 at all"), "MOTCUA_INDEX_KEY"),
        (unsafe("INDEX_KEY", KEY), "repeats a key"),
        (unsafe("BASE_URL", "http://dichvucong.vinhphuc.gov.vn"), "https"),
        (unsafe("ALLOWED_HOSTS", ["*"]), "MOTCUA_HOSTS"),
        (unsafe("CARRIER_URL", "http://127.0.0.1:41234"), "CARRIER_URL is a simulator"),
        (unsafe("CARRIER_URL", "http://api.vnpost.vn"), "CARRIER_URL is not an https"),
        (unsafe("CARRIER_SECRET", ""), "CARRIER_SECRET"),
        (unsafe("IDENTITY_ISSUER", "http://localhost:41234"), "IDENTITY_ISSUER is a simulator"),
        (unsafe("TSA_URL", "http://[::1]:41234/tsa"), "TSA_URL is a simulator"),
        (unsafe("SMARTCA_URL", "http://127.0.0.1:41234/sca/sp769"), "SMARTCA_URL is a simulator"),
        (unsafe("MYSIGN_URL", "http://remotesigning.viettel.vn"), "MYSIGN_URL is not an https"),
        (unsafe("SMARTCA_WEBHOOK_TOKEN", "short"), "SMARTCA_WEBHOOK_TOKEN"),
        (unsafe("EMAIL_HOST", "127.0.0.1"), None),
        (unsafe("SIGNATURE_PROVIDERS", {"soft": "signatures.providers.soft.Soft"}), "soft signing key"),
    ],
)
def test_production_refuses_each_unsafe_setting_by_name(
    safe: Settings, spoil: Callable[[Settings], None], words: str | None
) -> None:
    spoil(safe)

    if words is None:  # a mail relay on the same machine, on a mail port, is nothing unusual
        checks.refuse_unsafe_start()
        return
    with pytest.raises(ImproperlyConfigured, match=words):
        checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_production_refuses_the_mail_simulator(safe: Settings) -> None:
    safe.EMAIL_HOST, safe.EMAIL_PORT = "127.0.0.1", 41234

    with pytest.raises(ImproperlyConfigured, match="SMTP_HOST"):
        checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_production_refuses_a_demo_account_with_the_published_password(safe: Settings) -> None:
    User.objects.create_user("binh", password=safe.DEMO_PASSWORD, kind=User.Kind.OFFICER)

    with pytest.raises(ImproperlyConfigured, match="demo accounts with the published password: binh"):
        checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_an_officer_who_shares_a_demo_name_is_welcome_with_a_password_of_her_own(safe: Settings) -> None:
    User.objects.create_user("lan", password="a word that nobody published", kind=User.Kind.OFFICER)

    checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_the_deploy_check_lists_all_that_is_wrong(safe: Settings) -> None:
    safe.DEBUG, safe.CARRIER_URL = True, "http://127.0.0.1:1"

    with pytest.raises(SystemCheckError) as refusal:
        call_command("check", deploy=True, tags=["security"], fail_level="ERROR")

    assert "MOTCUA_DEBUG is on" in str(refusal.value)
    assert "CARRIER_URL is a simulator's address" in str(refusal.value)


@pytest.mark.django_db
def test_a_demonstration_may_have_all_of_that(settings: Settings) -> None:
    settings.PRODUCTION, settings.DEBUG, settings.SECRET_KEY = False, True, "short"

    checks.refuse_unsafe_start()
