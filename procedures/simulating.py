"""A sample dossier walked through any version: case, papers, fee, desks and promised dates, nothing stored.

The same modules that real dossiers use do the work; only who signs and what is written is left out.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from procedures import fees, routewalk, worktime
from procedures.calendars import calendar_for
from procedures.conditions import holds
from procedures.desks import NoWay, Places, agency_of
from procedures.models import (
    Agency,
    Case,
    FeeRule,
    ProcedureVersion,
    ProvinceProfile,
    RequiredDocument,
    RouteStage,
    StageConsultation,
)
from procedures.ruleset import Rules


@dataclass(frozen=True, slots=True)
class Stop:
    """One stage of the walk. `agency` is None where none could be found; `problem` then says why."""

    stage: RouteStage
    agency: Agency | None
    opened_at: dt.datetime
    due_at: dt.datetime
    consultations: tuple[StageConsultation, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """What the version makes of a dossier. Without a time limit `due` is None and nothing is explained."""

    case: Case
    papers: tuple[RequiredDocument, ...]
    fee: fees.FeeQuote
    stages: tuple[Stop, ...]
    due: dt.datetime | None
    explanation: tuple[worktime.Line, ...] = ()
    agency: Agency | None = None  # where the dossier was handed in


def simulate(
    version: ProcedureVersion,
    answers: Mapping[str, Any],
    *,
    at: dt.datetime,
    channel: str,
    agency: Agency | None = None,
) -> Walk:
    """What would become of a dossier accepted at `at` through `channel` (direct, online, post) by `agency`.

    Without `agency`: at the first one that receives the procedure. Reads the version as `whole()` gives it.
    Raises desks.NoWay when the answers fit no case, ConditionMistake, worktime.BeyondCalendar.
    """
    case = next((one for one in _in_order(version.cases.all()) if holds(one.condition, answers)), None)
    if case is None:
        raise NoWay(_("Câu trả lời trong tờ khai không khớp với trường hợp nào của thủ tục."))
    places = _places(version, agency)
    rules = _rules()
    start = places[0].pk if places else None
    charges: list[FeeRule] = sorted(case.fees.all(), key=lambda rule: rule.pk)
    limit = (calendar_for(start), at, case.time_amount or 0, case.time_unit, case.cutoff, rules.next_day_after)
    return Walk(
        case=case,
        papers=tuple(one for one in _in_order(case.required_documents.all()) if holds(one.condition, answers)),
        fee=fees.total(charges, answers, channel, timezone.localdate(at, worktime.ZONE)),
        stages=tuple(_stops(case, answers, at, places)),
        due=worktime.due(*limit) if case.time_amount else None,
        explanation=tuple(worktime.explain(*limit)) if case.time_amount else (),
        agency=places[0] if places else None,
    )


def _stops(case: Case, answers: Mapping[str, Any], at: dt.datetime, places: tuple[Agency, Agency] | None) -> list[Stop]:
    """The stages one after the other, each opened when the one before is due."""
    route = getattr(case, "route", None)
    rows = {row.key: row for row in route.stages.all()} if route else {}
    here, stops = places[0] if places else None, []
    for step in routewalk.walk(routewalk.of(rows.values()), answers):
        row, problem = rows[step.key], _("Chưa có cơ quan nào tiếp nhận thủ tục này.") if places is None else ""
        if places and here:
            try:
                found = agency_of(step, answers, here=here.pk, places=Places(places[0].pk, places[1].pk))
                here = Agency.objects.get(pk=found)
            except NoWay as why:
                here, problem = None, str(why)
        calendar = calendar_for(here.pk if here else None)
        due = worktime.add_minutes(calendar, worktime.effective_start(calendar, at), int(step.hours * 60))
        asked = tuple(one for one in row.consultations.all() if holds(one.condition, answers))
        stops.append(Stop(row, here, at, due, asked, problem or ("" if here else _("Bước trước chưa có cơ quan."))))
        at = due
    return stops


def _places(version: ProcedureVersion, agency: Agency | None) -> tuple[Agency, Agency] | None:
    """The receiving and the competent agency, chosen as for a dossier; None when nobody receives the procedure."""
    rows = list(version.procedure.agencies.select_related("agency").order_by("pk"))
    receiving = agency or next((row.agency for row in rows if row.receives), None)
    if receiving is None:
        return None
    competent = [row.agency for row in rows if row.competent]
    return receiving, receiving if receiving in competent or not competent else competent[0]


def _rules() -> Rules:
    province = ProvinceProfile.current()
    return Rules.of(province.default_rule_profile) if province else Rules()


def _in_order(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: (row.order, row.pk))
