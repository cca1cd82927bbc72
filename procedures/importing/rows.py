"""Building the rows of many versions at once: a statement per table, however many procedures a file has."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from procedures.importing.library import Library
from procedures.importing.record import Record, digest
from procedures.models import (
    Case,
    FeeRule,
    Procedure,
    ProcedureVersion,
    PublicationDecision,
    RequiredDocument,
    Route,
    RouteStage,
    StageConsultation,
)

PLAIN = (
    "name", "short_name", "steps", "channels", "audience", "competent", "conditions", "legal_basis", "dossier_sets",
    "online_scope", "partial_reason", "partial_kind", "partial_basis", "return_ways", "no_post_reason", "notes",
)  # fmt: skip
DOCUMENT = (
    "key", "name", "hint", "group", "required", "condition", "originals", "copies", "source", "is_form", "form_name",
)  # fmt: skip
FEE = ("kind", "name", "amount", "reduction_percent", "channel", "condition", "per", "legal_basis")
STAGE = ("key", "name", "kind", "level", "agency_rule", "agency_field", "role", "condition")
RESULT = {
    "name": "result_name",
    "code": "result_code",
    "symbol": "result_symbol",
    "template_source": "result_template",
    "refusal_source": "refusal_template",
}
Kept = Mapping[tuple[int, str, str], str]  # files of blank forms by version, case and paper


def version_of(
    record: Record, procedure: Procedure, number: int, decisions: Mapping[str, PublicationDecision]
) -> ProcedureVersion:
    """An unsaved draft with the texts of the record."""
    return ProcedureVersion(
        procedure=procedure,
        number=number,
        decision=decisions.get((record.get("decision") or {}).get("number", "")),
        valid_from=day(record.get("valid_from")),
        **{key: record[key] for key in PLAIN if record.get(key) is not None},
    )


def missing_decisions(records: Iterable[Record]) -> dict[str, PublicationDecision]:
    """Decisions that the records name, known ones and new ones (unsaved, without key)."""
    named = {one["number"]: one for record in records if (one := record.get("decision")) and one["number"]}
    known = {one.number: one for one in PublicationDecision.objects.filter(number__in=named)}
    for number, one in named.items():
        if number not in known:
            dates = {key: day(one.get(key)) for key in ("signed_on", "effective_on")}
            known[number] = PublicationDecision(number=number, title=one.get("title") or "", **dates)
    return known


def day(value: Any) -> dt.date | None:
    """An ISO date, None for nothing. Raises ValueError."""
    return dt.date.fromisoformat(value) if value else None


@dataclass
class Rows:
    """What hangs on the versions, in the order it has to be saved."""

    library: Library
    blank_forms: Kept = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    documents: list[RequiredDocument] = field(default_factory=list)
    fees: list[FeeRule] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    stages: list[RouteStage] = field(default_factory=list)
    consultations: list[StageConsultation] = field(default_factory=list)

    def add(self, version: ProcedureVersion, record: Record, *, copied_from: int | None = None) -> None:
        for order, row in enumerate(record["cases"]):
            case = self._case(version, row, order)
            for number, one in enumerate(row.get("documents") or ()):
                blank = self.blank_forms.get((copied_from or 0, case.key, one["key"]), "")
                self.documents.append(
                    RequiredDocument(case=case, order=number, blank_form=blank, **_picked(one, DOCUMENT))
                )
            for one in row.get("fees") or ():
                dates = {key: day(one.get(key)) for key in ("valid_from", "valid_to")}
                self.fees.append(FeeRule(case=case, **dates, **_picked(one, FEE)))
            if route := row.get("route"):
                self.routes.append(Route(case=case, decision=route["decision"]))
                for number, one in enumerate(route["stages"], 1):
                    self._stage(self.routes[-1], one, number)

    def save(self) -> None:
        for model, rows in (
            (Case, self.cases),
            (RequiredDocument, self.documents),
            (FeeRule, self.fees),
            (Route, self.routes),
            (RouteStage, self.stages),
            (StageConsultation, self.consultations),
        ):
            model._default_manager.bulk_create(rows, batch_size=1000)  # type: ignore[arg-type]

    def _case(self, version: ProcedureVersion, row: Record, order: int) -> Case:
        time, result, form = row.get("time") or {}, row.get("result") or {}, row.get("form")
        case = Case(
            version=version,
            order=order,
            form_id=self.library.form_ids[digest(form)] if form else None,
            legal_time_amount=time.get("legal_amount"),
            cutoff=dt.time.fromisoformat(time["cutoff"]) if time.get("cutoff") else None,
            other_results=list(row.get("other_results") or ()),
            pause_grounds=list(row.get("pause_grounds") or ()),
            **{f"time_{key}": time[key] for key in ("amount", "unit", "starts") if time.get(key) is not None},
            **{column: result[key] for key, column in RESULT.items() if result.get(key)},
            **_picked(row, ("key", "name", "condition", "instant", "upload_result")),
        )
        self.cases.append(case)
        return case

    def _stage(self, route: Route, row: Record, order: int) -> None:
        agencies, departments = self.library.agency_ids, self.library.department_ids
        stage = RouteStage(
            route=route,
            order=order,
            agency_id=agencies.get(row["agency"]),
            department_id=departments.get(row["department"]),
            hours=Decimal(str(row["hours"])),
            **_picked(row, STAGE),
        )
        self.stages.append(stage)
        for one in row["consultations"]:
            asked = _picked(one, ("question", "condition")) | {"hours": Decimal(str(one["hours"]))}
            self.consultations.append(StageConsultation(stage=stage, agency_id=agencies[one["agency"]], **asked))


def _picked(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name) is not None}
