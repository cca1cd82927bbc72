"""Dossiers that nobody may leave stuck: found by reason, led to an agency that can work on them."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import access, dispatching
from dossiers.forms import LineField
from dossiers.models import Dossier
from dossiers.officer_forms import ActForm
from dossiers.refusals import LostRace, MoveRefused
from dossiers.wording import Reader, deadline
from portal.floor.web import ActorRequest
from procedures.models import Agency, ProcedureAgency, Role
from procedures.organisation import reach_of

PAGE, MOST = 50, 99
COLUMNS = (_lazy("Hồ sơ"), _lazy("Thủ tục"), _lazy("Đang ở"), _lazy("Thời hạn"), _lazy("Tình trạng"))


class DispatchForm(ActForm):
    """Where to, and why. Agencies that the procedure is given to come first."""

    to = forms.ModelChoiceField(
        Agency.objects.none(), label=_lazy("Chuyển đến cơ quan"), empty_label=_lazy("Chọn cơ quan"),
        error_messages={"required": _lazy("Chọn cơ quan sẽ xử lý hồ sơ"),
                        "invalid_choice": _lazy("Chọn một cơ quan trong danh sách")},
    )  # fmt: skip
    reason = LineField(max_length=500, label=_lazy("Lý do điều phối"), widget=forms.Textarea(attrs={"rows": 3}),
                       help_text=_lazy("Ghi vào nhật ký hồ sơ; cơ quan nhận đọc được."),
                       error_messages={"required": _lazy("Ghi lý do điều phối")})  # fmt: skip

    def __init__(self, *args: Any, dossier: Dossier, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        working = Agency.objects.in_force(on).exclude(pk=dossier.holder_agency_id).order_by("name_fold")
        given = set(
            ProcedureAgency.objects.filter(procedure=dossier.procedure_version.procedure_id).values_list(
                "agency", flat=True
            )
        )
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = working
        first = [(one.pk, one.name) for one in working if one.pk in given]
        others = [(one.pk, one.name) for one in working if one.pk not in given]
        groups = [(_("Được giao thủ tục này"), first), (_("Cơ quan khác"), others)]
        field.choices = [("", field.empty_label), *(group for group in groups if group[1])]


@require_safe
def stuck(request: ActorRequest) -> HttpResponse:
    """The stuck of one reason, the oldest first; a page of them. For operators and leaders."""
    actor, now = request.actor, timezone.now()
    if not actor.has_role(Role.OPERATOR, Role.LEADER):
        raise Http404
    found = dispatching.stuck(actor, at=now)
    counts = {reason: dossiers[: MOST + 1].count() for reason, dossiers in found.items()}
    reason = request.GET.get("vi-sao", "")
    if reason not in found:
        reason = next((key for key, number in counts.items() if number), next(iter(found)))
    dossiers = found[reason].select_related("holder_agency").defer("answers").order_by("pk")
    if after := _key(request.GET.get("sau", "")):
        dossiers = dossiers.filter(pk__gt=after)
    page, reader = list(dossiers[: PAGE + 1]), Reader(now)
    address = f"{reverse('officer_dispatch')}?vi-sao={reason}"
    context = {
        "section": "dispatch", "columns": COLUMNS, "tabs": _tabs(counts, reason),
        "rows": [_row(one, reader, operator=actor.has_role(Role.OPERATOR)) for one in page[:PAGE]],
        "next_url": f"{address}&sau={page[PAGE - 1].pk.hex}" if len(page) > PAGE else "",
    }  # fmt: skip
    return render(request, "dossiers/officer/dispatch.html", context)


def _tabs(counts: dict[str, int], current: str) -> list[dict[str, Any]]:
    return [
        {"text": words, "url": f"{reverse('officer_dispatch')}?vi-sao={reason}", "current": reason == current,
         "count": f"{MOST}+" if counts[reason] > MOST else counts[reason], "tone": "red" if counts[reason] else ""}
        for reason, (words, _which) in dispatching.REASONS.items()
    ]  # fmt: skip


def _row(dossier: Dossier, reader: Reader, *, operator: bool) -> dict[str, Any]:
    """Code, procedure, desk and dates; nothing of the person, nothing of the papers."""
    code = str(dossier)
    page = "officer_dispatch_one" if operator else "officer_dossier"
    return {"cells": [
        {"text": code, "code": True, "url": reverse(page, args=[code]),
         "sub": _("nộp %s") % reader.short(dossier.submitted_at)},
        {"text": dossier.title, "clamp": True},
        {"text": dossier.holder_agency.name, "clamp": True, "sub": _desk(dossier)},
        {"sla": reader.deadline(dossier)},
        {"tag": {"text": str(dossier.get_status_display()), "tone": "blue"}},
    ]}  # fmt: skip


def _desk(dossier: Dossier) -> str:
    role = str(Role(dossier.holder_role).label) if dossier.holder_role in Role.values else ""
    return " · ".join(filter(None, [dossier.stage_name, role]))


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch(request: ActorRequest, code: str) -> HttpResponse:
    """Lead one dossier to another agency. For operators who reach it; to all others it does not exist."""
    dossier, now = _reached(request, code), timezone.now()
    form = DispatchForm(
        request.POST or None, initial={"version": dossier.version}, dossier=dossier, on=timezone.localdate(now)
    )
    if form.is_valid() and (answer := _dispatched(request, dossier, form)):
        return answer
    lines = [
        (_("Thủ tục"), dossier.title), (_("Đang ở"), f"{dossier.holder_agency.name}, {_desk(dossier)}"),
        (_("Nơi tiếp nhận"), dossier.receiving_agency.name), (_("Nộp"), Reader(now).short(dossier.submitted_at)),
        (_("Tình trạng"), str(dossier.get_status_display())),
    ]  # fmt: skip
    context = {
        "section": "dispatch", "code": str(dossier), "form": form, "sla": deadline(dossier, now=now),
        "lines": [{"label": label, "text": text} for label, text in lines],
    }  # fmt: skip
    return render(request, "dossiers/officer/dispatch_one.html", context, status=422 if form.is_bound else 200)


def _reached(request: ActorRequest, code: str) -> Dossier:
    """Raises Http404."""
    related = ("procedure_version", "holder_agency", "receiving_agency", "rule_profile")
    dossier: Dossier | None = Dossier.objects.open().called(code[:60]).select_related(*related).first()
    if dossier is None or not reach_of(request.actor).covers(dossier.holder_agency_id):
        raise Http404
    return dossier


def _dispatched(request: ActorRequest, dossier: Dossier, form: DispatchForm) -> HttpResponse | None:
    """Led on, or told why not: on a page of its own when somebody was faster, else in the form."""
    given = form.cleaned_data
    try:
        if given["version"] != dossier.version:
            raise LostRace(access.who_was_first(dossier))
        dispatching.dispatch(dossier, by=request.actor, at=timezone.now(), to=given["to"], reason=given["reason"])
    except LostRace as lost:
        context = {"text": str(lost), "back": reverse("officer_dispatch")}
        return render(request, "dossiers/officer/changed.html", context, status=409)
    except MoveRefused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(
        request, _("Đã chuyển hồ sơ %(code)s đến %(agency)s.") % {"code": dossier, "agency": given["to"].name}
    )
    return redirect("officer_dispatch")
