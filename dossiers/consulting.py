"""Lấy ý kiến: an agency is asked by the desk that leads, has its own clock, and answers or is taken leave of.

Law: NĐ 61/2018 art. 19.5: what is asked and until when stand in writing; who does not answer in time is reported, and
silence is no consent.
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import deadlines, legs, notices, papers
from dossiers.lifecycle import Change, move
from dossiers.models import Consultation, Dossier
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import Agency, Position
from procedures.ruleset import Rules

Kind, Opinion = Consultation.Kind, Consultation.Opinion


def consult(
    dossier: Dossier, *, by: Actor, at: dt.datetime, agency: Agency, question: str, days: int = 0,
    hours: Decimal = Decimal(0), kind: str = Kind.OPINION,
) -> Consultation:  # fmt: skip
    """Ask an agency for its opinion, or to work along, within so many working days or hours of its own calendar.

    The letter that asks is promised. Raises MoveRefused without a question or a limit, for the holding agency itself,
    for one that is asked already, or when the paper of the dossier is at another agency (`kind` JOINT: agencies get it
    one after another).
    """
    if not question.strip():
        raise MoveRefused(_("Hãy ghi nội dung cần cho ý kiến."))
    if days <= 0 and hours <= 0:
        raise MoveRefused(_("Hãy đặt thời hạn trả lời."))
    if agency.pk == dossier.holder_agency_id:
        raise MoveRefused(_("Cơ quan bạn đang giữ hồ sơ nên không phải lấy ý kiến."))
    _not_asked_already(dossier, agency, kind)
    stage = dossier.stages.get(closed_at=None)
    due = _due(agency, days=days, hours=hours, at=at, rules=Rules.of(dossier.rule_profile))
    row = Consultation(
        dossier=dossier, stage=stage, kind=kind, agency=agency, question=question, asked_at=at, asked_by=by.name,
        due_at=due.at, soon_at=due.soon_at,
    )  # fmt: skip
    change = Change(promises=[papers.letter_promised(row, by=by, at=at)])
    said = legs.wording_of(row)
    with transaction.atomic():
        move(dossier, "consult", to=Status.IN_PROGRESS, by=by, at=at, note=agency.name, snapshot=said, change=change)
        legs.ask([row], at=at)
    return row


def answer_consultation(
    consultation: Consultation, *, by: Actor, at: dt.datetime, opinion: str, answer: str
) -> Consultation:
    """The asked agency answers; the desk that leads is told. The dossier's paper goes on to the next agency, if any.

    Raises MoveRefused without an opinion and its grounds, or for who does not sit there; LostRace when a colleague
    was first or nobody waits any more.
    """
    if opinion not in Opinion.values:
        raise MoveRefused(_("Hãy chọn ý kiến."))
    if not answer.strip():
        raise MoveRefused(_("Hãy ghi nội dung trả lời."))
    if not may_answer(consultation, by):
        raise MoveRefused(_("Ý kiến này không hỏi cơ quan bạn, hoặc đã giao cho người khác."))
    with transaction.atomic():
        # Several agencies answer at once: each waits for the dossier instead of losing a race that is none.
        dossier = _locked(consultation)
        change = Change(
            promises=[notices.to_holder(dossier, "consultation_answered", at=at, agency=consultation.agency.name)],
            asked=legs.drawn(dossier, consultation.stage, by=by, at=at, over=consultation),
        )
        snapshot = {"agency": consultation.agency.code, "opinion": opinion, "answer": answer}
        move(
            dossier, "answer_consultation", to=Status(dossier.status), by=by, at=at, note=consultation.agency.name,
            snapshot=snapshot, change=change,
        )  # fmt: skip
        consultation.opinion, consultation.answer = opinion, answer
        consultation.answered_at, consultation.answered_by = at, by.name
        consultation.save(update_fields=["opinion", "answer", "answered_at", "answered_by"])
    return consultation


def cancel_consultation(consultation: Consultation, *, by: Actor, at: dt.datetime, reason: str) -> Consultation:
    """The desk that leads asks no longer; the asked agency is told, the paper goes on to the next agency, if any.

    Raises MoveRefused without a reason, LostRace when the answer was first.
    """
    if not reason.strip():
        raise MoveRefused(_("Hãy ghi lý do thôi lấy ý kiến."))
    with transaction.atomic():
        dossier = _locked(consultation)
        snapshot = {"agency": consultation.agency.code, "reason": reason}
        note = f"{consultation.agency.name}: {reason}"
        change = Change(asked=legs.drawn(dossier, consultation.stage, by=by, at=at, over=consultation))
        move(
            dossier, "cancel_consultation", to=Status.IN_PROGRESS, by=by, at=at, note=note, snapshot=snapshot,
            change=change,
        )  # fmt: skip
        legs.end(dossier, at=at, only=[consultation])
    consultation.ended_at = at
    return consultation


def open_consultation(consultation: Consultation, *, by: Actor, at: dt.datetime) -> None:
    """Note who opened it first in the asked agency, and when: the hand-over of this leg."""
    if consultation.received_at is None and may_answer(consultation, by):
        first = Consultation.objects.filter(pk=consultation.pk, received_at=None)
        if first.update(received_at=at, received_by=by.name):
            consultation.received_at, consultation.received_by = at, by.name


def give_consultation(consultation: Consultation, *, by: Actor, to: Position) -> None:
    """Make one officer of the asked agency responsible for the answer. Raises MoveRefused for anybody else."""
    roles = ("specialist", "leader")
    if by.seat_for(agency_id=consultation.agency_id, roles=roles) is None:
        raise MoveRefused(_("Ý kiến này không hỏi cơ quan bạn, hoặc đã giao cho người khác."))
    if to.agency_id != consultation.agency_id or to.role not in roles:
        raise MoveRefused(_("%(name)s không làm việc này ở cơ quan bạn.") % {"name": to.holder_name})
    if not Consultation.objects.open().filter(pk=consultation.pk).update(assignee=to):
        raise LostRace(_("Ý kiến này đã trả lời hoặc không còn phải trả lời."))


def may_answer(consultation: Consultation, by: Actor) -> bool:
    """Whether this officer answers for the agency that was asked: who got it, nobody's any specialist, or a leader."""
    if by.seat_for(agency_id=consultation.agency_id, roles=("leader",)):
        return True
    mine = {
        seat.position_id for seat in by.seats if seat.agency_id == consultation.agency_id and seat.role == "specialist"
    }
    return bool(mine) and consultation.assignee_id in {None, *mine}


