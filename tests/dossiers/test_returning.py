"""Trả kết quả, rule by rule: counter, network, post; money before paper; the parcel that comes back."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from dossiers import access, intake, outbox, postal, returning, withdrawing
from dossiers.chain import is_whole as chain_is_whole
from dossiers.models import Dossier, HandedPaper, OutboxMessage, Payment, Shipment
from dossiers.ports.postal.base import ParcelState, TrackingEvent
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import SYSTEM
from portal.floor.ports import PortError
from procedures.ruleset import Rules
from tests.dossiers.conftest import applicant_of
from tests.dossiers.results import LATER, issued
from tests.world import AN_ADDRESS, MONDAY, World


@pytest.fixture
def ready(world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]) -> Dossier:
    return issued(world, received, climb)


@pytest.fixture
def parcel(world: World, ready: Dossier) -> Shipment:
    shipment = returning.post(ready, by=world.actor("giang"), at=LATER)
    shipment.item_code = "RB1"
    shipment.save()
    return shipment


def news(shipment: Shipment, state: ParcelState, hours: int = 1, note: str = "") -> TrackingEvent:
    return TrackingEvent(
        key=f"{shipment.item_code}:{state}", item_code=shipment.item_code, order_number=shipment.order_number,
        state=state,
        at=LATER + dt.timedelta(hours=hours), note=note,
    )  # fmt: skip


def tell(shipment: Shipment, *states: ParcelState, note: str = "") -> None:
    for hours, state in enumerate(states, 1):
        returning.note_tracking(shipment, news(shipment, state, hours, note), by=SYSTEM, at=LATER)


def test_handing_out_names_the_collector_and_ends_the_dossier(world: World, ready: Dossier) -> None:
    with pytest.raises(MoveRefused, match="người nhận"):
        returning.hand_out(ready, by=world.actor("giang"), at=LATER, collector="", paper="")
    returning.hand_out(ready, by=world.actor("giang"), at=LATER, collector="Nguyễn Thị An", paper="Căn cước")
    assert (ready.status, ready.returned_at) == (Status.RETURNED, LATER)
    assert ready.events.last().snapshot == {
        "collector": "Nguyễn Thị An", "paper": "Căn cước", "capacity": "owner", "receipt_shown": True,
    }  # fmt: skip
    assert chain_is_whole(Dossier.objects.get(pk=ready.pk))


def test_a_proxy_shows_the_authorisation_and_a_lost_receipt_is_noted(world: World, ready: Dossier) -> None:
    giang, who = world.actor("giang"), {"collector": "Trần Quang Vinh", "paper": "Căn cước"}
    with pytest.raises(MoveRefused, match="giấy ủy quyền"):
        returning.hand_out(ready, by=giang, at=LATER, capacity="proxy", **who)
    with pytest.raises(MoveRefused, match="người nhận là ai"):
        returning.hand_out(ready, by=giang, at=LATER, capacity="neighbour", **who)
    more = {"authorisation": "Giấy ủy quyền 12/11/2026", "signed": "0193"}
    returning.hand_out(ready, by=giang, at=LATER, capacity="proxy", receipt_shown=False, **who, **more)
    said = {"capacity": "proxy", "receipt_shown": False}
    assert ready.events.last().snapshot == who | more | said


def hold(dossier: Dossier, *names: str) -> list[int]:
    """Originals of the dossier that were kept at the counter; their keys."""
    return [
        HandedPaper.objects.create(
            dossier=dossier, document_key=f"giay-{number}", name=name, originals=1, held=1, taken_at=MONDAY,
            taken_by="Nguyễn Văn Bình",
        ).pk
        for number, name in enumerate(names)
    ]  # fmt: skip


def test_original_papers_must_be_returned_before_close(world: World, ready: Dossier) -> None:
    giang, who = world.actor("giang"), {"collector": "Nguyễn Thị An", "paper": "Căn cước"}
    first, second = hold(ready, "Sổ đỏ", "Giấy chứng sinh")
    with pytest.raises(MoveRefused, match="Sổ đỏ; Giấy chứng sinh"):
        returning.hand_out(ready, by=giang, at=LATER, **who)
    with pytest.raises(MoveRefused, match="bản chính: Giấy chứng sinh"):
        returning.hand_out(ready, by=giang, at=LATER, given_back=[first], **who)
    assert not HandedPaper.objects.exclude(given_back_at=None).exists()
    returning.hand_out(ready, by=giang, at=LATER, given_back=[first, second], **who)
    assert set(HandedPaper.objects.values_list("given_back_at", flat=True)) == {LATER}
    assert {paper.given_back_to for paper in HandedPaper.objects.all()} == {"Nguyễn Thị An"}
    assert ready.events.last().snapshot["originals"] == ["Sổ đỏ", "Giấy chứng sinh"]


def test_originals_are_given_back_on_their_own(world: World, submitted: Dossier) -> None:
    intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="Không thuộc thẩm quyền")
    closed = submitted.closed_at
    (held,) = hold(submitted, "Sổ đỏ")
    binh = world.actor("binh")
    with pytest.raises(MoveRefused, match="người nhận lại"):
        returning.give_back(submitted, by=binh, at=LATER, originals=[held], to=" ")
    with pytest.raises(MoveRefused, match="đánh dấu bản chính"):
        returning.give_back(submitted, by=binh, at=LATER, originals=[], to="Nguyễn Thị An")
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        returning.give_back(submitted, by=world.actor("chi"), at=LATER, originals=[held], to="Nguyễn Thị An")
    returning.give_back(submitted, by=binh, at=LATER, originals=[held], to="Nguyễn Thị An")
    assert (submitted.status, submitted.closed_at) == (Status.NOT_RECEIVED, closed)
    assert not returning.held(submitted)
    assert submitted.events.last().snapshot == {"to": "Nguyễn Thị An", "originals": ["Sổ đỏ"]}
    assert chain_is_whole(Dossier.objects.get(pk=submitted.pk))


def test_while_originals_are_held_reading_on_line_does_not_end_the_dossier(world: World, ready: Dossier) -> None:
    (held,) = hold(ready, "Sổ đỏ")
    with pytest.raises(MoveRefused, match="còn giữ bản chính"):
        returning.collect_online(ready, by=world.actor("an"), at=LATER)
    returning.give_back(ready, by=world.actor("giang"), at=LATER, originals=[held], to="Nguyễn Thị An")
    returning.collect_online(ready, by=world.actor("an"), at=LATER)
    assert ready.status == Status.RETURNED


def test_originals_travel_in_the_parcel_and_are_back_when_it_is_delivered(world: World, ready: Dossier) -> None:
    hold(ready, "Sổ đỏ")
    shipment = returning.post(ready, by=world.actor("giang"), at=LATER)
    assert ready.events.last().snapshot["originals"] == ["Sổ đỏ"]
    assert returning.held(ready), "until the carrier has delivered them"
    tell(shipment, ParcelState.DELIVERED)
    paper = HandedPaper.objects.get()
    assert (paper.given_back_at, paper.given_back_to) == (LATER + dt.timedelta(hours=1), "Nguyễn Thị An")


def test_early_return_notifies_first(world: World, ready: Dossier) -> None:
    assert ready.due_at is not None
    assert ready.resolved_at is not None
    assert ready.resolved_at < ready.due_at
    told = OutboxMessage.objects.get(dossier=ready, topic="result_ready")
    assert told.created_at == ready.resolved_at, "the citizen is told before anybody hands anything out"
    returning.hand_out(ready, by=world.actor("giang"), at=LATER, collector="An", paper="Căn cước")
    topics = list(OutboxMessage.objects.filter(dossier=ready).order_by("id").values_list("topic", flat=True))
    assert topics.index("result_ready") < topics.index("returned")


def test_an_uncollected_result_has_its_place_on_the_shelf(world: World, ready: Dossier) -> None:
    with pytest.raises(MoveRefused, match="nơi cất"):
        returning.shelve(ready, by=world.actor("giang"), at=LATER, place=" ")
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        returning.shelve(ready, by=world.actor("chi"), at=LATER, place="Tủ 1")
    returning.shelve(ready, by=world.actor("giang"), at=LATER, place="Tủ 1, ngăn 3")
    assert (Dossier.objects.get(pk=ready.pk).shelf, ready.status) == ("Tủ 1, ngăn 3", Status.RESOLVED)


@pytest.mark.parametrize("name", ["binh", "chi", "quyen", "an"])
def test_only_the_returner_hands_out(world: World, ready: Dossier, name: str) -> None:
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        returning.hand_out(ready, by=world.actor(name), at=LATER, collector="x", paper="y")


def test_overdue_does_not_block_return(world: World, ready: Dossier) -> None:
    late = MONDAY + dt.timedelta(days=200)
    returning.hand_out(ready, by=world.actor("giang"), at=late, collector="An", paper="Căn cước")
    assert ready.status == Status.RETURNED


def test_opening_the_signed_result_on_line_returns_it(world: World, ready: Dossier) -> None:
    returning.collect_online(ready, by=world.actor("an"), at=LATER)
    assert ready.status == Status.RETURNED


def test_posting_promises_the_booking_and_the_notice(world: World, ready: Dossier) -> None:
    shipment = returning.post(ready, by=world.actor("giang"), at=LATER)
    assert shipment.receiver["address"] == AN_ADDRESS
    assert str(ready.citizen_state) == "in_post"
    assert OutboxMessage.objects.filter(dossier=ready, kind="shipment.book").count() == 1
    with pytest.raises(MoveRefused, match="đang ở bưu điện"):
        returning.post(ready, by=world.actor("giang"), at=LATER)


def test_posting_without_an_address_is_refused(world: World, ready: Dossier) -> None:
    ready.parties.filter(role="collector").delete()
    with pytest.raises(MoveRefused, match="địa chỉ"):
        returning.post(ready, by=world.actor("giang"), at=LATER)


def test_delivery_returns_the_dossier_at_the_time_of_delivery(parcel: Shipment) -> None:
    tell(parcel, ParcelState.ACCEPTED, ParcelState.IN_TRANSIT, ParcelState.DELIVERED)
    dossier = Dossier.objects.get(pk=parcel.dossier_id)
    assert (dossier.status, dossier.returned_at) == (Status.RETURNED, LATER + dt.timedelta(hours=3))
    assert OutboxMessage.objects.filter(dossier=dossier, topic="returned").count() == 1


def test_news_told_twice_or_late_counts_once(parcel: Shipment) -> None:
    event = news(parcel, ParcelState.DELIVERED)
    assert returning.note_tracking(parcel, event, by=SYSTEM, at=LATER)
    assert not returning.note_tracking(parcel, event, by=SYSTEM, at=LATER)
    assert returning.note_tracking(parcel, news(parcel, ParcelState.IN_TRANSIT), by=SYSTEM, at=LATER)
    parcel.refresh_from_db()
    assert parcel.state == "delivered"


@pytest.mark.parametrize(
    ("days", "lawful"), [((1, 5, 6), True), ((1, 4, 5), False), ((1, None, 4), False)], ids=["lawful", "soon", "once"]
)
def test_postal_two_invitations_two_working_days_apart_then_returned_to_agency(
    world: World, parcel: Shipment, days: tuple[int | None, ...], lawful: bool
) -> None:
    """Invited on a Friday and again on the Monday, or once: the desk is told to ask the carrier why."""
    states = (ParcelState.INVITED_1, ParcelState.INVITED_2, ParcelState.RETURNED)
    for state, day in zip(states, days, strict=True):
        if day is not None:
            event = news(parcel, state, hours=24 * day, note="Không gặp người nhận")
            returning.note_tracking(parcel, event, by=SYSTEM, at=LATER)
    parcel.refresh_from_db()
    assert ("chưa mời đủ số lần" in parcel.reason) != lawful
    assert parcel.reason.startswith("Không gặp người nhận")
    assert Dossier.objects.get(pk=parcel.dossier_id).status == Status.RESOLVED


def test_a_parcel_that_came_back_can_be_posted_anew(world: World, parcel: Shipment) -> None:
    tell(parcel, ParcelState.INVITED_1, ParcelState.INVITED_2, ParcelState.RETURNED, note="Không gặp người nhận")
    dossier = Dossier.objects.get(pk=parcel.dossier_id)
    assert (dossier.status, str(dossier.citizen_state)) == (Status.RESOLVED, "result_ready")
    topics = list(OutboxMessage.objects.filter(dossier=dossier).order_by("id").values_list("topic", flat=True))
    assert topics.count("invited") == 2
    assert topics.count("parcel_returned") == 2, "the citizen and the returning desk are both told"
    again = returning.post(dossier, by=world.actor("giang"), at=LATER)
    assert (again.attempt, again.order_number[-2:]) == (2, "-2")


def test_a_cancelled_parcel_comes_back_to_the_counter(parcel: Shipment) -> None:
    tell(parcel, ParcelState.CANCELLED, note="Hủy đơn")
    assert not Dossier.objects.get(pk=parcel.dossier_id).in_post


def test_only_the_carrier_says_that_a_parcel_was_delivered_or_came_back(world: World, parcel: Shipment) -> None:
    for name in ("giang", "binh", "an"):
        with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
            returning.confirm_delivered(parcel.dossier, by=world.actor(name), at=LATER)
        with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
            returning.delivery_failed(parcel.dossier, by=world.actor(name), at=LATER, reason="Không gặp người nhận")


def test_what_the_carrier_writes_is_sealed_at_rest(parcel: Shipment) -> None:
    from django.db import connection

    tell(parcel, ParcelState.INVITED_1, ParcelState.INVITED_2, ParcelState.RETURNED, note="Gặp bà Tám, không nhận thay")
    parcel.refresh_from_db()
    assert parcel.reason.startswith("Gặp bà Tám, không nhận thay")
    assert {event.note for event in parcel.events.all()} == {"Gặp bà Tám, không nhận thay"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM dossiers_shipmentevent UNION ALL SELECT reason FROM dossiers_shipment")
        assert all("Tám".encode() not in bytes(row[0]) for row in cursor.fetchall())


def test_a_broken_write_is_not_mistaken_for_a_repeat(parcel: Shipment) -> None:
    from django.db import IntegrityError, transaction

    dossier = parcel.dossier
    promised = f"returned:citizen:{dossier.pk}:{dossier.events_count + 1}"
    OutboxMessage.objects.create(kind="notice.citizen", key=promised, lane="x", created_at=LATER, next_at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        returning.note_tracking(parcel, news(parcel, ParcelState.DELIVERED), by=SYSTEM, at=LATER)
    assert not parcel.events.exists()
    assert Dossier.objects.get(pk=dossier.pk).status == Status.RESOLVED


@pytest.fixture
def owing(world: World) -> Dossier:
    draft = intake.start(world.birth, by=world.actor("an"), at=MONDAY, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=MONDAY, answers={"child_name": "Nguyễn Bé"}, delivery={"mode": "desk"})
    dossier = intake.submit(draft, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))
    return intake.receive(dossier, by=world.actor("binh"), at=MONDAY)


def test_the_cashier_records_the_fee_once_with_a_receipt_number(world: World, owing: Dossier) -> None:
    with pytest.raises(MoveRefused, match="người thu phí"):
        returning.record_payment(owing, by=world.actor("binh"), at=MONDAY, method="cash")
    with pytest.raises(MoveRefused, match="cách nộp"):
        returning.record_payment(owing, by=world.actor("thao"), at=MONDAY, method="gold")
    payment = returning.record_payment(owing, by=world.actor("thao"), at=MONDAY, method="cash")
    assert payment.receipt_number == "01/BL"
    with pytest.raises(MoveRefused, match="không có khoản nào"):
        returning.record_payment(owing, by=world.actor("thao"), at=MONDAY, method="cash")


def test_no_result_leaves_the_house_before_the_fee_is_paid(world: World, ready: Dossier) -> None:
    Payment.objects.update_or_create(dossier=ready, defaults={"amount": 5000})
    with pytest.raises(MoveRefused, match="chưa nộp"):
        returning.hand_out(ready, by=world.actor("giang"), at=LATER, collector="An", paper="Căn cước")


class Refusing:
    """A carrier that takes no order, for good or just now."""

    permanent = True

    def __init__(self, **contract: str) -> None: ...

    def book(self, order: object) -> None:
        raise PortError("no such district", permanent=self.permanent)


@pytest.mark.parametrize(("permanent", "attempts"), [(True, 0), (False, outbox.GIVE_UP_AFTER - 1)])
def test_a_parcel_that_nobody_will_carry_waits_at_the_counter_again(
    world: World, ready: Dossier, settings: Any, monkeypatch: pytest.MonkeyPatch, permanent: bool, attempts: int
) -> None:
    settings.POSTAL_CARRIER, settings.CARRIER_URL = f"{__name__}.Refusing", "http://carrier.invalid"
    monkeypatch.setattr(Refusing, "permanent", permanent)
    shipment = returning.post(ready, by=world.actor("giang"), at=LATER)
    OutboxMessage.objects.filter(kind="shipment.book").update(attempts=attempts)
    assert outbox.perform_now(f"shipment.book:{shipment.order_number}")
    dossier = Dossier.objects.get(pk=ready.pk)
    assert (dossier.in_post, dossier.holder_role, dossier.shipments.get().state) == (False, "returner", "cancelled")
    assert OutboxMessage.objects.filter(dossier=dossier, topic="parcel_returned").count() == 2
    returning.hand_out(dossier, by=world.actor("giang"), at=LATER, collector="Nguyễn Thị An", paper="Căn cước")


def test_a_carrier_that_is_away_is_asked_again(
    world: World, ready: Dossier, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.POSTAL_CARRIER, settings.CARRIER_URL = f"{__name__}.Refusing", "http://carrier.invalid"
    monkeypatch.setattr(Refusing, "permanent", False)
    shipment = returning.post(ready, by=world.actor("giang"), at=LATER)
    assert not outbox.perform_now(f"shipment.book:{shipment.order_number}")
    assert Dossier.objects.get(pk=ready.pk).in_post


class Silent(Refusing):
    """A carrier that says nothing about any parcel, and keeps what it was asked."""

    asked: ClassVar[list[str]] = []

    def track(self, item_code: str) -> list[TrackingEvent]:
        self.asked.append(item_code)
        return []


def test_a_parcel_never_asked_about_comes_before_those_asked(parcel: Shipment, owing: Dossier, settings: Any) -> None:
    settings.POSTAL_CARRIER, settings.CARRIER_URL = f"{__name__}.Silent", "http://carrier.invalid"
    Shipment.objects.create(dossier=owing, order_number="old", item_code="RB0", requested_at=LATER, polled_at=LATER)
    postal.poll(at=LATER, limit=1)
    assert Silent.asked == ["RB1"]


def test_nothing_is_collected_for_a_dossier_that_was_withdrawn(world: World, owing: Dossier) -> None:
    withdrawing.request_withdrawal(owing, by=world.actor("an"), at=MONDAY, reason="Nhầm thủ tục")
    holder = next(name for name in ("chi", "dung", "binh") if access.may(owing, "accept_withdrawal", world.actor(name)))
    withdrawing.accept_withdrawal(owing, by=world.actor(holder), at=MONDAY)
    with pytest.raises(MoveRefused, match="không có khoản nào"):
        returning.record_payment(owing, by=world.actor("thao"), at=MONDAY, method="cash")
