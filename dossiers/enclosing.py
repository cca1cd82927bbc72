"""Văn bản kèm theo: files that go out with a result, each signed by the agency alone (NĐ 30/2020/NĐ-CP, annex I).

They are fixed with the draft, signed together with the seal of their result, and it is not issued before the last one.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from dossiers import routing
from dossiers.models import Dossier, Enclosure, Result
from dossiers.refusals import MoveRefused
from signatures import signing
from signatures.models import Certificate, SigningRequest

MOST = 10
KIND = "enclosure"  # the first word of a signing request's reference


def check(dossier: Dossier, number: int) -> None:
    """Raises MoveRefused for so many, and where no seal would ever be put on them."""
    if number > MOST:
        raise MoveRefused(_("Kèm tối đa %d tệp. Ghép các tệp lại rồi tải lên.") % MOST)
    if number and not routing.is_sealed(dossier):
        raise MoveRefused(
            _("Quy trình này không có bước đóng dấu nên không kèm tệp riêng được. Ghép vào văn bản chính.")
        )


def enclose(result: Result, enclosures: Iterable[Enclosure]) -> None:
    """Send these out with the result, in that order. Those of an earlier draft stay with that one, too."""
    Enclosure.objects.bulk_create(
        Enclosure(result=result, place=place, title=one.title, file=one.file, sha256=one.sha256)
        for place, one in enumerate(enclosures, 1)
    )


def said(enclosures: Iterable[Enclosure]) -> list[dict[str, str]]:
    """What the trail keeps of them."""
    return [{"title": one.title, "sha256": one.sha256} for one in enclosures]


def orders(result: Result, certificate: Certificate, batch: uuid.UUID | None) -> list[signing.SigningOrder]:
    """One for each that is neither signed nor being signed: the number of the result, text alone, top right."""
    waiting = result.enclosures.filter(signed_document_id=None).order_by("place")
    mark = signing.Placement("text", lines=(_("Kèm theo văn bản số: %s") % result.number,))
    return [
        signing.SigningOrder(
            pdf=read(one), certificate_id=certificate.pk, reference=f"{KIND}:{one.pk}:{result.signing_attempt}",
            placement=mark, reason=result.number, requested_by=result.signer_user_id, batch=batch,
        )
        for one in waiting
        if not signing.under_way(f"{KIND}:{one.pk}:")
    ]  # fmt: skip


def shown(requests: Iterable[SigningRequest]) -> SigningRequest | None:
    """Of what was ever ordered for a result and its enclosures: what hinders it now, of each the newest order."""
    newest: dict[str, SigningRequest] = {}
    for request in sorted(requests, key=lambda one: (one.created_at, one.pk)):
        newest[request.reference.rpartition(":")[0]] = request
    weight: Mapping[str, int] = {SigningRequest.State.WAITING: 0, SigningRequest.State.FAILED: 1}
    return min(newest.values(), key=lambda one: weight.get(one.state, 2), default=None)


def references(result: Result, enclosures: Iterable[Enclosure], *, seal: bool) -> list[str]:
    """Of the order for the person's signature; of every one for the seal so far and for what goes out with it."""
    if not seal:
        return [f"result:{result.pk}:person:{result.signing_attempt}"]
    names = [f"result:{result.pk}:seal", *(f"{KIND}:{one.pk}" for one in enclosures)]
    return [f"{name}:{attempt}" for name in names for attempt in range(1, result.signing_attempt + 1)]


def complete(result: Result) -> bool:
    """Whether all of them are signed."""
    return not result.enclosures.filter(signed_document_id=None).exists()


def attach(key: str, document_id: uuid.UUID) -> None:
    """Keep which document is the signed one. Safe to repeat."""
    Enclosure.objects.filter(pk=key).update(signed_document_id=document_id)


def read(enclosure: Enclosure) -> bytes:
    """The unsigned original. Raises ValueError when it is not what the officer gave."""
    with default_storage.open(enclosure.file) as stored:
        content = bytes(stored.read())
    if hashlib.sha256(content).hexdigest() != enclosure.sha256:
        raise ValueError(f"stored bytes of enclosure {enclosure.pk} differ from what was given")
    return content
