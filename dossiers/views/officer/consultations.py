"""Opinions that other agencies ask of the officer's own: the lists, and the page to read and answer."""

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import consulting
from dossiers.forms import LineField
from dossiers.messaging import moment
from dossiers.models import Consultation, Dossier
from dossiers.officer_forms import LONG
from dossiers.querysets import ASKED, ConsultationQuerySet
from dossiers.refusals import LostRace, MoveRefused
from dossiers.views.officer import files, leg_panel, panels
from dossiers.views.officer.dossier import papers_viewer
from dossiers.views.officer.situation import Situation
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest
from procedures.models import Position

PAGE = 50
ANSWERED = "da-tra-loi"  # the list of what was answered, in the address
KEY = re.compile(r"^(?P<due>\d{1,16})\.(?P<id>[0-9a-f]{32})$")
COLUMNS = (_lazy("Hồ sơ"), _lazy("Cơ quan hỏi"), _lazy("Nội dung"), _lazy("Thời hạn"), _lazy("Người phụ trách"))


class AnswerForm(forms.Form):
    """What the agency thinks, with its grounds."""

    opinion = forms.ChoiceField(choices=Consultation.Opinion.choices, label=_lazy("Ý kiến"), widget=forms.RadioSelect,
                                error_messages={"required": _lazy("Chọn ý kiến"),
                                                "invalid_choice": _lazy("Chọn một ý kiến ở trên")})  # fmt: skip
    answer = LineField(max_length=LONG, label=_lazy("Nội dung trả lời"), widget=forms.Textarea(attrs={"rows": 6}),
                       help_text=_lazy("Cơ quan hỏi đọc được; nêu căn cứ."),
                       error_messages={"required": _lazy("Ghi nội dung trả lời")})  # fmt: skip

    use_required_attribute = False


