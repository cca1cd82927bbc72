"""The acts of officers: each has a page that says what it will do, and a button that does it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers import access
from dossiers.models import Dossier
from dossiers.refusals import LostRace, MoveRefused
from dossiers.routing import NoWay
from dossiers.views.officer import briefs, files, offers
from dossiers.views.officer.acting import clock, counter, ending, legs, notes, reception, work
from dossiers.views.officer.acting.act import Act, Offer
from dossiers.views.officer.situation import Situation
from portal.floor.web import ActorRequest

ONWARD = ("chuyen", "trinh", "ky")  # whoever passes an overdue dossier on is asked why it is late


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: ActorRequest, code: str, name: str) -> HttpResponse:
    """The page of one act; posted, the act itself. A page older than the dossier is answered with 409."""
    situation = Situation.of(code, request.actor)
    if (chosen := ACTS.get(name)) is None:
        raise Http404
    if request.method != "POST" and name not in {offer.act for offer in offers.to(situation)}:
        messages.warning(request, _("Việc này không còn làm được ở bước hiện tại của hồ sơ."))
        return redirect("officer_dossier", situation.code)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = chosen.form(*sent, initial={"version": situation.dossier.version}, **chosen.given(situation))
    if form.is_valid() and (answer := perform(request, situation, chosen, form)):
        return answer
    files.note_look(situation.dossier, request.actor, "hồ sơ", at=situation.now)
    context = briefs.page(situation, name) | {
        "act": chosen,
        "form": form,
        "section": "queue",
        "also": _also(situation, name),
        "ask_why": notes.ask_why(situation) if name in ONWARD else "",
    }
    if chosen.said:
        context["lines"] = chosen.said(situation)
    return render(request, "dossiers/officer/act.html", context, status=422 if form.is_bound else 200)


def _also(situation: Situation, name: str) -> list[Offer]:
    """Who reads a result before signing may as well send it back."""
    return [offer for offer in offers.to(situation) if name == "ky" and offer.act == "lam-lai"]


def perform(request: ActorRequest, situation: Situation, chosen: Act, form: Any) -> HttpResponse | None:
    """Do it and lead on; None when it was refused, the reason then stands in the form."""
    dossier = situation.dossier
    try:
        if form.cleaned_data["version"] != dossier.version:
            raise LostRace(access.who_was_first(dossier))
        told = chosen.do(dossier, request.actor, timezone.now(), form)
    except LostRace as lost:
        back = reverse("officer_dossier", args=[situation.code])
        return render(request, "dossiers/officer/changed.html", {"text": str(lost), "back": back}, status=409)
    except (MoveRefused, NoWay) as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, told)
    if way := chosen.leads(request.actor):
        return redirect(way)
    code = str(Dossier.objects.values_list("code", flat=True).get(pk=dossier.pk) or dossier.reference)
    still = Dossier.objects.visible_to(request.actor).filter(pk=dossier.pk).exists()
    return redirect("officer_dossier", code) if still else redirect("officer_queue")


ACTS: dict[str, Act] = {
    **reception.ACTS,
    **work.ACTS,
    **clock.ACTS,
    **ending.ACTS,
    **counter.ACTS,
    **legs.ACTS,
    **notes.ACTS,
}
