"""Groups of procedures filed together: an editor writes, a reviewer publishes by decision."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.floor.web import ActorRequest
from procedures import groups
from procedures.forms import CleanText, PublishForm
from procedures.models import LifeEvent, Procedure, ProcedureGroup, Role
from procedures.publishing import PublishingRefused
from procedures.views.admin.access import catalogue_office

if TYPE_CHECKING:  # generic for the type checker alone
    ModelForm = forms.ModelForm[ProcedureGroup]
else:
    ModelForm = forms.ModelForm
SPARE, MOST = 3, 12  # empty rows offered; members a group may have


class GroupForm(CleanText, ModelForm):
    code = forms.RegexField(
        r"^[0-9A-Za-z.\-]{3,20}$", label=_lazy("Mã nhóm"), max_length=20,
        help_text=_lazy("Mã của quyết định công bố, hoặc mã thủ tục liên thông nếu có, ví dụ 2.000986"),
        error_messages={"invalid": _lazy("Mã chỉ gồm chữ không dấu, số, dấu chấm, dấu gạch; ít nhất 3 ký tự"),
                        "required": _lazy("Nhập mã nhóm")},
    )  # fmt: skip
    life_events = forms.ModelMultipleChoiceField(
        LifeEvent.objects.order_by("order", "pk"),
        label=_lazy("Việc trong đời"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ProcedureGroup
        fields = ("code", "name", "summary", "life_events")
        error_messages = {"name": {"required": _lazy("Nhập tên nhóm")}}


class MemberForm(CleanText, forms.Form):
    """One procedure of the group; an empty code takes the row out."""

    order = forms.IntegerField(label=_lazy("Thứ tự"), required=False, min_value=1, max_value=99)
    code = forms.CharField(label=_lazy("Mã thủ tục"), required=False, max_length=8)
    after = forms.CharField(label=_lazy("Chờ kết quả của (mã thủ tục)"), required=False, max_length=8)
    optional = forms.BooleanField(label=_lazy("Người nộp được chọn làm hay không"), required=False)


class MemberRows(forms.BaseFormSet[MemberForm] if TYPE_CHECKING else forms.BaseFormSet):  # type: ignore[misc]
    """The members together; `members` is what `groups.save` takes."""

    def clean(self) -> None:
        self.members: list[groups.Member] = []
        if any(self.errors):
            return
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("code")]
        rows.sort(key=lambda row: row["order"] or 99)
        wanted = {row["code"] for row in rows} | {row["after"] for row in rows if row["after"]}
        known = {one.code: one for one in Procedure.objects.filter(code__in=wanted)}
        codes = [row["code"] for row in rows]
        if missing := sorted(wanted - known.keys()):
            raise ValidationError(_("Không có thủ tục %(codes)s trong danh mục") % {"codes": ", ".join(missing)})
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValidationError(_("%(codes)s có hai lần") % {"codes": ", ".join(twice)})
        for at, row in enumerate(rows):
            if row["after"] and row["after"] not in codes[:at]:
                words = _("%(code)s chờ kết quả của %(after)s thì phải đứng sau thủ tục ấy trong nhóm")
                raise ValidationError(words % row)
        self.members = [groups.Member(known[row["code"]], row["optional"], known.get(row["after"])) for row in rows]


MemberFormSet = forms.formset_factory(MemberForm, formset=MemberRows, extra=SPARE, max_num=MOST, absolute_max=MOST)


@require_safe
@catalogue_office()
def listed(request: ActorRequest) -> HttpResponse:
    found = ProcedureGroup.objects.select_related("decision").prefetch_related("members").order_by("code")
    context = {
        "columns": [_("Nhóm"), _("Thủ tục"), _("Quyết định"), _("Trạng thái")],
        "rows": [
            {
                "cells": [
                    {"text": one.name, "sub": one.code, "url": f"/quan-tri/nhom/{one.code}", "clamp": True},
                    _count(len(one.members.all())),
                    one.decision.number if one.decision else "",
                    {"text": "", "tag": _state(one)},
                ]
            }
            for one in found
        ],
    }
    return render(request, "procedures/admin/groups.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def edited(request: ActorRequest, code: str = "") -> HttpResponse:
    """One group: its form while it is a draft, its contents once it is published."""
    group = get_object_or_404(ProcedureGroup, code=code) if code else ProcedureGroup()
    members = (
        list(group.members.select_related("procedure", "after__procedure").order_by("order", "pk")) if code else []
    )
    initial = [
        {"order": number, "code": one.procedure.code, "optional": one.optional,
         "after": one.after.procedure.code if one.after else ""}
        for number, one in enumerate(members, 1)
    ]  # fmt: skip
    data = request.POST if request.method == "POST" else None
    form = GroupForm(data, instance=group)
    rows: Any = MemberFormSet(data, initial=None if data else initial, prefix="thu-tuc")
    if data is not None and group.valid_from is not None:
        raise PublishingRefused(_("Nhóm đã công bố không sửa được. Người thẩm định rút về bản thảo trước"))
    if data is not None and form.is_valid() and rows.is_valid():
        saved = groups.save(form.save(commit=False), rows.members, by=request.actor, at=timezone.now())
        saved.life_events.set(form.cleaned_data["life_events"])
        messages.success(request, _("Đã lưu nhóm"))
        return redirect("group_edit", saved.code)
    context = {
        "group": group if code else None,
        "state": _state(group),
        "form": form,
        "formset": rows,
        "members": [_member(one) for one in members],
        "draft": group.valid_from is None,
        "reviewer": request.actor.has_role(Role.CATALOGUE_REVIEWER),
        "publish_form": PublishForm(initial={"effective_on": timezone.localdate()}),
        "live": group.valid_from is not None and group.valid_to is None,
    }
    return render(request, "procedures/admin/group.html", context, status=200 if data is None else 422)


@require_POST
@catalogue_office(Role.CATALOGUE_REVIEWER)
def step(request: ActorRequest, code: str, verb: str) -> HttpResponse:
    """Publish by decision, take back to change, or end from today on."""
    group, at = get_object_or_404(ProcedureGroup, code=code), timezone.now()
    if verb == "cong-bo":
        form = PublishForm(request.POST)
        if not form.is_valid():
            raise PublishingRefused(" ".join(str(text) for texts in form.errors.values() for text in texts))
        terms = {name: form.cleaned_data[name] for name in ("number", "signed_on", "effective_on")}
        groups.publish(group, by=request.actor, at=at, **terms)
        messages.success(request, _("Đã công bố nhóm"))
    elif verb == "rut-ve":
        groups.reopen(group, by=request.actor, at=at)
        messages.success(request, _("Đã rút về bản thảo. Người dân tạm thời không thấy nhóm này"))
    else:
        groups.end(group, by=request.actor, at=at)
        messages.success(request, _("Đã chấm dứt. Hôm nay là ngày cuối cùng"))
    return redirect("group_edit", code)


def _count(number: int) -> str:
    return ngettext("%(n)d thủ tục", "%(n)d thủ tục", number) % {"n": number}


def _member(member: Any) -> dict[str, Any]:
    notes = [
        _("Người nộp được chọn") if member.optional else "",
        _("Chờ kết quả của %(code)s") % {"code": member.after.procedure.code} if member.after else "",
    ]
    procedure = member.procedure
    text = f"{procedure.code} {procedure.short_name or procedure.name}"
    return {"title": text, "text": ". ".join(filter(None, notes))}


def _state(group: ProcedureGroup) -> dict[str, str]:
    today = timezone.localdate()
    if group.valid_from is None:
        return {"text": _("Bản thảo"), "tone": "amber"}
    if group.valid_to and group.valid_to < today:
        return {"text": _("Đã chấm dứt"), "tone": ""}
    if group.valid_from > today:
        return {"text": _("Áp dụng từ %(day)s") % {"day": f"{group.valid_from:%d/%m/%Y}"}, "tone": "blue"}
    return {"text": _("Đang áp dụng"), "tone": "green"}


HOME = "quan-tri/nhom"
urlpatterns = [
    path(HOME, listed, name="groups"),
    path(f"{HOME}/moi", edited, name="group_new"),
    path(f"{HOME}/<str:code>", edited, name="group_edit"),
    *(
        path(f"{HOME}/<str:code>/{verb}", step, {"verb": verb}, name=f"group_{name}")
        for verb, name in (("cong-bo", "publish"), ("rut-ve", "reopen"), ("cham-dut", "end"))
    ),
]
