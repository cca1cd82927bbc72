"""The trail: what the law wants kept (events, seals) and who looked (access log). The application role may only add."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.floor.fields import EncryptedJSONField, EncryptedTextField


class DossierEvent(models.Model):
    """One act on one dossier, chained: digest = sha256(prev ‖ canonical facts). Texts live beside the digest."""

    append_only = True

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField()
    verb = models.CharField(max_length=30)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=36, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    position_id = models.CharField(max_length=20, blank=True)
    capacity = models.CharField(max_length=250, blank=True)  # title and agency as they were
    from_status = models.PositiveSmallIntegerField(null=True)
    to_status = models.PositiveSmallIntegerField()
    note = EncryptedTextField(blank=True, default="", aad_from="digest")
    snapshot = EncryptedJSONField(null=True, aad_from="digest")
    note_digest = models.CharField(max_length=64)
    snapshot_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "sequence"], name="one_event_per_sequence")]
        indexes = [BrinIndex(fields=["at"], name="events_by_time")]

    def __str__(self) -> str:
        return f"{self.sequence}. {self.verb}"


class Seal(models.Model):
    """The day's seal over every chain head that changed that day, or whose earlier day was sealed before it came."""

    append_only = True

    on = models.DateField(unique=True)
    heads = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    through_event = models.BigIntegerField(default=0)  # the newest event there was; later ones of old days come next
    timestamp_token = models.BinaryField(null=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}"


class SealedHead(models.Model):
    """A head that a seal covers. It names the dossier without pointing at it, so that a vanished one is missed."""

    append_only = True

    seal = models.ForeignKey(Seal, models.CASCADE, related_name="covered", db_index=False)
    dossier_key = models.UUIDField()
    sequence = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "dossier_key"], name="one_head_per_seal_and_dossier")]

    def __str__(self) -> str:
        return f"{self.dossier_key} {self.sequence}"


class AccessLog(models.Model):
    """Who opened a dossier, a file or an unmasked field. Lists do not count."""

    append_only = True

    class Why(models.TextChoices):
        """What entitled the reader."""

        OWN = "own", _("Hồ sơ của chính người đó")
        DESK = "desk", _("Đang giải quyết hồ sơ")
        COUNTER = "counter", _("Tiếp nhận, trả kết quả")
        CONSULTED = "consulted", _("Được lấy ý kiến, phối hợp")
        EARLIER = "earlier", _("Đã giải quyết một bước")
        REUSE = "reuse", _("Dùng lại giấy tờ cho hồ sơ khác")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="reads")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=36, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    capacity = models.CharField(max_length=250, blank=True, default="", db_default="")  # title and agency as they were
    why = models.CharField(max_length=9, choices=Why.choices, blank=True, default="", db_default="")
    what = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.what}"
