"""My dossiers: what I have to do first, what runs, what is done; one dossier in full."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dossiers import access, tracking, withdrawing
from dossiers.forms import WithdrawalForm
from dossiers.messaging import moment
from dossiers.models import Dossier, Draft
from dossiers.refusals import MoveRefused
from dossiers.states import CitizenState
from dossiers.views.citizen import alongside, history, telling
from dossiers.views.citizen.guard import citizens_only
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest

MOST = 200  # rows of a list
JOINED = ("holder_agency", "receiving_agency", "rule_profile", "case", "payment")
DRAFT_JOINED = ("procedure_version__procedure", "filing__group")
TONES = {
    CitizenState.SUPPLEMENT_REQUESTED: "amber", CitizenState.PAYMENT_DUE: "amber", CitizenState.RESULT_READY: "green",
    CitizenState.RETURNED: "green", CitizenState.IN_POST: "green", CitizenState.REJECTED: "red",
}  # fmt: skip


def own(actor: Actor) -> QuerySet[Dossier]:
    """The actor's own dossiers with what their pages show."""
    dossiers: QuerySet[Dossier] = Dossier.objects.visible_to(actor).defer("answers", "search_fold")
    return alongside.with_visits(dossiers.select_related(*JOINED), now=timezone.now())


def own_or_404(request: ActorRequest, code: str) -> Dossier:
    mended = Exists(Dossier.objects.filter(corrects=OuterRef("pk")))
    called = alongside.with_legs(own(request.actor)).called(code)  # type: ignore[attr-defined]
    found: Dossier = get_object_or_404(called.annotate(mended=mended))
    return found


@citizens_only
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """Things to do first."""
    now = timezone.now()
    dossiers = own(request.actor).select_related(*JOINED, "filing__group").order_by("-submitted_at")[:MOST]
    entries: dict[Any, list[Dossier]] = {}
    for one in dossiers:
        entries.setdefault(one.filing_id or one.pk, []).append(one)
    shelves: dict[str, list[dict[str, Any]]] = {"to_do": [], "running": [], "over": []}
    for together in entries.values():
        shelves[_shelf(together)].append(_entry(together, now))
    drafts = Draft.objects.of(request.actor, now).unsent().order_by("-updated_at")
    context = {"section": "mine", "drafts": _draft_rows(drafts.select_related(*DRAFT_JOINED), now), **shelves}
    return render(request, "dossiers/citizen/mine.html", context)


def _shelf(dossiers: Sequence[Dossier]) -> str:
    """Where one dossier, or the dossiers of one filing, stand among mine."""
    if any(telling.waits_for_citizen(one) for one in dossiers):
        return "to_do"
    return "over" if all(telling.is_over(one) for one in dossiers) else "running"


def _entry(dossiers: Sequence[Dossier], now: dt.datetime) -> dict[str, Any]:
    """One line: a dossier, or a filing of several as a whole."""
    filing = dossiers[0].filing
    if filing is None:
        return row(dossiers[0], now)
    duties = [telling.duty(one)["text"] for one in dossiers if telling.waits_for_citizen(one)]
    done = sum(1 for one in dossiers if one.resolved_at or telling.is_over(one))
    words = _("Xong %(done)d trên %(all)d việc") % {"done": done, "all": len(dossiers)}
    return {
        "title": filing.group.name,
        "sub": filing.reference,
        "url": reverse("own_group", args=[filing.reference]),
        "meta": [{"icon": "list-checks", "text": words}, *({"text": one} for one in duties)],
        "tag": {"text": _("Nhóm thủ tục"), "tone": "amber" if duties else "blue", "icon": ""},
    }


