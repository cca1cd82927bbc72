"""Certificates: for keys that a provider makes, from an authority that enrols by HTTP; of keys that a service holds."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import requests
from asn1crypto import pem as armour
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.ports import PortError
from signatures import drawing, marks, trust, verification
from signatures.models import Certificate
from signatures.providers.base import KnowsCertificates, MakesRequests, provider
from signatures.refusals import SigningRefused

SECONDS = 10


@dataclass(frozen=True, slots=True)
class Person:
    """An officer, as named in the certificate."""

    user_id: uuid.UUID
    name: str
    title: str
    organisation: str
    algorithm: str = "rsa"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An agency with its seal; `above` is written around the top of the seal."""

    code: str
    name: str
    above: str
    seal_mm: int = 36
    algorithm: str = "ec"


def enrol(holder: Person | Organisation, *, at: datetime, kind: str = "soft") -> Certificate:
    """The holder's usable certificate with a provider of that kind, a new one when there is none below today's roots.

    Raises PortError, permanent when the provider makes no keys.
    """
    objects = Certificate.objects.usable(timezone.localdate(at)).filter(provider=kind)
    mine = objects.for_user(holder.user_id) if isinstance(holder, Person) else objects.for_agency(holder.code)
    known: list[Certificate] = list(mine)
    for certificate in known:
        try:
            trust.check_may_sign(certificate.parsed, certificate.issuers, online=False)
        except SigningRefused:
            continue
        return certificate
    reference = f"person-{holder.user_id}" if isinstance(holder, Person) else f"seal-{holder.code}"
    chain = _ask(request(holder, kind, reference, holder.algorithm), holder)
    return _keep(holder, chain, kind, reference, mark=_drawn(holder))


def request(holder: Person | Organisation, kind: str, reference: str, algorithm: str) -> str:
    """A request for a certificate (PKCS#10, PEM) with the key of that name, made now if need be. Raises PortError."""
    maker = provider(kind)
    if not isinstance(maker, MakesRequests):
        raise PortError(_("Phương thức ký này không tự tạo khóa."), permanent=True)
    return maker.certificate_request(reference, _subject(holder), algorithm)


def register(
    holder: Person | Organisation,
    *,
    kind: str,
    reference: str,
    account: str = "",
    chain: list[bytes] | None = None,
    mark: bytes | None = None,
    online: bool = False,
) -> Certificate:
    """The certificate (DER, its own first) of a key that a token or a remote service holds; known already: that one.

    Without `chain` the service tells it; without `mark` (PNG) it signs invisibly alone; `online` asks its authority.
    Raises PortError; SigningRefused for a certificate that nobody should rely on, or that is somebody else's.
    """
    if chain is None:
        service = provider(kind)
        if not isinstance(service, KnowsCertificates):
            raise PortError(_("Phương thức ký này không cho tra cứu chứng thư."), permanent=True)
        chain = service.chain(reference, account)
    parsed = [asn1.Certificate.load(der) for der in chain]
    if mark is not None:
        marks.check(mark, seal=isinstance(holder, Organisation))
    known = examine(holder, parsed, account=account, online=online)
    return known or _keep(holder, parsed, kind, reference, account, mark)


def examine(
    holder: Person | Organisation, chain: list[asn1.Certificate], *, account: str = "", online: bool
) -> Certificate | None:
    """Check that the holder may sign with it; gives the row when it is registered already.

    Raises SigningRefused for what nobody should rely on or is somebody else's; PortError when `online` and nobody
    answers.
    """
    own = chain[0]
    _check_key(own)
    trust.check_may_sign(own, chain[1:], online=online)
    number = verification.identity_of(own)
    if isinstance(holder, Person) and number and account and account != number:
        raise SigningRefused(_("Số định danh trong chứng thư khác với tài khoản tại dịch vụ ký."))
    known: Certificate | None = Certificate.objects.filter(serial=f"{own.serial_number:x}").first()
    if known is None:
        return None
    same = (
        known.holder_user_id == holder.user_id
        if isinstance(holder, Person)
        else known.holder_agency_code == holder.code
    )
    if not same or known.parsed.dump() != own.dump():
        raise SigningRefused(_("Chứng thư số này đã đăng ký cho người hoặc cơ quan khác."))
    return known


