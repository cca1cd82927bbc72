"""Drafts, and the people of a dossier: submitter, owner, proxy and collector are four roles, often one person."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from dossiers.querysets import DraftQuerySet
from portal.floor.fields import EncryptedJSONField, EncryptedTextField
from portal.floor.ids import uuid7


class GroupFiling(models.Model):
    """One filing of several procedures (a procedure group): as many drafts, then as many dossiers, one timeline."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(_("mã gửi chung"), max_length=16, unique=True)
    tracking_key = models.CharField(max_length=16)
    group = models.ForeignKey("procedures.ProcedureGroup", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reference


class Draft(models.Model):
    """What a citizen has not yet sent. It is no dossier: nothing runs, nobody but its owner sees it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    procedure_version = models.ForeignKey("procedures.ProcedureVersion", models.PROTECT, related_name="+")
    receiving_agency = models.ForeignKey("procedures.Agency", models.PROTECT, null=True, related_name="+")
    answers = EncryptedJSONField(default=dict)
    delivery = EncryptedJSONField(default=dict)  # {"mode", "name", "phone", "email", "address"}
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    dossier = models.OneToOneField(Dossier, models.CASCADE, null=True, related_name="draft")
    filing = models.ForeignKey(GroupFiling, models.CASCADE, null=True, related_name="drafts")

    objects = DraftQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)


class Party(models.Model):
    """A person or organisation in one role on one dossier."""

    class Role(models.TextChoices):
        SUBMITTER = "submitter", _("Người nộp")
        OWNER = "owner", _("Chủ hồ sơ")
        PROXY = "proxy", _("Người được ủy quyền")
        COLLECTOR = "collector", _("Người nhận kết quả")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="parties", db_index=False)
    role = models.CharField(max_length=10, choices=Role.choices)
    is_organisation = models.BooleanField(default=False)
    name = models.CharField(max_length=200)
    identity = EncryptedTextField(_("số định danh hoặc mã số thuế"), blank=True, default="")
    identity_index = models.CharField(max_length=32, blank=True, default="")
    phone = EncryptedTextField(blank=True, default="")
    phone_index = models.CharField(max_length=32, blank=True, default="")
    email = EncryptedTextField(blank=True, default="")
    address = EncryptedTextField(blank=True, default="")
    birth_on = EncryptedTextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "role"], name="one_party_per_role")]
        indexes = [models.Index(fields=["identity_index", "dossier"], name="dossiers_of_a_person")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.name}"
