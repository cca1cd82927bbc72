"""Gap-free serials: one counter row per series, locked until the transaction that uses it ends."""

import datetime as dt

from django.db import connection
from django.utils import timezone


def allocate(*, agency_id: int, kind: str, period: str, count: int = 1) -> int:
    """The next serial of a series, or the last of the next `count`. Call it last in a short transaction: the row stays
    locked until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_series (agency_id, kind, period, last) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (agency_id, kind, period) DO UPDATE SET last = dossiers_series.last + EXCLUDED.last "
            "RETURNING last",
            [agency_id, kind, period, count],
        )
        return int(cursor.fetchone()[0])


def register_line(*, agency_id: int, at: dt.datetime) -> int:
    """The next line of the agency's register of that local year: given at acceptance, borne by the receipt as its
    number, never moved by what is entered later (TT 01/2018 art. 10.2). See `allocate`."""
    return allocate(agency_id=agency_id, kind="receipt", period=f"{day(at):%Y}")


def day(at: dt.datetime) -> dt.date:
    """The local day of an instant: numbering turns at midnight in Vietnam, not in Greenwich (regulation §29.20)."""
    return timezone.localtime(at).date()
