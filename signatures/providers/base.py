"""The port to whoever holds the private keys."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cryptography import x509
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from portal.floor.ports import PortError


@dataclass(frozen=True, slots=True)
class BytesToSign:
    """DER of the signed attributes, to be hashed with SHA-256 and signed with the key behind `key_reference`.

    `reference` is the caller's: a provider that has answered it before may answer the same again.
    """

    content: bytes
    key_reference: str
    reference: str


class SigningProvider(Protocol):
    """Signs with keys it alone holds. Raises PortError, permanent when asking again would not help."""

    def sign(self, order: BytesToSign) -> bytes:
        """RSA: PKCS#1 v1.5; elliptic curves: DER of ECDSA. Always over SHA-256."""
        ...


@runtime_checkable
class MakesRequests(Protocol):
    """A provider that can make a key and ask for a certificate with it; the key does not leave it."""

    def certificate_request(self, key_reference: str, subject: x509.Name, algorithm: str) -> str:
        """PKCS#10 in PEM, with the key behind `key_reference` if there is one, else a new one ("rsa" or "ec")."""
        ...


def provider(kind: str) -> SigningProvider:
    """The provider that settings.SIGNATURE_PROVIDERS names for this kind of certificate."""
    path = settings.SIGNATURE_PROVIDERS.get(kind)
    if path is None:
        raise PortError(_("Phương thức ký của chứng thư này không được bật trên hệ thống."), permanent=True)
    chosen: SigningProvider = import_string(path)()
    return chosen
