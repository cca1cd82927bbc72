"""Keys in files, for demonstrations and tests. In production keys live in a token, an HSM or a remote service."""

import os
import re
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from portal.floor.ports import PortError
from signatures.providers.base import BytesToSign

SoftKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SoftProvider:
    """Signs in this process. Raises ImproperlyConfigured in production."""

    def __init__(self) -> None:
        if settings.PRODUCTION:
            raise ImproperlyConfigured("Keys in files are for demonstrations and tests only")

    def sign(self, order: BytesToSign) -> bytes:
        key = _load(_path(order.key_reference))
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(order.content, padding.PKCS1v15(), hashes.SHA256())
        return key.sign(order.content, ec.ECDSA(hashes.SHA256()))

    def certificate_request(self, key_reference: str, subject: x509.Name, algorithm: str) -> str:
        path = _path(key_reference)
        if not path.exists():
            _make(path, algorithm)
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(_load(path), hashes.SHA256())
        return request.public_bytes(serialization.Encoding.PEM).decode()


def _make(path: Path, algorithm: str) -> None:
    """RSA of 2048 bits, or P-256; the file is there whole or not at all."""
    key: SoftKey = (
        rsa.generate_private_key(65537, 2048) if algorithm == "rsa" else ec.generate_private_key(ec.SECP256R1())
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def _path(key_reference: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}", key_reference):
        raise PortError(_("Tên khóa ký không hợp lệ."), permanent=True)
    return Path(settings.SOFT_KEYS) / f"{key_reference}.pem"


@lru_cache(maxsize=256)
def _load(path: Path) -> SoftKey:
    """Parsed once for each process: checking an RSA key takes far longer than signing with it."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        raise PortError(_("Không tìm thấy khóa ký trên máy chủ này."), permanent=True) from None
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return key
