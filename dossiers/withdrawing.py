"""Rút hồ sơ: asked for by the citizen, granted or declined by whoever holds the dossier (regulation §8.12)."""

import datetime as dt

from django.utils.translation import gettext as _

from dossiers import deadlines, notices
from dossiers.lifecycle import Change, move
from dossiers.models import Dossier
from dossiers.refusals import need
from dossiers.states import Status
from portal.floor.actor import Actor


def request_withdrawal(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str) -> Dossier:
    """The citizen asks for the dossier back; allowed until it is resolved (regulation §8.12)."""
    need(reason, _("Hãy ghi lý do rút hồ sơ."))
    change = Change({"status_before_withdrawal": dossier.status})
    change.promises = [notices.to_holder(dossier, "withdrawal_requested", at=at)]
    move(dossier, "request_withdrawal", to=Status.WITHDRAWAL_REQUESTED, by=by, at=at, note=reason, change=change)
    return dossier


def accept_withdrawal(dossier: Dossier, *, by: Actor, at: dt.datetime) -> Dossier:
    """Let the dossier go; it ends."""
    change = Change(
        {"withdrawn": True, "holder_role": "", **deadlines.NOBODY_WAITS}, close_stage=True, close_clock=True
    )
    change.promises = [notices.to_citizen(dossier, "withdrawn", at=at)]
    move(dossier, "accept_withdrawal", to=Status.STOPPED, by=by, at=at, change=change)
    return dossier


def decline_withdrawal(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str) -> Dossier:
    """Go on where it was, with the reason told to the citizen."""
    need(reason, _("Hãy ghi lý do không cho rút."))
    before = Status(dossier.status_before_withdrawal or Status.SUBMITTED)
    change = Change({"status_before_withdrawal": None})
    change.promises = [notices.to_citizen(dossier, "withdrawal_declined", at=at, note=reason)]
    move(dossier, "decline_withdrawal", to=before, by=by, at=at, note=reason, change=change)
    return dossier
