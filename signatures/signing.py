"""Order, perform, sweep. Every promise is a row: a kill at any moment loses nothing and doubles nothing."""

import hashlib
import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.ports import PortError
from signatures import appearance, asking, cades, pades, placement, signals, timestamps, trust
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.refusals import NotNow, SigningRefused

logger = logging.getLogger(__name__)

# Longer than all time-outs of one attempt together.
LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
SWEEP = 100


@dataclass(frozen=True, slots=True)
class Placement:
    """What is seen and where: above the signer's name `anchor`; `page` counted from 0, None: the last one with it.

    `box` was chosen by hand and counts before the anchor; `lines` are what a mark of text says, above the time of
    signing, which is always added.
    """

    kind: Literal["person", "seal", "text", "none"] = "none"
    anchor: str = ""
    page: int | None = None
    box: placement.Box | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SigningOrder:
    """`reference` is the caller's key: one signature for each, however often it is ordered.

    With `form` "cms" the file may be of any kind, stays as it is, and the document is a signature file beside it.
    Orders of one `batch` ask the holder of the key once.
    """

    pdf: bytes
    certificate_id: int
    reference: str
    placement: Placement = Placement()
    reason: str = ""
    requested_by: uuid.UUID | None = None
    level: Literal["B-B", "B-T"] = "B-T"
    form: Literal["pdf", "cms"] = "pdf"
    batch: uuid.UUID | None = None


class LeaseLost(Exception):
    """Another worker took the request over; what this one did is thrown away."""


def order(wish: SigningOrder, *, at: datetime | None = None) -> SigningRequest:
    """Write the request inside the caller's transaction. The same reference again gives the request that exists.

    Raises SigningRefused when that one was for other bytes.
    """
    at = at or timezone.now()
    digest = hashlib.sha256(wish.pdf).hexdigest()
    request = SigningRequest.objects.filter(reference=wish.reference).first()
    if request is None:
        request, _created = SigningRequest.objects.get_or_create(
            reference=wish.reference,
            defaults={
                "certificate_id": wish.certificate_id,
                "requested_by": wish.requested_by,
                "reason": wish.reason,
                "level": wish.level,
                "form": wish.form,
                "mark": wish.placement.kind,
                "anchor": wish.placement.anchor,
                "page": wish.placement.page,
                "box": wish.placement.box and asdict(wish.placement.box),
                "lines": list(wish.placement.lines),
                "batch": wish.batch,
                "original": ContentFile(wish.pdf, name="original.pdf"),
                "original_sha256": digest,
                "next_at": at,
                "created_at": at,
            },
        )
    if request.original_sha256 != digest:
        raise SigningRefused(_("Mã yêu cầu ký này đã dùng cho một tệp khác."))
    return request


def perform(request_id: uuid.UUID, *, at: datetime | None = None) -> SignedDocument | None:
    """Take the request as far as it goes. None: it waits, failed, or another worker has it.

    Must not be called inside a transaction: outside parties are asked.
    """
    at = at or timezone.now()
    request = _claim(request_id, at)
    if request is None:
        return SignedDocument.objects.filter(request_id=request_id).first()
    try:
        signed, signed_at = _sign(request, at)
        document = _keep_document(request, signed, signed_at)
    except LeaseLost:
        return None
    except PortError as error:
        (fail if error.permanent else _postpone)(request, str(error), at)
        return None
    except SigningRefused as error:
        fail(request, str(error), at)
        return None
    _tell(document, at)
    return document


def take_in(
    request_id: uuid.UUID, signed: bytes, *, signed_at: datetime, level: str, at: datetime
) -> SignedDocument | None:
    """Keep a file that was signed elsewhere and found good. None: the request no longer waits, or is being taken."""
    request = _claim(request_id, at)
    if request is None:
        return None
    try:
        document = _keep_document(request, signed, signed_at, level)
    except LeaseLost:
        return None
    _tell(document, at)
    return document


def _tell(document: SignedDocument, at: datetime) -> None:
    try:
        hand_over(document, at=at)
    except Exception:
        logger.exception("%s is signed but not taken; the sweep offers it again", document.reference)


