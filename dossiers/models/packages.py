"""Gói lưu trữ: what is kept of a closed dossier so that it can be proven without this product."""

from django.db import models

from dossiers.models.dossier import Dossier
from portal.floor.fields import EncryptedJSONField
from portal.floor.ids import uuid7


class ArchivePackage(models.Model):
    """A package is a list of kept bytes; the ZIP is laid out from it whenever somebody takes it away.

    A row is there when all of its files are: half a package is never seen. What comes later is a new version.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="packages")
    agency = models.ForeignKey("procedures.Agency", models.PROTECT, related_name="+")  # who keeps and seals it
    version = models.PositiveSmallIntegerField()
    contents = EncryptedJSONField(default=list)  # [{path, file: name in the storage, sha256, size}], the hash list last
    sha256 = models.CharField(max_length=64)  # of the hash list, which holds that of every other file
    size = models.PositiveBigIntegerField()  # bytes of all files together
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    # The agency's signature over the hash list, beside it (signatures.SignedDocument).
    signed_document_id = models.UUIDField(null=True)
    signing_error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "version"], name="one_package_per_version")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.version}"
