"""The officer's queue, nearest deadline first."""

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers.models import Dossier
from dossiers.numbering import CODE, REFERENCE
from dossiers.querysets import DossierQuerySet
from dossiers.views.officer import rows, shelves
from portal.floor import crypto
from portal.floor.actor import Actor
from portal.floor.vietnamese import fold
from portal.floor.web import ActorRequest

PAGE = 50


@require_safe
def queue(request: ActorRequest) -> HttpResponse:
    """One view of the queue, a page of it, perhaps of one procedure only."""
    actor, now = request.actor, timezone.now()
    own = shelves.of(actor)
    if request.GET.get("q") or not own:
        return search(request)
    shelf = next((shelf for shelf in own if shelf.key == request.GET.get("xem")), own[0])
    title = request.GET.get("thu-tuc", "")[:200]
    after, narrowed = rows.place(request.GET.get("sau", "")), {"thu-tuc": title}
    found = shelves.page(shelf, actor, now=now, narrowed=narrowed, after=after, limit=PAGE + 1)
    counts = shelves.counted(actor, now=now)
    context = {"section": "queue", **_listing(found, actor, now=now), **_frame(own, shelf, counts, title)}
    context |= {"next_url": _next(found, shelf, title), "first_url": request.GET.get("sau") and _address(shelf, title)}
    return render(request, "dossiers/officer/queue.html", context)


@require_safe
def search(request: ActorRequest) -> HttpResponse:
    """Dossiers the officer may open, by words without diacritics, by code, or by a scanned receipt."""
    actor, now = request.actor, timezone.now()
    asked = scanned(request.GET.get("q", "")[:300])
    seen = Dossier.objects.visible_to(actor)
    if CODE.match(asked.upper()) or REFERENCE.match(asked.upper()):
        exact = seen.filter(Q(code=asked.upper()) | Q(reference=asked.upper())).first()
        if exact is not None:
            return redirect("officer_dossier", str(exact))
    found = rows.fetch(matching(seen, asked).order_by("-submitted_at", "-id"), limit=PAGE) if asked else []
    context = {
        "section": "queue",
        "query": asked,
        **_listing(found, actor, now=now),
        "tabs": _tabs(shelves.of(actor), None, {}),
    }
    return render(request, "dossiers/officer/search.html", context)


def scanned(text: str) -> str:
    """What was typed; of a scanned tracking address the code in it, of a scanned identity card its number."""
    text = text.strip().partition("|")[0]
    _before, found, code = text.partition("/tra-cuu/")
    return code.partition("?")[0].strip("/") if found else text


def matching(dossiers: DossierQuerySet, asked: str) -> DossierQuerySet:
    """All words, in any order; or the beginning of a code; or the owner's number."""
    if re.fullmatch(r"\d{12}", asked):
        index = crypto.blind_index(asked, "personal_id")
        return dossiers.filter(parties__role="owner", parties__identity_index=index)
    words = Q()
    for word in fold(asked).split()[:8]:
        words &= Q(search_fold__contains=word)
    return dossiers.filter(words | Q(code__startswith=asked.upper())) if asked else dossiers.none()


def _listing(found: list[Any], actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
    shown = rows.presented(found[:PAGE], actor=actor, now=now)
    return {"columns": rows.COLUMNS, "rows": shown, "updated": f"{timezone.localtime(now):%H:%M}"}


def _frame(own: list[shelves.Shelf], shelf: shelves.Shelf, counts: dict[str, Any], title: str) -> dict[str, Any]:
    """What stands around the rows: tabs, the filter, the numbers."""
    options = [{"value": "", "label": _("Mọi thủ tục"), "selected": not title}]
    titles = sorted({*counts["titles"], *([title] if title else [])})
    options += [{"value": one, "label": one, "selected": one == title} for one in titles]
    number = counts.get(shelf.key, 0)
    return {
        "tabs": _tabs(own, shelf, counts),
        "selects": [{"name": "thu-tuc", "label": _("Thủ tục"), "options": options}],
        "keep": [("xem", shelf.key)],
        "shelf": shelf,
        "nav_counts": {"queue": {"number": shelves.in_words(counts[own[0].key])}} if counts[own[0].key] else {},
        "summary": _("%(n)s hồ sơ") % {"n": shelves.in_words(number)},
    }


def _tabs(own: list[shelves.Shelf], current: shelves.Shelf | None, counts: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"text": shelf.label, "url": _address(shelf, ""), "current": shelf is current,
         "count": shelves.in_words(counts[shelf.key]) if shelf.key in counts else None,
         "tone": shelf.tone if counts.get(shelf.key) else ""}
        for shelf in own
    ]  # fmt: skip


def _address(shelf: shelves.Shelf, title: str, **more: str) -> str:
    given = {"xem": shelf.key} | ({"thu-tuc": title} if title else {}) | more
    return f"{reverse('officer_queue')}?{urlencode(given)}"


def _next(found: list[Any], shelf: shelves.Shelf, title: str) -> str:
    return _address(shelf, title, sau=rows.key_of(found[PAGE - 1])) if len(found) > PAGE else ""
