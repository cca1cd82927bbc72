"""VNPost's words for what the book holds. Times are local, dd/MM/yyyy HH:mm:ss."""

import json
import sqlite3
from datetime import datetime

from tests.simulators.carrier.parcels import STATES

TIME = "%d/%m/%Y %H:%M:%S"


def done(**content: object) -> dict[str, object]:
    return {"Status": "100", "Message": "Thành công", **content}


def refused(message: str) -> dict[str, object]:
    return {"Status": "500", "Message": message}


def event(row: sqlite3.Row) -> dict[str, object]:
    return {
        "Id": row["id"],
        "ItemCode": row["item_code"],
        "OrderNumber": row["order_number"],
        "StatusCode": STATES[row["state"]].code,
        "StatusName": STATES[row["state"]].name,
        "StatusTime": datetime.fromisoformat(row["at"]).strftime(TIME),
        "Note": row["note"],
        "SignedBy": row["signed_by"],
    }


def price(request: dict[str, object]) -> int:
    """Postage in đồng of a parcel of `weight` grams: within the province or beyond, twice with a way back."""
    near = request.get("senderProvCode") == request.get("receiverProvCode")
    steps = -(-max(int(str(request.get("weight") or 100)), 1) // 100)
    one_way = (26_000 if near else 30_000) + (steps - 1) * 2_500
    return one_way * (2 if request.get("isreturn") else 1)


def callback(row: sqlite3.Row) -> bytes:
    return json.dumps(event(row), ensure_ascii=False).encode()
