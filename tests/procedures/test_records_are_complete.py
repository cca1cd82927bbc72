"""A column that an administrator fills must leave with the export and come with the import."""

from typing import Any

import pytest

from procedures.importing import record, rows
from procedures.models import Case, FeeRule, ProcedureVersion, RequiredDocument, RouteStage, StageConsultation

ROWS = {"id", "version", "case", "route", "stage", "procedure"}  # which row it is, and below which it hangs
# Told under another name, or not told: who edited and what state it is in belongs to this installation.
ELSEWHERE = {
    ProcedureVersion: {
        "number", "state", "decision", "valid_from", "valid_to", "ended_by", "replaced_by", "fingerprint", "edited_by",
        "reviewed_by", "published_at",
    },
    Case: {"order", "form", "time_amount", "time_unit", "time_starts", "legal_time_amount", "cutoff"},
    RequiredDocument: {"order", "blank_form"},  # files stay here
    FeeRule: {"valid_from", "valid_to"},
    RouteStage: {"order", "agency", "department", "hours"},
    StageConsultation: {"agency", "hours"},
}  # fmt: skip
TOLD = {
    ProcedureVersion: {*rows.PLAIN},
    Case: {*record.HEAD, *rows.RESULT.values(), "other_results", "pause_grounds"},
    RequiredDocument: {*rows.DOCUMENT},
    FeeRule: {*rows.FEE},
    RouteStage: {*rows.STAGE},
    StageConsultation: {"question", "condition"},
}


@pytest.mark.parametrize("model", TOLD)
def test_no_column_is_forgotten(model: Any) -> None:
    columns = {field.name for field in model._meta.concrete_fields} - ROWS
    missing = columns - TOLD[model] - ELSEWHERE[model]
    assert not missing, f"{model.__name__}: tell them in procedures/importing/{{record,rows,standing}}.py"


@pytest.mark.parametrize("model", TOLD)
def test_what_is_said_to_be_told_elsewhere_exists(model: Any) -> None:
    assert TOLD[model] | ELSEWHERE[model] <= {field.name for field in model._meta.concrete_fields}
