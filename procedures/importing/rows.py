"""Building the rows of many versions at once: a statement per table, however many procedures a file has."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from procedures.importing.library import Library, Record
from procedures.models import (
    Case,
    FeeRule,
    Procedure,
    ProcedureVersion,
    PublicationDecision,
    RequiredDocument,
    Route,
    RouteStage,
    TimeUnit,
)

TEXTS = ("name", "short_name", "competent", "conditions", "online_scope", "partial_reason", "notes")
LISTS = ("steps", "channels", "audience", "legal_basis")


def version_of(
    record: Record, procedure: Procedure, number: int, decisions: dict[str, PublicationDecision]
) -> ProcedureVersion:
    """An unsaved draft with the texts of the record; its decision is made when it is new."""
    given = record.get("decision") or {}
    decision = None
    if name := str(given.get("number") or "").strip():
        if name not in decisions:
            dates = {key: day(given.get(key)) for key in ("signed_on", "effective_on")}
            decisions[name] = PublicationDecision.objects.create(number=name, **dates)
        decision = decisions[name]
    texts = {key: record[key] for key in TEXTS if record.get(key)}
    lists = {key: list(record.get(key) or ()) for key in LISTS}
    return ProcedureVersion(
        procedure=procedure,
        number=number,
        decision=decision,
        valid_from=day(record.get("valid_from")),
        dossier_sets=record.get("dossier_sets") or 0,
        **texts,
        **lists,
    )


def day(value: Any) -> dt.date | None:
    """An ISO date, None for nothing. Raises ValueError."""
    return dt.date.fromisoformat(value) if value else None


@dataclass
class Rows:
    """What hangs on the versions, in the order it has to be saved."""

    library: Library
    cases: list[Case] = field(default_factory=list)
    documents: list[RequiredDocument] = field(default_factory=list)
    fees: list[FeeRule] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    stages: list[RouteStage] = field(default_factory=list)

    def add(self, version: ProcedureVersion, record: Record) -> None:
        for order, row in enumerate(record["cases"]):
            case = self._case(version, row, order)
            self.documents += [self._document(case, one, number) for number, one in enumerate(row["documents"])]
            self.fees += [FeeRule(case=case, **_picked(one, FEE)) for one in row.get("fees") or ()]
            if route := row.get("route"):
                self.routes.append(Route(case=case, decision=route.get("decision", "")))
                stages = enumerate(route["stages"], 1)
                self.stages += [self._stage(self.routes[-1], one, number) for number, one in stages]

    def save(self) -> None:
        for model, rows in (
            (Case, self.cases),
            (RequiredDocument, self.documents),
            (FeeRule, self.fees),
            (Route, self.routes),
            (RouteStage, self.stages),
        ):
            model._default_manager.bulk_create(rows, batch_size=1000)  # type: ignore[arg-type]

    def _case(self, version: ProcedureVersion, row: Record, order: int) -> Case:
        time, result = row.get("time") or {}, row.get("result") or {}
        case = Case(
            version=version,
            order=order,
            form_id=self.library.form_ids.get(row.get("form") or ""),
            time_amount=time.get("amount"),
            time_unit=time.get("unit") or TimeUnit.WORKING_DAY,
            legal_time_amount=time.get("legal_amount"),
            cutoff=dt.time.fromisoformat(time["cutoff"]) if time.get("cutoff") else None,
            result_name=result.get("name") or "",
            result_code=result.get("code") or "",
            result_symbol=result.get("symbol") or "",
            result_template=self.library.template(result.get("template")),
            refusal_template=self.library.template(result.get("refusal_template")),
            **_picked(row, ("key", "name", "condition")),
        )
        self.cases.append(case)
        return case

    def _document(self, case: Case, row: Record, order: int) -> RequiredDocument:
        return RequiredDocument(case=case, order=order, **_picked(row, DOCUMENT))

    def _stage(self, route: Route, row: Record, order: int) -> RouteStage:
        agency = self.library.agency_ids.get(row.get("agency") or "")
        hours = Decimal(str(row["hours"]))
        return RouteStage(route=route, order=order, agency_id=agency, hours=hours, **_picked(row, STAGE))


DOCUMENT = ("key", "name", "hint", "group", "required", "condition", "originals", "copies", "source", "is_form")
FEE = ("kind", "name", "amount", "channel", "condition", "per", "legal_basis")
STAGE = ("key", "name", "kind", "level", "agency_rule", "role", "condition")


def _picked(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name) is not None}
