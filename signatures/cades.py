"""Signatures beside files that are not PDF: detached CMS (CAdES), in the same two steps as in `pades`."""

import hashlib
from datetime import datetime

from pyhanko.sign.timestamps import TimeStamper

from signatures import pades
from signatures.waiting import wait


def prepare(content: bytes, signer: pades.Signer) -> pades.Prepared:
    """What to sign for a file of any kind; the file itself stays as it is."""
    digest = hashlib.sha256(content).digest()
    attributes = wait(signer.assemble().signed_attrs(digest, pades.DIGEST, is_pdf_sig=False))
    return pades.Prepared(b"", digest, 0, 0, attributes.dump())


def complete(
    prepared: pades.Prepared, signer: pades.Signer, signature: bytes, timestamper: TimeStamper | None
) -> tuple[bytes, datetime | None]:
    """The signature file (DER), and the time by the time-stamp authority. Raises PortError when it does not answer."""
    container = pades.container(prepared, signer, signature, timestamper)
    return container.dump(), pades.stamped_at(container)
