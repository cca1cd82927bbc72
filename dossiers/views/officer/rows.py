"""Rows of officers' lists, presented as texts before any template sees them."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast

from django.core.exceptions import EmptyResultSet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.models import Party
from dossiers.querysets import DossierQuerySet
from dossiers.states import CitizenState, Status, citizen_state
from dossiers.wording import Reader
from portal.floor import markup, masking
from portal.floor.actor import Actor
from portal.floor.fields import Sealed
from portal.floor.prepared import Statement, ask, statement_of


class Row(NamedTuple):
    """One dossier of a list: its columns, then the owner's party and the holders' names."""

    id: uuid.UUID
    code: str | None
    reference: str
    title: str
    applicant_name: str
    channel: str
    return_mode: str
    status: Status
    withdrawn: bool
    stage_kind: str
    stage_name: str
    in_post: bool
    waiting_for: str
    holder_agency_id: int
    receiving_agency_id: int
    assignee_id: int | None
    submitted_at: dt.datetime
    next_due_at: dt.datetime | None
    next_soon_at: dt.datetime | None
    due_at: dt.datetime | None
    resolved_at: dt.datetime | None
    returned_at: dt.datetime | None
    closed_at: dt.datetime | None
    place: int  # on the page
    owner_key: uuid.UUID | None
    identity: Any  # sealed
    holder_name: str | None
    agency_name: str


COLUMNS_OF_A_DOSSIER = Row._fields[: Row._fields.index("place")]
COLUMNS = (_lazy("Hồ sơ, người nộp"), _lazy("Thủ tục"), _lazy("Đang ở bước"), _lazy("Thời hạn"), _lazy("Trạng thái"))
TONES = {
    CitizenState.SUBMITTED: "amber", CitizenState.SUPPLEMENT_REQUESTED: "violet", CitizenState.RESULT_READY: "green",
    CitizenState.RETURNED: "green", CitizenState.REJECTED: "", CitizenState.STOPPED: "", CitizenState.WITHDRAWN: "",
    CitizenState.WITHDRAWAL_REQUESTED: "red",
}  # fmt: skip
PLACES = {
    Status.SUBMITTED: _lazy("Tiếp nhận"),
    Status.RESOLVED: _lazy("Trả kết quả"),
    Status.RETURNED: _lazy("Đã xong"),
}
ICONS = {
    ("channel", "online"): ("globe", _lazy("Nộp trên mạng")),
    ("channel", "post"): ("mail", _lazy("Nộp qua bưu điện")),
    ("channel", "direct"): ("store", _lazy("Nộp tại quầy")),
    ("return", "post"): ("truck", _lazy("Trả qua bưu điện")),
    ("return", "online"): ("smartphone", _lazy("Nhận bản điện tử")),
}
IDENTITY = Party._meta.get_field("identity")
KEY = re.compile(r"^(?P<due>\d{1,16}|x)\.(?P<id>[0-9a-f]{32})$")
Place = tuple[dt.datetime | None, uuid.UUID]  # the deadline and the key of the last row of a page


# The page is chosen first: joined before, every dossier of the desk would be looked up to show fifty of them.
_JOINED = """
SELECT page.*, owner.id, owner.identity, assignee.holder_name, holder.name
FROM (SELECT *, row_number() OVER () AS place FROM ({page}) AS chosen) AS page
JOIN procedures_agency holder ON holder.id = page.holder_agency_id
LEFT JOIN procedures_position assignee ON assignee.id = page.assignee_id
LEFT JOIN dossiers_party owner ON owner.dossier_id = page.id AND owner.role = 'owner'
ORDER BY page.place
"""


def listed(dossiers: DossierQuerySet, *, limit: int) -> Statement:
    """What the rows of a list show, with the owner and the holders' names; `dossiers` in their order."""
    sql, params = statement_of(dossiers.values_list(*COLUMNS_OF_A_DOSSIER)[:limit])
    return _JOINED.format(page=sql), params


