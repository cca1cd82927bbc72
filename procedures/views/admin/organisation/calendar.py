"""The working calendar of a year: twelve months to look at, and the days that differ from the plain week."""

import calendar as months
import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.floor.web import ActorRequest
from procedures import calendars, organisation
from procedures.history import record
from procedures.models import CalendarDay
from procedures.organisation import Reach
from procedures.views.admin.organisation.access import chosen_agency, operators_office
from procedures.views.admin.organisation.dayforms import DayForm
from procedures.views.admin.organisation.forms import WEEKDAYS

BASE = "/quan-tri/lich-lam-viec"
YEARS = range(2015, 2046)  # those a calendar is numbered for
RECORDED = ("kind", "name", "decision", "agency")
RECKONED_ANEW = _lazy(
    "Hạn của hồ sơ đang giải quyết được tính lại theo lịch mới, trừ hạn đã qua. Người nộp được báo khi ngày hẹn đổi."
)
Item = dict[str, Any]


@require_safe
@operators_office()
def this_year(request: ActorRequest, reach: Reach) -> HttpResponse:
    return redirect("work_calendar", timezone.localdate().year)


@require_safe
@operators_office()
def year(request: ActorRequest, reach: Reach, year: int) -> HttpResponse:
    """`?co-quan=CODE`: the calendar of one agency, else that of the province."""
    if year not in YEARS:
        raise Http404
    code = request.GET.get("co-quan", "")[:35]
    agency = chosen_agency(reach, code) if code else None
    days = _within(reach).filter(on__year=year).filter(Q(agency=None) | Q(agency=agency) if agency else Q())
    kept = f"?co-quan={code}" if code else ""
    context = {
        "title": _("Lịch làm việc %(year)s") % {"year": year},
        "agency": agency,
        "months": [_month(year, month, agency.pk if agency else None) for month in range(1, 13)],
        "weekdays": [
            {"full": str(name), "short": _("CN") if day == 6 else _("T%(n)s") % {"n": day + 2}}
            for day, name in enumerate(WEEKDAYS)
        ],
        "columns": [_("Ngày"), _("Loại"), _("Tên"), _("Văn bản quyết định"), _("Áp dụng cho")],
        "rows": [_row(day, reach) for day in days.select_related("agency").order_by("on", "pk")],
        "whole": reach.whole,
        "previous": f"{BASE}/{year - 1}{kept}" if year - 1 in YEARS else "",
        "next": f"{BASE}/{year + 1}{kept}" if year + 1 in YEARS else "",
        "year": year,
    }
    return render(request, "procedures/admin/organisation/calendar.html", context)


def _within(reach: Reach) -> QuerySet[CalendarDay]:
    """Days of the whole province, and those of agencies within reach."""
    return CalendarDay.objects.filter(Q(agency=None) | Q(agency__in=reach.agencies()))


def _may_change(day: CalendarDay, reach: Reach) -> bool:
    return reach.whole or (day.agency_id is not None and reach.covers(day.agency_id))


def _month(year: int, month: int, agency_id: int | None) -> Item:
    cal = calendars.calendar_for(agency_id)
    weeks = []
    for week in months.Calendar().monthdatescalendar(year, month):
        weeks.append([_day(cal, on) if on.month == month else {} for on in week])
    return {"name": _("Tháng %(month)s") % {"month": month}, "weeks": weeks}


def _day(cal: Any, on: dt.date) -> Item:
    """A square of the month: its number, how it looks, and what it is in words."""
    working, name = cal.is_working_day(on), cal.off.get(on.toordinal(), "")
    plain = bool(cal.week[on.weekday()])
    if working and plain:
        return {"number": on.day, "look": "", "words": ""}
    if working:
        return {"number": on.day, "look": "extra", "words": _("làm bù")}
    if plain:
        return {"number": on.day, "look": "off", "words": name or _("nghỉ")}
    return {"number": on.day, "look": "we", "words": name or _("nghỉ")}


