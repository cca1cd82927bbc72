"""The end of drafts: nobody keeps personal data that was never sent."""

import datetime as dt

from django.core.files.storage import default_storage

from dossiers.models import Attachment, Draft


def expire(*, at: dt.datetime) -> int:
    """Delete unsent drafts past their day, with their files; the number deleted."""
    old = Draft.objects.filter(dossier=None, expires_at__lt=at)
    files = Attachment.objects.filter(draft__in=old, dossier=None)
    for name in files.values_list("file", flat=True):
        default_storage.delete(name)
    files.delete()
    return old.delete()[1].get("dossiers.Draft", 0)
