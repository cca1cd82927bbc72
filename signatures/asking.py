"""The provider's signature: given at once, or after the holder of the key has confirmed on a device of their own."""

import uuid
from datetime import datetime, timedelta
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.ports import PortError
from signatures.models import Certificate, SigningRequest
from signatures.providers.base import AsksTheHolder, BytesToSign, Unanswered, provider

# A little longer than the four minutes that the services give their holders: theirs is the last word.
PATIENCE = timedelta(minutes=5)
LOOK_AGAIN = timedelta(seconds=5)


class NotYet(PortError):
    """The holder was asked and has not answered."""


class Keep(Protocol):
    """Writes columns of the request, at once and only while it is ours."""

    def __call__(self, request: SigningRequest, **changes: object) -> None: ...


def obtain(request: SigningRequest, attributes: bytes, keep: Keep, *, at: datetime) -> bytes:
    """A signature over the attributes that the certificate's key really made.

    Raises NotYet while the holder may still confirm; PortError, permanent when there will be none.
    """
    certificate = request.certificate
    order = BytesToSign(
        attributes,
        certificate.provider_ref,
        request.reference,
        account=certificate.account,
        question=str(request.pk),
        code=code(request.pk),
        label=request.reason or _("Văn bản điện tử"),
        algorithm=certificate.parsed.public_key.algorithm,
    )
    holds = provider(certificate.provider)
    signature = _answer(request, holds, order, keep, at) if isinstance(holds, AsksTheHolder) else holds.sign(order)
    _check(certificate, attributes, signature)
    return signature


def waits(request: SigningRequest, at: datetime) -> bool:
    """Whether the holder was asked and may still confirm."""
    return request.signature is None and request.answer_by is not None and at < request.answer_by


def code(request_id: uuid.UUID) -> str:
    """What the holder compares on both screens before confirming."""
    return request_id.hex[-8:].upper()


def _answer(request: SigningRequest, service: AsksTheHolder, order: BytesToSign, keep: Keep, at: datetime) -> bytes:
    if request.answer_by is None:
        given = _ask(request, service, order, keep, at)
        if given is None:
            raise _not_yet(request, order)
        return given
    if not request.question:
        raise PortError(
            _(
                "Không rõ dịch vụ ký đã nhận yêu cầu hay chưa, nên hệ thống không tự gửi lại. Trên điện thoại, từ chối "
                "yêu cầu có mã %(code)s nếu thấy; sau đó bấm ký lại."
            )
            % {"code": order.code},
            permanent=True,
        )
    if (signature := service.answer(order, request.question)) is not None:
        return signature
    if waits(request, at):
        raise _not_yet(request, order)
    raise PortError(
        _("Yêu cầu ký chưa được xác nhận trên điện thoại trong thời hạn. Bấm ký lại khi sẵn sàng xác nhận."),
        permanent=True,
    )


def _ask(request: SigningRequest, service: AsksTheHolder, order: BytesToSign, keep: Keep, at: datetime) -> bytes | None:
    """Written down before it is done: whoever comes after a crash must not ask again."""
    keep(request, answer_by=at + PATIENCE, question=order.question if service.takes_our_name else "")
    try:
        given = service.ask(order)
    except Unanswered:
        raise
    except PortError:
        keep(request, answer_by=None, question="")
        raise
    if isinstance(given, bytes):
        return given
    keep(request, question=given)
    return None


def _not_yet(request: SigningRequest, order: BytesToSign) -> NotYet:
    assert request.answer_by
    until = timezone.localtime(request.answer_by)
    return NotYet(
        _("Mở ứng dụng ký số trên điện thoại, đối chiếu mã %(code)s rồi xác nhận trước %(time)s.")
        % {"code": order.code, "time": f"{until:%H:%M}"}
    )


def _check(certificate: Certificate, content: bytes, signature: bytes) -> None:
    """A service may answer with another key or another hash; such a signature must not come into any file."""
    key = load_der_public_key(certificate.parsed.public_key.dump())
    try:
        if isinstance(key, rsa.RSAPublicKey):
            return key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
        assert isinstance(key, ec.EllipticCurvePublicKey)
        return key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise PortError(
            _("Chữ ký nhận được không khớp với chứng thư số. Báo quản trị hệ thống kiểm tra chứng thư, rồi ký lại."),
            permanent=True,
        ) from error
