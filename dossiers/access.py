"""Who may do what to one dossier, and who has looked at it."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.models import AccessLog, Dossier, DossierEvent
from dossiers.refusals import MoveRefused
from dossiers.states import MOVES, Status
from portal.floor.actor import Actor, Seat


def seat_on(dossier: Dossier, name: str, by: Actor) -> Seat | None:
    """The officer's seat that entitles to the move: where the dossier is, in the holding role if the move says so.

    Who stands in for a holder on leave does the holder's work but never signs.
    """
    move = MOVES[name]
    roles = tuple(role for role in move.roles if not move.holder_only or role == dossier.holder_role)
    # At the seal it is the agency that signs, whoever holds its stamp.
    own = move.signs and dossier.stage_kind != "seal"
    return by.seat_for(agency_id=dossier.holder_agency_id, roles=roles, own=own)


def may(dossier: Dossier, name: str, by: Actor) -> bool:
    """Whether this actor may make this move now."""
    move = MOVES[name]
    if Status(dossier.status) not in move.sources:
        return False
    if by.kind == "officer":
        seat = seat_on(dossier, name, by)
        return seat is not None and dossier.assignee_id in (None, seat.position_id, *_not_mine(dossier, name))
    return by.kind in move.roles


def _not_mine(dossier: Dossier, name: str) -> tuple[Any, ...]:
    # Assigning is how a dossier leaves a colleague who is away.
    return (dossier.assignee_id,) if name == "assign" else ()


def moves_open_to(dossier: Dossier, by: Actor) -> list[str]:
    """The moves this actor may make now, in the order of the table."""
    return [name for name in MOVES if may(dossier, name, by)]


def log_read(dossier: Dossier, *, by: Actor, at: dt.datetime, what: str) -> None:
    """Note that somebody opened a dossier, a file or an unmasked field; the owner may see the list."""
    AccessLog.objects.create(
        dossier=dossier, at=at, actor_kind=by.kind, actor_id=str(by.user_id or ""), actor_name=by.name, what=what
    )


def who_was_first(dossier: Dossier) -> str:
    """Who moved the dossier last, and when: for those whose copy of it is older."""
    latest = DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("-sequence").first()
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
    if dossier.waiting_for:
        raise MoveRefused(_("Đồng hồ đang dừng (%(why)s). Tính tiếp thời hạn trước.") % {"why": dossier.waiting_for})
