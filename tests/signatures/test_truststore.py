"""What administrators trust is trusted at once, and no longer when they withdraw it."""

import datetime as dt
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings as product
from django.utils import timezone

from signatures import signing, trust, truststore
from signatures.models import TrustedRoot
from signatures.refusals import SigningRefused
from signatures.verification import verify, verify_detached
from tests.portal import certified
from tests.signatures.test_cades import CONTENT, beside

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def add(content: bytes) -> TrustedRoot:
    now = timezone.now()
    root = truststore.read(content, at=now)
    return truststore.add(root, kind="government", document="Văn bản số 1/TB", by=None, at=now)


def made(first: float = -1, last: float = 300, *, ca: bool = True, name: str = "Gốc thử") -> bytes:
    now = timezone.now()
    return certified.certificate(name, now + first * DAY, now + last * DAY, ca=ca).public_bytes(Encoding.PEM)


def test_an_added_root_makes_signatures_valid_and_its_withdrawal_unknown(authority, ordered, settings):
    document = signing.perform(signing.order(ordered(authority.person())).pk)
    pdf, beside_it = document.file.read(), beside(authority.agency())
    root_pem = Path(product.TRUST_ROOTS[0]).read_bytes()
    settings.TRUST_ROOTS = []
    assert verify(pdf).verdict == verify_detached(CONTENT, beside_it).verdict == "unknown_issuer"
    root = add(root_pem)
    assert verify(pdf).verdict == "valid"
    assert verify_detached(CONTENT, beside_it).verdict != "unknown_issuer"
    truststore.withdraw(root, reason="Thu hồi giấy phép", at=timezone.now())
    assert verify(pdf).verdict == verify_detached(CONTENT, beside_it).verdict == "unknown_issuer"


def test_the_authority_is_asked_and_named(authority):
    certificate = authority.person()
    good = trust.ask(certificate.parsed, certificate.issuers)
    assert (good.refusal, good.source) == ("", "OCSP")
    authority.revoke(certificate)
    word = trust.ask(certificate.parsed, certificate.issuers)
    assert (word.refusal, word.source) == ("Chứng thư số đã bị thu hồi.", "OCSP")
    assert abs(word.revoked_at - timezone.now()) < DAY


def test_the_file_may_be_armoured_or_not(settings):
    settings.TRUST_ROOTS = []
    armoured = made()
    root = add(pem.unarmor(armoured)[2])
    assert [one.dump() for one in trust.roots()] == [root.parsed.dump()]
    with pytest.raises(SigningRefused, match="đã có"):
        truststore.read(armoured, at=timezone.now())


def test_two_at_once_add_a_root_once():
    root = truststore.read(made(), at=timezone.now())
    truststore.add(root, kind="public", document="x", by=None, at=timezone.now())
    with pytest.raises(SigningRefused, match="đã có"):
        truststore.add(root, kind="public", document="x", by=None, at=timezone.now())


def test_what_was_withdrawn_may_come_back_and_is_withdrawn_once():
    content = made()
    root = add(content)
    truststore.withdraw(root, reason="Nhầm", at=timezone.now())
    with pytest.raises(SigningRefused, match="đã thôi"):
        truststore.withdraw(root, reason="Nhầm", at=timezone.now())
    add(content)
    assert TrustedRoot.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (made(ca=False), "không phải chứng thư của tổ chức"),
        (made(-9, -1), "hết hạn"),
        (made(1, 9), "chưa có hiệu lực"),
        (made() + made(name="Gốc khác"), "nhiều chứng thư"),
        (b"", "Không đọc được"),
        (b"\x00" * 90, "Không đọc được"),
        ("Không phải chứng thư".encode(), "Không đọc được"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "Không đọc được"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA", "Không đọc được"),
        (made()[:200] + made()[260:], "Không đọc được"),
        (b"0" * 70_000, "quá lớn"),
    ],
)  # fmt: skip
def test_what_nobody_may_trust_is_refused(content, words):
    with pytest.raises(SigningRefused, match=words):
        truststore.read(content, at=timezone.now())
