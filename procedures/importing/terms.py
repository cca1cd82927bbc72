"""Time limits and fees of the official structure, which gives them channel by channel."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from procedures.importing.record import CHANNELS
from procedures.models import OnlineScope, TimeUnit

Said = Mapping[str, Any]
Remarks = list[tuple[str, str]]
UNITS = {
    "working_day": TimeUnit.WORKING_DAY,
    "day": TimeUnit.DAY,
    "hour": TimeUnit.WORKING_HOUR,
    "working_hour": TimeUnit.WORKING_HOUR,
    "month": TimeUnit.MONTH,
}
DAYS = {TimeUnit.WORKING_DAY: 1.4, TimeUnit.DAY: 1.0, TimeUnit.WORKING_HOUR: 0.175, TimeUnit.MONTH: 30.0}
NAMES = {"direct": "trực tiếp", "online": "trực tuyến", "post": "qua bưu điện"}
Limit = tuple[int, TimeUnit]


def time(channels: list[Said], remarks: Remarks) -> dict[str, Any]:
    """The longest limit that the source gives for any channel; that there are several is remarked."""
    limits: dict[str, set[Limit]] = {}
    for channel in channels:
        if limit := _limit(channel, remarks):
            limits.setdefault(channel.get("channel") or "", set()).add(limit)
    every: set[Limit] = set().union(*limits.values())
    if not every:
        return {"amount": None, "unit": TimeUnit.WORKING_DAY.value}
    amount, unit = max(every, key=_days)
    if len(every) > 1:
        told = "; ".join(
            f"{NAMES.get(name, name)} {' / '.join(_in_words(one) for one in sorted(found, key=_days))}"
            for name, found in limits.items()
        )
        remarks.append(("time", _("Nguồn ghi nhiều thời hạn, lấy hạn dài nhất: %(told)s") % {"told": told}))
    return {"amount": amount, "unit": unit.value, "legal_amount": amount}


def _limit(channel: Said, remarks: Remarks) -> Limit | None:
    amount, unit = channel.get("time_value"), channel.get("time_unit")
    if amount is None and len(noted := channel.get("time_from_note") or []) == 2:
        amount, unit = noted
    if not amount:
        return None
    known = UNITS.get(unit or "working_day") if isinstance(unit, str | None) else None
    if known is None or isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount < 10_000:
        remarks.append(("time", _("Thời hạn không hiểu được: %(told)s") % {"told": f"{amount} {unit}"[:60]}))
        return None
    return amount, known


def _days(limit: Limit) -> float:
    return limit[0] * DAYS[limit[1]]


def _in_words(limit: Limit) -> str:
    return f"{limit[0]} {limit[1].label}"


def fees(channels: list[Said], remarks: Remarks) -> list[dict[str, Any]]:
    """Fees in đồng, by channel unless all say the same. Amounts without a name of their own stand as alternatives."""
    found: dict[str, dict[tuple[str, int], None]] = {one: {} for one in CHANNELS}
    for channel in channels:
        for fee in channel.get("fees", ()):
            _add(found.get(channel.get("channel") or "", {}), fee, remarks)
    asked = {name: amounts for name, amounts in found.items() if amounts}
    if any(len(amounts) > 1 for amounts in asked.values()):
        remarks.append(("fees", _("Nguồn ghi nhiều mức phí, chưa rõ mức nào cho trường hợp nào")))
    named = {one.get("channel") for one in channels} & set(CHANNELS)
    first = next(iter(asked.values()), {})
    if set(asked) == named and all(amounts.keys() == first.keys() for amounts in asked.values()):
        asked = {"": first} if first else {}
    return [
        {"kind": kind, "name": "Phí, lệ phí", "amount": amount, "channel": name}
        for name, amounts in asked.items()
        for kind, amount in amounts
    ]


def _add(amounts: dict[tuple[str, int], None], fee: Said, remarks: Remarks) -> None:
    if not fee.get("amount"):
        return
    if (currency := fee.get("currency") or "VND") != "VND":
        words = {"amount": fee["amount"], "currency": currency}
        remark = ("fees", _("Mức phí %(amount)s %(currency)s không bằng đồng, chưa nhập") % words)
        remarks += [] if remark in remarks else [remark]
        return
    kind = "charge" if re.match(r"\W*lệ phí", fee.get("note") or "", re.IGNORECASE) else "fee"
    amounts[kind, fee["amount"]] = None


def online_scope(channels: list[str], notes: str) -> str:
    """As the notes name it; a channel alone says no more than that there is a page about it."""
    for scope, words in ((OnlineScope.FULL, "toàn trình"), (OnlineScope.PARTIAL, "một phần")):
        if re.search(rf"(?:trực tuyến|dịch vụ công)[^.;\n]{{0,40}}{words}", notes, re.IGNORECASE):
            return scope.value
    return OnlineScope.INFO.value if "online" in channels else OnlineScope.NONE.value
