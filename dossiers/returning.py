"""Trả kết quả: at the counter, on the network, or by post; and the fee on the way."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import deadlines, notices, outbox, series
from dossiers.lifecycle import Change, move
from dossiers.models import Dossier, HandedPaper, Payment, Shipment, ShipmentEvent
from dossiers.numbering import paper_number
from dossiers.ports.postal.base import TrackingEvent
from dossiers.refusals import MoveRefused
from dossiers.states import CLOSED, Status
from portal.floor.actor import Actor
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import Position
from procedures.ruleset import Rules


def record_payment(dossier: Dossier, *, by: Actor, at: dt.datetime, method: str) -> Payment:
    """The cashier takes the money and gives a receipt number. Raises MoveRefused."""
    if not may_take_fee(dossier, by, on=series.day(at)):
        raise MoveRefused(_("Chỉ người thu phí của nơi tiếp nhận mới ghi thu được."))
    if method not in Payment.Method.values:
        raise MoveRefused(_("Hãy chọn cách nộp tiền."))
    with transaction.atomic():
        payment = Payment.objects.select_for_update().filter(dossier=dossier, paid_at=None, amount__gt=0).first()
        if payment is None or dossier.status in CLOSED:
            raise MoveRefused(_("Hồ sơ này không có khoản nào phải nộp."))
        serial = series.allocate(agency_id=dossier.receiving_agency_id, kind="payment", period=f"{series.day(at):%Y}")
        payment.paid_at, payment.method, payment.cashier_name = at, method, by.name
        payment.receipt_number = paper_number(serial, "BL")
        payment.save(update_fields=["paid_at", "method", "cashier_name", "receipt_number"])
    return payment


def may_take_fee(dossier: Dossier, by: Actor, *, on: dt.date) -> bool:
    """Whether this officer takes the fees where the dossier was received: the cashier; the receiver where none sits.

    A commune's counter is often one person. Without a cashier nobody could be given on the spot what costs a fee
    (NĐ 61/2018 art. 17.4); with one, who receives and who takes the money stay apart.
    """
    agency = dossier.receiving_agency_id
    if by.seat_for(agency_id=agency, roles=("cashier",)):
        return True
    alone = by.seat_for(agency_id=agency, roles=("receiver",)) is not None
    return alone and not Position.objects.in_force(on).filter(agency=agency, role="cashier").exists()


class Capacity(models.TextChoices):
    """As what somebody collects (NĐ 61/2018 art. 20.4)."""

    OWNER = "owner", _lazy("Chủ hồ sơ")
    PROXY = "proxy", _lazy("Người được ủy quyền")
    COURIER = "courier", _lazy("Nhân viên bưu chính")


def held(dossier: Dossier) -> list[HandedPaper]:
    """The originals taken for comparison that the owner has not got back."""
    return list(dossier.handed.filter(held__gt=0, given_back_at=None).order_by("pk"))


def hand_out(
    dossier: Dossier, *, by: Actor, at: dt.datetime, collector: str, paper: str, capacity: str = Capacity.OWNER,
    authorisation: str = "", receipt_shown: bool = True, given_back: Collection[int] = (), signed: str = "",
    shown: str = "",
) -> Dossier:  # fmt: skip
    """Hand the result over the counter to a named person whose paper was checked (NĐ 61/2018 art. 20).

    `authorisation`: number and day of the paper that a proxy shows; `given_back`: the held originals that are handed
    over too, by key; `signed`, `shown`: the attachments with the collector's signature and with the authorisation.
    Raises MoveRefused while an original is held that is not given back.
    """
    if not collector.strip() or not paper.strip():
        raise MoveRefused(_("Hãy ghi người nhận và giấy tờ đã xem."))
    if capacity not in Capacity.values:
        raise MoveRefused(_("Hãy chọn người nhận là ai."))
    if capacity == Capacity.PROXY and not authorisation.strip():
        raise MoveRefused(_("Hãy ghi số, ngày của giấy ủy quyền đã xem."))
    _settled(dossier)
    originals = held(dossier)
    if kept := [one.name for one in originals if one.pk not in given_back]:
        raise MoveRefused(_("Còn giữ bản chính: %(list)s. Trả lại rồi đánh dấu từng giấy.") % {"list": "; ".join(kept)})
    snapshot = {"collector": collector, "paper": paper, "capacity": str(capacity), "receipt_shown": receipt_shown}
    more = {"authorisation": authorisation, "originals": [one.name for one in originals],
            "signed": signed, "shown": shown}  # fmt: skip
    with transaction.atomic():
        _give(originals, to=collector, at=at)
        return _end(dossier, "hand_out", by=by, at=at, snapshot=snapshot | {k: v for k, v in more.items() if v})


def give_back(dossier: Dossier, *, by: Actor, at: dt.datetime, originals: Collection[int], to: str) -> Dossier:
    """Give held originals (by key) back without a result, or before it: refused, stopped, withdrawn, or needed.

    Raises MoveRefused without a name or without an original that is still held.
    """
    if not to.strip():
        raise MoveRefused(_("Hãy ghi người nhận lại bản chính."))
    given = [one for one in held(dossier) if one.pk in originals]
    if not given:
        raise MoveRefused(_("Hãy đánh dấu bản chính trả lại."))
    snapshot = {"to": to, "originals": [one.name for one in given]}
    with transaction.atomic():
        move(dossier, "give_back", to=Status(dossier.status), by=by, at=at, snapshot=snapshot)
        _give(given, to=to, at=at)
    return dossier


def shelve(dossier: Dossier, *, by: Actor, at: dt.datetime, place: str) -> Dossier:
    """Nobody has come for it: note where the paper lies, in sixty letters. Raises MoveRefused without a place."""
    if not place.strip():
        raise MoveRefused(_("Hãy ghi nơi cất kết quả."))
    change = Change({"shelf": place.strip()[:60]})
    move(dossier, "shelve", to=Status.RESOLVED, by=by, at=at, note=place, change=change)
    return dossier


def collect_online(dossier: Dossier, *, by: Actor, at: dt.datetime) -> Dossier:
    """The citizen opens the signed result: it has been returned.

    Raises MoveRefused while originals are held: the result is the citizen's to read, the dossier stays open.
    """
    _settled(dossier)
    if held(dossier):
        raise MoveRefused(_("Một cửa còn giữ bản chính của bạn. Hồ sơ kết thúc khi bạn đến nhận lại."))
    return _end(dossier, "collect_online", by=by, at=at)


def post(dossier: Dossier, *, by: Actor, at: dt.datetime) -> Shipment:
    """Hand the result to the carrier; originals that are held go into the parcel.

    The booking is promised; delivery alone ends the dossier. Raises MoveRefused.
    """
    _settled(dossier)
    collector = dossier.parties.filter(role="collector").first()
    if collector is None or not collector.address:
        raise MoveRefused(_("Hồ sơ không có địa chỉ nhận bưu điện."))
    receiver = {
        "name": collector.name,
        "phone": collector.phone,
        "address": collector.address,
        "email": collector.email,
    }
    attempt = dossier.shipments.count() + 1
    order_number = f"{dossier.code}-{attempt}"
    snapshot: dict[str, Any] = {"order": order_number}
    if originals := [one.name for one in held(dossier)]:
        snapshot["originals"] = originals
    with transaction.atomic():
        change = Change({"in_post": True, **deadlines.NOBODY_WAITS})
        change.promises = [
            outbox.promise("shipment.book", key=f"shipment.book:{order_number}", at=at, dossier_id=dossier.pk),
            notices.to_citizen(dossier, "posted", at=at),
        ]
        move(dossier, "post", to=Status.RESOLVED, by=by, at=at, snapshot=snapshot, change=change)
        return Shipment.objects.create(
            dossier=dossier, attempt=attempt, order_number=order_number, receiver=receiver, requested_at=at
        )


def note_tracking(shipment: Shipment, event: TrackingEvent, *, by: Actor, at: dt.datetime) -> bool:
    """One line of the carrier's news, told by poll or by callback, in any order and however often. True when new."""
    try:
        with transaction.atomic():
            ShipmentEvent.objects.create(
                shipment=shipment, key=event.key, state=event.state, at=event.at, note=event.note[:300]
            )
            _apply(shipment, event, by=by, at=at)
    except IntegrityError as error:
        if "one_row_per_tracking_event" in str(error):
            return False
        raise
    return True


