"""Supplement: only what the letter asks for, with the officer's words and the earlier file if there is one; it goes
back to the same desk."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dossiers import access, files, supplementing, supplements
from dossiers.forms import FilesForm
from dossiers.models import Attachment, Dossier
from dossiers.refusals import Incomplete, MoveRefused
from dossiers.states import Status
from dossiers.views.citizen import telling, uploads
from dossiers.views.citizen.guard import citizens_only
from dossiers.views.citizen.mine import own_or_404
from dossiers.views.citizen.steps import OTHER
from portal.floor.web import ActorRequest

KEEP = "_gui"  # the button that uploads and stays


@citizens_only
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: ActorRequest, code: str) -> HttpResponseBase:
    """GET lists what is wanted; POST keeps the files, and with everything there sends them."""
    dossier = own_or_404(request, code)
    if dossier.status != Status.SUPPLEMENT_REQUESTED:
        return redirect(telling.own_url(dossier))
    now, posted = timezone.now(), request.method == "POST"
    asked = _asked(dossier)
    form = _form(request, asked)
    if posted:
        uploads.take(form, dossier.draft, at=now)
    fresh = list(_fresh(dossier))
    if posted and not form.errors and KEEP not in request.POST:
        try:
            supplementing.supply(dossier, by=request.actor, at=now, replaced=_by_key(fresh))
            messages.success(request, _("Đã gửi giấy tờ bổ sung. Người đang xem hồ sơ của bạn nhận được ngay."))
            return redirect(telling.own_url(dossier))
        except Incomplete:
            _name_missing(form, asked, fresh)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
    elif not posted:
        access.log_read(dossier, by=request.actor, at=now, what=_("Mở yêu cầu bổ sung"))
    context = _context(dossier, asked, fresh, form)
    return render(request, "dossiers/citizen/supplement.html", context, status=422 if form.errors else 200)


@citizens_only
@require_POST
def drop(request: ActorRequest, code: str, file: uuid.UUID) -> HttpResponseBase:
    """Take back a file that was not sent yet."""
    dossier = own_or_404(request, code)
    uploads.take(_form(request, _asked(dossier)), dossier.draft, at=timezone.now())
    files.drop(get_object_or_404(_fresh(dossier), pk=file))
    return redirect(telling.own_url(dossier, "supplement"))


def _asked(dossier: Dossier) -> dict[str, str]:
    """By key the name of every paper that the letter asks for, also of what never came."""
    return {item["key"]: item["name"] for item in supplements.asked_for(dossier)}


def _fresh(dossier: Dossier) -> Any:
    """Files received for the supplement, not yet sent: they wait at the draft that became the dossier."""
    return Attachment.objects.filter(draft__dossier=dossier, dossier=None, superseded_at=None).order_by("received_at")


def _form(request: ActorRequest, asked: dict[str, str]) -> FilesForm:
    posted: dict[str, Any] = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    return FilesForm(dict.fromkeys([*asked, OTHER]), **posted)


def _by_key(fresh: list[Attachment]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for one in fresh:
        found.setdefault(one.document_key, []).append(one)
    return found


def _name_missing(form: FilesForm, asked: dict[str, str], fresh: list[Attachment]) -> None:
    for key, name in asked.items():
        if key not in _by_key(fresh):
            form.add_error(form.chooser(key).name, _("Chọn tệp: %(name)s") % {"name": name})


def _context(dossier: Dossier, asked: dict[str, str], fresh: list[Attachment], form: FilesForm) -> dict[str, Any]:
    letter, arrived = supplements.letter(dossier), _by_key(fresh)
    wanting = dossier.attachments.filter(superseded_at=None).exclude(verdict__in=["open", "ok"])
    earlier = _by_key(list(wanting.order_by("received_at")))
    cards = [_wanted(dossier, key, name, earlier.get(key, []), arrived.get(key, [])) for key, name in asked.items()]
    if OTHER not in asked:
        other = {"key": OTHER, "name": _("Giấy tờ khác"), "note": _("Không bắt buộc")}
        cards.append(_card(dossier, other, [], arrived.get(OTHER, [])))
    return {
        "section": "mine", "code": telling.code(dossier), "title": dossier.title, "form": form,
        "own_url": telling.own_url(dossier), "note": letter.note if letter else "",
        "agency": dossier.holder_agency.name,
        "cards": [{"paper": card, "field": form.chooser(card["key"])} for card in cards],
    }  # fmt: skip


def _wanted(
    dossier: Dossier, key: str, name: str, earlier: list[Attachment], arrived: list[Attachment]
) -> dict[str, Any]:
    """A paper of the letter: what was wrong with the one that came, or that none came."""
    said = "; ".join(one.verdict_note for one in earlier if one.verdict_note)
    wrong = earlier[0].get_verdict_display() if earlier else Attachment.Verdict.MISSING.label
    card = {
        "key": key, "name": name, "note": _("Cán bộ ghi: %(note)s") % {"note": said} if said else "",
        "tag": {"text": str(wrong), "tone": "amber", "icon": "triangle-alert"},
    }  # fmt: skip
    return _card(dossier, card, earlier, arrived)


def _card(
    dossier: Dossier, card: dict[str, Any], earlier: list[Attachment], arrived: list[Attachment]
) -> dict[str, Any]:
    before = [
        {
            "name": _("Lần trước: %(name)s") % {"name": one.name},
            "note": uploads.received(one),
            "url": telling.own_url(dossier, "own_file", one.pk),
        }
        for one in earlier
    ]
    now = [
        {
            "name": one.name,
            "note": uploads.received(one),
            "delete_url": telling.own_url(dossier, "supplement_drop", one.pk),
        }
        for one in arrived
    ]
    if arrived:
        card["tag"] = {"text": _("Đã nhận %(n)d tệp") % {"n": len(arrived)}, "tone": "green", "icon": "check"}
    return {"tag": None, **card, "files": before + now}
