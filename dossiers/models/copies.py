"""Bản sao: copies that the agency answers for, by kind and number."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.documents import Attachment
from dossiers.models.dossier import Dossier
from dossiers.querysets import CertifiedCopyQuerySet
from portal.floor.fields import EncryptedJSONField, EncryptedTextField
from portal.floor.ids import uuid7


class CertifiedCopy(models.Model):
    """One copy: drafted, sent to the leader with a number of its book, signed and sealed, perhaps recalled.

    Where it stands is derived from its moments (`dossiers.certifying.state_of`), never stored.
    """

    class Kind(models.TextChoices):
        FULL = "sao-y", _("Sao y")
        AGAIN = "sao-luc", _("Sao lục")
        PART = "trich-sao", _("Trích sao")
        CERTIFIED = "chung-thuc", _("Chứng thực bản sao điện tử từ bản chính")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey("procedures.Agency", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.PositiveIntegerField(default=1)
    # Of the original: name, number, date, issuer, holder. Of who asked: name, identity.
    original = EncryptedJSONField(default=dict)
    asked_by = EncryptedJSONField(default=dict)
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, related_name="+")  # where the original lies
    attachment = models.OneToOneField(Attachment, models.SET_NULL, null=True, related_name="+")  # the copy in a dossier
    file = models.CharField(max_length=200)  # the PDF of the original as it was scanned or issued
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    prepared_at = models.DateTimeField()
    prepared_by = models.CharField(max_length=200)

    year = models.PositiveSmallIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=60, blank=True, default="")
    verify_code = models.CharField(max_length=16, unique=True)
    decided_at = models.DateTimeField(null=True)
    signer_user_id = models.UUIDField(null=True)
    signer_name = models.CharField(max_length=200, blank=True, default="")
    snapshot = EncryptedJSONField(null=True)  # what the certifying words say, fixed when it was signed
    signing_attempt = models.PositiveSmallIntegerField(default=1)
    signing_error = models.CharField(max_length=300, blank=True, default="")
    signed_document_id = models.UUIDField(null=True)  # signatures.SignedDocument, the newest
    issued_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    recalled_by = models.CharField(max_length=200, blank=True, default="")
    recall_reason = EncryptedTextField(blank=True, default="")

    objects = CertifiedCopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "agency", "year", models.Case(models.When(kind="chung-thuc", then=1), default=0), "serial",
                condition=Q(serial__isnull=False), name="one_copy_per_line_of_its_book",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["agency", "-prepared_at", "-id"], name="copies_of_an_agency"),
            models.Index(
                fields=["signed_document_id"], condition=Q(signed_document_id__isnull=False), name="copy_by_file"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.get_kind_display())
