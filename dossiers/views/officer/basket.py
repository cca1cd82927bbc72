"""Chờ tôi ký: what is proposed to this leader, what to look at twice, and signing many that were read."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from dossiers import basket, outbox
from dossiers.models import Dossier, Party, Result
from dossiers.refusals import MoveRefused
from dossiers.views.officer import agent_signing, bulk, flags, rows
from dossiers.wording import Reader
from portal.floor import markup
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest

PAGE = 50
COLUMNS = (_lazy("Hồ sơ, người nộp"), _lazy("Kết quả"), _lazy("Cần để ý"), _lazy("Thời hạn"), _lazy("Đã đọc"))
COLUMNS_PREVIEW = (_lazy("Hồ sơ, người nộp"), _lazy("Thủ tục"))


def signs(actor: Actor) -> bool:
    """Whether this officer has a basket at all."""
    return actor.has_role("leader") or bool(actor.delegations)


def mine(actor: Actor) -> Any:
    """The basket, nearest deadline first. Raises Http404 for who signs nothing."""
    if not signs(actor):
        raise Http404
    return Dossier.objects.to_sign_by(actor).by_deadline()


@require_safe
def to_sign(request: ActorRequest) -> HttpResponse:
    """A page of the basket; each is opened and read before it is signed, alone or with others."""
    actor, now = request.actor, timezone.now()
    found = mine(actor)
    if (after := rows.place(request.GET.get("sau", ""))) is not None:
        found = found.after(*after)
    shown = _joined(found, actor)[: PAGE + 1]
    page = list(shown[:PAGE])
    following = f"?sau={_key(page[-1])}" if len(shown) > PAGE else ""
    number = f"{PAGE}+" if following else str(len(page))
    signing = any(result.decided_at for one in page for result in one.current)
    context = {
        "section": "signing", "columns": COLUMNS, "rows": _rows(page, actor, now), "next_url": following,
        "first_url": reverse("officer_to_sign") if after else "", "number": number,
        "bulk": [{"text": _("Ký các văn bản đã chọn"), "value": "ky", "icon": "pen-line"}],
        "delegates": bool(actor.has_role("leader")), "device": agent_signing.way(actor) if signing else "",
        "lent": [{"capacity": one.seat.signing_capacity, "giver": one.giver} for one in actor.delegations],
        "nav_counts": {"signing": {"number": number}} if page and after is None else {},
    }  # fmt: skip
    return render(request, "dossiers/officer/basket/list.html", context)


def _joined(found: Any, actor: Actor) -> list[Any]:
    current = Prefetch("results", Result.objects.filter(superseded_at=None), to_attr="current")
    owners = Prefetch("parties", Party.objects.filter(role="owner"), to_attr="owners")
    return list(
        flags.with_flags(basket.with_reading(found, actor), actor).prefetch_related(current, owners)[: PAGE + 1]
    )


def _key(dossier: Dossier) -> str:
    due = "x" if dossier.next_due_at is None else str(round(dossier.next_due_at.timestamp() * 1e6))
    return f"{due}.{dossier.pk.hex}"


def _rows(page: Sequence[Any], actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    reader = Reader(now)
    return [_row(one, actor, reader) for one in page]


def _row(dossier: Any, actor: Actor, reader: Reader) -> dict[str, Any]:
    code, result = str(dossier), next(iter(dossier.current), None)
    raised = flags.of(dossier, result, next(iter(dossier.owners), None), by=actor, at=reader.now)
    tags = format_html_join(" ", "{}", ((markup.tag(one.mark, one.tone),) for one in raised))
    kind = str(result.get_kind_display()) if result else ""
    return {
        "id": str(dossier.pk), "label": code,
        "cells": [
            {"text": code, "code": True, "url": reverse("officer_reading", args=[code]),
             "sub": dossier.applicant_name},
            {"text": dossier.title, "clamp": True,
             "sub": " · ".join(filter(None, [kind, result.drafted_by if result else ""]))},
            tags or "–", {"sla": reader.deadline(dossier)}, {"tag": _state(dossier, result)},
        ],
    }  # fmt: skip


def _state(dossier: Any, result: Result | None) -> dict[str, str]:
    if result is not None and result.signing_error:
        return {"text": _("Ký lỗi"), "tone": "red"}
    if result is not None and result.decided_at is not None:
        return {"text": _("Đang ký"), "tone": "blue"}
    return {"text": _("Đã đọc"), "tone": "green"} if dossier.read else {"text": _("Chưa đọc"), "tone": ""}


@require_POST
def together(request: ActorRequest) -> HttpResponse:
    """First what would be signed and what not, and why; confirmed with `lam`, the batch."""
    actor, now = request.actor, timezone.now()
    mine(actor)
    seen = bulk.seen_of(request.POST.getlist(bulk.NAME))
    if not seen or len(seen) > basket.LIMIT:
        words = _("Mỗi lần ký tối đa %d văn bản.") % basket.LIMIT if seen else _("Chọn văn bản trước, bằng ô đầu dòng.")
        messages.warning(request, words)
        return redirect("officer_to_sign")
    if "lam" in request.POST:
        try:
            batch = basket.order(seen, by=actor, at=now)
        except MoveRefused as refused:
            messages.warning(request, str(refused))
        else:
            outbox.perform_now(basket.key_of(batch))
            return redirect("officer_batch", batch.pk)
    items = [(one, basket.hindrance(one, by=actor)) for one in basket.chosen(list(seen), by=actor)]
    going = [one for one, why in items if not why]
    context = {
        "section": "signing", "columns": COLUMNS_PREVIEW, "columns_skipped": (*COLUMNS_PREVIEW, _("Vì sao bỏ qua")),
        "going": [{"cells": about(one)} for one in going],
        "skipped": [{"cells": [*about(one), why]} for one, why in items if why],
        "chosen": [f"{one.pk}.{one.version}" for one in going], "number": len(going), "gone": len(seen) - len(items),
    }  # fmt: skip
    return render(request, "dossiers/officer/basket/together.html", context)


def about(dossier: Dossier) -> list[dict[str, Any]]:
    """Which dossier, whose, and what about: two cells."""
    code = str(dossier)
    return [
        {"text": code, "code": True, "url": reverse("officer_reading", args=[code]), "sub": dossier.applicant_name},
        {"text": dossier.title, "clamp": True},
    ]
