"""Nộp cả nhóm: several procedures in one filing (TT 01/2018 art. 4). As many drafts, sent together as many dossiers.

What is asked in several of them is answered once, and a paper given once serves all that ask for it. A procedure that
needs the result of another is sent with the rest and waits: nobody answers it, and no clock runs, until the other has
come to its end.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import deadlines, files, intake, notices, numbering, outbox, routing, series, sharing
from dossiers.applicants import Applicant
from dossiers.lifecycle import Change, move
from dossiers.models import Attachment, Dossier, Draft, GroupFiling, OutboxMessage
from dossiers.refusals import Incomplete, MoveRefused
from dossiers.states import CLOSED, MOVES, Status
from portal.floor.actor import SYSTEM, Actor
from procedures import eforms
from procedures.models import (
    Agency,
    GroupMember,
    OnlineScope,
    ProcedureGroup,
    ProcedureVersion,
)
from procedures.ruleset import Rules

ONLINE = (OnlineScope.PARTIAL, OnlineScope.FULL)
_ENDED = CLOSED | {Status.RESOLVED}


@dataclass(frozen=True, slots=True)
class Part:
    """A procedure of the group as it can be filed that day."""

    member: GroupMember
    version: ProcedureVersion

    @property
    def title(self) -> str:
        return self.version.short_name or self.version.name


def parts(group: ProcedureGroup, *, on: dt.date) -> list[Part]:
    """What of the group can be filed on the network that day, in order; nothing when a required procedure cannot."""
    members = list(group.members.select_related("procedure").order_by("order", "pk"))
    in_force = ProcedureVersion.objects.in_force(on).filter(
        procedure__in=[one.procedure_id for one in members], online_scope__in=ONLINE
    )
    versions = {version.procedure_id: version for version in in_force.select_related("procedure")}
    if any(one.procedure_id not in versions and not one.optional for one in members):
        return []
    return [Part(one, versions[one.procedure_id]) for one in members if one.procedure_id in versions]


def agencies(chosen: Iterable[Part], *, on: dt.date) -> list[Agency]:
    """The one-stop units that receive every one of these procedures."""
    found = Agency.objects.in_force(on).receiving()
    for part in chosen:
        found = found.filter(procedures__procedure=part.member.procedure_id, procedures__receives=True)
    return list(found.order_by("name_fold", "pk"))


def unsent(group: ProcedureGroup, *, by: Actor, at: dt.datetime) -> GroupFiling | None:
    """The newest filing of the group that this person has begun and not sent."""
    assert by.user_id is not None  # only an account can keep a draft
    alive = GroupFiling.objects.filter(group=group, user_id=by.user_id, submitted_at=None, drafts__expires_at__gte=at)
    return alive.order_by("-created_at").first()


def start_group(
    group: ProcedureGroup, *, by: Actor, at: dt.datetime, agency: Agency, members: Collection[int], rules: Rules
) -> GroupFiling:
    """Begin, or go on with, one filing of the group: a draft for each chosen member (ids).

    What was already answered and given stays, also when another member is taken in, one is left out, or a procedure
    has a newer version. Raises MoveRefused when the group cannot be filed so.
    """
    assert by.user_id is not None  # only an account can keep a draft
    offered = parts(group, on=timezone.localdate(at))
    chosen = [part for part in offered if part.member.pk in members or not part.member.optional]
    if not chosen:
        raise MoveRefused(_("Nhóm thủ tục này chưa nộp được trên mạng. Nộp từng thủ tục ở trang nhóm."))
    if agency not in agencies(chosen, on=timezone.localdate(at)):
        raise MoveRefused(_("Nơi này không nhận đủ các thủ tục bạn chọn. Chọn nơi khác, hoặc bớt thủ tục."))
    with transaction.atomic():
        # Of two presses the second waits here, and goes on with what the first has begun.
        get_user_model().objects.select_for_update(no_key=True).get(pk=by.user_id)
        filing = unsent(group, by=by, at=at) or GroupFiling.objects.create(
            reference=numbering.submission_reference(series.day(at), "G"), tracking_key=numbering.tracking_key(),
            group=group, user_id=by.user_id, created_at=at,
        )  # fmt: skip
        earlier = {draft.procedure_version.procedure_id: draft for draft in drafts_of(filing)}
        for part in chosen:
            _take_in(
                filing, part, earlier.pop(part.member.procedure_id, None), by=by, at=at, agency=agency, rules=rules
            )
        for draft in earlier.values():
            _leave_out(draft)
        filing.drafts.update(expires_at=at + dt.timedelta(days=rules.draft_days))
        settle(filing, at=at)
    return filing


def drafts_of(filing: GroupFiling) -> list[Draft]:
    """The drafts of a filing in the order of the group."""
    order = {row.procedure_id: (row.order, row.pk) for row in filing.group.members.all()}
    found = filing.drafts.select_related("procedure_version__procedure", "receiving_agency")
    last = (len(order) + 1, 0)
    return sorted(found, key=lambda one: (order.get(one.procedure_version.procedure_id, last), one.created_at))


def _take_in(
    filing: GroupFiling, part: Part, draft: Draft | None, *, by: Actor, at: dt.datetime, agency: Agency, rules: Rules
) -> None:
    """The member's draft on the version in force at that agency; a new one takes over from an earlier."""
    if draft is not None and draft.procedure_version_id == part.version.pk:
        if draft.receiving_agency_id != agency.pk:
            intake.save_draft(draft, at=at, agency=agency)
        return
    new = intake.start(part.version, by=by, at=at, agency=agency, rules=rules)
    Draft.objects.filter(pk=new.pk).update(filing=filing)
    if draft is not None:
        asked = {spec["key"] for spec in eforms.fields(sharing.schema_of(new))}
        intake.save_draft(new, at=at, answers=sharing.only(draft.answers, asked), delivery=draft.delivery)
        draft.attachments.update(draft=new)
        draft.delete()
    elif delivery := next((one.delivery for one in drafts_of(filing) if one.delivery), None):
        intake.save_draft(new, at=at, delivery=delivery)


