"""Dossiers kept as tests of a procedure: recorded once, replayed on every new draft before it is published.

What is kept of a real dossier is only what decides its way, and never what says whose it is.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from procedures import eforms, simulating, worktime
from procedures.conditions import ConditionMistake, fields
from procedures.desks import NoWay
from procedures.models import Procedure, ProcedureVersion, ProvinceProfile, Scenario

# Answers of these types are choices and amounts; all others could tell who somebody is.
PLAIN = frozenset({"yes_no", "choice", "linked_choice", "multi_choice", "number", "money", "computed"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the draft makes of a scenario otherwise than expected, in words."""

    scenario: Scenario
    what: str
    expected: str
    found: str


def record(
    version: ProcedureVersion,
    answers: Mapping[str, Any],
    *,
    name: str,
    channel: str,
    at: dt.datetime,
    made_by: Any,
) -> Scenario:
    """Keep these answers with what the version makes of them. The same name again replaces the scenario.

    Raises what `simulating.simulate` raises.
    """
    walk = simulating.simulate(version, answers, at=at, channel=channel)
    kept, _new = Scenario.objects.update_or_create(
        procedure=version.procedure, name=name,
        defaults={
            "channel": channel, "filed_at": at, "answers": dict(answers), "expected": outcome(walk),
            "made_by_id": made_by,
        },
    )  # fmt: skip
    return kept


def outcome(walk: simulating.Walk) -> dict[str, Any]:
    """What a scenario expects, from a walk."""
    return {
        "case": walk.case.key,
        "papers": sorted(one.key for one in walk.papers),
        "total": walk.fee.total,
        "stages": [one.stage.key for one in walk.stages],
        "due": walk.due.isoformat() if walk.due else "",
    }


def replay(version: ProcedureVersion) -> list[Difference]:
    """What this version makes of the procedure's scenarios otherwise than was recorded."""
    found: list[Difference] = []
    for scenario in version.procedure.scenarios.order_by("name"):
        try:
            walk = simulating.simulate(version, scenario.answers, at=scenario.filed_at, channel=scenario.channel)
        except (NoWay, ConditionMistake, worktime.BeyondCalendar) as why:
            found.append(Difference(scenario, _("Kết quả"), _("chạy được"), str(why)))
            continue
        found.extend(_differences(scenario, outcome(walk)))
    return found


def anonymous(version: ProcedureVersion, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A dossier's answers without its people: what decides case, papers, fee and route is kept, the rest invented.

    Even of what decides, only choices and amounts, and the commune of an address that the route asks for.
    """
    forms = [case.form for case in version.cases.all() if case.form]
    if not forms:
        return {}
    schema = forms[0].schema
    province = ProvinceProfile.current()
    made = eforms.invented(schema, unit_set=province.unit_set if province else "2024")
    asked, addresses = deciding(version)
    for spec in eforms.fields(schema):
        key = spec["key"]
        if key in addresses and isinstance(answers.get(key), Mapping):
            place = {part: answers[key][part] for part in ("unit_set", "province", "district", "commune")
                     if answers[key].get(part)}  # fmt: skip
            made[key] = {**made.get(key, {}), **place, "detail": "", "text": ""}
        elif key in asked and spec["type"] in PLAIN:
            made.pop(key, None)
            if key in answers:
                made[key] = answers[key]
        elif key in asked and key not in answers:
            made.pop(key, None)
    return made


def deciding(version: ProcedureVersion) -> tuple[set[str], set[str]]:
    """Keys of the fields that decide what becomes of a dossier, and those whose address does."""
    asked: set[str] = set()
    addresses: set[str] = set()
    for case in version.cases.all():
        rows: list[Any] = [case, *case.required_documents.all(), *case.fees.all()]
        route = getattr(case, "route", None)
        stages = list(route.stages.all()) if route else []
        rows += [*stages, *(one for stage in stages for one in stage.consultations.all())]
        asked |= {key.split(".")[0] for row in rows for key in fields(row.condition)}
        asked |= {rule.per for rule in case.fees.all() if rule.per}
        asked |= {key.split(".")[0] for spec in _specs(case) for key in fields(spec.get("condition"))}
        addresses |= {stage.agency_field for stage in stages if stage.agency_field}
        addresses |= {key.split(".")[0] for row in rows for key in fields(row.condition) if "." in key}
    return asked, addresses


def name_for(procedure: Procedure, wanted: str, *, on: dt.date) -> str:
    """The name typed, else one with the day and a number that is free."""
    if wanted:
        return wanted[:150]
    base = _("Tình huống ngày %(day)s") % {"day": f"{on:%d/%m/%Y}"}
    taken = set(procedure.scenarios.values_list("name", flat=True))
    return next(one for one in (base, *(f"{base} ({n})" for n in range(2, 10_000))) if one not in taken)


def _specs(case: Any) -> Iterator[Mapping[str, Any]]:
    return eforms.fields(case.form.schema if case.form else {})


def _differences(scenario: Scenario, now: Mapping[str, Any]) -> Iterator[Difference]:
    names = {
        "case": _("Trường hợp"), "papers": _("Giấy tờ"), "total": _("Phí, lệ phí"), "stages": _("Các bước"),
        "due": _("Ngày hẹn trả"),
    }  # fmt: skip
    for key, what in names.items():
        before, after = scenario.expected.get(key), now[key]
        if key in scenario.expected and before != after:
            yield Difference(scenario, what, _said(key, before), _said(key, after))


def _said(key: str, value: Any) -> str:
    if key == "due" and value:
        return f"{timezone.localtime(dt.datetime.fromisoformat(value)):%H:%M %d/%m/%Y}"
    if key == "total":
        return _("%(amount)s đồng") % {"amount": f"{value:,}".replace(",", ".")}
    return ", ".join(value) if isinstance(value, list) else str(value) or _("không có")
