"""Copies through the signing service: the mark of the agency on page one, or words, person and seal on a last page."""

import datetime as dt
import hashlib
import io
import uuid

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import copy_words, outbox
from dossiers.copy_words import Kind
from dossiers.models import Attachment, CertifiedCopy, OutboxMessage
from portal.floor.ids import uuid7
from portal.floor.ports import PortError
from portal.floor.typesetting import paper, typeset
from signatures import signing
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.querysets import CertificateQuerySet
from signatures.signing import Placement

_PREFIX = "certified:"


def read(copy: CertifiedCopy, *, at: dt.datetime) -> bytes:
    """The copy as it stands: signed, else as it will be signed; without number until then. Raises TypesettingError."""
    if document := SignedDocument.objects.filter(pk__in=[copy.signed_document_id]).first():
        return signing.read(document)
    return _assembled(copy, at=at)


def _assembled(copy: CertifiedCopy, *, at: dt.datetime) -> bytes:
    """What is signed: of what is certified from an original its scan with the certifying words behind it."""
    with default_storage.open(copy.file) as stored:
        original = bytes(stored.read())
    if hashlib.sha256(original).hexdigest() != copy.sha256:
        raise ValueError(f"the stored original of copy {copy.pk} is not the one that was kept")
    if copy.kind != Kind.CERTIFIED:
        return original
    last = typeset(paper("certification"), copy.snapshot or copy_words.words(copy, None, at=at))
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(original)) as pdf, pikepdf.open(io.BytesIO(last)) as page:
        pdf.pages.extend(page.pages)
        pdf.save(made, min_version="1.4", deterministic_id=True)
    return made.getvalue()


def _sign(message: OutboxMessage) -> None:
    """The first signature: of the person under the certifying words, or at once the agency's mark. Raises PortError."""
    copy = _copy(message)
    if copy.recalled_at or copy.issued_at:
        return
    if copy.kind == Kind.CERTIFIED:
        assert copy.signer_user_id is not None
        certificate = _usable().for_user(copy.signer_user_id).first()
        _order(copy, "person", certificate, Placement(kind="person", anchor=copy.signer_name))
    else:
        assert copy.snapshot is not None
        lines = tuple(copy.snapshot["mark"])
        _order(
            copy, "text", _usable().for_agency(copy.agency.code).first(), Placement(kind="text", page=0, lines=lines)
        )


def _seal(message: OutboxMessage) -> None:
    """The agency's seal beside the person's signature. Raises PortError."""
    copy = _copy(message)
    if not (copy.recalled_at or copy.issued_at):
        certificate = _usable().for_agency(copy.agency.code).first()
        _order(copy, "seal", certificate, Placement(kind="seal", anchor=copy.signer_name))


def _order(copy: CertifiedCopy, purpose: str, certificate: Certificate | None, placement: Placement) -> None:
    if certificate is None:
        raise PortError("no usable certificate")
    reference = f"{_PREFIX}{copy.pk}:{purpose}:{copy.signing_attempt}"
    # Typeset again, the same words are other bytes: what was ordered already is only taken further.
    request = SigningRequest.objects.filter(reference=reference).first() or signing.order(
        signing.SigningOrder(
            pdf=read(copy, at=timezone.now()), certificate_id=certificate.pk, reference=reference,
            placement=placement, reason=copy.number, requested_by=copy.signer_user_id,
        )
    )  # fmt: skip
    signing.perform(request.pk)


def attach(reference: str, document_id: uuid.UUID) -> None:
    """News from the signing service about one of our copies; other references are not ours."""
    if not reference.startswith(_PREFIX):
        return
    _kind, pk, purpose, attempt = reference.split(":")
    mine, now = CertifiedCopy.objects.filter(pk=pk, recalled_at=None), timezone.now()
    if purpose == "person":
        mine.update(signed_document_id=document_id)
        promise = outbox.promise("certified.seal", key=f"certified.seal:{pk}:{attempt}", at=now,
                                 lane=f"{_PREFIX}{pk}", payload={"copy": pk})  # fmt: skip
        outbox.keep([promise])
    elif mine.update(signed_document_id=document_id, issued_at=now, signing_error="", version=F("version") + 1):
        _put_into_dossier(mine.select_related("dossier").get(), document_id, at=now)


def give_up(reference: str, reason: str) -> None:
    """News that the signing service will not sign one of our copies: its leader sees why."""
    if reference.startswith(_PREFIX):
        _failed(reference.split(":")[1], reason)


def _failed(pk: str, reason: str) -> None:
    mine = CertifiedCopy.objects.filter(pk=pk, issued_at=None, recalled_at=None)
    mine.update(signing_error=reason[:300], version=F("version") + 1)


def _put_into_dossier(copy: CertifiedCopy, document_id: uuid.UUID, *, at: dt.datetime) -> None:
    """A copy certified from a paper of an open dossier stands beside that paper and needs no other look."""
    dossier, document_key = copy.dossier, copy.original["document_key"]
    if dossier is None or dossier.closed_at or not document_key or copy.kind != Kind.CERTIFIED:
        return
    content = signing.read(SignedDocument.objects.get(pk=document_id))
    pk = uuid7()
    copy.attachment = Attachment.objects.create(
        id=pk, dossier=dossier, document_key=document_key,
        name=f"{copy.number.replace('/', '-')}.pdf", content_type="application/pdf", size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), origin=Attachment.Origin.CERTIFIED, received_at=at,
        file=default_storage.save(f"attachments/{pk}", ContentFile(content)), verdict=Attachment.Verdict.OK,
    )  # fmt: skip
    copy.save(update_fields=["attachment"])


def _copy(message: OutboxMessage) -> CertifiedCopy:
    assert message.payload is not None
    row: CertifiedCopy = CertifiedCopy.objects.select_related("agency").get(pk=message.payload["copy"])
    return row


def _usable() -> CertificateQuerySet:
    return Certificate.objects.usable(timezone.localdate())


def _telling(order: outbox.Handler) -> outbox.Handler:
    """When the last attempt to order a signature fails too, the leader is told and may order it anew."""

    def handle(message: OutboxMessage) -> None:
        try:
            order(message)
        except Exception as error:
            permanent = isinstance(error, PortError) and error.permanent
            if permanent or message.attempts >= outbox.GIVE_UP_AFTER:
                _failed(str(_copy(message).pk), _("Không gửi được yêu cầu ký sau nhiều lần thử. Ký lại."))
            raise

    return handle


outbox.register("certified.sign", _telling(_sign))
outbox.register("certified.seal", _telling(_seal))
