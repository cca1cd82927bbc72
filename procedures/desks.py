"""Which agency holds a stage: the rule of the route met with the agencies that there are.

Law: one route for the whole province, the agency found per dossier (TT 01/2018 art. 8).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from procedures.models import AdministrativeUnit, Agency, Level, Position, RouteStage
from procedures.routewalk import Step

Rule = RouteStage.AgencyRule


class NoWay(Exception):
    """The route names a desk that does not exist here; the message says which stage."""


@dataclass(frozen=True, slots=True)
class Places:
    """The two agencies that every dossier has."""

    receiving_id: int
    competent_id: int


def agency_of(step: Step, answers: Mapping[str, Any], *, here: int, places: Places) -> int:
    """The agency that holds the stage for these answers, seen from the stage before at `here`. Raises NoWay.

    A commune that is not of this province, or not known, cannot hold a stage: the competent agency does instead.
    """
    if step.agency_rule == Rule.NAMED:
        return step.agency_id or _nobody(_("Bước “%(step)s” chưa ghi cơ quan."), step)
    if step.agency_rule == Rule.PARENT:
        parent = Agency.objects.filter(children=here).values_list("pk", flat=True).first()
        return parent or _nobody(_("Bước “%(step)s” cần cơ quan cấp trên nhưng cơ quan này không có."), step)
    if step.agency_rule == Rule.ADDRESS:
        return _committee(answers.get(step.agency_field)) or places.competent_id
    if step.agency_rule == Rule.RECEIVING:
        return places.receiving_id
    return places.competent_id if step.agency_rule == Rule.COMPETENT else here


def sole_officer(step: Step, agency_id: int, *, on: dt.date) -> int | None:
    """The seat that a stage of a named department goes to at once: the only one there with the stage's role."""
    if step.department_id is None:
        return None
    seats = Position.objects.in_force(on).filter(department=step.department_id, role=step.role)
    found = list(seats.filter(agency=agency_id).values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def _nobody(words: str, step: Step) -> int:
    raise NoWay(words % {"step": step.name})


def _committee(address: Any) -> int | None:
    """The agency of the commune in an address answer, or of the commune that took its place."""
    if not isinstance(address, Mapping) or not address.get("commune"):
        return None
    unit_set, code = str(address.get("unit_set")), str(address["commune"])
    units = AdministrativeUnit.objects.filter(unit_set=unit_set, code=code)
    agencies = Agency.objects.filter(level=Level.COMMUNE).order_by(F("valid_to").desc(nulls_first=True), "pk")
    heirs = AdministrativeUnit.objects.filter(predecessions__old__in=units, predecessions__is_default=True)
    for where in (units, heirs):
        if found := agencies.filter(unit__in=where).values_list("pk", flat=True).first():
            return int(found)
    return None
