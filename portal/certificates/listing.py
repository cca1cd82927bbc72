"""The register of certificates as a list: whose, by whom, until when, and what to see to."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.certificates import register
from portal.certificates.expiry import STEPS
from portal.certificates.wording import PROVIDERS, STANDINGS, common_name, days, standing
from portal.floor.web import ActorRequest
from portal.people.access import people_office
from portal.people.listing import select
from portal.people.office import Office
from procedures.models import Agency, Position
from signatures.models import Certificate
from signatures.querysets import CertificateQuerySet

PAGE = 50
BASE = "/quan-tri/chung-thu-so"
SOON = dt.timedelta(days=max(STEPS))


@require_safe
@people_office
def certificates(request: ActorRequest, office: Office) -> HttpResponse:
    chosen = {name: request.GET.get(name, "")[:80] for name in ("q", "loai", "co-quan", "tinh-trang")}
    found = _filtered(office, chosen).order_by("valid_to", "pk")
    number = request.GET.get("trang", "")
    page = max(int(number), 1) if number.isdecimal() and len(number) < 7 else 1
    count = found.count()
    kept = {name: value for name, value in chosen.items() if value}
    context = {
        "title": _("Chứng thư số"),
        "search": {
            "label": _("Người giữ, chủ thể hoặc số hiệu"), "value": chosen["q"],
            "keep": [(key, value) for key, value in kept.items() if key != "q"],
        },
        "tabs": tabs(office, BASE),
        "selects": _selects(office, chosen),
        "kept": [("q", chosen["q"])] if chosen["q"] else [],
        "clear_url": request.path if kept else "",
        "note": _("%(count)s chứng thư") % {"count": count},
        "actions": [{"text": _("Thêm chứng thư số"), "url": f"{BASE}/them", "variant": "primary"}],
        "columns": [_("Người, cơ quan"), _("Số hiệu"), _("Nơi cấp"), _("Hiệu lực"), _("Tình trạng")],
        "rows": _rows(list(found[(page - 1) * PAGE : page * PAGE])),
        "previous_url": "?" + urlencode(kept | {"trang": page - 1}) if page > 1 else "",
        "next_url": "?" + urlencode(kept | {"trang": page + 1}) if count > page * PAGE else "",
        "empty_title": _("Không có chứng thư nào"),
        "empty_text": _("Bỏ bớt điều kiện lọc. Chứng thư mới được đăng ký ở nút Thêm chứng thư số."),
    }  # fmt: skip
    return render(request, "procedures/admin/organisation/list.html", context)


def tabs(office: Office, here: str) -> list[dict[str, Any]]:
    """Register and trust store; the second is the province's alone."""
    both = [(BASE, _("Chứng thư")), ("/quan-tri/chung-thu-so/goc-tin-cay", _("Gốc tin cậy"))]
    return [{"text": text, "url": url, "current": url == here} for url, text in both] if office.reach.whole else []


def _filtered(office: Office, chosen: dict[str, str]) -> CertificateQuerySet:
    found = register.visible(office).with_standing(timezone.now(), SOON)
    if chosen["loai"] in Certificate.Purpose.values:
        found = found.filter(purpose=chosen["loai"])
    if chosen["tinh-trang"] in STANDINGS:
        found = found.filter(standing=chosen["tinh-trang"])
    if code := chosen["co-quan"]:
        seats = office.seats().in_force(timezone.localdate()).filter(agency__code=code)
        found = found.filter(Q(holder_agency_code=code) | Q(holder_user__in=seats.values("user_id")))
    if words := chosen["q"].strip():
        named = Q(subject__icontains=words) | Q(holder_user__full_name__icontains=words)
        found = found.filter(named | Q(serial__istartswith=words))
    return found


def _rows(shown: list[Certificate]) -> list[dict[str, Any]]:
    codes = {one.holder_agency_code for one in shown}
    agencies = dict(Agency.objects.filter(code__in=codes).values_list("code", "name"))
    seats = Position.objects.in_force(timezone.localdate()).filter(user__in=[one.holder_user_id for one in shown])
    places = {seat.user_id: seat.agency.name for seat in seats.select_related("agency").order_by("-pk")}
    return [_row(one, agencies, places) for one in shown]


def _row(one: Certificate, agencies: dict[str, str], places: dict[Any, str]) -> dict[str, Any]:
    if one.holder_user:
        name, sub = one.holder_user.full_name, places.get(one.holder_user_id, "")
    else:
        name, sub = agencies.get(one.holder_agency_code, one.holder_agency_code), str(Certificate.Purpose.SEAL.label)
    return {
        "cells": [
            {"text": name, "sub": sub, "url": f"{BASE}/{one.serial}"},
            one.serial,
            {"text": common_name(one.parsed.issuer), "sub": str(PROVIDERS.get(one.provider, one.provider))},
            days(one.valid_from, one.valid_to),
            {"text": "", "tag": standing(one)},
        ]
    }


def _selects(office: Office, chosen: dict[str, str]) -> list[dict[str, Any]]:
    agencies = [
        (one.code, one.short_name or one.name) for one in office.reach.agencies().order_by("level", "name_fold")
    ]
    standings = [(key, text) for key, (text, _tone) in STANDINGS.items()]
    return [
        select("loai", _("Loại"), _("Mọi loại"), list(Certificate.Purpose.choices), chosen),
        select("co-quan", _("Cơ quan"), _("Mọi cơ quan"), agencies, chosen),
        select("tinh-trang", _("Tình trạng"), _("Mọi tình trạng"), standings, chosen),
    ]
