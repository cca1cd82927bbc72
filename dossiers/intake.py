"""Tiếp nhận: from a citizen's draft to an accepted dossier, or a written no."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from dossiers import access, applicants, deadlines, notices, numbering, papers, routing, series
from dossiers.applicants import Applicant
from dossiers.lifecycle import Change, begin, move
from dossiers.models import Attachment, ClockSegment, Dossier, Draft, Party, Payment
from dossiers.refusals import Incomplete, MoveRefused, need
from dossiers.states import Status
from portal.floor import crypto
from portal.floor.actor import Actor
from portal.floor.vietnamese import fold
from procedures import eforms, fees
from procedures.conditions import holds
from procedures.models import (
    Agency,
    Case,
    ProcedureAgency,
    ProcedureVersion,
    ProvinceProfile,
    RequiredDocument,
    RuleProfile,
)
from procedures.ruleset import Rules


def start(version: ProcedureVersion, *, by: Actor, at: dt.datetime, agency: Agency | None, rules: Rules) -> Draft:
    """Open a draft that lives for `rules.draft_days`."""
    assert by.user_id is not None  # only an account can keep a draft
    return Draft.objects.create(
        user_id=by.user_id, procedure_version=version, receiving_agency=agency,
        created_at=at, updated_at=at, expires_at=at + dt.timedelta(days=rules.draft_days),
    )  # fmt: skip


def save_draft(draft: Draft, *, at: dt.datetime, answers: Mapping[str, Any] | None = None,
               delivery: Mapping[str, Any] | None = None, agency: Agency | None = None) -> None:  # fmt: skip
    """Keep what the citizen has entered so far. Raises MoveRefused when another window has saved meanwhile."""
    if answers is not None:
        draft.answers = {**draft.answers, **answers}
    if delivery is not None:
        draft.delivery = {**draft.delivery, **delivery}
    if agency is not None:
        draft.receiving_agency = agency
    with transaction.atomic():
        current = Draft.objects.select_for_update().only("revision", "dossier_id").get(pk=draft.pk)
        if current.dossier_id:
            raise MoveRefused(_("Hồ sơ này đã gửi rồi."))
        if current.revision != draft.revision:
            raise MoveRefused(_("Bạn đã sửa bản nháp này ở một cửa sổ khác. Hãy tải lại trang để thấy bản mới."))
        draft.revision += 1
        draft.updated_at = at
        draft.save(update_fields=["answers", "delivery", "receiving_agency", "revision", "updated_at"])


def missing_from(draft: Draft, case: Case) -> list[str]:
    """What the draft lacks before it can be sent: agency, delivery, every required paper confirmed by the server."""
    missing = []
    if draft.receiving_agency_id is None:
        missing.append(_("nơi nộp hồ sơ"))
    if draft.delivery.get("mode") not in Dossier.ReturnMode.values:
        missing.append(_("cách nhận kết quả"))
    elif draft.delivery["mode"] == Dossier.ReturnMode.POST and not draft.delivery.get("address"):
        missing.append(_("địa chỉ nhận bưu điện"))
    there = set(draft.attachments.filter(superseded_at=None).values_list("document_key", flat=True))
    wanting = wanting_papers(case, draft.answers, there)
    return missing + [_(" hoặc ").join(document.name for document in alternatives) for alternatives in wanting]


def wanting_papers(case: Case, answers: Mapping[str, Any], there: Collection[str]) -> list[list[RequiredDocument]]:
    """The required papers of which none is `there` (keys); each entry lists the alternatives."""
    wanted: dict[str, list[RequiredDocument]] = {}
    for document in routing.documents_of(case):
        asked = document.required and not document.is_form and not document.source
        if asked and holds(document.condition, answers):
            wanted.setdefault(document.group or document.key, []).append(document)
    return [found for found in wanted.values() if not any(document.key in there for document in found)]


def submit(
    draft: Draft, *, by: Actor, at: dt.datetime, applicant: Applicant, waiting_for: str = "", acknowledge: bool = True
) -> Dossier:
    """Make a dossier of the draft: once, however often the button is pressed.

    Raises Incomplete, eforms.AnswersRefused, routing.NoWay. The acknowledgement (NĐ 45/2020 art. 11) is promised in
    the same transaction, unless one for the whole filing is. `waiting_for`: what must come first; nobody answers
    before, so no clock runs.
    """
    with transaction.atomic():
        locked = _locked(draft)
        if locked.dossier_id:
            return Dossier.objects.get(pk=locked.dossier_id)
        version = locked.procedure_version
        case = routing.case_for(version, locked.answers)
        if missing := missing_from(locked, case):
            raise Incomplete(missing)
        province = ProvinceProfile.objects.select_related("default_rule_profile", "unit").get()
        setting = applicants.setting(province, at=at)
        locked.answers = _checked(case, locked.answers, applicant=applicant, setting=setting)
        dossier = _dossier_of(locked, case, profile=province.default_rule_profile, at=at, applicant=applicant)
        if waiting_for:
            dossier.waiting_for, dossier.next_due_at, dossier.next_soon_at = waiting_for[:200], None, None
        told = [notices.to_citizen(dossier, "submitted", at=at, code=dossier.reference)] if acknowledge else []
        begin(dossier, by=by, at=at, promises=told)
        Party.objects.bulk_create(_parties(dossier, applicant, locked.delivery))
        Attachment.objects.filter(draft=locked, superseded_at=None).update(dossier=dossier)
        Draft.objects.filter(pk=locked.pk).update(dossier=dossier)
    return dossier


def _locked(draft: Draft) -> Any:
    """The draft under lock with its version; `here`: the receiving agency is competent itself, `elsewhere`: who is."""
    competent = ProcedureAgency.objects.filter(
        procedure=models.OuterRef("procedure_version__procedure"), competent=True
    ).order_by("pk")
    rows = Draft.objects.select_for_update(of=("self",)).select_related("procedure_version")
    return rows.annotate(
        here=models.Exists(competent.filter(agency=models.OuterRef("receiving_agency"))),
        elsewhere=models.Subquery(competent.values("agency_id")[:1]),
    ).get(pk=draft.pk)


def _checked(
    case: Case, answers: Mapping[str, Any], *, applicant: Applicant, setting: eforms.Setting
) -> dict[str, Any]:
    """The whole form once more, as the law of the form has it; the pages checked only what they showed."""
    if case.form is None:
        return {}
    known = applicants.prefilled(case.form.schema, applicant)
    return eforms.clean_answers(case.form.schema, answers, setting=setting, prefilled=known)


def _dossier_of(draft: Any, case: Case, *, profile: RuleProfile, at: dt.datetime, applicant: Applicant) -> Dossier:
    agency_id = draft.receiving_agency_id
    assert agency_id is not None  # missing_from has seen to it
    due = deadlines.intake_due(agency_id=agency_id, at=at, rules=Rules.of(profile))
    version = draft.procedure_version
    reference = numbering.submission_reference(series.day(at))
    title = version.short_name or version.name[:200]
    return Dossier(
        reference=reference, tracking_key=numbering.tracking_key(), procedure_version=version, case=case,
        rule_profile=profile, title=title, applicant_name=applicant.name,
        search_fold=fold(f"{applicant.name} {title} {reference}"), channel=Dossier.Channel.ONLINE,
        return_mode=draft.delivery["mode"], answers=draft.answers, receiving_agency_id=agency_id,
        competent_agency_id=agency_id if draft.here else draft.elsewhere or agency_id,
        holder_agency_id=agency_id, holder_role="receiver", submitted_at=at, filing_id=draft.filing_id, **due.as_next(),
    )  # fmt: skip


def _parties(dossier: Dossier, applicant: Applicant, delivery: Mapping[str, Any]) -> list[Party]:
    purpose = "tax_code" if applicant.is_organisation else "personal_id"
    facts = {
        "name": applicant.name, "is_organisation": applicant.is_organisation, "identity": applicant.identity,
        "identity_index": crypto.blind_index(applicant.identity, purpose), "address": applicant.address,
        "birth_on": applicant.birth_on, "email": delivery.get("email") or applicant.email,
        "phone": delivery.get("phone") or applicant.phone,
    }  # fmt: skip
    facts["phone_index"] = crypto.blind_index(str(facts["phone"]), "phone")
    collector = facts | {"name": delivery.get("name") or applicant.name, "address": delivery.get("address", "")}
    collector |= {"identity": "", "identity_index": ""}  # whoever collects is identified at the counter
    role = Party.Role
    return [Party(dossier=dossier, role=r, **f) for r, f in (
        (role.SUBMITTER, facts), (role.OWNER, facts), (role.COLLECTOR, collector))]  # fmt: skip


def receive(dossier: Dossier, *, by: Actor, at: dt.datetime, code: str = "", receipt: bool = True) -> Dossier:
    """Accept: code, promised date, fee, receipt and the first desk of the route, together (NĐ 61/2018 art. 17).

    `code`: one that was set aside for an outage. `receipt`: False for what is resolved and returned on the spot, where
    neither paper nor mail is owed (art. 17.4).
    Raises MoveRefused when a paper was found wanting, routing.NoWay.
    """
    if dossier.attachments.filter(superseded_at=None).exclude(verdict__in=["open", "ok"]).exists():
        raise MoveRefused(_("Có giấy tờ chưa đạt. Hãy yêu cầu bổ sung, hoặc sửa lại nhận xét."))
    access.clock_must_run(dossier)
    rules, agency, case = Rules.of(dossier.rule_profile), dossier.receiving_agency, routing.case_of(dossier)
    due = deadlines.promised(agency_id=agency.pk, case=case, at=at, rules=rules)
    desk = routing.next_desk(dossier, after=None, agency_id=agency.pk)
    if desk is None:
        raise routing.NoWay(_("Quy trình không có bước nào cho hồ sơ này."))
    stage, holder = routing.open_at(dossier, desk, at=at, rules=rules, ordinal=1)
    quote = fees.total(routing.fees_of(case), dossier.answers, dossier.channel, series.day(at))
    clock = ClockSegment(dossier=dossier, kind=_kind_of_clock(dossier), from_at=at, due_at=due.at)
    today = series.day(at)
    with transaction.atomic():
        if not code:
            serial = series.allocate(agency_id=agency.pk, kind="dossier", period=f"{today:%y%m%d}")
            code = numbering.dossier_code(agency.code, today, serial)
        fields: dict[str, Any] = {
            "code": code, "search_fold": f"{dossier.search_fold} {code.lower()}",
            "accepted_at": at, "original_due_at": due.at, **due.as_promise(), **holder, **limits(case),
            "has_fee": quote.total > 0, "register_line": series.register_line(agency_id=agency.pk, at=at),
        }  # fmt: skip
        change = Change(fields, open_stage=stage, open_clock=clock)
        change.promises = [notices.to_citizen(dossier, "received", at=at)] if receipt else []
        move(dossier, "receive", to=Status.IN_PROGRESS, by=by, at=at, change=change)
        lines = [{"name": line.name, "amount": line.amount} for line in quote.lines]
        Payment.objects.create(dossier=dossier, amount=quote.total, lines=lines)
        if receipt:
            papers.issue(dossier, "receipt", by=by, at=at, rules=rules)
    return dossier


def limits(case: Case) -> dict[str, Any]:
    """The limits that statistics read beside the dates: what was committed, what the law allows."""
    return {
        "limit_amount": case.time_amount, "limit_unit": case.time_unit, "legal_limit_amount": case.legal_time_amount,
    }  # fmt: skip


def _kind_of_clock(dossier: Dossier) -> str:
    return ClockSegment.Kind.RESTARTED if dossier.supplement_count else ClockSegment.Kind.RUNNING


def refuse(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str, legal_basis: str = "") -> Dossier:
    """Refuse reception in writing (Mẫu 03). Raises MoveRefused without a reason."""
    need(reason, _("Hãy ghi lý do từ chối."))
    with transaction.atomic():
        change = Change({"holder_role": "", **deadlines.NOBODY_WAITS}, close_clock=True)
        change.promises = [notices.to_citizen(dossier, "not_received", at=at, note=reason)]
        move(dossier, "refuse", to=Status.NOT_RECEIVED, by=by, at=at, note=reason, change=change)
        papers.issue(dossier, "refusal", by=by, at=at, rules=Rules.of(dossier.rule_profile),
                     extra={"reasons": [reason], "legal_basis": legal_basis})  # fmt: skip
    return dossier
