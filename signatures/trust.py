"""Whom we trust, and whether they still stand by a certificate."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import pem, x509
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from portal.floor.ports import PortError
from signatures.refusals import SigningRefused
from signatures.waiting import wait

SECONDS = 5  # for one answer of an outside authority


def roots() -> tuple[x509.Certificate, ...]:
    """The certificates named by settings.TRUST_ROOTS (PEM files)."""
    return _read(tuple(settings.TRUST_ROOTS))


@lru_cache
def _read(paths: tuple[str, ...]) -> tuple[x509.Certificate, ...]:
    return tuple(
        x509.Certificate.load(der)
        for path in paths
        for _, _, der in pem.unarmor(Path(path).read_bytes(), multiple=True)
    )


def context(others: Iterable[x509.Certificate] = (), *, online: bool, at: datetime | None = None) -> ValidationContext:
    """Validation against our roots as of `at` (now).

    `online` asks OCSP responders and fetches lists, and then insists on an answer.
    """
    return ValidationContext(
        moment=at,
        trust_roots=list(roots()),
        other_certs=list(others),
        allow_fetching=online,
        revocation_mode="hard-fail" if online else "soft-fail",
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=SECONDS) if online else None,
    )


def check_may_sign(certificate: x509.Certificate, issuers: Sequence[x509.Certificate], *, online: bool = True) -> None:
    """Raises SigningRefused for a certificate nobody should rely on; PortError when its authority does not answer."""
    # First without the network: addresses inside a certificate are followed only below a root we trust.
    for ask in (False, True) if online else (False,):
        validator = CertificateValidator(certificate, validation_context=context(issuers, online=ask))
        try:
            wait(validator.async_validate_usage({"non_repudiation"}))
        except InsufficientRevinfoError as error:
            raise PortError(_("Chưa hỏi được tình trạng chứng thư số; hệ thống sẽ tự thử lại.")) from error
        except (PathError, ValidationError) as error:
            raise SigningRefused(_reason(error)) from error


def _reason(error: Exception) -> str:
    match error:
        case RevokedError():
            return _("Chứng thư số đã bị thu hồi.")
        case ExpiredError():
            return _("Chứng thư số đã hết hạn.")
        case NotYetValidError():
            return _("Chứng thư số chưa có hiệu lực.")
        case InvalidCertificateError():
            return _("Chứng thư số không dùng để ký văn bản được.")
        case _:
            return _("Chứng thư số không do tổ chức được tin cậy cấp.")
