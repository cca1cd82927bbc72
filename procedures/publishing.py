"""From draft to published version. Published versions never change; who edits does not review or publish.

Law: NĐ 63/2010 art. 8.2 (the eight parts a procedure must have), NĐ 61/2018 art. 14, TT 01/2018 art. 8.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.actor import SYSTEM, Actor
from portal.floor.vietnamese import sort_key
from procedures import words
from procedures.copying import copy_version
from procedures.history import record
from procedures.linting import Defect, defects, trials
from procedures.models import Procedure, ProcedureVersion, PublicationDecision, Role

State = ProcedureVersion.State
NOTICE_DAYS: Final = 5
EMPTY: Final[Mapping[str, tuple[Any, Any]]] = MappingProxyType({})
EDITORS = (Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER)


class PublishingRefused(Exception):
    """The step is not allowed; the message is for the person who asked, `defects` say what is missing."""

    def __init__(self, message: str, defects: tuple[Defect, ...] = ()) -> None:
        super().__init__(message)
        self.defects = defects


def draft_version(
    procedure: Procedure, *, by: Actor, at: dt.datetime, source: ProcedureVersion | None = None
) -> ProcedureVersion:
    """A draft to work on, copied with all its parts from `source`, else the version in force, else the newest.

    Raises PublishingRefused when the actor may not edit or a draft is open already.
    """
    demand(by, *EDITORS)
    with transaction.atomic():
        Procedure.objects.select_for_update().get(pk=procedure.pk)
        versions = list(procedure.versions.order_by("-number"))
        if any(one.state in (State.DRAFT, State.REVIEWED) for one in versions):
            raise PublishingRefused(_("Thủ tục này đang có một bản thảo. Sửa tiếp bản đó"))
        if not versions:
            raise PublishingRefused(_("Thủ tục chưa có phiên bản nào để sửa"))
        source = source or next((one for one in versions if one.state == State.PUBLISHED), versions[0])
        number = versions[0].number + 1
        draft: ProcedureVersion = copy_version(source, procedure=procedure, number=number, editor_id=by.user_id)
        _written(draft, "drafted", by=by, at=at, changes={_("Chép từ"): ("", source)})
        return draft


def touch(version: ProcedureVersion, *, by: Actor, at: dt.datetime) -> None:
    """Called before any change to a version: locks it, and takes a review back that this change outdates.

    Raises PublishingRefused for a published version, or when the actor may not edit.
    """
    demand(by, *EDITORS)
    locked = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state not in (State.DRAFT, State.REVIEWED):
        raise PublishingRefused(_("Phiên bản đã công bố không sửa được. Tạo bản thảo mới"))
    version.state, version.reviewed_by_id, version.edited_by_id = State.DRAFT, None, by.user_id
    version.fingerprint = ""
    ProcedureVersion.objects.filter(pk=version.pk).update(
        state=State.DRAFT, reviewed_by=None, edited_by=by.user_id, fingerprint=""
    )


def review(version: ProcedureVersion, *, by: Actor, at: dt.datetime) -> None:
    """A second person finds the version right. Raises PublishingRefused."""
    demand(by, Role.CATALOGUE_REVIEWER)
    tried = trials(version, on=_day(at))  # takes seconds, so before any lock
    with transaction.atomic():
        version = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
        _not_ones_own(version, by)
        if version.state != State.DRAFT:
            raise PublishingRefused(_("Chỉ bản thảo mới cần thẩm định"))
        _demand_whole(version, tried)
        ProcedureVersion.objects.filter(pk=version.pk).update(state=State.REVIEWED, reviewed_by=by.user_id)
        _written(version, "reviewed", by=by, at=at)


def publish(
    version: ProcedureVersion,
    *,
    number: str,
    signed_on: dt.date | None,
    effective_on: dt.date,
    by: Actor,
    at: dt.datetime,
) -> ProcedureVersion:
    """Put a reviewed version in force by a decision, or schedule it when the decision takes effect later.

    A scheduled version stays "reviewed" with its date; `publish_due` puts it in force that day.
    Raises PublishingRefused.
    """
    demand(by, Role.CATALOGUE_REVIEWER)
    with transaction.atomic():
        decision = decided(number, signed_on=signed_on, effective_on=effective_on)
        return publish_by(decision, version, by=by, at=at)


def decided(
    number: str, *, signed_on: dt.date | None, effective_on: dt.date | None, title: str = ""
) -> PublicationDecision:
    """The decision of that number, kept now if it is new. Raises PublishingRefused when its dates contradict."""
    if not number.strip():
        raise PublishingRefused(_("Nhập số quyết định công bố"))
    if signed_on and effective_on and effective_on < signed_on:
        raise PublishingRefused(_("Ngày có hiệu lực phải từ ngày ký trở đi"))
    given = {"signed_on": signed_on, "effective_on": effective_on, "title": title}
    decision, _new = PublicationDecision.objects.get_or_create(number=number.strip(), defaults=given)
    for name, value in given.items():
        known = getattr(decision, name)
        if known and value and known != value and name != "title":
            words = {"number": decision.number, "day": f"{known:%d/%m/%Y}"}
            raise PublishingRefused(_("Quyết định %(number)s đã ghi ngày %(day)s. Ghi đúng ngày đó") % words)
        setattr(decision, name, known or value)
    decision.save()
    return decision


def publish_by(
    decision: PublicationDecision, version: ProcedureVersion, *, by: Actor, at: dt.datetime
) -> ProcedureVersion:
    """Publish one version by a decision that is kept already. Raises PublishingRefused."""
    demand(by, Role.CATALOGUE_REVIEWER)
    tried = trials(version, on=_day(at))
    with transaction.atomic():
        version = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
        _not_ones_own(version, by)
        if version.state != State.REVIEWED:
            raise PublishingRefused(_("Phiên bản phải được thẩm định trước khi công bố"))
        _demand_whole(version, tried)
        starts = decision.effective_on or _day(at)
        version.decision, version.valid_from = decision, starts
        version.save(update_fields=["decision", "valid_from"])
        now = starts <= _day(at)
        changes = {_("Quyết định"): ("", decision), _("Áp dụng từ"): ("", f"{starts:%d/%m/%Y}")}
        _written(version, "published" if now else "scheduled", by=by, at=at, changes=changes)
        return put_in_force(version, at=at) if now else version


def publish_together(
    decision: PublicationDecision, versions: Iterable[ProcedureVersion], *, by: Actor, at: dt.datetime
) -> list[tuple[ProcedureVersion, str, tuple[Defect, ...]]]:
    """Publish each by itself: one that cannot be does not hold the others up.

    The version as it stands now, why it was refused ("" when it was not), and what it lacks.
    """
    outcomes: list[tuple[ProcedureVersion, str, tuple[Defect, ...]]] = []
    for version in versions:
        try:
            outcomes.append((publish_by(decision, version, by=by, at=at), "", ()))
        except PublishingRefused as refused:
            outcomes.append((version, str(refused), refused.defects))
    return outcomes


def short_notice(decision: PublicationDecision) -> bool:
    """Whether the decision takes effect sooner than five days after it was signed (NĐ 63/2010 art. 15)."""
    signed, effective = decision.signed_on, decision.effective_on
    return bool(signed and effective and (effective - signed).days < NOTICE_DAYS)


def publish_due(*, at: dt.datetime) -> int:
    """Put scheduled versions in force whose day has come; how many."""
    due = ProcedureVersion.objects.filter(
        state=State.REVIEWED, decision__isnull=False, valid_from__isnull=False, valid_from__lte=_day(at)
    )
    done = 0
    for pk in list(due.order_by("valid_from", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            version = due.select_for_update(of=("self",)).filter(pk=pk).first()
            if version:
                _written(version, "published", by=SYSTEM, at=at, changes={_("Quyết định"): ("", version.decision)})
                put_in_force(version, at=at)
                done += 1
    return done


def retire(
    version: ProcedureVersion, *, by: Actor, at: dt.datetime, number: str = "", successor: Procedure | None = None
) -> None:
    """Abolish a procedure: its version in force ends today; running dossiers stay on it. Raises PublishingRefused.

    `number`: of the decision that abolishes it; `successor`: the procedure that people follow from now on.
    """
    demand(by, Role.CATALOGUE_REVIEWER)
    if successor and successor.pk == version.procedure_id:
        raise PublishingRefused(_("Thủ tục thay thế phải là thủ tục khác"))
    with transaction.atomic():
        decision = PublicationDecision.objects.get_or_create(number=number.strip())[0] if number.strip() else None
        ended = ProcedureVersion.objects.filter(pk=version.pk, state=State.PUBLISHED)
        if not ended.update(state=State.RETIRED, valid_to=_day(at), ended_by=decision, replaced_by=successor):
            raise PublishingRefused(_("Chỉ phiên bản đang áp dụng mới bãi bỏ được"))
        given = {_("Quyết định"): decision, _("Thay bằng"): successor}
        _written(
            version, "retired", by=by, at=at, changes={name: ("", value) for name, value in given.items() if value}
        )


def put_in_force(version: ProcedureVersion, *, at: dt.datetime) -> ProcedureVersion:
    """Replace the version in force by this one, in the caller's transaction; permissions are the caller's matter."""
    starts = version.valid_from or _day(at)
    before = version.procedure.versions.filter(state=State.PUBLISHED).exclude(pk=version.pk)
    before.update(state=State.RETIRED, valid_to=starts - dt.timedelta(days=1))
    version.state, version.valid_from, version.published_at = State.PUBLISHED, starts, at
    version.save(update_fields=["state", "valid_from", "published_at"])
    describe(version.procedure, version)
    version.procedure.save(update_fields=["name", "short_name", "search_fold", "sort_key"])
    return version


def describe(procedure: Procedure, version: ProcedureVersion, synonyms: words.Synonyms | None = None) -> None:
    """Give the procedure the names of that version, and the words it is found by; for many, read the synonyms once."""
    procedure.name, procedure.short_name = version.name, version.short_name
    procedure.search_fold = words.entry(procedure, version, words.synonyms() if synonyms is None else synonyms)
    procedure.sort_key = sort_key(version.short_name or version.name)


def demand(by: Actor, *roles: str) -> None:
    """Raises PublishingRefused unless the actor is the installation itself or holds one of the roles."""
    if by.kind != "system" and not by.has_role(*roles):
        raise PublishingRefused(_("Bạn không có vai trò làm việc này"))


def _written(
    version: ProcedureVersion, step: str, *, by: Actor, at: dt.datetime, changes: Mapping[str, tuple[Any, Any]] = EMPTY
) -> None:
    procedure = version.procedure
    record(f"version.{step}", by=by, at=at, subject=str(procedure), key=f"v{version.number}", procedure=procedure,
           changes=changes)  # fmt: skip


def _not_ones_own(version: ProcedureVersion, by: Actor) -> None:
    if by.kind != "system" and version.edited_by_id == by.user_id:
        raise PublishingRefused(_("Người khác với người sửa phải thẩm định và công bố"))


def _demand_whole(version: ProcedureVersion, tried: tuple[Defect, ...]) -> None:
    if found := (*defects(version), *tried):
        raise PublishingRefused(_("Phiên bản còn thiếu %(count)s chỗ") % {"count": len(found)}, found)


def _day(at: dt.datetime) -> dt.date:
    return timezone.localtime(at).date()
