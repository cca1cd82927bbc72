"""The postal return: book what was promised, print what the postman takes along, ask where parcels are."""

import datetime as dt
import logging
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import outbox, paper_facts, returning
from dossiers.models import HandedPaper, OutboxMessage, Shipment
from dossiers.ports.postal.base import ParcelOrder, PostalAddress, TrackingEvent, carrier
from portal.floor import printing
from portal.floor.actor import SYSTEM, Actor
from portal.floor.ports import PortError
from portal.floor.typesetting import paper, typeset
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
        sender=PostalAddress(agency.name, agency.phone, _seat_of(agency), province, district),
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


def labels(shipments: Sequence[Shipment]) -> bytes:
    """Address labels, eight to an A4 sheet, each with the parcel's number as a QR code. Raises TypesettingError."""
    rows = [
        {
            "number": one.item_code or one.order_number, "code": str(one.dossier), "receiver": _told(one.receiver),
            "sender": {"name": one.dossier.receiving_agency.one_stop_name or one.dossier.receiving_agency.name,
                       "phone": one.dossier.receiving_agency.phone, "address": _seat_of(one.dossier.receiving_agency)},
        }
        for one in shipments
    ]  # fmt: skip
    codes = {f"p{place}_url": row["number"] for place, row in enumerate(rows)}
    return typeset(paper("labels"), {"labels": rows, **codes})


def hand_over_lists(shipments: Sequence[Shipment], *, by: Actor, at: dt.datetime) -> bytes:
    """Bảng kê: what the counter gives the postman, signed by both; a list for each agency (QĐ 45/2016/QĐ-TTg).

    `shipments`: those of an agency beside each other. Raises TypesettingError.
    """
    along: dict[Any, list[str]] = {}
    for one in HandedPaper.objects.filter(dossier__in=[parcel.dossier_id for parcel in shipments], held__gt=0,
                                          given_back_at=None).order_by("pk"):  # fmt: skip
        along.setdefault(one.dossier_id, []).append(one.name)
    lists = []
    for agency, parcels in groupby(shipments, key=lambda one: one.dossier.receiving_agency):
        rows = [
            {"number": parcel.item_code or parcel.order_number, "code": str(parcel.dossier),
             "originals": "; ".join(along.get(parcel.dossier_id, ())), **_told(parcel.receiver)}
            for parcel in parcels
        ]  # fmt: skip
        facts = paper_facts.letterhead(agency, at=at) | {
            "unit": agency.one_stop_name or "Bộ phận một cửa", "printed_at": paper_facts.iso(at), "rows": rows,
            "officer": {"name": by.name},
        }  # fmt: skip
        lists.append(typeset(paper("hand_over_list"), facts))
    return printing.joined(lists)


def _told(receiver: dict[str, Any]) -> dict[str, str]:
    return {name: str(receiver.get(name) or "") for name in ("name", "phone", "address")}


def _seat_of(agency: Agency) -> str:
    return agency.address or agency.place


outbox.register("shipment.book", book)