_ORDER = [state.value for state in Shipment.State]


def _apply(shipment: Shipment, event: TrackingEvent, *, by: Actor, at: dt.datetime) -> None:
    current = Shipment.objects.select_for_update().select_related("dossier").get(pk=shipment.pk)
    if current.ended_at is not None or _ORDER.index(event.state) <= _ORDER.index(current.state):
        return
    state = Shipment.State(event.state)
    current.state = state
    dossier, reason = current.dossier, event.note
    if state == Shipment.State.RETURNED and _given_up_early(current):
        reason = "; ".join(
            filter(None, [reason, _("bưu điện chưa mời đủ số lần theo quy định, hãy yêu cầu giải trình")])
        )
    if state in Shipment.ENDED:
        current.ended_at, current.reason = event.at, reason[:300]
    current.save(update_fields=["state", "ended_at", "reason"])
    if state == Shipment.State.DELIVERED:
        confirm_delivered(dossier, by=by, at=event.at)
    elif state in Shipment.ENDED:
        delivery_failed(dossier, by=by, at=at, reason=reason)
    elif state in (Shipment.State.INVITED_1, Shipment.State.INVITED_2):
        outbox.keep([outbox.promise(
            "notice.citizen", topic="invited", key=f"invited:{current.pk}:{state}", at=at,
            dossier_id=dossier.pk, lane=f"notice:{dossier.pk}", 
            payload={"times": 1 if state == Shipment.State.INVITED_1 else 2},
        )])  # fmt: skip


