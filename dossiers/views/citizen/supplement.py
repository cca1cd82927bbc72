"""Supplement: only what failed, with the officer's words and the earlier file; it goes back to the same desk."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dossiers import access, files, intake
from dossiers.forms import FilesForm
from dossiers.models import Attachment, Dossier
from dossiers.refusals import MoveRefused
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
    asked = list(_asked(dossier))
    form = _form(request, asked)
    if posted:
        uploads.take(form, dossier.draft, at=now)
    fresh = list(_fresh(dossier))
    if posted and not form.errors and KEEP not in request.POST:
        try:
            intake.supply(dossier, by=request.actor, at=now, replaced=_by_key(fresh))
            messages.success(request, _("Đã gửi giấy tờ bổ sung. Người đang xem hồ sơ của bạn nhận được ngay."))
            return redirect(telling.own_url(dossier))
        except intake.Incomplete:
            _name_missing(form, asked, fresh, dossier)
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
    uploads.take(_form(request, list(_asked(dossier))), dossier.draft, at=timezone.now())
    files.drop(get_object_or_404(_fresh(dossier), pk=file))
    return redirect(telling.own_url(dossier, "supplement"))


def _asked(dossier: Dossier) -> Any:
    failing = dossier.attachments.filter(superseded_at=None).exclude(verdict__in=["open", "ok"])
    return failing.order_by("received_at")


def _fresh(dossier: Dossier) -> Any:
    """Files received for the supplement, not yet sent: they wait at the draft that became the dossier."""
    return Attachment.objects.filter(draft__dossier=dossier, dossier=None, superseded_at=None).order_by("received_at")


def _form(request: ActorRequest, asked: list[Attachment]) -> FilesForm:
    posted: dict[str, Any] = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    return FilesForm([*dict.fromkeys(one.document_key for one in asked), OTHER], **posted)


def _by_key(fresh: list[Attachment]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for one in fresh:
        found.setdefault(one.document_key, []).append(one)
    return found


def _name_missing(form: FilesForm, asked: list[Attachment], fresh: list[Attachment], dossier: Dossier) -> None:
    names = _names(dossier)
    for key in dict.fromkeys(one.document_key for one in asked):
        if key not in _by_key(fresh):
            form.add_error(
                form.chooser(key).name, _("Chọn tệp: %(name)s") % {"name": names.get(key, _("Giấy tờ khác"))}
            )


def _names(dossier: Dossier) -> dict[str, str]:
    return dict(dossier.case.required_documents.values_list("key", "name"))


def _context(dossier: Dossier, asked: list[Attachment], fresh: list[Attachment], form: FilesForm) -> dict[str, Any]:
    names, arrived = _names(dossier), _by_key(fresh)
    request = dossier.events.filter(verb="request_supplement").order_by("-sequence").first()
    cards = [_card(dossier, key, [one for one in asked if one.document_key == key], arrived.get(key, []), names)
             for key in dict.fromkeys(one.document_key for one in asked)]  # fmt: skip
    if OTHER not in {card["key"] for card in cards}:
        cards.append(_card(dossier, OTHER, [], arrived.get(OTHER, []), names))
    return {
        "section": "mine", "code": telling.code(dossier), "title": dossier.title, "form": form,
        "own_url": telling.own_url(dossier), "note": request.note if request else "",
        "agency": dossier.holder_agency.name, "count": len(cards) - 1 or 1,
        "cards": [{"paper": card, "field": form.chooser(card["key"])} for card in cards],
    }  # fmt: skip


def _card(
    dossier: Dossier, key: str, earlier: list[Attachment], arrived: list[Attachment], names: dict[str, str]
) -> dict[str, Any]:
    tag = {"text": _("Đã nhận %(n)d tệp") % {"n": len(arrived)}, "tone": "green", "icon": "check"} if arrived else None
    wrong = (
        {"text": str(earlier[0].get_verdict_display()), "tone": "amber", "icon": "triangle-alert"} if earlier else None
    )
    said = "; ".join(one.verdict_note for one in earlier if one.verdict_note)
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
    return {
        "key": key,
        "name": names.get(key, _("Giấy tờ khác")),
        "note": _("Cán bộ ghi: %(note)s") % {"note": said} if said else "" if earlier else _("Không bắt buộc"),
        "tag": tag or wrong,
        "files": before + now,
    }
