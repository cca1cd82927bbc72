"""The acts of officers: each has a page that says what it will do, and a button that does it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from dossiers import access, intake, officer_forms, outbox, processing, returning, suspending
from dossiers.models import Dossier, IssuedPaper, Shipment
from dossiers.refusals import LostRace, MoveRefused
from dossiers.routing import NoWay
from dossiers.views.officer import briefs, files, offers
from dossiers.views.officer.situation import Situation
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest

Do = Callable[[Dossier, Actor, dt.datetime, Any], str]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `do` performs it and says in words what happened."""

    title: str | Promise
    button: str | Promise
    do: Do
    form: type[officer_forms.ActForm] = officer_forms.ActForm
    given: Callable[[Situation], dict[str, Any]] = field(default=lambda situation: {})
    danger: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: ActorRequest, code: str, name: str) -> HttpResponse:
    """The page of one act; posted, the act itself. A page older than the dossier is answered with 409."""
    situation = Situation.of(code, request.actor)
    if (chosen := ACTS.get(name)) is None:
        raise Http404
    if request.method != "POST" and name not in {offer.act for offer in offers.to(situation)}:
        messages.warning(request, _("Việc này không còn làm được ở bước hiện tại của hồ sơ."))
        return redirect("officer_dossier", situation.code)
    form = chosen.form(request.POST or None, initial={"version": situation.dossier.version}, **chosen.given(situation))
    if form.is_valid() and (answer := perform(request, situation, chosen, form)):
        return answer
    files.note_look(situation.dossier, request.actor, "hồ sơ", at=situation.now)
    context = briefs.page(situation, name) | {
        "act": chosen,
        "form": form,
        "section": "queue",
        "also": _also(situation, name),
    }
    return render(request, "dossiers/officer/act.html", context, status=422 if form.is_bound else 200)


def _also(situation: Situation, name: str) -> list[offers.Offer]:
    """Who reads a result before signing may as well send it back."""
    return [offer for offer in offers.to(situation) if name == "ky" and offer.act == "lam-lai"]


def perform(request: ActorRequest, situation: Situation, chosen: Act, form: Any) -> HttpResponse | None:
    """Do it and lead on; None when it was refused, the reason then stands in the form."""
    dossier = situation.dossier
    try:
        if form.cleaned_data["version"] != dossier.version:
            raise LostRace(access.who_was_first(dossier))
        told = chosen.do(dossier, request.actor, timezone.now(), form)
    except LostRace as lost:
        back = reverse("officer_dossier", args=[situation.code])
        return render(request, "dossiers/officer/changed.html", {"text": str(lost), "back": back}, status=409)
    except (MoveRefused, NoWay) as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, told)
    code = str(Dossier.objects.values_list("code", flat=True).get(pk=dossier.pk) or dossier.reference)
    still = Dossier.objects.visible_to(request.actor).filter(pk=dossier.pk).exists()
    return redirect("officer_dossier", code) if still else redirect("officer_queue")


def _owner(dossier: Dossier) -> str:
    return _("Đã báo cho %s.") % dossier.applicant_name


def _typeset(dossier: Dossier, kind: str) -> str:
    """Have the newest paper of that kind typeset at once, so that it can be printed now; its words."""
    paper = dossier.papers.filter(kind=kind).order_by("-issued_at").first()
    assert isinstance(paper, IssuedPaper)  # the verb has just issued it
    outbox.perform_now(f"paper.typeset:{paper.pk}")
    return _("%(paper)s số %(number)s đã sẵn sàng để in.") % {
        "paper": paper.get_kind_display(), "number": paper.number}  # fmt: skip


