"""Tại quầy: what an officer takes in over the counter, by post or with a mobile team.

Law: NĐ 61/2018 art. 14.5, 16, 17.1; QĐ 45/2016 (the hand-over minutes of the post).
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import applicants, deadlines, intake, numbering, reserving, routing, series, supplementing, supplements
from dossiers.applicants import Applicant
from dossiers.lifecycle import begin
from dossiers.models import Attachment, Dossier, Draft, HandedPaper, Party, ReservedCode
from dossiers.querysets import DossierQuerySet
from dossiers.refusals import Incomplete, MoveRefused
from portal.floor import crypto
from portal.floor.actor import Actor
from portal.floor.vietnamese import fold
from procedures import eforms
from procedures.models import Agency, Case, ProcedureAgency, ProcedureVersion, ProvinceProfile
from procedures.ruleset import Rules

AUTHORISATION = "uy-quyen"  # document key of the paper that a proxy shows
Channel = Dossier.Channel


class AlreadyTaken(MoveRefused):
    """The button was pressed twice: `dossier` is what the first press made."""

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(_("Hồ sơ này đã nhập rồi: %(code)s.") % {"code": dossier})
        self.dossier = dossier


@dataclass(frozen=True, slots=True)
class Handed:
    """How many of one paper lie on the counter; `held`: originals that stay here and are given back."""

    key: str
    originals: int = 0
    certified: int = 0
    copies: int = 0
    held: int = 0
    name: str = ""  # of a paper that the case does not ask for


@dataclass(frozen=True, slots=True)
class Taken:
    """What the officer has taken down. Without a `submitter` the owner came in person; with an `authorisation` (its
    number and day) the submitter acts as proxy."""

    version: ProcedureVersion
    agency: Agency
    owner: Applicant
    answers: Mapping[str, Any]
    return_mode: str
    handed: Sequence[Handed] = ()
    channel: str = Channel.DIRECT
    submitter: Applicant | None = None
    authorisation: str = ""
    competent_id: int | None = None  # needed only where several are
    identified_by: str = Dossier.Identified.CARD
    ticket: str = ""
    collector: Mapping[str, str] = field(default_factory=dict)  # {"name", "phone", "address"} of a result by post
    handed_over_at: dt.datetime | None = None  # of the minutes with the postman
    mobile: str = ""  # where the mobile team sat
    entered_at: dt.datetime | None = None  # written on paper first, entered later; `at` is then the true time
    reserved: ReservedCode | None = None


def receives(version: ProcedureVersion, agency: Agency, *, on: dt.date) -> bool:
    """Whether that agency may take in that procedure on that day."""
    here = Agency.objects.in_force(on).receiving().filter(pk=agency.pk)
    row = ProcedureAgency.objects.filter(procedure=version.procedure_id, receives=True, agency__in=here)
    in_force = ProcedureVersion.objects.in_force(on).filter(pk=version.pk)
    return bool(in_force.exists() and row.exists())


def competent_for(procedure_id: int) -> list[Agency]:
    """Who may be competent: the agencies that hold the procedure, by name."""
    there = Agency.objects.filter(procedures__procedure=procedure_id, procedures__competent=True)
    return list(there.order_by("name_fold", "pk"))


def alike(procedure_id: int, applicant: Applicant) -> DossierQuerySet:
    """Open dossiers of the same owner on the same procedure: worth a warning, never a refusal (regulation §6.8)."""
    index = _index(applicant)
    same: DossierQuerySet = Dossier.objects.open().filter(procedure_version__procedure=procedure_id)
    return same.filter(parties__role="owner", parties__identity_index=index) if index else same.none()


def enter(taken: Taken, *, by: Actor, at: dt.datetime, draft: Draft | None = None) -> Dossier:
    """Bring a dossier of the counter into the world (∅ → 1). Call it in the transaction of what is done with it.

    `draft`: where the officer wrote it down; it becomes this dossier once. Raises MoveRefused, AlreadyTaken,
    eforms.AnswersRefused, routing.NoWay.
    """
    _may_take_in(taken, by=by, at=at)
    if draft is not None:
        locked = Draft.objects.select_for_update().get(pk=draft.pk)
        if locked.dossier_id:
            raise AlreadyTaken(Dossier.objects.get(pk=locked.dossier_id))
    province = ProvinceProfile.objects.select_related("default_rule_profile", "unit").get()
    case = routing.case_for(taken.version, taken.answers)
    answers = _checked(case, taken, setting=applicants.setting(province, at=at))
    dossier = _dossier_of(taken, case, answers, profile=province.default_rule_profile, at=at)
    begin(dossier, by=by, at=at, snapshot=_circumstances(taken))
    Party.objects.bulk_create(_parties(dossier, taken))
    HandedPaper.objects.bulk_create(_handed(dossier, case, taken, by=by, at=at))
    if draft is not None:
        # The officer saw the originals while scanning them.
        there = Attachment.objects.filter(draft=draft, superseded_at=None)
        there.update(dossier=dossier, verdict=Attachment.Verdict.OK)
        Draft.objects.filter(pk=draft.pk).update(dossier=dossier)
    return dossier


def register(taken: Taken, *, by: Actor, at: dt.datetime, draft: Draft | None = None, receipt: bool = True) -> Dossier:
    """Take a whole dossier in: entered, accepted, with code, date, fee and receipt (∅ → 1 → 4).

    Raises what `enter` does, and Incomplete when a required paper is not there.
    """
    with transaction.atomic():
        dossier = enter(taken, by=by, at=at, draft=draft)
        there = {paper.key for paper in taken.handed}
        there |= set(dossier.attachments.filter(superseded_at=None).values_list("document_key", flat=True))
        if late := intake.wanting_papers(routing.case_of(dossier), dossier.answers, there):
            raise Incomplete([_(" hoặc ").join(one.name for one in alternatives) for alternatives in late])
        code = reserving.use(taken.reserved, dossier, at=at) if taken.reserved else ""
        return intake.receive(dossier, by=by, at=at, code=code, receipt=receipt)


def ask_for_more(
    taken: Taken, *, by: Actor, at: dt.datetime, missing: Collection[str], note: str = "", draft: Draft | None = None
) -> Dossier:
    """Enter it, and hand over the one letter that says what is missing (Mẫu 02); nothing is accepted yet.

    `missing`: keys of papers of the case. Raises what `enter` does.
    """
    with transaction.atomic():
        dossier = enter(taken, by=by, at=at, draft=draft)
        documents = [one for one in routing.documents_of(routing.case_of(dossier)) if one.key in missing]
        return supplementing.request_supplement(dossier, by=by, at=at, note=note, missing=documents)


def turn_away(
    taken: Taken, *, by: Actor, at: dt.datetime, reason: str, legal_basis: str, draft: Draft | None = None
) -> Dossier:
    """Enter it, and refuse it in writing (Mẫu 03). Raises what `enter` does, MoveRefused without a reason."""
    with transaction.atomic():
        dossier = enter(taken, by=by, at=at, draft=draft)
        return intake.refuse(dossier, by=by, at=at, reason=reason, legal_basis=legal_basis)


def bring(dossier: Dossier, *, by: Actor, at: dt.datetime, handed: Sequence[Handed]) -> Dossier:
    """What a letter asked for is brought to the counter. Raises MoveRefused while something asked for is not there."""
    asked = supplements.asked_for(dossier)
    keys = {paper.key for paper in handed}
    if late := [item["name"] for item in asked if item["key"] not in keys]:
        raise Incomplete(late)
    names = {item["key"]: item["name"] for item in asked}
    with transaction.atomic():
        supplementing.supply(dossier, by=by, at=at, replaced={}, on_paper=keys)
        for paper in handed:
            row, _new = HandedPaper.objects.get_or_create(
                dossier=dossier, document_key=paper.key,
                defaults={"name": names.get(paper.key, paper.name), "taken_at": at, "taken_by": by.name},
            )  # fmt: skip
            row.originals += paper.originals
            row.certified += paper.certified
            row.copies += paper.copies
            row.held += paper.held
            row.save(update_fields=["originals", "certified", "copies", "held"])
    return dossier


# What it is made of -----------------------------------------------------------------------------------------


def _at_counter(agency_id: int, by: Actor) -> None:
    if by.seat_for(agency_id=agency_id, roles=("receiver",)) is None:
        raise MoveRefused(_("Bạn không tiếp nhận hồ sơ ở cơ quan này."))


def _may_take_in(taken: Taken, *, by: Actor, at: dt.datetime) -> None:
    """Who, what, when and where it was taken in must agree. Raises MoveRefused."""
    _at_counter(taken.agency.pk, by)
    if not receives(taken.version, taken.agency, on=series.day(at)):
        raise MoveRefused(_("Cơ quan này không tiếp nhận thủ tục này, hoặc thủ tục chưa có hiệu lực."))
    if taken.channel == Channel.ONLINE or taken.channel not in Channel.values:
        raise MoveRefused(_("Hãy chọn nộp trực tiếp hay qua bưu chính."))
    if taken.return_mode not in Dossier.ReturnMode.values:
        raise MoveRefused(_("Hãy chọn cách nhận kết quả."))
    if taken.return_mode == Dossier.ReturnMode.POST and not taken.collector.get("address"):
        raise MoveRefused(_("Hãy ghi địa chỉ nhận bưu điện."))
    if taken.channel == Channel.POST and taken.handed_over_at is None:
        raise MoveRefused(_("Hãy ghi giờ của biên bản giao nhận với bưu điện."))
    if taken.handed_over_at and taken.handed_over_at > at:
        raise MoveRefused(_("Giờ giao nhận với bưu điện phải trước giờ tiếp nhận."))
    if (taken.entered_at is None) != (taken.reserved is None):
        raise MoveRefused(_("Hồ sơ nhập sau phải có mã đã để dành, và ngược lại."))
    if taken.entered_at and at > taken.entered_at:
        raise MoveRefused(_("Giờ nhận ghi trên sổ giấy phải trước lúc nhập."))


def _checked(case: Case, taken: Taken, *, setting: eforms.Setting) -> dict[str, Any]:
    if case.form is None:
        return {}
    known = applicants.prefilled(case.form.schema, taken.owner)
    return eforms.clean_answers(case.form.schema, taken.answers, setting=setting, prefilled=known)


def _dossier_of(
    taken: Taken, case: Case, answers: Mapping[str, Any], *, profile: Any, at: dt.datetime
) -> Dossier:  # fmt: skip
    version, agency = taken.version, taken.agency
    title = version.short_name or version.name[:200]
    submitted_at = taken.handed_over_at or at
    reference = numbering.submission_reference(series.day(submitted_at))
    due = deadlines.intake_due(agency_id=agency.pk, at=at, rules=Rules.of(profile))
    return Dossier(
        reference=reference, tracking_key=numbering.tracking_key(), procedure_version=version, case=case,
        rule_profile=profile, title=title, applicant_name=taken.owner.name,
        search_fold=fold(f"{taken.owner.name} {title} {reference}"), channel=taken.channel,
        return_mode=taken.return_mode, answers=answers, receiving_agency=agency,
        competent_agency_id=_competent(taken), holder_agency=agency, holder_role="receiver",
        submitted_at=submitted_at, identified_by=taken.identified_by, ticket=taken.ticket[:20],
        entered_at=taken.entered_at, **due.as_next(),
    )  # fmt: skip


def _competent(taken: Taken) -> int:
    """The one that was chosen; the receiving agency if it is competent; the only one that is. Raises MoveRefused."""
    several = [agency.pk for agency in competent_for(taken.version.procedure_id)]
    if taken.competent_id is not None:
        if taken.competent_id not in several:
            raise MoveRefused(_("Cơ quan này không có thẩm quyền giải quyết thủ tục."))
        return taken.competent_id
    if taken.agency.pk in several or not several:
        return taken.agency.pk
    if len(several) > 1:
        raise MoveRefused(_("Hãy chọn cơ quan giải quyết."))
    return several[0]


def _circumstances(taken: Taken) -> dict[str, Any] | None:
    """What the chain keeps of how it came, beyond the columns."""
    told = {"authorisation": taken.authorisation, "mobile": taken.mobile}
    if taken.reserved:
        told["reserved"] = taken.reserved.code
    return {name: text for name, text in told.items() if text} or None


def _index(applicant: Applicant) -> str:
    purpose = "tax_code" if applicant.is_organisation else "personal_id"
    return crypto.blind_index(applicant.identity, purpose) if applicant.identity else ""


def _facts(applicant: Applicant) -> dict[str, Any]:
    index = _index(applicant)
    accounts = get_user_model().objects.filter(kind="citizen", personal_id_index=index)
    account: Any = accounts.first() if index and not applicant.email else None
    return {
        "name": applicant.name, "is_organisation": applicant.is_organisation, "identity": applicant.identity,
        "identity_index": index, "address": applicant.address, "birth_on": applicant.birth_on,
        "email": applicant.email or (account.email if account else ""), "phone": applicant.phone,
        "phone_index": crypto.blind_index(applicant.phone, "phone") if applicant.phone else "",
    }  # fmt: skip


def _parties(dossier: Dossier, taken: Taken) -> list[Party]:
    role = Party.Role
    owner = _facts(taken.owner)
    submitter = _facts(taken.submitter) if taken.submitter else owner
    collector = submitter | {"identity": "", "identity_index": "", "address": ""}  # identified when they collect
    collector |= {name: text for name, text in taken.collector.items() if text}
    collector["phone_index"] = crypto.blind_index(str(collector["phone"]), "phone") if collector["phone"] else ""
    rows = [(role.SUBMITTER, submitter), (role.OWNER, owner), (role.COLLECTOR, collector)]
    if taken.submitter and taken.authorisation:
        rows.append((role.PROXY, submitter))
    return [Party(dossier=dossier, role=one, **facts) for one, facts in rows]


def _handed(dossier: Dossier, case: Case, taken: Taken, *, by: Actor, at: dt.datetime) -> list[HandedPaper]:
    names = {document.key: document.name for document in routing.documents_of(case)}
    rows = [
        HandedPaper(
            dossier=dossier, document_key=paper.key[:60], name=(names.get(paper.key) or paper.name or paper.key)[:600],
            originals=paper.originals, certified=paper.certified, copies=paper.copies, held=paper.held,
            taken_at=at, taken_by=by.name,
        )
        for paper in taken.handed
    ]  # fmt: skip
    if taken.authorisation:
        name = _("Giấy ủy quyền: %(what)s") % {"what": taken.authorisation}
        rows.append(HandedPaper(dossier=dossier, document_key=AUTHORISATION, name=name[:600], originals=1,
                                taken_at=at, taken_by=by.name))  # fmt: skip
    return rows