def _leave_out(draft: Draft) -> None:
    """Drop a member's draft; a paper given there that serves others goes on serving them."""
    for paper in draft.attachments.all():
        if heir := Attachment.objects.filter(reuse_of=paper).order_by("pk").first():
            Attachment.objects.filter(reuse_of=paper).update(reuse_of=heir)
            Attachment.objects.filter(pk=heir.pk).update(reuse_of=None, origin=Attachment.Origin.UPLOADED)
            paper.delete()
        else:
            files.drop(paper)
    draft.delete()


def save_delivery(filing: GroupFiling, *, at: dt.datetime, delivery: Mapping[str, Any], revision: int) -> None:
    """One way back for every result. `revision`: of the first draft, as the citizen saw it. Raises MoveRefused."""
    with transaction.atomic():
        for number, draft in enumerate(drafts_of(filing)):
            if number == 0:
                draft.revision = revision
            intake.save_draft(draft, at=at, delivery=delivery)


def settle(
    filing: GroupFiling, *, at: dt.datetime, changed: Draft | None = None, before: Mapping[str, Any] | None = None
) -> None:
    """Bring the drafts in step: answers to the same question, papers asked for more than once.

    `changed` was just saved, with the answers `before` it. A later member follows the earlier one as long as its answer
    was not changed by itself; an earlier one only takes what it lacks.
    """
    with transaction.atomic():
        GroupFiling.objects.select_for_update().get(pk=filing.pk)
        drafts = drafts_of(filing)
        for giver in drafts:
            if changed is None or giver.pk == changed.pk:
                sharing.carry(giver, drafts, before or {}, at=at)
        sharing.share_papers(drafts)


def submit_group(filing: GroupFiling, *, by: Actor, at: dt.datetime, applicant: Applicant) -> list[Dossier]:
    """Make a dossier of every draft, all or none, once however often the button is pressed.

    One acknowledgement for the whole filing. Raises Incomplete and MoveRefused, which name the procedure.
    """
    with transaction.atomic():
        locked = GroupFiling.objects.select_for_update(of=("self",)).select_related("group").get(pk=filing.pk)
        if locked.submitted_at:
            return dossiers_of(locked)
        drafts = drafts_of(locked)
        before = _before(locked, [draft.procedure_version.procedure_id for draft in drafts])
        sent: dict[int, Dossier] = {}
        for draft in drafts:
            procedure = draft.procedure_version.procedure_id
            first = sent.get(before.get(procedure, 0))
            waits = _("kết quả “%(title)s”") % {"title": first.title} if first else ""
            sent[procedure] = _send(draft, by=by, at=at, applicant=applicant, waiting_for=waits)
        dossiers = list(sent.values())
        outbox.keep([_acknowledgement(locked, dossiers[0], at=at)])
        GroupFiling.objects.filter(pk=locked.pk).update(submitted_at=at)
    return dossiers


