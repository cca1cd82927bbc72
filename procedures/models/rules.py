"""Rules of law that change are dated data; a dossier pins its profile at acceptance."""

from django.db import models


class RuleProfile(models.Model):
    """One state of the law. `parameters` keys are read through `procedures.ruleset.Rules`, never directly."""

    code = models.CharField(max_length=20, unique=True)  # VN-2018, VN-2025 …
    name = models.CharField(max_length=150)
    effective_from = models.DateField()
    parameters = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.code
