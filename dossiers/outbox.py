"""The outbox: what was promised is a row; Celery hurries it, beat sweeps what was lost.

A row is claimed by a lease, performed with no transaction open, then marked. A worker that dies leaves the lease to run
out; the row is then done again under the same key, which every outside party sees, so that it is not done twice.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from dossiers.models import OutboxMessage
from portal.floor.ports import PortError

log = logging.getLogger(__name__)
Handler = Callable[[OutboxMessage], None]
_handlers: dict[str, Handler] = {}

LEASE = dt.timedelta(minutes=2)
GIVE_UP_AFTER = 12  # attempts; with the back-off below about two days
_BACK_OFF = (5, 15, 60, 300, 900, 3600, 7200, 14400, 28800)  # seconds


def register(kind: str, handler: Handler) -> None:
    """Name the handler of a kind; features do so when the app is ready."""
    _handlers[kind] = handler


def promise(
    kind: str,
    *,
    key: str,
    at: dt.datetime,
    dossier_id: Any = None,
    topic: str = "",
    lane: str = "",
    payload: dict[str, Any] | None = None,
) -> OutboxMessage:
    """An unsaved promise. `key` makes it unique for ever; `lane` keeps order within it."""
    return OutboxMessage(
        kind=kind, topic=topic, key=key, dossier_id=dossier_id, payload=payload,
        lane=lane or f"{kind}:{dossier_id or key}", created_at=at, next_at=at,
    )  # fmt: skip


def keep(promises: Iterable[OutboxMessage]) -> None:
    """Write promises in the caller's transaction; hurry them once it has committed."""
    rows = OutboxMessage.objects.bulk_create(promises)
    if rows:
        transaction.on_commit(hurry)


def hurry() -> None:
    """Wake a worker. A broker that is down costs a minute, never a message: the sweep finds the row."""
    try:
        current_app.send_task("dossiers.tasks.sweep_outbox", retry=False, ignore_result=True)
    except Exception:
        log.warning("the broker could not be reached; the sweep will do it")


_CLAIM = """
UPDATE dossiers_outboxmessage SET leased_until = %(until)s, attempts = attempts + 1
WHERE id IN (
    SELECT m.id FROM dossiers_outboxmessage m
    WHERE m.done_at IS NULL AND m.given_up_at IS NULL AND m.next_at <= %(now)s
      AND (m.leased_until IS NULL OR m.leased_until < %(now)s) {which}
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_outboxmessage earlier
        WHERE earlier.lane = m.lane AND earlier.id < m.id
          AND earlier.done_at IS NULL AND earlier.given_up_at IS NULL)
    ORDER BY m.next_at, m.id LIMIT %(limit)s FOR UPDATE OF m SKIP LOCKED)
RETURNING id
"""


def claim(*, now: dt.datetime, limit: int = 50, key: str | None = None) -> list[OutboxMessage]:
    """Lease rows that are due; two workers never get the same one."""
    which = "AND m.key = %(key)s" if key else ""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(which=which), {"now": now, "until": now + LEASE, "limit": limit, "key": key})
        ids = [row[0] for row in cursor.fetchall()]
    return list(OutboxMessage.objects.filter(pk__in=ids).select_related("dossier").order_by("next_at", "id"))


def perform(message: OutboxMessage) -> bool:
    """Do one claimed row and write down what came of it. True when it is done."""
    if not _renew(message):
        return False
    mine = OutboxMessage.objects.filter(pk=message.pk, done_at=None)
    try:
        _handlers[message.kind](message)
    except Exception as error:
        permanent = isinstance(error, PortError) and error.permanent
        log.warning("outbox %s (%s) failed: %s", message.pk, message.kind, type(error).__name__, exc_info=not permanent)
        now = timezone.now()
        delay = _BACK_OFF[min(message.attempts, len(_BACK_OFF)) - 1] if message.attempts else _BACK_OFF[0]
        mine.update(
            leased_until=None, last_error=type(error).__name__, next_at=now + dt.timedelta(seconds=delay),
            given_up_at=now if permanent or message.attempts >= GIVE_UP_AFTER else None,
        )  # fmt: skip
    else:
        mine.update(done_at=timezone.now(), leased_until=None, last_error="")
        return True
    return False


def _renew(message: OutboxMessage) -> bool:
    """Start the lease anew; False when those before it in the batch took so long that another worker has the row."""
    until = timezone.now() + LEASE
    ours = OutboxMessage.objects.filter(pk=message.pk, done_at=None, leased_until=message.leased_until)
    return bool(ours.update(leased_until=until))


def perform_now(key: str) -> bool:
    """Do one promise at once, in the request that made it, when somebody waits for it (signing, typesetting)."""
    return any(perform(message) for message in claim(now=timezone.now(), limit=1, key=key))


def sweep(*, limit: int = 200) -> int:
    """Do everything that is due, in batches; the number done."""
    done = 0
    while batch := claim(now=timezone.now(), limit=50):
        done += sum([perform(message) for message in batch])
        limit -= len(batch)
        if limit <= 0:
            break
    return done
