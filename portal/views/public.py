"""Pages anybody may read: home, life events, catalogue, one procedure, help."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from portal.floor.vietnamese import sort_key
from portal.views import filtering, procedure_page, wording
from procedures.models import LifeEvent, ProcedureVersion, ServiceField

PAGE = 40  # procedures on one page of the catalogue
EXAMPLES = ("khai sinh cho con", "xác nhận độc thân", "sao y giấy tờ", "trợ cấp liệt sĩ")


def _in_force() -> QuerySet[ProcedureVersion]:
    versions: QuerySet[ProcedureVersion] = ProcedureVersion.objects.in_force(timezone.localdate())
    return versions.select_related("procedure").prefetch_related("cases__fees")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    popular = _in_force().filter(procedure__popularity__gt=0).order_by("-procedure__popularity", "pk")[:6]
    events = [
        {"icon": one.icon, "title": one.name, "text": one.summary, "url": reverse("life_event", args=[one.slug])}
        for one in LifeEvent.objects.order_by("order", "pk")[:8]
    ]
    context = {
        "events": events,
        "popular": [wording.row(version) for version in popular],
        "examples": [{"text": text, "url": f"{reverse('search')}?{urlencode({'q': text})}"} for text in EXAMPLES],
        "count": ProcedureVersion.objects.in_force(timezone.localdate()).count(),
    }
    return render(request, "portal/home.html", context)


@require_safe
def life_event(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(LifeEvent, slug=slug)
    versions = _in_force().filter(procedure__life_events=event)
    versions = versions.order_by("-procedure__popularity", "procedure__sort_key")
    context = {"event": event, "rows": [wording.row(version) for version in versions]}
    return render(request, "portal/life_event.html", context)


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All procedures from A to Z, by pages that continue after a name (`sau`), by letter, level and scope."""
    level, scope = filtering.level(request), filtering.scope(request)
    versions = _in_force().order_by("procedure__sort_key", "pk")
    if level:
        versions = versions.filter(procedure__level=level)
    if scope:
        versions = versions.filter(online_scope=scope)
    fields = ServiceField.objects.annotate(
        n=Count("procedures__versions", filter=Q(procedures__versions__state="published"), distinct=True)
    ).filter(n__gt=0)
    return _listing(
        request,
        versions,
        "portal/catalogue.html",
        {
            "fields": [
                {"text": f"{field.name} ({field.n})", "url": reverse("service_field", args=[field.slug])}
                for field in sorted(fields, key=lambda one: sort_key(one.name))
            ],
            "selects": filtering.selects(level, scope),
            "filtered": bool(level or scope),
        },
    )


@require_safe
def service_field(request: HttpRequest, slug: str) -> HttpResponse:
    field = get_object_or_404(ServiceField, slug=slug)
    versions = _in_force().filter(procedure__field=field).order_by("procedure__sort_key", "pk")
    return _listing(request, versions, "portal/service_field.html", {"field": field})


@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    version = get_object_or_404(procedure_page.complete(timezone.localdate()), procedure__code=code)
    return render(request, "portal/procedure.html", procedure_page.context(version))


@require_safe
def text_page(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"portal/text/{name}.html")


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Rendering it has asked the database already; what else there is to say stands in the template."""
    return render(request, "portal/text/status.html", {"checked": f"{timezone.localtime():%H:%M %d/%m/%Y}"})


def _listing(
    request: HttpRequest, versions: QuerySet[ProcedureVersion], template: str, context: dict[str, Any]
) -> HttpResponse:
    after = request.GET.get("sau", "")
    total = versions.count()
    shown = list((versions.filter(procedure__sort_key__gt=after) if after else versions)[: PAGE + 1])
    more = shown[PAGE - 1].procedure.sort_key if len(shown) > PAGE else ""
    kept = {name: str(value) for name, value in request.GET.items() if name != "sau"}
    context |= {
        "rows": [wording.row(version) for version in shown[:PAGE]],
        "total": total,
        "next_url": f"?{urlencode(kept | {'sau': more})}" if more else "",
        "previous_url": f"?{urlencode(kept)}" if after else "",
    }
    return render(request, template, context)
