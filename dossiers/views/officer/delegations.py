"""Ủy quyền ký: what a leader has given and may withdraw, a new one, and one for a single dossier."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from dossiers import delegating
from dossiers.forms import LineField
from dossiers.models import Dossier, SigningDelegation
from dossiers.refusals import MoveRefused
from dossiers.views.officer.situation import Situation
from portal.floor.dateparts import DatePartsField
from portal.floor.web import ActorRequest
from procedures.models import Position, Procedure

COLUMNS = (_lazy("Người được ký"), _lazy("Phạm vi"), _lazy("Thời gian"), _lazy("Tình trạng"))
SHOWN = 50


class DelegationForm(forms.Form):
    """Who signs, in which capacity, what, and until when."""

    giver = forms.ModelChoiceField(Position.objects.none(), label=_lazy("Chức vụ của tôi"), empty_label=None)
    taker = forms.ModelChoiceField(
        Position.objects.none(), label=_lazy("Người được ký"), empty_label=_lazy("Chọn một người"),
        error_messages={"required": _lazy("Chọn người được ký")},
    )  # fmt: skip
    capacity = forms.ChoiceField(
        label=_lazy("Ký theo"), choices=SigningDelegation.Capacity.choices, widget=forms.RadioSelect,
        error_messages={"required": _lazy("Chọn KT., TL. hoặc TUQ.")},
    )  # fmt: skip
    procedures = forms.ModelMultipleChoiceField(
        Procedure.objects.none(), label=_lazy("Thủ tục được ký"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_lazy("Không chọn: mọi thủ tục. Ký TUQ. thì phải chọn."),
    )  # fmt: skip
    starts_on = DatePartsField(label=_lazy("Từ ngày"))
    ends_on = DatePartsField(label=_lazy("Đến hết ngày"), required=False)
    ground = LineField(
        max_length=200, label=_lazy("Căn cứ"), required=False,
        help_text=_lazy("Ký TL.: quy chế làm việc. Ký TUQ.: văn bản ủy quyền. Ghi số và ngày."),
    )  # fmt: skip

    def __init__(self, *args: Any, givers: Any, dossier: Dossier | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        today, own = timezone.localdate(), list(givers)
        takers = {one.pk: one for giver in own for one in delegating.takers(giver, on=today)}
        given: Any = self.fields
        given["giver"].queryset, given["taker"].queryset = givers, Position.objects.filter(pk__in=takers)
        given["taker"].choices = [("", _("Chọn một người"))] + [
            (pk, f"{one.holder_name}, {one.title}, {one.agency.short_name or one.agency.name}")
            for pk, one in takers.items()
        ]
        if len(own) == 1:
            given["giver"].initial, given["giver"].widget = own[0], forms.HiddenInput()
        if dossier is not None:
            del given["procedures"]
            return
        agencies = [giver.agency_id for giver in own]
        here = Procedure.objects.filter(agencies__agency__in=agencies).distinct().order_by("name", "pk")
        given["procedures"].queryset = here


def _own(request: ActorRequest) -> Any:
    """The officer's own leader's seats. Raises Http404 for who leads nothing."""
    if not (own := delegating.own_seats(request.actor)):
        raise Http404
    return Position.objects.filter(pk__in=own).select_related("agency").order_by("pk")


@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: ActorRequest) -> HttpResponse:
    """What was given, newest first, and a new one."""
    givers, now = _own(request), timezone.now()
    start = {"starts_on": timezone.localdate(now)}
    form = DelegationForm(request.POST if request.method == "POST" else None, givers=givers, initial=start)
    if form.is_valid() and _given(request, form):
        return redirect("officer_delegations")
    rows = SigningDelegation.objects.filter(giver__in=givers).select_related("taker__agency", "dossier")
    shown = list(rows.order_by("-given_at")[:SHOWN])
    context = {
        "section": "signing", "form": form, "rows": _rows(shown), "columns": COLUMNS,
        "open": [one for one in shown if one.withdrawn_at is None and not _over(one)],
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "dossiers/officer/basket/delegations.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: ActorRequest, code: str) -> HttpResponse:
    """Hand the signing of one dossier to somebody else."""
    situation = Situation.of(code, request.actor)
    givers = _own(request).filter(agency=situation.dossier.holder_agency_id)
    if not Dossier.objects.to_sign_by(request.actor).filter(pk=situation.dossier.pk).exists() or not givers:
        raise Http404
    start = {"starts_on": timezone.localdate(situation.now)}
    data = request.POST if request.method == "POST" else None
    form = DelegationForm(data, givers=givers, dossier=situation.dossier, initial=start)
    if form.is_valid() and _given(request, form, situation.dossier):
        return redirect("officer_to_sign")
    context = {"section": "signing", "form": form, "code": situation.code, "title": situation.dossier.title,
               "applicant": situation.dossier.applicant_name}  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "dossiers/officer/basket/delegate_one.html", context, status=status)


@require_POST
def withdraw(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(SigningDelegation, pk=pk, giver__in=_own(request))
    delegating.withdraw(row, by=request.actor, at=timezone.now())
    messages.success(request, _("Đã thu hồi ủy quyền. Những văn bản đã ký vẫn có hiệu lực."))
    return redirect("officer_delegations")


def _given(request: ActorRequest, form: DelegationForm, dossier: Dossier | None = None) -> bool:
    terms = dict(form.cleaned_data)
    giver, taker = terms.pop("giver"), terms.pop("taker")
    scope = [procedure.pk for procedure in terms.pop("procedures", ())]
    try:
        delegating.give(giver, taker=taker, by=request.actor, at=timezone.now(), dossier=dossier, procedures=scope,
                        **terms)  # fmt: skip
    except MoveRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("%s ký được từ ngày bắt đầu; thấy việc ở “Chờ tôi ký”.") % taker.holder_name)
    return True


def _over(row: SigningDelegation) -> bool:
    return row.ends_on is not None and row.ends_on < timezone.localdate()


def _rows(shown: list[SigningDelegation]) -> list[dict[str, Any]]:
    wanted = {key for row in shown for key in row.procedures}
    names = dict(Procedure.objects.filter(pk__in=wanted).values_list("pk", "short_name"))
    return [_row(row, names) for row in shown]


def _row(row: SigningDelegation, names: dict[int, str]) -> dict[str, Any]:
    if row.dossier is not None:
        scope: Any = {"text": str(row.dossier), "code": True,
                      "url": reverse("officer_dossier", args=[str(row.dossier)])}  # fmt: skip
    else:
        scope = {"text": ", ".join(names.get(key, "") for key in row.procedures) or _("Mọi thủ tục"),
                 "sub": row.ground}  # fmt: skip
    until = f"{row.starts_on:%d/%m/%Y} – " + (f"{row.ends_on:%d/%m/%Y}" if row.ends_on else _("khi thu hồi"))
    state = (
        (_("Đã thu hồi"), "") if row.withdrawn_at else (_("Đã hết hạn"), "") if _over(row) else (_("Hiệu lực"), "green")
    )
    return {"cells": [
        {"text": row.taker.holder_name, "sub": f"{row.capacity} · {row.taker.title}"}, scope, until,
        {"tag": {"text": state[0], "tone": state[1]}},
    ]}  # fmt: skip
