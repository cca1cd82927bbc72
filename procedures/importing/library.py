"""What the records of a catalogue refer to: forms, templates, agencies, life events, and the tiers of this province."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from procedures import conditions, eforms
from procedures.importing.summary import Source, Summary, read_json
from procedures.models import (
    Agency,
    FeeRule,
    Form,
    Level,
    LifeEvent,
    OnlineScope,
    Procedure,
    ProcedureAgency,
    ProvinceProfile,
    Role,
    RouteStage,
    ServiceField,
    TimeUnit,
)

Record = Mapping[str, Any]
REFERENCE = Path(__file__).resolve().parents[1] / "reference"
CODE = re.compile(r"\d\.\d{6}", re.ASCII)
FIELD_CODE = re.compile(r"[A-Z]\d{2}-[A-Z0-9]+", re.ASCII)
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
CHANNELS = {"direct", "online", "post"}


class RowRefused(Exception):
    """A record cannot be loaded; `field` says where."""

    def __init__(self, field_: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field_


@dataclass
class Library:
    folders: list[Path]
    tiers: list[str]
    form_ids: dict[str, int] = field(default_factory=dict)
    agency_ids: dict[str, int] = field(default_factory=dict)
    field_names: dict[str, ServiceField] = field(default_factory=dict)
    _templates: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, source: Source, summary: Summary) -> "Library":
        """Forms are brought up to the files beside the source; a form whose schema is wrong is refused."""
        folders = [REFERENCE]
        if isinstance(source, Path):
            folders.insert(0, (source if source.is_dir() else source.parent).parent)
        profile = ProvinceProfile.current()
        library = cls(list(dict.fromkeys(folders)), list(profile.tiers) if profile else [])
        library._forms(summary)
        library.agency_ids = dict(Agency.objects.values_list("code", "pk"))
        library.field_names = {one.name: one for one in ServiceField.objects.all()}
        return library

    def _forms(self, summary: Summary) -> None:
        latest = {form.code: form for form in Form.objects.order_by("revision")}
        fresh = []
        for path in self._files("forms", "*.json"):
            row = read_json(path)
            known = latest.get(row["code"])
            if known and (known.schema, known.name) == (row["schema"], row["name"]):
                continue
            try:
                eforms.check(row["schema"])
            except eforms.SchemaMistake as mistake:
                summary.refuse(row["code"], "schema", str(mistake))
                continue
            revision = known.revision + 1 if known else 1
            fresh.append(Form(code=row["code"], name=row["name"], revision=revision, schema=row["schema"]))
        for form in Form.objects.bulk_create(fresh):
            latest[form.code] = form
        self.form_ids = {code: form.pk for code, form in latest.items()}

    def _files(self, folder: str, pattern: str) -> list[Path]:
        """Files by name; those beside the source come before the shipped ones."""
        found: dict[str, Path] = {}
        for root in self.folders:
            for path in sorted((root / folder).glob(pattern)):
                found.setdefault(path.name, path)
        return list(found.values())

    def template(self, name: str | None) -> str:
        """The Typst source with that file name; empty for none."""
        if not self._templates:
            self._templates = {path.name: path.read_text("utf-8") for path in self._files("results", "*.typ")}
        return self._templates.get(name or "", "")

    def localised(self, record: Record) -> Record:
        """The record as a province with these tiers reads it, in the field that already has its name."""
        merged = dict(record)
        if self.tiers and Level.DISTRICT not in self.tiers:
            merged |= merged.get("two_tier") or {}
            merged["cases"] = [
                dict(case) | ({"route": case["route_two_tier"]} if case.get("route_two_tier") else {})
                for case in merged.get("cases") or ()
            ]
        given = merged.get("field")
        if isinstance(given, Mapping) and (known := self.field_names.get(given.get("name", ""))):
            merged["field"] = {"code": known.code, "name": known.name, "slug": known.slug}
        return merged

    def check(self, record: Record) -> None:
        """Raises RowRefused for a record that no version can be made of."""
        try:
            _check_record(record)
            for case in record["cases"]:
                self._check_case(case)
        except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation) as mistake:
            raise RowRefused("", _("Thủ tục không đúng cấu trúc: %(what)s") % {"what": repr(mistake)[:200]}) from None

    def _check_case(self, case: Record) -> None:
        where = str(case["key"])
        _demand(bool(SLUG.fullmatch(where)), "key", where)
        if case.get("form"):
            _demand(case["form"] in self.form_ids, f"{where}: form", case["form"])
        time, result = case.get("time") or {}, case.get("result") or {}
        _demand(time.get("unit", TimeUnit.WORKING_DAY) in TimeUnit.values, f"{where}: time", time.get("unit"))
        _demand(time.get("amount") is None or 0 < time["amount"] < 10_000, f"{where}: time", time.get("amount"))
        if time.get("cutoff"):
            dt.time.fromisoformat(time["cutoff"])
        for name in ("template", "refusal_template"):
            _demand(not result.get(name) or bool(self.template(result[name])), f"{where}: result", result.get(name))
        _unique(f"{where}: documents", [one["key"] for one in case["documents"]])
        for one in case["documents"]:
            _demand(bool(SLUG.fullmatch(one["key"]) and one["name"]), f"{where}: documents", one["key"])
        for one in case.get("fees") or ():
            fine = one["kind"] in FeeRule.Kind.values and isinstance(one["amount"], int) and one["amount"] >= 0
            _demand(fine, f"{where}: fees", one["name"])
        stages = (case.get("route") or {}).get("stages") or ()
        _unique(f"{where}: route", [one["key"] for one in stages])
        for one in stages:
            self._check_stage(f"{where}: route", one)
        for one in (case, *case["documents"], *(case.get("fees") or ()), *stages):
            conditions.check(one.get("condition"))

    def _check_stage(self, where: str, stage: Record) -> None:
        fine = (
            stage["kind"] in RouteStage.Kind.values
            and stage["role"] in Role.values
            and stage["level"] in Level.values
            and stage["agency_rule"] in RouteStage.AgencyRule.values
            and 0 < Decimal(str(stage["hours"])) < 10_000
        )
        _demand(fine, where, stage["key"])
        if stage.get("agency"):
            _demand(stage["agency"] in self.agency_ids, where, stage["agency"])

    def link_life_events(self, procedures: Mapping[str, Procedure], records: Mapping[str, Record]) -> None:
        """Bring the life events of each procedure up to its record."""
        slugs = dict(LifeEvent.objects.values_list("slug", "pk"))
        through = Procedure.life_events.through
        wanted = {
            (procedures[code].pk, slugs[slug])
            for code, record in records.items()
            for slug in record.get("life_events") or ()
            if slug in slugs
        }
        rows = through._default_manager.filter(procedure__in=[one.pk for one in procedures.values()])
        known = {(row.procedure_id, row.lifeevent_id): row.pk for row in rows}
        rows.filter(pk__in=[pk for pair, pk in known.items() if pair not in wanted]).delete()
        fresh = [through(procedure_id=one, lifeevent_id=event) for one, event in sorted(wanted - known.keys())]
        through._default_manager.bulk_create(fresh)

    def link_agencies(self, procedures: Mapping[str, Procedure], records: Mapping[str, Record]) -> None:
        """Bring the agencies that receive and that are competent up to the records."""
        desks = list(Agency.objects.receiving().values_list("pk", "level"))
        wanted: dict[tuple[int, int], ProcedureAgency] = {}
        for code, record in records.items():
            given = record.get("agencies") or {}
            receives = self._agencies(given.get("receives"), desks)
            competent = (
                receives if given.get("competent") == "receiving" else self._agencies(given.get("competent"), ())
            )
            for agency in dict.fromkeys([*receives, *competent]):
                flags = {"receives": agency in receives, "competent": agency in competent}
                pair = procedures[code].pk, agency
                wanted[pair] = ProcedureAgency(procedure_id=pair[0], agency_id=agency, **flags)
        rows = ProcedureAgency.objects.filter(procedure__in=[one.pk for one in procedures.values()])
        known = {(row.procedure_id, row.agency_id): row for row in rows}
        gone = [row.pk for pair, row in known.items() if pair not in wanted or _differ(row, wanted[pair])]
        rows.filter(pk__in=gone).delete()
        fresh = [row for pair, row in wanted.items() if pair not in known or known[pair].pk in gone]
        ProcedureAgency.objects.bulk_create(fresh, batch_size=2000)

    def _agencies(self, given: Any, desks: Iterable[tuple[int, str]]) -> list[int]:
        """A level: every one-stop agency of it; else a list of codes, of which unknown ones are left out."""
        if isinstance(given, str):
            return [pk for pk, level in desks if level == given]
        return [self.agency_ids[code] for code in given or () if code in self.agency_ids]


def _check_record(record: Record) -> None:
    _demand(bool(CODE.fullmatch(record["code"])), "code", record["code"])
    _demand(bool(record["name"]) and len(record["name"]) <= 1200, "name", str(record["name"])[:80])
    _demand(record["level"] in Level.values, "level", record["level"])
    _demand(bool(FIELD_CODE.fullmatch(record["field"]["code"])), "field", record["field"]["code"])
    _demand(bool(record["field"]["name"] and record["field"]["slug"]), "field", record["field"]["code"])
    _demand(
        record.get("online_scope", OnlineScope.NONE) in OnlineScope.values, "online_scope", record.get("online_scope")
    )
    _demand(set(record.get("channels") or ()) <= CHANNELS, "channels", record.get("channels"))
    _unique("cases", [case["key"] for case in record["cases"]])
    for name in ("valid_from", *(("signed_on", "effective_on") if record.get("decision") else ())):
        value = record.get(name) or (record.get("decision") or {}).get(name)
        if value:
            dt.date.fromisoformat(value)


def _demand(fine: bool, field_: str, value: Any) -> None:
    if not fine:
        raise RowRefused(field_, _("Giá trị không dùng được: %(value)s") % {"value": str(value)[:120]})


def _unique(field_: str, keys: list[str]) -> None:
    _demand(len(keys) == len(set(keys)), field_, ", ".join(sorted(key for key in keys if keys.count(key) > 1)))


def _differ(known: ProcedureAgency, wanted: ProcedureAgency) -> bool:
    return (known.receives, known.competent) != (wanted.receives, wanted.competent)
