"""What official papers say, as data: people, dates and lines, taken from the dossier at the moment of issue."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone

from dossiers import routing, series
from dossiers.models import (
    Consultation,
    Dossier,
    DossierEvent,
    HandedPaper,
    IssuedPaper,
    Payment,
    Stage,
    Verification,
)
from dossiers.states import MOVES
from portal.floor.actor import Actor, Seat
from procedures import eforms
from procedures.conditions import holds
from procedures.models import Agency, Case
from procedures.ruleset import Rules

Facts = dict[str, Any]
Kind = IssuedPaper.Kind
VOLUME = 1000  # dossiers to a volume of the register: a hundred pages, typeset in bounded memory
_ONWARD = frozenset({"receive", "forward", "propose", "decide", "attach_signed_result", "resolve_at_once"})


def iso(at: dt.datetime | None) -> str:
    """The local instant as papers take it; empty for None."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""


def letterhead(agency: Agency, *, at: dt.datetime) -> Facts:
    """Whose paper it is, and of which day."""
    parent = agency.parent.name if agency.level == "province" and agency.parent else ""
    return {
        "date": series.day(at).isoformat(),
        "agency": {"name": agency.name, "symbol": agency.symbol, "place": agency.place, "parent_name": parent},
    }


def common(dossier: Dossier, agency: Agency, *, at: dt.datetime) -> Facts:
    """What every paper about a dossier may say."""
    owner = dossier.parties.get(role="owner")
    case = routing.case_of(dossier)
    version, schema = case.version, case.form.schema if case.form else {"pages": []}
    return letterhead(agency, at=at) | {
        "dossier": {
            "code": dossier.code or dossier.reference, "submitted_at": iso(dossier.submitted_at),
            "submitted_on": iso(dossier.submitted_at)[:10], "accepted_at": iso(dossier.accepted_at),
            "accepted_on": iso(dossier.accepted_at)[:10], "due_at": iso(dossier.due_at),
        },
        "procedure": {"code": version.procedure.code, "name": version.name, "field": version.procedure.field.name},
        "applicant": {
            "name": owner.name, "personal_id": owner.identity, "birth_on": owner.birth_on,
            "address": owner.address, "phone": owner.phone, "email": owner.email,
        },
        "answers": eforms.printed(schema, dossier.answers), "answers_raw": dossier.answers,
        "verify_url": f"{settings.BASE_URL}/tra-cuu/{dossier.code or dossier.reference}?k={dossier.tracking_key}",
    }  # fmt: skip


def form(kind: str, rules: Rules) -> Facts:
    """How this state of the law numbers and names the form."""
    return {
        "form_number": rules.form_number(kind), "title": rules.form_title(kind) or str(Kind(kind).label), "reprint": "",
    }  # fmt: skip


def slip(dossier: Dossier, kind: str, *, by: Actor, seat: Seat | None, at: dt.datetime, rules: Rules) -> Facts:
    """What the one-stop unit's papers of that kind say beyond `common`."""
    agency = dossier.receiving_agency
    facts: Facts = form(kind, rules) | {
        "unit": agency.one_stop_name or "Bộ phận một cửa",
        "officer": {"name": by.name, "title": seat.title if seat else ""},
        "contact": ", ".join(filter(None, [by.name, agency.phone and f"điện thoại {agency.phone}"])),
        "lookup": f"{settings.BASE_URL}/tra-cuu",
    }
    if kind == Kind.SUPPLEMENT:
        until = series.day(at) + dt.timedelta(days=rules.supplement_wait_days)
        stage = "Sau khi tiếp nhận hồ sơ" if dossier.accepted_at else "Trước khi tiếp nhận hồ sơ"
        facts |= {"answer_by": until.isoformat(), "stage": stage, "legal_basis": dossier.rule_profile.name}
    if kind in (Kind.APOLOGY, Kind.STOP_NOTICE):
        facts["receivers"] = ["Như trên", facts["unit"], "Lưu: VT"]
        facts["received_by"], facts["proposal"] = agency.name, rules.extension_proposal
    return facts


def receipt(dossier: Dossier) -> Facts:
    """What the receipt says beyond the other papers: papers handed in, limit, delivery, money, register."""
    case = routing.case_of(dossier)
    payment: Payment | None = getattr(dossier, "payment", None)
    unit = str(case.get_time_unit_display())
    line = dossier.register_line
    return {
        "documents": _handed_in(dossier, case),
        "sets": case.version.dossier_sets,
        "time_limit": unit.capitalize() if case.time_unit == "same_day" else f"{case.time_amount} {unit}",
        "delivery": str(dossier.get_return_mode_display()),
        "fees": payment.lines if payment else [],
        "payment": _paid(payment) if payment and payment.amount else "",
        "register": {"book": f"{volume_of(line):02d}", "line": f"{line:02d}"} if line else {},
    }


def volume_of(line: int) -> int:
    """In which volume of the year's register that line stands."""
    return 1 + (line - 1) // VOLUME


def _paid(payment: Payment) -> str:
    return "Đã nộp" if payment.paid_at else "Nộp khi nhận kết quả"


