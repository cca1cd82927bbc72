"""The postal return: book what was promised, ask the carrier where parcels are, tell the verbs."""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import outbox, returning
from dossiers.models import OutboxMessage, Shipment
from dossiers.ports.postal.base import ParcelOrder, PostalAddress, TrackingEvent, carrier
from portal.floor.actor import SYSTEM
from portal.floor.ports import PortError
from procedures.models import Agency, ProvinceProfile

log = logging.getLogger(__name__)


def book(message: OutboxMessage) -> None:
    """Give the parcel to the carrier under our order number: asked twice, it gives the same label. Raises PortError."""
    shipment = Shipment.objects.select_related("dossier__receiving_agency__unit__parent__parent").get(
        order_number=message.key.partition(":")[2]
    )
    if shipment.item_code:
        return
    agency, receiver = shipment.dossier.receiving_agency, shipment.receiver
    district, province = _unit_codes(agency)
    order = ParcelOrder(
        order_number=shipment.order_number,
        sender=PostalAddress(agency.name, agency.phone, agency.address or agency.place, province, district),
        # The receiver's address is a text that names its units; the carrier sorts by the codes where it has them.
        receiver=PostalAddress(
            receiver["name"],
            receiver["phone"],
            receiver["address"],
            receiver.get("province") or province,
            receiver.get("district", ""),
            email=receiver["email"],
        ),
        description=f"Kết quả hồ sơ {shipment.dossier.code}",
    )
    try:
        booking = carrier().book(order)
    except PortError as error:
        if not error.permanent and message.attempts < outbox.GIVE_UP_AFTER:
            raise
        # Nobody would ever carry it: the result waits at the counter again, and can be posted anew.
        log.warning("%s is not booked: %s", shipment.order_number, type(error).__name__)
        returning.booking_failed(shipment, reason=_("Bưu điện không nhận đơn gửi."), by=SYSTEM, at=timezone.now())
        return
    Shipment.objects.filter(pk=shipment.pk, item_code="").update(
        item_code=booking.item_code, state=Shipment.State.BOOKED, booked_at=timezone.now()
    )


def _unit_codes(agency: Agency) -> tuple[str, str]:
    """National codes of the district ("" where there is none) and the province of an agency's seat."""
    codes = {"district": "", "province": ""}
    unit = agency.unit
    while unit is not None:
        codes[unit.level] = unit.code
        unit = unit.parent
    profile = ProvinceProfile.objects.select_related("unit").first()
    at_home = profile.unit.code if profile and profile.unit else ""
    return codes["district"], codes["province"] or at_home


def poll(*, at: dt.datetime, limit: int = 200) -> int:
    """Ask about parcels under way, the longest unasked first; the number of new tracking lines."""
    with transaction.atomic():
        waiting = (
            Shipment.objects.filter(ended_at=None).exclude(item_code="").order_by(F("polled_at").asc(nulls_first=True))
        )
        due = list(waiting.select_for_update(skip_locked=True)[:limit])
        Shipment.objects.filter(pk__in=[shipment.pk for shipment in due]).update(polled_at=at)
    new = 0
    for shipment in due:
        try:
            events = carrier().track(shipment.item_code)
        except PortError:
            log.warning("the carrier did not answer about %s", shipment.item_code)
            continue
        new += sum([returning.note_tracking(shipment, event, by=SYSTEM, at=at) for event in events])
    return new


def take_callback(event: TrackingEvent, *, at: dt.datetime) -> bool:
    """One verified callback of the carrier; False when it is about no parcel of ours or already known."""
    shipment = Shipment.objects.filter(item_code=event.item_code).first()
    return shipment is not None and returning.note_tracking(shipment, event, by=SYSTEM, at=at)


outbox.register("shipment.book", book)
