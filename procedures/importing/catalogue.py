"""Procedures into the catalogue, from our own files, from the official structure, or from a workbook.

Our own: one JSON object per procedure (see `procedures/reference/README.md`), a list of such, or a folder of files with
`forms/` and `results/` beside it. Official: the list a ministry publishes (`procedures.importing.official`).
A workbook: the same by sheets (`procedures.importing.sheets`).
A procedure becomes a new version when the file says something new of it; a complete one marked `published` is put in
force, all others stay drafts whose defects are named.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from procedures import linting, publishing, words
from procedures.importing import links
from procedures.importing.planning import Plan, Proposal, plan
from procedures.importing.record import PARTICULARS, digest
from procedures.importing.rows import Kept, Rows, missing_decisions, version_of
from procedures.importing.summary import Refusal, Source, Summary, read_json
from procedures.importing.telling import label
from procedures.models import (
    AdminChange,
    LifeEvent,
    Procedure,
    ProcedureVersion,
    PublicationDecision,
    RequiredDocument,
    Role,
)

State = ProcedureVersion.State
PLAIN = ("level", "code_suffix", "national", "popularity", "keywords")
SOUGHT = {"keywords", "life_events", "field", "level"}
Accepted = Mapping[str, Collection[str]]  # parts by code


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


def import_catalogue(source: Source, *, by: Actor, at: dt.datetime, drafts_only: bool = False) -> Summary:
    """Load procedures as `by`. Raises FileRefused, or PublishingRefused when the actor may not edit the catalogue.

    Only the installation itself (a system actor) puts versions in force here; people publish by decision.
    """
    publishing.demand(by, Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER)
    with transaction.atomic():
        return carry_out(plan(source), by=by, at=at, drafts_only=drafts_only)


def carry_out(
    made: Plan, *, by: Actor, at: dt.datetime, accepted: Accepted | None = None, drafts_only: bool = False
) -> Summary:
    """Do what was planned, or the `accepted` parts of it. A person who accepts also replaces a draft in work.

    Raises PublishingRefused when the actor may not edit the catalogue.
    """
    publishing.demand(by, Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER)
    in_force = by.kind == "system" and not drafts_only
    with transaction.atomic():
        work = _Work(made, by, at, in_force)
        for one in made.proposals:
            parts = [part for part in one.changed if accepted is None or part in accepted.get(one.code, ())]
            parts = [part for part in parts if part != "published" or in_force]
            if refusal := _obstacle(one, parts, asked=accepted is not None):
                made.summary.refused.append(refusal)
            else:
                work.take(one, parts, remember=accepted is None or one.code in accepted)
        work.save()
    return made.summary


def _obstacle(one: Proposal, parts: list[str], *, asked: bool) -> Refusal | None:
    texts = [part for part in parts if part not in PARTICULARS]
    if not texts:
        return None
    if one.obstacle:
        return Refusal(one.code, texts[0], one.obstacle)
    if one.edited_here and not asked:
        assert one.version
        reason = _("Bản thảo %(number)s đang có người sửa. Nhập trên trình duyệt để chọn từng chỗ")
        reason %= {"number": one.version.number}
        return Refusal(one.code, texts[0], reason)
    return None


@dataclass
class _Work:
    """Everything to be written, gathered first: a statement per table, however many procedures."""

    plan: Plan
    by: Actor
    at: dt.datetime
    in_force: bool
    taken: dict[str, tuple[Proposal, list[str], dict[str, Any]]] = field(default_factory=dict)
    memories: dict[str, dict[str, str]] = field(default_factory=dict)
    procedures: dict[str, Procedure] = field(default_factory=dict)

    def take(self, one: Proposal, parts: list[str], *, remember: bool) -> None:
        if remember and (memory := one.remember(parts)) != one.remembered:
            self.memories[one.code] = memory
        if one.procedure:
            self.procedures[one.code] = one.procedure
        if not parts:
            self.plan.summary.unchanged += 1
            return
        self.taken[one.code] = (one, parts, one.merged(parts))
        if not self.texts(parts):
            self.plan.summary.updated += 1

    @staticmethod
    def texts(parts: Iterable[str]) -> list[str]:
        return [part for part in parts if part not in PARTICULARS]

    def save(self) -> None:
        if self.taken:
            self._save_procedures()
            fresh = self._save_versions()
            self._save_links()
            self._put_in_force(fresh)
            self._describe_again()
            self._note()
        changed = []
        for one in self.plan.proposals:
            if one.code in self.memories and (procedure := self.procedures.get(one.code)):
                procedure.imported = {**procedure.imported, one.structure: self.memories[one.code]}
                changed.append(procedure)
        Procedure.objects.bulk_update(changed, ["imported"], batch_size=500)

    def _save_procedures(self) -> None:
        records = {code: record for code, (_one, _parts, record) in self.taken.items()}
        fields = links.field_ids(records)
        fresh, changed = [], []
        for code, (one, parts, record) in self.taken.items():
            values = {key: record[key] for key in PLAIN if record.get(key) is not None}
            values["field_id"] = fields[record["field"]["code"]]
            if one.procedure is None:
                names = {"name": record["name"], "short_name": record.get("short_name") or ""}
                fresh.append(Procedure(code=code, **names, **values))
            elif set(parts) & {"field", *PLAIN}:
                for key, value in values.items():
                    setattr(one.procedure, key, value)
                changed.append(one.procedure)
        self.procedures |= {one.code: one for one in Procedure.objects.bulk_create(fresh, batch_size=500)}
        Procedure.objects.bulk_update(changed, ["field", *PLAIN], batch_size=500)

    def _save_versions(self) -> dict[int, dict[str, Any]]:
        """Drafts of the procedures whose text is new, with their records by key."""
        taken = [entry for entry in self.taken.values() if self.texts(entry[1])]
        library = self.plan.library
        decisions = missing_decisions(record for _one, _parts, record in taken)
        PublicationDecision.objects.bulk_create(one for one in decisions.values() if one.pk is None)
        library.keep_forms([case["form"] for _one, _parts, r in taken for case in r["cases"] if case.get("form")])
        rows = Rows(library, _blank_forms([one.version for one, _parts, _record in taken if one.version]))
        versions, replaced = [], []
        for one, _parts, record in taken:
            version = version_of(record, self.procedures[one.code], _after(one), decisions)
            version.edited_by_id, version.fingerprint = self.by.user_id, digest(record)
            versions.append(version)
            if one.version and one.version.state == State.DRAFT:
                replaced.append(one.version.pk)
        ProcedureVersion.objects.filter(pk__in=replaced).delete()
        ProcedureVersion.objects.bulk_create(versions, batch_size=500)
        for version, (one, _parts, record) in zip(versions, taken, strict=True):
            rows.add(version, record, copied_from=one.version.pk if one.version else None)
        rows.save()
        self.plan.summary.loaded += len(versions)
        return {version.pk: record for version, (_o, _p, record) in zip(versions, taken, strict=True)}

    def _put_in_force(self, fresh: Mapping[int, Mapping[str, Any]]) -> None:
        """Say what the drafts lack; put complete ones in force when this is the installation's own doing."""
        summary, today = self.plan.summary, timezone.localtime(self.at).date()
        remarks = {one.code: one.remarks for one in self.plan.proposals}
        ready, described, synonyms = [], [], words.synonyms()
        versions = ProcedureVersion.objects.whole().filter(pk__in=fresh).order_by("procedure__code")
        for version in versions.prefetch_related("procedure__life_events"):
            code = version.procedure.code
            found = linting.defects(version)
            summary.defects += [Refusal(code, one.part, one.reason) for one in found]
            summary.defects += [Refusal(code, part, reason) for part, reason in remarks[code]]
            if self.in_force and not found and not remarks[code] and fresh[version.pk].get("published"):
                version.state, version.published_at = State.PUBLISHED, self.at
                version.valid_from = version.valid_from or today
                ready.append(version)
            if version.state == State.PUBLISHED or not version.procedure.search_fold:
                publishing.describe(version.procedure, version, synonyms)
                described.append(version.procedure)
        before = ProcedureVersion.objects.filter(procedure__in=[one.procedure_id for one in ready])
        before.filter(state=State.PUBLISHED).update(state=State.RETIRED, valid_to=today)
        ProcedureVersion.objects.bulk_update(ready, ["state", "published_at", "valid_from"], batch_size=500)
        names = ["name", "short_name", "search_fold", "sort_key"]
        Procedure.objects.bulk_update(described, names, batch_size=500)
        summary.published += len(ready)
        summary.drafted += len(fresh) - len(ready)

    def _describe_again(self) -> None:
        """Words that people search by may be among the particulars that changed."""
        codes = [code for code, (one, parts, _record) in self.taken.items() if one.procedure and set(parts) & SOUGHT]
        in_force = ProcedureVersion.objects.published().filter(procedure__code__in=codes)
        changed, synonyms = [], words.synonyms()
        for version in in_force.select_related("procedure__field").prefetch_related("procedure__life_events"):
            publishing.describe(version.procedure, version, synonyms)
            changed.append(version.procedure)
        Procedure.objects.bulk_update(changed, ["search_fold", "sort_key"], batch_size=500)

    def _save_links(self) -> None:
        events, agencies = {}, {}
        for code, (_one, parts, record) in self.taken.items():
            if "life_events" in parts:
                events[code] = record["life_events"]
            if "agencies" in parts:
                agencies[code] = record["agencies"]
        links.link_life_events(self.procedures, events)
        links.link_agencies(self.procedures, agencies, self.plan.library)

    def _note(self) -> None:
        """One line of history per procedure."""
        AdminChange.objects.bulk_create(
            (
                AdminChange(
                    at=self.at,
                    actor_id=self.by.user_id,
                    actor_name=self.by.name,
                    kind="procedure.imported",
                    subject=str(record["name"])[:300],
                    subject_key=code,
                    procedure=self.procedures[code],
                    changes={} if one.is_new else {label(one, part): ["", ""] for part in parts},
                )
                for code, (one, parts, record) in self.taken.items()
            ),
            batch_size=1000,
        )


def _after(one: Proposal) -> int:
    return one.version.number + 1 if one.version else 1


def _blank_forms(versions: list[ProcedureVersion]) -> Kept:
    """Files of blank forms, which no record holds: a paper that stays keeps its file."""
    rows = RequiredDocument.objects.filter(case__version__in=versions).exclude(blank_form="")
    kept = rows.values_list("case__version_id", "case__key", "key", "blank_form")
    return {(version, case, key): file for version, case, key, file in kept}
