"""Where a dossier goes: the case that its answers choose, and the next desk on that case's route."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dossiers import deadlines
from dossiers.models import Dossier, Stage
from procedures import routewalk
from procedures.conditions import holds
from procedures.models import Agency, Case, ProcedureVersion, RouteStage
from procedures.ruleset import Rules


class NoWay(Exception):
    """The route names a desk that does not exist here; the message says which stage."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The next desk: the stage of the route and the agency that holds it."""

    step: routewalk.Step
    agency_id: int


def case_for(version: ProcedureVersion, answers: Mapping[str, Any]) -> Case:
    """The first case of the version whose condition the answers fulfil. Raises NoWay."""
    for case in version.cases.order_by("order", "id"):
        if holds(case.condition, answers):
            return case
    raise NoWay(_("Câu trả lời trong tờ khai không khớp với trường hợp nào của thủ tục."))


def next_desk(dossier: Dossier, *, after: str | None, agency_id: int) -> Desk | None:
    """The desk after the stage with key `after` (None: the first); None at the end of the route. Raises NoWay."""
    steps = routewalk.of(RouteStage.objects.filter(route__case_id=dossier.case_id))
    if not steps:
        raise NoWay(_("Thủ tục này chưa có quy trình điện tử."))
    step = routewalk.next_stage(steps, dossier.answers, after)
    return Desk(step, _agency(dossier, step, agency_id)) if step else None


def desk_of(dossier: Dossier, stage: Stage) -> Desk:
    """The same desk again, for a return to it."""
    steps = routewalk.of(RouteStage.objects.filter(route__case_id=dossier.case_id))
    step = next(step for step in steps if step.key == stage.route_key)
    return Desk(step, stage.agency_id)


def open_at(
    dossier: Dossier, desk: Desk, *, at: dt.datetime, rules: Rules, ordinal: int
) -> tuple[Stage, dict[str, Any]]:
    """The unsaved stage at that desk, and the dossier's fields that say who holds it until when."""
    due = deadlines.stage_due(agency_id=desk.agency_id, hours=desk.step.hours, at=at, rules=rules)
    stage = Stage(
        dossier=dossier, route_key=desk.step.key, ordinal=ordinal, name=desk.step.name, kind=desk.step.kind,
        agency_id=desk.agency_id, role=desk.step.role, hours=desk.step.hours, opened_at=at, due_at=due.at,
    )  # fmt: skip
    holder = {
        "holder_agency_id": desk.agency_id, "holder_role": desk.step.role, "assignee_id": None,
        "stage_kind": desk.step.kind, "stage_name": desk.step.name, **due.as_next(),
    }  # fmt: skip
    return stage, holder


def _agency(dossier: Dossier, step: routewalk.Step, here: int) -> int:
    rule = RouteStage.AgencyRule
    if step.agency_rule == rule.NAMED and step.agency_id:
        return step.agency_id
    if step.agency_rule == rule.PARENT:
        parent = Agency.objects.filter(children=here).values_list("pk", flat=True).first()
        if parent is None:
            raise NoWay(_("Bước “%(step)s” cần cơ quan cấp trên nhưng cơ quan này không có.") % {"step": step.name})
        return int(parent)
    if step.agency_rule == rule.RECEIVING:
        return dossier.receiving_agency_id
    return dossier.competent_agency_id if step.agency_rule == rule.COMPETENT else here
