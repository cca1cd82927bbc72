"""Yêu cầu bổ sung, hoàn thiện: papers judged, asked for in one letter, and brought (NĐ 61/2018 art. 17.2, 19.4)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import deadlines, notices, papers, routing, supplements
from dossiers.lifecycle import Change, move
from dossiers.models import Attachment, ClockSegment, Dossier
from dossiers.refusals import Incomplete, MoveRefused, need
from dossiers.states import Status
from portal.floor.actor import Actor
from procedures.models import RequiredDocument
from procedures.ruleset import Rules


def judge(attachment: Attachment, *, by: Actor, verdict: str, note: str = "") -> None:
    """Write down what the officer thinks of one paper. Raises MoveRefused for another's dossier."""
    dossier = attachment.dossier
    here = dossier is not None and by.seat_for(agency_id=dossier.holder_agency_id, roles=(dossier.holder_role,))
    if dossier is None or not here or dossier.status not in (Status.SUBMITTED, Status.IN_PROGRESS):
        raise MoveRefused(_("Hồ sơ này không ở bàn của bạn."))
    if verdict not in Attachment.Verdict.values:
        raise MoveRefused(_("Nhận xét không hợp lệ."))
    if verdict not in (Attachment.Verdict.OPEN, Attachment.Verdict.OK):
        need(note, _("Hãy ghi giấy tờ này cần sửa gì."))
    attachment.verdict, attachment.verdict_note = verdict, note[:500]
    attachment.save(update_fields=["verdict", "verdict_note"])


def request_supplement(
    dossier: Dossier, *, by: Actor, at: dt.datetime, note: str = "", missing: Sequence[RequiredDocument] = ()
) -> Dossier:
    """Ask once, for everything that is wanting, in one letter (Mẫu 02; NĐ 61/2018 art. 17.2, 19.4).

    `missing`: papers of the case that were not handed in at all.
    Raises MoveRefused without a paper found wanting, with a paper nobody has looked at, a second time, or after
    three working days from acceptance.
    """
    rules = Rules.of(dossier.rule_profile)
    items = supplements.asked(dossier, missing=missing, note=note)
    if dossier.supplement_count >= rules.supplement_limit:
        raise MoveRefused(_("Hồ sơ này đã được yêu cầu bổ sung một lần rồi."))
    if deadlines.supplement_window_over(dossier, at=at, rules=rules):
        raise MoveRefused(
            _("Đã quá %(days)s ngày làm việc từ khi nhận nên không yêu cầu bổ sung được nữa.")
            % {"days": rules.supplement_days}
        )
    change = supplements.waiting(dossier, items, at=at, note=note, basis="NĐ 61/2018, Điều 19.4")
    with transaction.atomic():
        move(dossier, "request_supplement", to=Status.SUPPLEMENT_REQUESTED, by=by, at=at, note=note,
             snapshot={"items": items}, change=change)  # fmt: skip
        papers.issue(dossier, "supplement", by=by, at=at, rules=rules, extra={"items": items, "reason": note})
    return dossier


def request_more(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str, legal_basis: str) -> Dossier:
    """The leader asks again, or after the three working days, because a law of the sector says so (art. 11, 19.4).

    QĐ 766 counts such a dossier as late. Raises MoveRefused without reason and law, while the ordinary request is
    still open, and where that one would be refused for its papers.
    """
    rules = Rules.of(dossier.rule_profile)
    need(reason, _("Hãy ghi vì sao phải yêu cầu bổ sung lần nữa."))
    need(legal_basis, _("Hãy ghi điều khoản của luật chuyên ngành cho phép yêu cầu bổ sung lần nữa."))
    items = supplements.asked(dossier, missing=(), note=reason)
    within = not deadlines.supplement_window_over(dossier, at=at, rules=rules)
    if within and dossier.supplement_count < rules.supplement_limit:
        raise MoveRefused(_("Hồ sơ này còn được yêu cầu bổ sung lần đầu, chưa cần lãnh đạo yêu cầu."))
    change = supplements.waiting(dossier, items, at=at, note=reason, basis=legal_basis)
    said = {"items": items, "reason": reason, "legal_basis": legal_basis}
    with transaction.atomic():
        move(dossier, "request_more", to=Status.SUPPLEMENT_REQUESTED, by=by, at=at, note=f"{reason} ({legal_basis})",
             snapshot=said, change=change)  # fmt: skip
        papers.issue(dossier, "supplement", by=by, at=at, rules=rules, extra=said)
    return dossier


def supply(
    dossier: Dossier, *, by: Actor, at: dt.datetime, replaced: Mapping[str, list[Attachment]],
    on_paper: Collection[str] = (),
) -> Dossier:  # fmt: skip
    """What was asked for comes, from the citizen or over the counter. The limit counts anew from the full dossier
    (NĐ 61/2018 art. 19.4).

    `replaced`: new, already stored attachments by document key; the earlier ones are marked superseded, not deleted.
    `on_paper`: keys of papers handed in over the counter instead.
    Raises MoveRefused while something asked for has not come.
    """
    came = {key for key, papers_ in replaced.items() if papers_} | set(on_paper)
    if late := [item["name"] for item in supplements.asked_for(dossier) if item["key"] not in came]:
        raise Incomplete(late)
    rules = Rules.of(dossier.rule_profile)
    back = Status.IN_PROGRESS if dossier.accepted_at else Status.SUBMITTED
    if back is Status.SUBMITTED:
        due = deadlines.intake_due(agency_id=dossier.receiving_agency_id, at=at, rules=rules)
        fields, clock, stage = due.as_next(), None, {}
    else:
        due = deadlines.promised(
            agency_id=dossier.receiving_agency_id, case=routing.case_of(dossier), at=at, rules=rules
        )
        desk = dossier.stages.get(closed_at=None)
        own = deadlines.stage_due(agency_id=desk.agency_id, hours=desk.hours, at=at, rules=rules)
        fields, stage = {**due.as_promise(), **own.as_next()}, {"due_at": own.at}
        clock = ClockSegment(dossier=dossier, kind=ClockSegment.Kind.RESTARTED, from_at=at, due_at=due.at)
    with transaction.atomic():
        change = Change(fields, close_clock=True, open_clock=clock, stage_fields=stage)
        change.promises = [
            notices.to_citizen(dossier, "supplied", at=at),
            notices.to_holder(dossier, "supplied", at=at),
        ]
        move(dossier, "supply", to=back, by=by, at=at, change=change)
        wanting = dossier.attachments.filter(superseded_at=None).exclude(verdict__in=["open", "ok"])
        wanting.filter(document_key__in=came).update(superseded_at=at)
        Attachment.objects.filter(pk__in=[paper.pk for papers_ in replaced.values() for paper in papers_]).update(
            dossier=dossier
        )
    return dossier
