"""Moments and deadlines of a dossier in the words that pages print."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from dossiers.states import CLOSED, Status
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.ruleset import Rules

HOURS_A_DAY = 8
NEAR = {0: _lazy("hôm nay %s"), 1: _lazy("mai %s"), -1: _lazy("hôm qua %s")}  # by days from today
DUE, LEFT, OVERDUE = _lazy("Hạn %s"), _lazy("Còn %s"), _lazy("Quá hạn %s")
JUST_DUE, JUST_OVERDUE = _lazy("Đến hạn"), _lazy("Vừa quá hạn")  # no minute of working time lies between
_SOON = Rules().soon_share


class Reader:
    """Whoever reads a page at one moment: everything is said relative to it.

    A list asks for hundreds of words; each is translated once.
    """

    def __init__(self, now: dt.datetime) -> None:
        self.now, self.today = now, timezone.localdate(now)
        self._zone = timezone.get_current_timezone()
        self._near = {days: str(words) for days, words in NEAR.items()}
        self._due, self._left, self._overdue = str(DUE), str(LEFT), str(OVERDUE)
        self._spans: dict[int, str] = {}
        self._calendars: dict[int, worktime.Calendar] = {}
        self._worked: dict[int, int] = {}

    def short(self, at: dt.datetime | None) -> str:
        """`hôm nay 16:30`, `mai 10:00`, `24/11 16:30`, in another year `24/11/2025`."""
        if at is None:
            return ""
        local = at.astimezone(self._zone)
        if near := self._near.get((local.date() - self.today).days):
            return near % f"{local.hour:02}:{local.minute:02}"
        day = f"{local.day:02}/{local.month:02}"
        return f"{day} {local.hour:02}:{local.minute:02}" if local.year == self.today.year else f"{day}/{local.year}"

    def span(self, minutes: int) -> str:
        """Working time in round words: `20 phút`, `3 giờ`, `2 ngày`."""
        rounded = minutes if minutes < 60 else minutes // 60 * 60  # few are left to be said
        if rounded not in self._spans:
            self._spans[rounded] = span(rounded)
        return self._spans[rounded]

    def deadline(self, dossier: Any) -> dict[str, Any] | None:
        """What `{% sla %}` shows for whoever holds the dossier now; None where nobody owes anything.

        `dossier`: the row or anything with its fields.
        """
        if dossier.next_due_at is None:
            return self._at_rest(dossier)
        left = self._minutes_to(dossier.holder_agency_id, dossier.next_due_at)
        due = self._due % self.short(dossier.next_due_at)
        if dossier.next_due_at < self.now:
            text = self._overdue % self.span(-left) if left else str(JUST_OVERDUE)
            return {"state": "overdue", "text": text, "share": 1, "due": due}
        soon = dossier.next_soon_at or dossier.next_due_at
        # The mark stands at a known share of the way, so the whole way follows from what lies behind it.
        whole = (left - self._minutes_to(dossier.holder_agency_id, soon)) / (1 - _SOON)
        share = max(0.02, 1 - left / whole) if whole else 0.5
        state = "intake" if dossier.status == Status.SUBMITTED else "on_time"
        state = "due_soon" if self.now >= soon else state
        text = self._left % self.span(left) if left else str(JUST_DUE)
        return {"state": state, "text": text, "share": share, "due": due}

    def _minutes_to(self, agency_id: int, to: dt.datetime) -> int:
        """Working minutes from now; what has been worked up to now is reckoned once."""
        calendar = self._calendar(agency_id)
        if agency_id not in self._worked:
            self._worked[agency_id] = worktime.worked(calendar, worktime.tick(self.now))
        return int((worktime.worked(calendar, worktime.tick(to)) - self._worked[agency_id]) / 60)

    def _calendar(self, agency_id: int) -> worktime.Calendar:
        if agency_id not in self._calendars:
            self._calendars[agency_id] = calendar_for(agency_id)
        return self._calendars[agency_id]

    def _at_rest(self, dossier: Any) -> dict[str, Any] | None:
        if dossier.status == Status.SUPPLEMENT_REQUESTED:
            return {"state": "paused", "text": _("Chờ người dân bổ sung"), "share": 0.5, "due": _("Đồng hồ đang dừng")}
        if dossier.waiting_for:
            return {"state": "paused", "text": dossier.waiting_for, "share": 0.5, "due": _("Đồng hồ đang dừng")}
        if dossier.in_post:
            return {"state": "paused", "text": _("Bưu điện đang chuyển"), "share": 0.9, "due": ""}
        if dossier.status == Status.RETURNED and dossier.due_at and dossier.resolved_at:
            calendar = self._calendar(dossier.receiving_agency_id)
            early = worktime.working_days_between(calendar, dossier.resolved_at, dossier.due_at)
            due = _("Trả %s") % self.short(dossier.returned_at)
            if dossier.resolved_at > dossier.due_at:
                return {"state": "overdue", "text": _("Xong trễ %d ngày") % max(1, -early), "due": due}
            text = _("Xong sớm %d ngày") % early if early else _("Xong đúng hạn")
            return {"state": "done_early", "text": text, "due": due}
        if dossier.status == Status.RESOLVED:
            since = _("Có từ %s") % self.short(dossier.resolved_at)
            return {"state": "paused", "text": _("Chờ người dân nhận"), "share": 0.9, "due": since}
        if dossier.status in CLOSED:
            return {"state": "paused", "text": str(Status(dossier.status).label), "due": self.short(dossier.closed_at)}
        return None


def short(at: dt.datetime | None, *, now: dt.datetime) -> str:
    """See `Reader.short`."""
    return Reader(now).short(at)


def span(minutes: int) -> str:
    """See `Reader.span`."""
    if minutes < 60:
        return ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < HOURS_A_DAY:
        return ngettext("%(n)d giờ", "%(n)d giờ", hours) % {"n": hours}
    days = hours // HOURS_A_DAY
    return ngettext("%(n)d ngày", "%(n)d ngày", days) % {"n": days}


def deadline(dossier: Any, *, now: dt.datetime) -> dict[str, Any] | None:
    """See `Reader.deadline`."""
    return Reader(now).deadline(dossier)
