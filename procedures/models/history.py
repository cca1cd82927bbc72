"""Who changed what in catalogue and organisation, and when. Rows are only ever added."""

from django.conf import settings
from django.db import models

from procedures.models.catalogue import Procedure


class AdminChange(models.Model):
    """One change by an administrator. `changes`: {"field": [before, after]} as people read it, no personal data."""

    append_only = True

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)  # "version.published", "agency.changed"
    subject = models.CharField(max_length=300)  # what was changed, in words
    subject_key = models.CharField(max_length=60)  # code or number of it
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, related_name="history")
    changes = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="admin_change_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.kind} {self.subject}"
