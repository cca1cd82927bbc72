"""The daily seal over every chain that changed, stamped by the time-stamp authority when there is one."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from dossiers.models import DossierEvent, Seal, SealedHead
from portal.floor.ports import PortError
from signatures import timestamps

# Late news (a parcel delivered last week) bears an old date: it belongs to the first seal made after it came.
_HEADS = """
SELECT DISTINCT ON (dossier_id) dossier_id, sequence, digest FROM dossiers_dossierevent
WHERE (at >= %(start)s AND at < %(end)s) OR (id > %(seen)s AND at < %(start)s) ORDER BY dossier_id, sequence DESC
"""
OVERLAP = 2  # seals: a transaction that was still open while one was made is caught by the next


def seal_ended_days(*, at: dt.datetime) -> int:
    """Seal every local day that has ended and has no seal yet, oldest first; the number of heads.

    Without a time stamp the day waits for the next try, however late, and the days after it wait with it.
    """
    heads = 0
    for day in _unsealed(before=timezone.localtime(at).date()):
        try:
            heads += _seal(day, at=at)
        except PortError:
            break
    return heads


def _unsealed(*, before: dt.date) -> list[dt.date]:
    sealed = Seal.objects.order_by("-on").first()
    first = DossierEvent.objects.order_by("pk").first()
    if first is None:
        return []
    start = sealed.on + dt.timedelta(days=1) if sealed else timezone.localtime(first.at).date()
    return [start + dt.timedelta(days=number) for number in range((before - start).days)]


def _seal(day: dt.date, *, at: dt.datetime) -> int:
    start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    before = list(Seal.objects.order_by("-on").values_list("through_event", flat=True)[:OVERLAP])
    newest = DossierEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        bounds: dict[str, Any] = {"start": start, "end": start + dt.timedelta(days=1), "seen": min(before, default=0)}
        cursor.execute(_HEADS, bounds)
        heads = [SealedHead(dossier_key=key, sequence=number, digest=head) for key, number, head in cursor.fetchall()]
    digest = digest_of(heads)
    token = timestamps.stamp(bytes.fromhex(digest))
    with transaction.atomic():
        seal = Seal.objects.create(
            on=day, heads=len(heads), digest=digest, through_event=newest, timestamp_token=token, sealed_at=at
        )
        for head in heads:
            head.seal = seal
        SealedHead.objects.bulk_create(heads, batch_size=2000)
    return len(heads)


def digest_of(heads: Iterable[SealedHead]) -> str:
    """What the seal of these heads stamps: sha256 over their text."""
    return hashlib.sha256(text_of(heads).encode()).hexdigest()


def text_of(heads: Iterable[SealedHead]) -> str:
    """One line a head, in the order of the dossiers."""
    return "\n".join(sorted(f"{head.dossier_key} {head.sequence} {head.digest}" for head in heads))
