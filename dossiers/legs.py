"""Legs beside the desk that leads: what opens with a stage, and whether the stage may go on while others still work.

Law: NĐ 61/2018 art. 18 (hand-over of the paper dossier), art. 19.5 (opinions of other agencies), art. 19.6–7: agencies
are asked all at once when the dossier is electronic, one after another when its paper travels.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import deadlines, notices, outbox, routing
from dossiers.models import Consultation, Dossier, HandedPaper, Stage
from dossiers.refusals import MoveRefused
from portal.floor.actor import Actor
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.conditions import holds
from procedures.models import Agency, StageConsultation
from procedures.ruleset import Rules


def waiting(dossier: Dossier) -> QuerySet[Consultation]:
    """The consultations of the dossier that nobody has answered or ended yet."""
    return dossier.consultations.open().select_related("agency", "stage").order_by("asked_at", "id")


def stages(dossier: Dossier) -> QuerySet[Any]:
    """The stages of the dossier; each knows whether somebody is still `asked` and whether `paper` travels along."""
    asked = Consultation.objects.open().filter(dossier=OuterRef("dossier"))
    paper = HandedPaper.objects.filter(dossier=OuterRef("dossier"))
    return dossier.stages.annotate(asked=Exists(asked), paper=Exists(paper))


def drawn(
    dossier: Dossier, stage: Stage, *, by: Actor, at: dt.datetime, over: Consultation | None = None
) -> list[Consultation]:
    """The unsaved consultations that the route draws at this stage and that are to be asked now.

    What was answered, or not answered in its time, is not asked again when the stage opens a second time. `over`: the
    consultation that this very move brings to its end.
    """
    todo = _more(dossier, stage)
    if todo and on_paper(dossier):  # the paper is at one place at a time
        others = waiting(dossier).exclude(pk=over.pk) if over else waiting(dossier)
        todo = [] if others.exists() else todo[:1]
    named = Agency.objects.in_bulk([one.agency_id for one in todo]) if todo else {}
    return [_row(dossier, stage, one, named[one.agency_id], by=by, at=at) for one in todo]


def _more(dossier: Dossier, stage: Stage) -> list[StageConsultation]:
    """What the route draws at the stage and nobody has asked yet; nothing once the dossier has left it."""
    if stage.closed_at is not None:
        return []
    plan = [one for one in routing.consultations_of(dossier, stage.route_key) if holds(one.condition, dossier.answers)]
    had = _had(dossier, stage) if plan else set()
    return [one for one in plan if one.agency_id not in had]


def _had(dossier: Dossier, stage: Stage) -> set[int]:
    """The agencies not to ask: those asked at this very stage, those still asked, those whose turn is over for good."""
    over = Q(answered_at__isnull=False) | Q(ended_at__gte=F("due_at"))
    before = Q(stage__route_key=stage.route_key) & over
    had = dossier.consultations.filter(Q(stage_id=stage.pk) | Q(answered_at=None, ended_at=None) | before)
    return {stage.agency_id, *had.values_list("agency_id", flat=True)}


def on_paper(dossier: Dossier) -> bool:
    """Whether papers were handed in, which then travel from agency to agency."""
    return dossier.handed.exists()


def _row(
    dossier: Dossier, stage: Stage, one: StageConsultation, agency: Agency, *, by: Actor, at: dt.datetime
) -> Consultation:
    rules = Rules.of(dossier.rule_profile)
    due = deadlines.stage_due(agency_id=agency.pk, hours=one.hours, at=at, rules=rules)
    return Consultation(
        dossier=dossier, stage=stage, kind=Consultation.Kind.JOINT, agency=agency, question=one.question,
        asked_at=at, asked_by=by.name, due_at=due.at, soon_at=due.soon_at,
    )  # fmt: skip


def wording_of(row: Consultation) -> dict[str, str]:
    """What the trail keeps of a question to an agency."""
    return {
        "agency": row.agency.code, "kind": str(row.kind), "question": row.question, "due_at": row.due_at.isoformat(),
    }  # fmt: skip


def ask(rows: Sequence[Consultation], *, at: dt.datetime) -> None:
    """Keep the consultations and promise to tell the desks that are asked. Call it in the transaction of the move."""
    if not rows:
        return
    Consultation.objects.bulk_create(rows)
    outbox.keep([notices.to_consulted(row, "consultation_asked", at=at) for row in rows])


def end(dossier: Dossier, *, at: dt.datetime, only: Iterable[Consultation] | None = None) -> list[Consultation]:
    """End what nobody waits for any more, all of it or `only` some, and promise to tell the desks that were asked."""
    rows = list(waiting(dossier)) if only is None else list(only)
    if rows:
        Consultation.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=at)
        outbox.keep([notices.to_consulted(row, "consultation_ended", at=at) for row in rows])
    return rows


def inherit(row: Consultation, heir: Agency, *, dossier: Dossier, at: dt.datetime) -> None:
    """Ask the heir of an agency that has ended: the same question, until the same moment, of a desk of its own.

    The question to the old agency ends. An heir that holds the dossier, or is asked already, is not asked once more.
    """
    end(dossier, at=at, only=[row])
    if heir.pk != dossier.holder_agency_id and not waiting(dossier).filter(agency=heir).exists():
        ask([Consultation(
            dossier=dossier, stage_id=row.stage_id, kind=row.kind, agency=heir, question=row.question, asked_at=at,
            asked_by=row.asked_by, due_at=row.due_at, soon_at=row.soon_at,
        )], at=at)  # fmt: skip


def hand_over(dossier: Dossier, stage: Stage, *, by: Actor, at: dt.datetime) -> None:
    """Fill the hand-over record of a stage about to open: paper that goes to another agency has a time to get there.

    A stage that has its `received_at` already has nothing to wait for.
    """
    stage.given_by = by.name
    moves = stage.agency_id != dossier.holder_agency_id
    if stage.received_at is None and moves and on_paper(dossier):
        rules = Rules.of(dossier.rule_profile)
        stage.handover_due_at = handover_due(agency_id=dossier.holder_agency_id, at=at, rules=rules)
    else:
        stage.received_at = stage.received_at or at


def handover_due(*, agency_id: int, at: dt.datetime, rules: Rules) -> dt.datetime:
    """Until when paper passed on at `at` must be there: the same day, after the cut-off the next working morning."""
    calendar = calendar_for(agency_id)
    begin = worktime.effective_start(calendar, at, rules.forward_cutoff)
    if begin.date() == timezone.localdate(at):
        return worktime.day_end(calendar, begin.date())
    return worktime.add_minutes(calendar, begin, rules.handover_minutes)


def unanswered(dossier: Dossier, *, at: dt.datetime, note: str) -> list[Consultation]:
    """The overdue consultations that the stage goes on without; that needs a note, for silence is no consent.

    Raises MoveRefused while an agency still has time, while the paper has not been to the next agency, or without
    the note.
    """
    open_ = list(waiting(dossier))
    if not open_:
        return []
    names = ", ".join(row.agency.name for row in open_ if row.due_at > at)
    if names:
        raise MoveRefused(_("Đang lấy ý kiến %(names)s, chưa hết hạn trả lời. Chờ trả lời, hoặc thôi lấy ý kiến.") % {
            "names": names})  # fmt: skip
    late = ", ".join(row.agency.name for row in open_)
    if _more(dossier, open_[0].stage):  # of an electronic dossier all were asked when the stage opened
        raise MoveRefused(
            _("Bản giấy còn phải qua cơ quan khác. Thôi lấy ý kiến %(names)s để chuyển tiếp.") % {"names": late}
        )
    if not note.strip():
        raise MoveRefused(
            _("%(names)s đã quá hạn mà chưa trả lời. Ghi ý kiến của bạn để đi tiếp không chờ nữa.") % {"names": late}
        )
    return open_


def nobody_asked(dossier: Dossier) -> None:
    """Refuse what leaves no room for an answer. Raises MoveRefused while an agency is asked, late or not."""
    if names := ", ".join(row.agency.name for row in waiting(dossier)):
        raise MoveRefused(_("Đang lấy ý kiến %(names)s. Chờ trả lời, hoặc thôi lấy ý kiến trước.") % {"names": names})
