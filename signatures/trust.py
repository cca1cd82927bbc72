"""Whom we trust, and whether they still stand by a certificate."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from asn1crypto import pem, x509
from django.conf import settings
from django.utils import timezone
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

from portal.floor.ports import PortError
from signatures.models import TrustedRoot
from signatures.refusals import SigningRefused
from signatures.revocation import Answers
from signatures.waiting import wait

USAGES = {"sign": {"non_repudiation"}, "stamp": {"digital_signature"}}


@dataclass(slots=True)
class _Batch:
    """What a batch has read already: our roots, and the certificates whose authority stood by them, by fingerprint."""

    until: datetime
    roots: list[x509.Certificate] | None = None
    good: set[bytes] = field(default_factory=set)


_batch: ContextVar[_Batch | None] = ContextVar("batch", default=None)


@contextmanager
def batch() -> Iterator[None]:
    """Within it roots are read, and each certificate's authority asked, once in settings.REVOCATION_SIGNING seconds."""
    if _batch.get() is not None:
        yield
        return
    token = _batch.set(_Batch(timezone.now() + _old("SIGNING")))
    try:
        yield
    finally:
        _batch.reset(token)


def _running() -> _Batch | None:
    """The batch that we are in; one that has lasted too long begins anew."""
    running = _batch.get()
    if running is not None and running.until <= timezone.now():
        running.until, running.roots, running.good = timezone.now() + _old("SIGNING"), None, set()
    return running


def roots() -> list[x509.Certificate]:
    """Whom we trust now: the files named by settings.TRUST_ROOTS, and what administrators have added and not withdrawn.

    One statement each time, or for each batch, so that every process stops trusting at once; the parsing is remembered.
    """
    running = _running()
    if running is None:
        return _trusted()
    if running.roots is None:
        running.roots = _trusted()
    return running.roots


def _trusted() -> list[x509.Certificate]:
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
    answers: Answers | None = None,
) -> ValidationContext:
    """Validation against `below` (our roots now) as of `at` (now).

    `online` asks OCSP responders and fetches lists, and then insists on an answer; `answers` may have it at hand.
    Inside a coroutine say `below` and `answers`: the database is not asked there.
    """
    if online and answers is None:
        answers = Answers((), since=timezone.now())
    return ValidationContext(
        moment=at,
        trust_roots=list(roots() if below is None else below),
        other_certs=list(others),
        allow_fetching=online,
        revocation_mode="hard-fail" if online else "soft-fail",
        fetcher_backend=answers if online else None,
    )


@dataclass(frozen=True, slots=True)
class Word:
    """What an authority says of a certificate: through OCSP or a CRL, "" when it was not asked so far."""

    refusal: str = ""  # in words; "" for a good one
    source: str = ""
    revoked_at: datetime | None = None


def check_may_sign(certificate: x509.Certificate, issuers: Sequence[x509.Certificate], *, online: bool = True) -> None:
    """Raises SigningRefused for a certificate nobody should rely on; PortError when its authority does not answer.

    An answer counts for settings.REVOCATION_SIGNING seconds at most, and never beyond its own end.
    """
    running = _running()
    if running is not None and certificate.sha256 in running.good:
        return
    now = timezone.now()
    if refusal := ask(certificate, issuers, online=online, since=now - _old("SIGNING")).refusal:
        raise SigningRefused(refusal)
    if running is not None and online:
        running.good.add(certificate.sha256)


def ask(
    certificate: x509.Certificate,
    issuers: Sequence[x509.Certificate],
    *,
    online: bool = True,
    since: datetime | None = None,
    usage: Literal["sign", "stamp"] = "sign",
) -> Word:
    """Whether the certificate may be used, and who says so; answers of `since` (now) or later count.

    Raises PortError when its authority does not answer.
    """
    ours, source = roots(), ""
    known = [certificate, *issuers] if since else []
    answers = Answers(known, since=since or timezone.now()) if online else None
    # First without the network: addresses inside a certificate are followed only below a root we trust.
    for asked in (False, True) if online else (False,):
        against = context(issuers, online=asked, below=ours, answers=answers)
        try:
            checked = CertificateValidator(certificate, validation_context=against)
            wait(checked.async_validate_usage(USAGES[usage]))
        except InsufficientRevinfoError as error:
            raise PortError(_("Chưa hỏi được tình trạng chứng thư số; hệ thống sẽ tự thử lại.")) from error
        except RevokedError as error:
            return Word(_reason(error), _source(against, certificate), error.revocation_dt)
        except (PathError, ValidationError) as error:
            return Word(_reason(error))
        source = _source(against, certificate) if asked else ""
    if answers is not None:
        answers.keep()
    return Word(source=source)


def recent() -> datetime:
    """From when on an answer counts where a signature is judged, not made."""
    return timezone.now() - _old("JUDGING")


def _old(doing: Literal["SIGNING", "JUDGING"]) -> timedelta:
    return timedelta(seconds=getattr(settings, f"REVOCATION_{doing}"))


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
