"""The end of drafts: nobody keeps personal data that was never sent."""

import datetime as dt

from django.core.files.storage import default_storage

from dossiers.models import Attachment, Draft, GroupFiling


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
