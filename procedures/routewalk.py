"""Walking a route: which stage comes next. Used by dossiers, by the linter and by the simulator alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from procedures.conditions import holds


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a route without its table; `hours` are working hours."""

    key: str
    name: str
    kind: str
    level: str
    agency_rule: str
    agency_id: int | None
    role: str
    hours: Decimal
    condition: Mapping[str, Any] | None = None
    agency_field: str = ""  # key of the address whose commune holds the stage
    department_id: int | None = None


class UnknownStage(ValueError):
    """The stage named as done is not on the route."""


def of(rows: Iterable[Any]) -> list[Step]:
    """Steps from rows of `RouteStage` in the order of the route."""
    return [
        Step(
            r.key, r.name, r.kind, r.level, r.agency_rule, r.agency_id, r.role, Decimal(r.hours), r.condition,
            r.agency_field, r.department_id,
        )
        for r in sorted(rows, key=lambda row: row.order)
    ]  # fmt: skip


def next_stage(steps: Sequence[Step], answers: Mapping[str, Any], done_key: str | None) -> Step | None:
    """The first stage after `done_key` (None: from the start) whose condition holds; None at the end of the route.

    Raises UnknownStage, ConditionMistake.
    """
    start = 0
    if done_key is not None:
        keys = [step.key for step in steps]
        if done_key not in keys:
            raise UnknownStage(done_key)
        start = keys.index(done_key) + 1
    return next((step for step in steps[start:] if holds(step.condition, answers)), None)


def walk(steps: Sequence[Step], answers: Mapping[str, Any]) -> list[Step]:
    """All stages a dossier with these answers passes."""
    return [step for step in steps if holds(step.condition, answers)]


def total_hours(steps: Sequence[Step], answers: Mapping[str, Any]) -> Decimal:
    """Working hours of the whole way; it may not exceed the time limit of the case."""
    return sum((step.hours for step in walk(steps, answers)), Decimal(0))
