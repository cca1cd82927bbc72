"""Search, as one types and as one asks."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.floor.vietnamese import BadText, clean
from portal.views import filtering, wording
from procedures import search as searching
from procedures.models import Procedure, ProcedureVersion

FOUND = 30  # search results
LONGEST_QUERY = 120


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query, level, scope = _query(request), filtering.level(request), filtering.scope(request)
    if Procedure.objects.filter(code=query).exists():
        return redirect("procedure", query)
    found = searching.search(query, level=level, scope=scope, limit=FOUND) if query else []
    in_force = ProcedureVersion.objects.in_force(timezone.localdate()).filter(procedure__in=found)
    versions = {
        version.procedure_id: version
        for version in in_force.select_related("procedure").prefetch_related("cases__fees")
    }
    rows = [wording.row(versions[one.pk], query) for one in found if one.pk in versions]
    context = {"query": query, "rows": rows, "selects": filtering.selects(level, scope), "kept": [("q", query)]}
    return render(request, "portal/search.html", context)


def _query(request: HttpRequest) -> str:
    try:
        return clean(request.GET.get("q", ""))[:LONGEST_QUERY]
    except BadText as mistake:
        raise BadRequest(str(mistake)) from None
