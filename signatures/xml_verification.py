"""What a signed XML file (XAdES) is worth, in the same words as a signed PDF."""

import hashlib
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.utils.translation import gettext as _
from lxml import etree
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import StandardCMSSignatureStatus, TimestampSignatureStatus
from signxml.algorithms import SignatureMethod
from signxml.exceptions import InvalidDigest, SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from signatures import trust, verification, xades
from signatures.refusals import SigningRefused
from signatures.verification import Report
from signatures.waiting import wait

_DS, _XADES = f"{{{xades.DS}}}", f"{{{xades.XADES}}}"
_METHODS = {
    SignatureMethod.RSA_SHA256: "sha256_rsa", SignatureMethod.RSA_SHA384: "sha384_rsa",
    SignatureMethod.RSA_SHA512: "sha512_rsa", SignatureMethod.ECDSA_SHA256: "sha256_ecdsa",
    SignatureMethod.ECDSA_SHA384: "sha384_ecdsa", SignatureMethod.ECDSA_SHA512: "sha512_ecdsa",
}  # fmt: skip
_BROKEN = (
    SignXMLException, SignatureValidationError, CMSExtractionError, InvalidSignature, etree.LxmlError, ValueError,
    KeyError, TypeError, AttributeError, IndexError,
)  # fmt: skip


class _NotWhole(Exception):
    """The signature is about something else than the whole file."""


def verify_xml(content: bytes, *, at: datetime | None = None) -> Report:
    """Judge the signature inside an XML file as of `at` (now). What cannot be read is invalid; nothing is raised."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        root = xades.parsed(content)
        signature = root.find(f"{_DS}Signature")
        if signature is None:
            return Report("invalid", digest, (_("Tệp không có chữ ký số nào."),), ())
        chain = [b64decode(one.text) for one in signature.iterfind(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate")]
        claimed_at = _checked(content, root, chain[0])
        status = wait(_judged(signature, chain, at, trust.roots()))
    except SigningRefused as refused:
        return Report("invalid", digest, (str(refused),), ())
    except (InvalidDigest, _NotWhole):
        return Report("invalid", digest, (_("Nội dung đã bị thay đổi sau khi ký."),), ())
    except InvalidSignature:
        return Report("invalid", digest, (_("Giá trị chữ ký không đúng."),), ())
    except _BROKEN:
        return Report("invalid", digest, (_("Tệp chữ ký không đọc được hoặc bị hỏng."),), ())
    report = verification.weighed(
        replace(status, signer_reported_dt=claimed_at), "B-T" if status.timestamp_validity else "B-B"
    )
    return Report(report.verdict, digest, report.reasons, (report,))


def _checked(content: bytes, root: etree._Element, der: bytes) -> datetime:
    """When the signer says to have signed; every reference fits. Raises what the library raises, and _NotWhole."""
    certificate = x509.load_der_x509_certificate(der)
    # Whether it was in force is weighed with the time stamp, not here.
    settings = XAdESSignatureConfiguration(
        location="./", signature_methods=frozenset(_METHODS), verification_time=certificate.not_valid_before_utc
    )
    results = XAdESVerifier().verify(content, x509_cert=certificate, expect_config=settings)
    whole = etree.fromstring(xades.canonical(root))
    whole.remove(whole.find(f"{_DS}Signature"))
    if xades.canonical(whole) not in {result.signed_data for result in results}:
        raise _NotWhole
    times = [result.signed_xml.find(f".//{_XADES}SigningTime") for result in results if result.signed_xml is not None]
    return datetime.fromisoformat(next(time.text for time in times if time is not None and time.text))


async def _judged(
    signature: etree._Element, chain: list[bytes], at: datetime | None, roots: list[asn1.Certificate]
) -> StandardCMSSignatureStatus:
    """The same signature as a CMS without attributes: it signs SignedInfo, so it is weighed like any other."""
    signed, container = xades.canonical(signature.find(f"{_DS}SignedInfo")), _as_cms(signature, chain)
    for online in (False, True):
        context = trust.context(online=online, at=at, below=roots)
        status = await async_validate_detached_cms(signed, container, context, context)
        if not status.trusted:
            break
    if (token := signature.find(f".//{_XADES}SignatureTimeStamp/{_XADES}EncapsulatedTimeStamp")) is None:
        return status
    stamp = cms.ContentInfo.load(b64decode(token.text), strict=True)["content"]
    told = await validate_tst_signed_data(
        stamp, context, _imprint(xades.canonical(signature.find(f"{_DS}SignatureValue")))
    )
    return replace(status, timestamp_validity=TimestampSignatureStatus(**told))


def _imprint(value: bytes) -> Callable[[str], bytes]:
    return lambda algorithm: hashlib.new(algorithm, value).digest()


def _as_cms(signature: etree._Element, chain: list[bytes]) -> cms.SignedData:
    certificates = [asn1.Certificate.load(der) for der in chain]
    method = signature.find(f"{_DS}SignedInfo/{_DS}SignatureMethod").get("Algorithm")
    name = _METHODS[SignatureMethod(method)]
    value = b64decode(signature.find(f"{_DS}SignatureValue").text)
    if name.endswith("ecdsa"):
        half = len(value) // 2
        value = encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
    digest = algos.DigestAlgorithm({"algorithm": name.partition("_")[0]})
    whose = cms.IssuerAndSerialNumber(
        {"issuer": certificates[0].issuer, "serial_number": certificates[0].serial_number}
    )
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", whose),
        "digest_algorithm": digest,
        "signature_algorithm": {"algorithm": name},
        "signature": value,
    }
    return cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices("certificate", one) for one in certificates],
            "signer_infos": [info],
        }
    )
