"""Quyết định công bố: one decision puts many reviewed versions in force at once, each with its own outcome."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.floor.dateparts import DatePartsField
from portal.floor.web import ActorRequest
from procedures import publishing
from procedures.forms import CleanText
from procedures.models import ProcedureVersion, PublicationDecision, Role
from procedures.publishing import PublishingRefused
from procedures.views.admin.access import catalogue_office
from procedures.views.admin.listing import TONES

PAGE, MOST = 50, 500
BASE = "/quan-tri/quyet-dinh"


class DecisionForm(CleanText, forms.Form):
    number = forms.CharField(
        label=_lazy("Số quyết định"),
        max_length=60,
        help_text=_lazy("Ví dụ 1234/QĐ-UBND"),
        error_messages={"required": _lazy("Nhập số quyết định")},
    )
    title = forms.CharField(
        label=_lazy("Trích yếu"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    signed_on = DatePartsField(label=_lazy("Ngày ký"))
    effective_on = DatePartsField(label=_lazy("Ngày có hiệu lực"))


@require_safe
@catalogue_office()
def decisions(request: ActorRequest) -> HttpResponse:
    """All decisions, the newest first."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    found = PublicationDecision.objects.annotate(count=Count("versions"))
    if query:
        found = found.filter(Q(number__icontains=query) | Q(title__icontains=query))
    page = int(trang) if (trang := request.GET.get("trang", "1")).isdecimal() and len(trang) < 6 else 1
    rows = list(found.order_by("-effective_on", "-pk")[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "query": query,
        "columns": [_("Số"), _("Trích yếu"), _("Ngày ký"), _("Có hiệu lực"), _("Thủ tục")],
        "rows": [{"cells": [{"text": one.number, "url": f"{BASE}/{one.pk}"}, {"text": one.title, "clamp": True},
                            _day(one.signed_on), _day(one.effective_on), str(one.count)]} for one in rows[:PAGE]],
        "previous_url": f"?q={query}&trang={page - 1}" if page > 1 else "",
        "next_url": f"?q={query}&trang={page + 1}" if len(rows) > PAGE else "",
        "may": request.actor.has_role(Role.CATALOGUE_REVIEWER),
        "waiting": _waiting().count(),
    }  # fmt: skip
    return render(request, "procedures/admin/decisions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office(Role.CATALOGUE_REVIEWER)
def new(request: ActorRequest) -> HttpResponse:
    """A decision, and the reviewed versions it publishes."""
    form = DecisionForm(request.POST or None)
    chosen = _chosen(request)
    if form.is_bound and form.is_valid():
        try:
            decision = publishing.decided(**form.cleaned_data)
        except PublishingRefused as refused:
            form.add_error("effective_on", str(refused))
        else:
            return _publish(request, decision, chosen)
    context = {"form": form, "columns": _columns(), "rows": _rows(request, {one.pk for one in chosen})}
    return render(request, "procedures/admin/decision_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def decision(request: ActorRequest, pk: int) -> HttpResponse:
    """One decision with what it put in force; further reviewed versions may join it."""
    one = get_object_or_404(PublicationDecision, pk=pk)
    reviewer = request.actor.has_role(Role.CATALOGUE_REVIEWER)
    if request.method == "POST":
        if not reviewer:
            raise PublishingRefused(_("Bạn không có vai trò làm việc này"))
        return _publish(request, one, _chosen(request))
    return _shown(request, one, reviewer=reviewer)


def _shown(request: ActorRequest, one: PublicationDecision, *, reviewer: bool, outcomes: Any = ()) -> HttpResponse:
    versions = one.versions.select_related("procedure").order_by("procedure__sort_key", "number")
    facts = [
        (_("Trích yếu"), one.title),
        (_("Ngày ký"), _day(one.signed_on)),
        (_("Có hiệu lực"), _day(one.effective_on)),
    ]
    context = {
        "decision": one,
        "facts": [{"label": label, "text": text} for label, text in facts],
        "short_notice": publishing.short_notice(one),
        "outcomes": outcomes,
        "version_columns": [_("Thủ tục"), _("Phiên bản"), _("Trạng thái"), _("Áp dụng từ")],
        "versions": [{"cells": [_name(version), str(version.number), _state(version), _day(version.valid_from)]}
                     for version in versions[:MOST]],
        "columns": _columns(),
        "rows": _rows(request, set()) if reviewer else [],
    }  # fmt: skip
    return render(request, "procedures/admin/decision.html", context, status=200)


def _publish(request: ActorRequest, one: PublicationDecision, chosen: list[ProcedureVersion]) -> HttpResponse:
    """Publish the chosen ones, and say of each what became of it."""
    outcomes = publishing.publish_together(one, chosen, by=request.actor, at=timezone.now())
    refused = [
        {"version": version, "reason": reason, "defects": defects} for version, reason, defects in outcomes if reason
    ]
    done = len(outcomes) - len(refused)
    if publishing.short_notice(one):
        messages.warning(request, _("Từ ngày ký đến ngày có hiệu lực ít hơn 5 ngày (NĐ 63/2010 điều 15)"))
    if done:
        messages.success(request, _("Đã công bố hoặc hẹn công bố %(count)s thủ tục") % {"count": done})
    if refused:
        return _shown(request, one, reviewer=True, outcomes=refused)
    return redirect(f"{BASE}/{one.pk}")


def _waiting() -> QuerySet[ProcedureVersion]:
    """Reviewed versions without a decision."""
    return ProcedureVersion.objects.filter(state=ProcedureVersion.State.REVIEWED, decision=None)


def _chosen(request: ActorRequest) -> list[ProcedureVersion]:
    keys = [int(key) for key in request.POST.getlist("chon")[:MOST] if key.isdecimal() and len(key) < 12]
    return list(_waiting().filter(pk__in=keys).select_related("procedure").order_by("procedure__sort_key"))


def _columns() -> list[str]:
    return [_("Thủ tục"), _("Người sửa"), _("Người thẩm định")]


def _rows(request: ActorRequest, chosen: set[int]) -> list[dict[str, Any]]:
    """Reviewed versions this person may publish."""
    waiting = _waiting().exclude(edited_by=request.actor.user_id)
    return [
        {
            "id": one.pk,
            "label": str(one.procedure),
            "selected": one.pk in chosen,
            "cells": [_name(one), str(one.edited_by or ""), str(one.reviewed_by or "")],
        }
        for one in waiting.select_related("procedure", "edited_by", "reviewed_by").order_by("procedure__sort_key")[
            :MOST
        ]
    ]


def _name(version: ProcedureVersion) -> dict[str, Any]:
    url = f"/quan-tri/thu-tuc/{version.procedure.code}?ban={version.number}"
    return {"text": version.short_name or version.name, "sub": version.procedure.code, "url": url, "clamp": True}


def _state(version: ProcedureVersion) -> dict[str, Any]:
    text = _("Hẹn áp dụng") if version.state == ProcedureVersion.State.REVIEWED else version.get_state_display()
    return {"text": "", "tag": {"text": text, "tone": TONES[version.state]}}


def _day(day: Any) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
