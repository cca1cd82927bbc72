"""The way of a dossier as arrows: stages of other levels folded into one arrow each."""

from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.models import Stage
from dossiers.states import Status
from dossiers.views.officer.situation import Situation
from dossiers.wording import span
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import Role
from procedures.models.units import Level
from procedures.routewalk import Step

ENDED = (Status.RESOLVED, Status.RETURNED)


def arrows(situation: Situation) -> list[dict[str, str]]:
    """Reception, the stages of the route, the return; each done, current or to come."""
    dossier = situation.dossier
    accepted = dossier.accepted_at is not None
    first = {"label": _("Tiếp nhận"), "sub": _reception(situation), "state": "done" if accepted else "current"}
    last_state = {Status.RESOLVED: "current", Status.RETURNED: "done"}.get(Status(dossier.status), "")
    last = {"label": _("Trả kết quả"), "sub": str(dossier.get_return_mode_display()), "state": last_state}
    return [first, *_route(situation), last]


def _reception(situation: Situation) -> str:
    dossier = situation.dossier
    if dossier.accepted_at is None:
        return _("đang chờ")
    return span(_worked(dossier.receiving_agency_id, dossier.submitted_at, dossier.accepted_at))


def _route(situation: Situation) -> list[dict[str, str]]:
    done = {stage.route_key: stage for stage in situation.stages}
    here = situation.stage
    level = next((step.level for step in situation.steps if here and step.key == here.route_key), "")
    shown = []
    for folded, group in groupby(situation.steps, key=lambda step: (step.level, step.level != level)):
        steps = list(group)
        if folded[1] and len(steps) > 1:
            shown.append(_folded(steps, done, situation))
        else:
            shown += [_arrow(step, done.get(step.key), situation) for step in steps]
    return shown


def _folded(steps: list[Step], done: dict[str, Stage], situation: Situation) -> dict[str, str]:
    over = all(step.key in done for step in steps) or situation.dossier.status in ENDED
    words = ngettext("%(n)d bước", "%(n)d bước", len(steps)) % {"n": len(steps)}
    sub = _("%s đã xong") % words if over else words
    return {"label": str(Level(steps[0].level).label), "sub": sub, "state": "done" if over else ""}


def _arrow(step: Step, stage: Stage | None, situation: Situation) -> dict[str, str]:
    if stage is None:
        return {"label": step.name, "sub": str(Role(step.role).label), "state": ""}
    if stage.closed_at is not None:
        spent = span(_worked(stage.agency_id, stage.opened_at, stage.closed_at))
        return {"label": stage.name, "sub": spent, "state": "done"}
    holder = situation.dossier.assignee
    who = holder.holder_name if holder else str(Role(stage.role).label)
    spent = span(_worked(stage.agency_id, stage.opened_at, situation.now))
    return {"label": stage.name, "sub": f"{who} · {spent}", "state": "current"}


def _worked(agency_id: int, start: Any, end: Any) -> int:
    return max(0, worktime.minutes_between(calendar_for(agency_id), start, end))
