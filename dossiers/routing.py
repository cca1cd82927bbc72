"""Where a dossier goes: the case that its answers choose, and the next desk on that case's route."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import deadlines
from dossiers.models import Dossier, Stage
from procedures import routewalk
from procedures.conditions import holds
from procedures.desks import NoWay as NoWay
from procedures.desks import Places, agency_of, sole_officer
from procedures.models import Case, FeeRule, ProcedureVersion, RequiredDocument, StageConsultation
from procedures.ruleset import Rules


@dataclass(frozen=True, slots=True)
class Desk:
    """The next desk: the stage of the route and the agency that holds it."""

    step: routewalk.Step
    agency_id: int


@lru_cache(maxsize=4096)
def _cases(version_id: int) -> tuple[Case, ...]:
    rows = Case.objects.filter(version_id=version_id).select_related("form", "version__procedure__field")
    return tuple(
        rows.prefetch_related("required_documents", "fees", "route__stages__consultations").order_by("order", "id")
    )


def cases_of(version: ProcedureVersion) -> tuple[Case, ...]:
    """The cases of a version with all that hangs on them. What is published never changes, so it is read once."""
    frozen = version.state in (version.State.PUBLISHED, version.State.RETIRED)
    return _cases(version.pk) if frozen else _cases.__wrapped__(version.pk)


def case_of(dossier: Dossier) -> Case:
    """The dossier's own case; dossiers exist on published versions only."""
    return next(case for case in _cases(dossier.procedure_version_id) if case.pk == dossier.case_id)


def documents_of(case: Case) -> list[RequiredDocument]:
    """The papers of a case in their order."""
    return sorted(case.required_documents.all(), key=lambda document: (document.order, document.pk))


def fees_of(case: Case) -> list[FeeRule]:
    """The fee rules of a case in the order they were written."""
    return sorted(case.fees.all(), key=lambda rule: rule.pk)


def case_for(version: ProcedureVersion, answers: Mapping[str, Any]) -> Case:
    """The first case of the version whose condition the answers fulfil. Raises NoWay."""
    for case in cases_of(version):
        if holds(case.condition, answers):
            return case
    raise NoWay(_("Câu trả lời trong tờ khai không khớp với trường hợp nào của thủ tục."))


def next_desk(dossier: Dossier, *, after: str | None, agency_id: int) -> Desk | None:
    """The desk after the stage with key `after` (None: the first); None at the end of the route. Raises NoWay."""
    steps = _steps(dossier)
    if not steps:
        raise NoWay(_("Thủ tục này chưa có quy trình điện tử."))
    step = routewalk.next_stage(steps, dossier.answers, after)
    if step is None:
        return None
    places = Places(dossier.receiving_agency_id, dossier.competent_agency_id)
    return Desk(step, agency_of(step, dossier.answers, here=agency_id, places=places))


def desk_of(dossier: Dossier, stage: Stage) -> Desk:
    """The same desk again, for a return to it."""
    steps = _steps(dossier)
    step = next(step for step in steps if step.key == stage.route_key)
    return Desk(step, stage.agency_id)


def consultations_of(dossier: Dossier, key: str) -> list[StageConsultation]:
    """The agencies that the route asks while the stage with that key goes on, in the order in which it asks."""
    route = getattr(case_of(dossier), "route", None)
    rows = (
        row for stage in (route.stages.all() if route else ()) if stage.key == key for row in stage.consultations.all()
    )
    return sorted(rows, key=lambda row: row.pk)


def is_sealed(dossier: Dossier) -> bool:
    """Whether its route ends with the agency's seal."""
    return any(step.kind == "seal" for step in _steps(dossier))


def open_at(
    dossier: Dossier, desk: Desk, *, at: dt.datetime, rules: Rules, ordinal: int
) -> tuple[Stage, dict[str, Any]]:
    """The unsaved stage at that desk, and the dossier's fields that say who holds it until when."""
    due = deadlines.stage_due(agency_id=desk.agency_id, hours=desk.step.hours, at=at, rules=rules)
    officer = sole_officer(desk.step, desk.agency_id, on=timezone.localdate(at))
    stage = Stage(
        dossier=dossier, route_key=desk.step.key, ordinal=ordinal, name=desk.step.name, kind=desk.step.kind,
        agency_id=desk.agency_id, role=desk.step.role, hours=desk.step.hours, opened_at=at, due_at=due.at,
        assignee_id=officer,
    )  # fmt: skip
    holder = {
        "holder_agency_id": desk.agency_id, "holder_role": desk.step.role, "assignee_id": officer,
        "stage_kind": desk.step.kind, "stage_name": desk.step.name, **due.as_next(),
    }  # fmt: skip
    return stage, holder


def _steps(dossier: Dossier) -> list[routewalk.Step]:
    route = getattr(case_of(dossier), "route", None)
    return routewalk.of(route.stages.all()) if route else []
