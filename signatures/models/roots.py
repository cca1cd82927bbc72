"""Whom administrators trust, beside the roots that the server's settings name."""

from asn1crypto import pem, x509
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from signatures.querysets import TrustedRootQuerySet


class TrustedRoot(models.Model):
    """An authority trusted on the ground of a document until it is withdrawn; rows stay."""

    class Kind(models.TextChoices):
        NATIONAL = "national", _("Gốc quốc gia")
        GOVERNMENT = "government", _("Chuyên dùng công vụ")
        PUBLIC = "public", _("Công cộng được cấp phép")

    kind = models.CharField(_("loại"), max_length=10, choices=Kind.choices)
    subject = models.CharField(_("chủ thể"), max_length=500)
    pem = models.TextField()
    sha256 = models.CharField(_("dấu vân tay SHA-256"), max_length=64, help_text="of the DER, hex")
    valid_from = models.DateTimeField(_("hiệu lực từ"))
    valid_to = models.DateTimeField(_("hiệu lực đến"))
    document = models.CharField(_("văn bản căn cứ"), max_length=300)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(_("lý do thôi tin cậy"), max_length=300, blank=True, default="")

    objects = TrustedRootQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], condition=models.Q(withdrawn_at=None), name="root_is_trusted_once"
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def parsed(self) -> x509.Certificate:
        return x509.Certificate.load(pem.unarmor(self.pem.encode())[2])
