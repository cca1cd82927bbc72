"""Một đợt ký: what became of each document that was signed or sealed together, asked anew until all is over."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dossiers import basket, enclosing, letters, outbox, processing
from dossiers.models import Enclosure, OutboxMessage, SigningBatch, SigningItem
from dossiers.wording import short
from portal.floor.web import ActorRequest
from signatures import asking
from signatures.models import SigningRequest

State = SigningItem.State
COLUMNS = (_lazy("Hồ sơ, người nộp"), _lazy("Văn bản"), _lazy("Tình trạng"))
SIGNED, SIGNING, FAILED, WAITING, SKIPPED = "signed", "signing", "failed", "waiting", "skipped"
CONFIRM, DEVICE = "confirm", "device"
TAGS = {
    SIGNED: (_lazy("Đã ký"), "green"), SIGNING: (_lazy("Đang ký"), "blue"),
    CONFIRM: (_lazy("Chờ xác nhận trên điện thoại"), "violet"), FAILED: (_lazy("Lỗi"), "red"),
    DEVICE: (_lazy("Chờ ký bằng thiết bị"), "violet"), WAITING: (_lazy("Chờ đến lượt"), ""),
    SKIPPED: (_lazy("Bỏ qua"), "amber"),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Each document of one's own batch; posted, go on with what is left, or order failed signatures anew."""
    row = get_object_or_404(SigningBatch, pk=pk, user_id=request.actor.user_id)
    if not request.actor.is_officer:
        raise Http404
    if request.method == "POST":
        return _set_going(request, row)
    rows = outcomes(row)
    counts = {state: sum(one["state"] == state for one in rows) for state in TAGS}
    active = any(counts[state] for state in (SIGNING, CONFIRM, DEVICE, WAITING))
    back = "officer_records" if row.kind == SigningBatch.Kind.SEAL else "officer_to_sign"
    context = {
        "batch": row, "columns": COLUMNS, "rows": rows, "active": active, "codes": _codes(rows),
        "device": reverse("officer_agent") if counts[DEVICE] else "",
        "when": short(row.at, now=timezone.now()), "left": counts[WAITING],
        "failed": sum(one["again"] for one in rows), "back": reverse(back),
        "summary": [{"label": words, "text": str(counts[state])} for state, (words, _tone) in TAGS.items()
                    if counts[state]],
        "section": "records" if row.kind == SigningBatch.Kind.SEAL else "signing",
    }  # fmt: skip
    return render(request, "dossiers/officer/basket/batch.html", context)


def _set_going(request: ActorRequest, row: SigningBatch) -> HttpResponse:
    now = timezone.now()
    if request.POST.get("viec") == "ky-lai":
        done = basket.again(row, by=request.actor, at=now)
        words = ngettext("Đã yêu cầu ký lại %(n)d văn bản.", "Đã yêu cầu ký lại %(n)d văn bản.", done) % {"n": done}
        messages.info(request, words)
    else:
        basket.carry_on(row, by=request.actor, at=now)
        outbox.perform_now(basket.key_of(row))
    return redirect("officer_batch", row.pk)


def _codes(rows: list[dict[str, Any]]) -> list[str]:
    """What the holder compares on the phone before confirming: one for all of a batch."""
    return sorted({one["code"] for one in rows if one["code"]})


def outcomes(row: SigningBatch) -> list[dict[str, Any]]:
    """One line for each document, in the order of the batch; five statements."""
    items = list(row.items.select_related("dossier", "result", "paper").order_by("place"))
    keys = {one.pk: _order_key(one) for one in items}
    orders = {message.key: message for message in OutboxMessage.objects.filter(key__in=filter(None, keys.values()))}
    enclosed: dict[Any, list[Enclosure]] = {}
    for enclosure in Enclosure.objects.filter(result__in=[one.result_id for one in items if one.result_id]):
        enclosed.setdefault(enclosure.result_id, []).append(enclosure)
    references = {one.pk: _references(one, enclosed.get(one.result_id, [])) for one in items}
    wanted = [reference for several in references.values() for reference in several]
    found = SigningRequest.objects.filter(reference__in=wanted).select_related("certificate")
    known = {request.reference: request for request in found}
    asked = {pk: enclosing.shown(known[one] for one in several if one in known) for pk, several in references.items()}
    return [_line(one, orders.get(keys[one.pk]), asked[one.pk]) for one in items]


def _purpose(item: SigningItem) -> str:
    return "seal" if item.batch.kind == SigningBatch.Kind.SEAL else "sign"


def _order_key(item: SigningItem) -> str:
    if item.state != State.ORDERED:
        return ""
    if item.paper is not None:
        return letters.key(item.paper, "seal")
    return processing.signing_key(item.result, _purpose(item)) if item.result else ""


def _references(item: SigningItem, enclosures: list[Enclosure]) -> list[str]:
    if item.paper is not None:
        return [letters.reference(item.paper, "seal")]
    if item.result is None:
        return []
    return enclosing.references(item.result, enclosures, seal=_purpose(item) == "seal")


def _line(item: SigningItem, order: OutboxMessage | None, asked: SigningRequest | None) -> dict[str, Any]:
    state, words = _became(item, order, asked)
    code, document = str(item.dossier), item.paper or item.result
    text, tone = TAGS[state]
    confirm = state == CONFIRM and asked is not None
    return {
        "state": state, "code": asking.code(asked.batch or asked.pk) if confirm and asked else "",
        "again": state == FAILED and item.result is not None and bool(item.result.signing_error),
        "cells": [
            {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]),
             "sub": item.dossier.applicant_name},
            {"text": str(getattr(document, "number", "")) or "–", "sub": item.dossier.title},
            {"tag": {"text": str(text), "tone": tone}, "sub": words},
        ],
    }  # fmt: skip


def _became(item: SigningItem, order: OutboxMessage | None, asked: SigningRequest | None) -> tuple[str, str]:
    """Where the document stands, and what its officer has to know or to do."""
    if item.state != State.ORDERED:
        return {State.WAITING: WAITING, State.SKIPPED: SKIPPED}.get(State(item.state), FAILED), item.why
    document = item.paper or item.result
    if document is not None and document.signing_error:
        return FAILED, _("%s Sửa điều vướng mắc rồi bấm Ký lại.") % document.signing_error
    if _purpose(item) == "seal" and item.result is not None and item.result.issued_at is not None:
        return SIGNED, ""
    if asked is not None and asked.state == SigningRequest.State.DONE:
        return SIGNED, ""
    if asked is not None and asked.state == SigningRequest.State.FAILED:
        return FAILED, asked.last_error
    if asked is not None and asked.certificate.at_agent:
        return DEVICE, ""
    if asked is not None and asked.answer_by is not None and asked.signature is None:
        return CONFIRM, asked.last_error
    if order is not None and asked is None and order.last_error:
        return SIGNING, _("Chưa có chứng thư số dùng được. Báo người vận hành; có chứng thư là hệ thống tự ký.")
    return SIGNING, asked.last_error if asked is not None else ""
