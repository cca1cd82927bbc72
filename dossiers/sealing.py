"""The daily seal over every chain that changed, stamped by the time-stamp authority when there is one."""

import datetime as dt
import hashlib

from django.db import connection
from django.utils import timezone

from dossiers.models import Seal
from portal.floor.ports import PortError
from signatures import timestamps

_HEADS = """
SELECT DISTINCT ON (dossier_id) dossier_id::text, sequence, digest FROM dossiers_dossierevent
WHERE at >= %s AND at < %s ORDER BY dossier_id, sequence DESC
"""


def seal_yesterday(*, at: dt.datetime) -> int:
    """Seal the day before `at` (local time) once; the number of heads. Without a time stamp it waits."""
    day = timezone.localtime(at).date() - dt.timedelta(days=1)
    if Seal.objects.filter(on=day).exists():
        return 0
    start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [start, start + dt.timedelta(days=1)])
        heads = cursor.fetchall()
    digest = hashlib.sha256("\n".join(f"{one} {number} {head}" for one, number, head in heads).encode()).hexdigest()
    try:
        token = timestamps.stamp(bytes.fromhex(digest))
    except PortError:
        return 0
    Seal.objects.create(on=day, heads=len(heads), digest=digest, timestamp_token=token, sealed_at=at)
    return len(heads)
