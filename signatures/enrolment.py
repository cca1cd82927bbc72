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
from signatures import drawing, trust
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
    maker = provider(kind)
    if not isinstance(maker, MakesRequests):
        raise PortError(_("Phương thức ký này không tự tạo khóa."), permanent=True)
    request = maker.certificate_request(reference, _subject(holder), holder.algorithm)
    chain = _ask(request, "person" if isinstance(holder, Person) else "seal")
    return _keep(holder, chain, kind, reference)


def register(holder: Person | Organisation, *, kind: str, reference: str, account: str = "") -> Certificate:
    """The certificate of a key that a remote service holds, as the service tells it; known already: what is known.

    Raises PortError.
    """
    service = provider(kind)
    if not isinstance(service, KnowsCertificates):
        raise PortError(_("Phương thức ký này không cho tra cứu chứng thư."), permanent=True)
    chain = [
        (armour.armor("CERTIFICATE", der).decode(), asn1.Certificate.load(der))
        for der in service.chain(reference, account)
    ]
    known: Certificate | None = Certificate.objects.filter(serial=f"{chain[0][1].serial_number:x}").first()
    return known or _keep(holder, chain, kind, reference, account)


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


def _ask(csr: str, profile: str) -> list[tuple[str, asn1.Certificate]]:
    """The chain, nearest first, each as PEM and parsed."""
    try:
        answer = requests.post(f"{settings.CA_URL}/enrol", json={"csr": csr, "profile": profile}, timeout=SECONDS)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise PortError(_("Cơ quan chứng thực chưa trả lời.")) from error
    ders = [der for _kind, _headers, der in armour.unarmor(answer.content, multiple=True)]
    return [(armour.armor("CERTIFICATE", der).decode(), asn1.Certificate.load(der)) for der in ders]


def _keep(
    holder: Person | Organisation,
    chain: list[tuple[str, asn1.Certificate]],
    kind: str,
    reference: str,
    account: str = "",
) -> Certificate:
    (own, parsed), issuers = chain[0], [pem for pem, certificate in chain[1:] if certificate.self_signed == "no"]
    certificate = Certificate(
        serial=f"{parsed.serial_number:x}",
        subject=parsed.subject.human_friendly[:500],
        pem=own,
        chain="".join(issuers),
        provider=kind,
        provider_ref=reference,
        account=account,
        valid_from=parsed.not_valid_before,
        valid_to=parsed.not_valid_after,
    )
    if isinstance(holder, Person):
        certificate.purpose, certificate.holder_user_id = Certificate.Purpose.PERSON, holder.user_id
        image = drawing.hand_signature(holder.name)
    else:
        certificate.purpose, certificate.holder_agency_code = Certificate.Purpose.SEAL, holder.code
        certificate.seal_mm = holder.seal_mm
        image = drawing.seal(holder.name, holder.above)
    with transaction.atomic():
        certificate.image.save("mark.png", ContentFile(image), save=False)
        certificate.save()
    return certificate
