"""Giải quyết: from desk to desk over the levels, until the competent person and the agency have signed."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import access, deadlines, enclosing, legs, notices, numbering, outbox, papers, routing, series
from dossiers.lifecycle import Change, move
from dossiers.models import Dossier, Enclosure, OutboxMessage, Result
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor
from procedures.models import Agency, Position
from procedures.ruleset import Rules
from signatures import placement
from signatures.refusals import SigningRefused


class Batch(NamedTuple):
    """Results that are signed together: the holder of the key is asked once for all of them."""

    key: uuid.UUID
    size: int


def assign(dossier: Dossier, *, by: Actor, at: dt.datetime, to: Position) -> Dossier:
    """Give the dossier to one officer of the holding desk, again if need be.

    A colleague of that desk or the leader of its agency does it. Raises MoveRefused, also when `to` sits elsewhere.
    """
    if not may_assign(dossier, by):
        raise MoveRefused(_("Chỉ người cùng bàn hoặc lãnh đạo của cơ quan đang giữ hồ sơ được giao việc."))
    if (to.agency_id, to.role) != (dossier.holder_agency_id, dossier.holder_role):
        raise MoveRefused(_("%(name)s không ngồi ở bàn đang giữ hồ sơ.") % {"name": to.holder_name})
    change = Change({"assignee_id": to.pk}, stage_fields={"assignee_id": to.pk})
    move(dossier, "assign", to=Status(dossier.status), by=by, at=at, note=to.holder_name, change=change)
    return dossier


def may_assign(dossier: Dossier, by: Actor) -> bool:
    """Whether it is this officer's to say who at the desk does the work."""
    roles = (dossier.holder_role, "leader")
    return by.seat_for(agency_id=dossier.holder_agency_id, roles=roles) is not None


def forward(dossier: Dossier, *, by: Actor, at: dt.datetime, note: str = "") -> Dossier:
    """Pass the dossier to the next desk of its route, perhaps at another level. Raises MoveRefused, routing.NoWay."""
    stage, desk = _next(dossier)
    if desk.step.kind == "sign":
        raise MoveRefused(_("Bước tiếp theo là ký. Hãy soạn kết quả rồi trình ký."))
    return _pass_on(dossier, "forward", stage, desk, by=by, at=at, note=note)


def draft_result(
    dossier: Dossier, *, by: Actor, at: dt.datetime, kind: str, text: Mapping[str, str], file: str = "",
    enclosures: Sequence[Enclosure] = (),
) -> Result:  # fmt: skip
    """Write what the result will say; the earlier draft is kept as superseded. Raises MoveRefused.

    `file`: a finished PDF in the storage (`files.keep_result`), used instead of the template where the case allows it.
    `enclosures`: what goes out with it in files of their own, new ones (`files.keep_enclosures`) or those of a draft.
    """
    if kind == Result.Kind.REFUSAL and not text.get("reason", "").strip():
        raise MoveRefused(_("Hãy ghi lý do từ chối giải quyết."))
    if file and not routing.case_of(dossier).upload_result:
        raise MoveRefused(_("Thủ tục này soạn kết quả theo mẫu, không tải tệp lên được."))
    enclosing.check(dossier, len(enclosures))
    said: dict[str, Any] = {"kind": kind, "text": dict(text)} | ({"file": file} if file else {})
    if enclosures:
        said["enclosures"] = enclosing.said(enclosures)
    with transaction.atomic():
        move(dossier, "draft_result", to=Status.IN_PROGRESS, by=by, at=at, snapshot=said)
        dossier.results.filter(superseded_at=None).update(superseded_at=at)
        result = Result.objects.create(
            dossier=dossier, kind=kind, text=dict(text), drafted_at=at, drafted_by=by.name, file=file,
            uploaded=bool(file), verify_code=numbering.tracking_key(),
        )  # fmt: skip
        enclosing.enclose(result, enclosures)
    return result


def propose(dossier: Dossier, *, by: Actor, at: dt.datetime, note: str = "") -> Dossier:
    """Submit the drafted result to the signing leader. Raises MoveRefused without a draft, or too early."""
    stage, desk = _next(dossier)
    if desk.step.kind != "sign":
        raise MoveRefused(_("Hồ sơ còn phải qua bước “%(step)s” trước khi trình ký.") % {"step": desk.step.name})
    if not dossier.results.filter(superseded_at=None).exists():
        raise MoveRefused(_("Chưa soạn kết quả để trình ký."))
    return _pass_on(dossier, "propose", stage, desk, by=by, at=at, note=note)


def rework(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str) -> Dossier:
    """Send the dossier back to the desk before, with the reason. Raises MoveRefused once the decision is taken."""
    if not reason.strip():
        raise MoveRefused(_("Hãy ghi điều cần làm lại."))
    if dossier.results.filter(superseded_at=None).exclude(decided_at=None).exists():
        raise MoveRefused(_("Kết quả đã được ký nên không trả lại được."))
    stages = list(legs.stages(dossier).order_by("-ordinal"))
    back = next((stage for stage in stages[1:] if stage.route_key != stages[0].route_key), None)
    if back is None:
        raise MoveRefused(_("Đây là bước đầu tiên, không có bước trước để trả lại."))
    desk = routing.desk_of(dossier, back)
    return _pass_on(dossier, "rework", stages[0], desk, by=by, at=at, note=reason)


