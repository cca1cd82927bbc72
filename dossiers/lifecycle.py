"""The only writer of a dossier's status, holder, stage and due dates."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import access, chain, legs, outbox
from dossiers.models import ClockSegment, Consultation, Dossier, DossierEvent, OutboxMessage, Stage
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import CLOSED, MOVES, Status
from portal.floor.actor import SYSTEM, Actor, Seat


@dataclass(slots=True)
class Change:
    """What a move changes besides the status. `fields` go into the same UPDATE."""

    fields: dict[str, Any] = field(default_factory=dict)
    close_stage: bool = False
    open_stage: Stage | None = None
    stage_fields: dict[str, Any] = field(default_factory=dict)  # of the open stage, when it stays
    close_clock: bool = False
    open_clock: ClockSegment | None = None
    promises: Sequence[OutboxMessage] = ()
    asked: Sequence[Consultation] = ()  # what the route asks next while the stage stays


def move(
    dossier: Dossier, name: str, *, to: Status, by: Actor, at: dt.datetime,
    note: str = "", snapshot: dict[str, Any] | None = None, change: Change | None = None,
) -> DossierEvent:  # fmt: skip
    """Make one lawful move: guard → compare-and-set → chained event → stages and clock → promises, in one transaction.

    `dossier` is the copy the actor saw; its `version` decides the race. The copy is brought up to date in place.
    Raises MoveRefused, LostRace.
    """
    change = change or Change()
    lawful = MOVES[name]
    if Status(dossier.status) not in lawful.sources or to not in lawful.targets:
        raise MoveRefused(_("Hồ sơ đang ở trạng thái “%(status)s” nên không %(move)s được.") % {
            "status": dossier.get_status_display(), "move": str(lawful.label).lower()})  # fmt: skip
    admitted, seat = access.admit(dossier, name, by)
    if not admitted:
        raise MoveRefused(
            _("Hồ sơ này không ở bàn của bạn nên bạn không %(move)s được.") % {"move": str(lawful.label).lower()}
        )
    with transaction.atomic():
        asked = legs.drawn(dossier, change.open_stage, by=by, at=at) if change.open_stage else change.asked
        event = _event(dossier, name, to=to, by=by, at=at, note=note, snapshot=snapshot, seat=seat)
        events = [event, *_asking(dossier, asked, after=event, at=at)]
        fields = {
            "status": to, "version": dossier.version + 1,
            "events_count": events[-1].sequence, "events_head": events[-1].digest,
            "closed_at": (dossier.closed_at or at) if to in CLOSED else None, **change.fields,
        }  # fmt: skip
        won = Dossier.objects.filter(pk=dossier.pk, status=dossier.status, version=dossier.version).update(**fields)
        if not won:
            raise LostRace(access.who_was_first(dossier))
        DossierEvent.objects.bulk_create(events)
        _stages(dossier, name, change, by=by, at=at)
        legs.ask(asked, at=at)
        if change.close_clock:
            ClockSegment.objects.filter(dossier=dossier, to_at=None).update(to_at=at)
        if change.open_clock:
            change.open_clock.save(force_insert=True)
        outbox.keep([*change.promises, *_followed(dossier, to, at=at)])
    for attribute, value in fields.items():
        setattr(dossier, attribute, value)
    return event


def _stages(dossier: Dossier, name: str, change: Change, *, by: Actor, at: dt.datetime) -> None:
    if change.close_stage:
        Stage.objects.filter(dossier=dossier, closed_at=None).update(closed_at=at, outcome=name)
        if not change.open_stage:  # the route is left: nobody waits for an opinion any more
            legs.end(dossier, at=at)
    if change.open_stage:
        legs.hand_over(dossier, change.open_stage, by=by, at=at)
        change.open_stage.save(force_insert=True)
    if change.stage_fields:
        Stage.objects.filter(dossier=dossier, closed_at=None).update(**change.stage_fields)


def _asking(
    dossier: Dossier, asked: Sequence[Consultation], *, after: DossierEvent, at: dt.datetime
) -> list[DossierEvent]:
    """An event for each agency that the route itself asks: the trail says whom, what and until when."""
    events, there = [after], Status(after.to_status)
    for row in asked:
        said = legs.wording_of(row)
        event = _event(dossier, "consult", to=there, by=SYSTEM, at=at, note=row.agency.name, snapshot=said,
                       from_status=there, after=events[-1])  # fmt: skip
        events.append(event)
    return events[1:]


def _followed(dossier: Dossier, to: Status, *, at: dt.datetime) -> list[OutboxMessage]:
    """In a filing of several procedures: the promise to see who waited for what this move brings to its end."""
    if dossier.filing_id is None or not (to in CLOSED or to is Status.RESOLVED):
        return []
    key = f"followed:{dossier.pk}:{dossier.events_count + 1}"
    return [outbox.promise("filing.followed", key=key, at=at, dossier_id=dossier.pk)]


def begin(
    dossier: Dossier, *, by: Actor, at: dt.datetime, snapshot: dict[str, Any] | None = None,
    promises: Sequence[OutboxMessage] = (),
) -> DossierEvent:  # fmt: skip
    """Bring a dossier into the world (∅ → 1) with the first link of its chain. Call it in the transaction."""
    dossier.status = Status.SUBMITTED
    event = _event(dossier, "submit", to=Status.SUBMITTED, by=by, at=at, note="", snapshot=snapshot, from_status=None)
    dossier.events_count, dossier.events_head = event.sequence, event.digest
    dossier.save(force_insert=True)
    event.save(force_insert=True)
    outbox.keep(promises)
    return event


def begin_correction(
    dossier: Dossier, *, by: Actor, at: dt.datetime, note: str, snapshot: dict[str, Any], stage: Stage,
    clock: ClockSegment,
) -> DossierEvent:  # fmt: skip
    """Bring into the world a dossier that mends another's result (∅ → 4). Call it in the transaction of that move."""
    assert dossier.corrects is not None
    dossier.status, seat = Status.IN_PROGRESS, access.seat_on(dossier.corrects, "correct_result", by)
    event = _event(dossier, "correct_result", to=Status.IN_PROGRESS, by=by, at=at, note=note, snapshot=snapshot,
                   from_status=None, seat=seat)  # fmt: skip
    dossier.events_count, dossier.events_head = event.sequence, event.digest
    for row in (dossier, event, stage, clock):
        row.save(force_insert=True)
    return event


_SAME: Any = object()


def _event(
    dossier: Dossier, name: str, *, to: Status, by: Actor, at: dt.datetime, note: str,
    snapshot: dict[str, Any] | None, from_status: Any = _SAME, seat: Seat | None = None,
    after: DossierEvent | None = None,
) -> DossierEvent:  # fmt: skip
    count, head = (after.sequence, after.digest) if after else (dossier.events_count, dossier.events_head)
    seat = seat or (access.seat_on(dossier, name, by) if by.kind == "officer" else None)
    event = DossierEvent(
        dossier=dossier, sequence=count + 1, verb=name, at=at,
        actor_kind=by.kind, actor_id=str(by.user_id or ""), actor_name=by.name,
        position_id=str(seat.position_id) if seat else "", capacity=seat.title if seat else "",
        from_status=dossier.status if from_status is _SAME else from_status, to_status=to,
        note=note, snapshot=snapshot, **chain.text_digests(note, snapshot),
    )  # fmt: skip
    event.digest = chain.digest_of(event, previous=head)
    return event
