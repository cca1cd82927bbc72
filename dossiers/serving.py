"""Giải quyết ngay: what is taken in, resolved, paid and handed out at the counter in one act (NĐ 61/2018 art. 17.4)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import counter, deadlines, numbering, papers, returning, routing, series
from dossiers.counter import Taken
from dossiers.lifecycle import Change, move
from dossiers.models import Dossier, Draft, IssuedPaper, Result
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor
from procedures.ruleset import Rules


@dataclass(frozen=True, slots=True)
class AtOnce:
    """The result given on the spot. Without a `number` one is taken from the agency's series."""

    number: str = ""
    text: str = ""
    paid: str = ""  # Payment.Method when the fee was taken
    paper: str = ""  # what the receiver of the result showed


def serve(taken: Taken, result: AtOnce, *, by: Actor, at: dt.datetime, draft: Draft | None = None) -> Dossier:
    """Taken in, resolved, paid and handed out in one transaction (∅ → 1 → 4 → 9 → 10); no receipt unless asked for.

    A fee that was not taken keeps the result at the counter (status 9). Raises what `register`
    and `resolve_at_once` do.
    """
    with transaction.atomic():
        dossier = counter.register(taken, by=by, at=at, draft=draft, receipt=False)
        resolve_at_once(dossier, by=by, at=at, number=result.number, text=result.text)
        owes = bool(dossier.payment.amount)
        if owes and result.paid:
            returning.record_payment(dossier, by=by, at=at, method=result.paid)
        if not owes or result.paid:
            who = taken.submitter or taken.owner
            paper = result.paper or str(dossier.get_identified_by_display())
            returning.hand_out(dossier, by=by, at=at, collector=who.name, paper=paper)
    return dossier


def resolve_at_once(dossier: Dossier, *, by: Actor, at: dt.datetime, number: str = "", text: str = "") -> Result:
    """Resolve where it was received, where the case allows it (art. 17.4); the result is on paper, signed by hand.

    Without a `number` the next one of the agency's series is taken. Raises MoveRefused.
    """
    case = routing.case_of(dossier)
    if not case.instant:
        raise MoveRefused(_("Trường hợp này không được trả ngay tại quầy."))
    due = deadlines.return_due(agency_id=dossier.receiving_agency_id, at=at, rules=Rules.of(dossier.rule_profile))
    fields: dict[str, Any] = {
        "resolved_at": at, "holder_agency_id": dossier.receiving_agency_id, "holder_role": "receiver",
        "assignee_id": None, "stage_kind": "", "stage_name": "", **due.as_next(),
    }  # fmt: skip
    with transaction.atomic():
        if not number.strip():
            symbol = case.result_symbol or "KQ"
            agency = dossier.receiving_agency
            serial = series.allocate(agency_id=agency.pk, kind=f"result:{symbol}", period=f"{series.day(at):%Y}")
            number = numbering.paper_number(serial, f"{symbol}-{agency.symbol}")
        snapshot = {"number": number, "text": text}
        change = Change(fields, close_stage=True, close_clock=True)
        move(dossier, "resolve_at_once", to=Status.RESOLVED, by=by, at=at, snapshot=snapshot, change=change)
        return Result.objects.create(
            dossier=dossier, kind=Result.Kind.APPROVAL, text={"content": text} if text else {}, drafted_at=at,
            drafted_by=by.name, number=number[:40], verify_code=numbering.tracking_key(), decided_at=at, issued_at=at,
            signer_name=by.name, sealing_agency=dossier.receiving_agency, on_paper=True,
        )  # fmt: skip


def give_receipt(dossier: Dossier, *, by: Actor, at: dt.datetime) -> IssuedPaper:
    """A receipt for what was returned on the spot, for those who ask for one. Raises MoveRefused if there is one."""
    if by.seat_for(agency_id=dossier.receiving_agency_id, roles=("receiver",)) is None:
        raise MoveRefused(_("Chỉ nơi tiếp nhận mới cấp giấy tiếp nhận."))
    if dossier.accepted_at is None or dossier.papers.filter(kind="receipt").exists():
        raise MoveRefused(_("Hồ sơ này chưa được nhận, hoặc đã có giấy tiếp nhận."))
    with transaction.atomic():
        return papers.issue(dossier, "receipt", by=by, at=at, rules=Rules.of(dossier.rule_profile))
