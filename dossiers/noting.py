"""Ghi thêm: what leaders say, why it takes longer, how often somebody had to ask. The status stays as it is."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from dossiers import notices
from dossiers.lifecycle import Change, move
from dossiers.models import Dossier
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor
from procedures.ruleset import Rules


def instruct(dossier: Dossier, *, by: Actor, at: dt.datetime, text: str) -> Dossier:
    """A leader of the desk's agency tells those who hold the dossier what to do; they are told. Raises MoveRefused."""
    if not text.strip():
        raise MoveRefused(_("Hãy ghi điều cần chỉ đạo."))
    change = Change(promises=[notices.to_holder(dossier, "instructed", at=at, instruction=text, leader=by.name)])
    move(dossier, "instruct", to=Status(dossier.status), by=by, at=at, note=text, change=change)
    return dossier


def explain_delay(dossier: Dossier, *, by: Actor, at: dt.datetime, cause: str, words: str) -> Dossier:
    """Write down why an overdue dossier is late: a cause of report II.07, and what happened in words.

    The first cause stands in the statistics until somebody corrects it; the trail keeps them all. Raises MoveRefused
    for a cause the rules do not name, without words, and while nothing is late.
    """
    causes = Rules.of(dossier.rule_profile).late_causes
    if cause not in causes:
        raise MoveRefused(_("Hãy chọn một nguyên nhân trong danh sách."))
    if not words.strip():
        raise MoveRefused(_("Hãy ghi cụ thể vì sao chậm."))
    if not is_late(dossier, at=at):
        raise MoveRefused(_("Hồ sơ này chưa quá hạn."))
    change = Change({"late_cause": cause})
    snapshot = {"cause": cause, "words": words}
    note = f"{causes[cause]}: {words}"
    move(dossier, "explain_delay", to=Status(dossier.status), by=by, at=at, note=note, snapshot=snapshot, change=change)
    return dossier


def note_contact(dossier: Dossier, *, by: Actor, at: dt.datetime, text: str) -> Dossier:
    """Write down that the citizen had to come or call about the dossier (index 3 of TT 01/2018). Raises MoveRefused."""
    if not text.strip():
        raise MoveRefused(_("Hãy ghi người dân liên hệ về việc gì."))
    change = Change({"contact_count": dossier.contact_count + 1})
    move(dossier, "note_contact", to=Status(dossier.status), by=by, at=at, note=text, change=change)
    return dossier


def is_late(dossier: Any, *, at: dt.datetime) -> bool:
    """Whether the promise or the desk's own share is broken. A result that waits is not late any more."""
    if dossier.status == Status.RESOLVED:
        return False
    waits = dossier.next_due_at is None  # for the citizen, or on the ground of a pause
    dues = (dossier.next_due_at, None if waits else dossier.due_at)
    return any(due is not None and due < at for due in dues)


def owes_a_cause(dossier: Any, *, at: dt.datetime) -> bool:
    """Whether the page should ask why: it is late and nobody has said."""
    return not dossier.late_cause and is_late(dossier, at=at)
