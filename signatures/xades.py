"""XAdES: a signature inside an XML file, over all of it, in the same two steps as in `pades`."""

import hashlib
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from django.utils.translation import gettext as _
from lxml import etree
from pyhanko.sign.timestamps import TimeStamper
from signxml.algorithms import CanonicalizationMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.util import SigningSettings
from signxml.xades.xades import XAdESSigner

from signatures import container
from signatures.pades import Prepared
from signatures.refusals import SigningRefused

MOST_BYTES = 20 * 1024 * 1024
DS, XADES = "http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"
# What verifiers take where nothing is said, so that each reference means the same to all of them.
CANONICAL = CanonicalizationMethod.CANONICAL_XML_1_0
_METHODS = {"rsa": SignatureMethod.RSA_SHA256, "ec": SignatureMethod.ECDSA_SHA256}


def parsed(content: bytes) -> etree._Element:
    """The root of an XML file that can be signed. Raises SigningRefused: too large, no XML, with entities."""
    if len(content) > MOST_BYTES:
        raise SigningRefused(_("Tệp XML lớn hơn 20 MB. Chia nhỏ tệp rồi ký."))
    if b"\0" in content:
        raise SigningRefused(_("Tệp XML phải dùng mã UTF-8. Lưu lại tệp theo mã UTF-8 rồi ký."))
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SigningRefused(_("Tệp này không phải là XML đọc được.")) from error
    if root.getroottree().docinfo.internalDTD is not None or root.getroottree().docinfo.doctype:
        raise SigningRefused(_("Tệp XML có khai báo DTD nên không ký được. Bỏ phần DOCTYPE rồi ký."))
    return root


def canonical(node: etree._Element) -> bytes:
    """The one way in which verifiers read that part of the file."""
    written: bytes = etree.tostring(node, method="c14n")
    return written


def prepare(content: bytes, signer: container.Signer, *, at: datetime) -> Prepared:
    """The file with a signature whose value is still missing. Raises SigningRefused."""
    root = parsed(content)
    if root.find(f".//{{{DS}}}Signature") is not None:
        raise SigningRefused(_("Tệp XML đã có chữ ký; ký thêm sẽ làm hỏng chữ ký đó."))
    key: Any = _Absent(signer)
    try:
        whole = _Signer(at, signer.algorithm).sign(root, key=key, cert=_chain(signer), always_add_key_value=False)
    except (SignXMLException, ValueError) as error:
        raise SigningRefused(_("Tệp XML này không ký được: %(error)s") % {"error": error}) from error
    xml, gap = _written(whole), b64encode(key.value)
    start = xml.index(gap)
    return Prepared(xml, hashlib.sha256(key.asked).digest(), start, start + len(gap), key.asked)


def complete(
    prepared: Prepared, signer: container.Signer, signature: bytes, timestamper: TimeStamper | None
) -> tuple[bytes, datetime | None]:
    """The signed file, and the time by the time-stamp authority. Raises PortError when it does not answer."""
    value = b64encode(plain(signature) if signer.algorithm == "ec" else signature)
    if len(value) != prepared.gap_to - prepared.gap_from:
        raise SigningRefused(_("Chữ ký không vừa chỗ dành sẵn trong tệp."))
    xml = prepared.pdf[: prepared.gap_from] + value + prepared.pdf[prepared.gap_to :]
    return _stamped(xml, timestamper) if timestamper else (xml, None)


def plain(signature: bytes) -> bytes:
    """An ECDSA signature on P-256 as XML writes it: r and s side by side."""
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))


def _stamped(xml: bytes, timestamper: TimeStamper) -> tuple[bytes, datetime]:
    """XAdES-T: the time stamp over the value of the signature, beside what was signed."""
    root = parsed(xml)
    value, properties = root.find(f".//{{{DS}}}SignatureValue"), root.find(f".//{{{XADES}}}QualifyingProperties")
    assert value is not None
    assert properties is not None
    token, at = container.stamp(canonical(value), timestamper)
    unsigned = etree.SubElement(properties, f"{{{XADES}}}UnsignedProperties")
    proofs = etree.SubElement(unsigned, f"{{{XADES}}}UnsignedSignatureProperties")
    stamp = etree.SubElement(proofs, f"{{{XADES}}}SignatureTimeStamp")
    etree.SubElement(stamp, f"{{{DS}}}CanonicalizationMethod", Algorithm=CANONICAL.value)
    etree.SubElement(stamp, f"{{{XADES}}}EncapsulatedTimeStamp").text = b64encode(token).decode()
    return _written(root), at


def _written(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return written


def _chain(signer: container.Signer) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(one.dump()) for one in (signer.certificate, *signer.issuers)]


@dataclass
class _Absent:
    """Stands where the library wants the key: notes what is to be signed, and holds the place of the signature."""

    signer: container.Signer
    asked: bytes = b""
    value: bytes = b""

    @property
    def key_size(self) -> int:
        return int(self.signer.certificate.public_key.bit_size)

    def sign(self, data: bytes, *_how: Any, **_more: Any) -> bytes:
        self.asked = data
        if self.signer.algorithm == "rsa":
            self.value = secrets.token_bytes(self.key_size // 8)
            return self.value
        r, s = secrets.token_bytes(32), secrets.token_bytes(32)
        self.value = r + s
        return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))


class _Signer(XAdESSigner):
    """Claims the time at which the order is performed."""

    def __init__(self, at: datetime, algorithm: str) -> None:
        super().__init__(signature_algorithm=_METHODS[algorithm], c14n_algorithm=CANONICAL)
        self.at = at

    def add_signing_time(
        self, signed_signature_properties: etree._Element, sig_root: etree._Element, signing_settings: SigningSettings
    ) -> None:
        element = etree.SubElement(signed_signature_properties, f"{{{XADES}}}SigningTime")
        element.text = self.at.astimezone(UTC).isoformat(timespec="seconds")
