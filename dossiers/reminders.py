"""Reminders: who is late or nearly so is a WHERE clause; each rule speaks once per due date, in one statement."""

import datetime as dt

from django.db import connection, transaction

from dossiers import outbox
from dossiers.states import OPEN

# rule → condition on the dossier and the due date it speaks about
_RULES = {
    "due_soon": ("next_soon_at <= %(now)s AND next_due_at > %(now)s", "next_due_at"),
    "overdue": ("next_due_at <= %(now)s", "next_due_at"),
    "late": (
        "due_at <= %(now)s AND accepted_at IS NOT NULL AND resolved_at IS NULL AND next_due_at IS NOT NULL",
        "due_at",
    ),
}

_REMIND = """
WITH owed AS (
    SELECT id, {due} AS due FROM dossiers_dossier WHERE status IN {open} AND {condition} LIMIT %(limit)s
), given AS (
    INSERT INTO dossiers_reminder (dossier_id, rule, due_at, created_at)
    SELECT id, %(rule)s, due, %(now)s FROM owed
    WHERE NOT EXISTS (
        SELECT 1 FROM dossiers_reminder r WHERE r.dossier_id = owed.id AND r.rule = %(rule)s AND r.due_at = due)
    ON CONFLICT DO NOTHING RETURNING dossier_id, due_at
)
INSERT INTO dossiers_outboxmessage
    (id, dossier_id, kind, topic, lane, key, created_at, next_at, attempts, last_error)
SELECT uuidv7(), dossier_id, 'notice.holder', %(rule)s, 'notice.holder:' || dossier_id,
       %(rule)s || ':' || dossier_id || ':' || to_char(due_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS'),
       %(now)s, %(now)s, 0, ''
FROM given
"""


def remind(*, at: dt.datetime, limit: int = 20_000) -> int:
    """Owe a reminder to the holder of every dossier that is due soon, overdue at its desk, or late as a whole."""
    owed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for rule, (condition, due) in _RULES.items():
            statement = _REMIND.format(due=due, condition=condition, open=OPEN)
            cursor.execute(statement, {"now": at, "rule": rule, "limit": limit})
            owed += cursor.rowcount
        if owed:
            transaction.on_commit(outbox.hurry)
    return owed
