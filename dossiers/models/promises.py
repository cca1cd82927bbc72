"""Promises as rows: the outbox, the reminders given, and the counters of codes and numbers."""

from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from portal.floor.fields import EncryptedJSONField
from portal.floor.ids import uuid7


class OutboxMessage(models.Model):
    """Something the system has promised to do. Written with the act that promises it, done once, swept if lost."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, null=True, related_name="outbox")
    kind = models.CharField(max_length=20)  # which handler
    topic = models.CharField(max_length=40, blank=True)  # which text, which rule
    lane = models.CharField(max_length=60)  # rows of one lane are done in order
    key = models.CharField(max_length=120, unique=True)  # idempotency, kept for ever
    payload = EncryptedJSONField(null=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(done_at=None, given_up_at=None), name="outbox_to_do"),
            models.Index(fields=["lane", "id"], condition=Q(done_at=None, given_up_at=None), name="outbox_lane_to_do"),
        ]

    def __str__(self) -> str:
        return self.key


class Reminder(models.Model):
    """That a rule has spoken about a due date; a new due date is a new row."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="reminders", db_index=False)
    rule = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "rule", "due_at"], name="one_reminder_per_rule_and_due")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.due_at:%d/%m/%Y %H:%M}"


class Series(models.Model):
    """A gap-free counter: dossier codes per agency and day, paper numbers per agency and year."""

    agency = models.ForeignKey("procedures.Agency", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    period = models.CharField(max_length=8)  # 261123 or 2026, local time
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "period"], name="one_series_per_period")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}: {self.last}"
