"""Verdicts are kept with what they rest on, and only added to."""

import base64
import datetime as dt
from typing import Any

import pytest
from asn1crypto import ocsp
from django.utils import timezone

from signatures import judging, preserving, reporting, signing
from signatures.models import Judgement, Preservation

pytestmark = pytest.mark.django_db


def test_what_was_signed_is_judged_once_with_its_evidence(authority: Any, ordered: Any) -> None:
    certificate, now = authority.person(), timezone.now()
    document = signing.perform(signing.order(ordered(certificate)).pk)
    assert document
    assert judging.sweep(now) == 1
    assert judging.sweep(now) == 0
    judged = judging.newest([document.sha256])[document.sha256]
    assert (judged.verdict, judged.origin) == ("valid", "issued")
    assert judged.signatures[0]["serial"] == certificate.serial
    evidence = judged.evidence
    assert base64.b64decode(evidence["certificates"][0]) == certificate.parsed.dump()
    assert [ocsp.OCSPResponse.load(base64.b64decode(one))["response_status"].native for one in evidence["answers"]]
    assert len(evidence["stamps"]) == 1
    assert evidence["lists"]


def test_what_was_preserved_is_judged_too(authority: Any, ordered: Any) -> None:
    now = timezone.now()
    signing.perform(signing.order(ordered(authority.person())).pk)
    preserving.sweep(now + dt.timedelta(hours=2))
    assert judging.sweep(now) == 2
    kept = Preservation.objects.get()
    assert judging.newest([kept.sha256])[kept.sha256].signatures[0]["level"] == "B-LTA"


def test_the_newest_verdict_counts_and_the_older_stays(authority: Any, ordered: Any) -> None:
    certificate, now = authority.person(), timezone.now()
    document = signing.perform(signing.order(ordered(certificate)).pk)
    assert document
    pdf = signing.read(document)
    first = judging.keep(reporting.judge(pdf), Judgement.Origin.RECEIVED, at=now)
    authority.revoke(certificate, at=document.signed_at - dt.timedelta(hours=1))
    judging.keep(reporting.judge(pdf), Judgement.Origin.RECEIVED, at=now + dt.timedelta(days=1))
    assert judging.newest([document.sha256])[document.sha256].verdict == "invalid"
    assert Judgement.objects.get(pk=first.pk).verdict == "valid"


def test_of_a_file_that_was_only_shown_hash_and_verdict_are_kept(decision: bytes) -> None:
    judging.keep(reporting.judge(decision), Judgement.Origin.SHOWN, at=timezone.now())
    kept = Judgement.objects.get()
    assert (kept.verdict, kept.signatures, kept.evidence) == ("invalid", None, None)
    assert judging.newest([kept.sha256]) == {}


def test_files_of_every_kind_find_their_judge(authority: Any, ordered: Any, decision: bytes) -> None:
    document = signing.perform(signing.order(ordered(authority.person(), form="cms", pdf=decision)).pk)
    assert document
    assert reporting.judge(decision, signing.read(document)).verdict == "valid"
    assert reporting.judge(decision).verdict == "invalid"
    assert reporting.judge(b"<a/>").reasons == ("Tệp không có chữ ký số nào.",)
    assert set(reporting.as_json(reporting.judge(decision, signing.read(document)))["signatures"][0]) == {
        "verdict", "reasons", "signer", "organisation", "serial", "issuer", "claimed_at", "stamped_at", "level",
    }  # fmt: skip
    assert judging.sweep(timezone.now()) == 1
