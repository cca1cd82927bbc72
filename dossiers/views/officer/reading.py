"""A proposed result as its signer reads it: as it would be signed, in five lines, with what to look at twice."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dossiers import access, basket, delegating
from dossiers.models import Dossier
from dossiers.refusals import LostRace, MoveRefused
from dossiers.routing import NoWay
from dossiers.views.officer import basket as listing
from dossiers.views.officer import enclosures, files, flags
from dossiers.views.officer.acting import work
from dossiers.views.officer.dossier import result_viewer
from dossiers.views.officer.situation import Situation
from dossiers.wording import deadline, short
from portal.floor import masking
from portal.floor.web import ActorRequest
from procedures.wording import money, time

SIGN, RETURN = "ky", "lam-lai"  # names of work.ACTS
DO = "viec"


@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: ActorRequest, code: str) -> HttpResponse:
    """Read one; posted, sign it or send it back, and go on to the next. A page older than the dossier gets 409."""
    situation = Situation.of(code, request.actor)
    waiting = list(listing.mine(request.actor).values_list("pk", "code", "reference"))
    if situation.dossier.pk not in {pk for pk, _code, _reference in waiting}:
        messages.info(request, _("Hồ sơ này không chờ bạn ký."))
        return redirect("officer_dossier", situation.code)
    sides = _neighbours(situation, waiting)
    chosen = request.POST.get(DO, "") if request.method == "POST" else ""
    forms = {name: _form(request, situation, name, bound=name == chosen) for name in (SIGN, RETURN)}
    if chosen in forms and forms[chosen].is_valid():
        answer = _do(request, situation, chosen, forms[chosen], onward=sides["next_url"])
        if answer is not None:
            return answer
    faulty = any(form.errors for form in forms.values())
    return render(request, "dossiers/officer/basket/reading.html", {
        **_head(situation), **sides, **_said(situation), "viewer": _viewer(situation), "form": forms[SIGN],
        "rework": forms[RETURN], "section": "signing", "may": set(situation.moves),
        "address": reverse("officer_reading", args=[situation.code]),
        "whole": reverse("officer_dossier", args=[situation.code]), "enclosures": enclosures.links(situation),
        "lends": _lends(situation), "returning": "tra" in request.GET,
        "signing": situation.signing, "raised": _raised(situation),
    }, status=422 if faulty else 200)  # fmt: skip


def _form(request: ActorRequest, situation: Situation, name: str, *, bound: bool) -> Any:
    act = work.ACTS[name]
    data = (request.POST,) if bound else ()
    return act.form(*data, initial={"version": situation.dossier.version}, **act.given(situation))


def _do(request: ActorRequest, situation: Situation, name: str, form: Any, *, onward: str) -> HttpResponse | None:
    """On to the next one when it is done; None when it was refused, the reason then stands in the form."""
    dossier, act = situation.dossier, work.ACTS[name]
    try:
        if form.cleaned_data["version"] != dossier.version:
            raise LostRace(access.who_was_first(dossier))
        told = act.do(dossier, request.actor, timezone.now(), form)
    except LostRace as lost:
        back = reverse("officer_reading", args=[situation.code])
        return render(request, "dossiers/officer/changed.html", {"text": str(lost), "back": back}, status=409)
    except (MoveRefused, NoWay) as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, told)
    return redirect(act.leads(request.actor) or onward or "officer_to_sign")


def _viewer(situation: Situation) -> dict[str, Any]:
    """The pages of the result; that they were shown is written down, for the owner and for signing many."""
    viewer = result_viewer(situation)
    result = situation.result
    if result is not None and viewer["pages"]:
        files.note_look(situation.dossier, situation.actor, "kết quả", at=situation.now)
        if result.decided_at is None:
            basket.read(result, by=situation.actor, at=situation.now)
    return viewer


def _head(situation: Situation) -> dict[str, Any]:
    dossier, now = situation.dossier, situation.now
    return {
        "code": situation.code, "title": dossier.title, "applicant": dossier.applicant_name,
        "sla": deadline(dossier, now=now), "lines": _five_lines(situation),
    }  # fmt: skip


def _five_lines(situation: Situation) -> list[dict[str, str]]:
    """Who, what, until when, with which papers, for how much."""
    dossier, result, owner = situation.dossier, situation.result, situation.parties.get("owner")
    papers, wanting = len(situation.papers), len(situation.wanting)
    count = ngettext("%(n)d giấy tờ", "%(n)d giấy tờ", papers) % {"n": papers}
    owed = situation.payment
    fee = money(owed.amount) if owed and owed.amount else _("Không thu")
    return [
        {"label": _("Người nộp"), "text": ", ".join(filter(None, [
            dossier.applicant_name, masking.mask_id(owner.identity) if owner else ""]))},
        {"label": _("Việc"), "text": f"{dossier.title}: {result.get_kind_display()}" if result else dossier.title},
        {"label": _("Thời hạn"), "text": _("%(limit)s, hẹn trả %(due)s") % {
            "limit": time(dossier.case), "due": short(dossier.due_at, now=situation.now) or "–"}},
        {"label": _("Giấy tờ"), "text": _("%(count)s, %(bad)d chưa đạt") % {"count": count, "bad": wanting}
            if wanting else count},
        {"label": _("Phí, lệ phí"), "text": f"{fee} ({_('chưa nộp')})" if situation.owes else fee},
    ]  # fmt: skip


def _said(situation: Situation) -> dict[str, Any]:
    """What those before wrote, the proposal first, and what other agencies answered."""
    events = situation.dossier.events.filter(verb__in=("propose", "forward", "rework")).order_by("-sequence")
    notes = [
        {"label": f"{event.actor_name}, {event.capacity}".strip(", "), "text": event.note}
        for event in events
        if event.note
    ]
    opinions = [
        {"label": one.agency.name, "text": one.answer} for one in situation.consultations if one.answered_at is not None
    ]
    drafted = situation.result.drafted_by if situation.result else ""
    return {"notes": notes, "opinions": opinions, "drafted_by": drafted}


def _raised(situation: Situation) -> list[flags.Flag]:
    dossier: Any = flags.with_flags(Dossier.objects.filter(pk=situation.dossier.pk), situation.actor).get()
    owner = situation.parties.get("owner")
    return flags.of(dossier, situation.result, owner, by=situation.actor, at=situation.now)


def _lends(situation: Situation) -> str:
    """Where to hand this one to somebody else, for its leader."""
    if not delegating.own_seats(situation.actor):
        return ""
    return reverse("officer_delegate_one", args=[situation.code])


def _neighbours(situation: Situation, waiting: list[Any]) -> dict[str, Any]:
    """The ones before and after in the basket, and where this one stands."""
    place = next(n for n, row in enumerate(waiting) if row[0] == situation.dossier.pk)
    before, after = waiting[place - 1 : place] if place else [], waiting[place + 1 : place + 2]
    sides = {"previous_url": before, "next_url": after}
    return {"place": place + 1, "number": len(waiting)} | {
        side: reverse("officer_reading", args=[rows[0][1] or rows[0][2]]) if rows else ""
        for side, rows in sides.items()
    }
