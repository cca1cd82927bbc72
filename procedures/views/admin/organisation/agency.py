"""One agency for its operators: facts, departments, hours, seats, predecessors; its departments and hours changed."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.floor.web import ActorRequest
from procedures import calendars, organisation
from procedures.history import record
from procedures.models import Agency, Department, Position, ProcedureAgency, WorkSession
from procedures.organisation import Reach
from procedures.views.admin.organisation.access import chosen_agency, operators_office
from procedures.views.admin.organisation.agencies import BASE, standing
from procedures.views.admin.organisation.calendar import RECKONED_ANEW
from procedures.views.admin.organisation.forms import WEEKDAYS, DepartmentForm, Hours, HoursForm

Item = dict[str, Any]
CALENDAR = "/quan-tri/lich-lam-viec"
FORM = "procedures/admin/organisation/form.html"


@require_safe
@operators_office()
def agency(request: ActorRequest, reach: Reach, code: str) -> HttpResponse:
    one = chosen_agency(reach, code)
    here, today = f"{BASE}/{one.code}", timezone.localdate()
    context = {
        "title": one.name,
        "sub": one.code,
        "tags": [standing(one, today)],
        "back": {"url": BASE, "text": _("Cơ quan, đơn vị")},
        "actions": [
            {"text": _("Lịch làm việc"), "url": f"{CALENDAR}/{today.year}?co-quan={one.code}", "variant": "quiet"},
            {"text": _("Sửa cơ quan"), "url": f"{here}/sua", "variant": "secondary"},
        ],
        "blocks": [
            {"title": _("Thông tin"), "facts": _facts(one)},
            _departments(one, here),
            _hours(one, here),
            _procedures(one, here, reach),
            _people(one, today),
        ],
    }
    return render(request, "procedures/admin/organisation/show.html", context)


def _facts(one: Agency) -> list[Item]:
    valid = [
        f"{_('Từ')} {one.valid_from:%d/%m/%Y}" if one.valid_from else "",
        f"{_('Đến hết')} {one.valid_to:%d/%m/%Y}" if one.valid_to else "",
    ]
    items = [
        (_("Cấp"), one.get_level_display()),
        (_("Cơ quan cấp trên"), one.parent.name if one.parent else ""),
        (_("Đơn vị hành chính"), f"{one.unit.name} ({one.unit.code})" if one.unit else ""),
        (_("Bộ phận một cửa"), (one.one_stop_name or _("Có")) if one.one_stop else _("Không tiếp nhận hồ sơ")),
        (_("Ký hiệu văn bản"), one.symbol),
        (_("Địa danh trên văn bản"), one.place),
        (_("Địa chỉ"), one.address),
        (_("Điện thoại"), one.phone),
        (_("Thư điện tử"), one.email),
        (_("Thời gian hoạt động"), " ".join(filter(None, valid))),
    ]
    if one.successor:
        items.append((_("Công việc chuyển cho"), one.successor.name))
    if earlier := list(one.predecessors.order_by("code").values_list("name", flat=True)):
        items.append((_("Nhận công việc của"), "\n".join(earlier)))
    return [{"label": label, "text": text} for label, text in items]


def _departments(one: Agency, here: str) -> Item:
    rows = [
        {
            "cells": [
                {"text": department.name, "url": f"{here}/phong-ban/{department.code}"},
                {"text": department.code, "code": True},
                _("Đến hết %(day)s") % {"day": f"{department.valid_to:%d/%m/%Y}"} if department.valid_to else "",
            ]
        }
        for department in one.departments.order_by("order", "name")
    ]
    return {
        "title": _("Phòng, ban"),
        "columns": [_("Tên"), _("Mã"), _("Hoạt động")] if rows else [],
        "rows": rows,
        "edit": {"url": f"{here}/phong-ban/moi", "text": _("Thêm")},
    }


def _hours(one: Agency, here: str) -> Item:
    week = _week(one)
    sessions = week or _week(None) or calendars.WEEK
    return {
        "title": _("Giờ làm việc"),
        "note": "" if week else _("Theo giờ chung của tỉnh"),
        "facts": [
            {"label": str(name), "text": _spoken(sessions.get(day, [])) or _("Nghỉ")}
            for day, name in enumerate(WEEKDAYS)
        ],
        "edit": {"url": f"{here}/gio-lam-viec", "text": _("Sửa")},
    }


def _week(one: Agency | None) -> dict[int, Hours]:
    week: dict[int, Hours] = {}
    for row in WorkSession.objects.filter(agency=one).order_by("weekday", "opens"):
        week.setdefault(row.weekday, []).append((row.opens, row.closes))
    return week


def _spoken(sessions: Hours) -> str:
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in sessions)


def _procedures(one: Agency, here: str, reach: Reach) -> Item:
    rows = list(ProcedureAgency.objects.filter(agency=one).values_list("receives", "competent"))
    block = {
        "title": _("Thủ tục"),
        "facts": [
            {"label": _("Tiếp nhận"), "text": _("%(count)s thủ tục") % {"count": sum(row[0] for row in rows)}},
            {"label": _("Giải quyết"), "text": _("%(count)s thủ tục") % {"count": sum(row[1] for row in rows)}},
        ],
    }
    words = _("Giao thủ tục") if reach.whole else _("Xem")
    return block | {"edit": {"url": f"{here}/thu-tuc", "text": words}}


def _people(one: Agency, today: Any) -> Item:
    seats = Position.objects.in_force(today).filter(agency=one).select_related("department")
    rows = [
        {
            "cells": [
                {"text": seat.holder_name, "url": f"/quan-tri/nguoi-dung/{seat.user_id}"},
                seat.title,
                seat.get_role_display(),
                seat.department.name if seat.department else "",
            ]
        }
        for seat in seats.order_by("role", "holder_name")
    ]
    columns = [_("Họ và tên"), _("Chức vụ"), _("Vai trò"), _("Phòng, ban")] if rows else []
    edit = {"url": f"/quan-tri/nguoi-dung/moi?co-quan={one.code}", "text": _("Mời")}
    return {"title": _("Người đang làm việc"), "columns": columns, "rows": rows, "edit": edit}


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office()
def department(request: ActorRequest, reach: Reach, code: str, key: str) -> HttpResponse:
    """Make (`moi`) or change a department. Raises Http404 for one that is not the agency's."""
    one = chosen_agency(reach, code)
    found = Department(agency=one) if key == "moi" else one.departments.filter(code=key).first()
    if found is None:
        raise Http404
    names = DepartmentForm.Meta.fields
    before = organisation.in_words(found, names) if found.pk else {}
    form = DepartmentForm(request.POST or None, instance=found)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            labels = {name: form.fields[name].label for name in names}
            changed = organisation.changes(before, organisation.in_words(saved, names), labels)
            record(
                "department.changed", by=request.actor, at=timezone.now(), subject=f"{saved.name}, {one.name}",
                key=one.code, changes=changed,
            )  # fmt: skip
        messages.success(request, _("Đã lưu %(name)s") % {"name": saved.name})
        return redirect(f"{BASE}/{one.code}")
    context = {
        "title": _("Sửa phòng, ban") if before else _("Thêm phòng, ban"),
        "sub": one.name,
        "form": form,
        "submit": _("Lưu phòng, ban"),
        "back": {"url": f"{BASE}/{one.code}", "text": one.name},
    }
    return render(request, FORM, context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office()
def hours(request: ActorRequest, reach: Reach, code: str) -> HttpResponse:
    """The agency's own week; without one it keeps the province's."""
    one = chosen_agency(reach, code)
    return _hours_page(request, one, back={"url": f"{BASE}/{one.code}", "text": one.name})


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office(whole=True)
def province_hours(request: ActorRequest, reach: Reach) -> HttpResponse:
    """The week of every agency without hours of its own."""
    return _hours_page(request, None, back={"url": CALENDAR, "text": _("Lịch làm việc")})


def _hours_page(request: ActorRequest, one: Agency | None, *, back: dict[str, str]) -> HttpResponse:
    own = _week(one)
    shown = own or _week(None) or calendars.WEEK
    initial = {f"day{day}": shown.get(day, []) for day in range(7)} | {"shared": not own}
    form = HoursForm(request.POST or None, own=one is not None, initial=initial)
    if form.is_bound and form.is_valid():
        _keep_hours(request, one, {} if form.cleaned_data.get("shared") else form.hours, own)
        messages.success(request, _("Đã lưu giờ làm việc. Hạn của hồ sơ đang giải quyết được tính lại"))
        return redirect(back["url"])
    context = {
        "title": _("Giờ làm việc"),
        "sub": one.name if one else _("Giờ chung của tỉnh"),
        "form": form,
        "intro": [_("Viết mỗi buổi như 07:30–11:30, cách nhau bằng dấu phẩy. Để trống là ngày nghỉ.")],
        "warnings": [RECKONED_ANEW],
        "submit": _("Lưu giờ làm việc"),
        "back": back,
    }
    return render(request, FORM, context, status=422 if form.is_bound else 200)


def _keep_hours(request: ActorRequest, one: Agency | None, week: dict[int, Hours], before: dict[int, Hours]) -> None:
    with transaction.atomic():
        WorkSession.objects.filter(agency=one).delete()
        WorkSession.objects.bulk_create(
            WorkSession(agency=one, weekday=day, opens=opens, closes=closes)
            for day, sessions in week.items()
            for opens, closes in sessions
        )
        changed = {
            str(name): (_spoken(before.get(day, [])), _spoken(week.get(day, [])))
            for day, name in enumerate(WEEKDAYS)
            if before.get(day, []) != week.get(day, [])
        }
        record(
            "hours.changed", by=request.actor, at=timezone.now(), key=one.code if one else "",
            subject=one.name if one else _("Giờ chung của tỉnh"), changes=changed,
        )  # fmt: skip
        calendars.changed(WorkSession, agency_id=one.pk if one else None, at=timezone.now())
