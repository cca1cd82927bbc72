"""Ký nhiều: what a leader has read, signed together, item by item, each in a transaction of its own; sealing alike.

The batch, its items and the promise to work through them are written at once. Whoever dies in the middle leaves items
that wait: the promise is kept by the next worker, and an item that is done is never done again.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access, letters, outbox, processing
from dossiers.models import (
    Consultation,
    Dossier,
    DossierEvent,
    Enclosure,
    IssuedPaper,
    OutboxMessage,
    ReadForSigning,
    Result,
    SigningBatch,
    SigningItem,
)
from dossiers.querysets import DossierQuerySet
from dossiers.refusals import MoveRefused
from dossiers.routing import NoWay
from dossiers.seating import places_of
from portal.floor.actor import Actor
from portal.floor.ids import uuid7
from procedures.ruleset import Rules

log = logging.getLogger(__name__)
LIMIT = 100
CHANGES = ("draft_result", "propose", "supply")  # after one of these a leader reads anew
Kind, State = SigningBatch.Kind, SigningItem.State
Seen = Mapping[uuid.UUID, int]  # dossiers or letters by key, the dossier in the version that the officer looked at


# Reading ------------------------------------------------------------------------------------------------------


def read(result: Result, *, by: Actor, at: dt.datetime) -> None:
    """Note that this officer has the result before the eyes, as it would be signed."""
    assert by.user_id is not None  # officers have accounts
    ReadForSigning.objects.update_or_create(result=result, user_id=by.user_id, defaults={"at": at})


def with_reading(dossiers: DossierQuerySet, by: Actor) -> DossierQuerySet:
    """Each with `read`: whether this officer has opened what would be signed, since it was last changed."""
    assert by.user_id is not None  # officers have accounts
    changed = DossierEvent.objects.filter(dossier=OuterRef("dossier"), verb__in=CHANGES).order_by("-sequence")
    readings = ReadForSigning.objects.filter(
        result__dossier=OuterRef("pk"), result__superseded_at=None, user_id=by.user_id
    ).alias(dossier=F("result__dossier"))
    since = Coalesce(Subquery(changed.values("at")[:1]), F("result__drafted_at"))
    known: DossierQuerySet = dossiers.annotate(read=Exists(readings.filter(at__gte=since)))
    return known


# What may be signed together ----------------------------------------------------------------------------------


def chosen(keys: Sequence[uuid.UUID], *, by: Actor) -> list[Any]:
    """Of these dossiers those that lie in the actor's basket, nearest deadline first; no more than LIMIT."""
    found = Dossier.objects.to_sign_by(by).filter(pk__in=list(keys)[:LIMIT])
    found = found.select_related("rule_profile", "procedure_version", "receiving_agency", "holder_agency")
    asked = Consultation.objects.open().filter(dossier=OuterRef("pk"))
    decided = Result.objects.filter(dossier=OuterRef("pk"), superseded_at=None).exclude(decided_at=None)
    return list(with_reading(found, by).annotate(asked=Exists(asked), decided=Exists(decided)).by_deadline())


def hindrance(dossier: Any, *, by: Actor) -> str:
    """Why one of `chosen` is not signed together with others; empty when it may be."""
    if dossier.decided:
        return _("Đã quyết định, chữ ký đang được tạo.")
    if not access.may(dossier, "decide", by):
        return _("Bạn không có thẩm quyền ký hồ sơ này: người thay lúc nghỉ phép không ký.")
    if dossier.waiting_for:
        return str(_("Đang chờ: %s.") % dossier.waiting_for)
    if dossier.asked:
        return _("Đang lấy ý kiến cơ quan khác.")
    if not dossier.read and not Rules.of(dossier.rule_profile).sign_unread:
        return _("Bạn chưa mở đọc văn bản này, hoặc nó đã đổi sau khi bạn đọc. Mở đọc rồi ký.")
    return ""


def order(seen: Seen, *, by: Actor, at: dt.datetime) -> SigningBatch:
    """Write down what is to be signed together and what is left out, and promise the work. Raises MoveRefused."""
    items = []
    for dossier in chosen(list(seen), by=by):
        stale = dossier.version != seen[dossier.pk]
        why = access.who_was_first(dossier) if stale else hindrance(dossier, by=by)
        items.append(_item(dossier, why))
    results = Result.objects.filter(dossier__in=[one.dossier_id for one in items], superseded_at=None)
    current = dict(results.values_list("dossier_id", "pk"))
    for one in items:
        one.result_id = current.get(one.dossier_id)
    return _promised(Kind.SIGN, items, by=by, at=at)


def order_seals(dossiers: Seen, papers: Sequence[uuid.UUID], *, by: Actor, at: dt.datetime) -> SigningBatch:
    """The same for the agency's seal: on signed results, and on signed letters. Raises MoveRefused."""
    items = []
    for dossier in waiting_for_seal(by).filter(pk__in=list(dossiers)[:LIMIT]).by_deadline():
        stale = dossier.version != dossiers[dossier.pk]
        items.append(_item(dossier, access.who_was_first(dossier) if stale else "", result_id=dossier.result_id))
    for paper in letters.waiting(by).filter(pk__in=papers[:LIMIT]).select_related("dossier"):
        assert paper.dossier is not None  # such letters are about one
        items.append(_item(paper.dossier, "", paper=paper))
    return _promised(Kind.SEAL, items[:LIMIT], by=by, at=at)


