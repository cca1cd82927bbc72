"""The organisation as its operators change it: how far an operator reaches, and what an agency's facts must be.

An operator manages the agency of the seat and all agencies below it. The operator of the agency at the top of the
province manages everything; only there are agencies made, moved and closed.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from procedures.history import record
from procedures.models import Agency, Level, Procedure, ProcedureAgency, Role
from procedures.querysets import AgencyQuerySet

# Regulation: TT 01/2018 art. 19 (QCVN 102:2016), QĐ 20/2020 art. 4.
CODES = {
    Agency.Scheme.QCVN102: re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}"),
    Agency.Scheme.QD20: re.compile(r"[A-Y][0-9]{2}(\.[0-9A-Z]+)*"),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """The agencies an operator manages; `whole`: those of the whole province."""

    agency_ids: frozenset[int]
    whole: bool = False

    def agencies(self) -> AgencyQuerySet:
        """The agencies within reach; others do not exist for this operator."""
        found: AgencyQuerySet = Agency.objects.all()
        return found if self.whole else found.filter(pk__in=self.agency_ids)

    def covers(self, agency_id: int) -> bool:
        return self.whole or agency_id in self.agency_ids


NOWHERE = Reach(frozenset())


def reach_of(actor: Actor) -> Reach:
    """How far this actor manages people and agencies: one statement, none for who is no operator."""
    own = {seat.agency_id for seat in actor.seats if seat.role == Role.OPERATOR}
    if not own:
        return NOWHERE
    rows = list(Agency.objects.values_list("pk", "parent_id", "level"))
    if any(pk in own and parent is None and level == Level.PROVINCE for pk, parent, level in rows):
        return Reach(frozenset(pk for pk, _parent, _level in rows), whole=True)
    return Reach(frozenset(below(own, ((pk, parent) for pk, parent, _level in rows))))


def below(tops: Iterable[int], rows: Iterable[tuple[int, int | None]]) -> set[int]:
    """The agencies of `tops` and everything under them; `rows`: each agency with its parent. Ends even in a ring."""
    children: dict[int, list[int]] = {}
    for pk, parent in rows:
        if parent is not None:
            children.setdefault(parent, []).append(pk)
    found, waiting = set[int](), list(tops)
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting += children.get(pk, ())
    return found


def code_fits(code: str, scheme: str) -> bool:
    """Whether the code is written as its scheme prescribes."""
    pattern = CODES.get(Agency.Scheme(scheme)) if scheme in Agency.Scheme.values else None
    return bool(pattern and len(code) <= 35 and pattern.fullmatch(code))


def under_itself(agency: Agency, parent: Agency | None) -> bool:
    """Whether the agency would stand above itself with this parent."""
    if agency.pk is None or parent is None:
        return False
    return parent.pk in below([agency.pk], Agency.objects.values_list("pk", "parent_id"))


def in_words(instance: models.Model, names: Iterable[str]) -> dict[str, str]:
    """Fields as people read them: choices by label, dates as dd/mm/yyyy, yes and no in words."""
    found = {}
    for name in names:
        label = getattr(instance, f"get_{name}_display", None)
        found[name] = worded(label() if label else getattr(instance, name))
    return found


def worded(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else str(value)


def changes(
    before: Mapping[str, str], after: Mapping[str, str], labels: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """What differs, by the field's label."""
    return {
        str(labels.get(name) or name): (before.get(name, ""), text)
        for name, text in after.items()
        if before.get(name, "") != text
    }


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an agency does for a procedure: receives dossiers, is competent for them, by which decision."""

    procedure_id: int
    agency_id: int
    receives: bool
    competent: bool


def differing(wanted: Iterable[Assignment]) -> list[Assignment]:
    """Those that say something else than the rows that are there."""
    wanted = list(wanted)
    rows = ProcedureAgency.objects.filter(
        agency_id__in={one.agency_id for one in wanted}, procedure_id__in={one.procedure_id for one in wanted}
    )
    known = {(row.procedure_id, row.agency_id): (row.receives, row.competent) for row in rows}
    return [
        one
        for one in wanted
        if known.get((one.procedure_id, one.agency_id), (False, False)) != (one.receives, one.competent)
    ]


def assign(wanted: Iterable[Assignment], *, decision: str, by: Actor, at: dt.datetime) -> int:
    """Bring the assignments about and record them, one record per procedure; the number of those that changed."""
    with transaction.atomic():
        fresh = differing(wanted)
        kept = [one for one in fresh if one.receives or one.competent]
        ProcedureAgency.objects.bulk_create(
            [
                ProcedureAgency(
                    procedure_id=one.procedure_id,
                    agency_id=one.agency_id,
                    receives=one.receives,
                    competent=one.competent,
                    decision=decision,
                )
                for one in kept
            ],
            update_conflicts=True,
            unique_fields=["procedure", "agency"],
            update_fields=["receives", "competent", "decision"],
            batch_size=1000,
        )
        for one in fresh:
            if one not in kept:
                ProcedureAgency.objects.filter(procedure_id=one.procedure_id, agency_id=one.agency_id).delete()
        _record_assignments(fresh, decision=decision, by=by, at=at)
    return len(fresh)


def _record_assignments(fresh: list[Assignment], *, decision: str, by: Actor, at: dt.datetime) -> None:
    procedures = Procedure.objects.in_bulk({one.procedure_id for one in fresh})
    agencies = dict(Agency.objects.filter(pk__in={one.agency_id for one in fresh}).values_list("pk", "name"))
    for pk, procedure in procedures.items():
        rows = [one for one in fresh if one.procedure_id == pk]
        said = {_("Văn bản giao việc"): ("", decision)} if decision else {}
        if len(rows) <= 10:
            said |= {agencies[one.agency_id]: ("", doing(one.receives, one.competent)) for one in rows}
        else:
            first = doing(rows[0].receives, rows[0].competent)
            said[_("%(count)s cơ quan") % {"count": len(rows)}] = ("", first)
        record(
            "agency.assigned", by=by, at=at, subject=str(procedure), key=procedure.code, procedure=procedure,
            changes=said,
        )  # fmt: skip


def doing(receives: bool, competent: bool) -> str:
    """What an agency does for a procedure, in words."""
    words = [_("tiếp nhận")] * receives + [_("giải quyết")] * competent
    return ", ".join(words) or _("không giao")
