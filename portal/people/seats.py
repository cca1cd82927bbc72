"""Seats with dates: given, ended, moved to another agency. A seat is never deleted, the trail of dossiers names it."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from portal.models import User
from portal.people.office import PeopleRefused
from procedures.history import record
from procedures.models import Agency, Department, Position, Role


@dataclass(frozen=True, slots=True)
class Posting:
    """What a seat is to be: one role in one agency from a day on."""

    agency: Agency
    role: str
    title: str
    valid_from: dt.date
    department: Department | None = None
    signing_capacity: str = ""


def post(user: User, posting: Posting, *, by: Actor, at: dt.datetime, kind: str = "seat.added") -> Position:
    """Give the officer a seat. Raises PeopleRefused when the same seat is held in that time already."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two postings of one person wait for each other
        still = Q(valid_to=None) | Q(valid_to__gte=posting.valid_from)
        same = Position.objects.filter(still, user_id=user.pk, agency=posting.agency, role=posting.role)
        if same.exists():
            raise PeopleRefused(_("Người này đang giữ vị trí đó ở cơ quan này. Kết thúc vị trí cũ trước"))
        seat = Position.objects.create(
            user_id=user.pk,
            agency=posting.agency,
            department=posting.department,
            role=posting.role,
            title=posting.title,
            holder_name=user.full_name,
            signing_capacity=posting.signing_capacity,
            valid_from=posting.valid_from,
        )
        said = {
            _("Vai trò"): ("", str(Role(posting.role).label)),
            _("Cơ quan"): ("", posting.agency.name),
            _("Từ ngày"): ("", f"{posting.valid_from:%d/%m/%Y}"),
        }
        record(kind, by=by, at=at, subject=_said(seat), key=user.username, changes=said)
    return seat


def end(seat: Position, *, last_day: dt.date, by: Actor, at: dt.datetime) -> None:
    """The seat is held to the end of that day. Raises PeopleRefused when it has ended, or begins later."""
    with transaction.atomic():
        seat = _still_held(seat, last_day)
        before = f"{seat.valid_to:%d/%m/%Y}" if seat.valid_to else ""
        seat.valid_to = last_day
        seat.save(update_fields=["valid_to"])
        changes = {_("Đến hết ngày"): (before, f"{last_day:%d/%m/%Y}")}
        record("seat.ended", by=by, at=at, subject=_said(seat), key=_username(seat), changes=changes)


def transfer(seat: Position, posting: Posting, *, by: Actor, at: dt.datetime) -> Position:
    """End the seat the day before and give the new one. Of two operators at once the second is refused."""
    with transaction.atomic():
        last_day = posting.valid_from - dt.timedelta(days=1)
        seat = _still_held(seat, last_day)
        seat.valid_to = last_day
        seat.save(update_fields=["valid_to"])
        changes = {
            _("Cơ quan"): (seat.agency.name, posting.agency.name),
            _("Từ ngày"): ("", f"{posting.valid_from:%d/%m/%Y}"),
        }
        record("seat.ended", by=by, at=at, subject=_said(seat), key=_username(seat), changes=changes)
        user = User.objects.get(pk=seat.user_id)
        return post(user, posting, by=by, at=at, kind="seat.transferred")


def _still_held(seat: Position, last_day: dt.date) -> Position:
    """The seat as it is now, locked. Raises PeopleRefused when another has ended it, or it begins after that day."""
    # The person before the seat, as in `post`: operators at one person's seats wait for each other in one order.
    User.objects.select_for_update(no_key=True).get(pk=seat.user_id)
    seat = Position.objects.select_for_update(of=("self",)).select_related("agency").get(pk=seat.pk)
    if seat.valid_to and seat.valid_to <= last_day:
        raise PeopleRefused(
            _("Vị trí này đã kết thúc ngày %(day)s. Tải lại trang để xem") % {"day": f"{seat.valid_to:%d/%m/%Y}"}
        )
    if seat.valid_from and seat.valid_from > last_day:
        raise PeopleRefused(
            _("Vị trí này bắt đầu ngày %(day)s. Chọn ngày sau đó") % {"day": f"{seat.valid_from:%d/%m/%Y}"}
        )
    return seat


def _said(seat: Position) -> str:
    return f"{seat.holder_name}, {seat.title}, {seat.agency.name}"


def _username(seat: Position) -> str:
    return User.objects.values_list("username", flat=True).get(pk=seat.user_id)