def _send(draft: Draft, *, by: Actor, at: dt.datetime, applicant: Applicant, waiting_for: str) -> Dossier:
    title = draft.procedure_version.short_name or draft.procedure_version.name
    try:
        return intake.submit(draft, by=by, at=at, applicant=applicant, waiting_for=waiting_for, acknowledge=False)
    except Incomplete as lacking:
        raise Incomplete([f"{title}: {what}" for what in lacking.missing]) from lacking
    except (routing.NoWay, eforms.AnswersRefused) as refused:
        raise MoveRefused(f"{title}: {refused}") from refused


def _acknowledgement(filing: GroupFiling, first: Dossier, *, at: dt.datetime) -> OutboxMessage:
    path = reverse("tracked", args=[filing.reference])
    return notices.to_citizen(
        first, "submitted", at=at, code=filing.reference, title=filing.group.name,
        track_url=f"{settings.BASE_URL}{path}?k={filing.tracking_key}",
    )  # fmt: skip


def dossiers_of(filing: GroupFiling) -> list[Dossier]:
    """The dossiers of a sent filing in the order they were sent."""
    return list(filing.dossiers.defer("answers").order_by("pk"))


def _before(filing: GroupFiling, chosen: Collection[int]) -> dict[int, int]:
    """By procedure: the chosen one whose result it waits for, past those that were left out."""
    rows = {row.pk: row for row in filing.group.members.all()}
    found = {}
    for row in rows.values():
        first = rows.get(row.after_id or 0)
        while first is not None and first.procedure_id not in chosen:
            first = rows.get(first.after_id or 0)
        if first is not None:
            found[row.procedure_id] = first.procedure_id
    return found


def followed(message: OutboxMessage) -> None:
    """A dossier of a filing has come to its end: what waited for it has its turn.

    Raises LostRace; the promise is then tried again.
    """
    ended = Dossier.objects.select_related("filing__group").get(pk=message.dossier_id)
    assert ended.filing is not None  # only such dossiers promise this
    together = ended.filing.dossiers.select_related("procedure_version", "rule_profile").defer("answers")
    dossiers = {one.procedure_version.procedure_id: one for one in together}
    before = _before(ended.filing, dossiers.keys())
    for procedure, dossier in dossiers.items():
        first = dossiers.get(before.get(procedure, 0))
        waits = dossier.waiting_for and dossier.status in MOVES["release"].sources
        if waits and (first is None or first.status in _ENDED):
            release(dossier, by=SYSTEM, at=message.created_at, note=_how(first or ended))


def _how(ended: Dossier) -> str:
    code = ended.code or ended.reference
    if issued := ended.results.filter(superseded_at=None).exclude(issued_at=None).first():
        kind = str(issued.get_kind_display()).lower()
        facts = {"title": ended.title, "result": kind, "number": issued.number, "code": code}
        return _("“%(title)s”: %(result)s số %(number)s, hồ sơ %(code)s") % facts
    state = ended.citizen_state.label
    return _("“%(title)s” không có kết quả: %(state)s, hồ sơ %(code)s") % {
        "title": ended.title, "state": str(state).lower(), "code": code,
    }  # fmt: skip


def release(dossier: Dossier, *, by: Actor, at: dt.datetime, note: str) -> Dossier:
    """What it waited for in its filing has come to an end; from now on the receiver has the usual time to answer."""
    due = deadlines.intake_due(agency_id=dossier.receiving_agency_id, at=at, rules=Rules.of(dossier.rule_profile))
    change = Change({"waiting_for": "", **due.as_next()})
    move(dossier, "release", to=Status(dossier.status), by=by, at=at, note=note, change=change)
    return dossier


outbox.register("filing.followed", followed)
