"""Copies of a version with every row below it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from procedures.models import Case, Procedure, ProcedureVersion, Route


def copy_version(
    source: ProcedureVersion, *, procedure: Procedure, number: int, editor_id: UUID | None
) -> ProcedureVersion:
    """A draft of `procedure` with copies of every row below `source`, made in the order in which they were."""
    copied: ProcedureVersion = _clone(
        source, procedure_id=procedure.pk, number=number, state=ProcedureVersion.State.DRAFT, decision_id=None,
        ended_by_id=None, replaced_by_id=None,
        valid_from=None, valid_to=None, edited_by_id=editor_id, reviewed_by_id=None, published_at=None, fingerprint="",
    )  # fmt: skip
    cases = source.cases.order_by("pk").prefetch_related("required_documents", "fees", "route__stages__consultations")
    for case in cases:
        copy_case(case, version_id=copied.pk)
    return copied


def copy_case(case: Case, **changes: object) -> Case:
    """The case again with papers, fees and route; `changes` say where it stands and what it is called."""
    copied: Case = _clone(case, **changes)
    for child in (*_in_order(case.required_documents.all()), *_in_order(case.fees.all())):
        _clone(child, case_id=copied.pk)
    route: Route | None = getattr(case, "route", None)
    if route:
        new_route = _clone(route, case_id=copied.pk)
        for stage in _in_order(route.stages.all()):
            new_stage = _clone(stage, route_id=new_route.pk)
            for consultation in _in_order(stage.consultations.all()):
                _clone(consultation, stage_id=new_stage.pk)
    return copied


def _in_order(rows: Iterable[Any]) -> list[Any]:
    # Without this PostgreSQL gives rows as they lie, which changes when rows are rewritten.
    return sorted(rows, key=lambda row: row.pk)


def _clone(row: Any, **changes: object) -> Any:
    """A new row with the values of `row` except for the changes; `row` itself stays as it is."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row).objects.create(**(values | changes))
