"""Promises to tell somebody something: one row per person and event, whatever channel carries it."""

import datetime as dt
from typing import Any

from dossiers import outbox
from dossiers.models import Dossier, OutboxMessage


def to_citizen(dossier: Dossier, topic: str, *, at: dt.datetime, **facts: Any) -> OutboxMessage:
    """A message to the people of the dossier. The move it belongs to is the next link of the chain, hence the key."""
    return _notice(dossier, "citizen", topic, at=at, facts=facts)


def to_holder(dossier: Dossier, topic: str, *, at: dt.datetime, **facts: Any) -> OutboxMessage:
    """A message to whoever holds the dossier."""
    return _notice(dossier, "holder", topic, at=at, facts=facts)


def _notice(dossier: Dossier, whom: str, topic: str, *, at: dt.datetime, facts: dict[str, Any]) -> OutboxMessage:
    return outbox.promise(
        f"notice.{whom}", topic=topic, key=f"{topic}:{whom}:{dossier.pk}:{dossier.events_count + 1}", at=at,
        dossier_id=dossier.pk, lane=f"notice:{dossier.pk}", payload=facts or None,
    )  # fmt: skip
