"""/tai-khoan/: what the account knows, which seat the officer works from, recovery codes."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.actors import CHOSEN_SEAT, SECOND_FACTOR
from portal.floor import masking
from portal.floor.web import ActorRequest
from portal.identity import second_factor
from portal.models import User
from procedures.models import Substitution


@login_required
def account(request: ActorRequest) -> HttpResponse:
    user = cast(User, request.user)
    context = {"seats": request.actor.seats, "leaves": _leaves(user), "facts": _facts(user)}
    return render(request, "account/account.html", context)


def _leaves(user: User) -> list[dict[str, str]]:
    """One's own leave of today and later, with the way to cancel it."""
    if user.kind != User.Kind.OFFICER:
        return []
    rows = Substitution.objects.filter(position__user_id=user.pk, ends_on__gte=timezone.localdate())
    return [
        {
            "label": f"{leave.starts_on:%d/%m/%Y} – {leave.ends_on:%d/%m/%Y}",
            "text": _("%(who)s làm thay, vị trí %(title)s") % {"who": leave.substitute, "title": leave.position.title},
            "url": reverse("own_leave_cancel", args=[leave.pk]),
            "action": _("Hủy"),
        }
        for leave in rows.select_related("position", "substitute").order_by("starts_on")
    ]


def _facts(user: User) -> list[tuple[str, str]]:
    """What the identity provider said, masked: enough to recognise one's own."""
    rows = (
        (_("Người đại diện"), user.representative),
        (_("Số định danh"), masking.mask_id(user.personal_id)),
        (_("Mã số thuế"), user.tax_code),
        (_("Điện thoại"), masking.mask_phone(user.phone)),
        (_("Thư điện tử"), masking.mask_email(user.email) if user.email else ""),
        (_("Nơi thường trú"), user.address),
    )
    return [(label, text) for label, text in rows if text]


@login_required
@require_POST
def choose_seat(request: ActorRequest) -> HttpResponse:
    """Work from another of one's own seats. Raises Http404 for a seat that is not one's own."""
    chosen = request.POST.get("seat", "")
    if chosen not in {str(seat.position_id) for seat in request.actor.seats}:
        raise Http404
    request.session[CHOSEN_SEAT] = int(chosen)
    return redirect("account")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def recovery_codes(request: ActorRequest) -> HttpResponse:
    """Codes for the day the telephone is lost: shown until the officer says they are kept."""
    if not request.session.get(SECOND_FACTOR):
        raise Http404
    user = cast(User, request.user)
    if request.method == "POST":
        second_factor.recovery_codes_kept(user)
        return redirect("account")
    return render(request, "account/recovery_codes.html", {"codes": second_factor.unseen_recovery_codes(user)})
