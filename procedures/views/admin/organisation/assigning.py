"""Which procedures an agency receives and decides: one agency row by row, or many agencies at once with a preview."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from portal.floor.web import ActorRequest
from procedures.entry_fields import LinesField
from procedures.forms import CleanText
from procedures.models import Agency, Level, Procedure, ProcedureAgency, ServiceField
from procedures.organisation import Assignment, Reach, assign, differing, doing
from procedures.search import searchable
from procedures.views.admin.organisation.access import chosen_agency, operators_office
from procedures.views.admin.organisation.agencies import BASE

PAGE = 50
DECISION = forms.CharField(
    label=_lazy("Văn bản giao việc"), max_length=100, help_text=_lazy("Số quyết định, ví dụ 12/QĐ-UBND"),
    error_messages={"required": _lazy("Nhập số văn bản giao việc")},
)  # fmt: skip


class DecisionForm(CleanText, forms.Form):
    decision = DECISION


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office()
def matrix(request: ActorRequest, reach: Reach, code: str) -> HttpResponse:
    """The procedures of one agency. Only the province's operators change them."""
    agency = chosen_agency(reach, code)
    here = f"{BASE}/{agency.code}/thu-tuc"
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and reach.whole and form.is_valid():
        wanted = _ticked(request, agency)
        count = assign(wanted, decision=form.cleaned_data["decision"], by=request.actor, at=timezone.now())
        messages.success(request, _("Đã đổi %(count)s thủ tục") % {"count": count})
        return redirect(request.get_full_path())
    query, only = request.GET.get("q", "")[:80], request.GET.get("xem", "") == "da-giao"
    found = Procedure.objects.order_by("sort_key", "pk")
    for word in searchable(query.replace("\x00", "")).split():
        found = found.filter(search_fold__contains=word)
    if only:
        found = found.filter(agencies__agency=agency)
    number = request.GET.get("trang", "")
    page = max(int(number), 1) if number.isdecimal() and len(number) < 7 else 1
    rows = list(found[(page - 1) * PAGE : page * PAGE + 1])
    kept = {name: value for name, value in (("q", query), ("xem", "da-giao" if only else "")) if value}
    context = {
        "title": _("Thủ tục của cơ quan"),
        "sub": agency.name,
        "back": {"url": f"{BASE}/{agency.code}", "text": agency.name},
        "query": query,
        "only": only,
        "here": here,
        "form": form if reach.whole else None,
        "columns": [_("Thủ tục"), _("Cấp"), _("Tiếp nhận"), _("Giải quyết"), _("Theo văn bản")],
        "rows": _rows(rows[:PAGE], agency, changeable=reach.whole),
        "previous_url": "?" + urlencode(kept | {"trang": page - 1}) if page > 1 else "",
        "next_url": "?" + urlencode(kept | {"trang": page + 1}) if len(rows) > PAGE else "",
    }
    wrong = request.method == "POST" and bool(form.errors)
    return render(request, "procedures/admin/organisation/matrix.html", context, status=422 if wrong else 200)


def _ticked(request: ActorRequest, agency: Agency) -> list[Assignment]:
    """What the page said of every procedure it showed; procedures that do not exist are passed over."""
    shown = Procedure.objects.filter(code__in=request.POST.getlist("dong")[:PAGE])
    receives, competent = set(request.POST.getlist("nhan")), set(request.POST.getlist("giai-quyet"))
    return [Assignment(one.pk, agency.pk, one.code in receives, one.code in competent) for one in shown]


def _rows(procedures: list[Procedure], agency: Agency, *, changeable: bool) -> list[dict[str, Any]]:
    known = {row.procedure_id: row for row in ProcedureAgency.objects.filter(agency=agency, procedure__in=procedures)}
    return [
        {
            "cells": [
                {"text": one.short_name or one.name, "sub": one.code, "clamp": True},
                one.get_level_display(),
                _box("nhan", _("Tiếp nhận"), one, bool(row and row.receives), changeable),
                _box("giai-quyet", _("Giải quyết"), one, bool(row and row.competent), changeable),
                row.decision if row else "",
            ]
        }
        for one in procedures
        for row in [known.get(one.pk)]
    ]


def _box(name: str, label: str, one: Procedure, ticked: bool, changeable: bool) -> SafeString | str:
    if not changeable:
        return _("Có") if ticked else ""
    hidden = format_html('<input type="hidden" name="dong" value="{}">', one.code) if name == "nhan" else ""
    return format_html(
        '{}<label class="tick"><input type="checkbox" name="{}" value="{}"{}> {}<span class="vh"> {}</span></label>',
        hidden, name, one.code, mark_safe(" checked") if ticked else "", label, one.short_name or one.name,
    )  # fmt: skip