class GiveForm(forms.Form):
    """One of the officers who may answer."""

    position = forms.ModelChoiceField(Position.objects.none(), label=_lazy("Giao cho"), empty_label=None)
    use_required_attribute = False

    def __init__(self, *args: Any, seats: Sequence[Position], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["position"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Position.objects.filter(pk__in=[seat.pk for seat in seats])
        field.choices = [(seat.pk, f"{seat.holder_name}, {seat.title}") for seat in seats]


@require_safe
def waiting(request: ActorRequest) -> HttpResponse:
    """What waits for an answer of the officer's agencies, nearest deadline first; or what they answered last."""
    actor, now = request.actor, timezone.now()
    if not actor.has_role(*ASKED):
        raise Http404
    done = request.GET.get("xem") == ANSWERED
    if done:
        rows = Consultation.objects.answered_for(actor)
    else:
        rows = _after(Consultation.objects.in_queue_of(actor), request.GET.get("sau", "")).by_deadline()
    found = list(rows.select_related("dossier", "stage__agency", "agency", "assignee")[: PAGE + 1])
    count = Consultation.objects.in_queue_of(actor).count()
    context = {
        "section": "consultations", "columns": COLUMNS, "rows": [_row(row, now) for row in found[:PAGE]],
        "nav_counts": {"consultations": {"number": count}} if count else {}, "count": count,
        "next_url": f"?sau={_key(found[PAGE - 1])}" if len(found) > PAGE and not done else "", "done": done,
        "first_url": reverse("officer_consultations") if request.GET.get("sau") else "",
        "tabs": _tabs(count, done=done),
    }  # fmt: skip
    return render(request, "dossiers/officer/consultations.html", context)


def _tabs(count: int, *, done: bool) -> list[dict[str, Any]]:
    address = reverse("officer_consultations")
    return [
        {"text": _("Chờ trả lời"), "url": address, "current": not done, "count": count},
        {"text": _("Đã trả lời"), "url": f"{address}?xem={ANSWERED}", "current": done},
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The question beside the papers of the dossier; posted, the answer. Who opens it first has received it.

    Once it is answered the agency reads only what it was asked and said.
    """
    row, now = _found(request.actor, pk), timezone.now()
    seen = Dossier.objects.visible_to(request.actor).filter(pk=row.dossier_id).exists()
    situation = Situation.of(str(row.dossier), request.actor) if seen else None
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (done := _answered(request, row, form)):
        return done
    if request.method == "GET":
        consulting.open_consultation(row, by=request.actor, at=now)
        files.note_look(row.dossier, request.actor, "hồ sơ" if situation else "ý kiến đã trả lời", at=now)
    context = {"section": "consultations", "form": form, **_page(row, request.actor, now=now)}
    if situation:
        context |= _beside(row, situation, request.GET.get("tep", ""))
    return render(request, "dossiers/officer/answer.html", context, status=422 if form.is_bound else 200)


@require_POST
def give(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a colleague responsible for the answer."""
    row = _found(request.actor, pk)
    form = GiveForm(request.POST, seats=_seats(row, timezone.now()))
    try:
        if not form.is_valid():
            raise MoveRefused(_("Chọn người trong danh sách."))
        to = form.cleaned_data["position"]
        consulting.give_consultation(row, by=request.actor, to=to)
        messages.success(request, _("Đã giao cho %s.") % to.holder_name)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    still = Consultation.objects.in_queue_of(request.actor).filter(pk=pk).exists() or _leads(request.actor, row)
    return redirect("officer_answer", pk) if still else redirect("officer_consultations")


def _answered(request: ActorRequest, row: Consultation, form: AnswerForm) -> HttpResponse | None:
    """Where to go once it is answered; None when it was refused, the reason then stands in the form."""
    try:
        consulting.answer_consultation(row, by=request.actor, at=timezone.now(), **form.cleaned_data)
    except LostRace as lost:
        context = {"text": str(lost), "back": reverse("officer_consultations")}
        return render(request, "dossiers/officer/changed.html", context, status=409)
    except MoveRefused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, _("Đã trả lời. %s đã được báo.") % row.stage.agency.name)
    return redirect("officer_consultations")


def _found(actor: Actor, pk: uuid.UUID) -> Consultation:
    """Raises Http404 for those who do not sit in the agency that was asked."""
    agencies = [seat.agency_id for seat in actor.seats if seat.role in ASKED]
    rows = Consultation.objects.select_related("agency", "assignee", "stage__agency", "dossier")
    row: Consultation = get_object_or_404(rows, pk=pk, agency__in=agencies)
    return row


def _page(row: Consultation, actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
    """The question, the answer if there is one, and what may still be done."""
    open_ = row.answered_at is None and row.ended_at is None
    seats = _seats(row, now)
    return {
        "code": str(row.dossier), "title": row.dossier.title, "asked_by": row.stage.agency.name,
        "leg": leg_panel.leg(row, now=now), "may_answer": open_ and consulting.may_answer(row, actor), "open": open_,
        "give": GiveForm(seats=seats, initial={"position": row.assignee_id}) if open_ and len(seats) > 1 else None,
        "pk": row.pk,
    }  # fmt: skip


def _beside(row: Consultation, situation: Situation, chosen: str) -> dict[str, Any]:
    """The dossier beside it, for those who may read it."""
    return {
        "applicant": situation.dossier.applicant_name,
        "viewer": papers_viewer(situation, chosen, reverse("officer_answer", args=[row.pk])),
        "groups": panels.form(situation)["groups"], "dossier_url": reverse("officer_dossier", args=[situation.code]),
    }  # fmt: skip


def _seats(row: Consultation, now: dt.datetime) -> list[Position]:
    there = Position.objects.in_force(timezone.localdate(now)).filter(agency=row.agency_id, role__in=ASKED)
    return list(there.order_by("holder_name"))


def _leads(actor: Actor, row: Consultation) -> bool:
    return actor.seat_for(agency_id=row.agency_id, roles=("leader",)) is not None


def _row(row: Consultation, now: dt.datetime) -> dict[str, Any]:
    responsible = row.answered_by or (row.assignee.holder_name if row.assignee else _("Chưa giao ai"))
    return {"id": str(row.pk), "label": str(row.dossier), "cells": [
        {"text": str(row.dossier), "code": True, "url": reverse("officer_answer", args=[row.pk]),
         "sub": row.dossier.title},
        {"text": row.stage.agency.name, "sub": _("hỏi %s") % moment(row.asked_at)},
        {"text": row.question, "clamp": True, "sub": str(row.get_kind_display())},
        {"sla": leg_panel.clock(row, now=now)},
        {"text": responsible, "sub": "" if row.received_at else _("Chưa mở")},
    ]}  # fmt: skip


def _key(row: Consultation) -> str:
    return f"{round(row.due_at.timestamp() * 1e6)}.{row.pk.hex}"


def _after(rows: ConsultationQuerySet, key: str) -> ConsultationQuerySet:
    """Only what comes after the row with that key, by deadline; everything when the key says nothing."""
    said = KEY.match(key)
    if said is None:
        return rows
    due = dt.datetime.fromtimestamp(min(int(said["due"]) / 1e6, 4e9), dt.UTC)
    return rows.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=uuid.UUID(said["id"])))
