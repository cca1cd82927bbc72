"""The provider's signatures: given at once, or after the holder of the key has confirmed on a device of their own.

A holder is asked once for all that waits together. That is written down before it is done: whoever comes after a crash
must not ask again.
"""

import textwrap
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.ports import PortError
from signatures import leases
from signatures.models import SigningRequest
from signatures.providers.base import AsksTheHolder, BytesToSign, NotYet, Question, Unanswered, provider

# A little longer than the four minutes that the services give their holders: theirs is the last word.
PATIENCE = timedelta(minutes=5)
LONGEST_LABEL = 200


def hear(requests: Sequence[SigningRequest], at: datetime) -> None:
    """What the holder says to the question that some of these stand in; a no is one to all that wait together."""
    waiting = [one for one in requests if one.signature is None]
    with leases.settling(waiting, at):
        for name in dict.fromkeys(one.question for one in waiting if one.answer_by):
            _hear([one for one in waiting if one.answer_by and one.question == name], waiting, at)


def obtain(requests: Sequence[SigningRequest], at: datetime) -> None:
    """Signatures that the certificate's key really made, kept in the rows; requests that get none are settled."""
    while waiting := [one for one in leases.held(requests) if one.signature is None]:
        with leases.settling(waiting, at):
            holds = provider(waiting[0].certificate.provider)
            if isinstance(holds, AsksTheHolder):
                _ask(holds, waiting[: holds.most_files], waiting, at)
                continue
            for one in waiting:
                with leases.settling([one], at):
                    _take([(one, holds.sign(_bytes(one)))], at)


def code(key: uuid.UUID) -> str:
    """What the holder compares on both screens before confirming, for a batch or for a request alone."""
    return key.hex[-8:].upper()


def _code(request: SigningRequest) -> str:
    return code(request.batch or request.pk)


def _hear(asked: list[SigningRequest], waiting: list[SigningRequest], at: datetime) -> None:
    first = asked[0]
    if not first.question:
        raise PortError(
            _(
                "Không rõ dịch vụ ký đã nhận yêu cầu hay chưa, nên hệ thống không tự gửi lại. Trên điện thoại, từ chối "
                "yêu cầu có mã %(code)s nếu thấy; sau đó bấm ký lại."
            )
            % {"code": _code(first)},
            permanent=True,
        )
    # Also what has ended meanwhile: the service answers to the question as it was asked.
    whole = SigningRequest.objects.together_with(first.pk).filter(question=first.question).order_by("pk")
    files = list(whole.select_related("certificate"))
    service = provider(first.certificate.provider)
    assert isinstance(service, AsksTheHolder)
    signatures = service.answer(_question(files, first.question))
    if signatures is not None:
        still = {one.pk: one for one in asked}
        _take([(still[f.pk], given) for f, given in zip(files, signatures, strict=True) if f.pk in still], at)
    elif first.on_telephone(at):
        raise _not_yet(asked, waiting)
    else:
        raise PortError(
            _("Yêu cầu ký chưa được xác nhận trên điện thoại trong thời hạn. Bấm ký lại khi sẵn sàng xác nhận."),
            permanent=True,
        )


def _ask(service: AsksTheHolder, asked: list[SigningRequest], waiting: list[SigningRequest], at: datetime) -> None:
    name = str(asked[0].pk)
    leases.write(asked, answer_by=at + PATIENCE, question=name if service.takes_our_name else "")
    asked = leases.held(asked)
    try:
        given = service.ask(_question(asked, name))
    except Unanswered:
        raise
    except PortError:
        leases.write(asked, answer_by=None, question="")
        raise
    if not isinstance(given, str):
        return _take(list(zip(asked, given, strict=True)), at)
    # A fact, whoever has the rows by now.
    SigningRequest.objects.filter(pk__in=[one.pk for one in asked]).update(question=given)
    raise _not_yet(asked, waiting)


def _take(answers: Sequence[tuple[SigningRequest, bytes | None]], at: datetime) -> None:
    """Keep all that is right in one transaction: some services give an answer only once. The rest has failed."""
    with transaction.atomic():
        for one, signature in answers:
            if signature is not None and _made_by_its_key(one, signature):
                with leases.settling([one], at):
                    leases.write([one], signature=signature, attempts=1)
    for one, signature in answers:
        if one.signature is None:
            leases.settle([one], _not_signed() if signature is None else _not_ours(), at)


def _question(files: Sequence[SigningRequest], name: str) -> Question:
    first = files[0]
    return Question(
        name=name,
        code=_code(first),
        label=_label(files),
        account=first.certificate.account,
        algorithm=first.certificate.parsed.public_key.algorithm,
        files=[_bytes(one) for one in files],
    )


def _bytes(request: SigningRequest) -> BytesToSign:
    assert request.attributes is not None
    return BytesToSign(
        bytes(request.attributes),
        request.certificate.provider_ref,
        request.reference,
        name=str(request.pk),
        label=_label([request]),
    )


def _label(files: Sequence[SigningRequest]) -> str:
    names = ", ".join(_named(files))
    if len(files) == 1:
        return names or _("Văn bản điện tử")
    counted = _("%(count)s văn bản") % {"count": len(files)}
    return textwrap.shorten(f"{counted}: {names}" if names else counted, LONGEST_LABEL, placeholder="…")


def _named(files: Iterable[SigningRequest]) -> list[str]:
    return [one.reason for one in files if one.reason]


def _not_yet(asked: list[SigningRequest], waiting: list[SigningRequest]) -> NotYet:
    until = asked[0].answer_by
    assert until
    facts = {"code": _code(asked[0]), "count": len(asked), "time": f"{timezone.localtime(until):%H:%M}"}
    if len(asked) == 1:
        text = _("Mở ứng dụng ký số trên điện thoại, đối chiếu mã %(code)s rồi xác nhận trước %(time)s.")
    else:
        text = _(
            "Mở ứng dụng ký số trên điện thoại, đối chiếu mã %(code)s, xác nhận một lần cho %(count)s văn bản "
            "trước %(time)s."
        )
    if rest := len(waiting) - len(asked):
        text += " " + _("%(rest)s văn bản còn lại được hỏi ngay sau đó.")
    return NotYet(text % (facts | {"rest": rest}))


def _not_signed() -> PortError:
    return PortError(
        _("Dịch vụ ký đã trả lời nhưng không ký văn bản này. Bấm ký lại; nếu vẫn lỗi, báo quản trị."), permanent=True
    )


def _not_ours() -> PortError:
    return PortError(
        _("Chữ ký nhận được không khớp với chứng thư số. Báo quản trị hệ thống kiểm tra chứng thư, rồi ký lại."),
        permanent=True,
    )


def _made_by_its_key(request: SigningRequest, signature: bytes) -> bool:
    """A service may answer with another key or another file's hash; that must not come into any file."""
    assert request.attributes is not None
    content = bytes(request.attributes)
    key = load_der_public_key(request.certificate.parsed.public_key.dump())
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
        else:
            assert isinstance(key, ec.EllipticCurvePublicKey)
            key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