def _given_up_early(shipment: Shipment) -> bool:
    """Whether it came back before two invitations so many working days apart (TT 17/2017/TT-BTTTT)."""
    states = (Shipment.State.INVITED_1, Shipment.State.INVITED_2)
    invited = list(shipment.events.filter(state__in=states).order_by("state").values_list("at", flat=True))
    if len(invited) < len(states):
        return True
    gap = Rules.of(shipment.dossier.rule_profile).postal_invitation_gap_days
    return worktime.working_days_between(calendar_for(shipment.dossier.receiving_agency_id), *invited) < gap


def confirm_delivered(dossier: Dossier, *, by: Actor, at: dt.datetime) -> Dossier:
    """The carrier has the receiver's signature: returned, with the originals, at the time of delivery (§14)."""
    collector = dossier.parties.filter(role="collector").first()
    with transaction.atomic():
        _give(held(dossier), to=collector.name if collector else dossier.applicant_name, at=at)
        return _end(dossier, "confirm_delivered", by=by, at=at)


def delivery_failed(dossier: Dossier, *, by: Actor, at: dt.datetime, reason: str) -> Dossier:
    """After two invitations the parcel is back at the agency: the result waits at the counter, all are told."""
    due = deadlines.return_due(agency_id=dossier.receiving_agency_id, at=at, rules=Rules.of(dossier.rule_profile))
    change = Change({"in_post": False, **due.as_next()})
    change.promises = [
        notices.to_citizen(dossier, "parcel_returned", at=at, reason=reason),
        notices.to_holder(dossier, "parcel_returned", at=at, reason=reason),
    ]
    move(dossier, "delivery_failed", to=Status.RESOLVED, by=by, at=at, note=reason, change=change)
    return dossier


def booking_failed(shipment: Shipment, *, by: Actor, at: dt.datetime, reason: str) -> Dossier:
    """The carrier will not take the parcel: its order is cancelled and the result waits at the counter."""
    with transaction.atomic():
        current = Shipment.objects.select_for_update().select_related("dossier").get(pk=shipment.pk)
        current.state, current.ended_at, current.reason = Shipment.State.CANCELLED, at, reason
        current.save(update_fields=["state", "ended_at", "reason"])
        return delivery_failed(current.dossier, by=by, at=at, reason=reason)


def _give(originals: list[HandedPaper], *, to: str, at: dt.datetime) -> None:
    for one in originals:
        one.given_back_at, one.given_back_to = at, to
        one.save(update_fields=["given_back_at", "given_back_to"])


def _settled(dossier: Dossier) -> None:
    if dossier.in_post:
        raise MoveRefused(_("Kết quả đang ở bưu điện."))
    if Payment.objects.filter(dossier=dossier, paid_at=None, amount__gt=0).exists():
        raise MoveRefused(_("Còn phí, lệ phí chưa nộp. Thu tiền trước khi trả kết quả."))


def _end(dossier: Dossier, name: str, *, by: Actor, at: dt.datetime, snapshot: dict[str, Any] | None = None) -> Dossier:
    change = Change({"returned_at": at, "in_post": False, "holder_role": "", **deadlines.NOBODY_WAITS})
    change.promises = [notices.to_citizen(dossier, "returned", at=at)]
    move(dossier, name, to=Status.RETURNED, by=by, at=at, snapshot=snapshot, change=change)
    return dossier
