"""Vietnam Post: JSON over HTTP, "100" for yes and "500" with a reason for no, local times without a zone.

Calls in both directions carry a time, a nonce and an HMAC-SHA256 over them and the body. A repeated callback does no
harm: it tells an event under the key that is already known.
"""

import datetime as dt
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import requests

from dossiers.ports.postal.base import Booking, ParcelOrder, ParcelState, PostalAddress, TrackingEvent
from portal.floor.ports import PortError

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TIME = "%d/%m/%Y %H:%M:%S"
TIMEOUT = (5, 15)  # seconds to connect, to answer
FRESH = dt.timedelta(minutes=5)
STATES = {
    "1": ParcelState.ACCEPTED,
    "2": ParcelState.IN_TRANSIT,
    "3": ParcelState.INVITED_1,
    "4": ParcelState.INVITED_2,
    "5": ParcelState.DELIVERED,
    "6": ParcelState.RETURNED,
    "7": ParcelState.CANCELLED,
}


@dataclass(frozen=True)
class VNPost:
    """A customer's contract with the carrier."""

    url: str
    customer_code: str
    secret: str

    def book(self, order: ParcelOrder) -> Booking:
        answer = self._call(
            "order",
            {
                "OrderNumber": order.order_number,
                "CODAmount": order.collect,
                **_address("Sender", order.sender),
                "SenderDesc": order.description,
                **_address("Receiver", order.receiver),
                "Description": order.description,
                "ItemCode": order.item_code,
            },
        )
        return Booking(order.order_number, _text(answer, "ItemCode"))

    def track(self, item_code: str) -> list[TrackingEvent]:
        events: list[TrackingEvent] = []
        last = 0
        while True:
            answer = self._call("tracking", {"ItemCode": item_code, "lastId": last}, method="GET")
            page, newest = answer.get("Data"), answer.get("LastId")
            if not isinstance(page, list) or not isinstance(newest, int):
                raise PortError("the carrier's tracking has no Data or no LastId")
            # The carrier's own steps between ours say nothing to a citizen.
            events += [_event(row) for row in page if not isinstance(row, dict) or row.get("StatusCode") in STATES]
            if newest <= last:
                return events
            last = newest

    def cancel(self, item_code: str, reason: str) -> None:
        self._call("cancel", {"ItemCode": item_code, "Reason": reason})

    def verify_callback(self, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> TrackingEvent:
        given = {name.lower(): value for name, value in headers.items()}
        timestamp, nonce = given.get("x-timestamp", ""), given.get("x-nonce", "")
        expected = self._signature(timestamp, nonce, body)
        if not self.secret or not hmac.compare_digest(expected.encode(), given.get("x-signature", "").encode()):
            raise PortError("the callback's signature is wrong", permanent=True)
        # The signature covers the timestamp, so it is a number the carrier wrote.
        if abs(at.timestamp() - int(timestamp)) > FRESH.total_seconds():
            raise PortError("the callback is too old", permanent=True)
        return _event(_json(body))

    def _call(self, operation: str, content: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        content = {"CustomerCode": self.customer_code, **content}
        url = f"{self.url}/{operation}"
        query = urlencode(content) if method == "GET" else ""
        body = b"" if method == "GET" else json.dumps(content, ensure_ascii=False).encode()
        try:
            response = requests.request(
                method,
                f"{url}?{query}" if query else url,
                data=body or None,
                headers=self._signed(body or query.encode()),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise PortError(f"the carrier could not be reached: {type(error).__name__}") from error
        if response.status_code != requests.codes.ok:
            raise PortError(f"the carrier answered {response.status_code}", permanent=response.status_code == 400)
        answer = _json(response.content)
        if answer.get("Status") != "100":
            raise PortError(f"the carrier refused: {answer.get('Message', '')}", permanent=True)
        return answer

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        return {
            "Content-Type": "application/json",
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": self._signature(timestamp, nonce, body),
        }

    def _signature(self, timestamp: str, nonce: str, body: bytes) -> str:
        return hmac.new(self.secret.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()


def _address(role: str, address: PostalAddress) -> dict[str, str]:
    return {
        f"{role}Name": address.name,
        f"{role}Tel": address.phone,
        f"{role}Address": address.address,
        f"{role}Province": address.province,
        f"{role}District": address.district,
        f"{role}Email": address.email,
    }


def _json(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError as error:
        raise PortError("the carrier did not answer in JSON") from error
    if not isinstance(content, dict) or ("Status" not in content and "StatusCode" not in content):
        raise PortError("the carrier's answer has no status")
    return content


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise PortError(f"the carrier's answer has no {name}")
    return value


def _event(row: Any) -> TrackingEvent:
    if not isinstance(row, dict) or row.get("StatusCode") not in STATES:
        raise PortError("the carrier told an event of a kind we do not know")
    try:
        at = dt.datetime.strptime(_text(row, "StatusTime"), TIME).replace(tzinfo=ZONE)
    except ValueError as error:
        raise PortError("the carrier told a time we cannot read") from error
    return TrackingEvent(
        key=f"{_text(row, 'ItemCode')}:{row.get('Id')}",
        item_code=_text(row, "ItemCode"),
        order_number=_text(row, "OrderNumber"),
        state=STATES[row["StatusCode"]],
        at=at,
        note=str(row.get("Note") or ""),
        signed_by=str(row.get("SignedBy") or ""),
    )
