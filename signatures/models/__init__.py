"""Bytes in, verified signature out."""

from signatures.models.certificates import Certificate
from signatures.models.signing import SignedDocument, SigningRequest

__all__ = ["Certificate", "SignedDocument", "SigningRequest"]
