"""Signatures that outlive their certificates: proofs and document time stamps in the file itself."""

import datetime as dt

import pytest
from django.utils import timezone

from portal.floor.ports import PortError
from signatures import longterm, preserving, signing
from signatures.models import Preservation, SignedDocument
from signatures.verification import verify

pytestmark = pytest.mark.django_db


def signed(wish):
    document = signing.perform(signing.order(wish).pk)
    assert isinstance(document, SignedDocument)
    return signing.read(document)


@pytest.fixture
def by_both(authority, ordered):
    return signed(ordered(authority.agency(), "test:1:seal", pdf=signed(ordered(authority.person()))))


def test_protecting_adds_proofs_and_a_stamp_without_touching_a_byte(by_both):
    protected = longterm.protect(by_both)
    assert protected.pdf.startswith(by_both)
    report = verify(protected.pdf)
    assert report.verdict == "valid"
    assert [one.level for one in report.signatures] == ["B-LTA", "B-LTA"]
    assert protected.stamp_until is not None
    assert protected.stamp_until > timezone.now() + dt.timedelta(days=365)


def test_proofs_without_a_document_stamp_are_level_lt(by_both):
    protected = longterm.protect(by_both, archive=False)
    assert [one.level for one in verify(protected.pdf).signatures] == ["B-LT", "B-LT"]
    assert protected.stamp_until is None


def test_proofs_say_nothing_anew_of_the_document_itself(by_both):
    """What stands behind the last signature is covered by none: title and dates have no place there."""
    added = longterm.protect(by_both, archive=False).pdf[len(by_both) :]
    assert added
    assert b"/Title" not in added
    assert b"xpacket" not in added


def test_after_its_certificate_has_expired_the_file_alone_proves_the_signature(by_both, settings):
    later = timezone.now() + dt.timedelta(days=3 * 365)
    assert not any("lưu trữ dài hạn" in reason for reason in verify(by_both, at=later).reasons)
    report = verify(longterm.protect(by_both).pdf, at=later)
    assert report.verdict == "valid"
    assert any("lưu trữ dài hạn" in reason for reason in report.reasons)


def test_a_stamp_that_runs_out_is_renewed_by_another(by_both):
    once = longterm.protect(by_both)
    twice = longterm.renew(once.pdf)
    assert twice.pdf.startswith(once.pdf)
    assert verify(twice.pdf).verdict == "valid"


def test_without_the_authorities_nothing_is_half_protected(by_both, settings):
    settings.TSA_URL = "http://127.0.0.1:9/tsa"
    with pytest.raises(PortError):
        longterm.protect(by_both)


HOURS = dt.timedelta(hours=1)


def test_a_settled_document_is_preserved_once_and_the_original_kept(by_both, authority):
    now = timezone.now()
    assert preserving.sweep(now) == 0  # the seal may still be to come
    assert preserving.sweep(now + 2 * HOURS) == 1  # the one with both signatures, not the one before it
    assert preserving.sweep(now + 3 * HOURS) == 0
    sealed = SignedDocument.objects.get(reference="test:1:seal")
    assert preserving.best(sealed).startswith(signing.read(sealed))
    assert signing.read(sealed) == by_both
    assert preserving.document_of(Preservation.objects.get().sha256) == sealed
    assert preserving.document_of(sealed.sha256) == sealed


def test_a_time_stamp_is_renewed_half_a_year_before_it_runs_out(by_both):
    now = timezone.now()
    preserving.sweep(now + 2 * HOURS)
    kept = Preservation.objects.get()
    assert preserving.sweep(kept.stamp_until - preserving.AHEAD - HOURS) == 0
    assert preserving.sweep(kept.stamp_until - preserving.AHEAD + HOURS) == 1
    assert preserving.sweep(now + 4 * HOURS) == 0
    assert preserving.best(kept.document).startswith(preserving.read(kept))


def test_while_the_authority_is_silent_nothing_is_marked_as_lost(by_both, settings):
    answers, settings.TSA_URL = settings.TSA_URL, "http://127.0.0.1:9/tsa"
    later = timezone.now() + 2 * HOURS
    assert preserving.sweep(later) == 0
    settings.TSA_URL = answers
    assert preserving.sweep(later) == 1


def test_a_document_that_cannot_be_proven_is_marked_with_the_reason(by_both, authority):
    document = SignedDocument.objects.get(reference="test:1:seal")
    authority.revoke(document.request.certificate)
    assert preserving.sweep(timezone.now() + 2 * HOURS) == 0
    document.refresh_from_db()
    assert "thu hồi" in document.not_preserved