TONES = {"holiday": "red", "compensatory": "amber", "swap_off": "amber", "swap_work": "blue", "local_off": "violet"}


def _row(day: CalendarDay, reach: Reach) -> Item:
    shown = f"{day.on:%d/%m/%Y}"
    link = {"url": f"{BASE}/ngay/{day.pk}"} if _may_change(day, reach) else {}
    return {
        "cells": [
            {"text": shown, "sub": str(WEEKDAYS[day.on.weekday()])} | link,
            {"text": "", "tag": {"text": day.get_kind_display(), "tone": TONES[day.kind]}},
            day.name,
            day.decision,
            day.agency.name if day.agency else _("Cả tỉnh"),
        ]
    }


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office()
def add(request: ActorRequest, reach: Reach, year: int) -> HttpResponse:
    """A new day that differs from the plain week."""
    if year not in YEARS:
        raise Http404
    form = DayForm(request.POST or None, reach=reach)
    return _kept(request, form, before={}, back=f"{BASE}/{year}")


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office()
def change(request: ActorRequest, reach: Reach, pk: int) -> HttpResponse:
    day = _mine(reach, pk)
    before = organisation.in_words(day, ("on", *RECORDED))
    return _kept(request, DayForm(request.POST or None, instance=day, reach=reach), before=before,
                 back=f"{BASE}/{day.on.year}", remove=f"{BASE}/ngay/{pk}/bo")  # fmt: skip


@require_POST
@operators_office()
def remove(request: ActorRequest, reach: Reach, pk: int) -> HttpResponse:
    """Take the day back: it is again what the plain week says."""
    with transaction.atomic():
        day = _mine(reach, pk)
        before = organisation.in_words(day, RECORDED)
        _record(request, day, "calendar.removed", before, dict.fromkeys(before, ""))
        day.delete()
        calendars.changed(CalendarDay, agency_id=day.agency_id, at=timezone.now())
    messages.success(request, _("Đã bỏ ngày %(day)s khỏi lịch") % {"day": f"{day.on:%d/%m/%Y}"})
    return redirect("work_calendar", day.on.year)


def _mine(reach: Reach, pk: int) -> CalendarDay:
    """That day, when this operator may change it. Raises Http404."""
    day: CalendarDay = get_object_or_404(_within(reach).select_related("agency"), pk=pk)
    if not _may_change(day, reach):
        raise Http404
    return day


def _kept(request: ActorRequest, form: DayForm, *, before: Item, back: str, remove: str = "") -> HttpResponse:
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            day = form.save()
            after = organisation.in_words(day, ("on", *RECORDED))
            _record(request, day, "calendar.changed" if before else "calendar.added", before, after)
            moved = before and before["agency"] != after["agency"]  # from one agency to another: both are concerned
            calendars.changed(CalendarDay, agency_id=None if moved else day.agency_id, at=timezone.now())
        messages.success(request, _("Đã lưu ngày %(day)s") % {"day": f"{day.on:%d/%m/%Y}"})
        return redirect("work_calendar", day.on.year)
    context = {
        "title": _("Sửa ngày trong lịch") if before else _("Thêm ngày vào lịch"),
        "sub": before.get("on", ""),
        "form": form,
        "remove": remove,
        "submit": _("Lưu ngày"),
        "back": {"url": back, "text": _("Lịch làm việc")},
        "warnings": [RECKONED_ANEW],
    }
    status = 422 if form.is_bound else 200
    return render(request, "procedures/admin/organisation/day.html", context, status=status)


def _record(request: ActorRequest, day: CalendarDay, kind: str, before: Item, after: Item) -> None:
    labels = {"on": _("Ngày"), "kind": _("Loại"), "name": _("Tên"), "decision": _("Văn bản quyết định"),
              "agency": _("Cơ quan")}  # fmt: skip
    record(
        kind, by=request.actor, at=timezone.now(), subject=f"{day.on:%d/%m/%Y} {day.name}",
        key=day.agency.code if day.agency else "", changes=organisation.changes(before, after, labels),
    )  # fmt: skip
