"""Signatures beside files that are not PDF: detached CMS (CAdES), in the same two steps as in `pades`."""

import hashlib
from datetime import datetime

from pyhanko.sign.timestamps import TimeStamper

from signatures import container, pades


def prepare(content: bytes, signer: pades.Signer, *, at: datetime) -> pades.Prepared:
    """What to sign for a file of any kind; the file itself stays as it is. `at`: the time that the signer claims."""
    digest = hashlib.sha256(content).digest()
    return pades.Prepared(b"", digest, 0, 0, container.attributes(digest, signer, at=at))


def complete(
    prepared: pades.Prepared, signer: pades.Signer, signature: bytes, timestamper: TimeStamper | None
) -> tuple[bytes, datetime | None]:
    """The signature file (DER), and the time by the time-stamp authority. Raises PortError when it does not answer."""
    return container.assembled(prepared.attributes, signer, signature, timestamper)
