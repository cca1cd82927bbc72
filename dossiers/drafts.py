"""Drafts that nobody sends: their owner is reminded, then they end; nobody keeps personal data never sent."""

import datetime as dt

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.template.loader import render_to_string

from dossiers import outbox
from dossiers.messaging import moment
from dossiers.models import Attachment, Draft, GroupFiling, OutboxMessage
from dossiers.ports.messaging.base import OutgoingMessage, channel
from procedures.models import ProvinceProfile
from procedures.ruleset import Rules

# Once for each of the days; a filing of several procedures is spoken of once.
_REMIND = """
INSERT INTO dossiers_outboxmessage
    (id, kind, topic, lane, key, created_at, next_at, attempts, last_error)
SELECT uuidv7(), 'reminder.draft', 'draft', 'draft:' || d.id, 'draft:' || d.id || ':' || n, %(now)s, %(now)s, 0, ''
FROM (
    SELECT DISTINCT ON (coalesce(filing_id::text, id::text)) id, created_at FROM dossiers_draft
    WHERE dossier_id IS NULL AND expires_at > %(now)s ORDER BY coalesce(filing_id::text, id::text), created_at, id
) d CROSS JOIN unnest(%(days)s) AS n
WHERE %(now)s >= d.created_at + n * interval '1 day' AND %(now)s < d.created_at + (n + 1) * interval '1 day'
ON CONFLICT (key) DO NOTHING
"""


def remind(*, at: dt.datetime) -> int:
    """Owe a letter to whoever has left a draft lying for some days; how many are new."""
    province = ProvinceProfile.objects.select_related("default_rule_profile").first()
    if province is None:
        return 0
    days = list(Rules.of(province.default_rule_profile).draft_reminder_days)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_REMIND, {"now": at, "days": days})
        if cursor.rowcount:
            transaction.on_commit(outbox.hurry)
        return int(cursor.rowcount)


def tell(message: OutboxMessage) -> None:
    """Mail the owner of a draft that is still there; without an address there is nothing to do. Raises PortError."""
    draft = Draft.objects.unsent().filter(pk=message.key.split(":")[1]).select_related("user", "procedure_version")
    kept = draft.first()
    if kept is None or not kept.user.email:
        return
    version = kept.procedure_version
    context = {
        "name": str(kept.user), "title": version.short_name or version.name, "until": moment(kept.expires_at),
        "url": f"{settings.BASE_URL}/toi", "province": ProvinceProfile.current(),
    }  # fmt: skip
    letter = OutgoingMessage(
        to=kept.user.email, subject=" ".join(render_to_string("messages/draft.subject", context).split()),
        text=render_to_string("messages/draft.txt", context), html=render_to_string("messages/draft.html", context),
        key=message.key,
    )  # fmt: skip
    channel().send(letter)


def expire(*, at: dt.datetime) -> int:
    """Delete unsent drafts past their day, with their files; the number deleted."""
    old = Draft.objects.filter(dossier=None, expires_at__lt=at)
    files = Attachment.objects.filter(draft__in=old, dossier=None)
    for name in set(files.filter(reuse_of=None).values_list("file", flat=True)):
        default_storage.delete(name)
    files.delete()
    gone = old.delete()[1].get("dossiers.Draft", 0)
    GroupFiling.objects.filter(submitted_at=None, drafts=None, created_at__lt=at).delete()
    return gone


outbox.register("reminder.draft", tell)
