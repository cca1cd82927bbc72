"""Results through the signing service: typeset once, signed by the person, sealed by the agency (NĐ 30/2020 art. 5)."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from typing import Any, Literal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access, enclosing, letters, outbox, papers, processing
from dossiers.models import Enclosure, IssuedPaper, OutboxMessage, Result
from dossiers.states import CLOSED, Status
from portal.floor.actor import SYSTEM, Actor, Seat
from portal.floor.ports import PortError
from portal.floor.typesetting import TypesettingError, typeset
from procedures import result_templates
from procedures.models import Position
from signatures import placement, signing
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.refusals import NotNow


def sign(message: OutboxMessage) -> None:
    """Have the decided result signed by the person who decided. Raises PortError."""
    result = _result(message)
    if result.dossier.status in CLOSED:
        return  # stopped or withdrawn after the decision: nobody signs what will not be issued
    today = timezone.localdate()
    signer = result.signer_user_id
    certificate = Certificate.objects.usable(today).for_user(signer).first() if signer else None
    if certificate is None:
        raise PortError("the signer has no usable certificate")
    box = placement.Box(**result.signature_box) if result.signature_box else None
    batch = _batch(message)
    together = batch.key if batch else None
    _perform([_wish(result, "person", pdf=_typeset(result), certificate=certificate, box=box, batch=together)], batch)


def seal(message: OutboxMessage) -> None:
    """Have the agency's seal put on the signed result, and its signature on what goes out with it. Raises PortError."""
    result = _result(message)
    if result.dossier.status in CLOSED:
        return
    agency = result.sealing_agency
    signed = SignedDocument.objects.filter(pk__in=[result.signed_document_id]).first()
    if agency is None or signed is None:
        raise PortError("there is nothing to seal", permanent=True)
    certificate = Certificate.objects.usable(timezone.localdate()).for_agency(agency.code).first()
    if certificate is None:
        raise PortError("the agency has no usable certificate")
    box = result.signature_box and placement.over_left_third(placement.Box(**result.signature_box), certificate.seal_mm)
    batch = _batch(message)
    # The holder of the key is asked once for a result and all that goes with it.
    together = batch.key if batch else uuid.uuid5(result.pk, str(result.signing_attempt))
    wishes = enclosing.orders(result, certificate, together)
    if not signing.under_way(f"result:{result.pk}:seal:"):
        wishes.append(_wish(result, "seal", pdf=signing.read(signed), certificate=certificate, box=box, batch=together))
    _perform(wishes, batch)


def sign_paper(message: OutboxMessage) -> None:
    """Have an official paper signed by the officer in whose name it went out.

    What officers may as well sign by hand on the print stays as it is where they have no certificate; a leader's
    letter waits for one. Raises PortError.
    """
    assert message.payload is not None
    paper = IssuedPaper.objects.get(pk=message.payload["paper"])
    signer, by_hand = paper.signer_user_id, paper.kind in papers.BY_OFFICER
    certificate = Certificate.objects.usable(timezone.localdate()).for_user(signer).first() if signer else None
    if certificate is None:
        if not by_hand:
            raise PortError("the signer has no usable certificate")
        _signed_by_hand(paper)
        return
    _run_letter(paper, "sign", papers.original(paper), certificate)


def seal_paper(message: OutboxMessage) -> None:
    """Have the agency's seal put on a signed letter (regulation §16.1). Raises PortError."""
    assert message.payload is not None
    paper = IssuedPaper.objects.select_related("agency").get(pk=message.payload["paper"])
    assert paper.agency is not None  # only letters of an agency wait for its seal
    certificate = Certificate.objects.usable(timezone.localdate()).for_agency(paper.agency.code).first()
    if certificate is None:
        raise PortError("the agency has no usable certificate")
    _run_letter(paper, "seal", papers.read(paper), certificate)


def _run_letter(paper: IssuedPaper, purpose: Literal["sign", "seal"], pdf: bytes, certificate: Certificate) -> None:
    anchor = paper.snapshot["officer" if paper.kind in papers.BY_OFFICER else "signer"]["name"]
    request = signing.order(
        signing.SigningOrder(
            pdf=pdf, certificate_id=certificate.pk, reference=letters.reference(paper, purpose),
            placement=signing.Placement(kind="person" if purpose == "sign" else "seal", anchor=anchor),
            reason=paper.number, requested_by=paper.signer_user_id,
        )
    )  # fmt: skip
    signing.perform(request.pk)


def _signed_by_hand(paper: IssuedPaper) -> None:
    """Nobody signs this paper in the computer: the print, signed by hand, is the paper."""
    IssuedPaper.objects.filter(pk=paper.pk).update(signer_user_id=None)


def attach(reference: str, document_id: uuid.UUID) -> None:
    """News from the signing service about one of our orders; other references are not ours.

    A sealed result waits for all that goes out with it: whichever is signed last takes the others along.
    Raises NotNow while a withdrawal is asked for: declined, the dossier goes on with this very signature.
    """
    kind, *parts = reference.split(":")
    if kind == "paper":
        sealed_at = {"sealed_at": timezone.now()} if "seal" in parts else {}
        IssuedPaper.objects.filter(pk=parts[0]).update(signed_document_id=document_id, signing_error="", **sealed_at)
        return
    if kind == "result":
        purpose, result = parts[1], _held(pk=parts[0])
    elif kind == enclosing.KIND:
        purpose, result = "seal", _held(enclosures=parts[0])
        enclosing.attach(parts[0], document_id)
    else:
        return
    if purpose == "seal":
        sealed = SignedDocument.objects.filter(reference__startswith=f"result:{result.pk}:seal:").first()
        if sealed is None or not enclosing.complete(result):
            return
        document_id = sealed.pk
    if result.dossier.status == Status.WITHDRAWAL_REQUESTED:
        raise NotNow
    processing.attach_signed_result(result, purpose=purpose, document_id=document_id, by=SYSTEM, at=timezone.now())


