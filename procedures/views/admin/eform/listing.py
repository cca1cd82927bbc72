"""All electronic forms, new ones, and copies."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.floor.vietnamese import fold, sort_key
from portal.floor.web import ActorRequest
from procedures import eforms, form_revisions
from procedures.forms import CleanText
from procedures.models import Case, Form
from procedures.views.admin.access import catalogue_office


class NewForm(CleanText, forms.Form):
    """Name and code of a new form, empty or a copy."""

    name = forms.CharField(
        label=_lazy("Tên tờ khai"), max_length=200, error_messages={"required": _lazy("Nhập tên tờ khai")}
    )
    code = forms.CharField(
        label=_lazy("Mã tờ khai"), max_length=30, error_messages={"required": _lazy("Nhập mã tờ khai")},
        help_text=_lazy("Chữ hoa không dấu, số, gạch nối, ví dụ TK-KHAISINH. Mã không đổi được về sau."),
    )  # fmt: skip

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        if not form_revisions.CODE.fullmatch(code):
            raise ValidationError(_("Mã gồm chữ không dấu, số, gạch nối, từ 2 đến 30 ký tự"))
        if Form.objects.filter(code=code).exists():
            raise ValidationError(_("Mã %(code)s đã có tờ khai dùng. Đặt mã khác") % {"code": code})
        return code


@require_safe
@catalogue_office()
def forms_list(request: ActorRequest) -> HttpResponse:
    query = request.GET.get("q", "")[:80].replace("\x00", "")
    newest = Form.objects.order_by("code", "-revision").distinct("code")
    words = fold(query).split()
    found = [form for form in newest if all(word in fold(f"{form.code} {form.name}") for word in words)]
    uses = dict(
        Case.objects.filter(version__state="published")
        .values_list("form__code")
        .annotate(count=Count("version__procedure", distinct=True))
    )
    rows = [_row(form, uses.get(form.code, 0)) for form in sorted(found, key=lambda form: sort_key(form.name))]
    context = {
        "query": query,
        "columns": [_("Tờ khai"), _("Bản mới nhất"), _("Trang"), _("Ô"), _("Đang dùng ở")],
        "rows": rows,
        "note": _("%(count)s tờ khai") % {"count": len(rows)},
        "section": "forms",
    }
    return render(request, "procedures/admin/eform/list.html", context)


def _row(form: Form, uses: int) -> dict[str, Any]:
    questions = sum(1 for spec in eforms.fields(form.schema) if spec.get("type") != "explanation")
    name = {"text": form.name, "sub": form.code, "url": f"/quan-tri/bieu-mau/{form.code}/{form.revision}"}
    cells = [
        name,
        _("bản %(number)s") % {"number": form.revision},
        _("%(count)s trang") % {"count": len(eforms.pages(form.schema))},
        _("%(count)s ô") % {"count": questions},
        _("%(count)s thủ tục") % {"count": uses} if uses else _("Chưa thủ tục nào"),
    ]
    return {"cells": cells}


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def new(request: ActorRequest) -> HttpResponse:
    """An empty form, or with `?tu=CODE` a copy of the newest revision of another."""
    source = form_revisions.newest(request.GET.get("tu", "")[:30].replace("\x00", ""))
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        schema: dict[str, Any] = source.schema if source else {"pages": []}
        code, name = form.cleaned_data["code"], form.cleaned_data["name"]
        form_revisions.create(code, name, schema, by=request.actor, at=timezone.now())
        return redirect("eform_edit", code, 1)
    context = {"form": form, "source": source, "section": "forms"}
    return render(request, "procedures/admin/eform/new.html", context, status=422 if form.is_bound else 200)
