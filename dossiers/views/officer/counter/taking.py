"""Everything about one dossier on one page: people, form, papers, the way back; then one of the answers of law."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import counter, files, returning, serving
from dossiers.counter import AlreadyTaken
from dossiers.messaging import moment
from dossiers.models import Dossier, Draft
from dossiers.refusals import MoveRefused
from dossiers.routing import NoWay
from dossiers.serving import AtOnce
from dossiers.states import Status
from dossiers.views.officer.acting.act import typeset
from dossiers.views.officer.counter.choosing import counter_of
from dossiers.views.officer.counter.sheet import AT_ONCE, RECEIVE, REFUSE, SUPPLEMENT, Sheet
from portal.floor.web import ActorRequest
from procedures import eforms
from procedures.wording import money

SEEN = "da-thay"  # hidden: open dossiers of the same owner that the page has shown
PAPER = {Status.IN_PROGRESS: "receipt", Status.SUPPLEMENT_REQUESTED: "supplement", Status.NOT_RECEIVED: "refusal"}


def _draft(request: ActorRequest, pk: uuid.UUID) -> Draft:
    """The officer's own, not gone yet; others' do not exist."""
    drafts = Draft.objects.of(request.actor, timezone.now()).filter(receiving_agency__in=request.actor.agency_ids)
    found: Draft = get_object_or_404(drafts.select_related("procedure_version__procedure", "dossier"), pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Write it down, then receive it, ask for what is missing, refuse it, or give the result on the spot."""
    draft = _draft(request, pk)
    if draft.dossier_id:
        return redirect("officer_counter_done", draft.pk)
    agency = counter_of(request.actor)
    if request.method == "POST" and request.POST.get("viec") == "bo":
        for attachment in draft.attachments.filter(dossier=None):
            files.drop(attachment)
        draft.delete()
        return redirect("officer_counter")
    sheet = Sheet(draft, agency, timezone.now(), request.POST if request.method == "POST" else None)
    problems: list[tuple[str, str]] = []
    if sheet.posted is not None and sheet.is_whole and (other := sheet.changed_case()):
        sheet = Sheet(draft, agency, sheet.now, sheet.posted)
        words = _("Theo tờ khai, đây là trường hợp “%s”. Xem lại giấy tờ và phí rồi bấm lại.")
        problems = [("", words % other.name)]
    elif sheet.posted is not None and sheet.is_whole and not _unseen(sheet):
        try:
            _perform(sheet, request)
        except AlreadyTaken:
            return redirect("officer_counter_done", draft.pk)
        except eforms.AnswersRefused as refused:
            problems = [("", words[0]) for words in refused.errors.values()]
        except (MoveRefused, NoWay) as refused:
            problems = [("", str(refused))]
        else:
            return redirect("officer_counter_done", draft.pk)
    bound = sheet.posted is not None and (problems or sheet.taking.errors or sheet.papers.errors or sheet.said.errors
                                          or sheet.form.errors)  # fmt: skip
    return render(request, "dossiers/officer/counter/take.html", _page(sheet, problems), status=422 if bound else 200)


def _perform(sheet: Sheet, request: ActorRequest) -> None:
    given: dict[str, Any] = {"by": request.actor, "at": sheet.at, "draft": sheet.draft}
    taken, said = sheet.taken(), sheet.said.cleaned_data
    if sheet.act == SUPPLEMENT:
        counter.ask_for_more(taken, missing=sheet.lacking(), note=said["note"], **given)
    elif sheet.act == REFUSE:
        counter.turn_away(taken, reason=said["reason"], legal_basis=said["legal_basis"], **given)
    elif sheet.act == AT_ONCE:
        serving.serve(taken, AtOnce(number=said["number"], text=said["text"], paid=said["paid"]), **given)
    else:
        counter.register(taken, **given)


def _alike(sheet: Sheet) -> list[Dossier]:
    found = counter.alike(sheet.draft.procedure_version.procedure_id, sheet.owner).order_by("-submitted_at")
    return list(found.select_related("receiving_agency")[:5])


def _unseen(sheet: Sheet) -> bool:
    """Whether there are open dossiers of this owner that the page had not shown yet."""
    seen = set(str(sheet.posted.get(SEEN, "")).split())
    return any(one.reference not in seen for one in _alike(sheet))


