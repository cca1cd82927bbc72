"""The processing page: the way of the dossier on top, the papers on the left, one section and the acts on the right."""

import datetime as dt
import logging
from typing import Any

from django.db.models import F, Q, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers import access, scans, viewing
from dossiers.models import Attachment, Consultation, Dossier
from dossiers.states import Status
from dossiers.views.officer import files, group_panel, mending, mismatch, offers, panels, steps
from dossiers.views.officer.acting import notes
from dossiers.views.officer.situation import Situation
from dossiers.wording import deadline, short
from portal.floor import masking
from portal.floor.typesetting import TypesettingError
from portal.floor.web import ActorRequest

log = logging.getLogger(__name__)
LONG_LIST = 12  # pages shown below each other; the rest is in the original


@require_safe
def dossier(request: ActorRequest, code: str) -> HttpResponse:
    """One dossier as this officer may work on it; the look is written down."""
    situation = Situation.of(code, request.actor)
    section = request.GET.get("muc", "")
    if section not in panels.SECTIONS:
        section = _first_section(situation) if "tep" not in request.GET else "giay-to"
    if request.headers.get("HX-Request"):  # a page that waits for the signature asks again by itself
        files.note_look(situation.dossier, request.actor, "hồ sơ", at=situation.now)
    else:
        access.log_read(situation.dossier, by=request.actor, at=situation.now, what="hồ sơ")
    situation.section = section
    offered = offers.to(situation)
    context = {
        **_head(situation), "tabs": _tabs(situation, section), "muc": section, **panels.SECTIONS[section][1](situation),
        "viewer": _viewer(situation, section, request.GET.get("tep", "")), "signing": situation.signing,
        "offers": [offer for offer in offered if not offer.section],
        "here": [offer for offer in offered if offer.section == section], "section": "queue",
        "to_print": _to_print(situation), "instruction": _instruction(situation),
        "ask_why": notes.ask_why(situation),
        "apology": next((offer.url for offer in offered if offer.act == "hen-lai"), ""),
        **_beside(situation, section), **_neighbours(situation),
    }  # fmt: skip
    return render(request, "dossiers/officer/dossier.html", context)


def _to_print(situation: Situation) -> dict[str, str]:
    """The newest paper for those at the counter, who hand it over."""
    if not situation.actor.has_role("receiver", "returner"):
        return {}
    paper = situation.dossier.papers.order_by("-issued_at").first()
    if paper is None:
        return {}
    url = reverse("officer_paper", args=[situation.code, paper.pk])
    return {"url": url, "text": _("In giấy số %s") % paper.number}


def _first_section(situation: Situation) -> str:
    on_result = situation.dossier.stage_kind in ("sign", "seal") or situation.dossier.status in steps.ENDED
    return "ket-qua" if on_result and situation.result else "giay-to"


def _head(situation: Situation) -> dict[str, Any]:
    row, now = situation.dossier, situation.now
    owner = situation.parties.get("owner")
    where = row.holder_agency.name if row.holder_role else ""
    return {
        "code": situation.code, "version": row.version, "title": row.title, "applicant": row.applicant_name,
        "identity": masking.mask_id(owner.identity) if owner else "",
        "sla": deadline(row, now=now), "arrows": steps.arrows(situation),
        "holder": " · ".join(filter(None, [where, row.stage_name, row.assignee.holder_name if row.assignee else ""])),
        "promise": _("Hẹn trả %s") % short(row.due_at, now=now) if row.due_at else "",
        "state": str(Status(row.status).label), "address": reverse("officer_dossier", args=[situation.code]),
        "owes": situation.owes, "in_post": row.in_post,
        "mended": mending.links(situation),
        "asked": [*group_panel.together(situation), *(_asked(one, now=now) for one in situation.asked)],
    }  # fmt: skip


def _asked(row: Consultation, *, now: dt.datetime) -> dict[str, str]:
    """Whose answer the stage waits for, or no longer has to."""
    late = row.due_at <= now
    words = (
        _("%(agency)s đã quá hạn trả lời (%(due)s). Không trả lời không có nghĩa là đồng ý.")
        if late
        else _("Đang chờ ý kiến của %(agency)s, hạn %(due)s.")
    )
    said = words % {"agency": row.agency.name, "due": short(row.due_at, now=now)}
    return {"text": said, "tone": "warning" if late else "info"}


