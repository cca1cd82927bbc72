"""Personal data at rest: AES-256-GCM under a ring of keys, and blind indexes for exact search.

A sealed value is `version | length of key id | key id | nonce | ciphertext with tag`. The first key of the ring
writes, every key reads, so keys are changed by putting a new one in front and saving the rows again. The additional
data (`aad`) names the place of a value: bytes moved to another row, field or file do not open.
"""

import base64
import binascii
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["InvalidTag", "KeyMistake", "KeyRing", "blind_index", "configure", "decrypt", "encrypt"]

VERSION = 1
NONCE_BYTES = 12
KEY_BYTES = 32
INDEX_BYTES = 16


class KeyMistake(Exception):
    """Keys are missing or malformed, or a value was sealed with a key that is not in the ring."""


class KeyRing:
    """Data keys as `id:base64 of 32 bytes`, the first one writes; the index key as base64 of 32 bytes."""

    def __init__(self, data_keys: Sequence[str], index_key: str) -> None:
        """Raises KeyMistake when a key is malformed, an id is missing or used twice, or there is no key at all."""
        self._ciphers: dict[str, AESGCM] = {}
        for entry in data_keys:
            key_id, separator, encoded = entry.partition(":")
            if not separator or not 0 < len(key_id.encode()) < 256 or key_id in self._ciphers:
                raise KeyMistake("data keys are written id:base64, each id once")
            self._ciphers[key_id] = AESGCM(_derive(_key(encoded), "data"))
        if not self._ciphers:
            raise KeyMistake("at least one data key is needed")
        self._writing_id = next(iter(self._ciphers))
        self._index_key = _key(index_key)
        self._index_subkeys: dict[str, bytes] = {}

    def encrypt(self, plain: bytes, aad: bytes) -> bytes:
        """Seal bytes for the place that `aad` names."""
        key_id = self._writing_id.encode()
        nonce = os.urandom(NONCE_BYTES)
        return (
            bytes((VERSION, len(key_id))) + key_id + nonce + self._ciphers[self._writing_id].encrypt(nonce, plain, aad)
        )

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        """Open sealed bytes. Raises InvalidTag when altered or from elsewhere, KeyMistake for an unknown key."""
        if len(sealed) < 2 or sealed[0] != VERSION:
            raise InvalidTag
        start = 2 + sealed[1]
        cipher = self._ciphers.get(sealed[2:start].decode(errors="replace"))
        if cipher is None:
            raise KeyMistake("sealed with a key that is not in the ring")
        return cipher.decrypt(sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :], aad)

    def key_id(self, sealed: bytes) -> str:
        """The id of the key that sealed the bytes."""
        return sealed[2 : 2 + sealed[1]].decode()

    def blind_index(self, value: str, purpose: str) -> str:
        """32 hex characters that are equal for equal values of one purpose and say nothing without the key."""
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).casefold()).strip()
        if not folded:
            return ""
        if purpose not in self._index_subkeys:
            self._index_subkeys[purpose] = _derive(self._index_key, f"index|{purpose}")
        return hmac.new(self._index_subkeys[purpose], folded.encode(), hashlib.sha256).digest()[:INDEX_BYTES].hex()


def _key(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyMistake(f"a key is the base64 of {KEY_BYTES} bytes")
    return key


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"motcua|{VERSION}|{purpose}".encode()).derive(key)


_ring: KeyRing | None = None


def configure(data_keys: Sequence[str], index_key: str) -> None:
    """Set the keys of this process, once at its start. Raises KeyMistake."""
    global _ring
    _ring = KeyRing(data_keys, index_key)


def _configured() -> KeyRing:
    if _ring is None:
        raise KeyMistake("the keys are not configured")
    return _ring


def encrypt(plain: bytes, aad: bytes) -> bytes:
    """See KeyRing.encrypt."""
    return _configured().encrypt(plain, aad)


def decrypt(sealed: bytes, aad: bytes) -> bytes:
    """See KeyRing.decrypt."""
    return _configured().decrypt(sealed, aad)


def blind_index(value: str, purpose: str) -> str:
    """See KeyRing.blind_index."""
    return _configured().blind_index(value, purpose)
