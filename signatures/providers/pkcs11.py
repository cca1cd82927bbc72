"""Keys in a token or an HSM, by PKCS#11: settings.PKCS11_MODULE, PKCS11_TOKEN (its label) and PKCS11_PIN."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import pkcs11
from asn1crypto import csr, keys
from asn1crypto import pem as armour
from asn1crypto import x509 as asn1
from asn1crypto.algos import DigestInfo
from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked, PKCS11Error
from pkcs11.util.ec import encode_ec_public_key, encode_ecdsa_signature, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from portal.floor.ports import PortError
from signatures.providers.base import BytesToSign

WRONG_PIN = (PinIncorrect, PinInvalid, PinLenRange, PinLocked, PinExpired)


class Pkcs11Provider:
    """Signs inside the token. A certificate's `provider_ref` is the label of its key there."""

    def __init__(self) -> None:
        self.token = _token(settings.PKCS11_MODULE, settings.PKCS11_TOKEN)

    def sign(self, order: BytesToSign) -> bytes:
        digest = hashlib.sha256(order.content).digest()
        with self.token.opened(settings.PKCS11_PIN) as session:
            return _sign(_private_key(session, order.key_reference), digest)

    def certificate_request(self, key_reference: str, subject: x509.Name, algorithm: str) -> str:
        with self.token.opened(settings.PKCS11_PIN) as session:
            if not any(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: key_reference})):
                _make(session, key_reference, algorithm)
            info = csr.CertificationRequestInfo(
                {"version": "v1", "subject": asn1.Name.load(subject.public_bytes()), "attributes": []}
                | {"subject_pk_info": _public_key(session, key_reference)}
            )
            key = _private_key(session, key_reference)
            signature = _sign(key, hashlib.sha256(info.dump()).digest())
        kind = "sha256_rsa" if key.key_type is KeyType.RSA else "sha256_ecdsa"
        request = csr.CertificationRequest(
            {
                "certification_request_info": info,
                "signature_algorithm": {"algorithm": kind},
                "signature": signature,
            }
        )
        return str(armour.armor("CERTIFICATE REQUEST", request.dump()).decode())


class _Token:
    """One session in each process: logging in is slow, and the session is for one thread at a time."""

    def __init__(self, module: str, label: str) -> None:
        self.module, self.label = module, label
        self.lock = threading.Lock()
        self.session: pkcs11.Session | None = None
        self.refused_pin: str | None = None

    @contextmanager
    def opened(self, pin: str) -> Iterator[pkcs11.Session]:
        """The open session, for this thread alone. Raises PortError, with the session thrown away."""
        with self.lock:
            try:
                self.session = self.session or self._log_in(pin)
                yield self.session
            except WRONG_PIN as error:
                # Tokens lock themselves after a few wrong tries: this PIN is never offered again.
                self.refused_pin = pin
                raise _pin_refused() from error
            except (PKCS11Error, OSError, RuntimeError) as error:
                self.log_out()
                raise PortError(
                    _("Thiết bị ký số chưa sẵn sàng. Kiểm tra thiết bị đã được cắm và bật; hệ thống sẽ tự thử lại.")
                ) from error

    def log_out(self) -> None:
        """Closing the last session logs the process out; a second login beside an open one is refused."""
        session, self.session = self.session, None
        if session:
            with suppress(PKCS11Error):
                session.close()

    def _log_in(self, pin: str) -> pkcs11.Session:
        if pin == self.refused_pin:
            raise _pin_refused()
        return pkcs11.lib(self.module).get_token(token_label=self.label).open(rw=True, user_pin=pin)


@lru_cache
def _token(module: str, label: str) -> _Token:
    return _Token(module, label)


def _pin_refused() -> PortError:
    return PortError(
        _("Mã PIN của thiết bị ký số bị từ chối. Báo quản trị hệ thống kiểm tra mã PIN, rồi ký lại."), permanent=True
    )


def _private_key(session: pkcs11.Session, label: str) -> Any:
    found = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label}))
    if len(found) != 1:
        raise PortError(_("Không tìm thấy khóa ký trong thiết bị ký số."), permanent=True)
    return found[0]


def _sign(key: Any, digest: bytes) -> bytes:
    if key.key_type is KeyType.EC:
        return bytes(encode_ecdsa_signature(key.sign(digest, mechanism=Mechanism.ECDSA)))
    # The plain mechanism with the digest in its envelope: every token has it, not every one hashes by itself.
    envelope = DigestInfo({"digest_algorithm": {"algorithm": "sha256"}, "digest": digest})
    return bytes(key.sign(envelope.dump(), mechanism=Mechanism.RSA_PKCS))


def _make(session: pkcs11.Session, label: str, algorithm: str) -> None:
    """RSA of 2048 bits, or P-256; private keys never leave the token."""
    if algorithm == "rsa":
        session.generate_keypair(KeyType.RSA, 2048, label=label, store=True)
        return
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(label=label, store=True)


def _public_key(session: pkcs11.Session, label: str) -> keys.PublicKeyInfo:
    key: Any = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
    if key.key_type is KeyType.EC:
        return keys.PublicKeyInfo.load(encode_ec_public_key(key))
    return keys.PublicKeyInfo.wrap(encode_rsa_public_key(key), "rsa")
