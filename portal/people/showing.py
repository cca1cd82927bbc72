"""One officer for the operators: account, seats past and present, leave, and what was changed."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.web import ActorRequest
from portal.identity import second_factor
from portal.models import Invitation, User
from portal.people.access import people_office
from portal.people.listing import standing
from portal.people.office import Office
from procedures.history import spoken
from procedures.models import AdminChange, Position, Role, Substitution

Item = dict[str, Any]


@require_safe
@people_office
def person(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    user, today = office.person(pk), timezone.localdate()
    seats = list(
        Position.objects.filter(user_id=user.pk).select_related("agency", "department").order_by("-valid_from", "-pk")
    )
    leaves = list(
        Substitution.objects.filter(position__user_id=user.pk).select_related("position__agency", "substitute")
    )
    away = any(leave.starts_on <= today <= leave.ends_on for leave in leaves)
    answers, own = office.answers_for(user, today), user.pk == office.actor.user_id
    context = {
        "title": user.full_name,
        "sub": user.username,
        "tags": [standing(user, factor=second_factor.enrolled(user), away=away)],
        "back": {"url": "/quan-tri/nguoi-dung", "text": _("Người dùng")},
        "warnings": [_("Đây là tài khoản của bạn. Quyền của bạn do người khác đổi.")] if own else [],
        "actions": _actions(user) if answers else [],
        "posts": _posts(user) if answers else [],
        "blocks": [
            {"title": _("Tài khoản"), "facts": _facts(user)},
            _seats(office, user, seats, today, own=own),
            _leaves(office, user, leaves, today, own=own),
            _changes(user),
        ],
    }
    return render(request, "procedures/admin/organisation/show.html", context)


def _actions(user: User) -> list[Item]:
    base = f"/quan-tri/nguoi-dung/{user.pk}"
    lock = (_("Khóa"), "khoa", "danger") if user.is_active else (_("Mở khóa"), "mo-khoa", "secondary")
    found = [(_("Sửa thông tin"), "sua", "secondary"), lock]
    if user.has_usable_password() and user.is_active:
        found.insert(1, (_("Cài lại đăng nhập"), "cai-lai", "secondary"))
    return [{"text": text, "url": f"{base}/{act}", "variant": variant} for text, act, variant in found]


def _posts(user: User) -> list[Item]:
    if user.has_usable_password() or not user.is_active:
        return []
    base = f"/quan-tri/nguoi-dung/{user.pk}"
    found = [{"text": _("Gửi lại thư mời"), "url": f"{base}/gui-lai", "variant": "primary"}]
    if _open(user):
        found.append({"text": _("Thu hồi thư mời"), "url": f"{base}/thu-hoi", "variant": "secondary"})
    return found


def _open(user: User) -> Invitation | None:
    return user.invitations.filter(used_at=None, revoked_at=None).first()


def _facts(user: User) -> list[Item]:
    invitation, now = _open(user), timezone.now()
    facts = [
        (_("Thư điện tử"), str(user.email)),
        (_("Xác thực hai lớp"), _("Đã cài") if second_factor.enrolled(user) else _("Chưa cài")),
        (_("Đăng nhập lần cuối"), _moment(user.last_login)),
    ]
    if invitation:
        words = _("Đang chờ, dùng được đến %(when)s") if invitation.expires_at > now else _("Đã hết hạn lúc %(when)s")
        facts.append((_("Thư mời"), words % {"when": _moment(invitation.expires_at)}))
    return [{"label": label, "text": text} for label, text in facts]


def _moment(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}" if at else ""


def _seats(office: Office, user: User, seats: list[Position], today: dt.date, *, own: bool) -> Item:
    rows = [
        {
            "cells": [
                {"text": seat.title, "sub": str(Role(seat.role).label)},
                {"text": seat.agency.name, "sub": seat.department.name if seat.department else ""},
                _days(seat.valid_from, seat.valid_to),
                "" if own else _seat_links(office, user, seat, today),
            ]
        }
        for seat in seats
    ]
    edit = {} if own else {"edit": {"url": f"/quan-tri/nguoi-dung/{user.pk}/vi-tri", "text": _("Thêm")}}
    columns = [_("Chức vụ"), _("Cơ quan"), _("Thời gian"), _("Việc")] if rows else []
    return {"title": _("Vị trí"), "columns": columns, "rows": rows} | edit


def _days(first: dt.date | None, last: dt.date | None) -> str:
    start = f"{first:%d/%m/%Y}" if first else "…"
    return f"{start} – {last:%d/%m/%Y}" if last else _("Từ %(day)s") % {"day": start} if first else _("Đang giữ")


def _seat_links(office: Office, user: User, seat: Position, today: dt.date) -> SafeString | str:
    if (seat.valid_to and seat.valid_to < today) or not office.may_grant(seat.role, seat.agency):
        return ""
    base = f"/quan-tri/nguoi-dung/{user.pk}/vi-tri/{seat.pk}"
    links = [(f"{base}/chuyen", _("Chuyển")), (f"{base}/ket-thuc", _("Kết thúc"))]
    hidden = format_html('<span class="vh"> {}, {}</span>', seat.title, seat.agency.name)
    return format_html_join(" · ", '<a href="{}">{}{}</a>', ((url, text, hidden) for url, text in links))


def _leaves(office: Office, user: User, leaves: list[Substitution], today: dt.date, *, own: bool) -> Item:
    rows = [
        {
            "cells": [
                _days(leave.starts_on, leave.ends_on),
                str(leave.substitute),
                {"text": leave.position.title, "sub": leave.position.agency.name},
                leave.reason,
                _cancel(office, user, leave) if leave.ends_on >= today and not own else "",
            ]
        }
        for leave in sorted(leaves, key=lambda leave: leave.starts_on, reverse=True)
    ]
    columns = [_("Nghỉ"), _("Người làm thay"), _("Vị trí"), _("Lý do"), _("Việc")] if rows else []
    url = "/tai-khoan/nghi" if own else f"/quan-tri/nguoi-dung/{user.pk}/nghi"
    edit = {"url": url, "text": _("Thêm")}
    return {"title": _("Nghỉ và làm thay"), "columns": columns, "rows": rows, "edit": edit}


def _cancel(office: Office, user: User, leave: Substitution) -> SafeString | str:
    if not office.may_grant(leave.position.role, leave.position.agency):
        return ""
    url = f"/quan-tri/nguoi-dung/{user.pk}/nghi/{leave.pk}/huy"
    return format_html('<a href="{}">{}</a>', url, _("Hủy"))


def _changes(user: User) -> Item:
    rows = [
        {"cells": [_moment(one.at), one.actor_name, spoken(one.kind), one.subject]}
        for one in AdminChange.objects.filter(
            subject_key=user.username, kind__regex=r"^(person|seat|leave|certificate)\."
        ).order_by("-pk")[:20]
    ]
    columns = [_("Lúc"), _("Người làm"), _("Việc"), _("Đối tượng")] if rows else []
    return {"title": _("Nhật ký"), "columns": columns, "rows": rows}
