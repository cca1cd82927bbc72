"""Certificates in words: names, days, fingerprints, standings and where keys are."""

import datetime as dt

from asn1crypto import x509
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from signatures.models import Certificate

STANDINGS: dict[str, tuple[str | Promise, str]] = {
    "in_force": (_lazy("Đang dùng"), "green"),
    "ending": (_lazy("Sắp hết hạn"), "amber"),
    "ended": (_lazy("Hết hạn"), "red"),
    "revoked": (_lazy("Bị thu hồi"), "red"),
    "stopped": (_lazy("Ngừng dùng"), "red"),
    "replaced": (_lazy("Đã có chứng thư thay"), "violet"),
    "early": (_lazy("Chưa có hiệu lực"), "violet"),
}
PROVIDERS: dict[str, str | Promise] = {
    "pkcs11": _lazy("Token, HSM"),
    "agent": _lazy("Thiết bị trên máy cán bộ (Ban Cơ yếu)"),
    "smartca": "VNPT SmartCA",
    "mysign": "Viettel MySign",
    "csc": _lazy("Ký số từ xa (CSC)"),
    "soft": _lazy("Khóa thử nghiệm"),
}


def standing(certificate: Certificate) -> dict[str, str]:
    """The tag of a certificate that was read `with_standing`."""
    text, tone = STANDINGS[certificate.standing]  # type: ignore[attr-defined]
    return {"text": str(text), "tone": tone}


def common_name(name: x509.Name) -> str:
    """The everyday part of a subject or issuer."""
    return str(name.native.get("common_name") or name.native.get("organization_name") or "")


def whole_name(name: x509.Name) -> str:
    """All parts of a subject or issuer, the everyday one first."""
    parts = [
        part for value in reversed(name.native.values()) for part in ([value] if isinstance(value, str) else value)
    ]
    return ", ".join(parts)


def days(first: dt.datetime, last: dt.datetime) -> str:
    return f"{timezone.localtime(first):%d/%m/%Y} – {timezone.localtime(last):%d/%m/%Y}"


def printed(fingerprint: str) -> str:
    """As authorities publish it, in groups of four to be compared by eye."""
    return " ".join(fingerprint.upper()[place : place + 4] for place in range(0, len(fingerprint), 4))
