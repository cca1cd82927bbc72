"""Following a dossier without logging in: the code shows status and dates, the key of the QR code also who holds it."""

import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers import tracking
from dossiers.models import Dossier, GroupFiling
from dossiers.views.citizen import group_following, telling
from portal.floor import throttling

LONGEST_CODE = 60


@require_safe
def track(request: HttpRequest) -> HttpResponse:
    """The form; with `ma` on to that dossier."""
    # A whole address pasted from the receipt ends in the code.
    typed = "".join(request.GET.get("ma", "").split()).partition("?")[0].rstrip("/")
    code = typed.rpartition("/")[2][:LONGEST_CODE]
    if code:
        return redirect("tracked", code)
    return render(request, "dossiers/citizen/track_form.html", {"section": "tracking"})


@require_safe
def tracked(request: HttpRequest, code: str) -> HttpResponse:
    """One dossier as anybody with the code may see it. Guesses are counted, the right key is not."""
    dossier = found(code)
    filing = None if dossier else _filing(code)
    followed = dossier or filing
    with_key = followed is not None and has_key(request, followed)
    if not with_key:
        throttling.count("tracking", throttling.address(request), settings.THROTTLES["tracking"])
    if filing is not None:
        response = group_following.tracked(request, filing, with_key=with_key)
    elif dossier is None:
        context = {"section": "tracking", "code": code[:LONGEST_CODE], "mistakes": [("ma", _not_found())]}
        return render(request, "dossiers/citizen/track_form.html", context, status=404)
    else:
        response = render(request, "dossiers/citizen/tracked.html", _context(dossier, with_key=with_key))
    patch_cache_control(response, private=True, no_store=True)
    return response


def found(code: str) -> Dossier | None:
    """The dossier with that code or reference, with what its pages without log-in show."""
    dossiers = Dossier.objects.called(code[:LONGEST_CODE]).defer("answers", "search_fold")
    dossier: Dossier | None = dossiers.select_related("holder_agency", "receiving_agency", "rule_profile").first()
    return dossier


def has_key(request: HttpRequest, followed: Dossier | GroupFiling) -> bool:
    """Whether the address carries the key of the receipt."""
    return hmac.compare_digest(request.GET.get("k", "").encode(), followed.tracking_key.encode())


def _filing(code: str) -> GroupFiling | None:
    """The sent filing of several procedures with that reference."""
    sent = GroupFiling.objects.exclude(submitted_at=None).select_related("group")
    return sent.filter(reference=code.strip().upper()[:16]).first()


def _not_found() -> str:
    return _("Không có hồ sơ nào mang mã này. Xem lại mã trên giấy hẹn hoặc trong thư chúng tôi gửi")


def _context(dossier: Dossier, *, with_key: bool) -> dict[str, Any]:
    now = timezone.now()
    context = {
        "section": "tracking",
        "code": telling.code(dossier),
        "headline": telling.headline(dossier),
        "due": telling.promise(dossier, now),
        "rail": telling.rail(dossier, public=not with_key),
        "with_key": with_key,
        "recalled": tracking.recalled(dossier),
    }
    if with_key:
        stages = dossier.stages.select_related("agency").order_by("ordinal")
        context |= {
            "title": dossier.title,
            "duty": telling.duty(dossier),
            "holder": telling.holder(dossier),
            "limit_url": f"{reverse('tracked_limit', args=[telling.code(dossier)])}?k={dossier.tracking_key}",
            "journey": telling.journey(dossier, stages),
            "if_late": "" if dossier.resolved_at else telling.if_late(),
        }
    return context
