"""Điều phối: dossiers that nobody may leave stuck, and the work of agencies that are no more."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import deadlines, legs, notices, routing
from dossiers.lifecycle import Change, move
from dossiers.models import Consultation, Dossier
from dossiers.querysets import DossierQuerySet
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import Status
from portal.floor.actor import SYSTEM, Actor
from procedures.calendars import calendar_for
from procedures.models import Agency, Position, ProcedureAgency, ProvinceProfile, Role, RouteStage
from procedures.organisation import reach_of
from procedures.ruleset import Rules


def dispatch(
    dossier: Dossier, *, by: Actor, at: dt.datetime, to: Agency, reason: str, of: Agency | None = None
) -> Dossier:
    """Let the agency `to` take the place that `of` (unsaid: who holds it) has in a dossier. Code and history stay.

    Whoever held it, `to` holds it then, at the same step, with the step's whole time again while the clock runs. It
    becomes the counter too where nothing was accepted yet, or where the earlier one is no more. An opinion that a named
    `of` has not given yet is asked of `to`. Raises MoveRefused
    without a reason, to the same agency, to one that does not work, and, for people, to a desk where nobody sits.
    """
    old = of or dossier.holder_agency
    held = dossier.holder_agency_id == old.pk
    if not reason.strip():
        raise MoveRefused(_("Hãy ghi lý do điều phối."))
    if to.pk == old.pk:
        raise MoveRefused(_("Hồ sơ đang ở cơ quan này. Hãy chọn cơ quan khác."))
    today = timezone.localdate(at)
    _must_work(to, dossier.holder_role if held and by.kind == "officer" else "", on=today)
    fields = _places(dossier, old, to, on=today)
    asked = legs.waiting(dossier).filter(agency=old).first() if of else None
    places = [name.removesuffix("_id") for name in fields] + (["asked"] if asked else [])
    snapshot = {"from": old.code, "to": to.code, "as": places}
    change = Change(fields)
    if held:
        change = _taken_over(dossier, to, fields, at=at)
        change.promises = [
            notices.to_citizen(dossier, "dispatched", at=at, holder_agency=to.name),
            notices.to_holder(dossier, "dispatched", at=at, reason=reason),
        ]
    with transaction.atomic():
        status = Status(dossier.status)
        move(dossier, "dispatch", to=status, by=by, at=at, note=reason, snapshot=snapshot, change=change)
        if asked:
            legs.inherit(asked, to, dossier=dossier, at=at)
    return dossier


def _must_work(to: Agency, role: str, *, on: dt.date) -> None:
    there = Exists(_sitting(on).filter(agency=OuterRef("pk"), role=role))
    manned = Agency.objects.in_force(on).filter(pk=to.pk).values_list(there, flat=True).first()
    if manned is None:
        raise MoveRefused(_("%(agency)s không hoạt động. Hãy chọn cơ quan khác.") % {"agency": to.name})
    if role and not manned:
        raise MoveRefused(
            _("%(agency)s chưa có ai giữ vai “%(role)s” nên hồ sơ sẽ lại không ai xử lý.")
            % {"agency": to.name, "role": Role(role).label}
        )


def _sitting(on: dt.date) -> Any:
    """The seats with somebody in them who can log in."""
    return Position.objects.in_force(on).filter(user__is_active=True)


def _places(dossier: Dossier, old: Agency, to: Agency, *, on: dt.date) -> dict[str, Any]:
    """The agencies of the dossier that `to` becomes."""
    counter = dossier.accepted_at is None or (old.valid_to is not None and old.valid_to < on)
    named = {"holder_agency_id", "competent_agency_id"} | ({"receiving_agency_id"} if counter else set())
    return {name: to.pk for name in sorted(named) if getattr(dossier, name) == old.pk}


def _taken_over(dossier: Dossier, to: Agency, fields: dict[str, Any], *, at: dt.datetime) -> Change:
    """The same step at the other agency. Who waits for somebody else, or has not begun, keeps the dates there are."""
    here: Any = legs.stages(dossier).filter(closed_at=None).first()
    if here is None:
        return Change(fields | {"assignee_id": None})
    desk = routing.Desk(routing.desk_of(dossier, here).step, to.pk)
    rules = Rules.of(dossier.rule_profile)
    stage, holder = routing.open_at(dossier, desk, at=at, rules=rules, ordinal=here.ordinal + 1)
    stage.received_at = None if here.paper else at
    if dossier.next_due_at is None:
        stage.due_at = here.due_at
        holder |= deadlines.NOBODY_WAITS
    return Change({**fields, **holder}, close_stage=True, open_stage=stage)


# What is stuck ------------------------------------------------------------------------------------------------


def _ended(at: dt.datetime) -> Q:
    """An agency that the dossier needs works no more."""
    gone = Agency.objects.filter(valid_to__lt=timezone.localdate(at)).values("pk")
    return Q(holder_agency__in=gone) | Q(receiving_agency__in=gone) | Q(competent_agency__in=gone)


def _nobody(at: dt.datetime) -> Q:
    """No officer in force at the desk that holds it, or it was given to one who has left."""
    sitting = _sitting(timezone.localdate(at))
    desk = sitting.filter(agency=OuterRef("holder_agency"), role=OuterRef("holder_role"))
    gone = ~Q(assignee=None) & ~Exists(sitting.filter(pk=OuterRef("assignee")))
    return ~Q(holder_role="") & (~Exists(desk) | gone)


def _nobody_competent(at: dt.datetime) -> Q:
    """Sent for a procedure that no working agency is competent for."""
    working = Agency.objects.in_force(timezone.localdate(at)).values("pk")
    competent = ProcedureAgency.objects.filter(
        procedure=OuterRef("procedure_version__procedure"), competent=True, agency__in=working
    )
    return Q(~Exists(competent), status=Status.SUBMITTED)


def _leads_nowhere(at: dt.datetime) -> Q:
    """Receiving it would fail: no route, a stage of an agency never named, or of one above where there is none."""
    stages = RouteStage.objects.filter(route__case=OuterRef("case"))
    unnamed = stages.filter(agency_rule=RouteStage.AgencyRule.NAMED, agency=None)
    above = Q(Exists(stages.filter(agency_rule=RouteStage.AgencyRule.PARENT)), receiving_agency__parent=None)
    return Q(status=Status.SUBMITTED) & (~Exists(stages) | Exists(unnamed) | above)


def _untouched(at: dt.datetime) -> Q:
    """Long past what its desk had for it: so many working days that nobody can mean it."""
    calendar, day = calendar_for(None), timezone.localdate(at)
    province = ProvinceProfile.current()
    left = Rules.of(province.default_rule_profile).untouched_days if province else Rules().untouched_days
    while left > 0:
        day -= dt.timedelta(days=1)
        left -= calendar.is_working_day(day)
    return Q(next_due_at__lt=timezone.localtime(at).replace(year=day.year, month=day.month, day=day.day))


REASONS: dict[str, tuple[str | Promise, Callable[[dt.datetime], Q]]] = {
    "khong-nguoi": (_lazy("Không có người ở bàn"), _nobody),
    "het-hoat-dong": (_lazy("Cơ quan hết hoạt động"), _ended),
    "khong-tham-quyen": (_lazy("Chưa rõ cơ quan có thẩm quyền"), _nobody_competent),
    "tac-quy-trinh": (_lazy("Quy trình không có bước tiếp"), _leads_nowhere),
    "de-lau": (_lazy("Để quá lâu"), _untouched),
}


def stuck(actor: Actor, *, at: dt.datetime) -> dict[str, DossierQuerySet]:
    """By each of REASONS the open dossiers stuck for it that this actor is to see: operators as far as they reach,
    leaders what their agency received. Lists show no person and no paper.
    """
    found, reach = Dossier.objects.open(), reach_of(actor)
    if not reach.whole:
        leading = [seat.agency_id for seat in actor.seats if seat.role == Role.LEADER]
        found = found.filter(Q(receiving_agency__in=leading) | Q(holder_agency__in=reach.agency_ids))
    return {reason: found.filter(which(at)) for reason, (_words, which) in REASONS.items()}


# Succession ---------------------------------------------------------------------------------------------------


def heir_of(agency: Agency, *, on: dt.date) -> Agency | None:
    """Who does the work of an agency that has ended, over several generations; None while nobody is named."""
    seen: set[int] = set()
    heir: Agency | None = agency
    while heir is not None and heir.valid_to is not None and heir.valid_to < on:
        if heir.pk in seen:
            return None
        seen.add(heir.pk)
        heir = heir.successor
    return heir if seen else None


def hand_to_successor(agency: Agency, *, at: dt.datetime) -> int:
    """Every open dossier and opinion of an ended agency goes to who took over its work; the number of dossiers moved.

    Each in its own transaction, whether or not officers sit there already: what they miss the dispatch queue shows.
    Safe to repeat.
    """
    heir = heir_of(agency, on=timezone.localdate(at))
    if heir is None:
        return 0
    reason = _("%(old)s đã hết hoạt động; %(new)s tiếp nhận công việc.") % {"old": agency.name, "new": heir.name}
    asked = Consultation.objects.open().filter(dossier=OuterRef("pk"), agency=agency)
    named = Q(holder_agency=agency) | Q(receiving_agency=agency) | Q(competent_agency=agency) | Exists(asked)
    moved = 0
    for pk in list(Dossier.objects.open().filter(named).values_list("pk", flat=True)):
        dossier = Dossier.objects.select_related("holder_agency", "rule_profile").get(pk=pk)
        try:
            dispatch(dossier, by=SYSTEM, at=at, to=heir, reason=reason, of=agency)
        except LostRace:  # somebody works on it this very moment; the next run takes it
            continue
        moved += 1
    return moved


def hand_over_ended(*, at: dt.datetime) -> int:
    """Do so for all agencies that have ended with a successor; the number of dossiers moved."""
    ended = Agency.objects.filter(valid_to__lt=timezone.localdate(at)).exclude(successor=None)
    return sum(hand_to_successor(agency, at=at) for agency in ended.select_related("successor").order_by("pk"))
