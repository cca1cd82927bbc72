"""Answers of authorities are kept as long as they hold, and no longer."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import ocsp
from django.core.cache import cache
from django.utils import timezone

from portal.floor.ports import PortError
from signatures import revocation, signing, trust
from signatures.refusals import SigningRefused
from signatures.verification import verify
from tests.authority import Authority

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def minute(authority: Authority, settings: Any) -> Authority:
    """The authority, whose word counts for as long as in production."""
    settings.REVOCATION_SIGNING, settings.REVOCATION_JUDGING = 60, 600
    cache.clear()
    return authority


def test_one_certificate_is_asked_about_once_a_minute(minute: Authority) -> None:
    certificate, before = minute.person(), minute.asked()
    for _ in range(5):
        trust.check_may_sign(certificate.parsed, certificate.issuers)
    after = minute.asked()
    assert (after["ocsp"] - before["ocsp"], after["crl"] - before["crl"]) == (1, 1)


def test_operators_are_told_what_is_true_now(minute: Authority) -> None:
    certificate = minute.person()
    trust.check_may_sign(certificate.parsed, certificate.issuers)
    minute.revoke(certificate)
    assert "thu hồi" in trust.ask(certificate.parsed, certificate.issuers).refusal


def test_after_its_time_an_answer_is_asked_anew(minute: Authority, settings: Any) -> None:
    certificate = minute.person()
    trust.check_may_sign(certificate.parsed, certificate.issuers)
    minute.revoke(certificate)
    settings.REVOCATION_SIGNING = 0
    with pytest.raises(SigningRefused, match="thu hồi"):
        trust.check_may_sign(certificate.parsed, certificate.issuers)


def test_no_answer_is_kept_beyond_its_own_end(minute: Authority) -> None:
    certificate = minute.person()
    trust.check_may_sign(certificate.parsed, certificate.issuers)
    (key,) = [key for key in [revocation._about(certificate.parsed)] if cache.get(key)]
    _asked_at, der = cache.get(key)
    told = ocsp.OCSPResponse.load(der).basic_ocsp_response["tbs_response_data"]["responses"][0]
    answers = revocation.Answers([], since=timezone.now())
    answers.heard("ocsp:x", der, timezone.now() - SECOND)
    answers.heard("ocsp:y", der, None)
    answers.heard("ocsp:z", der, told["next_update"].native)
    answers.keep()
    assert [cache.get(f"ocsp:{name}") is not None for name in "xyz"] == [False, False, True]


def test_with_the_authority_down_nothing_is_signed_beyond_the_answer_and_judging_says_so(
    minute: Authority, party: Callable[..., Any], settings: Any, ordered: Any
) -> None:
    own = party("pki")
    settings.CA_URL, settings.TSA_URL, settings.TRUST_ROOTS = own.url, own.ready["tsa_url"], [own.ready["root_pem"]]
    certificate = minute.person()
    document = signing.perform(signing.order(ordered(certificate)).pk)
    assert document
    pdf = signing.read(document)
    own.kill()
    trust.check_may_sign(certificate.parsed, certificate.issuers)
    settings.REVOCATION_SIGNING = 0
    with pytest.raises(PortError):
        trust.check_may_sign(certificate.parsed, certificate.issuers)
    settings.REVOCATION_JUDGING = 0
    report = verify(pdf)
    assert (report.verdict, report.unanswered) == ("unknown_issuer", True)


def test_a_batch_reads_roots_and_answers_once(minute: Authority, django_assert_num_queries: Any) -> None:
    certificate = minute.person()
    with trust.batch():
        trust.check_may_sign(certificate.parsed, certificate.issuers)
        with django_assert_num_queries(0):
            for _ in range(10):
                trust.check_may_sign(certificate.parsed, certificate.issuers)


def test_a_batch_that_lasts_too_long_asks_again(minute: Authority, settings: Any) -> None:
    certificate = minute.person()
    settings.REVOCATION_SIGNING = 0
    with trust.batch():
        trust.check_may_sign(certificate.parsed, certificate.issuers)
        minute.revoke(certificate)
        with pytest.raises(SigningRefused, match="thu hồi"):
            trust.check_may_sign(certificate.parsed, certificate.issuers)
