"""Pages anybody may read: home, matters of life, help. The catalogue: `catalogue`, `procedure`, `groups`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from portal.views import groups, listing, wording
from procedures.models import LifeEvent, ProcedureVersion

EXAMPLES = ("khai sinh cho con", "xác nhận độc thân", "sao y giấy tờ", "trợ cấp liệt sĩ")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    popular = listing.in_force().filter(procedure__popularity__gt=0).order_by("-procedure__popularity", "pk")[:6]
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
    """What there is to do, in the order in which most people do it; what is filed together comes first."""
    event = get_object_or_404(LifeEvent, slug=slug)
    versions = listing.in_force().filter(procedure__life_events=event)
    versions = versions.order_by("-procedure__popularity", "procedure__sort_key")
    together = groups.in_force().filter(life_events=event).order_by("code")
    context = {
        "event": event,
        "groups": [groups.row(group) for group in together],
        "rows": [wording.row(version) for version in versions],
    }
    return render(request, "portal/life_event.html", context)


@require_safe
def text_page(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"portal/text/{name}.html")


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Rendering it has asked the database already; what else there is to say stands in the template."""
    return render(request, "portal/text/status.html", {"checked": f"{timezone.localtime():%H:%M %d/%m/%Y}"})
