"""The carrier's book: orders and what happened to them, in SQLite, committed before any answer."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.simulators.ledger import Ledger
from tests.simulators.serving import ZONE

SCHEMA = """
CREATE TABLE IF NOT EXISTS parcel (
    serial INTEGER PRIMARY KEY, order_number TEXT UNIQUE NOT NULL, item_code TEXT UNIQUE NOT NULL,
    payload TEXT NOT NULL, state TEXT NOT NULL, ordered_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, item_code TEXT NOT NULL REFERENCES parcel (item_code), state TEXT NOT NULL,
    at TEXT NOT NULL, note TEXT NOT NULL, signed_by TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0
);
"""
EVENTS = "SELECT event.*, order_number FROM event JOIN parcel USING (item_code)"


@dataclass(frozen=True)
class State:
    """A step of a parcel: its code and name on the wire, and the steps that may follow."""

    code: str
    name: str
    then: tuple[str, ...] = ()


STATES = {
    "ordered": State("0", "Đã nhận yêu cầu", ("accepted", "cancelled")),
    "accepted": State("1", "Chấp nhận gửi", ("in_transit",)),
    "in_transit": State("2", "Đang vận chuyển", ("invited_1", "delivered")),
    "invited_1": State("3", "Phát không thành công, mời nhận lần 1", ("invited_2", "delivered")),
    "invited_2": State("4", "Phát không thành công, mời nhận lần 2", ("returned", "delivered")),
    "delivered": State("5", "Phát thành công"),
    "returned": State("6", "Chuyển hoàn cơ quan gửi"),
    "cancelled": State("7", "Đã hủy"),
}


class Refused(Exception):
    """The carrier does not do what it was asked; the message says why."""


@dataclass(frozen=True)
class Parcel:
    order_number: str
    item_code: str
    payload: dict[str, object]
    state: str
    ordered_at: datetime

    @property
    def next_states(self) -> list[tuple[str, str]]:
        return [(name, STATES[name].name) for name in STATES[self.state].then]


def item_code(serial: int) -> str:
    """The universal postal label of that serial number (UPU S10, service RH, Vietnam) with its check digit."""
    digits = f"{serial:08d}"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return f"RH{digits}{ {10: 0, 11: 5}.get(rest, rest) }VN"


class Book(Ledger):
    """Orders and events."""

    def __init__(self, state: Path) -> None:
        super().__init__(state / "parcels.sqlite", SCHEMA)

    def order(self, payload: dict[str, object], at: datetime) -> Parcel:
        """Book once per OrderNumber: the same order again finds its parcel, another under that number is refused."""
        number = str(payload.get("OrderNumber") or "")
        for name in ("OrderNumber", "SenderName", "SenderAddress", "ReceiverName", "ReceiverAddress", "ReceiverTel"):
            if not payload.get(name):
                raise Refused(f"Thiếu {name}")
        content = json.dumps(payload, ensure_ascii=False, sort_keys=True)
        with self.writing():
            known = self.database.execute("SELECT * FROM parcel WHERE order_number = ?", (number,)).fetchone()
            if known and known["payload"] != content:
                raise Refused(f"OrderNumber {number} đã dùng cho nội dung khác")
            if known:
                return self._parcel(known)
            serial = self.database.execute("SELECT coalesce(max(serial), 40000000) + 1 FROM parcel").fetchone()[0]
            code = str(payload.get("ItemCode") or item_code(serial))
            try:
                self.database.execute(
                    "INSERT INTO parcel VALUES (?, ?, ?, ?, 'ordered', ?)",
                    (serial, number, code, content, at.isoformat()),
                )
            except sqlite3.IntegrityError:
                raise Refused(f"ItemCode {code} đã dùng cho đơn khác") from None
            return self.parcel(code)

    def move(self, code: str, state: str, at: datetime, note: str = "", signed_by: str = "") -> sqlite3.Row:
        """Take the parcel one step on; the same step again finds the event that is there."""
        with self.writing():
            parcel = self.parcel(code)
            if parcel.state == state:
                return self.events(code)[-1]
            if state not in STATES[parcel.state].then:
                raise Refused(f"Bưu gửi {code} đang ở trạng thái “{STATES[parcel.state].name}”")
            self.database.execute(
                "INSERT INTO event (item_code, state, at, note, signed_by) VALUES (?, ?, ?, ?, ?)",
                (code, state, at.isoformat(), note, signed_by),
            )
            self.database.execute("UPDATE parcel SET state = ? WHERE item_code = ?", (state, code))
            return self.events(code)[-1]

    def parcel(self, code: str) -> Parcel:
        row = self.row("SELECT * FROM parcel WHERE item_code = ?", code)
        if not row:
            raise Refused(f"Không có bưu gửi {code}")
        return self._parcel(row)

    def parcels(self) -> list[Parcel]:
        return [self._parcel(row) for row in self.rows("SELECT * FROM parcel ORDER BY serial DESC")]

    def events(self, code: str, after: int = 0) -> list[sqlite3.Row]:
        return self.rows(f"{EVENTS} WHERE item_code = ? AND id > ? ORDER BY id", code, after)

    def untold(self) -> sqlite3.Row | None:
        """The oldest event that the callback has not taken."""
        return self.row(f"{EVENTS} WHERE NOT told ORDER BY id LIMIT 1")

    def mark_told(self, event: int) -> None:
        with self.writing():
            self.database.execute("UPDATE event SET told = 1 WHERE id = ?", (event,))

    @staticmethod
    def _parcel(row: sqlite3.Row) -> Parcel:
        return Parcel(
            order_number=row["order_number"],
            item_code=row["item_code"],
            payload=json.loads(row["payload"]),
            state=row["state"],
            ordered_at=datetime.fromisoformat(row["ordered_at"]).astimezone(ZONE),
        )
