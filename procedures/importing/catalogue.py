"""Procedures into the catalogue, from our own files or from the official structure.

Our own: one JSON object per procedure (see `procedures/reference/README.md`), a list of such, or a folder of files with
`forms/` and `results/` beside it. Official: the list a ministry publishes (`procedures.importing.official`).
A procedure becomes a new version when its text differs from what was last imported; a complete one marked `published`
is put in force, all others stay drafts whose defects are named.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from procedures import linting, publishing, words
from procedures.importing import official
from procedures.importing.library import Library, Record, RowRefused
from procedures.importing.rows import Rows, version_of
from procedures.importing.summary import Refusal, Source, Summary, read_json
from procedures.models import (
    LifeEvent,
    Procedure,
    ProcedureVersion,
    PublicationDecision,
    Role,
    ServiceField,
)

State = ProcedureVersion.State
PARTS = ("cases__form", "cases__required_documents", "cases__fees", "cases__route__stages")


def import_life_events(source: Source) -> Summary:
    """The matters of life on the home page. Raises FileRefused."""
    summary = Summary()
    for row in read_json(source):
        values = {key: row[key] for key in ("name", "summary", "icon", "order")}
        if LifeEvent.objects.filter(slug=row["slug"], **values).exists():
            summary.unchanged += 1
        else:
            LifeEvent.objects.update_or_create(slug=row["slug"], defaults=values)
            summary.loaded += 1
    return summary


def import_catalogue(source: Source, *, by: Actor, at: dt.datetime) -> Summary:
    """Load procedures as `by`. Raises FileRefused, or PublishingRefused when the actor may not edit the catalogue.

    Only the installation itself (a system actor) puts versions in force here; people publish by decision.
    """
    publishing.demand(by, Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER)
    summary = Summary()
    with transaction.atomic():
        library = Library.load(source, summary)
        records = _readable(_records(source), library, summary)
        procedures = _procedures(records, library)
        fresh = _versions(records, procedures, library, by, summary)
        _put_in_force(fresh, by, at, summary)
        library.link_agencies(procedures, records)
    return summary


def _records(source: Source) -> list[Any]:
    files: Iterable[Source] = (
        sorted(source.glob("*.json")) if isinstance(source, Path) and source.is_dir() else [source]
    )
    found = []
    for file in files:
        data = read_json(file)
        found += data if isinstance(data, list) else [data]
    return found


def _readable(rows: list[Any], library: Library, summary: Summary) -> dict[str, Record]:
    """By code, in our own shape, as this province reads them; the unreadable are refused."""
    records: dict[str, Record] = {}
    for number, row in enumerate(rows, 1):
        code = str(row.get("code", "")) if isinstance(row, Mapping) else ""
        try:
            if not isinstance(row, Mapping):
                raise RowRefused("", _("Mỗi thủ tục phải là một đối tượng JSON"))
            record = library.localised(official.translated(row) if official.is_official(row) else row)
            library.check(record)
        except RowRefused as refused:
            summary.refuse(code or str(number), refused.field, str(refused))
            continue
        if code in records:
            summary.refuse(code, "code", _("Mã thủ tục có hai lần trong tệp"))
            continue
        records[code] = record
    return records


def _procedures(records: Mapping[str, Record], library: Library) -> dict[str, Procedure]:
    """The procedures by code; new ones are made, with fields that are new."""
    fields = {field.code: field for field in ServiceField.objects.all()}
    fresh_fields = {r["field"]["code"]: ServiceField(**r["field"]) for r in records.values()}
    missing = [field for code, field in fresh_fields.items() if code not in fields]
    fields |= {field.code: field for field in ServiceField.objects.bulk_create(missing)}
    known = {one.code: one for one in Procedure.objects.filter(code__in=records)}
    fresh, changed = [], []
    for code, record in records.items():
        values = {
            "field_id": fields[record["field"]["code"]].pk,
            "level": record["level"],
            "popularity": record.get("popularity", 0),
            "keywords": record.get("keywords", "")[:500],
        }
        procedure = known.get(code)
        if procedure is None:
            known[code] = Procedure(code=code, name=record["name"], short_name=record.get("short_name", ""), **values)
            fresh.append(known[code])
        elif any(getattr(procedure, key) != value for key, value in values.items()):
            for key, value in values.items():
                setattr(procedure, key, value)
            changed.append(procedure)
    Procedure.objects.bulk_create(fresh)
    Procedure.objects.bulk_update(changed, ["field", "level", "popularity", "keywords"])
    library.link_life_events(known, records)
    return known


def _versions(
    records: Mapping[str, Record], procedures: Mapping[str, Procedure], library: Library, by: Actor, summary: Summary
) -> list[tuple[ProcedureVersion, Record]]:
    """Drafts of the procedures whose text is new."""
    ids = {procedure.pk: code for code, procedure in procedures.items()}
    newest: dict[str, ProcedureVersion] = {}
    for version in ProcedureVersion.objects.filter(procedure__in=ids).order_by("number"):
        newest[ids[version.procedure_id]] = version
    decisions = {one.number: one for one in PublicationDecision.objects.all()}
    fresh, outdated = [], []
    for code, record in records.items():
        fingerprint = _fingerprint(record, library)
        last = newest.get(code)
        if last and last.fingerprint == fingerprint:
            summary.unchanged += 1
            continue
        if last and last.state == State.DRAFT and last.fingerprint:
            outdated.append(last.pk)  # a draft nobody but an import has touched
        version = version_of(record, procedures[code], (last.number if last else 0) + 1, decisions)
        version.fingerprint, version.edited_by_id = fingerprint, by.user_id
        fresh.append((version, record))
    ProcedureVersion.objects.filter(pk__in=outdated).delete()
    ProcedureVersion.objects.bulk_create([version for version, _record in fresh])
    rows = Rows(library)
    for version, record in fresh:
        rows.add(version, record)
    rows.save()
    summary.loaded = len(fresh)
    return fresh


def _put_in_force(fresh: list[tuple[ProcedureVersion, Record]], by: Actor, at: dt.datetime, summary: Summary) -> None:
    today = timezone.localtime(at).date()
    wanted = {version.pk: record for version, record in fresh}
    whole = ProcedureVersion.objects.filter(pk__in=wanted).select_related("procedure__field").prefetch_related(*PARTS)
    ready, described, synonyms = [], [], words.synonyms()
    for version in whole.prefetch_related(
        "procedure__life_events", "cases__form", "cases__required_documents", "cases__fees", "cases__route__stages"
    ):
        record, code = wanted[version.pk], version.procedure.code
        found = linting.defects(version)
        summary.defects += [Refusal(code, defect.part, defect.reason) for defect in found]
        if found or not record.get("published") or by.kind != "system":
            summary.drafted += 1
        else:
            version.state, version.published_at = State.PUBLISHED, at
            version.valid_from = version.valid_from or today
            ready.append(version)
            publishing.describe(version.procedure, version, synonyms)
            described.append(version.procedure)
        if not version.procedure.search_fold:
            publishing.describe(version.procedure, version, synonyms)
            described.append(version.procedure)
    before = ProcedureVersion.objects.filter(procedure__in=[one.procedure_id for one in ready], state=State.PUBLISHED)
    before.update(state=State.RETIRED, valid_to=today)
    ProcedureVersion.objects.bulk_update(ready, ["state", "published_at", "valid_from"])
    Procedure.objects.bulk_update(described, ["name", "short_name", "search_fold", "sort_key"])
    summary.published = len(ready)


def _fingerprint(record: Record, library: Library) -> str:
    """Changes with the record, its forms and its templates."""
    made_of: list[Any] = [record]
    for case in record["cases"]:
        result = case.get("result") or {}
        made_of += [library.form_ids.get(case.get("form") or "")]
        made_of += [library.template(result.get(name)) for name in ("template", "refusal_template")]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True, default=str).encode()).hexdigest()
