"""The officers as a list: found by name, filtered by agency, role and what is still missing."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.vietnamese import fold, sort_key
from portal.floor.web import ActorRequest
from portal.models import User
from portal.people.access import people_office
from portal.people.office import Office
from procedures.models import Position, Role, Substitution

PAGE = 50
_FACTOR = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
NO_PASSWORD = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)


@require_safe
@people_office
def people(request: ActorRequest, office: Office) -> HttpResponse:
    chosen = {name: request.GET.get(name, "")[:80] for name in ("q", "co-quan", "vai-tro", "tinh-trang")}
    today = timezone.localdate()
    pks = _found(_filtered(office, chosen, today), chosen["q"])
    number = request.GET.get("trang", "")
    page = max(int(number), 1) if number.isdecimal() and len(number) < 7 else 1
    shown = pks[(page - 1) * PAGE : page * PAGE]
    kept = {name: value for name, value in chosen.items() if value}
    context = {
        "title": _("Người dùng"),
        "search": {"label": _("Họ tên hoặc tên đăng nhập"), "value": chosen["q"], "keep": _without(kept, "q")},
        "actions": [{"text": _("Mời người mới"), "url": f"{request.path}/moi", "variant": "primary"}],
        "selects": _selects(office, chosen),
        "kept": [("q", chosen["q"])] if chosen["q"] else [],
        "clear_url": request.path if kept else "",
        "note": _("%(count)s người") % {"count": len(pks)},
        "columns": [_("Họ và tên"), _("Vị trí"), _("Cơ quan"), _("Tình trạng")],
        "rows": _rows(shown, today),
        "previous_url": "?" + urlencode(kept | {"trang": page - 1}) if page > 1 else "",
        "next_url": "?" + urlencode(kept | {"trang": page + 1}) if len(pks) > page * PAGE else "",
        "empty_title": _("Không có ai"),
        "empty_text": _("Bỏ bớt điều kiện lọc, hoặc mời người mới."),
    }
    return render(request, "procedures/admin/organisation/list.html", context)


def _without(kept: dict[str, str], name: str) -> list[tuple[str, str]]:
    return [(key, value) for key, value in kept.items() if key != name]


def _filtered(office: Office, chosen: dict[str, str], today: Any) -> QuerySet[User]:
    found = office.people()
    held = office.seats().in_force(today)
    if chosen["co-quan"]:
        held = held.filter(agency__code=chosen["co-quan"])
    if chosen["vai-tro"] in Role.values:
        held = held.filter(role=chosen["vai-tro"])
    if chosen["co-quan"] or chosen["vai-tro"] in Role.values:
        found = found.filter(pk__in=held.values("user_id"))
    state = chosen["tinh-trang"]
    if state == "chua-vao":
        found = found.filter(NO_PASSWORD)
    elif state == "chua-hai-lop":
        found = found.filter(~Exists(_FACTOR))
    elif state == "dang-nghi":
        found = found.filter(pk__in=_on_leave(today).values("position__user_id"))
    elif state == "da-khoa":
        found = found.filter(is_active=False)
    elif state == "khong-vi-tri":
        found = found.exclude(pk__in=Position.objects.in_force(today).values("user_id"))
    return found


def _on_leave(today: Any) -> QuerySet[Substitution]:
    return Substitution.objects.filter(starts_on__lte=today, ends_on__gte=today)


def _found(people: QuerySet[User], query: str) -> list[Any]:
    """The keys of those whose name holds every word, in the order of the alphabet: by the last name, as people do."""
    words = fold(query).split()
    rows = [
        (pk, name)
        for pk, name, username in people.values_list("pk", "full_name", "username")
        if all(word in f"{fold(name)} {username.lower()}" for word in words)
    ]
    return [pk for pk, _name in sorted(rows, key=lambda row: (sort_key(row[1].split(" ")[-1]), sort_key(row[1])))]


def _rows(pks: list[Any], today: Any) -> list[dict[str, Any]]:
    people = User.objects.annotate(has_factor=Exists(_FACTOR)).in_bulk(pks)
    seats: dict[Any, list[Position]] = {}
    for seat in Position.objects.in_force(today).filter(user_id__in=pks).select_related("agency").order_by("pk"):
        seats.setdefault(seat.user_id, []).append(seat)
    away = set(_on_leave(today).filter(position__user_id__in=pks).values_list("position__user_id", flat=True))
    return [_row(people[pk], seats.get(pk, []), pk in away) for pk in pks]


def _row(user: Any, seats: list[Position], away: bool) -> dict[str, Any]:
    agencies = list(dict.fromkeys(seat.agency.short_name or seat.agency.name for seat in seats))
    return {
        "cells": [
            {"text": user.full_name, "sub": user.username, "url": f"/quan-tri/nguoi-dung/{user.pk}"},
            {
                "text": seats[0].title if seats else _("Không giữ vị trí nào"),
                "sub": ", ".join(str(Role(seat.role).label) for seat in seats),
            },
            ", ".join(agencies),
            {"text": "", "tag": standing(user, factor=user.has_factor, away=away)},
        ]
    }


def standing(user: User, *, factor: bool, away: bool) -> dict[str, str]:
    """The one thing about the account that an operator should know first, as a tag."""
    if not user.is_active:
        return {"text": _("Đã khóa"), "tone": "red"}
    if not user.has_usable_password():
        return {"text": _("Chưa đặt mật khẩu"), "tone": "amber"}
    if not factor:
        return {"text": _("Chưa có xác thực hai lớp"), "tone": "amber"}
    return {"text": _("Đang nghỉ"), "tone": "violet"} if away else {"text": _("Đang làm việc"), "tone": "green"}


def _selects(office: Office, chosen: dict[str, str]) -> list[dict[str, Any]]:
    agencies = [
        (one.code, one.short_name or one.name) for one in office.reach.agencies().order_by("level", "name_fold")
    ]
    states = [
        ("chua-vao", _("Chưa đặt mật khẩu")),
        ("chua-hai-lop", _("Chưa có xác thực hai lớp")),
        ("dang-nghi", _("Đang nghỉ")),
        ("da-khoa", _("Đã khóa")),
        ("khong-vi-tri", _("Không giữ vị trí nào")),
    ]
    return [
        select("co-quan", _("Cơ quan"), _("Mọi cơ quan"), agencies, chosen),
        select("vai-tro", _("Vai trò"), _("Mọi vai trò"), list(Role.choices), chosen),
        select("tinh-trang", _("Tình trạng"), _("Mọi tình trạng"), states, chosen),
    ]


def select(name: str, label: str, every: str, choices: list[Any], chosen: dict[str, str]) -> dict[str, Any]:
    """One list of a filter bar."""
    options = [
        {"value": value, "label": text, "selected": value == chosen[name]} for value, text in [("", every), *choices]
    ]
    return {"name": name, "label": label, "options": options}
