"""What every postal carrier must do for us. A vendor is a module beside this one, named by POSTAL_CARRIER."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from portal.floor.ports import PortError


class ParcelState(StrEnum):
    """Where a parcel can be. At least two invitations come before it goes back (QĐ 45/2016/QĐ-TTg)."""

    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    INVITED_1 = "invited_1"
    INVITED_2 = "invited_2"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class PostalAddress:
    """A sender or receiver. Codes are national unit codes; `district` is empty where there are two levels."""

    name: str
    phone: str
    address: str
    province: str
    district: str = ""
    email: str = ""


@dataclass(frozen=True)
class ParcelOrder:
    """One parcel. `order_number` is ours and is booked once for ever; `collect` is in đồng, taken on delivery."""

    order_number: str
    sender: PostalAddress
    receiver: PostalAddress
    description: str
    collect: int = 0
    item_code: str = ""  # a label taken from our stock; empty: the carrier gives one


@dataclass(frozen=True)
class Booking:
    """The carrier's promise: the code on the parcel's label."""

    order_number: str
    item_code: str


@dataclass(frozen=True)
class TrackingEvent:
    """One step of a parcel. `key` is the same however often the event is told; `at` is the time of delivery or of the
    recipient's signature, not of the telling."""

    key: str
    item_code: str
    order_number: str
    state: ParcelState
    at: dt.datetime
    note: str = ""
    signed_by: str = ""


class PostalCarrier(Protocol):
    """Every call raises PortError; it is safe to repeat each of them."""

    def book(self, order: ParcelOrder) -> Booking:
        """Ask for a parcel. Asked again with the same order, gives the same booking."""

    def track(self, item_code: str) -> list[TrackingEvent]:
        """Everything that happened to the parcel, oldest first."""

    def cancel(self, item_code: str, reason: str) -> None:
        """Take the order back; refused for good once the parcel is under way."""

    def verify_callback(self, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> TrackingEvent:
        """The event a carrier's call at `at` tells. A permanent PortError: not from the carrier, or too old."""


def carrier() -> PostalCarrier:
    """The carrier this installation has a contract with. Raises PortError while none is set."""
    if not settings.CARRIER_URL:
        raise PortError("CARRIER_URL is not set")
    vendor = import_string(settings.POSTAL_CARRIER)
    return cast(
        PostalCarrier,
        vendor(url=settings.CARRIER_URL, customer_code=settings.CARRIER_CUSTOMER_CODE, secret=settings.CARRIER_SECRET),
    )