def waiting_for_seal(by: Actor) -> DossierQuerySet:
    """Dossiers whose signed result waits for the seal at the actor's desk and has none ordered, with `result_id`."""
    at_desk = Dossier.objects.in_queue_of(by).filter(stage_kind="seal", results__superseded_at=None)
    ordered = Exists(letters.ordered("result.seal", "results__"))
    waiting: DossierQuerySet = at_desk.annotate(result_id=F("results__pk")).exclude(ordered)
    return waiting


def _item(dossier: Dossier, why: str, **given: Any) -> SigningItem:
    state = State.SKIPPED if why else State.WAITING
    return SigningItem(dossier=dossier, version=dossier.version, state=state, why=why[:300], **given)


def _promised(kind: str, items: list[SigningItem], *, by: Actor, at: dt.datetime) -> SigningBatch:
    if not any(item.state == State.WAITING for item in items):
        raise MoveRefused(_("Không có văn bản nào trong số đã chọn ký được. Lý do ở từng dòng."))
    assert by.user_id is not None  # officers have accounts
    batch = SigningBatch(kind=kind, user_id=by.user_id, user_name=by.name, at=at)
    for place, item in enumerate(items, 1):
        item.batch, item.place = batch, place
    with transaction.atomic():
        batch.save(force_insert=True)
        SigningItem.objects.bulk_create(items)
        outbox.keep([_promise(batch, at=at)])
    return batch


# Going through a batch ----------------------------------------------------------------------------------------


def key_of(batch: SigningBatch) -> str:
    """The outbox key of the newest promise to work through the batch."""
    return f"signing.batch:{batch.pk}:{batch.runs}"


def carry_on(batch: SigningBatch, *, by: Actor, at: dt.datetime) -> None:
    """Promise anew what was left undone: by whoever ordered it, at any time, as often as wanted."""
    if batch.user_id != by.user_id or not batch.items.filter(state=State.WAITING).exists():
        return
    with transaction.atomic():
        SigningBatch.objects.filter(pk=batch.pk).update(runs=F("runs") + 1)
        batch.refresh_from_db(fields=["runs"])
        outbox.keep([_promise(batch, at=at)])


def again(batch: SigningBatch, *, by: Actor, at: dt.datetime) -> int:
    """Order anew every signature of the batch that failed; how many. Who may not any more is passed over."""
    broken = batch.items.filter(state=State.ORDERED).exclude(result=None).exclude(result__signing_error="")
    failed = list(broken.select_related("dossier__procedure_version", "dossier__rule_profile"))
    together = processing.Batch(uuid7(), len(failed)) if batch.kind == Kind.SIGN else None
    done = 0
    for item in failed:
        try:
            processing.sign_again(item.dossier, by=by, at=at, batch=together)
        except MoveRefused:
            continue
        done += 1
    return done


def _promise(batch: SigningBatch, *, at: dt.datetime) -> OutboxMessage:
    return outbox.promise(
        "signing.batch", key=key_of(batch), at=at, lane=key_of(batch), payload={"batch": str(batch.pk)}
    )


def _together(batch: SigningBatch) -> processing.Batch:
    """Letters are sealed one by one; what goes out with a result is sealed with it."""
    items = batch.items.exclude(result=None).exclude(state__in=(State.SKIPPED, State.REFUSED))
    results = items.values("result")
    enclosed = Enclosure.objects.filter(result__in=results).count() if batch.kind == Kind.SEAL else 0
    return processing.Batch(batch.pk, results.count() + enclosed)


def go_through(message: OutboxMessage) -> None:
    """Do what waits in the batch. One that goes wrong stops no other; what is left then is done at the next try."""
    assert message.payload is not None
    batch, at = SigningBatch.objects.get(pk=message.payload["batch"]), timezone.now()
    seats, lent = places_of(batch.user_id, timezone.localdate(at))
    by = Actor("officer", batch.user_id, batch.user_name, seats, delegations=lent)
    together, left = _together(batch), None
    for pk in batch.items.filter(state=State.WAITING).order_by("place").values_list("pk", flat=True):
        try:
            _do(pk, by=by, at=at, together=together)
        except Exception as error:
            log.exception("item %s of batch %s was left undone", pk, batch.pk)
            left = error
    if left is not None:
        raise left


def _do(pk: int, *, by: Actor, at: dt.datetime, together: processing.Batch) -> None:
    """One item, unless it is done or another worker has it. The act and the note of it are one transaction."""
    with transaction.atomic():
        free = SigningItem.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.WAITING)
        item = free.first()
        if item is None:
            return
        item.why = _ordered(item, by=by, at=at, together=together)[:300]
        item.state = State.REFUSED if item.why else State.ORDERED
        item.save(update_fields=["state", "why"])


def _ordered(item: SigningItem, *, by: Actor, at: dt.datetime, together: processing.Batch) -> str:
    """Why it was not; empty when the signature or seal is ordered."""
    related = ("rule_profile", "procedure_version", "receiving_agency", "holder_agency")
    dossier = Dossier.objects.select_related(*related).get(pk=item.dossier_id)
    if item.paper_id is None and dossier.version != item.version:
        return access.who_was_first(dossier)
    try:
        with transaction.atomic():
            if item.paper_id is not None:
                letters.seal(IssuedPaper.objects.get(pk=item.paper_id), by=by, at=at)
            elif item.batch.kind == Kind.SEAL:
                processing.seal(dossier, by=by, at=at, batch=together)
            else:
                processing.decide(dossier, by=by, at=at, batch=together)
    except (MoveRefused, NoWay) as refused:
        return str(refused)
    return ""


outbox.register("signing.batch", go_through)
