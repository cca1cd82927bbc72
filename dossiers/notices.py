"""Promises to tell somebody something: one row per person and event, whatever channel carries it."""

import datetime as dt
from typing import Any

from dossiers import outbox
from dossiers.models import Consultation, Dossier, OutboxMessage


def to_citizen(dossier: Dossier, topic: str, *, at: dt.datetime, **facts: Any) -> OutboxMessage:
    """A message to the people of the dossier. The move it belongs to is the next link of the chain, hence the key."""
    return _notice(dossier, "citizen", topic, at=at, facts=facts)


def to_holder(dossier: Dossier, topic: str, *, at: dt.datetime, **facts: Any) -> OutboxMessage:
    """A message to whoever holds the dossier."""
    return _notice(dossier, "holder", topic, at=at, facts=facts)


def to_consulted(consultation: Consultation, topic: str, *, at: dt.datetime) -> OutboxMessage:
    """A message to the desk of the agency that was asked; each topic once for a consultation, which the key names."""
    key = f"{topic}:consulted:{consultation.pk}"
    return _promise("consulted", topic, key=key, at=at, dossier_id=consultation.dossier_id)


def _notice(dossier: Dossier, whom: str, topic: str, *, at: dt.datetime, facts: dict[str, Any]) -> OutboxMessage:
    key = f"{topic}:{whom}:{dossier.pk}:{dossier.events_count + 1}"
    return _promise(whom, topic, key=key, at=at, dossier_id=dossier.pk, payload=facts or None)


def _promise(whom: str, topic: str, *, dossier_id: Any, **given: Any) -> OutboxMessage:
    return outbox.promise(f"notice.{whom}", topic=topic, dossier_id=dossier_id, lane=f"notice:{dossier_id}", **given)
