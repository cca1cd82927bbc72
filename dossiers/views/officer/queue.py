"""The officer's queue, nearest deadline first."""

import datetime as dt
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from dossiers.models import Dossier, Stage
from dossiers.views.officer import bulk, rows, searching, shelves
from dossiers.views.officer.narrowing import NEWEST, Narrowing, choices, more_choices
from dossiers.views.officer.tabs import saved, tabs
from dossiers.wording import short
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest

PAGE = 50
OPENED = "loc"  # the panel of further filters is open
COMPACT = "compact"  # rows of one line


@require_safe
def queue(request: ActorRequest) -> HttpResponse:
    """One view of the queue, a page of it, narrowed as the address says."""
    actor, now = request.actor, timezone.now()
    if not (own := shelves.of(actor)):
        return searching.search(request)
    shelf = next((shelf for shelf in own if shelf.key == request.GET.get("xem")), own[0])
    narrowing = Narrowing(request.GET.dict(), actor, now=now)
    found = _found(shelf, narrowing, request.GET.get("sau", ""), actor, now=now)
    counts = shelves.counted(actor, now=now)
    mine = counts["kept"] if "kept" in counts else saved(actor)
    query, user = narrowing.address(xem=shelf.key), cast(Any, request.user)
    context = {
        "section": "queue", "shelf": shelf, "columns": rows.COLUMNS,
        "rows": rows.presented(found[:PAGE], actor=actor, now=now), "updated": f"{timezone.localtime(now):%H:%M}",
        "tabs": tabs(actor, current=shelf.key, counts=counts, mine=mine, query=query),
        "asked": query, "since": now.isoformat(), "bulk": bulk.offers(actor),
        "counter": actor.has_role("receiver"),
        "compact": user.desk.get("rows") == COMPACT,
        "saved_as": next((name for name, kept in mine if kept == query), ""),
        "nav_counts": {
            place: {"number": shelves.in_words(counts[key])}
            for place, key in (("queue", own[0].key), ("signing", shelves.TO_SIGN), ("records", shelves.TO_SEAL))
            if counts.get(key)
        },
        "summary": _summary(shelf, narrowing, counts, found),
        **_filters(request, narrowing, shelf, counts["titles"]), **_pages(request, found, narrowing, query),
    }  # fmt: skip
    if not found:
        context["empty"] = _nothing(actor, narrowing, now=now)
    return render(request, "dossiers/officer/queue.html", context)


def _found(shelf: shelves.Shelf, narrowing: Narrowing, key: str, actor: Actor, *, now: dt.datetime) -> list[Any]:
    after = rows.place(key)
    if narrowing.plain:
        return shelves.page(shelf, actor, now=now, narrowed=narrowing.values, after=after, limit=PAGE + 1)
    dossiers = shelves.content(shelf, actor, now=now).filter(narrowing.condition)
    if not narrowing.newest:
        dossiers = dossiers if after is None else dossiers.after(*after)
        return rows.fetch(dossiers.by_deadline(), limit=PAGE + 1)
    if after is not None and after[0] is not None:
        dossiers = dossiers.filter(Q(submitted_at__lt=after[0]) | Q(submitted_at=after[0], id__lt=after[1]))
    return rows.fetch(dossiers.order_by("-submitted_at", "-id"), limit=PAGE + 1)


def _summary(shelf: shelves.Shelf, narrowing: Narrowing, counts: dict[str, Any], found: list[Any]) -> str:
    """How many; of a narrowed view only as many as fit on the page are counted."""
    if not narrowing.values and shelf.key in counts:
        return _("%(n)s hồ sơ") % {"n": shelves.in_words(counts[shelf.key])}
    return _("%(n)s hồ sơ") % {"n": f"{PAGE}+" if len(found) > PAGE else len(found)}


def _pages(request: ActorRequest, found: list[Any], narrowing: Narrowing, query: str) -> dict[str, str]:
    address, following = f"{reverse('officer_queue')}?{query}", ""
    if len(found) > PAGE:
        last = found[PAGE - 1]
        key = rows.key_of(last._replace(next_due_at=last.submitted_at) if narrowing.newest else last)
        following = f"{address}&sau={key}"
    return {"next_url": following, "first_url": address if request.GET.get("sau") else ""}


def _filters(request: ActorRequest, narrowing: Narrowing, shelf: shelves.Shelf, titles: list[str]) -> dict[str, Any]:
    """What the bar above the rows offers. The further choices cost a statement, so they are asked for."""
    page = reverse("officer_queue")
    title = narrowing.values.get("thu-tuc", "")
    order = [{"value": "", "label": _("Gần hạn nhất trước"), "selected": not narrowing.newest},
             {"value": NEWEST, "label": _("Mới nộp trước"), "selected": narrowing.newest}]  # fmt: skip
    selects = [
        choices(narrowing, "thu-tuc", [(one, one) for one in sorted({*titles, title} - {""})], _("Mọi thủ tục")),
        choices(narrowing, "kenh", [(key, str(text)) for key, text in Dossier.Channel.choices], _("Mọi kênh nộp")),
        {"name": "xep", "label": _("Thứ tự"), "options": order},
    ]
    opened = OPENED in request.GET
    if opened:
        selects += more_choices(narrowing, request.actor, on=timezone.localdate())
    return {
        "selects": selects, "opened": opened, "narrowing": narrowing,
        "chips": narrowing.chips(page, xem=shelf.key), "clear_url": f"{page}?xem={shelf.key}",
        "open_url": f"{page}?{narrowing.address(xem=shelf.key)}&{OPENED}=1",
    }  # fmt: skip


def _nothing(actor: Actor, narrowing: Narrowing, *, now: dt.datetime) -> dict[str, str]:
    """The words of an empty view, with what comes next."""
    if narrowing.values:
        return {"title": _("Không có hồ sơ nào khớp bộ lọc"), "text": _("Bỏ bớt điều kiện lọc ở trên để thấy thêm.")}
    ahead = Dossier.objects.in_queue_of(actor).filter(next_due_at__gte=now).by_deadline()
    due = ahead.values_list("next_due_at", flat=True).first()
    if due is None:
        return {"title": _("Hết việc"), "text": _("Hồ sơ mới hiện ra ngay khi đến bàn của bạn.")}
    return {
        "title": _("Hết việc ở đây"),
        "text": _("Hồ sơ gần nhất của bạn đến hạn %s.") % short(due, now=now),
    }


@require_safe
def news(request: ActorRequest) -> HttpResponse:
    """How many dossiers have come to the officer's desks since the page was drawn; nothing when none. For htmx."""
    try:
        since = dt.datetime.fromisoformat(request.GET.get("tu", ""))
    except ValueError:
        return HttpResponse()
    if timezone.is_naive(since):
        return HttpResponse()
    came = Stage.objects.filter(dossier=OuterRef("pk"), closed_at=None, opened_at__gt=since)
    fresh = Q(submitted_at__gt=since) | Q(resolved_at__gt=since) | Exists(came)
    number = Dossier.objects.in_queue_of(request.actor).filter(fresh)[: shelves.CAP + 1].count()
    given = request.GET.copy()
    for name in ("tu", "sau"):
        given.pop(name, None)
    words = ngettext("%(n)s hồ sơ mới", "%(n)s hồ sơ mới", number) % {"n": shelves.in_words(number)}
    context = {"number": number, "words": words, "url": f"{reverse('officer_queue')}?{given.urlencode()}"}
    return render(request, "dossiers/officer/queue_news.html", context)
