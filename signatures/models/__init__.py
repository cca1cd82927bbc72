"""Bytes in, verified signature out."""

from signatures.models.agent import AgentSession
from signatures.models.certificates import Certificate
from signatures.models.judgements import Judgement
from signatures.models.roots import TrustedRoot
from signatures.models.signing import Preservation, SignedDocument, SigningRequest

__all__ = [
    "AgentSession",
    "Certificate",
    "Judgement",
    "Preservation",
    "SignedDocument",
    "SigningRequest",
    "TrustedRoot",
]
