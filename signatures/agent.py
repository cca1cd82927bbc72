"""The signing program of the government's certificates on the officer's own machine (VGCA, Ban Cơ yếu Chính phủ).

The page hands the program two addresses: it fetches the file from one, the officer signs with a token and its PIN, and
it brings the signed file to the other. The program has no session of ours: the secret in the addresses lets it in, for
one request, for ten minutes, until the file is there.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.ports import PortError
from signatures import returned, signing
from signatures.models import AgentSession, Certificate, SignedDocument, SigningRequest
from signatures.refusals import SigningRefused

OPEN_FOR = timedelta(minutes=10)
SECRET_BYTES = 32


class NoSession(Exception):
    """Nobody was given this address."""


class SessionOver(Exception):
    """Used, replaced by a newer one, or too old."""


class AlreadySigned(Exception):
    """The request waits for nothing any more."""


@dataclass(frozen=True, slots=True)
class Opened:
    """`secret` is shown this once and kept nowhere."""

    secret: str
    expires_at: datetime


def open_session(request: SigningRequest, *, by: uuid.UUID, at: datetime) -> Opened:
    """New addresses for the request; those given before end. Raises AlreadySigned.

    Raises SigningRefused when the certificate can no longer sign: the request is then given up and its desk told.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    if not _usable(request.certificate, at):
        reason = _("Chứng thư số không còn hiệu lực hoặc đã ngừng dùng.")
        signing.fail(request, reason, at)
        raise SigningRefused(reason)
    with transaction.atomic():
        waiting = SigningRequest.objects.waiting().filter(certificate__provider="agent")
        if waiting.select_for_update(of=("self",)).filter(pk=request.pk).first() is None:
            raise AlreadySigned
        AgentSession.objects.filter(request=request, closed_at=None).update(closed_at=at)
        session = AgentSession.objects.create(
            request=request, secret_sha256=_digest(secret), opened_by=by, opened_at=at, expires_at=at + OPEN_FOR
        )
    return Opened(secret, session.expires_at)


def original(secret: str, *, at: datetime) -> bytes:
    """The file to be signed. Raises NoSession, SessionOver, AlreadySigned."""
    return read_original(_session(secret, at).request)


def receive(secret: str, pdf: bytes, *, at: datetime) -> SignedDocument:
    """Take the signed file that the program brings. An address is good for one file, right or wrong.

    Raises NoSession, SessionOver, AlreadySigned; SigningRefused with what is wrong; PortError when it should be brought
    again.
    """
    session = _session(secret, at)
    try:
        return take(session.request, pdf, at=at)
    except SigningRefused:
        AgentSession.objects.filter(pk=session.pk, closed_at=None).update(closed_at=at)
        raise


def take(request: SigningRequest, pdf: bytes, *, at: datetime) -> SignedDocument:
    """The signed file of a request whose signer or clerk has logged in, judged like any other.

    Raises AlreadySigned; SigningRefused, and the request goes on waiting; PortError.
    """
    if request.state != SigningRequest.State.WAITING:
        raise AlreadySigned
    if not _usable(request.certificate, at):
        raise SigningRefused(_("Chứng thư số không còn hiệu lực hoặc đã ngừng dùng."))
    judged = returned.judge(read_original(request), pdf, request.certificate, at=at)
    document = signing.take_in(request.pk, pdf, signed_at=judged.signed_at, level=judged.level, at=at)
    if document is None:
        request.refresh_from_db(fields=["state"])
        if request.state != SigningRequest.State.WAITING:
            raise AlreadySigned
        raise PortError(_("Văn bản này đang được nhận ở một phiên khác. Chờ vài phút rồi gửi lại."))
    AgentSession.objects.filter(request=request, closed_at=None).update(closed_at=at)
    return document


def read_original(request: SigningRequest) -> bytes:
    """The very bytes that were ordered to be signed."""
    with request.original.open("rb") as stored:
        content = bytes(stored.read())
    if hashlib.sha256(content).hexdigest() != request.original_sha256:
        raise ValueError(f"stored bytes of {request.reference} differ from what was ordered")
    return content


def _session(secret: str, at: datetime) -> AgentSession:
    known = AgentSession.objects.select_related("request__certificate")
    session = known.filter(secret_sha256=_digest(secret)).first()
    if session is None:
        raise NoSession
    if session.request.state != SigningRequest.State.WAITING:
        raise AlreadySigned
    if session.closed_at is not None or session.expires_at <= at:
        raise SessionOver
    return session


def _usable(certificate: Certificate, at: datetime) -> bool:
    return Certificate.objects.usable(timezone.localdate(at)).filter(pk=certificate.pk).exists()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
