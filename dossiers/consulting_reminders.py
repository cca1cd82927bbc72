"""Opinions that do not come: the asked agency is reminded, who leads and the head of the one-stop unit told.

Law: NĐ 61/2018 art. 19.5. Each rule speaks once for a consultation, whose key it carries; all of them in one statement.
"""

import datetime as dt

from django.db import connection, transaction

from dossiers import outbox
from dossiers.states import OPEN

# whom, topic, condition on the consultation
RULES = (
    ("consulted", "consultation_due_soon", "c.soon_at <= %(now)s AND c.due_at > %(now)s"),
    ("consulted", "consultation_overdue", "c.due_at <= %(now)s"),
    ("one_stop", "consultation_overdue", "c.due_at <= %(now)s"),
    ("holder", "consultation_overdue", "c.due_at <= %(now)s"),
)
_OWED = """
    SELECT c.dossier_id, '{whom}' AS whom, '{topic}' AS topic, '{topic}:{whom}:' || c.id AS key
    FROM dossiers_consultation c WHERE c.answered_at IS NULL AND c.ended_at IS NULL AND {condition}
"""
_REMIND = """
INSERT INTO dossiers_outboxmessage
    (id, dossier_id, kind, topic, lane, key, created_at, next_at, attempts, last_error)
SELECT uuidv7(), d.id, 'notice.' || owed.whom, owed.topic, 'notice.' || owed.whom || ':' || d.id, owed.key,
       %(now)s, %(now)s, 0, ''
FROM ({owed}) owed JOIN dossiers_dossier d ON d.id = owed.dossier_id AND d.status IN {open}
WHERE NOT EXISTS (SELECT 1 FROM dossiers_outboxmessage o WHERE o.key = owed.key)
LIMIT %(limit)s
ON CONFLICT (key) DO NOTHING
"""


def remind(*, at: dt.datetime, limit: int = 20_000) -> int:
    """Owe a reminder to whoever has to know of every consultation that is due soon or overdue; how many are new."""
    owed = " UNION ALL ".join(_OWED.format(whom=whom, topic=topic, condition=when) for whom, topic, when in RULES)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_REMIND.format(owed=owed, open=OPEN), {"now": at, "limit": limit})
        if cursor.rowcount:
            transaction.on_commit(outbox.hurry)
        return int(cursor.rowcount)
