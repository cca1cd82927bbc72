"""Limits of a date: a day, or so many days or years from today; as data and as people write them."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

_MOVING = re.compile(r"today(?:([+-]\d{1,5})(y?))?", re.ASCII)
_SPOKEN = re.compile(r"hôm nay(?:\s*([+\-−–])\s*(\d{1,5})\s*(ngày|năm))?")


def edge(given: Any, today: dt.date) -> dt.date | None:
    """A limit of the schema as a date. Raises ValueError when it is neither ISO nor relative to today."""
    if not given:
        return None
    if found := _MOVING.fullmatch(str(given)):
        amount = int(found[1] or 0)
        if not found[2]:
            return today + dt.timedelta(days=amount)
        day = 28 if (today.month, today.day) == (2, 29) else today.day
        return today.replace(year=today.year + amount, day=day)
    return dt.date.fromisoformat(str(given))


def read(text: str) -> str:
    """“hôm nay - 18 năm” → “today-18y”, “01/07/2025” → “2025-07-01”. Raises ValueError."""
    words = " ".join(text.lower().split())
    if found := _SPOKEN.fullmatch(words):
        sign = "+" if found[1] == "+" else "-"
        limit = f"today{sign}{found[2]}{'y' if found[3] == 'năm' else ''}" if found[1] else "today"
    elif found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", words, re.ASCII):
        limit = dt.date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    else:
        raise ValueError(text)
    edge(limit, dt.date(2026, 1, 1))
    return limit


def said(limit: Any) -> str:
    """A limit as `read` takes it back; what is none stays as it is."""
    if found := _MOVING.fullmatch(str(limit)):
        if not found[1]:
            return _("hôm nay")
        unit = _("năm") if found[2] else _("ngày")
        return f"{_('hôm nay')} {found[1][0]} {found[1][1:]} {unit}"
    return "/".join(reversed(str(limit).split("-"))) if re.fullmatch(r"\d{4}-\d\d-\d\d", str(limit)) else str(limit)
