"""The official structure (as ministries publish their procedures) into our own shape.

Nothing is invented: what the source does not say stays empty and becomes a named defect of the draft.
"""

import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from portal.floor.vietnamese import fold
from procedures.models import OnlineScope

Row = Mapping[str, Any]
UNITS = {"working_day": "working_day", "day": "day", "hour": "working_hour", "month": "month"}


def is_official(row: Row) -> bool:
    """Whether a row is in the official structure rather than in ours."""
    return "cases" not in row and "documents" in row


def translated(row: Row) -> dict[str, Any]:
    """The row in the shape of `procedures/reference/README.md`; always a draft."""
    channels = [one for one in row.get("channels") or () if isinstance(one, Mapping)]
    names = list(dict.fromkeys(one["channel"] for one in channels if one.get("channel")))
    return {
        "code": row.get("code"),
        "field": _field(str(row.get("field") or "Khác"), str(row.get("ministry_group") or "G00")),
        "level": row.get("level_pre2025") or next(iter(row.get("levels") or ()), ""),
        "life_events": [],
        "name": row.get("name"),
        "short_name": "",
        "decision": {"number": row.get("decision_no") or ""},
        "steps": list(row.get("steps") or ()),
        "channels": names,
        "audience": list(row.get("audience") or ()),
        "competent": row.get("competent_authority") or row.get("agency") or "",
        "conditions": row.get("conditions") or "",
        "legal_basis": list(row.get("legal_basis") or ()),
        "dossier_sets": row.get("sets") or 1,
        "online_scope": OnlineScope.INFO if "online" in names else OnlineScope.NONE,
        "published": False,
        "notes": _notes(row, channels),
        "agencies": {},
        "cases": [_case(row, channels)],
    }


def _field(name: str, ministry: str) -> dict[str, str]:
    """A code of its own for a field that comes with its name alone."""
    slug = "-".join("".join(char if char.isalnum() else " " for char in fold(name)).split())[:75]
    mark = hashlib.sha256(name.encode()).hexdigest()[:4].upper()
    return {"code": f"{ministry}-{slug.replace('-', '').upper()[:11]}{mark}", "name": name[:150], "slug": slug}


def _case(row: Row, channels: list[Row]) -> dict[str, Any]:
    times = [(one["time_value"], UNITS.get(one.get("time_unit") or "working_day")) for one in channels if _known(one)]
    amount, unit = max(times, default=(None, "working_day"))
    documents = [one for one in row.get("documents") or () if _named(one)]
    results = [one for one in row.get("results") or () if one.get("name")]
    return {
        "key": "chung",
        "name": "Trường hợp chung",
        "time": {"amount": amount, "unit": unit, "legal_amount": amount},
        "result": {
            "name": "; ".join(one["name"] for one in results)[:1000],
            "code": results[0].get("code", "") if len(results) == 1 else "",
        },
        "documents": [_document(number, one) for number, one in enumerate(documents, 1)],
        "fees": _fees(channels),
    }


def _known(channel: Row) -> bool:
    return isinstance(channel.get("time_value"), int) and (channel.get("time_unit") or "working_day") in UNITS


def _named(document: Row) -> str:
    """Its name, or that of the form attached to it."""
    return str(document.get("name") or "") or PurePath(str(document.get("attached_form") or "")).stem


def _document(number: int, row: Row) -> dict[str, Any]:
    return {
        "key": f"giay-{number}",
        "name": _named(row)[:600],
        "hint": str(row.get("group") or "")[:300],
        "originals": row.get("original") or 0,
        "copies": row.get("copies") or 0,
    }


def _fees(channels: list[Row]) -> list[dict[str, Any]]:
    """Fees of a channel in đồng. Amounts without a name of their own stand as alternatives, so the notes tell it."""
    return [
        {"kind": "fee", "name": "Phí, lệ phí", "amount": fee["amount"], "channel": channel["channel"]}
        for channel in channels
        for fee in channel.get("fees") or ()
        if isinstance(fee.get("amount"), int) and fee["amount"] > 0 and fee.get("currency", "VND") == "VND"
    ]


def _notes(row: Row, channels: list[Row]) -> str:
    lines = [str(one["note"]) for one in channels if one.get("note")]
    lines += [str(fee["note"]) for one in channels for fee in one.get("fees") or () if fee.get("note")]
    source = [str(row["detail_url"])] if row.get("detail_url") else []
    return "\n".join(dict.fromkeys([*source, *lines]))
