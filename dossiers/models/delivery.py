"""Money and post: two axes beside the status."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.floor.fields import EncryptedJSONField, EncryptedTextField
from portal.floor.ids import uuid7


class Payment(models.Model):
    """What is owed for a dossier, fixed at acceptance, and what was paid."""

    class Method(models.TextChoices):
        CASH = "cash", _("Tiền mặt tại quầy")
        TRANSFER = "transfer", _("Chuyển khoản")
        ONLINE = "online", _("Thanh toán trực tuyến")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="payment")
    lines = models.JSONField(default=list)  # [{"name", "amount"}]
    amount = models.PositiveIntegerField()
    paid_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=10, choices=Method.choices, blank=True)
    receipt_number = models.CharField(max_length=40, blank=True)
    cashier_name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.amount} đồng"


class Shipment(models.Model):
    """A parcel with the result. Its life never changes the status, but delivery ends the dossier (9 → 10)."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Chờ bưu điện nhận")
        BOOKED = "booked", _("Bưu điện đã nhận đơn")
        ACCEPTED = "accepted", _("Bưu điện đã lấy bưu phẩm")
        IN_TRANSIT = "in_transit", _("Đang chuyển")
        INVITED_1 = "invited_1", _("Đã mời nhận lần 1")
        INVITED_2 = "invited_2", _("Đã mời nhận lần 2")
        DELIVERED = "delivered", _("Đã phát")
        RETURNED = "returned", _("Đã trả về cơ quan")
        CANCELLED = "cancelled", _("Đã hủy đơn")

    ENDED = ("delivered", "returned", "cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="shipments")
    attempt = models.PositiveSmallIntegerField(default=1)
    order_number = models.CharField(max_length=80, unique=True)
    item_code = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    receiver = EncryptedJSONField(default=dict)  # {"name", "phone", "address", "email"}
    requested_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = EncryptedTextField(blank=True, default="")  # in the carrier's words

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "attempt"], name="one_shipment_per_attempt"),
            models.UniqueConstraint(
                fields=["dossier"], condition=models.Q(ended_at=None), name="one_parcel_under_way_per_dossier"
            ),
        ]

    def __str__(self) -> str:
        return self.item_code or self.order_number


class ShipmentEvent(models.Model):
    """One line of the carrier's tracking, kept once however often it is told."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="events")
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=Shipment.State.choices)
    at = models.DateTimeField()
    note = EncryptedTextField(blank=True, default="", aad_from="key")  # may name who was met

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "key"], name="one_row_per_tracking_event")]

    def __str__(self) -> str:
        return f"{self.state} {self.at:%d/%m/%Y %H:%M}"
