"""Who read what before signing, what was signed together, and who signs for whom."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.documents import IssuedPaper, Result
from dossiers.models.dossier import Dossier
from portal.floor.ids import uuid7


class ReadForSigning(models.Model):
    """That somebody has seen this very draft; what was drafted or proposed anew since then counts as unread."""

    result = models.ForeignKey(Result, models.CASCADE, related_name="readings")
    user_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result", "user_id"], name="one_reading_per_result_and_user")]

    def __str__(self) -> str:
        return f"{self.result_id} {self.at:%d/%m/%Y %H:%M}"


class SigningBatch(models.Model):
    """What one officer had signed or sealed together. Its items are done one by one, each in its own transaction."""

    class Kind(models.TextChoices):
        SIGN = "sign", _("Ký kết quả")
        SEAL = "seal", _("Đóng dấu")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    user_id = models.UUIDField()
    user_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    runs = models.PositiveSmallIntegerField(default=1)  # how often it was set going; each has an outbox key of its own

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%d/%m/%Y %H:%M}"


class SigningItem(models.Model):
    """One document of a batch. What became of the signature itself is derived from the result or the letter."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Chờ đến lượt")
        ORDERED = "ordered", _("Đã yêu cầu ký")
        REFUSED = "refused", _("Không ký được")
        SKIPPED = "skipped", _("Bỏ qua")

    batch = models.ForeignKey(SigningBatch, models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField()
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    result = models.ForeignKey(Result, models.CASCADE, null=True, related_name="+")
    paper = models.ForeignKey(IssuedPaper, models.CASCADE, null=True, related_name="+")
    version = models.PositiveIntegerField()  # of the dossier, as it was looked at
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    why = models.CharField(_("lý do"), max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="one_item_per_place_of_a_batch")]

    def __str__(self) -> str:
        return f"{self.place}. {self.get_state_display()}"


class SigningDelegation(models.Model):
    """Somebody else signs for the holder of a leader's seat (NĐ 30/2020/NĐ-CP art. 13); rows stay when withdrawn.

    For a deputy (KT.), the head of a unit by order (TL.), or by a written authorisation (TUQ.). It covers one dossier,
    some procedures, or all that the giver signs; who has it signs and sends back, nothing else, and never passes it on.
    """

    class Capacity(models.TextChoices):
        FOR = "KT.", _("KT. (ký thay)")
        BY_ORDER = "TL.", _("TL. (thừa lệnh)")
        AUTHORISED = "TUQ.", _("TUQ. (thừa ủy quyền)")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    giver = models.ForeignKey("procedures.Position", models.PROTECT, related_name="+")
    taker = models.ForeignKey("procedures.Position", models.PROTECT, related_name="+")
    capacity = models.CharField(_("ký theo"), max_length=4, choices=Capacity.choices)
    procedures = ArrayField(models.IntegerField(), default=list, blank=True)  # keys of procedures; empty: all of them
    dossier = models.ForeignKey(Dossier, models.CASCADE, null=True, related_name="+")
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến hết ngày"), null=True)
    ground = models.CharField(_("căn cứ"), max_length=200, blank=True)  # number and date of the paper or regulation
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(capacity="TUQ.") | (Q(ends_on__isnull=False) & ~Q(ground="")),
                name="authority_in_writing_and_limited_in_time",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="delegation_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["taker"], condition=Q(withdrawn_at=None), name="delegations_of_a_taker")]

    def __str__(self) -> str:
        return f"{self.capacity} {self.giver_id} → {self.taker_id}"

    def covers(self, *, procedure_id: int, dossier_id: uuid.UUID) -> bool:
        """Whether a dossier of that procedure may be signed under it."""
        if self.dossier_id is not None:
            return self.dossier_id == dossier_id
        return not self.procedures or procedure_id in self.procedures
