"""The confirmation: what was sent, what happens next and when, how to come back."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers import access, deadlines
from dossiers.messaging import moment
from dossiers.models import Dossier, Draft
from dossiers.views.citizen import telling
from dossiers.views.citizen.guard import citizens_only
from portal.floor.masking import mask_email
from portal.floor.web import ActorRequest
from procedures.ruleset import Rules


@citizens_only
@require_safe
def done(request: ActorRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Stays valid: whoever comes back by a bookmark sees the same code."""
    drafts = Draft.objects.of(request.actor, timezone.now()).select_related(
        "dossier__case", "dossier__rule_profile", "dossier__receiving_agency"
    )
    draft = get_object_or_404(drafts, pk=pk)
    if draft.dossier is None:
        return redirect("filing_page", draft.pk, "kiem-tra")
    if draft.filing_id:
        return redirect("group_done", draft.filing_id)
    access.log_read(draft.dossier, by=request.actor, at=timezone.now(), what=_("Xem giấy xác nhận đã gửi"))
    return render(request, "dossiers/citizen/done.html", _context(draft.dossier, draft.delivery))


def _context(dossier: Dossier, delivery: dict[str, Any]) -> dict[str, Any]:
    code = telling.code(dossier)
    path = reverse("tracked", args=[code])
    return {
        "code": code,
        "title": dossier.title,
        "label": _("Mã hồ sơ của bạn") if dossier.code else _("Mã gửi của bạn"),
        "agency": dossier.receiving_agency.name,
        "sent_at": moment(dossier.submitted_at),
        "story": _story(dossier, delivery),
        "own_url": telling.own_url(dossier),
        "track_url": f"{settings.BASE_URL}{path}?k={dossier.tracking_key}",
        "section": "mine",
    }


def _story(dossier: Dossier, delivery: dict[str, Any]) -> list[dict[str, str]]:
    rules, asked_by = Rules.of(dossier.rule_profile), dossier.next_due_at or dossier.submitted_at
    ready = (
        dossier.due_at
        or deadlines.promised(agency_id=dossier.receiving_agency_id, case=dossier.case, at=asked_by, rules=rules).at
    )
    answer = _("%(agency)s trả lời: nhận hồ sơ, hay cần bổ sung gì. Bạn chưa phải làm gì.")
    told = _("Có kết quả. Chúng tôi báo vào %(email)s.") % {"email": mask_email(delivery.get("email", ""))}
    ways = {
        "post": _("Bưu điện giao tới: %(address)s. Bạn trả cước khi nhận.") % {"address": delivery.get("address", "")},
        "desk": _("Bạn mang theo giấy tờ tùy thân đến %(desk)s.")
        % {"desk": dossier.receiving_agency.one_stop_name or dossier.receiving_agency.name},
        "online": _("Bạn tải bản điện tử có chữ ký số ở trang hồ sơ của bạn."),
    }
    return [
        {"title": _("Trước %(when)s") % {"when": moment(asked_by)}, "text": answer % {"agency": _desk(dossier)}},
        {
            "title": _("Chậm nhất %(when)s") % {"when": moment(ready)},
            "text": told if delivery.get("email") else _("Có kết quả. Bạn xem ở trang hồ sơ của bạn."),
        },
        {
            "title": _("Nhận %(result)s") % {"result": dossier.case.result_name or _("kết quả")},
            "text": ways[dossier.return_mode],
        },
    ]


def _desk(dossier: Dossier) -> str:
    return dossier.receiving_agency.one_stop_name or dossier.receiving_agency.name
