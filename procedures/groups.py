"""Groups of procedures filed together: edited as drafts, published by decision, ended by date.

A group without `valid_from` is a draft. Who edits does not publish. Law: TT 01/2018/TT-VPCP art. 4.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from procedures import history
from procedures.importing.summary import Summary, read_json
from procedures.models import AdminChange, GroupMember, LifeEvent, Procedure, ProcedureGroup, ProcedureVersion, Role
from procedures.models import PublicationDecision as Decision
from procedures.publishing import EDITORS, PublishingRefused, demand

CHANGED, PUBLISHED, REOPENED, ENDED = "group.changed", "group.published", "group.reopened", "group.ended"


@dataclass(frozen=True, slots=True)
class Member:
    """What an editor says of one procedure of the group; `after`: the procedure whose result it waits for."""

    procedure: Procedure
    optional: bool = False
    after: Procedure | None = None


def in_force(on: dt.date) -> QuerySet[ProcedureGroup]:
    """Groups published and not ended that day."""
    return ProcedureGroup.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)


def load(path: Path) -> Summary:
    """Groups of a file as they are published; a group that is known stays as its administrators keep it.

    A group is refused when one of its procedures is not in the catalogue.
    """
    summary = Summary()
    for row in read_json(path):
        codes = [one["procedure"] for one in row["members"]]
        known = {one.code: one for one in Procedure.objects.filter(code__in=codes)}
        if ProcedureGroup.objects.filter(code=row["code"]).exists():
            summary.unchanged += 1
        elif missing := sorted(set(codes) - known.keys()):
            summary.refuse(row["code"], "members", _("Không có thủ tục %(codes)s") % {"codes": ", ".join(missing)})
        else:
            names = {name: row[name] for name in ("code", "name", "summary", "valid_from")}
            with transaction.atomic():
                group = ProcedureGroup.objects.create(**names)
                group.life_events.set(LifeEvent.objects.filter(slug__in=row["life_events"]))
                _set_members(group, [
                    Member(known[one["procedure"]], bool(one.get("optional")), known.get(one.get("after", "")))
                    for one in row["members"]
                ])  # fmt: skip
            summary.loaded += 1
    return summary


def save(group: ProcedureGroup, members: Sequence[Member], *, by: Actor, at: dt.datetime) -> ProcedureGroup:
    """Keep a draft with these members in this order. Raises PublishingRefused for a published group."""
    demand(by, *EDITORS)
    with transaction.atomic():
        before = ""
        if group.pk:
            _demand_draft(ProcedureGroup.objects.select_for_update().get(pk=group.pk))
            before = _told(group)
        group.save()
        _set_members(group, members)
        _record(CHANGED, group, by=by, at=at, changes={_("Thủ tục trong nhóm"): (before, _told(group))})
    return group


def publish(
    group: ProcedureGroup, *, number: str, signed_on: dt.date | None, effective_on: dt.date, by: Actor, at: dt.datetime
) -> None:
    """Put a draft in force by a decision, from that day on. Raises PublishingRefused."""
    demand(by, Role.CATALOGUE_REVIEWER)
    if not number.strip():
        raise PublishingRefused(_("Nhập số quyết định công bố"))
    if signed_on and effective_on < signed_on:
        raise PublishingRefused(_("Ngày có hiệu lực phải từ ngày ký trở đi"))
    with transaction.atomic():
        group = ProcedureGroup.objects.select_for_update().get(pk=group.pk)
        _demand_draft(group)
        _demand_other_editor(group, by)
        _demand_members(group, effective_on)
        dates = {"signed_on": signed_on, "effective_on": effective_on}
        group.decision, _new = Decision.objects.get_or_create(number=number.strip(), defaults=dates)
        group.valid_from, group.valid_to = effective_on, None
        group.save(update_fields=["decision", "valid_from", "valid_to"])
        _record(PUBLISHED, group, by=by, at=at, changes={_("Quyết định"): ("", number.strip())})


def reopen(group: ProcedureGroup, *, by: Actor, at: dt.datetime) -> None:
    """Take a published group back to be changed; citizens do not see it meanwhile. Raises PublishingRefused."""
    demand(by, Role.CATALOGUE_REVIEWER)
    with transaction.atomic():
        group = ProcedureGroup.objects.select_for_update().get(pk=group.pk)
        if group.valid_from is None:
            raise PublishingRefused(_("Nhóm này đang là bản thảo"))
        number = group.decision.number if group.decision else ""
        group.decision = group.valid_from = group.valid_to = None
        group.save(update_fields=["decision", "valid_from", "valid_to"])
        _record(REOPENED, group, by=by, at=at, changes={_("Quyết định"): (number, "")})


def end(group: ProcedureGroup, *, by: Actor, at: dt.datetime) -> None:
    """Last day of a published group: today. Raises PublishingRefused."""
    demand(by, Role.CATALOGUE_REVIEWER)
    today = timezone.localtime(at).date()
    running = Q(valid_to=None) | Q(valid_to__gt=today)
    with transaction.atomic():
        if not ProcedureGroup.objects.filter(running, pk=group.pk, valid_from__lte=today).update(valid_to=today):
            raise PublishingRefused(_("Chỉ nhóm đang áp dụng mới chấm dứt được"))
        _record(ENDED, group, by=by, at=at, changes={_("Áp dụng đến"): ("", f"{today:%d/%m/%Y}")})


def _set_members(group: ProcedureGroup, members: Sequence[Member]) -> None:
    group.members.exclude(procedure__in=[one.procedure for one in members]).delete()
    rows: dict[int, GroupMember] = {}
    for order, one in enumerate(members):
        values = {"order": order, "optional": one.optional, "after": rows.get(one.after.pk) if one.after else None}
        rows[one.procedure.pk], _new = GroupMember.objects.update_or_create(
            group=group, procedure=one.procedure, defaults=values
        )


def _demand_draft(group: ProcedureGroup) -> None:
    if group.valid_from is not None:
        raise PublishingRefused(_("Nhóm đã công bố không sửa được. Người thẩm định rút về bản thảo trước"))


def _demand_other_editor(group: ProcedureGroup, by: Actor) -> None:
    last = AdminChange.objects.filter(kind=CHANGED, subject_key=group.code).order_by("-at", "-pk").first()
    if by.kind != "system" and last and last.actor_id == by.user_id:
        raise PublishingRefused(_("Người khác với người sửa phải công bố"))


def _demand_members(group: ProcedureGroup, on: dt.date) -> None:
    members = list(group.members.select_related("procedure").order_by("order", "pk"))
    if len(members) < 2:
        raise PublishingRefused(_("Nhóm cần ít nhất hai thủ tục"))
    live = set(ProcedureVersion.objects.in_force(on).values_list("procedure_id", flat=True))
    gone = [one.procedure.code for one in members if one.procedure_id not in live]
    if gone:
        raise PublishingRefused(_("Chưa công bố hoặc đã bãi bỏ: %(codes)s") % {"codes": ", ".join(gone)})
    before: set[int] = set()
    for one in members:
        if one.after_id and one.after_id not in before:
            raise PublishingRefused(
                _("%(code)s phải đứng sau thủ tục mà nó chờ kết quả") % {"code": one.procedure.code}
            )
        before.add(one.pk)


def _told(group: ProcedureGroup) -> str:
    members = group.members.select_related("procedure", "after__procedure").order_by("order", "pk")
    return "; ".join(
        one.procedure.code
        + (_(" (được chọn)") if one.optional else "")
        + (_(" sau %(code)s") % {"code": one.after.procedure.code} if one.after else "")
        for one in members
    )


def _record(
    kind: str, group: ProcedureGroup, *, by: Actor, at: dt.datetime, changes: dict[str, tuple[str, str]]
) -> None:
    history.record(kind, by=by, at=at, subject=group.name, key=group.code, changes=changes)
