"""Administrative units of both eras, and what became of each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    PROVINCE = "province", _("Cấp tỉnh")
    DISTRICT = "district", _("Cấp huyện")
    COMMUNE = "commune", _("Cấp xã")


class AdministrativeUnit(models.Model):
    """A province, district or commune of one unit set. Its validity limits addresses only, never an agency's work."""

    unit_set = models.CharField(max_length=4)  # "2024" three levels, "2025" two levels
    code = models.CharField(max_length=5)
    level = models.CharField(max_length=8, choices=Level.choices)
    name = models.CharField(max_length=120)
    name_fold = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=360)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit_set", "code"], name="one_unit_per_set_and_code")]
        indexes = [models.Index(fields=["unit_set", "level", "name_fold"], name="unit_by_folded_name")]

    def __str__(self) -> str:
        return self.name


class UnitSuccession(models.Model):
    """Old unit → new unit. A split commune has several successors, exactly one of them the default for addresses."""

    old = models.ForeignKey(AdministrativeUnit, models.CASCADE, related_name="successions")
    new = models.ForeignKey(AdministrativeUnit, models.CASCADE, related_name="predecessions")
    partial = models.BooleanField(default=False)
    is_default = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="one_succession_per_pair"),
            models.UniqueConstraint(
                fields=["old"], condition=models.Q(is_default=True), name="one_default_successor_per_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
