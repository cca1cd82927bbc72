"""Catalogues that can be searched, made in a second: procedures in force with their names, without cases."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from procedures import publishing, synonyms, words
from procedures.models import LifeEvent, Procedure, ProcedureVersion, ServiceField
from tests.procedures.reference import CATALOGUE, ROOT

OFFICIAL = (
    Path(os.environ.get("MOTCUA_REFERENCE_DATA") or ROOT.parents[2] / "shared" / "data")
    / "procedures_official_local.json"
)


def shipped() -> list[dict[str, Any]]:
    return list(CATALOGUE.values())


def official() -> list[dict[str, Any]]:
    """The ministries' list, in our own words for its parts."""
    rows = json.loads(OFFICIAL.read_text("utf-8"))
    return [
        {
            "code": row["code"],
            "field": {"name": row["field"]},
            "level": row["level_pre2025"],
            "name": row["name"],
            "competent": row.get("competent_authority") or row.get("agency") or "",
        }
        for row in rows
    ]


def put_in_force(records: Iterable[dict[str, Any]]) -> None:
    """Procedures of these records, the first of each code, with the shipped synonyms."""
    synonyms.load(ROOT / "synonyms.json")
    known = words.synonyms()
    by_code: dict[str, dict[str, Any]] = {}
    for record in records:
        by_code.setdefault(record["code"], record)
    names = dict.fromkeys(record["field"]["name"] for record in by_code.values())
    fields = [ServiceField(code=f"F{n}", slug=f"f{n}", name=name) for n, name in enumerate(names)]
    by_name = {field.name: field for field in ServiceField.objects.bulk_create(fields)}
    procedures, versions = [], []
    for record in by_code.values():
        procedure = Procedure(
            code=record["code"], field=by_name[record["field"]["name"]], level=record["level"],
            keywords=record.get("keywords", ""), popularity=record.get("popularity", 0),
        )  # fmt: skip
        version = ProcedureVersion(
            procedure=procedure, state="published", name=record["name"], short_name=record.get("short_name", ""),
            competent=record["competent"][:1400],
        )  # fmt: skip
        publishing.describe(procedure, version, known)
        procedures.append(procedure)
        versions.append(version)
    Procedure.objects.bulk_create(procedures)
    ProcedureVersion.objects.bulk_create(versions)
    _life_events(by_code.values(), {one.code: one for one in procedures})


def _life_events(records: Iterable[dict[str, Any]], procedures: dict[str, Procedure]) -> None:
    for row in json.loads((ROOT / "life-events.json").read_text("utf-8")):
        event = LifeEvent.objects.create(**row)
        event.procedures.set([procedures[one["code"]] for one in records if row["slug"] in one.get("life_events", ())])
    synonyms.refresh()
