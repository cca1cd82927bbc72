"""The catalogue out, in the shape the importer reads: exporting and importing again changes nothing."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from procedures.importing.standing import record_of, whole
from procedures.models import Procedure, ProcedureVersion

State = ProcedureVersion.State
AT_ONCE = 200  # procedures read at a time
FIRST = (State.PUBLISHED, State.REVIEWED, State.DRAFT, State.RETIRED)


def records(procedures: QuerySet[Procedure] | None = None) -> Iterator[dict[str, Any]]:
    """Every procedure by its code: the version in force, else the one being worked on. Never all in memory at once."""
    chosen = Procedure.objects.all() if procedures is None else procedures
    codes = list(chosen.order_by("code").values_list("pk", flat=True))
    for start in range(0, len(codes), AT_ONCE):
        some = codes[start : start + AT_ONCE]
        found = {one.procedure_id: one for one in whole(_newest(some))}
        for pk in some:
            if pk in found:
                yield record_of(found[pk])


def _newest(procedures: list[int]) -> list[int]:
    """Per procedure the version that counts."""
    best: dict[int, tuple[int, int, int]] = {}
    rows = ProcedureVersion.objects.filter(procedure__in=procedures).values_list(
        "procedure_id", "state", "number", "pk"
    )
    for procedure, state, number, pk in rows:
        rank = (FIRST.index(State(state)), -number, pk)
        best[procedure] = min(best.get(procedure, rank), rank)
    return [pk for _state, _number, pk in best.values()]


def as_json(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A JSON list, a record a line, piece by piece."""
    before = "[\n"
    for record in found:
        yield before + json.dumps(record, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
