"""New procedures and the cases of a draft. Every change is written down by what it made different, in words."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from portal.floor.vietnamese import fold
from procedures import comparing, publishing
from procedures.copying import copy_case, copy_version
from procedures.history import record
from procedures.models import Agency, Case, Procedure, ProcedureVersion, ServiceField
from procedures.publishing import EDITORS, PublishingRefused

# Regulation: the national database's code, with the agency's tail where it is shown; TT 01/2018 art. 20 for fields.
CODE: Final = re.compile(r"(\d\.\d{6})(?:\.(\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}))?", re.ASCII)
FIELD_CODE: Final = re.compile(r"[A-Z]\d{2}-[A-Z0-9]+", re.ASCII)


def start_procedure(
    procedure: Procedure, *, name: str, short_name: str, by: Actor, at: dt.datetime, source: ProcedureVersion | None
) -> ProcedureVersion:
    """Keep a new procedure with its first draft: empty with one case, or with the content of `source`.

    Raises PublishingRefused when the actor may not, or the code is taken.
    """
    publishing.demand(by, *EDITORS)
    with transaction.atomic():
        if Procedure.objects.filter(code=procedure.code).exists():
            raise PublishingRefused(_("Mã %(code)s đã có thủ tục. Mở thủ tục đó để sửa") % {"code": procedure.code})
        procedure.name, procedure.short_name = name, short_name
        procedure.save()
        if source:
            version: ProcedureVersion = copy_version(source, procedure=procedure, number=1, editor_id=by.user_id)
            version.name, version.short_name = name, short_name
            version.save(update_fields=["name", "short_name"])
        else:
            version = ProcedureVersion.objects.create(
                procedure=procedure, name=name, short_name=short_name, edited_by_id=by.user_id
            )
            Case.objects.create(version=version)
        publishing.describe(procedure, version)
        procedure.save(update_fields=["search_fold", "sort_key"])
        record("procedure.started", by=by, at=at, subject=str(procedure), key=procedure.code, procedure=procedure,
               changes={_("Tên"): ("", name)} | ({_("Chép từ"): ("", str(source))} if source else {}))  # fmt: skip
    return version


def field_named(code: str, name: str) -> ServiceField:
    """The field of that code, made when there is none."""
    known = ServiceField.objects.filter(code=code).first()
    return known or ServiceField.objects.create(code=code, name=name, slug=slugify(fold(f"{name} {code}"))[:80])


@contextmanager
def change(version: ProcedureVersion, *, by: Actor, at: dt.datetime, part: str) -> Iterator[ProcedureVersion]:
    """Around a change to an open version: locks it, takes a review back, and writes down what became different.

    `part` is found again in the history: `last_change`. Raises PublishingRefused.
    """
    with transaction.atomic():
        publishing.touch(version, by=by, at=at)
        before = whole(version.pk)
        yield version
        told = comparing.differences(before, whole(version.pk))
        if told:
            changes = {f"{one.part}: {one.where}".strip(" :"): (one.before, one.after) for one in told}
            record("version.edited", by=by, at=at, subject=str(version.procedure), key=key_of(version, part),
                   procedure=version.procedure, changes=changes)  # fmt: skip


def whole(pk: int) -> ProcedureVersion:
    """The version read anew with every row below it."""
    found: ProcedureVersion = ProcedureVersion.objects.whole().get(pk=pk)
    return found


def key_of(version: ProcedureVersion, part: str) -> str:
    """What an edit of this part is filed under in the history."""
    return f"v{version.number}/{part}"[:60]


def add_case(version: ProcedureVersion, name: str, *, by: Actor, at: dt.datetime, like: Case | None) -> Case:
    """A case at the end: empty, or with the papers, fees and route of another. Raises PublishingRefused."""
    taken = set(version.cases.values_list("key", flat=True))
    base = slugify(fold(name))[:36] or "truong-hop"
    key = next(one for one in (base, *(f"{base}-{n}" for n in range(2, 1000))) if one not in taken)
    order = max((case.order for case in version.cases.all()), default=-1) + 1
    with change(version, by=by, at=at, part="truong-hop"):
        if like:
            return copy_case(like, key=key, name=name, order=order, condition=None)
        return Case.objects.create(version=version, key=key, name=name, order=order)


def remove_case(case: Case, *, by: Actor, at: dt.datetime) -> None:
    """Raises PublishingRefused for the last case: every version has one."""
    version = case.version
    with change(version, by=by, at=at, part="truong-hop"):
        if version.cases.count() < 2:
            raise PublishingRefused(_("Mỗi thủ tục phải có ít nhất một trường hợp. Thêm trường hợp khác rồi bỏ"))
        case.delete()


def move_case(case: Case, places: int, *, by: Actor, at: dt.datetime) -> None:
    """Ask the case earlier (negative) or later than its neighbours. Raises PublishingRefused."""
    version = case.version
    with change(version, by=by, at=at, part="truong-hop"):
        rows = list(version.cases.order_by("order", "pk"))
        place = next(number for number, one in enumerate(rows) if one.pk == case.pk)
        rows.insert(max(0, place + places), rows.pop(place))
        for order, one in enumerate(rows):
            Case.objects.filter(pk=one.pk).update(order=order)


def assign(
    procedure: Procedure, agencies: Iterable[Agency], *, receives: bool, competent: bool, decision: str,
    by: Actor, at: dt.datetime,
) -> int:  # fmt: skip
    """Let these agencies receive the procedure, decide on it, both, or neither any more. How many changed."""
    publishing.demand(by, *EDITORS)
    changes: dict[str, tuple[str, str]] = {}
    with transaction.atomic():
        known = {row.agency_id: row for row in procedure.agencies.select_for_update()}
        for agency in agencies:
            row = known.get(agency.pk)
            before = _does(row.receives, row.competent) if row else ""
            after = _does(receives, competent)
            if before == after and (row is None or row.decision == decision):
                continue
            changes[agency.name] = (before, after)
            if not after and row:
                row.delete()
                continue
            given = {"receives": receives, "competent": competent, "decision": decision}
            procedure.agencies.update_or_create(agency=agency, defaults=given)
        if changes:
            record("procedure.agencies", by=by, at=at, subject=str(procedure), key=procedure.code,
                   procedure=procedure, changes=changes)  # fmt: skip
    return len(changes)


def _does(receives: bool, competent: bool) -> str:
    return ", ".join([_("tiếp nhận")] * receives + [_("có thẩm quyền")] * competent)
