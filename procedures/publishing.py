"""From draft to published version. Published versions never change; who edits does not review or publish.

Law: NĐ 63/2010 art. 8.2 (the eight parts a procedure must have), NĐ 61/2018 art. 14, TT 01/2018 art. 8.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from portal.floor.vietnamese import sort_key
from procedures.linting import Defect, defects
from procedures.models import Procedure, ProcedureVersion, PublicationDecision, Role
from procedures.search import searchable

State = ProcedureVersion.State
EDITORS = (Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER)


class PublishingRefused(Exception):
    """The step is not allowed; the message is for the person who asked, `defects` say what is missing."""

    def __init__(self, message: str, defects: tuple[Defect, ...] = ()) -> None:
        super().__init__(message)
        self.defects = defects


def draft_version(procedure: Procedure, *, by: Actor, at: dt.datetime) -> ProcedureVersion:
    """A draft to work on, copied with all its parts from the version in force (else the newest).

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
        source = next((one for one in versions if one.state == State.PUBLISHED), versions[0])
        return _copy(source, number=versions[0].number + 1, editor=by)


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
    with transaction.atomic():
        version = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
        _not_ones_own(version, by)
        if version.state != State.DRAFT:
            raise PublishingRefused(_("Chỉ bản thảo mới cần thẩm định"))
        _demand_whole(version)
        ProcedureVersion.objects.filter(pk=version.pk).update(state=State.REVIEWED, reviewed_by=by.user_id)


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
    if not number.strip():
        raise PublishingRefused(_("Nhập số quyết định công bố"))
    with transaction.atomic():
        version = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
        _not_ones_own(version, by)
        if version.state != State.REVIEWED:
            raise PublishingRefused(_("Phiên bản phải được thẩm định trước khi công bố"))
        _demand_whole(version)
        if signed_on and effective_on < signed_on:
            raise PublishingRefused(_("Ngày có hiệu lực phải từ ngày ký trở đi"))
        dates = {"signed_on": signed_on, "effective_on": effective_on}
        decision, _new = PublicationDecision.objects.get_or_create(number=number.strip(), defaults=dates)
        version.decision, version.valid_from = decision, effective_on
        version.save(update_fields=["decision", "valid_from"])
        return put_in_force(version, at=at) if effective_on <= _day(at) else version


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
                put_in_force(version, at=at)
                done += 1
    return done


def retire(version: ProcedureVersion, *, by: Actor, at: dt.datetime) -> None:
    """Abolish a procedure: its version in force ends today; running dossiers stay on it. Raises PublishingRefused."""
    demand(by, Role.CATALOGUE_REVIEWER)
    ended = ProcedureVersion.objects.filter(pk=version.pk, state=State.PUBLISHED)
    if not ended.update(state=State.RETIRED, valid_to=_day(at)):
        raise PublishingRefused(_("Chỉ phiên bản đang áp dụng mới bãi bỏ được"))


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


def describe(procedure: Procedure, version: ProcedureVersion) -> None:
    """Give the procedure the names of that version, and the folded words it is found by (see `procedures.search`)."""
    procedure.name, procedure.short_name = version.name, version.short_name
    words = (procedure.code, version.short_name, version.name, procedure.keywords, version.competent)
    procedure.search_fold = searchable(" ".join(words))
    procedure.sort_key = sort_key(version.short_name or version.name)


def _copy(source: ProcedureVersion, *, number: int, editor: Actor) -> ProcedureVersion:
    """A draft with copies of every row below the version, made in the order in which they were."""
    cases = list(source.cases.order_by("pk").prefetch_related("required_documents", "fees", "route__stages"))
    copied: ProcedureVersion = _clone(
        source, number=number, state=State.DRAFT, decision_id=None, valid_from=None, valid_to=None,
        edited_by_id=editor.user_id, reviewed_by_id=None, published_at=None, fingerprint="",
    )  # fmt: skip
    for case in cases:
        new_case = _clone(case, version_id=copied.pk)
        for child in (*_in_order(case.required_documents.all()), *_in_order(case.fees.all())):
            _clone(child, case_id=new_case.pk)
        if route := getattr(case, "route", None):
            new_route = _clone(route, case_id=new_case.pk)
            for stage in _in_order(route.stages.all()):
                _clone(stage, route_id=new_route.pk)
    return copied


def _in_order(rows: Iterable[Any]) -> list[Any]:
    # Without this PostgreSQL gives rows as they lie, which changes when rows are rewritten.
    return sorted(rows, key=lambda row: row.pk)


def _clone(row: Any, **changes: object) -> Any:
    """A new row with the values of `row` except for the changes; `row` itself stays as it is."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row).objects.create(**(values | changes))


def demand(by: Actor, *roles: str) -> None:
    """Raises PublishingRefused unless the actor is the installation itself or holds one of the roles."""
    if by.kind != "system" and not by.has_role(*roles):
        raise PublishingRefused(_("Bạn không có vai trò làm việc này"))


def _not_ones_own(version: ProcedureVersion, by: Actor) -> None:
    if by.kind != "system" and version.edited_by_id == by.user_id:
        raise PublishingRefused(_("Người khác với người sửa phải thẩm định và công bố"))


def _demand_whole(version: ProcedureVersion) -> None:
    if found := defects(version):
        raise PublishingRefused(_("Phiên bản còn thiếu %(count)s chỗ") % {"count": len(found)}, found)


def _day(at: dt.datetime) -> dt.date:
    return timezone.localtime(at).date()
