"""Signing with a token on the officer's own machine: what waits for it, on one page, with one button.

Only who holds the certificate sees a request; those of a seal are seen by the agency's records clerks. The page's
script hands each file to the program on the machine (static/js/ky-so.js); without it the file is fetched, signed and
brought back by hand.
"""

import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dossiers import enclosing
from dossiers.views.officer import signed_matters
from dossiers.views.officer.files import note_look
from portal.floor.actor import Actor
from portal.floor.ports import PortError
from portal.floor.web import ActorRequest
from procedures.models import Agency
from signatures import agent, agent_doors, returned
from signatures.models import Certificate, SignedDocument, SigningRequest
from signatures.querysets import SigningRequestQuerySet
from signatures.refusals import SigningRefused

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponse]
LOOKED_AT = "văn bản chờ ký bằng thiết bị"


def reaches_the_program(view: View[P]) -> View[P]:
    """The page's script may speak with the program on the officer's machine; no other page may."""

    @wraps(view)
    def widened(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        csp_update({"connect-src": ["'self'", settings.SIGNING_AGENT_URL]})(lambda _request: answer)(request)
        return answer

    return widened


def waiting(actor: Actor) -> list[SigningRequest]:
    """What waits for a token of this officer, oldest first."""
    requests = list(_theirs(actor).waiting())
    matters = signed_matters.of(requests)
    return [one for one in requests if not matters[one.pk].over]


def way(actor: Actor) -> str:
    """Where the officer signs with a token; "" when nothing waits for it."""
    return reverse("officer_agent") if waiting(actor) else ""


def ky_so(requests: Iterable[SigningRequest]) -> dict[str, Any]:
    """What templates/dossiers/officer/_ky_so.html shows of requests at the program."""
    asked = list(requests)
    matters = signed_matters.of(asked)
    certificates = {one.certificate_id: one.certificate for one in asked}
    return {
        "items": [_shown(one, matters[one.pk]) for one in asked],
        "certificates": [_told(one) for one in certificates.values()],
        "agent": settings.SIGNING_AGENT_URL,
        "button": _("Ký %d văn bản") % len(asked),
        "most": returned.MOST_BYTES // 1024 // 1024,
    }


@reaches_the_program
@require_safe
def page(request: ActorRequest) -> HttpResponse:
    """The list, with the button for all of it."""
    return _page(request)


@require_POST
def begin(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Addresses for the program, good for this one request; what hinders is told in words."""
    wanted = _one(request, pk)
    assert request.actor.user_id is not None
    try:
        opened = agent.open_session(wanted, by=request.actor.user_id, at=timezone.now())
    except agent.AlreadySigned:
        return JsonResponse(_state(wanted))
    except SigningRefused as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    order = agent_doors.order(request, opened)
    if wanted.reference.startswith(f"{enclosing.KIND}:"):
        endpoint, order["DocNumber"] = settings.SIGNING_AGENT_APPENDIX, wanted.reason
    elif wanted.certificate.purpose == "seal":
        endpoint = settings.SIGNING_AGENT_SEAL
    else:
        endpoint = settings.SIGNING_AGENT_PERSON
    return JsonResponse({"state": "open", "endpoint": endpoint, "order": order})


@require_safe
def state(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Whether the signed file is here: the page asks us, whatever the program says."""
    return JsonResponse(_state(_one(request, pk, look=False)))


@require_safe
def file(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The file to be signed, for those who sign without the page's script."""
    content = agent.read_original(_one(request, pk))
    disposition = f'attachment; filename="{agent_doors.FILE_NAME}"'
    return HttpResponse(content, "application/pdf", headers={"Content-Disposition": disposition})


@reaches_the_program
@require_POST
def upload(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The file signed without the page's script, judged like one that the program brings."""
    wanted, brought = _one(request, pk), request.FILES.get(agent_doors.FIELD)
    try:
        if brought is None:
            raise SigningRefused(_("Chọn tệp đã ký rồi bấm gửi."))
        if (brought.size or 0) > returned.MOST_BYTES:
            raise SigningRefused(_("Tệp quá lớn: mỗi tệp đã ký nhiều nhất 20 MB."))
        agent.take(wanted, brought.read(), at=timezone.now())
    except agent.AlreadySigned:
        messages.info(request, _("Văn bản này đã ký xong từ trước."))
    except (SigningRefused, PortError) as refused:
        messages.error(request, str(refused))
        return _page(request, status=422)
    else:
        messages.success(request, _("Đã nhận văn bản đã ký: %s.") % signed_matters.of([wanted])[wanted.pk].name)
    return redirect("officer_agent")


def _page(request: ActorRequest, status: int = 200) -> HttpResponse:
    context = {"section": "agent_signing", "ky_so": ky_so(waiting(request.actor))}
    return render(request, "dossiers/officer/agent_signing.html", context, status=status)


def _theirs(actor: Actor) -> SigningRequestQuerySet:
    clerks = [seat.agency_id for seat in actor.seats if seat.role == "records_clerk"]
    codes = Agency.objects.filter(pk__in=clerks).values("code")
    return SigningRequest.objects.at_agent(actor.user_id, codes)


def _one(request: ActorRequest, pk: uuid.UUID, *, look: bool = True) -> SigningRequest:
    """The request with that key, and a line in the log of looks. Raises Http404 for those whose it is not."""
    found: SigningRequest | None = _theirs(request.actor).filter(pk=pk).first()
    matter = signed_matters.of([found])[found.pk] if found else None
    if found is None or matter is None or matter.over:
        raise Http404
    if look and matter.dossier is not None:
        note_look(matter.dossier, request.actor, LOOKED_AT, at=timezone.now())
    return found


def _state(wanted: SigningRequest) -> dict[str, object]:
    document = SignedDocument.objects.filter(request_id=wanted.pk).first()
    if document is None:
        return {"state": wanted.state, "stamped": False}
    return {"state": "done", "stamped": document.level != SigningRequest.Level.B_B}


def _shown(wanted: SigningRequest, matter: signed_matters.Matter) -> dict[str, Any]:
    code = str(matter.dossier) if matter.dossier else ""
    return {
        "key": str(wanted.pk),
        "name": matter.name,
        "number": matter.number,
        "code": code,
        "url": reverse("officer_dossier", args=[code]) if code else "",
        "kind": wanted.certificate.get_purpose_display(),
        "serial": wanted.certificate.serial.lower().lstrip("0"),
        **{name: reverse(f"officer_agent_{name}", args=[wanted.pk]) for name in ("begin", "state", "file", "upload")},
    }


def _told(certificate: Certificate) -> dict[str, Any]:
    parsed = certificate.parsed
    return {
        "serial": certificate.serial.lower().lstrip("0"),
        "owner": parsed.subject.native.get("common_name", ""),
        "issuer": parsed.issuer.native.get("common_name", ""),
        "until": f"{timezone.localtime(certificate.valid_to):%d/%m/%Y}",
    }
