"""The clock stands still, the promise moves, the dossier ends: each only with the ground and paper the law asks for.

Law: NĐ 61/2018 art. 19.9 (apology and new date, once), TT 03/2025 (Mẫu 05), sector laws for every pause.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import deadlines, notices, outbox, papers, routing
from dossiers.lifecycle import Change, move
from dossiers.models import ClockSegment, Dossier, IssuedPaper
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor
from procedures.ruleset import Rules
from signatures.models import Certificate

Kind = ClockSegment.Kind


def grounds_of(dossier: Dossier) -> list[Mapping[str, Any]]:
    """On which grounds the clock of this dossier may stand still: those its procedure names."""
    return list(routing.case_of(dossier).pause_grounds)


def pause(dossier: Dossier, *, by: Actor, at: dt.datetime, ground: str) -> Dossier:
    """Stop the clock; a ground that is a payment makes the dossier wait for the citizen's money (status 6).

    Raises MoveRefused for a ground the procedure does not name, and while the clock stands still already.
    """
    chosen = next((one for one in grounds_of(dossier) if one["key"] == ground), None)
    if chosen is None:
        raise MoveRefused(_("Thủ tục này không có căn cứ tạm dừng như vậy."))
    if dossier.waiting_for:
        raise MoveRefused(_("Đồng hồ đang dừng rồi: %(why)s.") % {"why": dossier.waiting_for})
    reason, basis = str(chosen["reason"])[:200], str(chosen["basis"])[:200]
    to = Status.PAYMENT_DUE if chosen.get("payment") else Status.IN_PROGRESS
    clock = ClockSegment(dossier=dossier, kind=Kind.PAUSED, from_at=at, legal_basis=basis, reason=reason)
    change = Change({"waiting_for": reason, **deadlines.NOBODY_WAITS}, close_clock=True, open_clock=clock)
    if to is Status.PAYMENT_DUE:
        change.promises = [notices.to_citizen(dossier, "payment_due", at=at, reason=reason, basis=basis)]
    else:
        change.promises = [notices.to_citizen(dossier, "paused", at=at, reason=reason, basis=basis)]
    move(dossier, "pause", to=to, by=by, at=at, note=f"{reason} ({basis})", change=change)
    return dossier


def resume(dossier: Dossier, *, by: Actor, at: dt.datetime, note: str = "") -> Dossier:
    """Let the clock run on: what was left of the promise and of the desk's own share is left still.

    Raises MoveRefused when the clock runs.
    """
    segments = list(dossier.clock.order_by("from_at", "pk"))
    if not segments or segments[-1].kind != Kind.PAUSED or segments[-1].to_at is not None:
        raise MoveRefused(_("Đồng hồ của hồ sơ này đang chạy."))
    rules, stage = Rules.of(dossier.rule_profile), dossier.stages.get(closed_at=None)
    whole = deadlines.resumed(dossier, segments, at=at, case=routing.case_of(dossier), rules=rules)
    own = deadlines.desk_resumed(stage, segments, at=at, rules=rules)
    clock = ClockSegment(dossier=dossier, kind=Kind.RUNNING, from_at=at, due_at=whole.at)
    fields = {"waiting_for": "", **whole.as_promise(), **own.as_next()}
    change = Change(fields, close_clock=True, open_clock=clock, stage_fields={"due_at": own.at})
    change.promises = [notices.to_citizen(dossier, "resumed", at=at)]
    move(dossier, "resume", to=Status.IN_PROGRESS, by=by, at=at, note=note, change=change)
    return dossier


def extend(dossier: Dossier, *, by: Actor, at: dt.datetime, to: dt.date, reason: str) -> Dossier:
    """The leader apologises in a signed letter (Mẫu 04) and promises another day; what was promised first is kept.

    Raises MoveRefused: later than a day before the promise, a second time, a day nobody works, no reason, no
    certificate to sign with, or while the clock stands still.
    """
    rules = Rules.of(dossier.rule_profile)
    _may_extend(dossier, at=at, rules=rules)
    if not reason.strip():
        raise MoveRefused(_("Hãy ghi lý do chậm."))
    try:
        due = deadlines.extended(dossier, to=to, at=at, rules=rules)
    except ValueError:
        raise MoveRefused(_("%(day)s không phải ngày làm việc.") % {"day": f"{to:%d/%m/%Y}"}) from None
    assert dossier.due_at is not None  # _may_extend has seen to it
    if due.at <= dossier.due_at:
        raise MoveRefused(_("Ngày hẹn lại phải sau ngày đã hẹn."))
    clock = ClockSegment(
        dossier=dossier, kind=Kind.EXTENDED, from_at=at, due_at=due.at, legal_basis="NĐ 61/2018, Điều 19.9",
        reason=reason[:200],
    )  # fmt: skip
    fields = {"extension_count": dossier.extension_count + 1, **due.as_promise()}
    change = Change(fields, close_clock=True, open_clock=clock)
    change.promises = [notices.to_citizen(dossier, "extended", at=at, reason=reason)]
    with transaction.atomic():
        letter = {"reason": reason, "new_due_at": timezone.localtime(due.at).isoformat(timespec="seconds")}
        _letter(dossier, "apology", by=by, at=at, rules=rules, extra=letter)
        move(dossier, "extend", to=Status.IN_PROGRESS, by=by, at=at, note=reason, snapshot=letter, change=change)
    return dossier


def stop(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str, legal_basis: str, returned: str = "") -> Dossier:
    """The leader ends it without a result in a signed notice (Mẫu 05). `returned`: what becomes of papers and fees.

    Raises MoveRefused without reason or law, without a certificate, or once the result is decided.
    """
    if not reason.strip() or not legal_basis.strip():
        raise MoveRefused(_("Hãy ghi lý do dừng và căn cứ pháp lý."))
    if dossier.results.filter(superseded_at=None).exclude(decided_at=None).exists():
        raise MoveRefused(_("Kết quả đã được ký nên không dừng được nữa."))
    fields = {"holder_role": "", "waiting_for": "", **deadlines.NOBODY_WAITS}
    change = Change(fields, close_stage=True, close_clock=True)
    change.promises = [notices.to_citizen(dossier, "stopped", at=at, reason=reason, basis=legal_basis)]
    with transaction.atomic():
        extra = {"reason": reason, "legal_basis": legal_basis, "papers": returned}
        _letter(dossier, "stop_notice", by=by, at=at, rules=Rules.of(dossier.rule_profile), extra=extra)
        move(dossier, "stop", to=Status.STOPPED, by=by, at=at, note=reason, snapshot=extra, change=change)
    return dossier


def may_extend(dossier: Dossier, *, at: dt.datetime) -> bool:
    """Whether the promised date may still be moved."""
    try:
        _may_extend(dossier, at=at, rules=Rules.of(dossier.rule_profile))
    except MoveRefused:
        return False
    return True


def _may_extend(dossier: Dossier, *, at: dt.datetime, rules: Rules) -> None:
    if dossier.due_at is None or dossier.waiting_for:
        raise MoveRefused(_("Đồng hồ của hồ sơ này không chạy nên không hẹn lại được."))
    if dossier.extension_count >= rules.extension_limit:
        raise MoveRefused(_("Hồ sơ này đã hẹn lại một lần rồi."))
    closes = deadlines.extension_closes(dossier, rules=rules)
    if at > closes:
        until = f"{timezone.localtime(closes):%H:%M %d/%m/%Y}"
        raise MoveRefused(_("Chỉ được xin lỗi và hẹn lại trước %(until)s.") % {"until": until})


def _letter(
    dossier: Dossier, kind: str, *, by: Actor, at: dt.datetime, rules: Rules, extra: dict[str, Any]
) -> IssuedPaper:
    """A paper in the leader's name, numbered here, typeset and signed outside."""
    seat = by.seat_for(agency_id=dossier.holder_agency_id, roles=("leader",), own=True)
    usable = Certificate.objects.usable(timezone.localdate(at)).for_user(by.user_id) if by.user_id else None
    if seat is None or usable is None or not usable.exists():
        raise MoveRefused(_("Giấy này phải ký số. Bạn chưa có chứng thư số còn hiệu lực."))
    signer = {"capacity": seat.signing_capacity, "title": seat.title, "name": by.name}
    paper = papers.issue(dossier, kind, by=by, at=at, rules=rules, extra={**extra, "signer": signer})
    IssuedPaper.objects.filter(pk=paper.pk).update(signer_user_id=by.user_id)
    outbox.keep([outbox.promise(
        "paper.sign", key=f"paper.sign:{paper.pk}", at=at, dossier_id=dossier.pk, lane=f"paper:{paper.pk}",
        payload={"paper": str(paper.pk)},
    )])  # fmt: skip
    return paper
