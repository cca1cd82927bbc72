"""What the counter keeps for itself: codes set aside for an outage, and an officer's own views of the queue."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier


class ReservedCode(models.Model):
    """A dossier code set aside to be written on paper during an outage (NĐ 61/2018 art. 39.1); used or voided."""

    agency = models.ForeignKey("procedures.Agency", models.PROTECT, related_name="+")
    on = models.DateField()
    serial = models.PositiveIntegerField()
    code = models.CharField(max_length=60, unique=True)
    reserved_at = models.DateTimeField()
    reserved_by = models.CharField(max_length=200)
    dossier = models.OneToOneField(Dossier, models.PROTECT, null=True, related_name="reserved_code")
    voided_at = models.DateTimeField(null=True)
    voided_by = models.CharField(max_length=200, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "on", "serial"], name="one_reserved_code_per_serial"),
            models.CheckConstraint(
                condition=Q(dossier=None) | Q(voided_at=None), name="a_reserved_code_is_used_or_voided"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SavedView(models.Model):
    """A filter of the queue that an officer gave a name; the query string is the one of the page."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_saved_view_per_name")]

    def __str__(self) -> str:
        return self.name
