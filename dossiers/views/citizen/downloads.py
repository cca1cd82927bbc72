"""Files that leave the house: always as a download, never shown inside our pages, kept by no cache."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers import access, appointments, papers, returning, scans
from dossiers.models import CertifiedCopy, Dossier, Enclosure, Result
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import Status
from dossiers.views.citizen import telling
from dossiers.views.citizen.guard import citizens_only
from dossiers.views.citizen.history import unpaid
from dossiers.views.citizen.mine import own_or_404
from portal.floor.web import ActorRequest
from signatures import preserving
from signatures.models import SignedDocument


def as_download(content: bytes, name: str, content_type: str = "application/pdf") -> HttpResponse:
    """The bytes under that name."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def signed(result: Result | Enclosure | CertifiedCopy | None) -> SignedDocument | None:
    """The signed file of an issued result, of what goes with it, or of a copy."""
    if result is None or result.signed_document_id is None:
        return None
    return SignedDocument.objects.filter(pk=result.signed_document_id).first()


@citizens_only
@require_safe
def paper(request: ActorRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
    """An official paper about the dossier, as PDF."""
    dossier = own_or_404(request, code)
    issued = get_object_or_404(dossier.papers.filter(kind__in=papers.FOR_OWNER), pk=pk)
    access.log_read(dossier, by=request.actor, at=timezone.now(), what=_("Tải %(paper)s") % {"paper": issued})
    return as_download(papers.read(issued), f"{issued.kind}-{telling.code(dossier)}.pdf")


@citizens_only
@require_safe
def file(request: ActorRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
    """One of the citizen's own files, as it was received; of a copy made at the counter the signed one."""
    dossier = own_or_404(request, code)
    attachment = get_object_or_404(dossier.attachments, pk=pk)
    access.log_read(dossier, by=request.actor, at=timezone.now(), what=_("Tải tệp đã gửi"))
    copy = scans.shown(attachment)
    return as_download(copy.read(), copy.name, copy.content_type)


@citizens_only
@require_safe
def visit(request: ActorRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
    """An appointment at the place, as a calendar file."""
    dossier = own_or_404(request, code)
    row = get_object_or_404(dossier.verifications.filter(recorded_at=None), pk=pk)
    return as_download(appointments.ics(row), f"lich-hen-{telling.code(dossier)}.ics", appointments.CONTENT_TYPE)


@citizens_only
@require_safe
def result(request: ActorRequest, code: str) -> HttpResponseBase:
    """The signed result. For a result wanted online only, this is the handing over."""
    dossier = own_or_404(request, code)
    return _handed(request, dossier, _issued(dossier), _("Tải kết quả"), f"ket-qua-{telling.code(dossier)}.pdf")


@citizens_only
@require_safe
def enclosure(request: ActorRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
    """A signed file that goes with the result."""
    dossier = own_or_404(request, code)
    found = get_object_or_404(Enclosure, pk=pk, result=_issued(dossier))
    return _handed(request, dossier, found, _("Tải tài liệu kèm theo kết quả"), f"{found.title}.pdf")


def _issued(dossier: Dossier) -> Result | None:
    return dossier.results.filter(superseded_at=None).exclude(issued_at=None).first()


def _handed(
    request: ActorRequest, dossier: Dossier, what: Result | Enclosure | None, told: str, name: str
) -> HttpResponseBase:
    document = signed(what)
    if document is None:
        raise Http404
    if unpaid(dossier):
        messages.error(request, _("Còn phí, lệ phí chưa nộp. Nộp tại một cửa rồi tải kết quả."))
        return redirect(telling.own_url(dossier))
    content = preserving.best(document)
    access.log_read(dossier, by=request.actor, at=timezone.now(), what=told)
    if request.method == "GET" and isinstance(what, Result):
        _hand_over(dossier, request)
    return as_download(content, name)


def _hand_over(dossier: Dossier, request: ActorRequest) -> None:
    if dossier.return_mode == Dossier.ReturnMode.ONLINE and dossier.status == Status.RESOLVED:
        try:
            returning.collect_online(dossier, by=request.actor, at=timezone.now())
        except LostRace:  # another tab was faster: it has been handed over
            return
        except MoveRefused as refused:
            messages.error(request, str(refused))