def hand_over(document: SignedDocument, *, at: datetime) -> None:
    """Tell who ordered it. What the receivers write and `handed_over_at` are one transaction: told exactly once."""
    with suppress(NotNow), transaction.atomic():
        waiting = SignedDocument.objects.not_handed_over().select_for_update(skip_locked=True)
        if (mine := waiting.filter(pk=document.pk).first()) is None:
            return
        signals.signed.send(sender=SignedDocument, document=mine, reference=mine.reference)
        mine.handed_over_at = at
        mine.save(update_fields=["handed_over_at"])


def sweep(at: datetime) -> int:
    """Take up what was postponed, left behind or never told. Gives how many were tried; one failure stops no other."""
    requests = SigningRequest.objects.due(at).values_list("pk", flat=True)[:SWEEP]
    untold = SignedDocument.objects.not_handed_over().order_by("signed_at")[:SWEEP]
    tries: list[Callable[[], object]] = [partial(hand_over, document, at=at) for document in untold]
    return _try_all(tries + [partial(perform, pk, at=at) for pk in requests])


def hear(at: datetime) -> int:
    """Whether the holders who were asked have confirmed. Gives how many were looked at."""
    asked = SigningRequest.objects.asked(at).values_list("pk", flat=True)[:SWEEP]
    return _try_all([partial(perform, pk, at=at) for pk in asked])


def _try_all(tries: list[Callable[[], object]]) -> int:
    for attempt in tries:
        try:
            attempt()
        except Exception:
            logger.exception("One signing request could not be taken further")
    return len(tries)


def read(document: SignedDocument) -> bytes:
    """The signed bytes, exactly as they were signed."""
    content = _content(document.file)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise ValueError(f"stored bytes of {document.reference} differ from what was signed")
    return content


def _claim(request_id: uuid.UUID, at: datetime) -> SigningRequest | None:
    lease = uuid.uuid4()
    with transaction.atomic(durable=True):
        claimable = SigningRequest.objects.claimable(at).filter(pk=request_id)
        if not claimable.update(lease=lease, next_at=at + LEASE, attempts=F("attempts") + 1):
            return None
    return SigningRequest.objects.select_related("certificate").filter(pk=request_id, lease=lease).first()


def _write(request: SigningRequest, **changes: object) -> None:
    """Change the row only while it is ours. Raises LeaseLost."""
    mine = SigningRequest.objects.waiting().filter(pk=request.pk, lease=request.lease)
    if not mine.update(**changes):
        raise LeaseLost
    for name, value in changes.items():
        setattr(request, name, value)


def _sign(request: SigningRequest, at: datetime) -> tuple[bytes, datetime]:
    certificate = request.certificate
    if certificate.at_agent:
        raise PortError(_("Mở trang ký trên máy có thiết bị ký."))
    signer = pades.Signer(certificate.parsed, certificate.issuers)
    asked = request.answer_by is not None and request.signature is None
    if not asked:
        _check_may_sign(request, signer, at)
    prepared = _prepared(request, signer, at)
    if request.signature is None:
        signature = asking.obtain(request, prepared.attributes, _write, at=at)
        _write(request, signature=signature, attempts=1)
    if asked:
        # The holder took minutes to answer.
        _check_may_sign(request, signer, at)
    timestamper = timestamps.timestamper() if request.level == SigningRequest.Level.B_T else None
    assert request.signature is not None
    complete = pades.complete if request.form == SigningRequest.Form.PDF else cades.complete
    signed, stamped_at = complete(prepared, signer, bytes(request.signature), timestamper)
    return signed, stamped_at or at


def _check_may_sign(request: SigningRequest, signer: pades.Signer, at: datetime) -> None:
    """On every attempt, also when only the time stamp is missing: a stamp after revocation would be worthless."""
    if not Certificate.objects.usable(timezone.localdate(at)).filter(pk=request.certificate_id).exists():
        raise SigningRefused(_("Chứng thư số không còn hiệu lực hoặc đã ngừng dùng."))
    trust.check_may_sign(signer.certificate, signer.issuers)


