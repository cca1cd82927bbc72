"""The steps of a version's life: new draft, review, publication by decision, abolition."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.floor.web import ActorRequest
from procedures import publishing, scenarios
from procedures.forms import CleanText, PublishForm
from procedures.models import Procedure, ProcedureVersion, Role
from procedures.views.admin.access import catalogue_office, open_version


class RetireForm(CleanText, forms.Form):
    """By what a procedure is abolished, and what people follow instead; both where they are known."""

    number = forms.CharField(label=_lazy("Số quyết định bãi bỏ"), max_length=60, required=False)
    successor = forms.CharField(label=_lazy("Mã thủ tục thay thế"), max_length=8, required=False)

    def clean_successor(self) -> Procedure | None:
        if not (code := self.cleaned_data["successor"]):
            return None
        found: Procedure | None = Procedure.objects.filter(code=code).first()
        if found is None:
            raise ValidationError(_("Không có thủ tục %(code)s trong danh mục") % {"code": code})
        return found


@require_POST
@catalogue_office()
def draft(request: ActorRequest, code: str) -> HttpResponse:
    """A draft like the version in force, or like the one that `tu` numbers."""
    procedure = get_object_or_404(Procedure, code=code)
    number = request.POST.get("tu", "")
    source = get_object_or_404(procedure.versions.all(), number=int(number)) if number.isdecimal() else None
    version = publishing.draft_version(procedure, source=source, by=request.actor, at=timezone.now())
    messages.success(request, _("Đã tạo bản thảo phiên bản %(n)s") % {"n": version.number})
    return redirect(f"/quan-tri/thu-tuc/{code}?ban={version.number}")


@require_POST
@catalogue_office(Role.CATALOGUE_REVIEWER)
def review(request: ActorRequest, code: str, number: int) -> HttpResponse:
    publishing.review(open_version(code, number), by=request.actor, at=timezone.now())
    messages.success(request, _("Đã thẩm định. Công bố khi có quyết định"))
    return redirect(f"/quan-tri/thu-tuc/{code}?ban={number}")


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office(Role.CATALOGUE_REVIEWER)
def publish(request: ActorRequest, code: str, number: int) -> HttpResponse:
    version, at = open_version(code, number), timezone.now()
    broken = scenarios.replay(version)
    form = PublishForm(request.POST or None, initial={"effective_on": timezone.localdate(at)}, broken=bool(broken))
    if form.is_bound and form.is_valid():
        terms = {name: form.cleaned_data[name] for name in ("number", "signed_on", "effective_on")}
        published = publishing.publish(version, by=request.actor, at=at, **terms)
        if published.decision and publishing.short_notice(published.decision):
            messages.warning(request, _("Từ ngày ký đến ngày có hiệu lực ít hơn 5 ngày (NĐ 63/2010 điều 15)"))
        if published.state == ProcedureVersion.State.PUBLISHED:
            messages.success(request, _("Đã công bố. Người dân thấy nội dung mới từ bây giờ"))
        else:
            day = f"{form.cleaned_data['effective_on']:%d/%m/%Y}"
            messages.success(request, _("Đã hẹn công bố ngày %(day)s") % {"day": day})
        return redirect(f"/quan-tri/thu-tuc/{code}?ban={number}")
    context = {"version": version, "procedure": version.procedure, "form": form, "broken": broken}
    return render(request, "procedures/admin/publish.html", context, status=422 if form.is_bound else 200)


@require_POST
@catalogue_office(Role.CATALOGUE_REVIEWER)
def retire(request: ActorRequest, code: str, number: int) -> HttpResponse:
    form = RetireForm(request.POST)
    if not form.is_valid():
        raise publishing.PublishingRefused(" ".join(str(text) for texts in form.errors.values() for text in texts))
    publishing.retire(open_version(code, number), by=request.actor, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Đã bãi bỏ. Hồ sơ đang giải quyết vẫn theo phiên bản này"))
    return redirect(f"/quan-tri/thu-tuc/{code}?ban={number}")