def row(dossier: Dossier, now: dt.datetime) -> dict[str, Any]:
    due = telling.promise(dossier, now)
    state = dossier.citizen_state
    waits = dossier.waiting_for and dossier.accepted_at is None
    return {
        "title": dossier.title,
        "sub": telling.code(dossier),
        "url": telling.own_url(dossier),
        "meta": [{"icon": "clock", "text": f"{due['label']}: {due['when']}"}] if due["when"] else [],
        "tag": {"text": _("Chưa đến lượt"), "tone": "", "icon": ""}
        if waits
        else {"text": state.label, "tone": TONES.get(state, "blue"), "icon": ""},
    }


def _draft_rows(drafts: Iterable[Draft], now: dt.datetime) -> list[dict[str, Any]]:
    """One line per draft; the drafts of a filing of several are one."""
    first = {draft.filing_id or draft.pk: draft for draft in reversed(list(drafts))}
    return [_draft_row(draft, now) for draft in reversed(first.values())]


def _draft_row(draft: Draft, now: dt.datetime) -> dict[str, Any]:
    version, filing = draft.procedure_version, draft.filing
    left = _("Còn giữ %(n)d ngày") % {"n": (draft.expires_at - now).days}
    return {
        "title": filing.group.name if filing else version.short_name or version.name,
        "url": reverse("group_tasks", args=[filing.pk])
        if filing
        else reverse("filing_start", args=[version.procedure.code]),
        "meta": [{"icon": "clock", "text": left}, {"text": _("Lưu lúc %(at)s") % {"at": moment(draft.updated_at)}}],
        "tag": {"text": _("Bản nháp"), "tone": "", "icon": ""},
    }


@citizens_only
@require_safe
def dossier(request: ActorRequest, code: str) -> HttpResponse:
    """Everything its owner may know."""
    return _dossier(request, own_or_404(request, code), WithdrawalForm())


def _dossier(request: ActorRequest, dossier: Dossier, form: WithdrawalForm) -> HttpResponse:
    now = timezone.now()
    access.log_read(dossier, by=request.actor, at=now, what=_("Mở hồ sơ"))
    mended = bool(getattr(dossier, "mended", False))
    context = (
        history.page(dossier)
        | alongside.page(dossier)
        | {
            "section": "mine",
            "code": telling.code(dossier),
            "title": dossier.title,
            "recalled": tracking.recalled(dossier) if mended else "",
            "linked": mended_links(dossier) if mended or dossier.corrects_id else [],
            "filing": dossier.filing if dossier.filing_id else None,
            "headline": telling.headline(dossier),
            "duty": telling.duty(dossier),
            "due": telling.promise(dossier, now),
            "rail": telling.rail(dossier),
            "holder": telling.holder(dossier),
            "if_late": "" if dossier.resolved_at else telling.if_late(),
            "needs_supplement": dossier.citizen_state is CitizenState.SUPPLEMENT_REQUESTED,
            "limit_url": telling.own_url(dossier, "own_limit"),
            "withdrawable": access.may(dossier, "request_withdrawal", request.actor),
            "form": form,
        }
    )
    return render(request, "dossiers/citizen/dossier.html", context, status=422 if form.errors else 200)


def mended_links(dossier: Dossier) -> list[dict[str, str]]:
    """The dossier whose result this one makes anew, and the one that makes this one's anew."""
    mended = [(_("Làm lại trong hồ sơ"), one) for one in dossier.corrections.order_by("submitted_at")]
    if dossier.corrects is not None:
        mended.append((_("Làm lại kết quả của hồ sơ"), dossier.corrects))
    return [{"label": label, "code": telling.code(one), "url": telling.own_url(one)} for label, one in mended]


@citizens_only
@require_POST
def withdraw(request: ActorRequest, code: str) -> HttpResponseBase:
    """Ask for the dossier back."""
    dossier = own_or_404(request, code)
    form = WithdrawalForm(data=request.POST)
    if not form.is_valid():
        return _dossier(request, dossier, form)
    try:
        withdrawing.request_withdrawal(dossier, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("Đã gửi yêu cầu rút hồ sơ. Nơi đang giữ hồ sơ sẽ trả lời bạn."))
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(telling.own_url(dossier))
