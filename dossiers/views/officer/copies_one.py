"""One copy: its pages as they are or would be signed, and what may be done with it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from dossiers import certifying, copy_issuing, outbox, viewing
from dossiers.copy_words import Kind, State, state_of
from dossiers.forms import LineField
from dossiers.models import CertifiedCopy
from dossiers.officer_forms import ActForm
from dossiers.refusals import LostRace, MoveRefused
from dossiers.views.officer import files
from dossiers.views.officer.copies import TONES, visible
from dossiers.wording import short
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest

MOST_PAGES = 20


class RecallForm(ActForm):
    """Why a copy is taken back."""

    reason = LineField(max_length=500, label=_lazy("Lý do"), widget=forms.Textarea(attrs={"rows": 2}),
                       error_messages={"required": _lazy("Ghi lý do thu hồi")})  # fmt: skip


@require_safe
def copy(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """One copy: its pages as they are or would be signed, its facts, what may be done."""
    return _shown(request, _found(request.actor, pk))


@require_POST
def act(request: ActorRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """`ky`, `ky-lai`, `thu-hoi`, each from the version that was seen."""
    row, at = _found(request.actor, pk), timezone.now()
    form = (RecallForm if name == "thu-hoi" else ActForm)(request.POST)
    if name not in ("ky", "ky-lai", "thu-hoi"):
        raise Http404
    if not form.is_valid():
        return _shown(request, row, form, status=422)
    row.version = form.cleaned_data["version"]
    try:
        if name == "thu-hoi":
            certifying.recall(row, by=request.actor, at=at, reason=form.cleaned_data["reason"])
            messages.success(request, _("Đã thu hồi. Trang kiểm tra công khai nói ngay điều này."))
        else:
            verb = certifying.sign if name == "ky" else certifying.sign_again
            _perform(request, verb(row, by=request.actor, at=at))
    except LostRace as lost:
        context = {"text": str(lost), "back": reverse("officer_copy", args=[pk])}
        return render(request, "dossiers/officer/changed.html", context, status=409)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("officer_copy", pk)


def _perform(request: ActorRequest, row: CertifiedCopy) -> None:
    """Sign and seal at once while the signing service answers."""
    for step in ("sign", "seal"):
        outbox.perform_now(f"certified.{step}:{row.pk}:{row.signing_attempt}")
    row.refresh_from_db(fields=["issued_at", "signing_error"])
    if row.issued_at:
        messages.success(request, _("Đã ký và đóng dấu bản sao số %s.") % row.number)
    else:
        messages.info(request, _("Bản sao số %s đang được ký số; trang này cho biết khi xong.") % row.number)


@require_safe
def pdf(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The copy as PDF, signed once it is."""
    row = _found(request.actor, pk)
    _look(request, row)
    name = f"ban-sao-{row.number.replace('/', '-')}.pdf" if row.number else "ban-sao-xem-truoc.pdf"
    return files.as_bytes(copy_issuing.read(row, at=timezone.now()), viewing.PDF, name)


@require_safe
def page(request: ActorRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """One page as a picture."""
    row = _found(request.actor, pk)
    load, key = (lambda: copy_issuing.read(row, at=timezone.now())), f"{row.pk}-{row.version}"
    return files.as_picture(load, viewing.PDF, key=key, number=number)


def _found(actor: Actor, pk: uuid.UUID) -> CertifiedCopy:
    row: CertifiedCopy = get_object_or_404(visible(actor).select_related("agency", "dossier"), pk=pk)
    return row


def _look(request: ActorRequest, row: CertifiedCopy) -> None:
    """Whoever sees the copy sees a paper of that dossier."""
    if row.dossier is not None:
        files.note_look(row.dossier, request.actor, "bản sao giấy tờ", at=timezone.now())


def _shown(request: ActorRequest, row: CertifiedCopy, form: Any = None, *, status: int = 200) -> HttpResponse:
    _look(request, row)
    state, actor = state_of(row), request.actor
    leads = actor.seat_for(agency_id=row.agency_id, roles=certifying.SIGNERS, own=True) is not None
    shown = row.pages + (row.kind == Kind.CERTIFIED)
    given = {"version": row.version}
    over = state in (State.RECALLED, State.DROPPED)
    numbers = range(1, min(shown, MOST_PAGES) + 1)
    context = {
        "section": "copies", "copy": row, "state": {"text": state.label, "tone": TONES.get(state, "")},
        "title": str(row.get_kind_display()), "lines": _lines(row, timezone.now()),
        "viewer": {"name": row.original.get("name", ""), "more": shown > MOST_PAGES,
                   "original": reverse("officer_copy_pdf", args=[row.pk]),
                   "pages": [reverse("officer_copy_page", args=[row.pk, n]) for n in numbers]},
        "may_sign": leads and state is State.DRAFTED, "may_sign_again": leads and state is State.FAILED,
        "sign_act": "ky" if state is State.DRAFTED else "ky-lai",
        "may_recall": not over and (leads or state is State.DRAFTED), "drafted": state is State.DRAFTED,
        "act_form": ActForm(initial=given), "recall_form": form or RecallForm(initial=given),
    }  # fmt: skip
    return render(request, "dossiers/officer/copies_one.html", context, status=status)


def _lines(row: CertifiedCopy, now: Any) -> list[dict[str, str]]:
    said, asked = row.original, row.asked_by
    signed = f"{row.signer_name}, {short(row.decided_at, now=now)}" if row.decided_at else ""
    recalled = f"{row.recalled_by}, {short(row.recalled_at, now=now)}: {row.recall_reason}" if row.recalled_at else ""
    lines = [
        (_("Số bản sao"), row.number), (_("Tên bản chính"), said.get("name", "")), (_("Số"), said.get("number", "")),
        (_("Ngày"), said.get("date", "")), (_("Nơi ban hành"), said.get("issuer", "")),
        (_("Cấp cho"), said.get("holder", "")), (_("Số trang"), str(row.pages)),
        (_("Người yêu cầu"), ", ".join(filter(None, [asked.get("name"), asked.get("identity")]))),
        (_("Hồ sơ"), str(row.dossier or "")), (_("Cơ quan"), row.agency.name),
        (_("Người lập"), f"{row.prepared_by}, {short(row.prepared_at, now=now)}"), (_("Người ký"), signed),
        (_("Phát hành"), short(row.issued_at, now=now) if row.issued_at else ""), (_("Đã thu hồi"), recalled),
    ]  # fmt: skip
    return [{"label": label, "text": text} for label, text in lines if text]
