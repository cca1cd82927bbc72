"""Writing down who changed what: every page and command that changes catalogue or organisation calls `record`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from portal.floor.actor import Actor
from procedures.models import AdminChange, Procedure


def record(
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    subject: str,
    key: str,
    procedure: Procedure | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Add one row, in the caller's transaction. `changes`: by field, before and after as people read them.

    Values must not be personal data of citizens; a field that is secret is named with empty values.
    """
    AdminChange.objects.create(
        at=at,
        actor_id=by.user_id,
        actor_name=by.name,
        kind=kind,
        subject=subject[:300],
        subject_key=key[:60],
        procedure=procedure,
        changes={field: [str(before), str(after)] for field, (before, after) in (changes or {}).items()},
    )
