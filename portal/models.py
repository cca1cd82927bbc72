"""The account: one person (or organisation) who can log in. Nothing here points outside this file."""

from collections.abc import Iterator

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.floor.fields import EncryptedTextField
from portal.floor.ids import uuid7


class User(AbstractUser):
    """An account. Officers and citizens are different accounts even for one person.

    What a citizen's account knows of the person came from the national identity provider at log-in.
    """

    class Kind(models.TextChoices):
        CITIZEN = "citizen", _("Công dân")
        ORGANISATION = "organisation", _("Tổ chức")
        OFFICER = "officer", _("Cán bộ")
        DEVICE = "device", _("Thiết bị")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = EncryptedTextField(_("thư điện tử"), blank=True, default="")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CITIZEN)
    full_name = models.CharField(_("họ và tên"), max_length=200, blank=True)
    representative = models.CharField(_("người đại diện"), max_length=200, blank=True, default="")
    assurance = models.PositiveSmallIntegerField(_("mức định danh"), default=0)
    personal_id = EncryptedTextField(_("số định danh"), blank=True, default="")
    personal_id_index = models.CharField(max_length=32, blank=True, default="", db_index=True)
    tax_code = models.CharField(_("mã số thuế"), max_length=14, blank=True, default="")
    birth_on = EncryptedTextField(_("ngày sinh"), blank=True, default="")
    sex = models.CharField(_("giới tính"), max_length=6, blank=True, default="")
    phone = EncryptedTextField(_("điện thoại"), blank=True, default="")
    address = EncryptedTextField(_("nơi thường trú"), blank=True, default="")
    # Raised to end every session of the account, whatever happens to its password.
    session_epoch = models.PositiveIntegerField(default=0)
    # How an officer likes the desk: {"keys": "off", "rows": "compact"}.
    desk = models.JSONField(default=dict, db_default={})

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}.{self.session_epoch}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for older in super().get_session_auth_fallback_hash():
            yield f"{older}.{self.session_epoch}"


class Invitation(models.Model):
    """A link, used once, by which an officer sets a password. Of its secret only the hash is kept here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(used_at=None, revoked_at=None), name="one_open_invitation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.expires_at:%d/%m/%Y %H:%M}"
