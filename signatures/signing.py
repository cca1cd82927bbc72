"""Order, perform, sweep. Every promise is a row: a kill at any moment loses nothing and doubles nothing."""

import hashlib
import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from types import ModuleType
from typing import Literal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.ports import PortError
from signatures import appearance, asking, cades, leases, pades, placement, signals, timestamps, trust, xades
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.querysets import SigningRequestQuerySet
from signatures.refusals import NotNow, SigningRefused

logger = logging.getLogger(__name__)

SWEEP = 100
_FORMS: dict[str, ModuleType] = {"pdf": pades, "cms": cades, "xml": xades}
_SUFFIXES = {"pdf": "pdf", "cms": "p7s", "xml": "xml"}
# How long orders of a batch wait for the next one, unless whoever orders says that it was the last.
GATHERING = timedelta(seconds=20)


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

    With `form` "cms" the file may be of any kind, stays as it is, and the document is a signature file beside it; with
    "xml" the signature goes into the XML.
    Orders of one `batch` ask the holder of the key once.
    """

    pdf: bytes
    certificate_id: int
    reference: str
    placement: Placement = Placement()
    reason: str = ""
    requested_by: uuid.UUID | None = None
    level: Literal["B-B", "B-T"] = "B-T"
    form: Literal["pdf", "cms", "xml"] = "pdf"
    batch: uuid.UUID | None = None


def order(wish: SigningOrder, *, at: datetime | None = None) -> SigningRequest:
    """Write the request inside the caller's transaction. The same reference again gives the request that exists.

    One of a batch is performed after a short while, with all the others; `perform` on any of them does it at once.
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
                "next_at": at + GATHERING if wish.batch else at,
                "created_at": at,
            },
        )
    if request.original_sha256 != digest:
        raise SigningRefused(_("Mã yêu cầu ký này đã dùng cho một tệp khác."))
    return request


def perform(request_id: uuid.UUID, *, at: datetime | None = None) -> SignedDocument | None:
    """Take the request and the rest of its batch as far as they go. None: it waits, or there will be no document.

    Must not be called inside a transaction: outside parties are asked.
    """
    at = at or timezone.now()
    requests = leases.claim(request_id, at)
    for step in (asking.hear, _check_may_sign, _prepare_each, asking.obtain, _complete_each):
        if held := leases.held(requests):
            step(held, at)
    return SignedDocument.objects.filter(request_id=request_id).first()


def under_way(reference: str) -> bool:
    """Whether something whose reference begins so is signed, or will be unless somebody gives up."""
    asked = SigningRequest.objects.filter(reference__startswith=reference)
    return asked.exclude(state=SigningRequest.State.FAILED).exists()


def take_in(
    request_id: uuid.UUID, signed: bytes, *, signed_at: datetime, level: str, at: datetime
) -> SignedDocument | None:
    """Keep a file that was signed elsewhere and found good. None: the request no longer waits, or is being taken."""
    for request in leases.claim(request_id, at, alone=True):
        with suppress(leases.LeaseLost):
            document = _keep_document(request, signed, signed_at, level)
            _tell(document, at)
            return document
    return None


def fail(request: SigningRequest, reason: str, at: datetime) -> None:
    """There will be no signature; who ordered it is told why."""
    with suppress(leases.LeaseLost):
        leases.fail(request, reason, at)


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
    requests = _one_of_each_batch(SigningRequest.objects.due(at))
    untold = SignedDocument.objects.not_handed_over().order_by("signed_at")[:SWEEP]
    tries: list[Callable[[], object]] = [partial(hand_over, document, at=at) for document in untold]
    return _try_all(tries + [partial(perform, pk, at=at) for pk in requests])


def hear(at: datetime) -> int:
    """Whether the holders who were asked have confirmed. Gives how many were looked at."""
    return _try_all([partial(perform, pk, at=at) for pk in _one_of_each_batch(SigningRequest.objects.asked(at))])


def _one_of_each_batch(requests: SigningRequestQuerySet) -> list[uuid.UUID]:
    """It takes the others along."""
    found = requests.values_list("pk", "batch", "certificate")[:SWEEP]
    return list({(batch or pk, certificate): pk for pk, batch, certificate in found}.values())


