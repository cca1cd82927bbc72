"""The port to whoever holds the private keys."""

import hashlib
from collections.abc import Sequence
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

    `reference` is the caller's: a provider that has answered it before may answer the same again. `name` and `label`
    are for services that ask the holder: how they call this file, and what the holder reads of it.
    """

    content: bytes
    key_reference: str
    reference: str
    name: str = ""
    label: str = ""

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()


@dataclass(frozen=True, slots=True)
class Question:
    """What the holder of one key is asked once: to sign these files, one at least.

    `name` is ours, or the service's once it has one; `code` is what the holder compares on both screens, `label` what
    stands beside it, `account` the holder's number at the service, `algorithm` the kind of key ("rsa" or "ec").
    """

    name: str
    code: str
    label: str
    account: str
    algorithm: str
    files: Sequence[BytesToSign]

    @property
    def key_reference(self) -> str:
        return self.files[0].key_reference


# In the order of the question's files; None for one that the service did not sign.
Signatures = Sequence[bytes | None]


class Unanswered(PortError):
    """The call went out and nobody knows whether it was taken: never to be repeated blindly."""


class NotYet(PortError):
    """The holder was asked and has not answered."""


class SigningProvider(Protocol):
    """Signs with keys it alone holds. Raises PortError, permanent when asking again would not help."""

    def sign(self, order: BytesToSign) -> bytes:
        """RSA: PKCS#1 v1.5; elliptic curves: DER of ECDSA. Always over SHA-256."""
        ...


@runtime_checkable
class AsksTheHolder(Protocol):
    """A remote service whose holder confirms on another device, minutes later or never.

    `takes_our_name`: the service knows the question by the name we gave it, so that it can be asked about even when the
    answer to `ask` was lost. `most_files`: more than these are not asked in one question.
    """

    takes_our_name: bool

    @property
    def most_files(self) -> int: ...

    def ask(self, question: Question) -> str | Signatures:
        """Hand the hashes in, once. Gives the service's name for the question, or the signatures if nobody is asked.

        Raises PortError when nothing was taken, Unanswered when that is not known.
        """
        ...

    def answer(self, question: Question) -> Signatures | None:
        """The signatures; None while the holder has not confirmed. Raises PortError, permanent after a no."""
        ...


@runtime_checkable
class KnowsCertificates(Protocol):
    """A remote service that tells the certificate of a key it holds."""

    def chain(self, key_reference: str, account: str) -> list[bytes]:
        """DER, the holder's own first. Raises PortError."""
        ...


@runtime_checkable
class MakesRequests(Protocol):
    """A provider that can make a key and ask for a certificate with it; the key does not leave it."""

    def certificate_request(self, key_reference: str, subject: x509.Name, algorithm: str) -> str:
        """PKCS#10 in PEM, with the key behind `key_reference` if there is one, else a new one ("rsa" or "ec")."""
        ...


def provider(kind: str) -> SigningProvider | AsksTheHolder:
    """The provider that settings.SIGNATURE_PROVIDERS names for this kind of certificate."""
    path = settings.SIGNATURE_PROVIDERS.get(kind)
    if path is None:
        raise PortError(_("Phương thức ký của chứng thư này không được bật trên hệ thống."), permanent=True)
    chosen: SigningProvider | AsksTheHolder = import_string(path)()
    return chosen