def _tabs(situation: Situation, current: str) -> list[dict[str, Any]]:
    address = reverse("officer_dossier", args=[situation.code])
    counts = {"giay-to": len(situation.papers) or None, "phoi-hop": len(situation.asked) or None}
    return [
        {"text": label, "url": f"{address}?muc={key}", "current": key == current, "count": counts.get(key)}
        for key, (label, _section) in panels.SECTIONS.items()
        if key != "phi" or situation.payment
    ]


def _viewer(situation: Situation, section: str, chosen: str) -> dict[str, Any]:
    """The pictures on the left: of the result where it is in question, else of the chosen or the first paper."""
    if section == "ket-qua" and situation.result is not None:
        return result_viewer(situation)
    return papers_viewer(situation, chosen, reverse("officer_dossier", args=[situation.code]))


def papers_viewer(situation: Situation, chosen: str, address: str) -> dict[str, Any]:
    """The pictures of one paper, and the others small beside it; `address`: the page that shows the chosen one."""
    papers = situation.papers
    shown = next((paper for paper in papers if str(paper.pk) == chosen), papers[0] if papers else None)
    if shown is None:
        return {"name": "", "pages": [], "thumbs": []}
    viewer = {"name": situation.name_of(shown), "pages": [],
              "thumbs": [_thumb(situation, paper, paper is shown, address) for paper in papers]}  # fmt: skip
    copy = scans.shown(shown)
    try:
        number = viewing.pages(copy.read(), copy.content_type)
    except viewing.LOST:
        log.exception("the file of attachment %s is not the one that was kept", shown.pk)
        return viewer | {"lost": True}
    pages = [
        reverse("officer_file_page", args=[situation.code, shown.pk, n + 1]) for n in range(min(number, LONG_LIST))
    ]
    original = reverse("officer_file", args=[situation.code, shown.pk])
    return viewer | {"pages": pages, "more": number > LONG_LIST, "original": original}


def _thumb(situation: Situation, paper: Attachment, current: bool, address: str) -> dict[str, Any]:
    drawable = paper.content_type == viewing.PDF or paper.content_type in viewing.IMAGES
    small = f"{reverse('officer_file_page', args=[situation.code, paper.pk, 1])}?nho" if drawable else ""
    return {"url": f"{address}?tep={paper.pk}", "name": situation.name_of(paper), "picture": small, "current": current}


def result_viewer(situation: Situation) -> dict[str, Any]:
    """The pictures of the result as it is, or as it would be signed."""
    try:
        number = viewing.pages(files.result_pdf(situation), viewing.PDF)
    except TypesettingError:
        return {"name": _("Kết quả"), "pages": [], "thumbs": [], "broken": True}
    pages = [reverse("officer_result_page", args=[situation.code, n + 1]) for n in range(min(number, LONG_LIST))]
    assert situation.result is not None
    name = situation.result.number or _("Kết quả (bản thảo)")
    return {"name": name, "pages": pages, "thumbs": [], "original": reverse("officer_result", args=[situation.code])}


def _beside(situation: Situation, section: str) -> dict[str, Any]:
    """Who asks, and where the form says otherwise: below the papers, and above the form."""
    if section not in ("giay-to", "to-khai"):
        return {}
    return {"people": panels.people(situation, masked=True), "mismatch": mismatch.differing(situation)}


def _instruction(situation: Situation) -> dict[str, str]:
    """What the leader said last, while the dossier is open."""
    if situation.dossier.closed_at is not None:
        return {}
    said = situation.dossier.events.filter(verb="instruct").order_by("-sequence").first()
    if said is None:
        return {}
    when = short(said.at, now=situation.now)
    return {"title": _("Chỉ đạo của %(who)s, %(when)s") % {"who": said.actor_name, "when": when}, "text": said.note}


def _neighbours(situation: Situation) -> dict[str, str]:
    """The dossiers before and after this one in the officer's queue."""
    due, pk = situation.dossier.next_due_at, situation.dossier.pk
    mine = Dossier.objects.in_queue_of(situation.actor)
    earlier = Q(next_due_at__lt=due) | Q(next_due_at=due, id__lt=pk) if due else Q(next_due_at=None, id__lt=pk)
    before = mine.filter(earlier if due else earlier | Q(next_due_at__isnull=False))
    before = before.order_by(F("next_due_at").desc(nulls_first=True), "-id")
    sides = {"previous_url": before, "next_url": mine.after(due, pk).by_deadline()}
    one, other = (
        dossiers.annotate(side=Value(side)).values_list("side", "code", "reference")[:1]
        for side, dossiers in sides.items()
    )
    return {
        side: reverse("officer_dossier", args=[code or reference])
        for side, code, reference in one.union(other, all=True)
    }
