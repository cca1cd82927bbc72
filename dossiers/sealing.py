"""The daily seal over every chain that changed, stamped by the time-stamp authority when there is one."""

import datetime as dt
import hashlib

from django.db import connection
from django.utils import timezone

from dossiers.models import DossierEvent, Seal
from portal.floor.ports import PortError
from signatures import timestamps

_HEADS = """
SELECT DISTINCT ON (dossier_id) dossier_id::text, sequence, digest FROM dossiers_dossierevent
WHERE at >= %s AND at < %s ORDER BY dossier_id, sequence DESC
"""


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
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [start, start + dt.timedelta(days=1)])
        heads = cursor.fetchall()
    digest = hashlib.sha256("\n".join(f"{one} {number} {head}" for one, number, head in heads).encode()).hexdigest()
    token = timestamps.stamp(bytes.fromhex(digest))
    Seal.objects.create(on=day, heads=len(heads), digest=digest, timestamp_token=token, sealed_at=at)
    return len(heads)
