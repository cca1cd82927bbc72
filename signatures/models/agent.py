"""Addresses given to the program on the officer's machine."""

from django.db import models

from portal.floor.ids import uuid7
from signatures.models.signing import SigningRequest


class AgentSession(models.Model):
    """One try to have one request signed there. Its secret is in the addresses; here is only what it is known by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(SigningRequest, models.CASCADE, related_name="agent_sessions")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    opened_by = models.UUIDField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="Used, or replaced by a newer one.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(closed_at=None), name="one_open_agent_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.opened_at:%d/%m/%Y %H:%M}"
