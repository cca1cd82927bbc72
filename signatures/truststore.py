"""The trust store as administrators maintain it: what may be added, what is no longer trusted."""

import hashlib
import uuid
from datetime import datetime

from asn1crypto import pem, x509
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from signatures.models import TrustedRoot
from signatures.refusals import SigningRefused

MOST = 64 * 1024  # bytes; a certificate has two or three thousand


def read(content: bytes, *, at: datetime) -> x509.Certificate:
    """The authority's certificate in a file (PEM or DER). Raises SigningRefused for anything nobody may trust."""
    if len(content) > MOST:
        raise SigningRefused(_("Tệp quá lớn, không phải một chứng thư. Chọn tệp chứng thư (.pem, .crt, .cer, .der)."))
    certificate = _parsed(content)
    if not certificate.ca or not _signs_certificates(certificate):
        raise SigningRefused(_("Đây không phải chứng thư của tổ chức cấp chứng thư (CA)."))
    if certificate.not_valid_after <= at:
        raise SigningRefused(_("Chứng thư này đã hết hạn. Tải tệp đang còn hiệu lực."))
    if certificate.not_valid_before > at:
        raise SigningRefused(_("Chứng thư này chưa có hiệu lực. Thêm lại khi đến ngày."))
    if TrustedRoot.objects.trusted().filter(sha256=fingerprint(certificate)).exists():
        raise SigningRefused(_("Chứng thư này đã có trong danh sách tin cậy."))
    return certificate


def add(certificate: x509.Certificate, *, kind: str, document: str, by: uuid.UUID | None, at: datetime) -> TrustedRoot:
    """Trust what `read` gave. Raises SigningRefused when somebody was faster."""
    try:
        with transaction.atomic():
            root: TrustedRoot = TrustedRoot.objects.create(
                kind=kind, document=document, added_by_id=by, added_at=at,
                subject=certificate.subject.human_friendly[:500], sha256=fingerprint(certificate),
                pem=pem.armor("CERTIFICATE", certificate.dump()).decode(),
                valid_from=certificate.not_valid_before, valid_to=certificate.not_valid_after,
            )  # fmt: skip
    except IntegrityError:
        raise SigningRefused(_("Chứng thư này đã có trong danh sách tin cậy.")) from None
    return root


def withdraw(root: TrustedRoot, *, reason: str, at: datetime) -> None:
    """From now on nothing below it is trusted. Raises SigningRefused when it was withdrawn already."""
    if not TrustedRoot.objects.trusted().filter(pk=root.pk).update(withdrawn_at=at, withdrawn_reason=reason):
        raise SigningRefused(_("Chứng thư này đã thôi được tin cậy. Tải lại trang để xem."))


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER, hex, as authorities publish it."""
    return hashlib.sha256(certificate.dump()).hexdigest()


def _parsed(content: bytes) -> x509.Certificate:
    try:
        armoured = pem.detect(content)
        blocks = [der for _kind, _headers, der in pem.unarmor(content, multiple=True)] if armoured else [content]
        if len(blocks) != 1:
            raise SigningRefused(_("Tệp có nhiều chứng thư. Tách riêng chứng thư gốc rồi tải lại."))
        certificate = x509.Certificate.load(blocks[0], strict=True)
        certificate.native  # noqa: B018 -- the parser is lazy: what is broken shows here
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SigningRefused(_("Không đọc được chứng thư. Chọn tệp chứng thư dạng PEM hoặc DER.")) from error
    return certificate


def _signs_certificates(certificate: x509.Certificate) -> bool:
    usage = certificate.key_usage_value
    return usage is None or "key_cert_sign" in usage.native
