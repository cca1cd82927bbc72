"""Moments and deadlines of a dossier in the words that pages print."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.states import CLOSED, Status
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.ruleset import Rules

HOURS_A_DAY = 8
_SOON = Rules().soon_share


def short(at: dt.datetime | None, *, now: dt.datetime) -> str:
    """`hôm nay 16:30`, `mai 10:00`, `24/11 16:30`, in another year `24/11/2025`."""
    if at is None:
        return ""
    local, today = timezone.localtime(at), timezone.localdate(now)
    away = (local.date() - today).days
    if away in (-1, 0, 1):
        near = (_("hôm nay %s"), _("mai %s"), _("hôm qua %s"))[away]  # -1 is the last
        return near % f"{local:%H:%M}"
    return f"{local:%d/%m %H:%M}" if local.year == today.year else f"{local:%d/%m/%Y}"


def span(minutes: int) -> str:
    """Working time in round words: `20 phút`, `3 giờ`, `2 ngày`."""
    if minutes < 60:
        return ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < HOURS_A_DAY:
        return ngettext("%(n)d giờ", "%(n)d giờ", hours) % {"n": hours}
    days = hours // HOURS_A_DAY
    return ngettext("%(n)d ngày", "%(n)d ngày", days) % {"n": days}


def deadline(dossier: Any, *, now: dt.datetime) -> dict[str, Any] | None:
    """What `{% sla %}` shows for whoever holds the dossier now; None where nobody owes anything.

    `dossier`: the row or anything with its fields.
    """
    if dossier.next_due_at is None:
        return _at_rest(dossier, now=now)
    calendar = calendar_for(dossier.holder_agency_id)
    left = worktime.minutes_between(calendar, now, dossier.next_due_at)
    due = {"due": _("Hạn %s") % short(dossier.next_due_at, now=now)}
    if dossier.next_due_at < now:
        return {"state": "overdue", "text": _("Quá hạn %s") % span(-left), "share": 1, **due}
    soon = dossier.next_soon_at or dossier.next_due_at
    # The mark stands at a known share of the way, so the whole way follows from what lies behind it.
    whole = worktime.minutes_between(calendar, soon, dossier.next_due_at) / (1 - _SOON)
    share = max(0.02, 1 - left / whole) if whole else 0.5
    if now >= soon:
        return {"state": "due_soon", "text": _("Còn %s") % span(left), "share": share, **due}
    state = "intake" if dossier.status == Status.SUBMITTED else "on_time"
    return {"state": state, "text": _("Còn %s") % span(left), "share": share, **due}


def _at_rest(dossier: Any, *, now: dt.datetime) -> dict[str, Any] | None:
    if dossier.status == Status.SUPPLEMENT_REQUESTED:
        return {"state": "paused", "text": _("Chờ người dân bổ sung"), "share": 0.5, "due": _("Đồng hồ đang dừng")}
    if dossier.in_post:
        return {"state": "paused", "text": _("Bưu điện đang chuyển"), "share": 0.9, "due": ""}
    if dossier.status == Status.RETURNED and dossier.due_at and dossier.resolved_at:
        calendar = calendar_for(dossier.receiving_agency_id)
        early = worktime.working_days_between(calendar, dossier.resolved_at, dossier.due_at)
        due = _("Trả %s") % short(dossier.returned_at, now=now)
        if dossier.resolved_at > dossier.due_at:
            return {"state": "overdue", "text": _("Xong trễ %d ngày") % max(1, -early), "due": due}
        text = _("Xong sớm %d ngày") % early if early else _("Xong đúng hạn")
        return {"state": "done_early", "text": text, "due": due}
    if dossier.status in CLOSED:
        return {"state": "paused", "text": str(Status(dossier.status).label), "due": short(dossier.closed_at, now=now)}
    return None