def _try_all(tries: list[Callable[[], object]]) -> int:
    with trust.batch():
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


def _check_may_sign(requests: Sequence[SigningRequest], at: datetime) -> None:
    """On every attempt, also when only the time stamp is missing: a stamp after revocation would be worthless.

    Holders may take minutes to answer, so it is asked after them and before them.
    """
    with leases.settling(requests, at):
        certificate = requests[0].certificate
        if certificate.at_agent:
            raise PortError(_("Mở trang ký trên máy có thiết bị ký."))
        if not Certificate.objects.usable(timezone.localdate(at)).filter(pk=certificate.pk).exists():
            raise SigningRefused(_("Chứng thư số không còn hiệu lực hoặc đã ngừng dùng."))
        trust.check_may_sign(certificate.parsed, certificate.issuers)


def _prepare_each(requests: Sequence[SigningRequest], at: datetime) -> None:
    """Make the files with their gaps and keep them: whoever asks for a signature must find the same bytes later."""
    signer = _signer(requests)
    for request in requests:
        if request.attributes is None:
            with leases.settling([request], at):
                _keep_prepared(request, _prepare(request, signer, at))


def _complete_each(requests: Sequence[SigningRequest], at: datetime) -> None:
    """Put the signatures into the files. Where the time-stamp authority is silent for one, it is for all."""
    signer, signed = _signer(requests), [one for one in requests if one.signature is not None]
    with leases.settling(signed, at):
        for request in signed:
            with leases.settling([request], at, alone=True):
                _tell(_keep_document(request, *_complete(request, signer, at)), at)


def _complete(request: SigningRequest, signer: pades.Signer, at: datetime) -> tuple[bytes, datetime]:
    timestamper = timestamps.timestamper() if request.level == SigningRequest.Level.B_T else None
    complete = _FORMS[request.form].complete
    assert request.signature is not None
    signed, stamped_at = complete(_prepared(request), signer, bytes(request.signature), timestamper)
    return signed, stamped_at or at


def _signer(requests: Sequence[SigningRequest]) -> pades.Signer:
    """All in one worker's hands have one certificate."""
    certificate = requests[0].certificate
    return pades.Signer(certificate.parsed, certificate.issuers)


def _keep_prepared(request: SigningRequest, prepared: pades.Prepared) -> None:
    leases.write(
        [request],
        prepared=default_storage.save("signing/prepared.pdf", ContentFile(prepared.pdf)) if prepared.pdf else "",
        digest=prepared.digest,
        gap_from=prepared.gap_from,
        gap_to=prepared.gap_to,
        attributes=prepared.attributes,
    )


def _prepared(request: SigningRequest) -> pades.Prepared:
    assert request.digest is not None
    assert request.gap_from is not None
    assert request.gap_to is not None
    assert request.attributes is not None
    return pades.Prepared(
        _content(request.prepared) if request.prepared else b"",
        bytes(request.digest),
        request.gap_from,
        request.gap_to,
        bytes(request.attributes),
    )


def _prepare(request: SigningRequest, signer: pades.Signer, at: datetime) -> pades.Prepared:
    original = _content(request.original)
    if request.form != SigningRequest.Form.PDF:
        prepared: pades.Prepared = _FORMS[request.form].prepare(original, signer, at=at)
        return prepared
    return pades.prepare(original, signer, at=at, reason=request.reason, mark=_mark(request, original, at))


def _mark(request: SigningRequest, pdf: bytes, at: datetime) -> pades.Mark | None:
    chosen = placement.checked(pdf, placement.Box(**request.box)) if request.box else None
    if request.mark == SigningRequest.Mark.NONE:
        return None
    if request.mark == SigningRequest.Mark.TEXT:
        lines = appearance.with_time(request.lines, at)
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
    name = default_storage.save(f"signed/document.{_SUFFIXES[request.form]}", ContentFile(signed))
    no_longer_needed = str(request.prepared.name)
    with transaction.atomic(durable=True):
        leases.write([request], state=SigningRequest.State.DONE, lease=None, last_error="", prepared="")
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
