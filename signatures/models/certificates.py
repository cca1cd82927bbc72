"""Whose signature: a person's or an agency's certificate. Private keys are never here."""

from asn1crypto import pem, x509
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.floor.fields import EncryptedTextField
from signatures.querysets import CertificateQuerySet


class Certificate(models.Model):
    """A certificate, who holds it, which provider signs with it and what its signature looks like on the page."""

    class Purpose(models.TextChoices):
        PERSON = "person", _("Chữ ký cá nhân")
        SEAL = "seal", _("Dấu cơ quan")

    class State(models.TextChoices):
        ACTIVE = "active", _("Đang dùng")
        SUSPENDED = "suspended", _("Tạm dừng")
        REVOKED = "revoked", _("Đã thu hồi")

    class Answer(models.TextChoices):
        GOOD = "good", _("Không bị thu hồi")
        REVOKED = "revoked", _("Đã bị thu hồi")
        REFUSED = "refused", _("Không dùng được")

    holder_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("người ký")
    )
    holder_agency_code = models.CharField(_("mã định danh cơ quan"), max_length=35, blank=True, default="")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    serial = models.CharField(_("số hiệu"), max_length=40, unique=True, help_text="hex")
    subject = models.CharField(_("chủ thể"), max_length=500)
    pem = models.TextField()
    chain = models.TextField(blank=True, default="")
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=120)
    account = EncryptedTextField(
        _("tài khoản tại dịch vụ ký"),
        blank=True,
        default="",
        aad_from="serial",
        help_text="Often the citizen's number.",
    )
    valid_from = models.DateTimeField(_("hiệu lực từ"))
    valid_to = models.DateTimeField(_("hiệu lực đến"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    image = models.FileField(_("mẫu chữ ký hoặc mẫu dấu"), upload_to="marks/", blank=True, help_text="PNG")
    seal_mm = models.PositiveSmallIntegerField(_("đường kính dấu (mm)"), default=36)
    asked_at = models.DateTimeField(null=True, help_text="When an operator last had its authority asked.")
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True, default="")
    answer_text = models.CharField(max_length=300, blank=True, default="", help_text="The answer as people read it.")
    answer_source = models.CharField(max_length=4, blank=True, default="", help_text="OCSP or CRL")
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose="person", holder_user__isnull=False)
                | (models.Q(purpose="seal") & ~models.Q(holder_agency_code="")),
                name="certificate_has_its_holder",
            )
        ]
        indexes = [models.Index(fields=["holder_agency_code", "purpose"], name="certificate_by_agency")]

    def __str__(self) -> str:
        return self.subject

    @property
    def at_agent(self) -> bool:
        """Whether the key is reached only by a program on its holder's own machine."""
        return self.provider == "agent"

    @property
    def parsed(self) -> x509.Certificate:
        return x509.Certificate.load(pem.unarmor(self.pem.encode())[2])

    @property
    def issuers(self) -> list[x509.Certificate]:
        """The chain above it, nearest first, the root left out."""
        if not self.chain:
            return []
        return [x509.Certificate.load(der) for _, _, der in pem.unarmor(self.chain.encode(), multiple=True)]
