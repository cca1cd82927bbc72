"""Search, as one types and as one asks."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.throttling import address, count
from portal.floor.vietnamese import BadText, clean, sort_key
from portal.views import filtering, places, wording
from procedures import search as searching
from procedures import synonyms
from procedures.models import LifeEvent, Procedure, ProcedureVersion
from procedures.search import Found, How
from procedures.words import searchable, telling, typed

FOUND = 30  # search results
SUGGESTED, SUGGESTED_PLACES = 6, 2
LONGEST_QUERY = 120
SHORTEST_BEGINNING = 2  # letters before anything is suggested
FRESH = 300  # seconds a browser may keep suggestions


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results with what had to be done to find them; a code leads straight to its procedure."""
    query, level, scope = _query(request), filtering.level(request), filtering.scope(request)
    field = request.GET.get("linh-vuc", "")[:80].replace("\x00", "")
    if (code := searching.code(query)) and Procedure.objects.filter(code=code).exists():
        return redirect("procedure", code)
    answer = searching.find(query, level=level, scope=scope, field=field, limit=FOUND)
    versions = _versions(answer.found)
    filtered = bool(level or scope or field)
    context = {
        "query": query,
        "rows": [wording.row(version, answer.meant or query) for version in versions],
        "many": len(answer.found) == FOUND,
        "places": places.matching(query),
        "meant": answer.meant,
        "nearly": answer.how is How.MOST,
        "selects": [*filtering.selects(level, scope), _fields(versions, field)],
        "kept": [("q", query)],
        "unfiltered_url": f"{request.path}?{urlencode({'q': query})}" if filtered else "",
    }
    if query and not versions:
        context |= _help(query)
    if request.method == "GET" and not filtered and (not answer.found or answer.how is How.MOST):
        synonyms.missed(query, on=timezone.localdate())
    return render(request, "portal/search.html", context)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Options for a list under the search box, as a fragment of a page; nothing for what is too short or unreadable."""
    count("suggest", address(request), settings.THROTTLES["suggest"])
    try:
        query = clean(request.GET.get("q", ""))[:LONGEST_QUERY]
    except BadText:
        query = ""
    options: list[dict[str, Any]] = []
    if len("".join(typed(query))) >= SHORTEST_BEGINNING:
        options += places.matching(query)[:SUGGESTED_PLACES]
        found = searching.find(query, limit=SUGGESTED, typing=True).found
        options += [
            {"url": reverse("procedure", args=[one.code]), "text": one.short_name or one.name, "kind": _official(one)}
            for one in found
        ]
    response = render(request, "portal/suggestions.html", {"options": options})
    patch_cache_control(response, public=True, max_age=FRESH)
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def _official(found: Found) -> str:
    return found.name if found.short_name and searchable(found.short_name) not in searchable(found.name) else ""


def _versions(found: Sequence[Found]) -> list[ProcedureVersion]:
    in_force = ProcedureVersion.objects.in_force(timezone.localdate()).filter(procedure__in=[one.pk for one in found])
    versions = {
        version.procedure_id: version
        for version in in_force.select_related("procedure__field").prefetch_related("cases__fees")
    }
    return [versions[one.pk] for one in found if one.pk in versions]


def _fields(versions: Iterable[ProcedureVersion], chosen: str) -> dict[str, Any]:
    """The fields of what was found, to choose one of them."""
    names = {version.procedure.field.slug: version.procedure.field.name for version in versions}
    options = sorted(names.items(), key=lambda pair: sort_key(pair[1]))
    return filtering.select("linh-vuc", _("Lĩnh vực"), [("", _("Mọi lĩnh vực")), *options], chosen)


def _help(query: str) -> dict[str, Any]:
    """For a page without results: single words that lead somewhere, and the matters of life."""
    spelt = {searchable(one): one for one in query.split()}
    words = [word for word in telling(typed(query)) if len(word) > 1]
    known = searching.known_words(words)
    return {
        "words": [
            {"text": spelt.get(word, word), "url": f"{reverse('search')}?{urlencode({'q': spelt.get(word, word)})}"}
            for word in dict.fromkeys(words)
            if word in known and len(words) > 1
        ],
        "events": [
            {"text": one.name, "url": reverse("life_event", args=[one.slug])}
            for one in LifeEvent.objects.order_by("order", "pk")[:8]
        ],
    }


def _query(request: HttpRequest) -> str:
    try:
        return clean(request.GET.get("q", ""))[:LONGEST_QUERY]
    except BadText as mistake:
        raise BadRequest(str(mistake)) from None
