"""A new copy: of a paper or result of a dossier, or of an original that was just scanned."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers import certifying, files, scans
from dossiers.certifying import Wish
from dossiers.models import CertifiedCopy, Result
from dossiers.querysets import COPYISTS
from dossiers.refusals import MoveRefused
from dossiers.views.officer.copies_form import CopyForm, results
from dossiers.views.officer.digitise_form import unfit
from dossiers.views.officer.files import note_look
from dossiers.views.officer.situation import Situation
from portal.floor.filetypes import FileRefused
from portal.floor.ids import uuid7
from portal.floor.ports import PortError
from portal.floor.vietnamese import BadText
from portal.floor.web import ActorRequest
from procedures.models import Agency
from signatures import preserving
from signatures.models import SignedDocument


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponseBase:
    """The form, `?ho-so=` with the papers of that dossier; posted, the draft of a copy to look at."""
    own = [seat.agency_id for seat in request.actor.seats if seat.role in COPYISTS]
    if not own:
        raise Http404
    agencies = list(Agency.objects.filter(pk__in=own).order_by("name_fold", "pk"))
    code, situation, unknown = request.GET.get("ho-so", "").strip(), None, False
    if code:
        try:
            situation = Situation.of(code, request.actor)
        except Http404:
            unknown = True
    start = {"khoa": uuid7(), "agency": agencies[0].pk}
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    chosen = Agency.objects.filter(pk__in=own).order_by("name_fold", "pk")
    form = CopyForm(*posted, agencies=chosen, situation=situation, initial=start)
    if form.is_valid() and (done := _prepared(request, form)):
        return done
    context = {"section": "copies", "form": form, "code": code, "unknown": unknown, "situation": situation}
    return render(request, "dossiers/officer/copies_new.html", context, status=422 if form.is_bound else 200)


def _prepared(request: ActorRequest, form: CopyForm) -> HttpResponse | None:
    """Where to go once the draft is there; None when it was refused, the reason then stands in the form."""
    given, at = form.cleaned_data, timezone.now()
    mine = CertifiedCopy.objects.visible_to(request.actor).filter(pk=given["khoa"])
    if mine.exists():
        return redirect("officer_copy", given["khoa"])
    try:
        wish = _wish(form, at=at)
        with transaction.atomic():
            copy = certifying.prepare(given["agency"], wish, by=request.actor, at=at, pk=given["khoa"])
    except IntegrityError:  # the same page, sent twice at once
        return redirect("officer_copy", given["khoa"])
    except (FileRefused, BadText, MoveRefused) as refused:
        form.add_error(None, str(refused))
    except PortError:
        form.add_error(None, _("Chưa quét được mã độc lúc này. Gửi lại sau ít phút."))
    else:
        if wish.dossier is not None:
            note_look(wish.dossier, request.actor, "lập bản sao giấy tờ", at=at)
        if faults := scans.weak_points(wish.pdf, scans.PDF):
            messages.warning(request, _("%s. Vẫn nhận; quét lại nếu khó đọc.") % "; ".join(faults))
        messages.success(request, _("Đã lập bản sao. Xem lại từng trang; lãnh đạo ký thì bản sao có số."))
        return redirect("officer_copy", copy.pk)
    return None


def _wish(form: CopyForm, *, at: dt.datetime) -> Wish:
    """What was chosen, as the verb takes it. Raises FileRefused, BadText, PortError, MoveRefused."""
    given, situation = form.cleaned_data, form.situation
    date = f"{given['date']:%d/%m/%Y}" if given["date"] else ""
    original = {name: given[name] for name in ("name", "number", "issuer", "holder")} | {"date": date}
    key, pdf, dossier = "", b"", situation.dossier if situation else None
    source = given.get("nguon", "")
    if situation and source.startswith("ket-qua-"):
        result = next(one for one in results(situation) if source == f"ket-qua-{one.pk}")
        pdf = preserving.best(SignedDocument.objects.get(pk__in=[result.signed_document_id]))
        original = {name: text or _of_result(result)[name] for name, text in original.items()}
    elif situation and source:
        paper = next(one for one in situation.papers if source == f"giay-{one.pk}")
        shown, key = scans.shown(paper), paper.document_key
        pdf = scans.as_pdf(shown.read(), shown.content_type, at=at)
    else:
        pdf, dossier = _scanned(given["tep"], at=at), None
    asked = {"name": given["asker"], "identity": given["identity"]}
    return Wish(given["kind"], pdf, original, asked, part=given["trang"], dossier=dossier, document_key=key)


def _scanned(upload: Any, *, at: dt.datetime) -> bytes:
    """The scan as PDF. Raises FileRefused, BadText, PortError."""
    kept = files.store(upload, document_key="", at=at)
    try:
        if words := unfit(kept.content_type):
            raise FileRefused(words)
        return scans.as_pdf(kept.read(), kept.content_type, at=at)
    finally:
        default_storage.delete(kept.file)


def _of_result(result: Result) -> dict[str, str]:
    decided = f"{timezone.localtime(result.decided_at):%d/%m/%Y}" if result.decided_at else ""
    agency = result.sealing_agency.name if result.sealing_agency else ""
    return {"name": result.dossier.case.result_name or str(result.get_kind_display()), "number": result.number,
            "date": decided, "issuer": agency, "holder": result.dossier.applicant_name}  # fmt: skip
