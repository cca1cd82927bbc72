"""Sửa kết quả sai do lỗi của cơ quan: recalled at once, made anew at the agency's cost, with an apology.

Law: NĐ 61/2018 art. 20 (amended or replaced at the agency's cost), NĐ 30/2020 (what is recalled is marked and told).
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import deadlines, notices, numbering, routing, series
from dossiers.lifecycle import Change, begin_correction, move
from dossiers.models import Attachment, ClockSegment, Dossier, Party, Payment
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor
from portal.floor.vietnamese import fold
from procedures.ruleset import Rules


def correct_result(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str) -> Dossier:
    """Recall the result and open the dossier that makes it anew; the new one is given back.

    It has the people and papers of the old one, owes nothing that was not owed before, and begins at the last
    examination. A result that was not handed out yet is never handed out: the old dossier ends (8).
    Raises MoveRefused without a reason, for a result recalled before, and while a parcel carries it; routing.NoWay.
    """
    if not reason.strip():
        raise MoveRefused(_("Hãy ghi kết quả sai ở đâu."))
    result = dossier.results.filter(superseded_at=None).exclude(issued_at=None).first()
    if result is None or result.recalled_at is not None:
        raise MoveRefused(_("Kết quả này đã được thu hồi rồi."))
    if dossier.in_post:
        raise MoveRefused(_("Kết quả đang ở bưu điện. Chờ bưu điện phát hoặc trả lại rồi sửa."))
    to = Status.STOPPED if dossier.status == Status.RESOLVED else Status.RETURNED
    with transaction.atomic():
        again, stage = _again(dossier, at=at)
        facts = {"reason": reason, "new_code": again.code, "number": result.number, "new_due": _day(again)}
        change = Change({"holder_role": "", **deadlines.NOBODY_WAITS})
        change.promises = [notices.to_citizen(dossier, "corrected", at=at, **facts)]
        snapshot = {"result": result.number, "corrected_by": again.code}
        move(dossier, "correct_result", to=to, by=by, at=at, note=reason, snapshot=snapshot, change=change)
        result.recalled_at, result.recall_reason = at, reason
        result.save(update_fields=["recalled_at", "recall_reason"])
        clock = ClockSegment(dossier=again, kind=ClockSegment.Kind.RUNNING, from_at=at, due_at=again.due_at)
        corrects = {"corrects": dossier.code, "result": result.number}
        begin_correction(again, by=by, at=at, note=reason, snapshot=corrects, stage=stage, clock=clock)
        _carry_over(dossier, again)
    return again


def _again(old: Dossier, *, at: dt.datetime) -> tuple[Dossier, Any]:
    """The unsaved dossier that mends the old one, and its unsaved first stage: where the result was examined last."""
    rules, case, agency = Rules.of(old.rule_profile), routing.case_of(old), old.receiving_agency
    due = deadlines.promised(agency_id=agency.pk, case=case, at=at, rules=rules)
    today = series.day(at)
    serial = series.allocate(agency_id=agency.pk, kind="dossier", period=f"{today:%y%m%d}")
    code, reference = numbering.dossier_code(agency.code, today, serial), numbering.submission_reference(today)
    new = Dossier(
        reference=reference, code=code, tracking_key=numbering.tracking_key(), corrects=old,
        search_fold=fold(f"{old.applicant_name} {old.title} {reference} {code}"), answers=old.answers,
        submitted_at=at, accepted_at=at, original_due_at=due.at, **due.as_promise(),
        register_line=series.register_line(agency_id=agency.pk, at=at),
        **{name: getattr(old, name) for name in _SAME},
    )  # fmt: skip
    examined = old.stages.filter(kind="examine").order_by("-ordinal").first()
    first = routing.next_desk(new, after=None, agency_id=agency.pk)
    desk = routing.desk_of(old, examined) if examined else first
    if desk is None:
        raise routing.NoWay(_("Quy trình không có bước nào cho hồ sơ này."))
    stage, holder = routing.open_at(new, desk, at=at, rules=rules, ordinal=1)
    for name, value in holder.items():
        setattr(new, name, value)
    return new, stage


_SAME = (
    "procedure_version_id", "case_id", "rule_profile_id", "title", "applicant_name", "channel", "return_mode",
    "receiving_agency_id", "competent_agency_id", "limit_amount", "limit_unit", "legal_limit_amount", "identified_by",
)  # fmt: skip


def _carry_over(old: Dossier, new: Dossier) -> None:
    """People and papers as they were; a fee only if the first result was never paid for."""
    people = ("role", "is_organisation", "name", "identity", "identity_index", "phone", "phone_index", "email",
              "address", "birth_on")  # fmt: skip
    Party.objects.bulk_create(
        Party(dossier=new, **{name: getattr(one, name) for name in people}) for one in old.parties.all()
    )
    kept = ("document_key", "document_code", "name", "content_type", "size", "sha256", "file", "scan", "verdict",
            "received_at", "signer_user_id", "signed_document_id")  # fmt: skip
    papers = old.attachments.filter(superseded_at=None).exclude(origin=Attachment.Origin.INTERNAL)
    Attachment.objects.bulk_create(
        Attachment(
            dossier=new, origin=Attachment.Origin.REUSED, reuse_of=one, **{name: getattr(one, name) for name in kept}
        )
        for one in papers.order_by("received_at", "id")
    )
    owed = Payment.objects.filter(dossier=old, paid_at=None, amount__gt=0).first()
    Payment.objects.create(dossier=new, lines=owed.lines if owed else [], amount=owed.amount if owed else 0)


def _day(dossier: Dossier) -> str:
    return f"{timezone.localtime(dossier.due_at):%H:%M %d/%m/%Y}" if dossier.due_at else ""
