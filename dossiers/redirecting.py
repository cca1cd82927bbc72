"""Thu hồi, chuyển cơ quan khác, nhận bàn giao: the dossier takes a way that its route does not draw."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access, deadlines, legs, notices, routing
from dossiers.lifecycle import Change, move
from dossiers.models import Dossier, Stage
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor, Seat
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import Agency, Position
from procedures.ruleset import Rules

_PASSED_ON = frozenset({"forward", "propose"})


def recall(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str) -> Dossier:
    """Take back what one's own desk has just passed on; the old share of working time runs on as if it had stayed.

    Raises MoveRefused without a reason, and once somebody there has acted.
    """
    if not reason.strip():
        raise MoveRefused(_("Hãy ghi lý do thu hồi."))
    found = passed_on(dossier, by)
    if found is None:
        raise MoveRefused(_("Bàn của bạn không vừa chuyển hồ sơ này, hoặc bàn sau đã bắt đầu làm."))
    back, seat = found
    rules = Rules.of(dossier.rule_profile)
    stage, holder = routing.open_at(
        dossier, routing.desk_of(dossier, back), at=at, rules=rules, ordinal=back.ordinal + 2
    )
    # The paper, if there is any, has not arrived elsewhere: that would have been acknowledged, which is an act.
    stage.due_at, stage.assignee_id, stage.received_at = back.due_at, seat.position_id, at
    calendar = calendar_for(back.agency_id)
    soon = worktime.at_share(calendar, back.opened_at, back.due_at, rules.soon_share)
    holder |= {"assignee_id": seat.position_id, **deadlines.Due(back.due_at, soon).as_next()}
    change = Change(holder, close_stage=True, open_stage=stage)
    if stage.agency_id != dossier.holder_agency_id:
        change.promises = [notices.to_citizen(dossier, "forwarded", at=at, **_where(stage))]
    with transaction.atomic():
        if back.asked:
            legs.end(dossier, at=at)
        move(dossier, "recall", to=Status.IN_PROGRESS, by=by, at=at, note=reason, change=change)
    return dossier


def passed_on(dossier: Dossier, by: Actor) -> tuple[Any, Seat] | None:
    """The stage that this officer's desk has just passed on and may take back, with the seat there; None otherwise."""
    last = access.acts_on(dossier).order_by("-sequence").values_list("verb", flat=True).first()
    back = legs.stages(dossier).exclude(closed_at=None).order_by("-ordinal").first()
    if last not in _PASSED_ON or back is None:
        return None
    seat = by.seat_for(agency_id=back.agency_id, roles=(back.role,))
    return (back, seat) if seat else None


def hand_over(dossier: Dossier, *, by: Actor, at: dt.datetime, to: Agency, reason: str) -> Dossier:
    """Give the dossier to another competent agency, at whatever level; the same stage opens there, anew.

    The promise to the citizen, who is told why, stays. Raises MoveRefused without a reason, for an agency that is not
    competent or has nobody to do this stage, and while opinions are being asked.
    """
    if not reason.strip():
        raise MoveRefused(_("Hãy ghi lý do chuyển cơ quan khác giải quyết."))
    access.clock_must_run(dossier)
    if not others(dossier, on=timezone.localdate(at)).filter(pk=to.pk).exists():
        raise MoveRefused(
            _("%(agency)s không có thẩm quyền với thủ tục này, hoặc không có người làm bước này.") % {"agency": to.name}
        )
    legs.nobody_asked(dossier)
    here = dossier.stages.get(closed_at=None)
    desk = routing.Desk(routing.desk_of(dossier, here).step, to.pk)
    rules = Rules.of(dossier.rule_profile)
    stage, holder = routing.open_at(dossier, desk, at=at, rules=rules, ordinal=here.ordinal + 1)
    change = Change({**holder, "competent_agency_id": to.pk}, close_stage=True, open_stage=stage)
    change.promises = [notices.to_citizen(dossier, "handed_over", at=at, note=reason, **_where(stage))]
    snapshot = {"from": here.agency_id, "to": to.pk}
    move(dossier, "hand_over", to=Status.IN_PROGRESS, by=by, at=at, note=reason, snapshot=snapshot, change=change)
    return dossier


def others(dossier: Dossier, *, on: dt.date) -> QuerySet[Agency]:
    """The other agencies competent for the procedure where somebody sits who does the open stage."""
    seated = Position.objects.in_force(on).filter(role=dossier.holder_role).values("agency_id")
    competent = Agency.objects.in_force(on).filter(
        procedures__procedure__versions=dossier.procedure_version_id, procedures__competent=True, pk__in=seated
    )
    return competent.exclude(pk=dossier.holder_agency_id).distinct().order_by("name")


def confirm_handover(dossier: Dossier, *, by: Actor, at: dt.datetime) -> Dossier:
    """The desk has the paper dossier in hand. Raises MoveRefused when none is on its way."""
    stage = dossier.stages.filter(closed_at=None, received_at=None).first()
    if stage is None:
        raise MoveRefused(_("Không có bản giấy nào đang được bàn giao đến bàn này."))
    change = Change(stage_fields={"received_at": at, "received_by": by.name})
    move(dossier, "confirm_handover", to=Status.IN_PROGRESS, by=by, at=at, note=stage.given_by, change=change)
    return dossier


def _where(stage: Stage) -> dict[str, str]:
    return {"holder_agency": Agency.objects.values_list("name", flat=True).get(pk=stage.agency_id), "stage": stage.name}
