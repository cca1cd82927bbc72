"""Which agencies are being asked, as the owner is told: their names and when, not what was asked or answered."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from dossiers.messaging import moment
from dossiers.models import Consultation, Dossier


def asked(dossiers: Sequence[Dossier]) -> list[tuple[dt.datetime, dict[str, Any]]]:
    """When, and the row of the history, of every agency that is asked now or has answered, while there is no result."""
    titles = {one.pk: f"{one.title}: " if len(dossiers) > 1 else "" for one in dossiers if one.resolved_at is None}
    if not titles:
        return []
    rows = Consultation.objects.filter(dossier__in=titles, ended_at=None).select_related("agency")
    return [(row.answered_at or row.asked_at, _row(row, titles[row.dossier_id])) for row in rows.order_by("asked_at")]


def _row(row: Consultation, before: str) -> dict[str, Any]:
    words = _("%(agency)s đã cho ý kiến") if row.answered_at else _("Đang lấy ý kiến %(agency)s")
    return {
        "icon": "message-square-text", "title": before + words % {"agency": row.agency.name},
        "time": moment(row.answered_at or row.asked_at), "text": "",
    }  # fmt: skip
