"""What was found when a file's signatures were checked, and on what that rests."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.floor.fields import EncryptedJSONField
from portal.floor.ids import uuid7


class Judgement(models.Model):
    """One verdict on the bytes with that hash; the newest counts, rows stay as they are.

    Of files that strangers bring only hash and verdict are kept.
    """

    append_only = True

    class Origin(models.TextChoices):
        ISSUED = "issued", _("Văn bản đã ký")
        RECEIVED = "received", _("Giấy tờ nhận được")
        SHOWN = "shown", _("Tệp đưa đến kiểm tra")

    class Verdict(models.TextChoices):
        VALID = "valid", _("Chữ ký hợp lệ")
        UNTIMESTAMPED = "valid_untimestamped", _("Hợp lệ, không có dấu thời gian")
        UNKNOWN = "unknown_issuer", _("Không rõ người ký")
        INVALID = "invalid", _("Không hợp lệ")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reasons = models.JSONField(default=list)
    signatures = EncryptedJSONField(null=True, help_text="Signer, serial, issuer, level and times of each signature.")
    evidence = EncryptedJSONField(
        null=True, help_text="Certificates, revocation answers and time stamps: DER in base64; of lists the hash alone."
    )
    judged_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sha256", "-judged_at"], name="newest_judgement")]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.judged_at:%d/%m/%Y}"
