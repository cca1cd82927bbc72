"""Editing an open version: texts, cases, papers, fees, stages, each part a page of its own."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.floor.web import ActorRequest
from procedures import publishing
from procedures.forms import CaseForm, DocumentFormSet, FeeFormSet, StageFormSet, VersionForm
from procedures.models import Case, ProcedureVersion, Route
from procedures.views.admin.access import catalogue_office, open_version

ROWS = {"thanh-phan": DocumentFormSet, "phi": FeeFormSet, "quy-trinh": StageFormSet}
TABS = {"noi-dung": "thong-tin", "truong-hop": "bieu-mau"}


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def part(request: ActorRequest, code: str, number: int, part: str, key: str = "") -> HttpResponse:
    """One part of a version as a form. A published version answers 409."""
    with transaction.atomic():
        version = open_version(code, number)
        if request.method == "POST":
            publishing.touch(version, by=request.actor, at=timezone.now())
        elif version.state not in (ProcedureVersion.State.DRAFT, ProcedureVersion.State.REVIEWED):
            raise publishing.PublishingRefused(_("Phiên bản đã công bố không sửa được. Tạo bản thảo mới"))
        form = _form(request, version, part, key)
        if form.is_bound and form.is_valid():
            form.save()
            return redirect(f"/quan-tri/thu-tuc/{code}/{TABS.get(part, part)}?ban={number}")
        transaction.set_rollback(form.is_bound)  # a refused form takes no review back
    context = {
        "version": version,
        "procedure": version.procedure,
        "form": form if part in ("noi-dung", "truong-hop") else None,
        "formset": form if part in ROWS else None,
        "title": _titles()[part],
        "back": f"/quan-tri/thu-tuc/{code}/{TABS.get(part, part)}?ban={number}",
    }
    return render(request, "procedures/admin/edit.html", context, status=422 if form.is_bound else 200)


def _form(request: ActorRequest, version: ProcedureVersion, part: str, key: str) -> Any:
    data = request.POST if request.method == "POST" else None
    if part == "noi-dung" and not key:
        return VersionForm(data, instance=version)
    case = version.cases.filter(key=key).first()
    if case is None:
        raise Http404
    if part == "truong-hop":
        return CaseForm(data, instance=case)
    if part in ROWS:
        parent: Case | Route = case
        if part == "quy-trinh":
            parent = Route.objects.get_or_create(case=case)[0] if data is not None else _route(case)
        return ROWS[part](data, instance=parent, prefix="dong")
    raise Http404


def _route(case: Case) -> Route:
    return getattr(case, "route", None) or Route(case=case)


def _titles() -> dict[str, str]:
    return {
        "noi-dung": _("Sửa nội dung"),
        "truong-hop": _("Sửa thời hạn, tờ khai, kết quả"),
        "thanh-phan": _("Sửa thành phần hồ sơ"),
        "phi": _("Sửa phí, lệ phí"),
        "quy-trinh": _("Sửa quy trình"),
    }
