"""What a supplement letter asks for (Mẫu 02; NĐ 61/2018 art. 17.2, 19.4), and what waiting for it changes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from dossiers import access, deadlines, notices, routing
from dossiers.lifecycle import Change
from dossiers.models import Attachment, ClockSegment, Dossier, DossierEvent
from dossiers.refusals import MoveRefused
from procedures.models import Case, RequiredDocument


def wanted(dossier: Dossier) -> list[dict[str, Any]]:
    """The lines of the supplement letter: every paper found wanting."""
    papers_ = dossier.attachments.filter(superseded_at=None).exclude(verdict__in=["open", "ok"]).order_by("received_at")
    return [_wanted(routing.case_of(dossier), paper) for paper in papers_]


def asked(dossier: Dossier, *, missing: Sequence[RequiredDocument], note: str) -> list[dict[str, Any]]:
    """All lines of the letter, `missing` papers that did not come at all with them.

    Raises MoveRefused with a paper nobody has looked at, with nothing to ask for, or while the clock stands still.
    """
    if dossier.attachments.filter(superseded_at=None, verdict="open").exists():
        raise MoveRefused(_("Mỗi giấy tờ phải có nhận xét trước khi gửi yêu cầu bổ sung."))
    items = wanted(dossier) + [_lacking(document) for document in missing]
    if not items and not note:
        raise MoveRefused(_("Chưa có giấy tờ nào bị đánh dấu chưa đạt."))
    access.clock_must_run(dossier)
    return items


def letter(dossier: Dossier) -> DossierEvent | None:
    """The newest letter that asked for papers."""
    asking = dossier.events.filter(verb__in=("request_supplement", "request_more"))
    return asking.order_by("-sequence").first()


def asked_for(dossier: Dossier) -> list[Mapping[str, Any]]:
    """The lines of that letter: papers found wanting and papers that never came."""
    newest = letter(dossier)
    return list((newest.snapshot or {}).get("items", ())) if newest else []


def waiting(dossier: Dossier, items: list[dict[str, Any]], *, at: dt.datetime, note: str, basis: str) -> Change:
    """The change that lets the clock wait for the citizen and tells them once, for everything."""
    clock = ClockSegment(dossier=dossier, kind=ClockSegment.Kind.WAITING, from_at=at, legal_basis=basis[:200])
    fields = {"supplement_count": dossier.supplement_count + 1, **deadlines.NOBODY_WAITS}
    change = Change(fields, close_clock=True, open_clock=clock)
    change.promises = [notices.to_citizen(dossier, "supplement_requested", at=at, note=note, items=items)]
    return change


def _wanted(case: Case, paper: Attachment) -> dict[str, Any]:
    """One line of the supplement letter: which paper, how many, what is wrong with the one that came."""
    document = next((row for row in case.required_documents.all() if row.key == paper.document_key), None)
    return {
        "key": paper.document_key, "name": document.name if document else paper.name,
        "originals": document.originals if document else 0, "copies": document.copies if document else 1,
        "reason": paper.verdict_note or str(paper.get_verdict_display()),
    }  # fmt: skip


def _lacking(document: RequiredDocument) -> dict[str, Any]:
    """The line of the letter for a paper that did not come at all."""
    return {
        "key": document.key, "name": document.name, "originals": document.originals, "copies": document.copies,
        "reason": str(Attachment.Verdict.MISSING.label),
    }  # fmt: skip
