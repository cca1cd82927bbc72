"""Leave: during it a colleague of the same agency works from the holder's seat too (NĐ 61/2018 art. 11–12)."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from portal.models import User
from portal.people.office import PeopleRefused
from procedures.history import record
from procedures.models import Position, Substitution
from procedures.querysets import PositionQuerySet


def colleagues(seat: Position, on: dt.date) -> PositionQuerySet:
    """The seats of those who may stand in: others with a seat in the same agency and an account that is open."""
    seats: PositionQuerySet = Position.objects.in_force(on).filter(agency_id=seat.agency_id)
    active = User.objects.filter(is_active=True, kind=User.Kind.OFFICER)
    return seats.exclude(user_id=seat.user_id).filter(user_id__in=active.values("pk"))


def give(
    seat: Position, substitute: User, first: dt.date, last: dt.date, *, reason: str, by: Actor, at: dt.datetime
) -> Substitution:
    """Write down a leave, both days included. Nobody lends a seat to oneself. Raises PeopleRefused."""
    if last < first:
        raise PeopleRefused(_("Ngày cuối phải sau ngày đầu"))
    if substitute.pk == by.user_id:
        raise PeopleRefused(_("Không ai tự nhận việc làm thay. Người nghỉ hoặc người vận hành khác ghi giúp"))
    with transaction.atomic():
        # Leaves of one agency's people wait for each other: a substitute must not go on leave at the same moment.
        list(User.objects.select_for_update(no_key=True).filter(pk__in=[seat.user_id, substitute.pk]).order_by("pk"))
        seat = Position.objects.select_for_update(of=("self",)).select_related("agency").get(pk=seat.pk)
        _check(seat, substitute, first, last)
        leave = Substitution.objects.create(
            position=seat, substitute=substitute, starts_on=first, ends_on=last, reason=reason
        )
        changes = {
            _("Từ ngày"): ("", f"{first:%d/%m/%Y}"),
            _("Đến hết ngày"): ("", f"{last:%d/%m/%Y}"),
            _("Người làm thay"): ("", substitute.full_name),
        }
        record("leave.added", by=by, at=at, subject=_said(seat), key=_username(seat), changes=changes)
    return leave


def _check(seat: Position, substitute: User, first: dt.date, last: dt.date) -> None:
    if substitute.pk == seat.user_id:
        raise PeopleRefused(_("Không ai làm thay chính mình. Chọn người khác"))
    if (seat.valid_from and seat.valid_from > first) or (seat.valid_to and seat.valid_to < last):
        raise PeopleRefused(_("Vị trí này không giữ trong suốt những ngày đó. Sửa ngày nghỉ"))
    for day in (first, last):
        if not colleagues(seat, day).filter(user_id=substitute.pk).exists():
            raise PeopleRefused(_("Người làm thay phải đang làm ở cùng cơ quan trong những ngày đó"))
    during = Q(starts_on__lte=last, ends_on__gte=first)
    if Substitution.objects.filter(during, position=seat).exists():
        raise PeopleRefused(_("Vị trí này đã có người làm thay trong những ngày đó. Hủy lịch nghỉ cũ trước"))
    if Substitution.objects.filter(during, position__user_id=substitute.pk).exists():
        raise PeopleRefused(_("Người làm thay cũng nghỉ trong những ngày đó. Chọn người khác"))
    if Substitution.objects.filter(during, substitute_id=seat.user_id).exists():
        raise PeopleRefused(_("Người này đang nhận làm thay người khác trong những ngày đó. Đổi người làm thay trước"))


def cancel(leave: Substitution, *, on: dt.date, by: Actor, at: dt.datetime) -> None:
    """The holder is back on that day: what has passed of the leave stays written. Raises PeopleRefused."""
    with transaction.atomic():
        found = Substitution.objects.select_for_update(of=("self",)).select_related("position__agency")
        row = found.filter(pk=leave.pk).first()
        if row is None or row.ends_on < on:
            raise PeopleRefused(_("Lịch nghỉ này đã kết thúc hoặc đã hủy. Tải lại trang để xem"))
        seat, before = row.position, f"{row.starts_on:%d/%m/%Y}–{row.ends_on:%d/%m/%Y}"
        if row.starts_on < on:
            row.ends_on = on - dt.timedelta(days=1)
            row.save(update_fields=["ends_on"])
            after = f"{row.starts_on:%d/%m/%Y}–{row.ends_on:%d/%m/%Y}"
        else:
            row.delete()
            after = ""
        changes = {_("Những ngày nghỉ"): (before, after)}
        record("leave.cancelled", by=by, at=at, subject=_said(seat), key=_username(seat), changes=changes)


def _said(seat: Position) -> str:
    return f"{seat.holder_name}, {seat.title}, {seat.agency.name}"


def _username(seat: Position) -> str:
    return User.objects.values_list("username", flat=True).get(pk=seat.user_id)