def _page(sheet: Sheet, problems: list[tuple[str, str]]) -> dict[str, Any]:
    draft, version, alike = sheet.draft, sheet.draft.procedure_version, _alike(sheet)
    taking, instant = sheet.taking, sheet.case.instant
    first = taking["name"] if not sheet.owner.name else next(iter(sheet.form), None)
    if first is not None and not taking.is_bound:
        first.field.widget.attrs["autofocus"] = True
    receive = {"act": RECEIVE, "text": _("Nhận và in giấy hẹn"), "icon": "printer"}
    at_once = {"act": AT_ONCE, "text": _("Trả kết quả ngay"), "icon": "package-check"}
    return {
        "section": "counter", "title": version.short_name or version.name, "code": version.procedure.code,
        "taking": taking, "form": sheet.form, "papers": sheet.papers, "said": sheet.said, "problems": problems,
        "agency": sheet.agency, "told": sheet.told(), "instant": instant, "rows": sheet.papers.rows(),
        "buttons": [at_once, receive] if instant else [receive],
        "columns": [label for _code, _name, label in sheet.papers.COUNTS],
        "alike": [
            {"code": str(one), "text": one.receiving_agency.name, "at": moment(one.submitted_at),
             "url": reverse("officer_dossier", args=[str(one)])}
            for one in alike
        ],
        "seen_name": SEEN, "seen": " ".join(one.reference for one in alike), "pk": draft.pk,
        "open_other": taking.is_bound and any(name in taking.errors for name in OTHERS),
    }  # fmt: skip


OTHERS = ("handed_over_at", "reserved", "received_at", "mobile", "channel", "ticket")


@require_safe
def done(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """What came of it, the paper to print, and the next one."""
    draft = _draft(request, pk)
    if draft.dossier_id is None:
        return redirect("officer_counter_take", draft.pk)
    dossier = Dossier.objects.select_related("holder_agency", "competent_agency").get(pk=draft.dossier_id)
    paper = dossier.papers.filter(kind=PAPER.get(Status(dossier.status), "receipt")).first()
    if paper is not None and not paper.file:
        typeset(dossier, paper.kind)
    payment = getattr(dossier, "payment", None)
    result = dossier.results.filter(superseded_at=None).first()
    lines = [
        (_("Chủ hồ sơ"), dossier.applicant_name), (_("Thủ tục"), dossier.title),
        (_("Hẹn trả kết quả"), moment(dossier.due_at) if dossier.accepted_at and not dossier.resolved_at else ""),
        (_("Chuyển đến"), f"{dossier.stage_name}, {dossier.holder_agency.name}" if dossier.stage_name else ""),
        (_("Số của kết quả"), result.number if result else ""),
        (_("Phí, lệ phí"), money(payment.amount) if payment and payment.amount else ""),
        (_("Biên lai"), payment.receipt_number if payment else ""),
    ]  # fmt: skip
    owes = payment and payment.amount and not payment.paid_at
    can_pay = owes and returning.may_take_fee(dossier, request.actor, on=timezone.localdate())
    context = {
        "section": "counter", "dossier": dossier, "code": str(dossier), "state": _said(dossier),
        "lines": [{"label": label, "text": text} for label, text in lines if text],
        "paper": paper, "paper_url": reverse("officer_paper", args=[str(dossier), paper.pk]) if paper else "",
        "pay_url": reverse("officer_act", args=[str(dossier), "thu-phi"]) if can_pay else "",
        "receipt_url": "" if paper else reverse("officer_act", args=[str(dossier), "giay-hen"]),
    }  # fmt: skip
    return render(request, "dossiers/officer/counter/done.html", context)


def _said(dossier: Dossier) -> str:
    words = {
        Status.IN_PROGRESS: _("Đã nhận hồ sơ"), Status.SUPPLEMENT_REQUESTED: _("Chưa nhận, đã yêu cầu bổ sung"),
        Status.NOT_RECEIVED: _("Đã từ chối tiếp nhận"), Status.RETURNED: _("Đã trả kết quả ngay tại quầy"),
        Status.RESOLVED: _("Đã có kết quả, chờ nộp phí"),
    }  # fmt: skip
    return words.get(Status(dossier.status), _("Đã nhập hồ sơ"))
