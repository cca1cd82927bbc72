"""The officer's digital signature on copies made at the counter, through the signing service (TT 01/2023/TT-VPCP)."""

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import outbox, scans
from dossiers.models import Attachment, OutboxMessage
from signatures import signing
from signatures.models import Certificate

_PREFIX = "copy:"


def sign(message: OutboxMessage) -> None:
    """Have a copy signed by the officer who compared it with the paper.

    Who has no certificate any more leaves it unsigned. Raises PortError.
    """
    assert message.payload is not None
    copy = Attachment.objects.get(pk=message.payload["copy"])
    if copy.signer_user_id is None or copy.superseded_at is not None:
        return
    certificate = Certificate.objects.usable(timezone.localdate()).for_user(copy.signer_user_id).first()
    if certificate is None:
        _unsigned(copy.pk)
        return
    pdf = scans.as_pdf(copy.read(), copy.content_type, at=copy.received_at)
    request = signing.order(
        signing.SigningOrder(
            pdf=pdf, certificate_id=certificate.pk, reference=f"{_PREFIX}{copy.pk}",
            reason=_("Đã đối chiếu với bản giấy"), requested_by=copy.signer_user_id,
        )
    )  # fmt: skip
    signing.perform(request.pk)


def attach(reference: str, document_id: uuid.UUID) -> None:
    """News from the signing service about one of our copies; other references are not ours."""
    if reference.startswith(_PREFIX):
        Attachment.objects.filter(pk=reference.removeprefix(_PREFIX)).update(signed_document_id=document_id)


def give_up(reference: str, reason: str) -> None:
    """News that the signing service will not sign one of our copies: it stays as it is, unsigned."""
    if reference.startswith(_PREFIX):
        _unsigned(reference.removeprefix(_PREFIX))


def _unsigned(pk: uuid.UUID | str) -> None:
    Attachment.objects.filter(pk=pk).update(signer_user_id=None)


outbox.register("copy.sign", sign)
