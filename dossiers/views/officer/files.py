"""Bytes of a dossier for the officers who may see it: originals, pictures of pages, papers, the result."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from dossiers import access, enclosing, issuing, papers, scans, supplements, viewing
from dossiers.models import AccessLog, Attachment, Dossier, IssuedPaper
from dossiers.officer_forms import SupplementForm
from dossiers.views.officer.situation import Situation
from portal.floor import printing
from portal.floor.actor import Actor
from portal.floor.typesetting import TypesettingError, typeset
from portal.floor.web import ActorRequest
from procedures.ruleset import Rules
from signatures import signing
from signatures.models import SignedDocument

SEEN_AGAIN = dt.timedelta(hours=1)  # the pages of one file are one look at it


def note_look(dossier: Dossier, actor: Actor, what: str, *, at: dt.datetime) -> None:
    """Write down who looked at what; further pages within the hour are the same look."""
    recent = AccessLog.objects.filter(dossier=dossier, actor_id=str(actor.user_id), what=what, at__gt=at - SEEN_AGAIN)
    if not recent.exists():
        access.log_read(dossier, by=actor, at=at, what=what)


@require_safe
def original(request: ActorRequest, code: str, pk: uuid.UUID) -> HttpResponse:
    """The file as it came; of a copy made at the counter the one with the officer's signature."""
    situation, attachment = _attachment(request, code, pk)
    access.log_read(situation.dossier, by=request.actor, at=situation.now, what=_name(situation, attachment))
    copy = scans.shown(attachment)
    drawable = copy.content_type == viewing.PDF or copy.content_type in viewing.IMAGES
    try:
        data = copy.read()
    except viewing.LOST as error:
        raise Http404(_("Tệp này không còn nguyên trong kho lưu trữ.")) from error
    return as_bytes(data, copy.content_type, copy.name, as_attachment=not drawable)


@require_safe
def page(request: ActorRequest, code: str, pk: uuid.UUID, number: int) -> HttpResponse:
    """One page of a received file as a picture; `?nho` for the small one."""
    situation, attachment = _attachment(request, code, pk)
    width = viewing.SMALL if "nho" in request.GET else viewing.FULL
    if width == viewing.FULL:
        note_look(situation.dossier, request.actor, _name(situation, attachment), at=situation.now)
    copy = scans.shown(attachment)
    return as_picture(copy.read, copy.content_type, key=copy.sha256, number=number, width=width)