def _held(**which: Any) -> Result:
    """The result with its dossier held: two that are signed at once do not each take the other for missing."""
    results = Result.objects.select_related("dossier__rule_profile").select_for_update(of=("dossier",))
    return results.get(**which)


def give_up(reference: str, reason: str) -> None:
    """News that the signing service will not sign one of our orders: a revoked certificate, a refusal."""
    if reference.startswith("result:"):
        result = Result.objects.get(pk=reference.split(":")[1])
        processing.signing_failed(result, reason=reason, at=timezone.now())
    elif reference.startswith(f"{enclosing.KIND}:"):
        enclosure = Enclosure.objects.select_related("result").get(pk=reference.split(":")[1])
        processing.signing_failed(enclosure.result, reason=f"{enclosure}: {reason}", at=timezone.now())
    elif reference.startswith("paper:"):
        _refused(IssuedPaper.objects.get(pk=reference.split(":")[1]), reason)


def _refused(paper: IssuedPaper, reason: str) -> None:
    """What an officer may sign by hand on the print is; a leader's letter, or a seal, waits to be ordered anew."""
    if paper.kind in papers.BY_OFFICER and paper.signed_document_id is None:
        _signed_by_hand(paper)
    else:
        letters.gave_up(paper, reason)


def _result(message: OutboxMessage) -> Result:
    assert message.payload is not None
    return Result.objects.select_related("dossier", "sealing_agency").get(pk=message.payload["result"])


def preview(result: Result, *, by: Actor, at: dt.datetime) -> bytes:
    """The result as it stands, without number and date; once decided or uploaded, the very original.

    It names the reader where the reader would sign it, else a leader of the agency. Raises TypesettingError.
    """
    if result.decided_at is not None or result.uploaded:
        return _typeset(result)
    dossier = result.dossier
    agency = dossier.holder_agency
    seat, result.signer_name = access.signing_seat(dossier, by), by.name
    if seat is None:
        leaders = Position.objects.in_force(timezone.localdate(at)).filter(agency=agency, role="leader")
        leader = leaders.order_by("pk").first()
        seat = Seat(leader.pk, agency.pk, leader.role, leader.title, leader.signing_capacity) if leader else None
        result.signer_name = leader.holder_name if leader else ""
    data = papers.result_data(dossier, result, agency=agency, seat=seat, at=at) | {"number": "", "date": ""}
    return typeset(_source(result), data)


def _source(result: Result) -> str:
    case = result.dossier.case
    return result_templates.source_of(case, refusal=result.kind == Result.Kind.REFUSAL)


def _typeset(result: Result) -> bytes:
    """The unsigned original, made once and kept."""
    if result.on_paper and not result.file:
        raise TypesettingError("given on paper, signed by hand")
    if not result.file:
        pdf = typeset(_source(result), result.snapshot)
        digest = hashlib.sha256(pdf).hexdigest()
        result.file = default_storage.save(f"results/{result.pk}/{digest[:16]}.pdf", ContentFile(pdf))
        result.save(update_fields=["file"])
        return pdf
    with default_storage.open(result.file) as stored:
        return bytes(stored.read())


def _batch(message: OutboxMessage) -> processing.Batch | None:
    """What the result is signed together with."""
    said = message.payload or {}
    return processing.Batch(uuid.UUID(said["batch"]), said["batch_size"]) if "batch" in said else None


def _wish(
    result: Result, purpose: Literal["person", "seal"], *, pdf: bytes, certificate: Certificate,
    box: placement.Box | None, batch: uuid.UUID | None,
) -> signing.SigningOrder:  # fmt: skip
    return signing.SigningOrder(
        pdf=pdf,
        certificate_id=certificate.pk,
        reference=f"result:{result.pk}:{purpose}:{result.signing_attempt}",
        placement=signing.Placement(kind=purpose, anchor=result.signer_name, box=box),
        reason=result.number,
        requested_by=result.signer_user_id,
        batch=batch,
    )


def _perform(wishes: Sequence[signing.SigningOrder], batch: processing.Batch | None) -> None:
    """Order them and, with the last of the batch that they are part of, go to the holder of the key.

    Once ordered a request is its own queue row: the signing sweep finishes it if this process dies, and takes up a
    batch in which some were refused before they came here.
    """
    with transaction.atomic():
        requests = [signing.order(wish) for wish in wishes]
    if requests and (batch is None or SigningRequest.objects.filter(batch=batch.key).count() >= batch.size):
        signing.perform(requests[-1].pk)


def _telling(order: outbox.Handler) -> outbox.Handler:
    """When the last attempt to order a signature fails too, the desk that waits is told and may order it anew."""

    def handle(message: OutboxMessage) -> None:
        try:
            order(message)
        except Exception as error:
            permanent = isinstance(error, PortError) and error.permanent
            if permanent or message.attempts >= outbox.GIVE_UP_AFTER:
                _not_ordered(message)
            raise

    return handle


def _not_ordered(message: OutboxMessage) -> None:
    assert message.payload is not None
    reason = _("Không gửi được yêu cầu ký sau nhiều lần thử. Kiểm tra chứng thư số rồi ký lại.")
    if "paper" in message.payload:
        letters.gave_up(IssuedPaper.objects.get(pk=message.payload["paper"]), reason)
    elif not (result := _result(message)).signing_error:
        processing.signing_failed(result, reason=reason, at=timezone.now())


outbox.register("paper.sign", _telling(sign_paper))
outbox.register("paper.seal", _telling(seal_paper))
outbox.register("result.sign", _telling(sign))
outbox.register("result.seal", _telling(seal))