def _prepared(request: SigningRequest, signer: pades.Signer, at: datetime) -> pades.Prepared:
    """The file with its gap: as kept by an earlier attempt, else made now and kept."""
    if request.attributes is None:
        prepared = _prepare(request, signer, at)
        _write(
            request,
            prepared=default_storage.save("signing/prepared.pdf", ContentFile(prepared.pdf)) if prepared.pdf else "",
            digest=prepared.digest,
            gap_from=prepared.gap_from,
            gap_to=prepared.gap_to,
            attributes=prepared.attributes,
        )
        return prepared
    assert request.digest is not None
    assert request.gap_from is not None
    assert request.gap_to is not None
    return pades.Prepared(
        _content(request.prepared) if request.prepared else b"",
        bytes(request.digest),
        request.gap_from,
        request.gap_to,
        bytes(request.attributes),
    )


def _prepare(request: SigningRequest, signer: pades.Signer, at: datetime) -> pades.Prepared:
    original = _content(request.original)
    if request.form == SigningRequest.Form.CMS:
        return cades.prepare(original, signer, at=at)
    return pades.prepare(original, signer, at=at, reason=request.reason, mark=_mark(request, original, at))


def _mark(request: SigningRequest, pdf: bytes, at: datetime) -> pades.Mark | None:
    chosen = placement.checked(pdf, placement.Box(**request.box)) if request.box else None
    if request.mark == SigningRequest.Mark.NONE:
        return None
    if request.mark == SigningRequest.Mark.TEXT:
        lines = [*request.lines, appearance.signing_time(at)]
        return pades.Mark(chosen or placement.corner_box(pdf, *appearance.extent(lines)), lines=lines)
    certificate = request.certificate
    if not certificate.image:
        raise SigningRefused(_("Chứng thư số chưa có mẫu chữ ký hoặc mẫu dấu để hiển thị."))
    if request.mark == SigningRequest.Mark.PERSON:
        box = chosen or placement.person_box(pdf, request.anchor, request.page)
    elif chosen:
        box = placement.checked(pdf, placement.at_true_size(chosen, certificate.seal_mm))
    else:
        box = placement.seal_box(pdf, request.anchor, certificate.seal_mm, request.page)
    return pades.Mark(box, _content(certificate.image))


def _content(stored: FieldFile) -> bytes:
    with stored.open("rb") as file:
        return bytes(file.read())


def _keep_document(request: SigningRequest, signed: bytes, signed_at: datetime, level: str = "") -> SignedDocument:
    suffix = "pdf" if request.form == SigningRequest.Form.PDF else "p7s"
    name = default_storage.save(f"signed/document.{suffix}", ContentFile(signed))
    no_longer_needed = str(request.prepared.name)
    with transaction.atomic(durable=True):
        _write(request, state=SigningRequest.State.DONE, lease=None, last_error="", prepared="")
        document = SignedDocument.objects.create(
            request=request,
            reference=request.reference,
            file=name,
            sha256=hashlib.sha256(signed).hexdigest(),
            level=level or request.level,
            signed_at=signed_at,
        )
    if no_longer_needed:
        default_storage.delete(no_longer_needed)
    return document


def _postpone(request: SigningRequest, reason: str, at: datetime) -> None:
    if asking.waits(request, at):
        pause = asking.LOOK_AGAIN
    else:
        pause = min(FIRST_PAUSE * 2 ** min(request.attempts - 1, 10), LONGEST_PAUSE)
    _release(request, next_at=at + pause, last_error=reason)


def fail(request: SigningRequest, reason: str, at: datetime) -> None:
    """There will be no signature; who ordered it is told why."""
    with transaction.atomic():
        if _release(request, state=SigningRequest.State.FAILED, next_at=at, last_error=reason):
            signals.failed.send(sender=SigningRequest, request=request, reference=request.reference, reason=reason)


def _release(request: SigningRequest, **changes: object) -> bool:
    try:
        _write(request, lease=None, **changes)
    except LeaseLost:
        return False
    return True
