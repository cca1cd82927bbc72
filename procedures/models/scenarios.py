"""Dossiers kept as tests of a procedure: replayed on every new draft before it is published."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.floor.fields import EncryptedJSONField
from portal.floor.ids import uuid7
from procedures.models.catalogue import Procedure


class Scenario(models.Model):
    """Answers, and what the procedure must make of them: case, papers, fee, stages, promised date.

    `expected`: {"case", "papers": [key, …], "total": đồng, "stages": [key, …], "due": ISO}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="scenarios")
    name = models.CharField(_("tên tình huống"), max_length=150)
    channel = models.CharField(max_length=6, default="online")
    filed_at = models.DateTimeField(_("thời điểm nộp"))
    answers = EncryptedJSONField()
    expected = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "name"], name="one_scenario_per_name")]

    def __str__(self) -> str:
        return f"{self.procedure.code}: {self.name}"
