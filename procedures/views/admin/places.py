"""Which agencies receive a procedure and which are competent for it: a summary, and giving it to many at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from portal.floor.web import ActorRequest
from procedures import drafting
from procedures.forms import CleanText
from procedures.models import Agency, Level, Procedure, ProcedureVersion
from procedures.views.admin.access import catalogue_office

FEW = 200
EVERY = {
    Level.COMMUNE: _lazy("Mọi xã, phường, thị trấn"),
    Level.DISTRICT: _lazy("Mọi huyện, thành phố"),
    Level.PROVINCE: _lazy("Mọi sở, ban, ngành cấp tỉnh"),
}


class AssignForm(CleanText, forms.Form):
    """Whom the procedure is given to, and what they do with it. Nothing ticked: taken away from them."""

    who = forms.ChoiceField(label=_lazy("Giao cho"))
    does = forms.MultipleChoiceField(
        label=_lazy("Để làm gì"),
        choices=[("receives", _lazy("Tiếp nhận hồ sơ")), ("competent", _lazy("Giải quyết, có thẩm quyền"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_lazy("Không đánh dấu ô nào: thôi giao"),
    )
    decision = forms.CharField(label=_lazy("Văn bản giao việc"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        agencies = Agency.objects.in_force(timezone.localdate()).order_by("name_fold")
        groups = [(level.value, words) for level, words in EVERY.items()]
        who.choices = [
            ("", _("Chọn")),
            (_("Cả một cấp"), groups),
            (_("Một cơ quan"), list(agencies.values_list("code", "name"))),
        ]

    def agencies(self) -> list[Agency]:
        chosen, today = self.cleaned_data["who"], timezone.localdate()
        found = Agency.objects.in_force(today)
        found = found.filter(level=chosen, one_stop=True) if chosen in Level.values else found.filter(code=chosen)
        return list(found.order_by("code"))


def blocks(version: ProcedureVersion) -> list[dict[str, Any]]:
    rows = list(version.procedure.agencies.select_related("agency").order_by("agency__level", "agency__name_fold"))
    shown = [
        {
            "cells": [
                {"text": row.agency.name, "sub": row.agency.code},
                row.agency.get_level_display(),
                _("Có") if row.receives else _("Không"),
                _("Có") if row.competent else _("Không"),
                row.decision,
            ]
        }
        for row in rows[:FEW]
    ]
    words = {"receive": sum(row.receives for row in rows), "decide": sum(row.competent for row in rows)}
    note = _("%(receive)s cơ quan tiếp nhận, %(decide)s cơ quan có thẩm quyền. Đổi ở đây có hiệu lực ngay.") % words
    columns = [_("Cơ quan"), _("Cấp"), _("Tiếp nhận"), _("Có thẩm quyền"), _("Văn bản giao việc")]
    return [{"title": _("Cơ quan thực hiện"), "note": note, "columns": columns, "rows": shown}]


@require_POST
@catalogue_office()
def assign(request: ActorRequest, code: str) -> HttpResponse:
    """Give the procedure to an agency, or to every one-stop agency of a level."""
    procedure = get_object_or_404(Procedure, code=code)
    form = AssignForm(request.POST)
    if form.is_valid():
        does = form.cleaned_data["does"]
        changed = drafting.assign(
            procedure, form.agencies(), receives="receives" in does, competent="competent" in does,
            decision=form.cleaned_data["decision"], by=request.actor, at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Đã đổi ở %(count)s cơ quan") % {"count": changed})
    else:
        messages.error(request, _("Chọn cơ quan hoặc cấp để giao"))
    return redirect(f"/quan-tri/thu-tuc/{code}/co-quan")
