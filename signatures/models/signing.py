"""What is to be signed and what was signed."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.floor.ids import uuid7
from signatures.models.certificates import Certificate
from signatures.querysets import SignedDocumentQuerySet, SigningRequestQuerySet


class SigningRequest(models.Model):
    """A queue row of its own: it survives the death of every process and resumes where the last one stopped.

    Steps: original -> prepared file and attributes to sign -> the holder asked, where a remote service has the key ->
    the provider's signature -> SignedDocument.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Đang chờ ký")
        DONE = "done", _("Đã ký")
        FAILED = "failed", _("Không ký được")

    class Level(models.TextChoices):
        B_B = "B-B", "PAdES B-B"
        B_T = "B-T", "PAdES B-T"

    class Form(models.TextChoices):
        PDF = "pdf", "PAdES"
        CMS = "cms", _("CMS tách rời")
        XML = "xml", "XAdES"

    class Mark(models.TextChoices):
        """Decree 30/2020, Appendix I: what is seen of a signature."""

        PERSON = "person", _("Chữ ký của người có thẩm quyền")
        SEAL = "seal", _("Dấu của cơ quan")
        TEXT = "text", _("Dòng chữ ở góc trên bên phải")
        NONE = "none", _("Không hiển thị")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=200, unique=True, help_text="The caller's key: one signature for each.")
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="requests")
    requested_by = models.UUIDField(null=True)
    reason = models.CharField(_("lý do ký"), max_length=200, blank=True)
    level = models.CharField(max_length=3, choices=Level.choices, default=Level.B_T)
    form = models.CharField(max_length=3, choices=Form.choices, default=Form.PDF)
    mark = models.CharField(max_length=6, choices=Mark.choices)
    anchor = models.CharField(max_length=200, blank=True)
    page = models.PositiveIntegerField(null=True)
    box = models.JSONField(null=True, help_text="Chosen by hand: page from 0, left, bottom, width, height in points.")
    lines = models.JSONField(default=list, help_text="What a mark of text says, line by line.")
    batch = models.UUIDField(null=True, help_text="Ordered together: the holder of the key is asked once for all.")
    original = models.FileField(upload_to="signing/")
    original_sha256 = models.CharField(max_length=64, db_index=True)

    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(help_text="Without a lease: not before. With one: when the lease runs out.")
    lease = models.UUIDField(null=True)
    last_error = models.TextField(_("vướng mắc"), blank=True)
    created_at = models.DateTimeField()

    prepared = models.FileField(upload_to="signing/", blank=True)
    digest = models.BinaryField(null=True, help_text="SHA-256 over the prepared file without the gap.")
    gap_from = models.PositiveIntegerField(null=True)
    gap_to = models.PositiveIntegerField(null=True)
    attributes = models.BinaryField(null=True, help_text="The signed attributes, DER: what the provider signs.")
    question = models.TextField(blank=True, default="", help_text="What the remote service calls it; then it is asked.")
    answer_by = models.DateTimeField(null=True, help_text="Set before the holder is asked: never asked a second time.")
    signature = models.BinaryField(null=True, help_text="The provider's answer; once here, never asked again.")

    objects = SigningRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="signing_request_due"),
            models.Index(fields=["batch"], condition=models.Q(batch__isnull=False), name="signing_requests_of_a_batch"),
        ]

    def __str__(self) -> str:
        return self.reference

    def on_telephone(self, at: datetime) -> bool:
        """Whether the holder was asked and may still confirm."""
        return self.signature is None and self.answer_by is not None and at < self.answer_by


class Preservation(models.Model):
    """A signed file with the proofs and time stamps that keep it judgeable; the newest of a document counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey("signatures.SignedDocument", models.PROTECT, related_name="preservations")
    file = models.FileField(upload_to="preserved/")
    sha256 = models.CharField(max_length=64, db_index=True)
    made_at = models.DateTimeField()
    stamp_until = models.DateTimeField(help_text="Until when the newest document time stamp can be checked.")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["document", "-made_at"], name="newest_preservation"),
            models.Index(fields=["made_at"], condition=models.Q(judged_at=None), name="preservation_not_judged"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.made_at:%d/%m/%Y}"


class SignedDocument(models.Model):
    """A signed file. Committed before anybody is told of it; `handed_over_at` says when its receiver took it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.OneToOneField(SigningRequest, models.PROTECT, related_name="document")
    reference = models.CharField(max_length=200, unique=True)
    file = models.FileField(upload_to="signed/")
    sha256 = models.CharField(max_length=64, db_index=True)
    level = models.CharField(max_length=3, choices=SigningRequest.Level.choices)
    signed_at = models.DateTimeField(help_text="By the time-stamp authority; without one, by our clock.")
    handed_over_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)
    not_preserved = models.CharField(_("vì sao không lưu trữ dài hạn được"), max_length=300, blank=True, default="")

    objects = SignedDocumentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["signed_at"], condition=models.Q(handed_over_at=None), name="signed_not_handed_over"),
            models.Index(fields=["signed_at"], condition=models.Q(judged_at=None), name="signed_not_judged"),
        ]

    def __str__(self) -> str:
        return self.reference
