"""What stands in the catalogue, told as records of our own shape."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from procedures.importing.record import HEAD
from procedures.importing.rows import DOCUMENT as DOCUMENT_COLUMNS
from procedures.importing.rows import FEE as FEE_COLUMNS
from procedures.importing.rows import PLAIN, RESULT, STAGE
from procedures.models import Case, ProcedureAgency, ProcedureVersion, RouteStage

State = ProcedureVersion.State


def whole(versions: Iterable[int]) -> QuerySet[ProcedureVersion]:
    """Those versions with everything a record tells: a statement per table."""
    links = ProcedureAgency.objects.select_related("agency").order_by("agency__code")
    found: QuerySet[ProcedureVersion] = ProcedureVersion.objects.whole().filter(pk__in=list(versions))
    return found.prefetch_related(
        Prefetch("procedure__agencies", links),
        "procedure__life_events",
        "cases__route__stages__department__agency",
        "cases__route__stages__consultations__agency",
    )


def record_of(version: ProcedureVersion) -> dict[str, Any]:
    """One version, read with `whole`, as a record that says everything."""
    procedure, decision = version.procedure, version.decision
    field = procedure.field
    links = list(procedure.agencies.all())
    told = {
        "code": procedure.code,
        "code_suffix": procedure.code_suffix,
        "national": procedure.national,
        "field": {"code": field.code, "name": field.name, "slug": field.slug},
        "level": procedure.level,
        "popularity": procedure.popularity,
        "keywords": procedure.keywords,
        "life_events": sorted(one.slug for one in procedure.life_events.all()),
        "agencies": {
            "receives": [one.agency.code for one in links if one.receives],
            "competent": [one.agency.code for one in links if one.competent],
        },
        "decision": {
            "number": decision.number,
            "title": decision.title,
            "signed_on": _iso(decision.signed_on),
            "effective_on": _iso(decision.effective_on),
        }
        if decision
        else None,
        "valid_from": _iso(version.valid_from),
        "published": version.state == State.PUBLISHED,
    }
    told |= {key: getattr(version, key) for key in PLAIN}
    return told | {"cases": [_case(one) for one in version.cases.all()]}


def _case(case: Case) -> dict[str, Any]:
    route = getattr(case, "route", None)
    told = {key: getattr(case, key) for key in HEAD} | {
        "form": {"code": case.form.code, "name": case.form.name, "schema": case.form.schema} if case.form else None,
        "time": {
            "amount": case.time_amount,
            "unit": case.time_unit,
            "starts": case.time_starts,
            "legal_amount": case.legal_time_amount,
            "cutoff": f"{case.cutoff:%H:%M}" if case.cutoff else None,
        },
        "result": {key: getattr(case, column) for key, column in RESULT.items()},
        "other_results": case.other_results,
        "pause_grounds": case.pause_grounds,
        "documents": [{key: getattr(one, key) for key in DOCUMENT_COLUMNS} for one in case.required_documents.all()],
        "fees": [
            {key: getattr(one, key) for key in FEE_COLUMNS}
            | {"valid_from": _iso(one.valid_from), "valid_to": _iso(one.valid_to)}
            for one in sorted(case.fees.all(), key=lambda fee: fee.pk)
        ],
        "route": None,
    }
    stages = [_stage(one) for one in route.stages.all()] if route else []
    if route and (stages or route.decision):
        told["route"] = {"decision": route.decision, "stages": stages}
    return told


def _stage(stage: RouteStage) -> dict[str, Any]:
    department = stage.department
    return {key: getattr(stage, key) for key in STAGE} | {
        "agency": stage.agency.code if stage.agency else "",
        "department": f"{department.agency.code}/{department.code}" if department else "",
        "hours": _number(stage.hours),
        "consultations": [
            {
                "agency": one.agency.code,
                "question": one.question,
                "hours": _number(one.hours),
                "condition": one.condition,
            }
            for one in sorted(stage.consultations.all(), key=lambda row: row.pk)
        ],
    }


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == int(amount) else float(amount)


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
