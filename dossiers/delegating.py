"""Ủy quyền ký: who signs for a leader, in which capacity, until when (NĐ 30/2020/NĐ-CP art. 13)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dossiers.models import Dossier, SigningDelegation
from dossiers.refusals import MoveRefused
from portal.floor.actor import Actor, Delegation, Seat
from procedures.models import Agency, Position

Capacity = SigningDelegation.Capacity
# A delegation's columns: the giver's seat, as `portal.actors` reads seats, with the taker's title; then what was given.
COLUMNS = (
    "giver_id", "giver__user_id", "giver__agency_id", "giver__role", "taker__title", "capacity", "giver__holder_name",
    "giver__agency__short_name", "giver__agency__name", "pk", "procedures", "dossier_id", "giver__title",
)  # fmt: skip


def in_force(on: dt.date) -> QuerySet[SigningDelegation]:
    """Those that hold on that day: not withdrawn, begun, not ended, both still in their seats."""
    seats = Position.objects.in_force(on)
    return SigningDelegation.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on), withdrawn_at=None, starts_on__lte=on,
        giver__in=seats.filter(role="leader").values("pk"), taker__in=seats.values("pk"),
    )  # fmt: skip


def held_by(user_id: uuid.UUID, on: dt.date) -> QuerySet[SigningDelegation]:
    """What this officer may sign for others on that day."""
    return in_force(on).filter(taker__user_id=user_id)


def made(row: Sequence[Any]) -> Delegation:
    """A delegation from its COLUMNS: the seat is the giver's, title and capacity are what the taker signs with."""
    pk, _user, agency_id, role, title, capacity, giver, short_name, name, key, procedures, dossier_id, head = row
    seat = Seat(pk, agency_id, role, title, f"{capacity} {head.upper()}", short_name or name)
    return Delegation(key, seat, giver, frozenset(procedures), dossier_id)


def takers(giver: Position, *, on: dt.date) -> QuerySet[Position]:
    """Who may be asked to sign for that seat: colleagues of the agency and of the agencies directly under it."""
    near = Agency.objects.filter(Q(pk=giver.agency_id) | Q(parent_id=giver.agency_id))
    seats = Position.objects.in_force(on).filter(agency__in=near, role__in=("leader", "specialist"))
    return seats.exclude(user_id=giver.user_id).select_related("agency").order_by("agency_id", "holder_name", "pk")


def own_seats(by: Actor) -> list[int]:
    """The leader's seats that are this officer's own: neither a substitute nor a delegate passes anything on."""
    return [seat.position_id for seat in by.seats if seat.role == "leader" and not seat.stands_in_for]


def give(
    giver: Position, *, taker: Position, capacity: str, by: Actor, at: dt.datetime, starts_on: dt.date,
    ends_on: dt.date | None = None, ground: str = "", procedures: Iterable[int] = (), dossier: Dossier | None = None,
) -> SigningDelegation:  # fmt: skip
    """Let `taker` sign for `giver`, whose own act this is; the taker reads it in the basket. Raises MoveRefused."""
    if giver.pk not in own_seats(by):
        raise MoveRefused(_("Chỉ chính người giữ thẩm quyền được ủy quyền; người ký thay không ủy quyền lại."))
    if not takers(giver, on=starts_on).filter(pk=taker.pk).exists():
        raise MoveRefused(_("Chỉ ủy quyền cho người của cơ quan mình hoặc đơn vị trực thuộc."))
    scope = sorted(set(procedures))
    _check(capacity, taker=taker, giver=giver, scoped=bool(scope or dossier), ends_on=ends_on, ground=ground)
    if ends_on is not None and ends_on < starts_on:
        raise MoveRefused(_("Ngày kết thúc phải sau ngày bắt đầu."))
    return SigningDelegation.objects.create(
        giver=giver, taker=taker, capacity=capacity, procedures=scope, dossier=dossier, starts_on=starts_on,
        ends_on=ends_on, ground=ground, given_at=at,
    )  # fmt: skip


def _check(
    capacity: str, *, taker: Position, giver: Position, scoped: bool, ends_on: dt.date | None, ground: str
) -> None:
    """What art. 13 asks of each capacity. Raises MoveRefused."""
    same = taker.agency_id == giver.agency_id
    if capacity == Capacity.FOR and not (same and taker.role == "leader"):
        raise MoveRefused(_("Ký thay (KT.) chỉ giao cho cấp phó trong cùng cơ quan."))
    if capacity != Capacity.FOR and not ground:
        raise MoveRefused(
            _("Ghi quy chế làm việc giao ký thừa lệnh: số, ngày văn bản.")
            if capacity == Capacity.BY_ORDER
            else _("Ký thừa ủy quyền phải có văn bản ủy quyền: ghi số, ngày của văn bản.")
        )
    if capacity == Capacity.AUTHORISED and ends_on is None:
        raise MoveRefused(_("Ký thừa ủy quyền phải có thời hạn: ghi ngày kết thúc."))
    if capacity == Capacity.AUTHORISED and not scoped:
        raise MoveRefused(_("Ký thừa ủy quyền phải giới hạn nội dung: chọn thủ tục được ủy quyền."))


def withdraw(row: SigningDelegation, *, by: Actor, at: dt.datetime) -> None:
    """End it at once, by the giver. What was signed under it stays. Raises MoveRefused."""
    if row.giver_id not in own_seats(by):
        raise MoveRefused(_("Chỉ người đã ủy quyền được thu hồi ủy quyền."))
    SigningDelegation.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=at)
