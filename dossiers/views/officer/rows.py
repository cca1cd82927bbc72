"""Rows of officers' lists, presented as texts before any template sees them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.models import Party
from dossiers.querysets import DossierQuerySet
from dossiers.states import CitizenState, Status, citizen_state
from dossiers.wording import Reader
from portal.floor import masking
from portal.floor.actor import Actor

FIELDS = (
    "id", "code", "reference", "title", "applicant_name", "channel", "return_mode", "status", "withdrawn", "stage_kind",
    "stage_name", "in_post", "waiting_for", "holder_agency_id", "receiving_agency_id", "assignee_id", "submitted_at",
    "next_due_at", "next_soon_at", "due_at", "resolved_at", "returned_at", "closed_at",
)  # fmt: skip
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
CHANNELS = {
    ("channel", "online"): ("globe", _lazy("Nộp trên mạng")),
    ("channel", "post"): ("mail", _lazy("Nộp qua bưu điện")),
    ("channel", "direct"): ("store", _lazy("Nộp tại quầy")),
}
RETURNS = {
    ("return", "post"): ("truck", _lazy("Trả qua bưu điện")),
    ("return", "online"): ("smartphone", _lazy("Nhận bản điện tử")),
}
IDENTITY = Party._meta.get_field("identity")


def fetch(dossiers: DossierQuerySet, *, limit: int) -> list[Any]:
    """The rows in one statement, with the owner and the holders' names."""
    owner = FilteredRelation("parties", condition=Q(parties__role=Party.Role.OWNER))
    rows = dossiers.annotate(
        owner=owner, owner_key=F("owner__pk"), identity=F("owner__identity"),
        holder_name=F("assignee__holder_name"), agency_name=F("holder_agency__name"),
    )  # fmt: skip
    return list(rows.values_list(*FIELDS, "owner_key", "identity", "holder_name", "agency_name", named=True)[:limit])


def presented(found: Iterable[Any], *, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """The rows of the table: five cells of texts each."""
    desk = Desk(actor, now)
    return [desk.row(row) for row in found]


class Desk:
    """The officer's view of a list. What all rows share is looked up and translated once."""

    def __init__(self, actor: Actor, now: dt.datetime) -> None:
        self.reader = Reader(now)
        self.seats, self.agencies = {seat.position_id for seat in actor.seats}, actor.agency_ids
        self.address = reverse("officer_dossier", args=["-"])[:-1]
        self.states = {state: str(state.label) for state in CitizenState}
        self.places = {status: str(place) for status, place in PLACES.items()}
        self.icons = {key: [(name, str(label))] for key, (name, label) in (CHANNELS | RETURNS).items()}
        self.filed, self.mine, self.nobody = _("nộp %s"), _("Giao cho tôi"), _("Chưa giao ai")

    def row(self, row: Any) -> dict[str, Any]:
        code = row.code or row.reference
        identity = masked_identity(row)
        who = f"{row.applicant_name} · {identity}" if identity else row.applicant_name
        state = citizen_state(
            status=row.status, stage_kind=row.stage_kind, withdrawn=row.withdrawn, in_post=row.in_post
        )
        label = self.states[state]
        icons = [*self.icons.get(("channel", row.channel), ()), *self.icons.get(("return", row.return_mode), ())]
        return {
            "id": str(row.id),
            "label": code,
            "cells": [
                {"text": code, "code": True, "url": self.address + code, "sub": who},
                {"text": row.title, "clamp": True, "icons": icons},
                {"text": row.stage_name or self.places.get(row.status, label), "sub": self._holder(row)},
                {"sla": self.reader.deadline(row)},
                {"tag": {"text": label, "tone": TONES.get(state, "blue")},
                 "sub": self.filed % self.reader.short(row.submitted_at)},
            ],
        }  # fmt: skip

    def _holder(self, row: Any) -> str:
        if row.assignee_id in self.seats:
            return self.mine
        if row.holder_name:
            return str(row.holder_name)
        return self.nobody if row.holder_agency_id in self.agencies else str(row.agency_name)


class _Owner(NamedTuple):
    """All that opening a sealed value asks of its row; a model instance costs as much as the opening itself."""

    id: Any


def masked_identity(row: Any) -> str:
    """`026•••••1234`, opened with the key of the party that it belongs to."""
    if row.identity is None:
        return ""
    return masking.mask_id(IDENTITY.open(_Owner(row.owner_key), row.identity))