@require_safe
def issued(request: ActorRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
    """An official paper, to print: as it was issued, `?in=lai` marked as a reprint, `?in=hai-ban` twice on A4."""
    situation = Situation.of(code, request.actor)
    paper = get_object_or_404(situation.dossier.papers, pk=pk)
    try:
        pdf = papers.read(paper)
    except papers.Altered:
        messages.error(request, ALTERED)
        return redirect("officer_dossier", situation.code)
    access.log_read(situation.dossier, by=request.actor, at=situation.now, what=str(paper)[:120])
    return as_bytes(as_printed(pdf, request.GET.get("in", ""), at=situation.now), viewing.PDF, file_name(paper))


def as_printed(pdf: bytes, how: str, *, at: dt.datetime) -> bytes:
    """A print copy of a paper; unless one is asked for, the paper itself."""
    if how == "lai":
        return printing.marked(pdf, _("Bản in lại lúc %s") % f"{timezone.localtime(at):%H:%M %d/%m/%Y}")
    return printing.two_up(pdf) if how == "hai-ban" else pdf


def file_name(paper: IssuedPaper) -> str:
    return f"{paper.number.replace('/', '-')}.pdf"


ALTERED = _lazy("Tệp của giấy này không còn nguyên như khi phát hành nên không mở. Hãy báo người vận hành hệ thống.")


@require_safe
def result(request: ActorRequest, code: str) -> HttpResponse:
    """The result: signed as far as it is, else as it would be signed."""
    situation = Situation.of(code, request.actor)
    note_look(situation.dossier, request.actor, "kết quả", at=situation.now)
    return as_bytes(_drawn(situation), viewing.PDF, f"{situation.code}.pdf")


@require_safe
def result_page(request: ActorRequest, code: str, number: int) -> HttpResponse:
    situation = Situation.of(code, request.actor)
    pdf = _drawn(situation)
    note_look(situation.dossier, request.actor, "kết quả", at=situation.now)
    return as_picture(lambda: pdf, viewing.PDF, key=hashlib.sha256(pdf).hexdigest(), number=number)


@require_safe
def enclosure(request: ActorRequest, code: str, pk: uuid.UUID) -> HttpResponse:
    """A file that goes out with the result: signed as far as it is."""
    situation = Situation.of(code, request.actor)
    one = next((one for one in situation.enclosures if one.pk == pk), None)
    if one is None:
        raise Http404
    note_look(situation.dossier, request.actor, f"kèm theo kết quả: {one.title}"[:120], at=situation.now)
    signed = SignedDocument.objects.filter(pk__in=[one.signed_document_id]).first()
    try:
        pdf = signing.read(signed) if signed else enclosing.read(one)
    except (OSError, ValueError) as error:
        raise Http404(_("Tệp này không còn nguyên trong kho lưu trữ.")) from error
    return as_bytes(pdf, viewing.PDF, f"{one.title}.pdf")


@require_safe
def supplement(request: ActorRequest, code: str) -> HttpResponse:
    """The supplement letter as it would go out now, with the message typed so far."""
    form = SupplementForm({"note": request.GET.get("note", ""), "version": 0})
    note = form.cleaned_data["note"] if form.is_valid() else ""
    return as_bytes(_letter(Situation.of(code, request.actor), note), viewing.PDF, "xem-truoc.pdf")


@require_safe
def supplement_page(request: ActorRequest, code: str, number: int) -> HttpResponse:
    pdf = _letter(Situation.of(code, request.actor), "")
    return as_picture(lambda: pdf, viewing.PDF, key=hashlib.sha256(pdf).hexdigest(), number=number)


def result_pdf(situation: Situation) -> bytes:
    """The newest state of the result. Raises TypesettingError when its template does not fit."""
    current = situation.result
    assert current is not None
    if signed := SignedDocument.objects.filter(pk__in=[current.signed_document_id]).first():
        return signing.read(signed)
    signer = situation.actor.user_id if "decide" in situation.moves else "x"  # who would sign it reads the own name
    name = f"previews/{current.pk}/{situation.dossier.version}-{signer}.pdf"
    if default_storage.exists(name):
        with default_storage.open(name) as kept:
            return bytes(kept.read())
    pdf = issuing.preview(current, by=situation.actor, at=situation.now)
    default_storage.save(name, ContentFile(pdf))
    return pdf


def _drawn(situation: Situation) -> bytes:
    if situation.result is None:
        raise Http404
    try:
        return result_pdf(situation)
    except TypesettingError as error:
        raise Http404 from error


def _letter(situation: Situation, note: str) -> bytes:
    dossier = situation.dossier
    if "request_supplement" not in situation.moves:
        raise Http404
    extra: dict[str, Any] = {"items": supplements.wanted(dossier), "reason": note}
    rules = Rules.of(dossier.rule_profile)
    at = timezone.now()
    contents = papers.contents(dossier, "supplement", by=situation.actor, at=at, rules=rules, extra=extra)
    return typeset(papers.source_of("supplement"), contents)


def _name(situation: Situation, attachment: Attachment) -> str:
    """What the owner of the dossier reads in the list of looks; the name of the file itself may tell too much."""
    known = (document.name for document in situation.documents if document.key == attachment.document_key)
    return f"giấy tờ “{next(known, attachment.document_key)}”"[:120]


def _attachment(request: ActorRequest, code: str, pk: uuid.UUID) -> tuple[Situation, Attachment]:
    situation = Situation.of(code, request.actor)
    return situation, get_object_or_404(situation.dossier.attachments, pk=pk)


def as_bytes(data: bytes, content_type: str, name: str, *, as_attachment: bool = False) -> HttpResponse:
    """The bytes under that name, shown by the browser unless they are an attachment."""
    disposition = content_disposition_header(as_attachment, name) or "inline"
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": disposition})


def as_picture(
    load: Callable[[], bytes], content_type: str, *, key: str, number: int, width: int = viewing.FULL
) -> HttpResponse:
    """One page as a picture; `key`: see `viewing.picture`. Raises Http404 for no such page and a lost file."""
    try:
        data = viewing.picture(load, content_type, key=key, number=number, width=width)
    except (viewing.NoPicture, *viewing.LOST) as error:
        raise Http404 from error
    return HttpResponse(data, content_type="image/webp")