def _receive(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    intake.receive(dossier, by=by, at=at)
    happened = _("Đã nhận hồ sơ %s.") % dossier.code
    return f"{happened} {_owner(dossier)} {_typeset(dossier, 'receipt')}"


def _refuse(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    intake.refuse(dossier, by=by, at=at, reason=given["reason"], legal_basis=given["legal_basis"])
    return f"{_('Đã từ chối tiếp nhận.')} {_owner(dossier)} {_typeset(dossier, 'refusal')}"


def _supplement(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    intake.request_supplement(dossier, by=by, at=at, note=form.cleaned_data["note"])
    return f"{_('Đã yêu cầu bổ sung, đồng hồ dừng lại.')} {_owner(dossier)} {_typeset(dossier, 'supplement')}"


def _judge(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    verdicts = form.verdicts()
    with transaction.atomic():
        for paper, verdict, note in verdicts:
            intake.judge(paper, by=by, verdict=verdict, note=note)
    return _("Đã lưu nhận xét %d giấy tờ. Người nộp chưa được báo gì.") % len(verdicts)


def _assign(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    to = form.cleaned_data["position"]
    processing.assign(dossier, by=by, at=at, to=to)
    return str(_("Đã giao hồ sơ cho %s.") % to.holder_name)


def _forward(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    before = dossier.holder_agency_id
    processing.forward(dossier, by=by, at=at, note=form.cleaned_data["note"])
    moved = dossier.holder_agency_id != before
    happened = _("Đã chuyển đến bước “%s”.") % dossier.stage_name
    return f"{happened} {_owner(dossier)}" if moved else happened


def _draft(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    processing.draft_result(dossier, by=by, at=at, kind=form.cleaned_data["kind"], text=form.texts())
    return _("Đã soạn kết quả. Xem lại bản in rồi trình ký.")


def _propose(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    processing.propose(dossier, by=by, at=at, note=form.cleaned_data["note"])
    return _("Đã trình ký. Hồ sơ ở bàn lãnh đạo.")


def _rework(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    processing.rework(dossier, by=by, at=at, reason=form.cleaned_data["reason"])
    return _("Đã trả lại bước “%s” để làm lại.") % dossier.stage_name


def _decide(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    result = processing.decide(dossier, by=by, at=at)
    outbox.perform_now(f"result.sign:{result.pk}:{result.signing_attempt}")
    result.refresh_from_db(fields=["signed_document_id"])
    if result.signed_document_id is None:
        return _("Đã quyết định, số %s. Chữ ký đang được tạo.") % result.number
    return _("Đã ký kết quả số %s.") % result.number


def _seal(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    result = processing.seal(dossier, by=by, at=at)
    outbox.perform_now(f"result.seal:{result.pk}:{result.signing_attempt}")
    result.refresh_from_db(fields=["issued_at"])
    if result.issued_at is None:
        return _("Đã yêu cầu đóng dấu. Dấu đang được đóng.")
    return f"{_('Đã đóng dấu và phát hành kết quả số %s.') % result.number} {_owner(dossier)}"


def _sign_again(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    purpose = "sign" if dossier.stage_kind == "sign" else "seal"
    result = processing.sign_again(dossier, by=by, at=at)
    outbox.perform_now(processing.signing_key(result, purpose))
    result.refresh_from_db(fields=["signing_error"])
    return result.signing_error or _("Đã yêu cầu ký lại kết quả số %s.") % result.number


def _hand_out(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    returning.hand_out(dossier, by=by, at=at, collector=given["collector"], paper=given["paper"])
    return f"{_('Đã trả kết quả cho %s.') % given['collector']} {_owner(dossier)}"


def _post(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    shipment = returning.post(dossier, by=by, at=at)
    outbox.perform_now(f"shipment.book:{shipment.order_number}")
    item = Shipment.objects.values_list("item_code", flat=True).get(pk=shipment.pk)
    booked = _("Mã bưu gửi %s.") % item if item else _("Bưu điện chưa trả lời, hệ thống sẽ đặt lại.")
    return f"{_('Đã giao kết quả cho bưu điện.')} {booked} {_owner(dossier)}"


def _pay(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    payment = returning.record_payment(dossier, by=by, at=at, method=form.cleaned_data["method"])
    return _("Đã thu tiền, biên lai số %s.") % payment.receipt_number


def _let_go(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    intake.accept_withdrawal(dossier, by=by, at=at)
    return f"{_('Đã cho rút hồ sơ.')} {_owner(dossier)}"


def _decline(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    intake.decline_withdrawal(dossier, by=by, at=at, reason=form.cleaned_data["reason"])
    return f"{_('Không cho rút; hồ sơ được làm tiếp.')} {_owner(dossier)}"


def _pause(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    suspending.pause(dossier, by=by, at=at, ground=form.cleaned_data["ground"])
    return f"{_('Đã tạm dừng tính thời hạn.')} {_owner(dossier)}"


def _resume(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    suspending.resume(dossier, by=by, at=at, note=form.cleaned_data["note"])
    return f"{_('Thời hạn được tính tiếp.')} {_owner(dossier)}"


def _extend(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    suspending.extend(dossier, by=by, at=at, to=given["to"], reason=given["reason"])
    return f"{_('Đã hẹn lại.')} {_owner(dossier)} {_sign_letter(dossier, 'apology')}"


def _stop(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    said = {name: given[name] for name in ("reason", "legal_basis", "returned")}
    suspending.stop(dossier, by=by, at=at, **said)
    return f"{_('Đã dừng giải quyết hồ sơ.')} {_owner(dossier)} {_sign_letter(dossier, 'stop_notice')}"


def _sign_letter(dossier: Dossier, kind: str) -> str:
    """Have the newest letter of that kind signed at once; its words."""
    words = _typeset(dossier, kind)
    paper = dossier.papers.filter(kind=kind).latest("issued_at")
    return words if outbox.perform_now(f"paper.sign:{paper.pk}") else _("Chữ ký của giấy đang được tạo.")


F = officer_forms
ACTS: dict[str, Act] = {
    "nhan": Act(_lazy("Nhận hồ sơ"), _lazy("Nhận hồ sơ"), _receive),
    "tu-choi": Act(_lazy("Từ chối tiếp nhận"), _lazy("Từ chối tiếp nhận"), _refuse, F.RefusalForm, danger=True),
    "nhan-xet": Act(_lazy("Nhận xét giấy tờ"), _lazy("Lưu nhận xét"), _judge, F.VerdictForm,
                    lambda s: {"papers": s.papers}),
    "bo-sung": Act(_lazy("Yêu cầu bổ sung"), _lazy("Gửi yêu cầu bổ sung"), _supplement, F.SupplementForm),
    "giao": Act(_lazy("Giao việc"), _lazy("Giao việc"), _assign, F.AssignForm, briefs.seats),
    "chuyen": Act(_lazy("Chuyển bước"), _lazy("Chuyển bước"), _forward, F.NoteForm),
    "soan": Act(_lazy("Soạn kết quả"), _lazy("Lưu và xem bản in"), _draft, F.DraftForm,
                lambda s: {"case": s.dossier.case, "drafted": s.result}),
    "trinh": Act(_lazy("Trình ký"), _lazy("Trình ký"), _propose, F.NoteForm),
    "lam-lai": Act(_lazy("Trả lại để làm lại"), _lazy("Trả lại"), _rework, F.ReworkForm, danger=True),
    "ky": Act(_lazy("Ký kết quả"), _lazy("Ký số"), _decide),
    "tam-dung": Act(_lazy("Tạm dừng tính thời hạn"), _lazy("Tạm dừng"), _pause, F.PauseForm,
                    lambda s: {"grounds": suspending.grounds_of(s.dossier)}),
    "tinh-tiep": Act(_lazy("Tính tiếp thời hạn"), _lazy("Tính tiếp"), _resume, F.NoteForm),
    "hen-lai": Act(_lazy("Xin lỗi và hẹn lại"), _lazy("Ký phiếu xin lỗi và hẹn lại"), _extend, F.ExtensionForm),
    "dung": Act(_lazy("Dừng giải quyết"), _lazy("Ký thông báo và dừng"), _stop, F.StopForm, danger=True),
    "dong-dau": Act(_lazy("Đóng dấu và phát hành"), _lazy("Đóng dấu"), _seal),
    "ky-lai": Act(_lazy("Ký lại"), _lazy("Ký lại"), _sign_again),
    "tra": Act(_lazy("Trả kết quả tại quầy"), _lazy("Đã trả kết quả"), _hand_out, F.HandOutForm),
    "gui": Act(_lazy("Gửi bưu điện"), _lazy("Giao cho bưu điện"), _post),
    "thu-phi": Act(_lazy("Thu phí, lệ phí"), _lazy("Đã thu đủ tiền"), _pay, F.PaymentForm),
    "cho-rut": Act(_lazy("Cho rút hồ sơ"), _lazy("Cho rút hồ sơ"), _let_go),
    "khong-cho-rut": Act(_lazy("Không cho rút hồ sơ"), _lazy("Không cho rút"), _decline, F.DeclineForm, danger=True),
}  # fmt: skip
