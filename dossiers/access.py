"""Who may do what to one dossier, and who has looked at it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.models import AccessLog, Dossier, DossierEvent
from dossiers.refusals import MoveRefused
from dossiers.states import MOVES, Place, Status
from portal.floor.actor import SYSTEM, Actor, Delegation, Seat
from procedures.organisation import reach_of

LENT = frozenset({"decide", "sign_again", "rework"})  # what a delegation to sign entitles to, and nothing else


def seat_on(dossier: Dossier, name: str, by: Actor) -> Seat | None:
    """The officer's seat that entitles to the move: at the place it is made from, in the holding role if it says so.

    Who stands in for a holder on leave does the holder's work but never signs; who was asked to sign for a holder
    does that from the holder's seat, and the seat's title says for whom.
    """
    own = _own_seat(dossier, name, by)
    lent = _lent(dossier, own, by) if name in LENT else None
    if lent is None:
        return own
    return replace(lent.seat, title=f"{lent.seat.title} ({lent.seat.signing_capacity} {lent.giver})")


def signs_for(dossier: Dossier, by: Actor) -> Delegation | None:
    """For whom this officer would sign the dossier; None when it is signed from an own seat, or not at all."""
    return _lent(dossier, _own_seat(dossier, "decide", by), by)


def signing_seat(dossier: Dossier, by: Actor) -> Seat | None:
    """The seat that the result names when this officer signs it; None for who may not."""
    if not may(dossier, "decide", by):
        return None
    lent = signs_for(dossier, by)
    return lent.seat if lent else by.seat_for(agency_id=dossier.holder_agency_id, roles=("leader",), own=True)


def _lent(dossier: Dossier, own: Seat | None, by: Actor) -> Delegation | None:
    """The delegation that covers the dossier, where no own seat does."""
    if not by.delegations or dossier.stage_kind != "sign" or dossier.holder_role != "leader":
        return None
    if own is not None and dossier.assignee_id in (None, own.position_id):
        return None
    return next((one for one in by.delegations if _covers(one, dossier)), None)


def _covers(one: Delegation, dossier: Dossier) -> bool:
    if one.seat.agency_id != dossier.holder_agency_id or dossier.assignee_id not in (None, one.seat.position_id):
        return False
    if one.dossier_id is not None:
        return one.dossier_id == dossier.pk
    return not one.procedures or dossier.procedure_version.procedure_id in one.procedures


def _own_seat(dossier: Dossier, name: str, by: Actor) -> Seat | None:
    move = MOVES[name]
    roles = tuple(role for role in move.roles if not move.holder_only or role == dossier.holder_role)
    # At the seal it is the agency that signs, whoever holds its stamp.
    own = move.signs and dossier.stage_kind != "seal"
    if not by.has_role(*roles):
        return None
    if move.place == "reach":
        reach = reach_of(by)
        operators = (seat for seat in by.seats if seat.role in roles)
        return next(operators, None) if reach.covers(dossier.holder_agency_id) else None
    seats = (by.seat_for(agency_id=agency, roles=roles, own=own) for agency in _agencies(dossier, move.place))
    return next((seat for seat in seats if seat), None)


def _agencies(dossier: Dossier, place: Place) -> Iterable[int | None]:
    """The agencies whose officers make moves from that place."""
    if place == "consulted":
        return dossier.consultations.open().values_list("agency_id", flat=True)
    if place == "before":
        return dossier.stages.exclude(closed_at=None).order_by("-ordinal").values_list("agency_id", flat=True)[:1]
    if place == "issuer":
        current = dossier.results.filter(superseded_at=None).exclude(issued_at=None)
        return current.values_list("sealing_agency_id", flat=True)
    return (dossier.receiving_agency_id if place == "receiving" else dossier.holder_agency_id,)


def may(dossier: Dossier, name: str, by: Actor) -> bool:
    """Whether this actor may make this move now. What was given to a colleague is that colleague's to pass on."""
    return admit(dossier, name, by)[0]


def admit(dossier: Dossier, name: str, by: Actor) -> tuple[bool, Seat | None]:
    """Whether this actor may make this move now, and the seat from which an officer makes it."""
    move = MOVES[name]
    if Status(dossier.status) not in move.sources:
        return False, None
    if by.kind != "officer":
        return by.kind in move.roles, None
    seat = seat_on(dossier, name, by)
    return seat is not None and (not move.holder_only or dossier.assignee_id in (None, seat.position_id)), seat


def moves_open_to(dossier: Dossier, by: Actor) -> list[str]:
    """The moves this actor may make now, in the order of the table."""
    return [name for name in MOVES if may(dossier, name, by)]


def log_read(dossier: Dossier, *, by: Actor, at: dt.datetime, what: str, why: str = "") -> None:
    """Note that somebody opened a dossier, a file or an unmasked field; the owner sees the list.

    `why`: an `AccessLog.Why`; without one, what the reader's seats have to do with the dossier.
    """
    seat, found = _entitled(dossier, by) if by.kind == "officer" else (None, AccessLog.Why.OWN)
    AccessLog.objects.create(
        dossier=dossier, at=at, actor_kind=by.kind, actor_id=str(by.user_id or ""), actor_name=by.name, what=what[:120],
        capacity=", ".join(filter(None, [seat.title, seat.agency]))[:250] if seat else "", why=why or found,
    )  # fmt: skip


def _entitled(dossier: Dossier, by: Actor) -> tuple[Seat | None, str]:
    """The seat from which the officer reads, and what it has to do with the dossier."""
    reasons = ((dossier.holder_agency_id, AccessLog.Why.DESK), (dossier.receiving_agency_id, AccessLog.Why.COUNTER))
    for agency, why in reasons:
        if seat := next((one for one in by.seats if one.agency_id == agency), None):
            return seat, why
    asked = set(dossier.consultations.filter(agency__in=by.agency_ids).values_list("agency_id", flat=True))
    if seat := next((one for one in by.seats if one.agency_id in asked), None):
        return seat, AccessLog.Why.CONSULTED
    return next(iter(by.seats), None), AccessLog.Why.EARLIER


def acts_on(dossier: Dossier) -> QuerySet[DossierEvent]:
    """The events of a dossier without what the route asked by itself: that belongs to the act before it."""
    return DossierEvent.objects.filter(dossier_id=dossier.pk).exclude(verb="consult", actor_kind=SYSTEM.kind)


def who_was_first(dossier: Dossier) -> str:
    """Who moved the dossier last, and when: for those whose copy of it is older."""
    latest = acts_on(dossier).order_by("-sequence").first()
    if latest is None:  # the row is gone or was never there
        return _("Hồ sơ không còn ở trạng thái bạn đang xem.")
    when = timezone.localtime(latest.at).strftime("%H:%M %d/%m/%Y")
    return _("%(who)s đã làm bước “%(move)s” lúc %(when)s. Hãy tải lại trang để xem.") % {
        "who": latest.actor_name or _("Người khác"),
        "move": str(MOVES[latest.verb].label),
        "when": when,
    }


def clock_must_run(dossier: Dossier) -> None:
    """Nobody passes on what waits for somebody else. Raises MoveRefused."""
    if dossier.waiting_for and dossier.accepted_at is None:  # one of a filing of several procedures, not its turn yet
        raise MoveRefused(_("Hồ sơ này chờ %(what)s. Có rồi thì hồ sơ tự đến lượt.") % {"what": dossier.waiting_for})
    if dossier.waiting_for:
        raise MoveRefused(_("Đồng hồ đang dừng (%(why)s). Tính tiếp thời hạn trước.") % {"why": dossier.waiting_for})
