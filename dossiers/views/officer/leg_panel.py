"""The section of the processing page that shows who works along: every leg with its clock, then the looks at places."""

import datetime as dt
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from dossiers.messaging import moment
from dossiers.models import Consultation, Stage, Verification
from dossiers.states import Status
from dossiers.views.officer.situation import Situation
from dossiers.wording import Reader, short

TONES = {"agree": "green", "disagree": "red", "other": "amber"}


def section(situation: Situation) -> dict[str, Any]:
    """Consultations, appointments and hand-overs of paper, each in lines."""
    return {
        "legs": [leg(one, now=situation.now) for one in situation.consultations],
        "looks": [_look(one, now=situation.now) for one in situation.verifications],
        "handovers": [_handover(one, before) for before, one in _passed(situation)],
    }


def leg(row: Consultation, *, now: dt.datetime) -> dict[str, Any]:
    """One agency that was asked: how its time stands, who is responsible, what it answered."""
    responsible = row.answered_by or (row.assignee.holder_name if row.assignee else row.received_by)
    lines = [
        (_("Nội dung hỏi"), row.question),
        (_("Trả lời"), row.answer),
        (_("Người hỏi"), f"{row.asked_by}, {short(row.asked_at, now=now)}"),
        (_("Người phụ trách"), responsible or _("Chưa ai mở")),
        (_("Đã nhận"), f"{row.received_by}, {short(row.received_at, now=now)}" if row.received_at else ""),
    ]
    return {
        "agency": row.agency.name, "kind": str(row.get_kind_display()), "sla": clock(row, now=now),
        "opinion": {"text": str(row.get_opinion_display()), "tone": TONES[row.opinion]} if row.opinion else None,
        "lines": [{"label": label, "text": text} for label, text in lines if text],
    }  # fmt: skip


def clock(row: Consultation, *, now: dt.datetime) -> dict[str, Any] | None:
    """What `{% sla %}` shows of the asked agency's own time."""
    reader = Reader(now)
    if row.answered_at:
        late = row.answered_at > row.due_at
        text = _("Đã trả lời trễ hạn") if late else _("Đã trả lời đúng hạn")
        return {"state": "overdue" if late else "done_early", "text": text, "due": reader.short(row.answered_at)}
    if row.ended_at:
        silent = row.ended_at >= row.due_at
        text = _("Hết hạn, không trả lời") if silent else _("Không hỏi nữa")
        return {"state": "overdue" if silent else "paused", "text": text, "due": reader.short(row.ended_at)}
    return reader.deadline(SimpleNamespace(
        next_due_at=row.due_at, next_soon_at=row.soon_at, holder_agency_id=row.agency_id, status=Status.IN_PROGRESS,
    ))  # fmt: skip


def _look(row: Verification, *, now: dt.datetime) -> dict[str, Any]:
    attends = _("Có mặt") if row.applicant_attends else _("Không phải có mặt")
    lines = [
        (_("Địa điểm"), row.place), (_("Nội dung"), row.purpose), (_("Thành phần"), row.participants),
        (_("Người nộp"), attends), (_("Người hẹn"), f"{row.arranged_by}, {short(row.arranged_at, now=now)}"),
        (_("Đã kiểm tra"), short(row.held_at, now=now)), (_("Biên bản"), row.minutes),
        (_("Người ghi"), f"{row.recorded_by}, {short(row.recorded_at, now=now)}" if row.recorded_at else ""),
    ]  # fmt: skip
    if row.recorded_at:
        tag = {"text": _("Đã có biên bản"), "tone": "green"}
    else:
        tag = {"text": _("Đã dời %d lần") % row.revision if row.revision else _("Đã hẹn"), "tone": "blue"}
    return {
        "when": moment(row.starts_at), "tag": tag,
        "lines": [{"label": label, "text": text} for label, text in lines if text],
    }  # fmt: skip


def _passed(situation: Situation) -> list[tuple[Stage, Stage]]:
    """Each stage whose paper had to be handed over, with the stage before."""
    rows = situation.stages
    return [(before, one) for before, one in pairwise(rows) if one.handover_due_at]


def _handover(row: Stage, before: Stage) -> dict[str, str]:
    got = f"{moment(row.received_at)}, {row.received_by}" if row.received_at else _("Chưa nhận")
    return {
        "label": f"{before.agency.name} → {row.agency.name}",
        "text": _("Người giao: %(by)s. Phải giao trước %(due)s. Nhận: %(got)s.") % {
            "by": row.given_by, "due": moment(row.handover_due_at), "got": got},
    }  # fmt: skip
