"""Whom we trust, and whether they still stand by a certificate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
from signatures.models import TrustedRoot
from signatures.refusals import SigningRefused
from signatures.waiting import wait

SECONDS = 5  # for one answer of an outside authority


def roots() -> list[x509.Certificate]:
    """Whom we trust now: the files named by settings.TRUST_ROOTS, and what administrators have added and not withdrawn.

    One statement each time, so that every process stops trusting at once; only the parsing is remembered.
    """
    added = TrustedRoot.objects.trusted().values_list("pem", flat=True)
    return [*configured(), *(one for text in added for one in _parsed(text))]


def configured() -> tuple[x509.Certificate, ...]:
    """The roots of the server's settings alone."""
    return tuple(one for path in settings.TRUST_ROOTS for one in _read(path))


@lru_cache
def _read(path: str) -> tuple[x509.Certificate, ...]:
    return _parsed(Path(path).read_text(encoding="utf-8"))


@lru_cache
def _parsed(text: str) -> tuple[x509.Certificate, ...]:
    return tuple(x509.Certificate.load(der) for _, _, der in pem.unarmor(text.encode(), multiple=True))


def context(
    others: Iterable[x509.Certificate] = (),
    *,
    online: bool,
    at: datetime | None = None,
    below: Sequence[x509.Certificate] | None = None,
) -> ValidationContext:
    """Validation against `below` (our roots now) as of `at` (now).

    `online` asks OCSP responders and fetches lists, and then insists on an answer. Inside a coroutine say `below`: the
    database is not asked there.
    """
    return ValidationContext(
        moment=at,
        trust_roots=list(roots() if below is None else below),
        other_certs=list(others),
        allow_fetching=online,
        revocation_mode="hard-fail" if online else "soft-fail",
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=SECONDS) if online else None,
    )


@dataclass(frozen=True, slots=True)
class Word:
    """What an authority says of a certificate: through OCSP or a CRL, "" when it was not asked so far."""

    refusal: str = ""  # in words; "" for a good one
    source: str = ""
    revoked_at: datetime | None = None


def check_may_sign(certificate: x509.Certificate, issuers: Sequence[x509.Certificate], *, online: bool = True) -> None:
    """Raises SigningRefused for a certificate nobody should rely on; PortError when its authority does not answer."""
    if refusal := ask(certificate, issuers, online=online).refusal:
        raise SigningRefused(refusal)


def ask(certificate: x509.Certificate, issuers: Sequence[x509.Certificate], *, online: bool = True) -> Word:
    """Whether the certificate may sign, and who says so. Raises PortError when its authority does not answer."""
    ours, source = roots(), ""
    # First without the network: addresses inside a certificate are followed only below a root we trust.
    for asked in (False, True) if online else (False,):
        against = context(issuers, online=asked, below=ours)
        try:
            wait(
                CertificateValidator(certificate, validation_context=against).async_validate_usage({"non_repudiation"})
            )
        except InsufficientRevinfoError as error:
            raise PortError(_("Chưa hỏi được tình trạng chứng thư số; hệ thống sẽ tự thử lại.")) from error
        except RevokedError as error:
            return Word(_reason(error), _source(against, certificate), error.revocation_dt)
        except (PathError, ValidationError) as error:
            return Word(_reason(error))
        source = _source(against, certificate) if asked else ""
    return Word(source=source)


def _source(asked: ValidationContext, certificate: x509.Certificate) -> str:
    """Which of the two ways has told of this very certificate."""
    for response in asked.ocsps:
        told = response.basic_ocsp_response["tbs_response_data"]["responses"]
        if any(one["cert_id"]["serial_number"].native == certificate.serial_number for one in told):
            return "OCSP"
    return "CRL" if asked.crls else ""


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
