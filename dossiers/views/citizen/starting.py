"""Before the first question: what filing takes, and which one-stop unit when there is a choice."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dossiers import intake
from dossiers.forms import StartForm
from dossiers.models import Draft
from dossiers.views.citizen import uploads
from dossiers.views.citizen.guard import citizens_only
from dossiers.views.citizen.steps import Filing
from portal.floor.actor import Actor
from portal.floor.throttling import limited
from portal.floor.web import ActorRequest
from procedures import eforms, wording
from procedures.models import Agency, Case, OnlineScope, ProcedureVersion, ProvinceProfile
from procedures.ruleset import Rules

ONLINE = {OnlineScope.PARTIAL, OnlineScope.FULL}


@citizens_only
@require_http_methods(["GET", "HEAD", "POST"])
@limited("filing", settings.THROTTLES["filing"])
def start(request: ActorRequest, code: str) -> HttpResponseBase:
    """GET tells what is needed, POST opens a draft or goes on with the one there is."""
    version = _version(code)
    agencies = list(_agencies(version))
    if version.online_scope not in ONLINE or not agencies:
        return redirect("procedure", code)
    at = timezone.now()
    draft = _draft(version, by=request.actor, at=at)
    initial = {"agency": draft.receiving_agency_id} if draft else {}
    posted = request.POST if request.method == "POST" else None
    form = StartForm(agencies, request.user.address, data=posted, initial=initial)  # type: ignore[union-attr]
    if form.is_valid():
        draft = _open(version, draft, by=request.actor, at=at, agency=form.place)
        filing = Filing(draft, request.user)
        return redirect(filing.url(filing.steps[0]))
    context = _context(version, draft, at) | {"form": form}
    return render(request, "dossiers/citizen/start.html", context, status=422 if form.errors else 200)


def _version(code: str) -> ProcedureVersion:
    versions = ProcedureVersion.objects.in_force(timezone.localdate()).select_related("procedure")
    version: ProcedureVersion | None = versions.filter(procedure__code=code).first()
    if version is None:
        raise Http404
    return version


def _agencies(version: ProcedureVersion) -> QuerySet[Agency]:
    in_force: QuerySet[Agency] = Agency.objects.in_force(timezone.localdate()).receiving()
    receiving = in_force.filter(procedures__procedure=version.procedure_id, procedures__receives=True)
    return receiving.order_by("name_fold", "pk")


def _draft(version: ProcedureVersion, *, by: Actor, at: dt.datetime) -> Draft | None:
    """The newest unsent draft for this procedure, of this version or an earlier one."""
    drafts = Draft.objects.of(by, at).unsent().filter(procedure_version__procedure=version.procedure_id, filing=None)
    newest: Draft | None = drafts.select_related("procedure_version").order_by("-updated_at").first()
    return newest


def _open(version: ProcedureVersion, draft: Draft | None, *, by: Actor, at: dt.datetime, agency: Agency) -> Draft:
    """That draft, or a new one; what was answered on an earlier version is carried over as far as it is still asked."""
    if draft is None or draft.procedure_version_id != version.pk:
        rules = Rules.of(ProvinceProfile.objects.select_related("default_rule_profile").get().default_rule_profile)
        earlier, draft = draft, intake.start(version, by=by, at=at, agency=agency, rules=rules)
        if earlier is not None:
            asked = {spec["key"] for spec in eforms.fields(Filing(draft, None).schema)}
            kept = {key: value for key, value in earlier.answers.items() if key in asked}
            intake.save_draft(draft, at=at, answers=kept, delivery=earlier.delivery)
    elif draft.receiving_agency_id != agency.pk:
        intake.save_draft(draft, at=at, agency=agency)
    return draft


def _context(version: ProcedureVersion, draft: Draft | None, at: dt.datetime) -> dict[str, Any]:
    cases = list(version.cases.select_related("form").prefetch_related("required_documents").order_by("order", "id"))
    documents = sorted(cases[0].required_documents.all(), key=lambda one: (one.order, one.pk)) if cases else []
    papers = [
        {"name": one.name, "notes": list(filter(None, [one.hint, _when(one.required, one.condition)]))}
        for one in uploads.to_send(documents)
        if not one.is_form
    ]
    return {
        "version": version,
        "title": version.short_name or version.name,
        "section": "mine",
        "facts": [
            {"icon": "pen-line", "label": _("Điền mất khoảng"), "text": _minutes(cases[:1], len(papers))},
            {"icon": "clock", "label": _("Bao lâu có kết quả"), "text": wording.times(cases)},
        ],
        "papers": papers + uploads.spared(documents),
        "left": (draft.expires_at - at).days if draft else None,
    }


def _when(required: bool, condition: object) -> str:
    return "" if required and not condition else _("Chỉ khi thuộc trường hợp này")


def _minutes(cases: list[Case], papers: int) -> str:
    """Three questions a minute and two minutes a paper, in steps of five."""
    questions = sum(1 for case in cases if case.form for _field in eforms.fields(case.form.schema))
    minutes = max(5, 5 * round((questions / 3 + 2 * papers + 2) / 5))
    return ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes}