def made(found: Iterable[tuple[Any, ...]]) -> list[Row]:
    return [Row._make(values) for values in found]


def fetch(dossiers: DossierQuerySet, *, limit: int) -> list[Row]:
    """The rows of any list. The views of the queue, asked for all day, have theirs prepared (`shelves.page`)."""
    try:
        return made(ask(*listed(dossiers, limit=limit)))
    except EmptyResultSet:
        return []


def place(key: str) -> Place | None:
    """Where a page begins, from the key in its address; None when that says nothing."""
    said = KEY.match(key)
    if said is None:
        return None
    due = None if said["due"] == "x" else dt.datetime.fromtimestamp(min(int(said["due"]) / 1e6, 4e9), dt.UTC)
    return due, uuid.UUID(said["id"])


def key_of(row: Row) -> str:
    """The key of the page that begins after this row."""
    due = "x" if row.next_due_at is None else str(round(row.next_due_at.timestamp() * 1e6))
    return f"{due}.{row.id.hex}"


def presented(found: Iterable[Row], *, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """The rows of the table: five cells of texts each."""
    desk = Desk(actor, now)
    return [desk.row(row) for row in found]


class Desk:
    """The officer's view of a list. What rows share is said, or drawn, once."""

    def __init__(self, actor: Actor, now: dt.datetime) -> None:
        self.reader = Reader(now)
        self.seats, self.agencies = {seat.position_id for seat in actor.seats}, actor.agency_ids
        self.address = reverse("officer_dossier", args=["-"])[:-1]
        self.filed, self.mine, self.nobody = _("nộp %s"), _("Giao cho tôi"), _("Chưa giao ai")
        self._drawn: dict[Any, Any] = {}

    def row(self, row: Row) -> dict[str, Any]:
        code = row.code or row.reference
        identity = masked_identity(row)
        who = f"{row.applicant_name} · {identity}" if identity else row.applicant_name
        state = citizen_state(
            status=row.status, stage_kind=row.stage_kind, withdrawn=row.withdrawn, in_post=row.in_post
        )
        deadline = self.reader.deadline(row)
        return {
            "id": str(row.id),
            "label": code,
            "cells": [
                markup.td(markup.code(code, self.address + code), who),
                self._once(_subject, row.title, row.channel, row.return_mode),
                self._once(_place, row.stage_name, row.status, state, self._holder(row)),
                markup.td(markup.sla(deadline) if deadline else SafeString()),
                markup.td(self._once(_state, state), self.filed % self.reader.short(row.submitted_at)),
            ],
        }

    def _once(self, draw: Callable[..., SafeString], *given: Any) -> SafeString:
        """Of these fifty, most are of few procedures and stand at few places."""
        if (draw, given) not in self._drawn:
            self._drawn[draw, given] = draw(*given)
        return cast(SafeString, self._drawn[draw, given])

    def _holder(self, row: Row) -> str:
        if row.assignee_id in self.seats:
            return self.mine
        if row.holder_name:
            return str(row.holder_name)
        return self.nobody if row.holder_agency_id in self.agencies else str(row.agency_name)


def _subject(title: str, channel: str, return_mode: str) -> SafeString:
    icons = [ICONS[way] for way in (("channel", channel), ("return", return_mode)) if way in ICONS]
    return markup.cell({"text": title, "clamp": True, "icons": icons})


def _place(stage: str, status: Status, state: CitizenState, holder: str) -> SafeString:
    return markup.cell({"text": stage or PLACES.get(status, state.label), "sub": holder})


def _state(state: CitizenState) -> SafeString:
    return markup.tag(state.label, TONES.get(state, "blue"))


class _Owner(NamedTuple):
    """All that opening a sealed value asks of its row; a model instance costs as much as the opening itself."""

    id: Any


def masked_identity(row: Row) -> str:
    """`026•••••1234`, opened with the key of the party that it belongs to."""
    if not row.identity:
        return ""
    return masking.mask_id(IDENTITY.open(_Owner(row.owner_key), Sealed(bytes(row.identity))))
