"""Letters of an agency after their signature: sealed by the records clerk, ordered anew where a signature failed.

Regulation §16.1: Mẫu 04, 05 are the competent person's and the agency's; 02, 03 bear the unit's seal where it has one.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from dossiers import outbox
from dossiers.models import IssuedPaper, OutboxMessage
from dossiers.refusals import MoveRefused
from portal.floor.actor import Actor

_Kind = IssuedPaper.Kind
SEALED = (_Kind.SUPPLEMENT, _Kind.REFUSAL, _Kind.APOLOGY, _Kind.STOP_NOTICE)


def key(paper: IssuedPaper, purpose: str) -> str:
    """The outbox key of the order for this attempt; `purpose` is sign or seal."""
    if purpose == "sign" and paper.signing_attempt == 1:
        return f"paper.sign:{paper.pk}"
    return f"paper.{purpose}:{paper.pk}:{paper.signing_attempt}"


def reference(paper: IssuedPaper, purpose: str) -> str:
    """How the signing service knows this attempt: `paper:<key>`; beyond the first signature with purpose, attempt."""
    if purpose == "sign" and paper.signing_attempt == 1:
        return f"paper:{paper.pk}"
    return f"paper:{paper.pk}:{purpose}:{paper.signing_attempt}"


def _of(by: Actor) -> QuerySet[IssuedPaper]:
    """The letters of the agencies whose clerk this is."""
    agencies = [seat.agency_id for seat in by.seats if seat.role == "records_clerk"]
    return IssuedPaper.objects.filter(agency__in=agencies, kind__in=SEALED, dossier__isnull=False)


def waiting(by: Actor) -> QuerySet[IssuedPaper]:
    """Signed letters without the seal, none ordered, the oldest first."""
    found = _of(by).filter(signed_document_id__isnull=False, sealed_at=None, signing_error="")
    return found.exclude(Exists(ordered("paper.seal", ""))).order_by("issued_at", "pk")


def ordered(kind: str, path: str) -> QuerySet[OutboxMessage]:
    """The order of this attempt, for a subquery; `path` leads from the outer row to what is signed."""
    pk, attempt = (Cast(OuterRef(f"{path}{name}"), CharField()) for name in ("pk", "signing_attempt"))
    return OutboxMessage.objects.filter(key=Concat(Value(f"{kind}:"), pk, Value(":"), attempt))


def failed(by: Actor) -> QuerySet[IssuedPaper]:
    """Letters whose signature or seal the signing service gave up, the oldest first."""
    return _of(by).exclude(signing_error="").order_by("issued_at", "pk")


def seal(paper: IssuedPaper, *, by: Actor, at: dt.datetime) -> None:
    """Order the agency's seal on a signed letter, once. Raises MoveRefused."""
    if not _of(by).filter(pk=paper.pk).exists():
        raise MoveRefused(_("Thư này không thuộc cơ quan bạn làm văn thư."))
    if paper.signed_document_id is None:
        raise MoveRefused(_("Thư chưa có chữ ký số của người có thẩm quyền."))
    if paper.sealed_at is not None or paper.signing_error:
        raise MoveRefused(_("Thư đã đóng dấu, hoặc lần trước hỏng: bấm Ký lại."))
    _order(paper, "seal", at=at)


def again(paper: IssuedPaper, *, by: Actor, at: dt.datetime) -> None:
    """Order the failed signature or seal anew. Raises MoveRefused."""
    if not failed(by).filter(pk=paper.pk).exists():
        raise MoveRefused(_("Lần ký trước chưa hỏng nên không cần ký lại."))
    with transaction.atomic():
        IssuedPaper.objects.filter(pk=paper.pk).update(signing_attempt=F("signing_attempt") + 1, signing_error="")
        paper.refresh_from_db(fields=["signing_attempt", "signing_error"])
        _order(paper, "seal" if paper.signed_document_id else "sign", at=at)


def gave_up(paper: IssuedPaper, reason: str) -> None:
    """News from the signing service, kept for the clerk: nothing of the letter changes."""
    IssuedPaper.objects.filter(pk=paper.pk).update(signing_error=reason[:300])


def _order(paper: IssuedPaper, purpose: str, *, at: dt.datetime) -> None:
    lane: Any = {"lane": f"paper:{paper.pk}", "payload": {"paper": str(paper.pk)}}
    if OutboxMessage.objects.filter(key=key(paper, purpose)).exists():
        raise MoveRefused(_("Dấu của cơ quan đang được đóng."))
    outbox.keep(
        [outbox.promise(f"paper.{purpose}", key=key(paper, purpose), at=at, dossier_id=paper.dossier_id, **lane)]
    )