def _due(agency: Agency, *, days: int, hours: Decimal, at: dt.datetime, rules: Rules) -> deadlines.Due:
    if hours > 0:
        return deadlines.stage_due(agency_id=agency.pk, hours=hours, at=at, rules=rules)
    calendar = calendar_for(agency.pk)
    end = worktime.due(calendar, at, days, "working_day", next_day_after=rules.next_day_after)
    return deadlines.Due(end, worktime.at_share(calendar, at, end, rules.soon_share))


def _not_asked_already(dossier: Dossier, agency: Agency, kind: str) -> None:
    asked = list(legs.waiting(dossier))
    if any(row.agency_id == agency.pk for row in asked):
        raise MoveRefused(_("Đang chờ %(agency)s trả lời rồi.") % {"agency": agency.name})
    joint = next((row for row in asked if row.kind == Kind.JOINT), None)
    if kind == Kind.JOINT and joint and legs.on_paper(dossier):
        words = _("Bản giấy đang ở %(agency)s. Khi cơ quan này trả lời mới chuyển cho cơ quan khác được.")
        raise MoveRefused(words % {"agency": joint.agency.name})


def _locked(consultation: Consultation) -> Dossier:
    """The dossier under lock; the consultation is still open. Raises LostRace."""
    dossier: Dossier = (
        Dossier.objects.select_for_update(of=("self",)).select_related("rule_profile").get(pk=consultation.dossier_id)
    )
    current = Consultation.objects.get(pk=consultation.pk)
    if current.answered_at is not None:
        when = f"{timezone.localtime(current.answered_at):%H:%M %d/%m/%Y}"
        words = _("%(who)s đã trả lời lúc %(when)s. Hãy tải lại trang để xem.")
        raise LostRace(words % {"who": current.answered_by, "when": when})
    if current.ended_at is not None:
        raise LostRace(_("Cơ quan hỏi không chờ ý kiến này nữa."))
    return dossier
