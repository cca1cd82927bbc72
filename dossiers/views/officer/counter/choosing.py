"""Who stands at the counter and for what: a scanned card and a procedure, typed or chosen by number."""

import datetime as dt
import re
from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers import idcard
from dossiers.idcard import Card
from dossiers.models import Dossier, Draft
from portal.floor import masking
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest
from procedures import search
from procedures.models import Agency, ProcedureVersion

SHOWN = 9  # as many as there are number keys
RECENT = 300  # dossiers among which the frequent procedures are counted
KEPT = dt.timedelta(days=1)  # what was begun at the counter and never finished is forgotten


def counter_of(actor: Actor) -> Agency:
    """The agency whose counter this officer sits at: of the seat chosen first. Raises PermissionDenied."""
    seat = next((seat for seat in actor.seats if seat.role == "receiver"), None)
    if seat is None:
        raise PermissionDenied
    agency: Agency = Agency.objects.select_related("parent").get(pk=seat.agency_id)
    return agency


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: ActorRequest) -> HttpResponse:
    """Scan, type, go on. Nothing personal stands in an address: what was scanned is posted."""
    agency, now = counter_of(request.actor), timezone.now()
    scanned = request.POST.get("the", "")[: idcard.LONGEST + 1].strip()
    asked = request.POST.get("q", "")[:120].strip()
    card, wrong = _card(scanned)
    found = _found(request.POST.get("thu-tuc", "")[:20], asked, agency, now)
    if request.method == "POST" and not wrong and len(found) == 1 and (asked or "thu-tuc" in request.POST):
        return redirect("officer_counter_take", _begin(request.actor, agency, found[0], card, at=now).pk)
    context = {
        "section": "counter", "scanned": scanned, "asked": asked, "card": card, "wrong": wrong, "agency": agency,
        "identity": masking.mask_id(card.personal_id) if card else "",
        "procedures": [_row(version) for version in found], "nothing": bool(asked) and not found,
        "begun": _begun(request.actor, now),
    }  # fmt: skip
    return render(request, "dossiers/officer/counter/choose.html", context, status=422 if wrong else 200)


def _card(scanned: str) -> tuple[Card | None, str]:
    """The card, or a typed number as a card without a name; and what is wrong with anything else."""
    if not scanned:
        return None, ""
    if re.fullmatch(r"\d{12}", scanned, re.ASCII):
        return Card(scanned, ""), ""
    card = idcard.read(scanned)
    return card, "" if card else _("Không đọc được mã này. Quét lại mặt trước thẻ căn cước, hoặc gõ 12 số định danh.")


def _found(chosen: str, asked: str, agency: Agency, now: dt.datetime) -> list[ProcedureVersion]:
    """What was chosen or is meant; without a word the frequent ones of this counter, the most frequent first."""
    here = ProcedureVersion.objects.in_force(timezone.localdate(now)).filter(
        procedure__agencies__agency=agency, procedure__agencies__receives=True
    )
    if chosen:
        codes = [chosen]
    elif asked:
        codes = [one.code for one in search.find(asked, limit=60).found]
    else:
        codes = _frequent(agency)
    rows = {row.procedure.code: row for row in here.filter(procedure__code__in=codes).select_related("procedure")}
    found = [rows[code] for code in codes if code in rows]
    if not asked and not chosen and len(found) < SHOWN:
        more = here.exclude(pk__in=[row.pk for row in found]).select_related("procedure")
        found += more.order_by("-procedure__popularity", "procedure__sort_key")[: SHOWN - len(found)]
    return found[:SHOWN]


def _frequent(agency: Agency) -> list[str]:
    newest = Dossier.objects.filter(receiving_agency=agency).order_by("-submitted_at")
    codes = newest.values_list("procedure_version__procedure__code", flat=True)[:RECENT]
    return [code for code, _times in Counter(codes).most_common(SHOWN)]


def _begin(actor: Actor, agency: Agency, version: ProcedureVersion, card: Card | None, *, at: dt.datetime) -> Draft:
    owner = {
        "name": card.name, "identity": card.personal_id, "birth_on": card.birth_on, "sex": card.sex,
        "address": card.address,
    } if card else {}  # fmt: skip
    assert actor.user_id is not None  # officers have accounts
    return Draft.objects.create(
        user_id=actor.user_id, procedure_version=version, receiving_agency=agency, delivery={"owner": owner},
        created_at=at, updated_at=at, expires_at=at + KEPT,
    )  # fmt: skip


def _row(version: ProcedureVersion) -> dict[str, str]:
    return {"code": version.procedure.code, "name": version.short_name or version.name}


def _begun(actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """What this officer began and did not finish."""
    drafts = Draft.objects.of(actor, now).unsent().filter(receiving_agency__in=actor.agency_ids)
    rows = drafts.select_related("procedure_version").order_by("-created_at")[:SHOWN]
    return [
        {"pk": row.pk, "who": row.delivery.get("owner", {}).get("name", ""), 
         "what": row.procedure_version.short_name or row.procedure_version.name,
         "at": f"{timezone.localtime(row.created_at):%H:%M}"}
        for row in rows
    ]  # fmt: skip
