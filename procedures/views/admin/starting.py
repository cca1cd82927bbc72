"""A procedure from nothing, its place in the catalogue, and the cases of its draft."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.floor.vietnamese import fold
from portal.floor.web import ActorRequest
from procedures import drafting, history, publishing
from procedures.forms import CleanText, ProcedureForm
from procedures.models import Case, Level, Procedure, ProcedureVersion, ServiceField
from procedures.publishing import PublishingRefused
from procedures.views.admin.access import catalogue_office, chosen_version, open_version

PLACES = {"len": -1, "xuong": 1}


class StartForm(CleanText, forms.Form):
    """Code, field, level and name of a procedure that is not in the catalogue yet."""

    code = forms.CharField(
        label=_lazy("Mã thủ tục"),
        max_length=30,
        help_text=_lazy("Ví dụ 1.001193, hoặc cả phần đuôi 1.001193.000.00.00.H62"),
        error_messages={"required": _lazy("Nhập mã thủ tục")},
    )
    national = forms.TypedChoiceField(
        label=_lazy("Nguồn"),
        choices=[("yes", _lazy("Cơ sở dữ liệu quốc gia: mã và tên không sửa ở đây sau khi tạo")),
                 ("no", _lazy("Thủ tục của địa phương"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Chọn nguồn của thủ tục")},
    )  # fmt: skip
    name = forms.CharField(
        label=_lazy("Tên thủ tục"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _lazy("Nhập tên thủ tục")},
    )
    short_name = forms.CharField(label=_lazy("Tên gọi thường ngày"), max_length=200, required=False)
    level = forms.ChoiceField(
        label=_lazy("Cấp giải quyết"),
        choices=Level.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Chọn cấp giải quyết")},
    )
    field = forms.ModelChoiceField(
        ServiceField.objects.order_by("name"),
        label=_lazy("Lĩnh vực"),
        required=False,
        empty_label=_lazy("Lĩnh vực mới, ghi bên dưới"),
    )
    field_code = forms.CharField(
        label=_lazy("Mã lĩnh vực mới"), max_length=20, required=False, help_text=_lazy("Ví dụ G15-HT")
    )
    field_name = forms.CharField(label=_lazy("Tên lĩnh vực mới"), max_length=150, required=False)
    like = forms.CharField(
        label=_lazy("Chép nội dung từ thủ tục có mã"),
        max_length=30,
        required=False,
        help_text=_lazy("Chép giấy tờ, phí, quy trình, tờ khai; để trống: bắt đầu từ đầu"),
    )

    def clean_code(self) -> tuple[str, str]:
        found = drafting.CODE.fullmatch(self.cleaned_data["code"].strip())
        if not found:
            raise ValidationError(_("Mã thủ tục có dạng 1.001193 hoặc 1.001193.000.00.00.H62. Xem lại các chữ số"))
        if Procedure.objects.filter(code=found[1]).exists():
            raise ValidationError(_("Mã %(code)s đã có thủ tục. Mở thủ tục đó để sửa") % {"code": found[1]})
        return found[1], found[2] or ""

    def clean_field_code(self) -> str:
        code: str = self.cleaned_data["field_code"].strip()
        if code and not drafting.FIELD_CODE.fullmatch(code):
            raise ValidationError(_("Mã lĩnh vực gồm mã bộ, dấu gạch và mã lĩnh vực, ví dụ G15-HT"))
        return code

    def clean_like(self) -> ProcedureVersion | None:
        code = self.cleaned_data["like"].strip()[:8]
        if not code:
            return None
        try:
            return chosen_version(code, None)
        except Http404:
            raise ValidationError(_("Không có thủ tục mã %(code)s. Xem lại mã") % {"code": code}) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        code, name = cleaned.get("field_code"), cleaned.get("field_name")
        if cleaned.get("field"):
            if code or name:
                self.add_error("field", _("Chọn lĩnh vực có sẵn, hoặc ghi lĩnh vực mới; không cả hai"))
        elif "field_code" not in self.errors:
            for field, value, words in (
                ("field_code", code, _("Chọn lĩnh vực ở trên, hoặc nhập mã lĩnh vực mới")),
                ("field_name", name, _("Nhập tên lĩnh vực mới")),
            ):
                if not value:
                    self.add_error(field, words)
        if name and ServiceField.objects.filter(name=name).exclude(code=code).exists():
            self.add_error("field_name", _("Đã có lĩnh vực tên này. Chọn trong danh sách ở trên"))
        return cleaned


class CaseStart(CleanText, forms.Form):
    """A further case of a draft."""

    name = forms.CharField(
        label=_lazy("Tên trường hợp"), max_length=200, error_messages={"required": _lazy("Nhập tên trường hợp")}
    )
    like = forms.CharField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def start(request: ActorRequest) -> HttpResponse:
    """A new procedure with its first draft."""
    form = StartForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        code, suffix = given["code"]
        field = given["field"] or drafting.field_named(given["field_code"], given["field_name"])
        procedure = Procedure(
            code=code, code_suffix=suffix, field=field, level=given["level"], national=given["national"]
        )
        version = drafting.start_procedure(
            procedure, name=given["name"], short_name=given["short_name"], source=given["like"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Đã tạo thủ tục với bản thảo đầu tiên. Điền từng thẻ rồi nhờ thẩm định"))
        return redirect(f"/quan-tri/thu-tuc/{code}?ban={version.number}")
    context = {"form": form, "title": _("Thủ tục mới"), "back": "/quan-tri/thu-tuc", "save": _("Tạo bản thảo")}
    return render(request, "procedures/admin/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def place(request: ActorRequest, code: str) -> HttpResponse:
    """Where the procedure stands in the catalogue: field, level, life events, everyday words."""
    procedure: Procedure = get_object_or_404(Procedure.objects.select_related("field"), code=code)
    before = _placed(procedure)
    form = ProcedureForm(request.POST or None, instance=procedure)
    if form.is_bound and form.is_valid():
        kept = form.save()
        version = chosen_version(code, None)
        publishing.describe(kept, procedure.versions.filter(state="published").first() or version)
        kept.save()
        after = _placed(kept)
        changes = {label: (before[label], after[label]) for label in after if before[label] != after[label]}
        if changes:
            history.record("procedure.edited", by=request.actor, at=timezone.now(), subject=str(kept), key=code,
                           procedure=kept, changes=changes)  # fmt: skip
        return redirect(f"/quan-tri/thu-tuc/{code}")
    context = {"form": form, "title": _("Xếp trong danh mục"), "back": f"/quan-tri/thu-tuc/{code}", "save": _("Lưu"),
               "sub": str(procedure)}  # fmt: skip
    return render(request, "procedures/admin/form.html", context, status=422 if form.is_bound else 200)


def _placed(procedure: Procedure) -> dict[str, str]:
    return {
        _("Lĩnh vực"): procedure.field.name,
        _("Cấp giải quyết"): str(procedure.get_level_display()),
        _("Việc trong đời"): ", ".join(procedure.life_events.order_by("order").values_list("name", flat=True)),
        _("Từ người dân hay gõ"): procedure.keywords,
    }


@require_POST
@catalogue_office()
def add_case(request: ActorRequest, code: str, number: int) -> HttpResponse:
    version, form = open_version(code, number), CaseStart(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(f"/quan-tri/thu-tuc/{code}/truong-hop?ban={number}")
    like = version.cases.filter(key=form.cleaned_data["like"]).first()
    name = form.cleaned_data["name"]
    if any(fold(one.name) == fold(name) for one in version.cases.all()):
        raise PublishingRefused(_("Đã có trường hợp “%(name)s”. Đặt tên khác") % {"name": name})
    drafting.add_case(version, name, like=like, by=request.actor, at=timezone.now())
    return redirect(f"/quan-tri/thu-tuc/{code}/truong-hop?ban={number}")


@require_POST
@catalogue_office()
def change_case(request: ActorRequest, code: str, number: int, key: str) -> HttpResponse:
    """Remove a case, or ask it earlier or later."""
    case = get_object_or_404(Case.objects.select_related("version__procedure"), key=key,
                             version=open_version(code, number))  # fmt: skip
    act = request.POST.get("viec", "")
    if act == "bo":
        drafting.remove_case(case, by=request.actor, at=timezone.now())
    elif act in PLACES:
        drafting.move_case(case, PLACES[act], by=request.actor, at=timezone.now())
    return redirect(f"/quan-tri/thu-tuc/{code}/truong-hop?ban={number}")
