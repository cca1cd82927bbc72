"""Every vendor of the postal port against a carrier that speaks its wire format."""

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue

import pytest
import requests
from django.utils import timezone

from dossiers.ports.postal.base import ParcelOrder, ParcelState, PostalAddress, PostalCarrier, carrier
from portal.floor.ports import PortError
from tests.simulators.registry import Running

# Simulator → vendor. Each simulator also has the control addresses of docs/how-to/add-a-postal-carrier.md.
VENDORS = {"carrier": "dossiers.ports.postal.vnpost.VNPost"}
ORDER = ParcelOrder(
    order_number="000.21.05.H62-261123-0001/1",
    sender=PostalAddress("UBND xã Xuân Lôi", "02113000000", "Thôn Đồng Xuân, xã Xuân Lôi", "26", "246"),
    receiver=PostalAddress("Nguyễn Thị An", "0912345678", "Thôn Đồng Xuân", "26", "246", "an@example.vn"),
    description="Quyết định trợ cấp thờ cúng liệt sĩ",
)


@pytest.fixture(params=VENDORS)
def post(party, settings, request) -> Running:
    running = party(request.param)
    settings.POSTAL_CARRIER = VENDORS[request.param]
    for name, value in running.environment.items():
        setattr(settings, name, value)
    return running


@pytest.fixture
def port(post: Running) -> PostalCarrier:
    return carrier()


def step(post: Running, item_code: str, state: str, **content: str) -> requests.Response:
    return requests.post(f"{post.url}/control/{item_code}/{state}", json=content, timeout=30)


def fail(post: Running, fault: str) -> None:
    requests.post(f"{post.url}/control/fault/{fault}", timeout=30).raise_for_status()


def parcels(post: Running) -> list[dict]:
    return requests.get(f"{post.url}/control/parcels", timeout=30).json()


def test_an_order_becomes_a_parcel_with_a_label(post, port):
    booking = port.book(ORDER)
    (parcel,) = parcels(post)
    assert booking.item_code == parcel["ItemCode"]
    assert parcel["payload"]["ReceiverName"] == "Nguyễn Thị An"
    assert parcel["payload"]["SenderDistrict"] == "246"


def test_a_label_from_our_own_stock_is_kept(port):
    assert port.book(replace(ORDER, item_code="RH400000995VN")).item_code == "RH400000995VN"


def test_the_same_order_twice_is_one_parcel(post, port):
    assert port.book(ORDER) == port.book(ORDER)
    assert len(parcels(post)) == 1


def test_another_order_under_a_used_number_is_refused_for_good(port):
    port.book(ORDER)
    with pytest.raises(PortError) as refusal:
        port.book(replace(ORDER, description="Giấy khai sinh"))
    assert refusal.value.permanent


def test_an_order_whose_answer_was_lost_can_be_repeated(post, port):
    fail(post, "malformed")
    with pytest.raises(PortError) as trouble:
        port.book(ORDER)
    assert not trouble.value.permanent
    fail(post, "none")
    assert port.book(ORDER).item_code == parcels(post)[0]["ItemCode"]
    assert len(parcels(post)) == 1


def test_tracking_tells_every_step_until_the_signature(post, port):
    code = port.book(ORDER).item_code
    for state in ("accepted", "in_transit", "invited_1", "invited_2"):
        assert step(post, code, state).ok
    step(post, code, "delivered", at="2026-11-27T09:30:00+07:00", signed_by="Nguyễn Thị An")
    events = port.track(code)
    assert [event.state for event in events] == ["accepted", "in_transit", "invited_1", "invited_2", "delivered"]
    assert events[-1].at == dt.datetime(2026, 11, 27, 2, 30, tzinfo=dt.UTC)
    assert events[-1].signed_by == "Nguyễn Thị An"
    assert events[-1].order_number == ORDER.order_number
    assert len({event.key for event in events}) == 5
    assert port.track(code) == events


def test_a_parcel_goes_back_only_after_two_invitations(post, port):
    code = port.book(ORDER).item_code
    for state in ("accepted", "in_transit", "invited_1"):
        step(post, code, state)
    assert step(post, code, "returned").status_code == 409
    step(post, code, "invited_2")
    step(post, code, "returned", note="Không có người nhận")
    assert (port.track(code)[-1].state, port.track(code)[-1].note) == (ParcelState.RETURNED, "Không có người nhận")


