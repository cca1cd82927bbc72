"""Filing, one question a page, without JavaScript: the form's pages, the way back, the fee, the check, the sending."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import applicants, grouping, intake
from dossiers.forms import DeclarationForm, DeliveryForm
from dossiers.models import Draft
from dossiers.refusals import MoveRefused
from dossiers.routing import NoWay
from dossiers.views.citizen import summary, together
from dossiers.views.citizen.steps import CHECK, DELIVERY, FEES, Filing, alone, on_draft
from portal.floor.throttling import limited
from portal.floor.web import ActorRequest
from procedures import eforms

FORMS = ["GET", "HEAD", "POST"]
LEAVE = "_thoat"  # the button “Lưu và thoát”
REVISION = "_ban"  # hidden: the revision of the draft that the page showed
TO_CHECK = "sua"  # in the address: the reader came from the check page and goes back there


@on_draft
@require_http_methods(FORMS)
def page(request: ActorRequest, filing: Filing, page: str) -> HttpResponseBase:
    """One page of the electronic form."""
    if page not in {one["key"] for one in eforms.pages(filing.schema)}:
        raise Http404
    draft, data = filing.draft, request.POST if request.method == "POST" else None
    form = eforms.build_form(
        filing.schema, page, answers=draft.answers, setting=filing.setting, prefilled=filing.prefilled, data=data
    )
    if data is not None and (LEAVE in data or form.is_valid()):
        before = dict(draft.answers)
        draft.answers = summary.kept(filing, page, form)
        if not (conflict := _save(request, draft)):
            if draft.filing:
                grouping.settle(draft.filing, at=timezone.now(), changed=draft, before=before)
            return _onward(request, filing, page)
        draft.answers = before
        return _clash(request, filing, page, form, conflict)
    return _question(request, filing, page, form)


@on_draft
@alone
@require_http_methods(FORMS)
def delivery(request: ActorRequest, filing: Filing) -> HttpResponseBase:
    """How the result comes back."""
    draft, data = filing.draft, request.POST if request.method == "POST" else None
    desk = (
        draft.receiving_agency.one_stop_name or draft.receiving_agency.name if draft.receiving_agency else _("một cửa")
    )
    initial = applicants.contact(filing.applicant) | draft.delivery
    form = DeliveryForm(desk=desk, unit_set=filing.setting.unit_set, data=data, initial=initial)
    if data is not None and (form.is_valid() or LEAVE in data):
        conflict = _save(request, draft, delivery=form.cleaned_data)
        if not conflict:
            return _onward(request, filing, DELIVERY)
        return _clash(request, filing, DELIVERY, form, conflict)
    return _question(request, filing, DELIVERY, form, template="delivery")


@on_draft
@alone
@require_safe
def fees(request: ActorRequest, filing: Filing) -> HttpResponse:
    """What it costs, line by line."""
    context = filing.frame(FEES) | summary.money(filing.quote) | {"next_url": filing.next_url(FEES)}
    return render(request, "dossiers/citizen/fees.html", context)


@on_draft
@alone
@require_http_methods(FORMS)
@limited("filing", settings.THROTTLES["filing"])
def check(request: ActorRequest, filing: Filing) -> HttpResponseBase:
    """Everything once more, then “Gửi hồ sơ”."""
    form = DeclarationForm(data=request.POST if request.method == "POST" else None)
    problems = filing.problems() if request.method == "POST" else []
    if form.is_valid() and not problems:
        try:
            intake.submit(filing.draft, by=request.actor, at=timezone.now(), applicant=filing.applicant)
            return redirect("filing_done", filing.draft.pk)
        except (MoveRefused, NoWay, eforms.AnswersRefused) as refused:
            problems = [("", str(refused))]
    context = filing.frame(CHECK) | {"form": form, "problems": problems, "cards": summary.cards(filing)}
    return render(request, "dossiers/citizen/check.html", context, status=422 if problems or form.errors else 200)


def _save(request: ActorRequest, draft: Draft, **what: Any) -> str:
    """Keep the draft as the page showed it; the words of the refusal when another window was faster."""
    latest, draft.revision = draft.revision, revision_of(request)
    try:
        intake.save_draft(draft, at=timezone.now(), **what)
    except MoveRefused as refused:
        draft.revision = latest
        saved = Draft.objects.get(pk=draft.pk)
        # The button pressed twice saves the same thing twice: nothing to choose between.
        same = (saved.answers, saved.delivery) == (draft.answers, draft.delivery)
        return "" if same else str(refused)
    return ""


def revision_of(request: ActorRequest) -> int:
    """The revision of the draft that the page showed; 0 for what is none."""
    shown = request.POST.get(REVISION, "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 9 else 0


def _onward(request: ActorRequest, filing: Filing, step: str) -> HttpResponseBase:
    if LEAVE in request.POST:
        messages.success(request, _("Đã lưu nháp. Bạn làm tiếp lúc nào cũng được."))
        return redirect("mine")
    fresh = Filing(filing.draft, filing.user)  # the answers may have changed case, pages and papers
    return redirect(fresh.next_url(step, back_to_check=TO_CHECK in request.GET))


def _question(
    request: ActorRequest, filing: Filing, step: str, form: Any, *, template: str = "step", **more: Any
) -> HttpResponse:
    question = next((one for one in eforms.pages(filing.schema) if one["key"] == step), {})
    context = filing.frame(step, back_to_check=TO_CHECK in request.GET) | {"known": together.known(filing.draft, step)}
    context |= {"form": form, "question": question, "revision_name": REVISION, "leave_name": LEAVE, **more}
    status = 409 if more else 422 if form.errors else 200
    return render(request, f"dossiers/citizen/{template}.html", context, status=status)


def _clash(request: ActorRequest, filing: Filing, step: str, form: Any, words: str) -> HttpResponse:
    """Both versions on one page: what is saved, read-only, and what was typed here, still in its boxes."""
    draft = filing.draft
    saved = Draft.objects.select_related("procedure_version__procedure", "receiving_agency").get(pk=draft.pk)
    theirs = summary.saved_rows(Filing(saved, filing.user), step)
    draft.revision, draft.updated_at = saved.revision, saved.updated_at
    template = "delivery" if step == DELIVERY else "step"
    return _question(
        request, filing, step, form, template=template, clash=words, theirs=theirs, own_url=request.get_full_path()
    )