def decide(
    dossier: Dossier, *, by: Actor, at: dt.datetime, box: placement.Box | None = None, batch: Batch | None = None
) -> Result:
    """The leader's decision: the result gets its number and is promised to the signing service.

    `box`: where the leader put the signature, instead of above the name. `batch`: what is signed together with it.
    Status and desk stay until the signed document exists (regulation §29.6). Raises MoveRefused.
    """
    result = dossier.results.filter(superseded_at=None).first()
    if dossier.stage_kind != "sign" or result is None:
        raise MoveRefused(_("Chưa có kết quả trình ký."))
    if result.decided_at is not None:
        raise MoveRefused(_("Bạn đã quyết định; chữ ký đang được tạo."))
    access.clock_must_run(dossier)
    legs.nobody_asked(dossier)
    if result.uploaded:
        _find_the_place(result, by, box)
    lent = access.signs_for(dossier, by)
    seat = lent.seat if lent else by.seat_for(agency_id=dossier.holder_agency_id, roles=("leader",), own=True)
    said = {"result": str(result.pk)} | ({"for": lent.giver, "delegation": str(lent.key)} if lent else {})
    agency = Agency.objects.select_related("parent").get(pk=dossier.holder_agency_id)
    symbol = routing.case_of(dossier).result_symbol or "KQ"
    with transaction.atomic():
        change = Change(promises=[_order(result, "sign", dossier, at=at, batch=batch)])
        move(dossier, "decide", to=Status.IN_PROGRESS, by=by, at=at, snapshot=said, change=change)
        serial = series.allocate(agency_id=agency.pk, kind=f"result:{symbol}", period=f"{series.day(at):%Y}")
        result.number = numbering.paper_number(serial, f"{symbol}-{agency.symbol}")
        result.decided_at, result.sealing_agency = at, agency
        result.signer_user_id, result.signer_name = by.user_id, by.name
        result.signature_box = box and asdict(box)
        result.snapshot = papers.result_data(dossier, result, agency=agency, seat=seat, at=at)
        result.save()
    return result


def seal(dossier: Dossier, *, by: Actor, at: dt.datetime, batch: Batch | None = None) -> Result:
    """The records clerk has the agency's seal put on the signed result. Raises MoveRefused before the leader's."""
    result = dossier.results.filter(superseded_at=None).first()
    if dossier.stage_kind != "seal" or result is None or result.signed_document_id is None:
        raise MoveRefused(_("Kết quả chưa có chữ ký của người có thẩm quyền."))
    if dossier.outbox.filter(key=signing_key(result, "seal")).exists():
        raise MoveRefused(_("Dấu của cơ quan đang được đóng."))
    change = Change(promises=[_order(result, "seal", dossier, at=at, batch=batch)])
    move(dossier, "seal", to=Status.IN_PROGRESS, by=by, at=at, snapshot={"result": str(result.pk)}, change=change)
    return result


def sign_again(dossier: Dossier, *, by: Actor, at: dt.datetime, batch: Batch | None = None) -> Result:
    """Order the signature anew after the signing service gave up. Raises MoveRefused while it has not."""
    result = dossier.results.filter(superseded_at=None).exclude(signing_error="").first()
    if result is None:
        raise MoveRefused(_("Lần ký trước chưa hỏng nên không cần ký lại."))
    result.signing_attempt += 1
    result.signing_error = ""
    purpose = "sign" if dossier.stage_kind == "sign" else "seal"
    with transaction.atomic():
        change = Change(promises=[_order(result, purpose, dossier, at=at, batch=batch)])
        said = {"result": str(result.pk)}
        move(dossier, "sign_again", to=Status.IN_PROGRESS, by=by, at=at, snapshot=said, change=change)
        result.save(update_fields=["signing_attempt", "signing_error"])
    return result


def signing_failed(result: Result, *, reason: str, at: dt.datetime) -> None:
    """News from the signing service that it gave up: kept for the desk that waits, which is told. Nothing moves.

    A result may be several files that are refused one after the other: the first reason stays until it is signed again.
    """
    if not Result.objects.filter(pk=result.pk, signing_error="").update(signing_error=reason[:300]):
        return
    key = f"signing_failed:{result.pk}:{result.signing_attempt}"
    outbox.keep([
        outbox.promise("notice.holder", topic="signing_failed", key=key, at=at, dossier_id=result.dossier_id,
                       lane=f"notice:{result.dossier_id}", payload={"reason": reason}),
    ])  # fmt: skip


