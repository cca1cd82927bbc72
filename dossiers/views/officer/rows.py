"""Rows of officers' lists, presented as texts before any template sees them."""

import datetime as dt
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.models import Party
from dossiers.querysets import DossierQuerySet
from dossiers.states import CitizenState, Status, citizen_state
from dossiers.wording import deadline, short
from portal.floor import masking
from portal.floor.actor import Actor

FIELDS = (
    "id", "code", "reference", "title", "applicant_name", "channel", "return_mode", "status", "withdrawn", "stage_kind",
    "stage_name", "in_post", "holder_agency_id", "receiving_agency_id", "assignee_id", "submitted_at", "next_due_at",
    "next_soon_at", "due_at", "resolved_at", "returned_at", "closed_at",
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
    "online": ("globe", _lazy("Nộp trên mạng")),
    "post": ("mail", _lazy("Nộp qua bưu điện")),
    "direct": ("store", _lazy("Nộp tại quầy")),
}
RETURNS = {"post": ("truck", _lazy("Trả qua bưu điện")), "online": ("smartphone", _lazy("Nhận bản điện tử"))}
IDENTITY = Party._meta.get_field("identity")


def fetch(dossiers: DossierQuerySet, *, limit: int) -> list[Any]:
    """The rows in one statement, with the owner and the holders' names."""
    owner = FilteredRelation("parties", condition=Q(parties__role=Party.Role.OWNER))
    rows = dossiers.annotate(
        owner=owner, owner_key=F("owner__pk"), identity=F("owner__identity"),
        holder_name=F("assignee__holder_name"), agency_name=F("holder_agency__name"),
    )  # fmt: skip
    return list(rows.values_list(*FIELDS, "owner_key", "identity", "holder_name", "agency_name", named=True)[:limit])


def masked_identity(row: Any) -> str:
    """`026•••••1234`, opened with the key of the party that it belongs to."""
    if row.identity is None:
        return ""
    return masking.mask_id(IDENTITY.open(Party(pk=row.owner_key), row.identity))


def presented(row: Any, *, actor: Actor, now: dt.datetime) -> dict[str, Any]:
    """One row of the table: five cells of texts."""
    code = row.code or row.reference
    who = " · ".join(filter(None, [row.applicant_name, masked_identity(row)]))
    state = citizen_state(status=row.status, stage_kind=row.stage_kind, withdrawn=row.withdrawn, in_post=row.in_post)
    return {
        "id": str(row.id),
        "label": code,
        "cells": [
            {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]), "sub": who},
            {"text": row.title, "clamp": True, "icons": _icons(row)},
            {"text": row.stage_name or str(PLACES.get(row.status, state.label)), "sub": _holder(row, actor)},
            {"sla": deadline(row, now=now)},
            {"tag": {"text": str(state.label), "tone": TONES.get(state, "blue")},
             "sub": _("nộp %s") % short(row.submitted_at, now=now)},
        ],
    }  # fmt: skip


def _icons(row: Any) -> list[tuple[str, str]]:
    shown = (CHANNELS.get(row.channel), RETURNS.get(row.return_mode))
    return [(name, str(label)) for name, label in filter(None, shown)]


def _holder(row: Any, actor: Actor) -> str:
    if row.assignee_id in {seat.position_id for seat in actor.seats}:
        return _("Giao cho tôi")
    if row.holder_name:
        return str(row.holder_name)
    return _("Chưa giao ai") if row.holder_agency_id in actor.agency_ids else str(row.agency_name)
