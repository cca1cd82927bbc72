"""What the records of a catalogue refer to: forms, templates, agencies, life events, and the tiers of this province."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from procedures import eforms
from procedures.importing.record import FORM, digest
from procedures.importing.shapes import RowRefused
from procedures.importing.summary import Source, Summary, read_json
from procedures.models import Agency, Department, Form, Level, LifeEvent, ProvinceProfile, ServiceField

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
TEMPLATES = {"template": "template_source", "refusal_template": "refusal_source"}


@dataclass
class Library:
    """Read once per import. `forms` by code is the newest text of each; `form_ids` knows every text ever kept."""

    folders: list[Path]
    tiers: list[str]
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    form_ids: dict[str, int] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    agency_ids: dict[str, int] = field(default_factory=dict)
    department_ids: dict[str, int] = field(default_factory=dict)
    desks: dict[str, list[str]] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    fields: dict[str, dict[str, str]] = field(default_factory=dict)  # by "name …", "code …", "slug …"
    _templates: dict[str, str] = field(default_factory=dict)
    _fine_forms: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, source: Source, summary: Summary) -> "Library":
        """Files beside the source come before the shipped ones; a form whose schema is wrong is refused."""
        folders = [REFERENCE]
        if isinstance(source, Path):
            folders.insert(0, (source if source.is_dir() else source.parent).parent)
        profile = ProvinceProfile.current()
        library = cls(list(dict.fromkeys(folders)), list(profile.tiers) if profile else [])
        library._read_forms(summary)
        library._read_agencies()
        for code, name, slug in ServiceField.objects.values_list("code", "name", "slug"):
            library._note_field({"code": code, "name": name, "slug": slug})
        library.events = frozenset(LifeEvent.objects.values_list("slug", flat=True))
        return library

    def _read_forms(self, summary: Summary) -> None:
        for form in Form.objects.order_by("revision"):
            text = {"code": form.code, "name": form.name, "schema": form.schema}
            self.forms[form.code], self.revisions[form.code] = text, form.revision
            self.form_ids[digest(text)] = form.pk
            self._fine_forms.add(digest(text))
        for path in self._files("forms", "*.json"):
            try:
                text = FORM(read_json(path), "")
                self.demand_form(text, "schema")
            except RowRefused as refused:
                summary.refuse(path.stem, refused.field, str(refused))
            else:
                self.forms[text["code"]] = text

    def _read_agencies(self) -> None:
        for pk, code, level, one_stop in Agency.objects.order_by("code").values_list("pk", "code", "level", "one_stop"):
            self.agency_ids[code] = pk
            if one_stop:
                self.desks.setdefault(level, []).append(code)
        for pk, agency, code in Department.objects.values_list("pk", "agency__code", "code"):
            self.department_ids[f"{agency}/{code}"] = pk

    def _files(self, folder: str, pattern: str) -> list[Path]:
        found: dict[str, Path] = {}
        for root in self.folders:
            for path in sorted((root / folder).glob(pattern)):
                found.setdefault(path.name, path)
        return list(found.values())

    def demand_form(self, form: Mapping[str, Any], place: str) -> None:
        """Raises RowRefused for a form that no page could be made of."""
        if (mark := digest(form)) in self._fine_forms:
            return
        try:
            eforms.check(form["schema"])
        except (eforms.SchemaMistake, ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as mistake:
            raise RowRefused(place, _("Biểu mẫu không dùng được: %(what)s") % {"what": str(mistake)[:200]}) from None
        self._fine_forms.add(mark)

    @property
    def two_tiers(self) -> bool:
        """Whether this province has no districts."""
        return bool(self.tiers) and Level.DISTRICT not in self.tiers

    def localised(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row, not read yet, as a province with these tiers reads it."""
        merged = {key: value for key, value in row.items() if key != "two_tier"}
        if self.two_tiers and isinstance(row.get("two_tier"), Mapping):
            merged |= row["two_tier"]
        if isinstance(merged.get("cases"), list):
            merged["cases"] = [_localised_case(case, self.two_tiers) for case in merged["cases"]]
        return merged

    def settle(self, record: dict[str, Any]) -> list[tuple[str, str]]:
        """Put in place of every name in a read record what it names; agencies unknown here are remarked.

        Raises RowRefused for a form or template that does not exist.
        """
        remarks: list[tuple[str, str]] = []
        record["field"] = self._known_field(record["field"])
        if record.get("life_events") is not None:
            record["life_events"] = sorted(self.events & set(record["life_events"]))
        if record.get("agencies") is not None:
            record["agencies"] = self._settled_agencies(record["agencies"])
        for number, case in enumerate(record["cases"], 1):
            self._settle_case(case, f"cases[{number}]", remarks)
        return remarks

    def _known_field(self, given: dict[str, str]) -> dict[str, str]:
        """The field of that name or code if there is one; else the given one, with an address of its own."""
        known = self.fields.get(f"name {given['name'].casefold()}") or self.fields.get(f"code {given['code']}")
        if known is None:
            known = dict(given)
            if f"slug {given['slug']}" in self.fields:
                known["slug"] = f"{given['slug'][:70]}-{digest(given['name'])[:6]}"
            self._note_field(known)
        return known

    def _note_field(self, known: dict[str, str]) -> None:
        self.fields[f"name {known['name'].casefold()}"] = known
        self.fields[f"code {known['code']}"] = self.fields[f"slug {known['slug']}"] = known

    def _settled_agencies(self, given: Mapping[str, Any]) -> dict[str, list[str]] | None:
        if not given:
            return None
        receives = self._codes(given.get("receives"))
        same = given.get("competent") == "receiving"
        return {"receives": receives, "competent": receives if same else self._codes(given.get("competent"))}

    def _codes(self, given: Any) -> list[str]:
        if isinstance(given, str):
            return self.desks.get(given, [])
        return sorted(self.agency_ids.keys() & set(given or ()))

    def _settle_case(self, case: dict[str, Any], place: str, remarks: list[tuple[str, str]]) -> None:
        if form := case.get("form"):
            if isinstance(form, str):
                if form not in self.forms:
                    raise RowRefused(f"{place}.form", _("Không có biểu mẫu mã %(code)s") % {"code": form})
                case["form"] = self.forms[form]
            self.demand_form(case["form"], f"{place}.form")
        result = case.get("result") or {}
        for name, kept in TEMPLATES.items():
            if file := result.pop(name, ""):
                result[kept] = self.template(file)
                if not result[kept]:
                    raise RowRefused(f"{place}.result.{name}", _("Không có tệp mẫu %(name)s") % {"name": file})
        for stage in (case.get("route") or {}).get("stages", ()):
            self._drop_unknown(stage, remarks)

    def _drop_unknown(self, stage: dict[str, Any], remarks: list[tuple[str, str]]) -> None:
        """An agency of another province is left open, and named: the linter will ask for one."""
        asked = [one for one in stage["consultations"] if one["agency"] in self.agency_ids]
        unknown = [one["agency"] for one in stage["consultations"] if one not in asked]
        stage["consultations"] = asked
        for key, known in (("agency", self.agency_ids), ("department", self.department_ids)):
            if stage[key] and stage[key] not in known:
                unknown.append(stage[key])
                stage[key] = ""
        words = {"stage": stage["name"]}
        remarks += [
            ("route", _("Bước “%(stage)s”: không có cơ quan, phòng mã %(code)s") % (words | {"code": code}))
            for code in unknown
        ]

    def template(self, name: str) -> str:
        """The Typst source with that file name; empty for none."""
        if not self._templates:
            self._templates = {path.name: path.read_text("utf-8") for path in self._files("results", "*.typ")}
        return self._templates.get(name, "")

    def keep_forms(self, forms: list[Mapping[str, Any]]) -> None:
        """Make those that are new, each as the next revision of its code."""
        fresh: dict[str, Form] = {}
        for form in forms:
            mark = digest(form)
            if mark not in self.form_ids and mark not in fresh:
                self.revisions[form["code"]] = self.revisions.get(form["code"], 0) + 1
                fresh[mark] = Form(revision=self.revisions[form["code"]], **form)
        made = Form.objects.bulk_create(fresh.values())
        self.form_ids |= {mark: one.pk for mark, one in zip(fresh, made, strict=True)}


def _localised_case(case: Any, two_tiers: bool) -> Any:
    if not isinstance(case, Mapping):
        return case
    plain = {key: value for key, value in case.items() if key != "route_two_tier"}
    return plain | ({"route": case["route_two_tier"]} if two_tiers and case.get("route_two_tier") else {})
