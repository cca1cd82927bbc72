"""Filing: from the first question to the confirmation, one question a page, without JavaScript."""

import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import files, intake
from dossiers.forms import DeclarationForm, DeliveryForm, FilesForm, StartForm
from dossiers.lifecycle import MoveRefused
from dossiers.models import Attachment, Draft
from dossiers.views.citizen import confirming, starting, uploads
from dossiers.views.citizen.guard import applicant_of, citizens_only
from dossiers.views.citizen.steps import CHECK, DELIVERY, FEES, OTHER, PAPERS, Filing
from portal.floor.throttling import limited
from portal.floor.web import ActorRequest
from procedures import eforms, wording
from procedures.models import Agency
from procedures.ruleset import Rules

P = ParamSpec("P")
FORMS = ["GET", "HEAD", "POST"]
LEAVE = "_thoat"  # the button “Lưu và thoát”
REVISION = "_ban"  # hidden: the revision of the draft that the page showed


def on_draft(
    view: Callable[Concatenate[ActorRequest, Filing, P], HttpResponseBase],
) -> Callable[Concatenate[ActorRequest, uuid.UUID, P], HttpResponseBase]:
    """The actor's own unsent draft; a sent one leads to its confirmation, a foreign or expired one does not exist."""

    @citizens_only
    @wraps(view)
    def found(request: ActorRequest, /, pk: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        drafts = Draft.objects.of(request.actor, timezone.now())
        related = ("procedure_version__procedure", "receiving_agency", "dossier")
        draft = get_object_or_404(drafts.select_related(*related), pk=pk)
        if draft.dossier_id and view.__name__ != "done":
            return redirect("filing_done", draft.pk)
        return view(request, Filing(draft, request.user), *args, **kwargs)

    return found


@citizens_only
@require_http_methods(FORMS)
@limited("filing", settings.THROTTLES["filing"])
def start(request: ActorRequest, code: str) -> HttpResponse:
    """What filing takes, and the one-stop unit when there is a choice. POST opens or continues the draft."""
    version = starting.version_of(code)
    agencies = starting.agencies_of(version)
    if not starting.online(version) or not agencies:
        return redirect("procedure", code)
    draft = starting.draft_of(version, by=request.actor, at=timezone.now())
    form = StartForm(agencies, request.user.address, data=request.POST or None if request.method == "POST" else None)
    if request.method == "POST" and (form.is_valid() or not form.fields):
        draft = starting.open_draft(version, draft, by=request.actor, at=timezone.now(), agency=_agency(form, agencies))
        return redirect(Filing(draft, request.user).next_url(""))
    return render(request, "dossiers/citizen/start.html", starting.context(version, form, draft), status=_status(form))
