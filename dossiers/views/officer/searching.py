"""What officers look for. Words typed may name a person, so they travel sealed: no address and no log shows them."""

import base64
import binascii
import re

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from dossiers.models import Dossier
from dossiers.numbering import CODE, REFERENCE
from dossiers.querysets import DossierQuerySet
from dossiers.views.officer import rows
from dossiers.views.officer.tabs import saved, tabs
from portal.floor import crypto
from portal.floor.vietnamese import fold
from portal.floor.web import ActorRequest

LONGEST, PAGE = 300, 50
PLACE = b"officer search"


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: ActorRequest) -> HttpResponse:
    """Dossiers the officer may open, by words without diacritics, code, scanned receipt, or the owner's number.

    What was typed comes by POST and is led on to an address that says nothing to others; a code is led to its dossier.
    """
    if request.method == "POST":
        return _asked(request)
    actor, now = request.actor, timezone.now()
    asked = asked_by(request)
    seen = matching(Dossier.objects.visible_to(actor), asked)
    found = rows.fetch(seen.order_by("-submitted_at", "-id"), limit=PAGE) if asked else []
    context = {
        "section": "queue", "query": asked, "columns": rows.COLUMNS, "tabs": tabs(actor, mine=saved(actor)),
        "rows": rows.presented(found, actor=actor, now=now),
    }  # fmt: skip
    return render(request, "dossiers/officer/search.html", context)


def _asked(request: ActorRequest) -> HttpResponse:
    asked = scanned(request.POST.get("q", "")[:LONGEST])
    if CODE.match(asked.upper()) or REFERENCE.match(asked.upper()):
        exact = Dossier.objects.visible_to(request.actor).called(asked).first()
        if exact is not None:
            return redirect("officer_dossier", str(exact))
    return led_on("officer_search", asked)


def led_on(page: str, asked: str) -> HttpResponse:
    """To the page that shows what was asked for, by an address that says nothing of it."""
    return redirect(f"{reverse(page)}?{urlencode({'k': sealed(asked)})}" if asked else page)


def asked_by(request: ActorRequest) -> str:
    """What the address of this page asks for: sealed, or openly where it is no person's number."""
    openly = scanned(request.GET.get("q", "")[:LONGEST])
    return unsealed(request.GET.get("k", "")) or ("" if NUMBER.fullmatch(openly) else openly)


def scanned(text: str) -> str:
    """What was typed; of a scanned tracking address the code in it, of a scanned identity card its number."""
    text = text.strip().partition("|")[0]
    _before, found, code = text.partition("/tra-cuu/")
    return code.partition("?")[0].strip("/") if found else text


BEGUN = re.compile(r"(\d{3}\.|[A-Z]\d{2}[.-])[0-9A-Z.-]*")  # a code, or the beginning of one
NUMBER = re.compile(r"\d{9}|\d{12}|\d{10}(-?\d{3})?")  # of a person, old and new, or of an organisation


def matching(dossiers: DossierQuerySet, asked: str) -> DossierQuerySet:
    """All words, in any order; or the beginning of a code; or the owner's number. Nothing for nothing."""
    return dossiers.filter(condition(asked)) if asked else dossiers.none()


def condition(asked: str) -> Q:
    """See `matching`; what was asked must not be empty."""
    if NUMBER.fullmatch(asked):
        purpose = "personal_id" if len(asked) in (9, 12) else "tax_code"
        return Q(parties__role="owner", parties__identity_index=crypto.blind_index(asked, purpose))
    if BEGUN.fullmatch(asked.upper()):
        return Q(code__startswith=asked.upper())
    words = Q()
    for word in fold(asked).split()[:8]:
        words &= Q(search_fold__contains=word)
    return words


def sealed(text: str) -> str:
    """The words as an address may carry them."""
    return base64.urlsafe_b64encode(crypto.encrypt(text.encode(), PLACE)).decode().rstrip("=")


def unsealed(key: str) -> str:
    """The words again; empty when the key was altered or is not ours."""
    try:
        return crypto.decrypt(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)), PLACE).decode()
    except (binascii.Error, ValueError, crypto.InvalidTag, crypto.KeyMistake):
        return ""
