"""Following a dossier without logging in: the code shows status and dates, the key of the QR code also who holds it."""

import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
    dossiers = Dossier.objects.called(code[:LONGEST_CODE]).defer("answers", "search_fold")
    dossier = dossiers.select_related("holder_agency", "receiving_agency").first()
    filing = None if dossier else _filing(code)
    found = dossier or filing
    with_key = found is not None and _same(request.GET.get("k", ""), found.tracking_key)
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


def _filing(code: str) -> GroupFiling | None:
    """The sent filing of several procedures with that reference."""
    sent = GroupFiling.objects.exclude(submitted_at=None).select_related("group")
    return sent.filter(reference=code.strip().upper()[:16]).first()


def _same(given: str, key: str) -> bool:
    return hmac.compare_digest(given.encode(), key.encode())


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
            "journey": telling.journey(dossier, stages),
            "if_late": "" if dossier.resolved_at else telling.if_late(),
        }
    return context
