"""Verdicts kept: of what we signed, of what was handed in, and of what strangers brought to be checked."""

import base64
import hashlib
import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from asn1crypto import crl

from signatures import preserving, reporting, signing
from signatures.models import Judgement, Preservation, SignedDocument, SigningRequest
from signatures.verification import Evidence, Report

logger = logging.getLogger(__name__)
SWEEP = 50


def keep(report: Report, origin: Judgement.Origin, *, at: datetime) -> Judgement:
    """Write the verdict down. Of a file that was only shown: its hash and the verdict, no more."""
    shown = origin == Judgement.Origin.SHOWN
    judgement: Judgement = Judgement.objects.create(
        sha256=report.sha256, origin=origin, verdict=report.verdict, reasons=list(report.reasons), judged_at=at,
        signatures=None if shown else [asdict(one) for one in report.signatures],
        evidence=None if shown else _written(report.evidence),
    )  # fmt: skip
    return judgement


def newest(hashes: Iterable[str]) -> dict[str, Judgement]:
    """The verdict that counts for each of these hashes, where there is one, in one statement."""
    rows = Judgement.objects.filter(sha256__in=set(hashes)).exclude(origin=Judgement.Origin.SHOWN)
    return {one.sha256: one for one in rows.order_by("sha256", "judged_at")}


def sweep(at: datetime) -> int:
    """Judge what was signed or preserved and not judged yet; the number done. One failure stops no other."""
    done = 0
    for document in SignedDocument.objects.filter(judged_at=None).order_by("signed_at")[:SWEEP]:
        done += _judge(document, at)
    for kept in Preservation.objects.filter(judged_at=None).order_by("made_at")[:SWEEP]:
        done += _judge(kept, at)
    return done


def _judge(row: SignedDocument | Preservation, at: datetime) -> int:
    try:
        report = _report(row)
    except Exception:
        logger.exception("%s could not be judged; the next sweep tries again", row.pk)
        return 0
    if report is not None:
        keep(report, Judgement.Origin.ISSUED, at=at)
    type(row).objects.filter(pk=row.pk).update(judged_at=at)
    return 1


def _report(row: SignedDocument | Preservation) -> Report | None:
    if isinstance(row, Preservation):
        return reporting.judge(preserving.read(row))
    signed, request = signing.read(row), row.request
    if request.form == SigningRequest.Form.CMS:
        with request.original.open("rb") as original:
            return reporting.judge(original.read(), signed)
    return reporting.judge(signed)


def _written(evidence: Evidence) -> dict[str, Any]:
    return {
        "certificates": [_base64(der) for der in evidence.certificates],
        "answers": [_base64(der) for der in evidence.answers if not _is_list(der)],
        "lists": [hashlib.sha256(der).hexdigest() for der in evidence.answers if _is_list(der)],
        "stamps": [_base64(der) for der in evidence.stamps],
    }


def _is_list(der: bytes) -> bool:
    """Lists may be of megabytes."""
    try:
        return bool(crl.CertificateList.load(der, strict=True)["tbs_cert_list"]["issuer"].native)
    except (ValueError, TypeError):
        return False


def _base64(der: bytes) -> str:
    return base64.b64encode(der).decode()