def attach_signed_result(
    result: Result, *, purpose: str, document_id: uuid.UUID, by: Actor, at: dt.datetime
) -> Dossier:
    """News from the signing service: keep the document, go on to the seal or to the citizen. Safe to repeat."""
    dossier = result.dossier
    expected = "sign" if purpose == "person" else "seal"
    if (
        dossier.status != Status.IN_PROGRESS
        or dossier.stage_kind != expected
        or result.signed_document_id == document_id
    ):
        return dossier
    rules = Rules.of(dossier.rule_profile)
    stage = dossier.stages.get(closed_at=None)
    desk = routing.next_desk(dossier, after=stage.route_key, agency_id=stage.agency_id)
    with transaction.atomic():
        Result.objects.filter(pk=result.pk).update(signed_document_id=document_id, issued_at=None if desk else at)
        if desk is not None:
            following, holder = routing.open_at(dossier, desk, at=at, rules=rules, ordinal=stage.ordinal + 1)
            told = _told(dossier, desk, at=at)
            change = Change(holder, close_stage=True, open_stage=following, promises=told)
            to = Status.IN_PROGRESS
        else:
            change, to = _ready(dossier, at=at, rules=rules), Status.RESOLVED
        snapshot = {"result": str(result.pk), "document": str(document_id)}
        move(dossier, "attach_signed_result", to=to, by=by, at=at, snapshot=snapshot, change=change)
    return dossier


def _ready(dossier: Dossier, *, at: dt.datetime, rules: Rules) -> Change:
    """The result goes back to where the citizen filed, whoever decided it; only a parcel is still owed by a time."""
    owed = deadlines.NOBODY_WAITS
    if dossier.return_mode == Dossier.ReturnMode.POST:
        owed = deadlines.return_due(agency_id=dossier.receiving_agency_id, at=at, rules=rules).as_next()
    fields: dict[str, Any] = {
        "resolved_at": at, "holder_agency_id": dossier.receiving_agency_id, "holder_role": "returner",
        "assignee_id": None, "stage_kind": "", "stage_name": "", **owed,
    }  # fmt: skip
    return Change(
        fields, close_stage=True, close_clock=True, promises=[notices.to_citizen(dossier, "result_ready", at=at)]
    )


def signing_key(result: Result, purpose: str) -> str:
    """The outbox key of the order for this attempt; `purpose` is sign or seal."""
    return f"result.{purpose}:{result.pk}:{result.signing_attempt}"


def _order(result: Result, purpose: str, dossier: Dossier, *, at: dt.datetime, batch: Batch | None = None) -> Any:
    together = {"batch": str(batch.key), "batch_size": batch.size} if batch else {}
    return outbox.promise(
        f"result.{purpose}", key=signing_key(result, purpose), at=at, dossier_id=dossier.pk,
        lane=f"result:{dossier.pk}", payload={"result": str(result.pk)} | together,
    )  # fmt: skip


def _find_the_place(result: Result, by: Actor, box: placement.Box | None) -> None:
    """An uploaded result must bear the signer's name, above which the signature goes, or have the chosen place.

    Raises MoveRefused.
    """
    with default_storage.open(result.file) as stored:
        pdf = bytes(stored.read())
    try:
        placement.checked(pdf, box) if box else placement.person_box(pdf, by.name)
    except SigningRefused as refused:
        raise MoveRefused(
            _("%(why)s Chọn chỗ ký trên trang, hoặc trả lại để tải tệp đúng.") % {"why": refused}
        ) from None


def _next(dossier: Dossier) -> tuple[Any, routing.Desk]:
    """The open stage and the desk after it."""
    stage = legs.stages(dossier).filter(closed_at=None).first()
    if stage is None:
        raise MoveRefused(_("Hồ sơ không ở bước nào của quy trình."))
    desk = routing.next_desk(dossier, after=stage.route_key, agency_id=stage.agency_id)
    if desk is None:
        raise MoveRefused(_("Đây là bước cuối của quy trình."))
    return stage, desk


def _pass_on(
    dossier: Dossier, name: str, here: Any, desk: routing.Desk, *, by: Actor, at: dt.datetime, note: str
) -> Dossier:
    access.clock_must_run(dossier)
    unanswered = legs.unanswered(dossier, at=at, note=note) if here.asked else []
    rules = Rules.of(dossier.rule_profile)
    stage, holder = routing.open_at(dossier, desk, at=at, rules=rules, ordinal=here.ordinal + 1)
    stage.received_at = None if here.paper and desk.agency_id != here.agency_id else at
    change = Change(holder, close_stage=True, open_stage=stage, promises=_told(dossier, desk, at=at))
    snapshot = {"unanswered": [row.agency_id for row in unanswered]} if unanswered else None
    with transaction.atomic():
        legs.end(dossier, at=at, only=unanswered)
        move(dossier, name, to=Status.IN_PROGRESS, by=by, at=at, note=note, snapshot=snapshot, change=change)
    return dossier


def _told(dossier: Dossier, desk: routing.Desk, *, at: dt.datetime) -> list[OutboxMessage]:
    """The citizen hears of a new agency, not of every desk."""
    if desk.agency_id == dossier.holder_agency_id:
        return []
    agency = Agency.objects.values_list("name", flat=True).get(pk=desk.agency_id)
    return [notices.to_citizen(dossier, "forwarded", at=at, holder_agency=agency, stage=desk.step.name)]