class BulkForm(CleanText, forms.Form):
    """Procedures and the kind of agencies that shall receive or decide them."""

    codes = LinesField(
        label=_lazy("Mã thủ tục"), required=False, help_text=_lazy("Mỗi mã một dòng. Để trống khi chọn cả lĩnh vực.")
    )
    field = forms.ModelChoiceField(
        ServiceField.objects.order_by("name"), label=_lazy("Cả lĩnh vực"), required=False,
        empty_label=_lazy("Không chọn"), to_field_name="slug",
    )  # fmt: skip
    level = forms.ChoiceField(
        label=_lazy("Giao cho"),
        choices=[
            (Level.COMMUNE, _lazy("Mọi xã, phường")),
            (Level.DISTRICT, _lazy("Mọi huyện")),
            (Level.PROVINCE, _lazy("Mọi sở, ban cấp tỉnh")),
        ],
    )
    receives = forms.BooleanField(label=_lazy("Tiếp nhận hồ sơ"), required=False, initial=True)
    competent = forms.BooleanField(label=_lazy("Giải quyết"), required=False)
    decision = DECISION

    def clean_codes(self) -> list[str]:
        codes: list[str] = list(dict.fromkeys(self.cleaned_data["codes"]))
        known = set(Procedure.objects.filter(code__in=codes).values_list("code", flat=True))
        if strange := [code for code in codes if code not in known][:5]:
            raise ValidationError(_("Không có thủ tục mang mã %(codes)s") % {"codes": ", ".join(strange)[:200]})
        return codes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not (cleaned.get("codes") or cleaned.get("field")):
            self.add_error("codes", _("Nhập ít nhất một mã thủ tục, hoặc chọn lĩnh vực"))
        if not (cleaned.get("receives") or cleaned.get("competent")):
            self.add_error("receives", _("Chọn tiếp nhận, giải quyết, hoặc cả hai"))
        return cleaned

    def wanted(self, today: Any) -> tuple[list[Procedure], list[Agency], list[Assignment]]:
        """Procedures, agencies and what each shall do. Agencies that receive must have a one-stop unit."""
        given = self.cleaned_data
        procedures = Procedure.objects.filter(code__in=given["codes"])
        if given["field"]:
            procedures = procedures | Procedure.objects.filter(field=given["field"])
        agencies = Agency.objects.in_force(today).filter(level=given["level"]).exclude(parent=None, level="province")
        if given["receives"]:
            agencies = agencies.filter(one_stop=True)
        chosen, holders = list(procedures.order_by("sort_key")), list(agencies.order_by("code"))
        return chosen, holders, [
            Assignment(one.pk, agency.pk, given["receives"], given["competent"]) for one in chosen for agency in holders
        ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@operators_office(whole=True)
def bulk(request: ActorRequest, reach: Reach) -> HttpResponse:
    """Give procedures to every agency of a level: first what would change, then the change."""
    form = BulkForm(request.POST or None)
    back = {"url": BASE, "text": _("Cơ quan, đơn vị")}
    if not (form.is_bound and form.is_valid()):
        context = {
            "title": _("Giao thủ tục cho nhiều cơ quan"),
            "form": form,
            "submit": _("Xem trước"),
            "back": back,
        }
        status = 422 if form.is_bound else 200
        return render(request, "procedures/admin/organisation/form.html", context, status=status)
    procedures, agencies, wanted = form.wanted(timezone.localdate())
    if request.POST.get("lam") == "giao":
        count = assign(wanted, decision=form.cleaned_data["decision"], by=request.actor, at=timezone.now())
        messages.success(request, _("Đã giao. %(count)s chỗ thay đổi") % {"count": count})
        return redirect(BASE)
    fresh = differing(wanted)
    per = {one.pk: sum(row.procedure_id == one.pk for row in fresh) for one in procedures}
    words = doing(form.cleaned_data["receives"], form.cleaned_data["competent"])
    context = {
        "title": _("Xem trước khi giao"),
        "back": back,
        "summary": _("%(procedures)s thủ tục, %(agencies)s cơ quan: %(words)s. %(fresh)s chỗ sẽ thay đổi.")
        % {"procedures": len(procedures), "agencies": len(agencies), "words": words, "fresh": len(fresh)},
        "columns": [_("Thủ tục"), _("Cơ quan thay đổi"), _("Đã đúng")],
        "rows": [
            {"cells": [{"text": str(one), "clamp": True}, str(per[one.pk]), str(len(agencies) - per[one.pk])]}
            for one in procedures[:200]
        ],
        "hidden": [(name, value) for name, value in request.POST.items() if name in form.fields] + [("lam", "giao")],
        "submit": _("Giao %(count)s chỗ") % {"count": len(fresh)} if fresh else "",
        "warnings": [] if agencies else [_("Không có cơ quan nào của cấp này đang tiếp nhận hồ sơ.")],
    }
    return render(request, "procedures/admin/organisation/preview.html", context)
