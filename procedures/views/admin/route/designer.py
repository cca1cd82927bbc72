"""The stages of a case: a table to add, change, move and remove them, with the picture and what is still wrong."""

from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.floor.vietnamese import BadText, clean
from portal.floor.web import ActorRequest
from procedures import drafting, linting, publishing
from procedures.condition_words import in_words
from procedures.eforms import fields
from procedures.eforms.kinds import grouped
from procedures.models import Case, ProcedureVersion, Route, RouteStage
from procedures.views.admin.access import catalogue_office, open_version
from procedures.views.admin.route.flow import drawn, place_of
from procedures.views.admin.route.forms import ConsultationFormSet, StageForm, key_for

State = ProcedureVersion.State


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def route(request: ActorRequest, code: str, number: int, key: str) -> HttpResponse:
    """The route of a case. POST: `len` or `xuong` moves the stage of that key, `quyet_dinh` notes the decision."""
    version, case = _found(code, number, key)
    if request.method == "POST":
        with _changing(request, case):
            _change(request, case)
        return redirect(request.path)
    editable = version.state in (State.DRAFT, State.REVIEWED)
    stages = _stages(case)
    specs = list(fields(case.form.schema)) if case.form else []
    parts = (f"{case.key}: route", f"{case.key}: hours", f"{case.key}: seats")
    found = [one for one in (*linting.defects(version), *linting.warnings(version)) if one.part in parts]
    context = {
        "version": version, "procedure": version.procedure, "case": case, "editable": editable,
        "back": f"/quan-tri/thu-tuc/{code}/quy-trinh?ban={number}",
        "stages": [_row(stage, specs, number, len(stages)) for number, stage in enumerate(stages, 1)],
        "flow": drawn(case), "decision": getattr(getattr(case, "route", None), "decision", ""),
        "hours": grouped(sum((stage.hours for stage in stages), Decimal(0)).normalize()) if stages else "",
        "limit": f"{case.time_amount} {case.get_time_unit_display()}" if case.time_amount else "",
        "errors": [one.reason for one in found if one.severity == "error"],
        "warnings": [one.reason for one in found if one.severity == "warning"],
        "others": [one for one in version.cases.all() if one.pk != case.pk],
    }  # fmt: skip
    return render(request, "procedures/admin/route/route.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def stage(request: ActorRequest, code: str, number: int, key: str, stage_key: str = "") -> HttpResponse:
    """One stage as a form, without `stage_key` a new one at the end; POST `bo`: take it off the route."""
    version, case = _found(code, number, key)
    row = next((one for one in _stages(case) if one.key == stage_key), None)
    if stage_key and row is None:
        raise Http404
    if request.method != "POST" and version.state not in (State.DRAFT, State.REVIEWED):
        raise publishing.PublishingRefused(_("Phiên bản đã công bố không sửa được. Tạo bản thảo mới"))
    back = f"/quan-tri/thu-tuc/{code}/ban/{number}/quy-trinh/{key}"
    if request.method == "POST" and row and "bo" in request.POST:
        with _changing(request, case):
            _remove(request, case, row)
        return redirect(back)
    form, asked = _forms(request, case, row)
    if form.is_bound and form.is_valid() and asked.is_valid():
        with _changing(request, case):
            _save(request, case, form, asked)
        return redirect(back)
    context = {
        "version": version, "procedure": version.procedure, "case": case, "stage": row, "form": form, "asked": asked,
        "back": back,
    }  # fmt: skip
    return render(request, "procedures/admin/route/stage.html", context, status=422 if form.is_bound else 200)


@require_safe
@catalogue_office()
def moved(request: ActorRequest, code: str, number: int, key: str) -> HttpResponse:
    """The address under which stages were edited as plain rows."""
    return redirect("catalogue_route", code, number, key)


def _found(code: str, number: int, key: str) -> tuple[ProcedureVersion, Case]:
    version = open_version(code, number)
    case = next((one for one in version.cases.all() if one.key == key), None)
    if case is None:
        raise Http404
    return version, case


def _stages(case: Case) -> list[RouteStage]:
    route = getattr(case, "route", None)
    return sorted(route.stages.all(), key=lambda row: row.order) if route else []


def _row(stage: RouteStage, specs: list[Any], number: int, last: int) -> dict[str, Any]:
    return {
        "number": number, "key": stage.key, "name": stage.name, "kind": stage.get_kind_display(),
        "level": stage.get_level_display(), "where": place_of(stage), "role": stage.get_role_display(),
        "hours": _("%(hours)s\u00a0giờ") % {"hours": grouped(stage.hours.normalize())},
        "first": number == 1, "last": number == last,
        "condition": in_words(stage.condition, specs) if stage.condition else "",
        "asked": [one.agency.name for one in stage.consultations.all()],
    }  # fmt: skip


def _change(request: ActorRequest, case: Case) -> None:
    if "quyet_dinh" in request.POST:
        _decide(request, case)
        return
    keys = [stage.key for stage in _stages(case)]
    for name, by in (("len", -1), ("xuong", 1)):
        key = request.POST.get(name, "")
        if key in keys and 0 <= (place := keys.index(key) + by) < len(keys):
            keys.remove(key)
            keys.insert(place, key)
            _order(case.route, keys)
            messages.success(request, _("Đã chuyển bước thành bước %(n)s") % {"n": place + 1})


def _decide(request: ActorRequest, case: Case) -> None:
    try:
        decision = clean(request.POST["quyet_dinh"]).strip()[:100]
    except BadText as mistake:
        messages.error(request, str(mistake))
        return
    route, _new = Route.objects.get_or_create(case=case)
    Route.objects.filter(pk=route.pk).update(decision=decision)
    messages.success(request, _("Đã ghi quyết định phê duyệt quy trình"))


def _order(route: Route, keys: list[str]) -> None:
    """Number the stages anew; the numbers are unique, so all step aside first."""
    route.stages.update(order=F("order") + 1000)
    for number, key in enumerate(keys, 1):
        route.stages.filter(key=key).update(order=number)


def _remove(request: ActorRequest, case: Case, row: RouteStage) -> None:
    keys = [stage.key for stage in _stages(case) if stage.key != row.key]
    row.delete()
    _order(case.route, keys)
    messages.success(request, _("Đã bỏ bước %(name)s") % {"name": row.name})


def _forms(request: ActorRequest, case: Case, row: RouteStage | None) -> tuple[StageForm, Any]:
    data = request.POST if request.method == "POST" else None
    specs = list(fields(case.form.schema)) if case.form else []
    asked: Any = ConsultationFormSet(data, instance=row or RouteStage(), prefix="y-kien")
    asked.specs = specs
    return StageForm(data, instance=row, specs=specs), asked


def _save(request: ActorRequest, case: Case, form: StageForm, asked: Any) -> None:
    kept: RouteStage = form.save(commit=False)
    if kept.pk is None:
        kept.route, _new = Route.objects.get_or_create(case=case)
        kept.key, kept.order = key_for(kept.route, kept.name), len(_stages(case)) + 1
    kept.save()
    asked.instance = kept
    asked.save()
    messages.success(request, _("Đã lưu bước %(name)s") % {"name": kept.name})


def _changing(request: ActorRequest, case: Case) -> AbstractContextManager[ProcedureVersion]:
    return drafting.change(case.version, by=request.actor, at=timezone.now(), part=f"quy-trinh/{case.key}")
