"""Several places work on one dossier: opinions asked of other agencies, and looks at the place itself."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from dossiers.querysets import ConsultationQuerySet
from portal.floor.fields import EncryptedTextField
from portal.floor.ids import uuid7


class Consultation(models.Model):
    """An agency asked by the one that leads: what, until when, what it answered. All of a stage run side by side."""

    class Kind(models.TextChoices):
        OPINION = "opinion", _("Lấy ý kiến")
        JOINT = "joint", _("Phối hợp giải quyết")

    class Opinion(models.TextChoices):
        AGREE = "agree", _("Đồng ý")
        DISAGREE = "disagree", _("Không đồng ý")
        OTHER = "other", _("Ý kiến khác")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)  # texts are sealed with it
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="consultations")
    stage = models.ForeignKey("dossiers.Stage", models.CASCADE, related_name="consultations")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OPINION)
    agency = models.ForeignKey("procedures.Agency", models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey("procedures.Position", models.PROTECT, null=True, related_name="+", db_index=False)
    question = EncryptedTextField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    soon_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)  # first opened there
    received_by = models.CharField(max_length=200, blank=True)
    opinion = models.CharField(max_length=8, choices=Opinion.choices, blank=True)
    answer = EncryptedTextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    # Nobody waits for it any more: taken back, or the stage went on without it after its time (silence is no consent).
    ended_at = models.DateTimeField(null=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "agency"],
                condition=Q(answered_at=None, ended_at=None),
                name="one_open_consultation_per_agency",
            )
        ]
        indexes = [
            models.Index(
                fields=["agency", "due_at"],
                condition=Q(answered_at=None, ended_at=None),
                name="consultations_to_answer",
            ),
            models.Index(fields=["agency", "dossier"], name="consultations_of_an_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.agency}"


class Verification(models.Model):
    """A look at the place itself: the appointment, and the minutes of it (NĐ 61/2018 art. 19.3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="verifications")
    stage = models.ForeignKey("dossiers.Stage", models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(_("lúc"))
    place = EncryptedTextField()
    purpose = EncryptedTextField()
    participants = EncryptedTextField(blank=True, default="")
    applicant_attends = models.BooleanField(_("người nộp cùng có mặt"), default=True)
    arranged_at = models.DateTimeField()
    arranged_by = models.CharField(max_length=200)
    revision = models.PositiveSmallIntegerField(default=0)  # how often the appointment was moved
    held_at = models.DateTimeField(null=True)
    minutes = EncryptedTextField(blank=True, default="")
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.starts_at:%d/%m/%Y %H:%M}"
