"""Nộp cả nhóm: what it takes, the list of tasks, one way back, one check, one sending."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import access, applicants, grouping
from dossiers.forms import DeclarationForm, DeliveryForm, GroupStartForm
from dossiers.messaging import moment
from dossiers.models import Dossier, GroupFiling
from dossiers.refusals import MoveRefused
from dossiers.views.citizen import summary, telling, together, uploads
from dossiers.views.citizen.filing import FORMS, LEAVE, REVISION, revision_of
from dossiers.views.citizen.guard import citizens_only
from dossiers.views.citizen.together import Together, on_filing
from portal.floor.throttling import limited
from portal.floor.vietnamese import fold
from portal.floor.web import ActorRequest
from procedures import groups, wording
from procedures.models import ProcedureGroup, ProvinceProfile
from procedures.ruleset import Rules


@citizens_only
@require_http_methods(FORMS)
@limited("filing", settings.THROTTLES["filing"])
def start(request: ActorRequest, code: str) -> HttpResponseBase:
    """GET tells what is needed and asks what comes along, POST opens the drafts or goes on with those there are."""
    at = timezone.now()
    today = timezone.localdate(at)
    group = get_object_or_404(groups.in_force(today), code=code)
    offered = grouping.parts(group, on=today)
    agencies = grouping.agencies([one for one in offered if not one.member.optional], on=today) if offered else []
    if not agencies:
        messages.error(request, _("Nhóm này chưa nộp cùng lúc được trên mạng. Bạn nộp từng thủ tục ở đây."))
        return redirect("procedure_group", code)
    filing = grouping.unsent(group, by=request.actor, at=at)
    form = _start_form(request, filing, offered, agencies)
    if form.is_valid():
        try:
            filing = grouping.start_group(
                group, by=request.actor, at=at, agency=form.place, members=form.chosen, rules=_rules()
            )
            return redirect("group_tasks", filing.pk)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
    context = _before_start(group, offered) | {"form": form, "goes_on": filing is not None}
    return render(request, "dossiers/citizen/group_start.html", context, status=422 if form.errors else 200)


def _start_form(
    request: ActorRequest, filing: GroupFiling | None, offered: list[grouping.Part], agencies: Any
) -> GroupStartForm:
    optional = [one for one in offered if one.member.optional]
    initial: dict[str, Any] = {"members": [one.member.pk for one in optional]}
    if filing is not None:
        drafts = grouping.drafts_of(filing)
        there = {one.procedure_version.procedure_id for one in drafts}
        initial = {
            "members": [one.member.pk for one in optional if one.member.procedure_id in there],
            "agency": drafts[0].receiving_agency_id,
        }
    return GroupStartForm(
        agencies, request.user.address, [(one.member.pk, one.title) for one in optional],  # type: ignore[union-attr]
        data=request.POST if request.method == "POST" else None, initial=initial,
    )  # fmt: skip


def _rules() -> Rules:
    return Rules.of(ProvinceProfile.objects.select_related("default_rule_profile").get().default_rule_profile)


def _before_start(group: ProcedureGroup, offered: list[grouping.Part]) -> dict[str, Any]:
    """The members with their time, and every paper once."""
    rows: list[dict[str, Any]] = []
    papers: dict[str, dict[str, Any]] = {}
    for part in offered:
        cases = list(part.version.cases.prefetch_related("required_documents").order_by("order", "id"))
        choice = _("Bạn được chọn làm hay không") if part.member.optional else ""
        time = {"icon": "clock", "text": wording.times(cases)}
        rows.append({"title": part.title, "lang": "vi", "meta": [time, *([{"text": choice}] if choice else [])]})
        documents = sorted(cases[0].required_documents.all(), key=lambda one: (one.order, one.pk)) if cases else []
        for document in uploads.to_send(one for one in documents if not one.is_form):
            card = papers.setdefault(fold(document.name), {"name": document.name, "notes": [document.hint], "for": []})
            card["for"].append(part.title)
    for card in papers.values():
        served = _("Cho: %(procedures)s") % {"procedures": ", ".join(card["for"])}
        card["notes"] = [*filter(None, card["notes"]), served]
    return {"section": "mine", "group": group, "rows": rows, "papers": list(papers.values())}


@on_filing
@require_safe
def tasks(request: ActorRequest, group: Together) -> HttpResponse:
    """What is to do, what is done."""
    context = together.frame(group) | {"tasks": group.tasks()}
    return render(request, "dossiers/citizen/group_tasks.html", context)


@on_filing
@require_http_methods(FORMS)
def delivery(request: ActorRequest, group: Together) -> HttpResponseBase:
    """How all results come back."""
    first = group.first
    agency, data = first.draft.receiving_agency, request.POST if request.method == "POST" else None
    desk = (agency.one_stop_name or agency.name) if agency else _("một cửa")
    initial = applicants.contact(first.applicant) | first.draft.delivery
    form = DeliveryForm(desk=desk, unit_set=first.setting.unit_set, data=data, initial=initial)
    if data is not None and (form.is_valid() or LEAVE in data):
        try:
            shown = revision_of(request)
            grouping.save_delivery(group.filing, at=timezone.now(), delivery=form.cleaned_data, revision=shown)
            return _after_delivery(request, group)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
    context = together.frame(group) | {
        "form": form, "revision_name": REVISION, "leave_name": LEAVE, "revision": first.draft.revision,
    }  # fmt: skip
    return render(request, "dossiers/citizen/group_delivery.html", context, status=422 if form.errors else 200)


def _after_delivery(request: ActorRequest, group: Together) -> HttpResponseBase:
    if LEAVE in request.POST:
        messages.success(request, _("Đã lưu nháp. Bạn làm tiếp lúc nào cũng được."))
        return redirect("mine")
    fresh = Together(group.filing, group.user)
    return redirect(group.url("group_check" if fresh.complete else "group_tasks"))


@on_filing
@require_http_methods(FORMS)
@limited("filing", settings.THROTTLES["filing"])
def check(request: ActorRequest, group: Together) -> HttpResponseBase:
    """Everything of every member once more, all fees in one sum, then “Gửi cả nhóm”."""
    form = DeclarationForm(data=request.POST if request.method == "POST" else None)
    problems = group.problems() if request.method == "POST" else []
    if form.is_valid() and not problems:
        try:
            grouping.submit_group(group.filing, by=request.actor, at=timezone.now(), applicant=group.first.applicant)
            return redirect("group_done", group.filing.pk)
        except MoveRefused as refused:
            problems = [("", str(refused))]
    context = together.frame(group) | {
        "form": form, "problems": problems, "members": together.member_cards(group),
        "shared": [summary.delivery_card(group.first), together.fees(group)],
    }  # fmt: skip
    status = 422 if problems or form.errors else 200
    return render(request, "dossiers/citizen/group_check.html", context, status=status)


@citizens_only
@require_safe
def done(request: ActorRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Stays valid: whoever comes back by a bookmark sees the same references."""
    filing = get_object_or_404(GroupFiling.objects.select_related("group"), pk=pk, user=request.user.pk)
    if filing.submitted_at is None:
        return redirect("group_tasks", pk)
    dossiers = grouping.dossiers_of(filing)
    for one in dossiers:
        access.log_read(one, by=request.actor, at=timezone.now(), what=_("Xem giấy xác nhận đã gửi"))
    path = reverse("tracked", args=[filing.reference])
    context = {
        "section": "mine", "code": filing.reference, "label": _("Mã gửi chung của bạn"), "title": filing.group.name,
        "agency": dossiers[0].receiving_agency.name, "sent_at": moment(filing.submitted_at),
        "story": [_next(one) for one in dossiers], "own_url": reverse("own_group", args=[filing.reference]),
        "track_url": f"{settings.BASE_URL}{path}?k={filing.tracking_key}",
    }  # fmt: skip
    return render(request, "dossiers/citizen/done.html", context)


def _next(dossier: Dossier) -> dict[str, str]:
    """What happens next to one dossier of the group."""
    if dossier.due_at:
        words = _("Hồ sơ %(code)s. Hẹn trả kết quả: %(when)s.") % {
            "code": telling.code(dossier), "when": moment(dossier.due_at)}  # fmt: skip
        return {"title": dossier.title, "text": words}
    words = _("Mã gửi %(code)s. Một cửa trả lời trước %(when)s.") % {
        "code": telling.code(dossier), "when": moment(dossier.next_due_at)}  # fmt: skip
    if dossier.waiting_for:
        words = _("Mã gửi %(code)s. Chờ %(what)s, rồi tự đến lượt; bạn không phải làm gì.") % {
            "code": telling.code(dossier), "what": dossier.waiting_for}  # fmt: skip
    return {"title": dossier.title, "text": words}
