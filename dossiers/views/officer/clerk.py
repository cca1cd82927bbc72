"""Văn thư: what waits for the agency's seal, results and letters; what failed; sealed together, told line by line."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from dossiers import basket, letters, outbox
from dossiers.models import Dossier, IssuedPaper, Result
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from dossiers.views.officer import agent_signing, bulk
from dossiers.wording import Reader
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest

PAGE = 100
COLUMNS = (_lazy("Hồ sơ, người nộp"), _lazy("Văn bản"), _lazy("Đã ký"), _lazy("Thời hạn"))
COLUMNS_LETTERS = (_lazy("Hồ sơ, người nộp"), _lazy("Thư"), _lazy("Phát hành"))
COLUMNS_UNDER_WAY = (_lazy("Hồ sơ, người nộp"), _lazy("Văn bản"), _lazy("Tình trạng"))


def _clerk(request: ActorRequest) -> Actor:
    """Raises Http404 for who is no records clerk."""
    if not request.actor.has_role("records_clerk"):
        raise Http404
    return request.actor


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: ActorRequest) -> HttpResponse:
    """The lists of the desk; posted, what would be sealed, and confirmed with `lam`, the batch."""
    actor = _clerk(request)
    if request.method == "POST":
        return _seal(request, actor)
    reader = Reader(timezone.now())
    results = list(_results(actor).by_deadline()[: PAGE + 1])
    waiting = list(letters.waiting(actor).select_related("dossier")[: PAGE + 1])
    context = {
        "section": "records", "device": agent_signing.way(actor),
        "columns": COLUMNS, "columns_letters": COLUMNS_LETTERS,
        "columns_under_way": COLUMNS_UNDER_WAY, "page": PAGE, "more": max(len(results), len(waiting)) > PAGE,
        "results": [_result(one, reader) for one in results[:PAGE]],
        "letters": [_letter(one, reader) for one in waiting[:PAGE]],
        "under_way": [_under_way(one) for one in _ordered(actor)],
        "failed": list(letters.failed(actor).select_related("dossier")[:PAGE]),
        "bulk": [{"text": _("Đóng dấu các văn bản đã chọn"), "value": "dong-dau", "icon": "stamp"}],
        "nav_counts": {"records": {"number": len(results) + len(waiting)}} if results or waiting else {},
    }  # fmt: skip
    return render(request, "dossiers/officer/clerk/desk.html", context)


def _results(actor: Actor) -> Any:
    current = Prefetch("results", Result.objects.filter(superseded_at=None), to_attr="current")
    return basket.waiting_for_seal(actor).prefetch_related(current)


def _ordered(actor: Actor) -> list[Result]:
    """Results whose seal is ordered and not there yet, or failed."""
    here = Dossier.objects.in_queue_of(actor).filter(stage_kind="seal", status=Status.IN_PROGRESS)
    waiting = basket.waiting_for_seal(actor)
    found = Result.objects.filter(superseded_at=None, dossier__in=here).exclude(dossier__in=waiting)
    return list(found.select_related("dossier").order_by("decided_at", "pk")[:PAGE])


def _seal(request: ActorRequest, actor: Actor) -> HttpResponse:
    seen = bulk.seen_of(request.POST.getlist(bulk.NAME))
    if not seen or len(seen) > basket.LIMIT:
        words = _("Mỗi lần đóng dấu tối đa %d văn bản.") % basket.LIMIT if seen else _("Chọn văn bản trước.")
        messages.warning(request, words)
        return redirect("officer_records")
    dossiers = list(basket.waiting_for_seal(actor).filter(pk__in=seen).by_deadline())
    papers = list(letters.waiting(actor).filter(pk__in=seen).select_related("dossier"))
    if "lam" in request.POST:
        try:
            batch = basket.order_seals(seen, [one.pk for one in papers], by=actor, at=timezone.now())
        except MoveRefused as refused:
            messages.warning(request, str(refused))
            return redirect("officer_records")
        outbox.perform_now(basket.key_of(batch))
        return redirect("officer_batch", batch.pk)
    going = [{"cells": _about(one, one.title)} for one in dossiers]
    going += [{"cells": _about(one.dossier, str(one))} for one in papers]
    context = {
        "section": "records", "columns": COLUMNS_LETTERS[:2], "going": going, "number": len(going),
        "chosen": [f"{one.pk}.{one.version}" for one in dossiers] + [f"{one.pk}.0" for one in papers],
        "gone": len(seen) - len(going),
    }  # fmt: skip
    return render(request, "dossiers/officer/clerk/together.html", context)


@require_POST
def letter_again(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Order the failed signature or seal of a letter anew."""
    actor = _clerk(request)
    paper = letters.failed(actor).filter(pk=pk).first()
    if paper is None:
        raise Http404
    letters.again(paper, by=actor, at=timezone.now())
    purpose = "seal" if paper.signed_document_id else "sign"
    outbox.perform_now(letters.key(paper, purpose))
    messages.info(request, _("Đã yêu cầu ký lại thư số %s.") % paper.number)
    return redirect("officer_records")


def _about(dossier: Any, what: str) -> list[dict[str, Any]]:
    code = str(dossier)
    return [
        {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]), "sub": dossier.applicant_name},
        {"text": what, "clamp": True},
    ]


def _result(dossier: Any, reader: Reader) -> dict[str, Any]:
    result = next(iter(dossier.current))
    first, second = _about(dossier, result.number)
    signed = {"text": reader.short(result.decided_at), "sub": result.signer_name}
    return {"id": str(dossier.pk), "label": result.number,
            "cells": [first, second | {"sub": dossier.title}, signed, {"sla": reader.deadline(dossier)}]}  # fmt: skip


def _letter(paper: IssuedPaper, reader: Reader) -> dict[str, Any]:
    first, second = _about(paper.dossier, f"{paper.number} {paper.title}")
    second["url"] = reverse("officer_paper", args=[str(paper.dossier), paper.pk])
    return {"id": str(paper.pk), "label": paper.number, "cells": [first, second, reader.short(paper.issued_at)]}


def _under_way(result: Result) -> dict[str, Any]:
    first, second = _about(result.dossier, result.number)
    if result.signing_error:
        words = _("%s Mở hồ sơ để bấm Ký lại.") % result.signing_error
        return {"cells": [first, second, {"tag": {"text": _("Lỗi"), "tone": "red"}, "sub": words}]}
    return {"cells": [first, second, {"tag": {"text": _("Đang đóng dấu"), "tone": "blue"}}]}
