"""Số hóa giấy tờ: every paper of a dossier, its scan or what the owner already has, the officer's signature on it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import access, digitising, files, outbox, paper_copies, scans
from dossiers.models import Attachment, HandedPaper, Result
from dossiers.paper_copies import Component, Found
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import MOVES
from dossiers.views.officer import briefs
from dossiers.views.officer.acting.act import Offer
from dossiers.views.officer.digitise_form import DigitiseForm, FileRefused, Offered, part_of, unfit
from dossiers.views.officer.files import note_look
from dossiers.views.officer.situation import Situation
from dossiers.wording import short
from portal.floor.ports import PortError
from portal.floor.vietnamese import BadText
from portal.floor.web import ActorRequest
from signatures import signing
from signatures.models import SignedDocument


def offered(situation: Situation) -> list[Offer]:
    """To the receivers where it was received, below the papers."""
    if "digitise" not in situation.moves or situation.dossier.archived_at is not None:
        return []
    url = reverse("officer_digitise", args=[situation.code])
    return [Offer("so-hoa", str(MOVES["digitise"].label), "scan-line", url=url, section="giay-to")]


@require_http_methods(["GET", "HEAD", "POST"])
def digitise(request: ActorRequest, code: str) -> HttpResponse:
    """All papers of the dossier; posted, the copies that were chosen for them."""
    situation = _situation(request, code)
    papers = _papers(situation)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DigitiseForm(*sent, offered=papers, initial={"version": situation.dossier.version})
    if form.is_valid():
        try:
            return _perform(request, situation, form)
        except LostRace as lost:
            back = request.path
            return render(request, "dossiers/officer/changed.html", {"text": str(lost), "back": back}, status=409)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
    note_look(situation.dossier, request.actor, "hồ sơ", at=situation.now)
    return render(request, "dossiers/officer/digitise.html", _page(situation, papers, form),
                  status=422 if form.is_bound else 200)  # fmt: skip


@require_safe
def owned(request: ActorRequest, code: str, pk: uuid.UUID) -> HttpResponse:
    """What the owner already has, to look at before it is used again; the owner sees the look."""
    situation = _situation(request, code)
    found = next((one for one in paper_copies.owned(situation.dossier) if one.key == str(pk)), None)
    if found is None:
        raise Http404
    digitising.note_reading(found, found.name, situation.dossier, by=request.actor, at=situation.now)
    if isinstance(found.what, Result):
        data, content_type = _result(found.what), scans.PDF
    else:
        shown = scans.shown(found.what)
        data, content_type = shown.read(), shown.content_type
    name = f"{found.dossier}.{content_type.rpartition('/')[2]}"
    disposition = content_disposition_header(as_attachment=False, filename=name) or "inline"
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": disposition})


def _result(result: Result) -> bytes:
    """The signed bytes. Raises Http404 when they are no longer those that were signed."""
    try:
        return signing.read(SignedDocument.objects.get(pk__in=[result.signed_document_id]))
    except ValueError as error:
        raise Http404 from error


def _situation(request: ActorRequest, code: str) -> Situation:
    """The dossier as a receiver of its counter sees it; for others this page does not exist."""
    situation = Situation.of(code, request.actor)
    if access.seat_on(situation.dossier, "digitise", request.actor) is None:
        raise Http404
    return situation


def _papers(situation: Situation) -> list[Offered]:
    found = paper_copies.owned(situation.dossier)
    return [
        Offered(one, [] if one.copy else paper_copies.serving(one, found))
        for one in paper_copies.components(situation.dossier, codes=paper_copies.codes_written(situation.dossier))
    ]


def _perform(request: ActorRequest, situation: Situation, form: DigitiseForm) -> HttpResponse:
    """Keep what was chosen; a file that cannot be kept is named, the others are kept all the same.

    Raises LostRace, MoveRefused.
    """
    dossier, by, at = situation.dossier, request.actor, timezone.now()
    if form.cleaned_data["version"] != dossier.version:
        raise LostRace(access.who_was_first(dossier))
    chosen = form.used_again()
    copies, weak, refused = _stored(form)
    if refused and not copies and not chosen:
        raise MoveRefused(" ".join(refused))
    try:
        with transaction.atomic():
            if chosen:
                digitising.reuse(dossier, by=by, at=at, chosen=chosen)
            if copies or not chosen:
                compared = form.cleaned_data["doi_chieu"]
                digitising.digitise(dossier, by=by, at=at, copies=copies, compared=compared)
    except MoveRefused:
        for copy in copies:
            default_storage.delete(copy.file)
        raise
    for words in refused:
        messages.error(request, words)
    for words in weak:
        messages.warning(request, words)
    messages.success(request, _told(copies, len(chosen)))
    return redirect("officer_digitise", situation.code)


def _stored(form: DigitiseForm) -> tuple[list[Attachment], list[str], list[str]]:
    """The copies that can be kept; what is weak of them; why others cannot be kept."""
    copies, weak, refused = [], [], []
    for paper, code, upload, pages in form.scanned():
        try:
            part = part_of(upload, pages)
            copy = files.store(part, document_key=paper.key, at=timezone.now())
            if words := unfit(copy.content_type):
                default_storage.delete(copy.file)
                raise FileRefused(words)
        except (FileRefused, BadText) as error:
            refused.append(f"{paper.name}: {error}")
        except PortError:
            refused.append(_("%(name)s: chưa quét được mã độc lúc này. Gửi lại sau ít phút.") % {"name": paper.name})
        else:
            copy.document_code = code
            copies.append(copy)
            if faults := scans.weak_points(copy.read(), copy.content_type):
                weak.append(_("%(name)s: %(what)s. Vẫn nhận; quét lại nếu khó đọc.") % {
                    "name": paper.name, "what": "; ".join(faults)})  # fmt: skip
    return copies, weak, refused


def _told(copies: list[Attachment], again: int) -> str:
    """What happened; the signatures are made at once while the signing service answers."""
    words = [_("Dùng lại %d bản đã có.") % again] if again else []
    if copies:
        words.append(_("Đã số hóa %d giấy tờ.") % len(copies))
        ours = [copy for copy in copies if copy.signer_user_id]
        if ours and all(outbox.perform_now(digitising.signing_key(copy)) for copy in ours):
            signed = Attachment.objects.filter(pk__in=[copy.pk for copy in ours], signed_document_id__isnull=False)
            words.append(_("Đã ký số.") if signed.count() == len(ours) else _("Chữ ký số đang được tạo."))
        elif ours:
            words.append(_("Chữ ký số đang được tạo."))
    return " ".join(words)


# The page -----------------------------------------------------------------------------------------------------


def _page(situation: Situation, papers: list[Offered], form: DigitiseForm) -> dict[str, Any]:
    signs = digitising.certificate_of(situation.actor, at=situation.now)
    rows = [_row(situation, place, one, form) for place, one in enumerate(papers)]
    done = sum(1 for one in papers if one.component.copy)
    return briefs.page(situation, "so-hoa") | {
        "section": "queue", "form": form, "papers": rows, "signs": signs is not None,
        "progress": _("Đã số hóa %(done)d trên %(all)d giấy tờ") % {"done": done, "all": len(papers)},
        "archived": situation.dossier.archived_at is not None,
        "counts": paper_copies.digitised(type(situation.dossier).objects.filter(pk=situation.dossier.pk)).exists(),
    }  # fmt: skip


def _row(situation: Situation, place: int, one: Offered, form: DigitiseForm) -> dict[str, Any]:
    paper = one.component
    return {
        "name": paper.name, "handed": _handed(paper.handed) if paper.handed else "", "again": _again(one),
        "held": _held(paper.handed), "tag": _tag(paper),
        "files": [_file(situation, row) for row in paper.files],
        "fields": {name: form[f"{name}-{place}"] for name in ("tep", "so", "trang", "ma", "lai")},
        "open": any(form[f"{name}-{place}"].errors for name in ("tep", "so", "trang", "ma")),
        "lai": f"lai-{place}", "chosen": form[f"lai-{place}"].value() or "",
        "found": [_offer(situation, found) for found in one.found],
    }  # fmt: skip


def _again(one: Offered) -> str:
    """What the chooser is called where nothing needs to be scanned."""
    if one.component.copy is not None:
        return _("Quét lại, thay bản trên")
    return _("Quét mới") if one.found else ""


def _tag(paper: Component) -> dict[str, str]:
    if paper.copy is None:
        return {"text": _("Có tệp gửi qua mạng"), "tone": "blue"} if paper.files else {"text": _("Chưa số hóa")}
    if paper.copy.origin == Attachment.Origin.REUSED:
        return {"text": _("Dùng lại bản đã có"), "tone": "green"}
    return {"text": _("Đã số hóa"), "tone": "green"}


def _handed(row: HandedPaper) -> str:
    counts = ((row.originals, _("bản chính")), (row.certified, _("bản chứng thực")), (row.copies, _("bản sao")))
    return _("Nhận bản giấy: %s") % ", ".join(f"{number} {label}" for number, label in counts if number)


def _held(row: HandedPaper | None) -> str:
    if row is None or not row.held:
        return ""
    if row.given_back_at is not None:
        return _("Đã trả lại %d bản chính") % row.held
    return _("Đang giữ %d bản chính, phải trả lại người nộp") % row.held


def _file(situation: Situation, row: Attachment) -> dict[str, str]:
    facts = (provenance(row), short(row.received_at, now=situation.now), row.document_code)
    return {
        "name": str(row.name), "note": " · ".join(filter(None, facts)),
        "url": reverse("officer_file", args=[situation.code, row.pk]),
    }  # fmt: skip


def provenance(row: Attachment) -> str:
    """Where a file comes from and, of a digital copy, whether it is signed."""
    origin = str(row.get_origin_display())
    if row.origin not in (Attachment.Origin.SCANNED, Attachment.Origin.REUSED):
        return origin
    waiting = _("chờ ký số") if row.signer_user_id else _("chưa ký số")
    return f"{origin}, {_('đã ký số') if row.signed_document_id else waiting}"


def _offer(situation: Situation, found: Found) -> dict[str, str]:
    return {
        "key": found.key, "name": found.name if found.is_result else _("Bản số hóa %s") % _day(found),
        "note": _("Hồ sơ %(code)s") % {"code": found.dossier} + (f", {_day(found)}" if found.is_result else ""),
        "url": reverse("officer_owned", args=[situation.code, found.key]),
    }  # fmt: skip


def _day(found: Found) -> str:
    return f"{timezone.localtime(found.at):%d/%m/%Y}"