def _handed_in(dossier: Dossier, case: Case) -> list[Facts]:
    """The papers of the receipt: those handed in over the counter as they were counted, the others are electronic."""
    there = set(dossier.attachments.filter(superseded_at=None).values_list("document_key", flat=True))
    over_counter = dossier.channel != Dossier.Channel.ONLINE
    handed = {paper.document_key: paper for paper in dossier.handed.order_by("pk")} if over_counter else {}
    lines: list[Facts] = []
    for document in routing.documents_of(case):
        if paper := handed.pop(document.key, None):
            lines += _counted(paper)
        elif document.key in there or (document.is_form and holds(document.condition, dossier.answers)):
            lines.append({"name": document.name, "form": "Bản điện tử",
                          "count": document.originals or document.copies or 1})  # fmt: skip
    return lines + [line for paper in handed.values() for line in _counted(paper)]


def _counted(paper: HandedPaper) -> list[Facts]:
    """One line per kind of copy; the originals that are kept say so."""
    original = f"Bản chính (giữ lại {paper.held})" if paper.held else "Bản chính"
    kinds = ((original, paper.originals), ("Bản sao chứng thực", paper.certified), ("Bản sao", paper.copies))
    return [{"name": paper.name, "form": kind, "count": count} for kind, count in kinds if count]


def hand_overs(dossier: Dossier) -> list[Facts]:
    """The lines of the control slip: every desk that gave, every desk that took, and whether the giver was in time."""
    stages = list(dossier.stages.select_related("agency", "assignee").order_by("ordinal"))
    events = {(event.verb, event.at): event for event in dossier.events.order_by("sequence")}
    received = next((event for (verb, _at), event in events.items() if verb == "receive"), None)
    unit = dossier.receiving_agency.one_stop_name or dossier.receiving_agency.name
    lines: list[Facts] = []
    before: Stage | None = None
    for stage in stages:
        act = events.get((before.outcome, before.closed_at)) if before and before.closed_at else received
        line = _between(_place(before) if before else unit, _place(stage), act)
        waits = stage.handover_due_at is not None and stage.received_at is None
        taken = stage.received_at or (None if waits else stage.opened_at)
        officer = stage.received_by or (stage.assignee.holder_name if stage.assignee else "")
        lines.append(line | {
            "giver_name": stage.given_by or line["giver_name"], "receiver_name": officer,
            "given_at": iso(stage.opened_at), "received_at": iso(taken),
            "outcome": outcome(before.closed_at, before.due_at) if before else "",
        })  # fmt: skip
        before = stage
    asked = dossier.consultations.select_related("agency", "stage__agency").order_by("asked_at")
    lines += [_consulted(one) for one in asked]
    return sorted(lines, key=lambda line: str(line["given_at"])) + _the_return(dossier, before, unit, events)


def outcome(done: dt.datetime | None, due: dt.datetime | None) -> str:
    """Trước hạn (an earlier day), đúng hạn, quá hạn; empty while nobody can say."""
    if done is None or due is None:
        return ""
    if done > due:
        return "Quá hạn"
    return "Trước hạn" if series.day(done) < series.day(due) else "Đúng hạn"


def _between(giver: str, receiver: str, act: DossierEvent | None) -> Facts:
    said = act is not None and act.verb not in _ONWARD
    return {
        "giver": giver, "giver_name": act.actor_name if act and act.actor_kind == "officer" else "",
        "receiver": receiver, "note": str(MOVES[act.verb].label) if act and said else "",
    }  # fmt: skip


def _place(stage: Stage) -> str:
    return f"{stage.agency.name} ({stage.name})"


def _consulted(one: Consultation) -> Facts:
    return {
        "giver": one.stage.agency.name, "giver_name": one.asked_by, "receiver": one.agency.name,
        "receiver_name": one.answered_by or one.received_by, "given_at": iso(one.asked_at),
        "received_at": iso(one.received_at), "outcome": outcome(one.answered_at, one.due_at),
        "note": str(one.get_kind_display()),
    }  # fmt: skip


def _the_return(dossier: Dossier, last: Stage | None, unit: str, events: Any) -> list[Facts]:
    """The finished result back at the one-stop unit, and from there to the citizen."""
    if last is None or dossier.resolved_at is None:
        return []
    back = _between(_place(last), unit, events.get((last.outcome, last.closed_at))) | {
        "receiver_name": "", "given_at": iso(dossier.resolved_at), "received_at": iso(dossier.resolved_at),
        "outcome": outcome(last.closed_at, last.due_at),
    }  # fmt: skip
    if dossier.returned_at is None:
        return [back]
    handed = next((one for one in reversed(events.values()) if one.at == dossier.returned_at), None)
    collector = (handed.snapshot or {}).get("collector", "") if handed else ""
    return [back, _between(unit, "Người nhận kết quả", handed) | {
        "receiver_name": collector or dossier.applicant_name, "given_at": iso(dossier.returned_at),
        "received_at": iso(dossier.returned_at), "outcome": outcome(dossier.resolved_at, dossier.due_at),
    }]  # fmt: skip


def consultation(asked: Consultation) -> Facts:
    """What the letter to an agency that is asked says."""
    return {
        "to": asked.agency.name, "question": asked.question, "answer_by": iso(asked.due_at),
        "subject": f"{str(asked.get_kind_display()).lower()} về hồ sơ {asked.dossier}",
    }  # fmt: skip


def minutes(look: Verification) -> Facts:
    """What the minutes of a look at the place say."""
    return {
        "held_at": iso(look.held_at or look.starts_at), "place": look.place, "purpose": look.purpose,
        "participants": look.participants, "minutes": look.minutes, "recorded_by": look.recorded_by,
    }  # fmt: skip
