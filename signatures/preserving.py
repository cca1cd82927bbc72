"""Signed documents kept judgeable for decades: proofs a while after signing, a new time stamp before one runs out."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db.models import OuterRef, Subquery

from portal.floor.ports import PortError
from signatures import longterm, signing
from signatures.models import Preservation, SignedDocument
from signatures.refusals import SigningRefused

logger = logging.getLogger(__name__)

# So long the seal may still come on top of the person's signature, and the lists of the authority are fresh.
SETTLED = timedelta(hours=1)
# A document time stamp is renewed that long before it can no longer be checked.
AHEAD = timedelta(days=180)
SWEEP = 50


def sweep(at: datetime) -> int:
    """Protect what has settled and renew what will run out; the number done. What cannot be, is marked with the reason.

    An authority that does not answer ends the sweep; the next one begins where this one stopped.
    """
    fresh = SignedDocument.objects.unprotected(at - SETTLED)[:SWEEP]
    newest = Preservation.objects.filter(document=OuterRef("document")).order_by("-made_at").values("pk")[:1]
    running_out = Preservation.objects.filter(stamp_until__lt=at + AHEAD, pk=Subquery(newest))
    old = running_out.filter(document__not_preserved="").select_related("document").order_by("stamp_until")[:SWEEP]
    done = 0
    try:
        for document in fresh:
            done += _keep(document, signing.read(document), longterm.protect, at=at)
        for kept in old:
            done += _keep(kept.document, read(kept), longterm.renew, at=at)
    except PortError as error:
        logger.warning("signed documents wait for the authorities: %s", error)
    return done


def best(document: SignedDocument) -> bytes:
    """The file to give to somebody who keeps it: with the newest proofs, else as it was signed."""
    kept = document.preservations.order_by("-made_at").first()
    return read(kept) if kept else signing.read(document)


def read(kept: Preservation) -> bytes:
    """The bytes as they were preserved. Raises ValueError when they were changed."""
    with kept.file.open("rb") as stored:
        content: bytes = stored.read()
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        raise ValueError(f"stored bytes of {kept} differ from what was preserved")
    return content


def document_of(sha256: str) -> SignedDocument | None:
    """Our document with these bytes, as signed or as preserved."""
    kept = Preservation.objects.filter(sha256=sha256).select_related("document").first()
    return kept.document if kept else SignedDocument.objects.filter(sha256=sha256).first()


Work = Callable[[bytes], longterm.Protected]


def _keep(document: SignedDocument, pdf: bytes, work: Work, *, at: datetime) -> int:
    try:
        made = work(pdf)
    except SigningRefused as error:
        SignedDocument.objects.filter(pk=document.pk).update(not_preserved=str(error)[:300])
        return 0
    assert made.stamp_until is not None
    Preservation.objects.create(
        document=document, file=ContentFile(made.pdf, name="preserved.pdf"),
        sha256=hashlib.sha256(made.pdf).hexdigest(), made_at=at, stamp_until=made.stamp_until,
    )  # fmt: skip
    return 1
