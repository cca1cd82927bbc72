"""How the date of a dossier was reckoned: for its owner, and for whoever holds the key of its receipt."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers import access
from dossiers.models import Dossier
from dossiers.views import time_limit
from dossiers.views.citizen import telling, tracking
from dossiers.views.citizen.guard import citizens_only
from dossiers.views.citizen.mine import own_or_404
from portal.floor.web import ActorRequest

PAGE = "dossiers/citizen/time_limit.html"


@citizens_only
@require_safe
def own(request: ActorRequest, code: str) -> HttpResponse:
    """Day by day, for the owner."""
    dossier = own_or_404(request, code)
    access.log_read(dossier, by=request.actor, at=timezone.now(), what=_("Xem cách tính ngày hẹn"))
    return render(request, PAGE, _context(dossier, back=telling.own_url(dossier), section="mine"))


@require_safe
def tracked(request: HttpRequest, code: str) -> HttpResponse:
    """The same behind the key; without it on to the page that says what the code alone may show."""
    dossier = tracking.found(code)
    if dossier is None or not tracking.has_key(request, dossier):
        return redirect("tracked", code[: tracking.LONGEST_CODE])
    back = f"{reverse('tracked', args=[telling.code(dossier)])}?k={dossier.tracking_key}"
    response = render(request, PAGE, _context(dossier, back=back, section="tracking"))
    patch_cache_control(response, private=True, no_store=True)
    return response


def _context(dossier: Dossier, *, back: str, section: str) -> dict[str, Any]:
    shown = time_limit.context(dossier, at=timezone.now())
    return {"section": section, "code": telling.code(dossier), "title": dossier.title, "back": back, **shown}