def read_chain(content: bytes) -> list[asn1.Certificate]:
    """The certificates of a file (PEM or DER), the holder's first. Raises SigningRefused."""
    try:
        armoured = armour.detect(content)
        blocks = [der for _kind, _headers, der in armour.unarmor(content, multiple=True)] if armoured else [content]
        found = [asn1.Certificate.load(der, strict=True) for der in blocks]
        for one in found:
            one.native  # noqa: B018 -- the parser is lazy: what is broken shows here
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SigningRefused(_("Không đọc được chứng thư. Chọn tệp chứng thư dạng PEM hoặc DER.")) from error
    # Authorities put them in either order.
    return sorted(found, key=lambda one: bool(one.ca))


def _check_key(own: asn1.Certificate) -> None:
    """The law's lower bounds (QCVN: RSA of 2048 bits, ECDSA over P-256). Raises SigningRefused."""
    key = own.public_key
    if key.algorithm == "rsa" and key.bit_size < 2048:
        raise SigningRefused(_("Khóa RSA ngắn hơn 2048 bit không đủ an toàn để ký."))
    if key.algorithm not in ("rsa", "ec") or (key.algorithm == "ec" and key.curve[1] != "secp256r1"):
        raise SigningRefused(_("Chỉ nhận khóa RSA từ 2048 bit hoặc ECDSA P-256."))
    if own.ca:
        raise SigningRefused(_("Đây là chứng thư của tổ chức cấp chứng thư, không phải của người ký."))


def _subject(holder: Person | Organisation) -> x509.Name:
    if isinstance(holder, Person):
        parts = {
            NameOID.ORGANIZATION_NAME: holder.organisation,
            NameOID.TITLE: holder.title,
            NameOID.COMMON_NAME: holder.name,
        }
    else:
        parts = {NameOID.ORGANIZATION_IDENTIFIER: holder.code, NameOID.COMMON_NAME: holder.name}
    # X.520 allows 64 characters for most parts.
    named = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    named += [x509.NameAttribute(oid, value[:64]) for oid, value in parts.items() if value]
    return x509.Name(named)


def _ask(csr: str, holder: Person | Organisation) -> list[asn1.Certificate]:
    """The chain, nearest first."""
    wish = {"csr": csr, "profile": "person" if isinstance(holder, Person) else "seal"}
    try:
        answer = requests.post(f"{settings.CA_URL}/enrol", json=wish, timeout=SECONDS)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise PortError(_("Cơ quan chứng thực chưa trả lời.")) from error
    return [asn1.Certificate.load(der) for _kind, _headers, der in armour.unarmor(answer.content, multiple=True)]


def _drawn(holder: Person | Organisation) -> bytes:
    """A mark for demonstrations; real ones are pictures of what stands on paper."""
    return (
        drawing.hand_signature(holder.name) if isinstance(holder, Person) else drawing.seal(holder.name, holder.above)
    )


def _keep(
    holder: Person | Organisation,
    chain: list[asn1.Certificate],
    kind: str,
    reference: str,
    account: str = "",
    mark: bytes | None = None,
) -> Certificate:
    own, issuers = chain[0], [one for one in chain[1:] if one.self_signed == "no"]
    certificate = Certificate(
        serial=f"{own.serial_number:x}",
        subject=own.subject.human_friendly[:500],
        pem=_armoured(own),
        chain="".join(_armoured(one) for one in issuers),
        provider=kind,
        provider_ref=reference,
        account=account,
        valid_from=own.not_valid_before,
        valid_to=own.not_valid_after,
    )
    if isinstance(holder, Person):
        certificate.purpose, certificate.holder_user_id = Certificate.Purpose.PERSON, holder.user_id
    else:
        certificate.purpose, certificate.holder_agency_code = Certificate.Purpose.SEAL, holder.code
        certificate.seal_mm = holder.seal_mm
    with transaction.atomic():
        if mark:
            certificate.image.save("mark.png", ContentFile(mark), save=False)
        certificate.save()
    return certificate


def _armoured(certificate: asn1.Certificate) -> str:
    return str(armour.armor("CERTIFICATE", certificate.dump()).decode())