def test_an_order_can_be_taken_back_until_the_parcel_is_handed_over(post, port):
    first = port.book(ORDER).item_code
    port.cancel(first, "Công dân nhận tại quầy")
    port.cancel(first, "Công dân nhận tại quầy")
    assert [event.state for event in port.track(first)] == [ParcelState.CANCELLED]
    second = port.book(replace(ORDER, order_number="2")).item_code
    step(post, second, "accepted")
    with pytest.raises(PortError) as refusal:
        port.cancel(second, "Công dân nhận tại quầy")
    assert refusal.value.permanent


def test_an_unknown_parcel_is_no_reason_to_ask_again(port):
    with pytest.raises(PortError) as refusal:
        port.track("RH000000000VN")
    assert refusal.value.permanent


@pytest.mark.parametrize("trouble", ["down", "malformed", "killed"])
def test_a_carrier_in_trouble_is_asked_again_later(post, port, trouble):
    code = port.book(ORDER).item_code
    post.kill() if trouble == "killed" else fail(post, trouble)
    for call in (lambda: port.book(ORDER), lambda: port.track(code), lambda: port.cancel(code, "")):
        with pytest.raises(PortError) as error:
            call()
        assert not error.value.permanent


def test_a_wrong_secret_opens_nothing(post, port):
    with pytest.raises(PortError):
        replace(port, secret="another").book(ORDER)
    assert parcels(post) == []


def test_a_killed_carrier_comes_back_with_every_parcel_and_event(party, post, port):
    code = port.book(ORDER).item_code
    step(post, code, "accepted")
    before = port.track(code)
    post.kill()
    again = party(post.party.name)
    assert again.environment == post.environment
    assert port.book(ORDER).item_code == code
    assert port.track(code) == before


@pytest.fixture
def ear() -> Iterator[tuple[str, Queue]]:
    """A callback address and what was told to it."""
    heard: Queue = Queue()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.put((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", heard
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(post, port, ear) -> tuple[dict[str, str], bytes]:
    """Headers and body of the carrier's own callback about a delivery."""
    requests.post(f"{post.url}/control/callback", json={"url": ear[0]}, timeout=30).raise_for_status()
    code = port.book(ORDER).item_code
    step(post, code, "accepted")
    return ear[1].get(timeout=30)


def test_a_callback_tells_the_event_that_tracking_tells(port, told):
    event = port.verify_callback(*told, at=timezone.now())
    assert [event] == port.track(event.item_code)


def test_a_callback_under_a_wrong_signature_is_nobodys(port, told):
    headers, body = told
    for forged in (
        ({**headers, "X-Signature": "0" * 64}, body),
        ({**headers, "X-Signature": "ế"}, body),
        ({**headers, "X-Timestamp": str(int(headers["X-Timestamp"]) + 1)}, body),
        (headers, body.replace(b'"1"', b'"5"')),
        ({}, body),
    ):
        with pytest.raises(PortError) as error:
            port.verify_callback(*forged, at=timezone.now())
        assert error.value.permanent


def test_an_old_callback_is_not_taken(port, told):
    with pytest.raises(PortError):
        port.verify_callback(*told, at=timezone.now() + dt.timedelta(minutes=6))


def test_the_carrier_tells_again_what_was_not_taken(party, post, port, ear):
    code = port.book(ORDER).item_code
    requests.post(f"{post.url}/control/callback", json={"url": "http://127.0.0.1:1/"}, timeout=30).raise_for_status()
    step(post, code, "accepted")
    requests.post(f"{post.url}/control/callback", json={"url": ear[0]}, timeout=30).raise_for_status()
    event = port.verify_callback(*ear[1].get(timeout=30), at=timezone.now())
    assert event.state is ParcelState.ACCEPTED


def test_without_a_carrier_a_parcel_waits(settings):
    settings.CARRIER_URL = ""
    with pytest.raises(PortError) as trouble:
        carrier()
    assert not trouble.value.permanent
