"""The account: one person (or organisation) who can log in. Nothing here points outside this file."""

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

    def __str__(self) -> str:
        return self.full_name or self.username
