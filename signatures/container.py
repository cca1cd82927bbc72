"""The CMS container of a signature (RFC 5652), written in DER piece by piece.

A general ASN.1 library asks every value what type it is, dozens of times for each signature: that was four fifths of
the time of signing. What stands in a signature of ours is always the same, so it is written down.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import x509
from asn1crypto.core import ObjectIdentifier
from django.utils.translation import gettext as _
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from portal.floor.ports import PortError
from signatures.waiting import wait

DIGEST = "sha256"
_INTEGER, _OCTETS, _UTC_TIME, _SEQUENCE, _SET = 0x02, 0x04, 0x17, 0x30, 0x31


def _oid(dotted: str) -> bytes:
    written: bytes = ObjectIdentifier(dotted).dump()
    return written


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


_NULL, _VERSION = b"\x05\x00", _der(_INTEGER, b"\x01")
_DATA, _SIGNED_DATA = _oid("1.2.840.113549.1.7.1"), _oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE, _MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.3"), _oid("1.2.840.113549.1.9.4")
_SIGNING_TIME, _SIGNING_CERTIFICATE = _oid("1.2.840.113549.1.9.5"), _oid("1.2.840.113549.1.9.16.2.47")
_TIME_STAMP = _oid("1.2.840.113549.1.9.16.2.14")
_SHA256 = _der(_SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"), _NULL)
_ALGORITHMS = {
    "rsa": _der(_SEQUENCE, _oid("1.2.840.113549.1.1.11"), _NULL),
    "ec": _der(_SEQUENCE, _oid("1.2.840.10045.4.3.2")),
}


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature it will be; `issuers` nearest first, without the root."""

    certificate: x509.Certificate
    issuers: list[x509.Certificate]

    @property
    def name(self) -> str:
        return str(self.certificate.subject.native.get("common_name", ""))

    @property
    def algorithm(self) -> str:
        """rsa or ec."""
        return str(self.certificate.public_key.algorithm)


def attributes(digest: bytes, signer: Signer, *, at: datetime | None = None) -> bytes:
    """What is signed: the digest of the file and which certificate signs it (ESSCertIDv2), as ETSI EN 319 122 asks.

    `at`: the claimed time; a PDF says it in its own place instead.
    """
    certificate = signer.certificate
    issuer = _der(_SEQUENCE, _der(0xA4, certificate.issuer.dump()))
    which = _der(_SEQUENCE, issuer, _serial(certificate))
    hashed = _der(_OCTETS, hashlib.sha256(certificate.dump()).digest())
    found = [
        _attribute(_CONTENT_TYPE, _DATA),
        _attribute(_MESSAGE_DIGEST, _der(_OCTETS, digest)),
        _attribute(_SIGNING_CERTIFICATE, _der(_SEQUENCE, _der(_SEQUENCE, _der(_SEQUENCE, hashed, which)))),
    ]
    if at is not None:
        found.append(_attribute(_SIGNING_TIME, _der(_UTC_TIME, f"{at.astimezone(UTC):%y%m%d%H%M%SZ}".encode())))
    return _der(_SET, *sorted(found))


def assembled(
    attributes: bytes, signer: Signer, signature: bytes, timestamper: TimeStamper | None
) -> tuple[bytes, datetime | None]:
    """The container, and the time by the time-stamp authority. Raises PortError when it does not answer."""
    certificate, stamped, unsigned = signer.certificate, None, b""
    if timestamper is not None:
        token, stamped = stamp(signature, timestamper)
        unsigned = _der(0xA1, _attribute(_TIME_STAMP, token))
    info = _der(
        _SEQUENCE,
        _VERSION,
        _der(_SEQUENCE, certificate.issuer.dump(), _serial(certificate)),
        _SHA256,
        b"\xa0" + attributes[1:],  # the same set, tagged for its place
        _ALGORITHMS[signer.algorithm],
        _der(_OCTETS, signature),
        unsigned,
    )
    chain = sorted(one.dump() for one in (certificate, *signer.issuers))
    signed = _der(
        _SEQUENCE, _VERSION, _der(_SET, _SHA256), _der(_SEQUENCE, _DATA), _der(0xA0, *chain), _der(_SET, info)
    )
    return _der(_SEQUENCE, _SIGNED_DATA, _der(0xA0, signed)), stamped


def stamp(data: bytes, timestamper: TimeStamper) -> tuple[bytes, datetime]:
    """A time-stamp token (DER) over the data, and its time. Raises PortError when the authority does not answer."""
    try:
        token = wait(timestamper.async_timestamp(hashlib.sha256(data).digest(), DIGEST))
    except (TimestampRequestError, OSError) as error:
        raise PortError(_("Dịch vụ cấp dấu thời gian chưa trả lời; hệ thống sẽ tự thử lại.")) from error
    when: datetime = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return token.dump(), when


def _attribute(kind: bytes, value: bytes) -> bytes:
    return _der(_SEQUENCE, kind, _der(_SET, value))


def _serial(certificate: x509.Certificate) -> bytes:
    encoded: bytes = certificate["tbs_certificate"]["serial_number"].dump()
    return encoded
