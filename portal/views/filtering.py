"""What lists of procedures are filtered by: the level that decides, and how far one gets online."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.floor.vietnamese import fold
from procedures.models import Level, OnlineScope

# Both generations of words are understood: mức độ 1–4, and the scopes that replaced them.
SCOPES = {
    "4": "full", "toan-trinh": "full", "full": "full",
    "3": "partial", "mot-phan": "partial", "partial": "partial",
    "2": "info", "info": "info",
    "1": "none", "none": "none",
}  # fmt: skip
assert set(SCOPES.values()) == set(OnlineScope.values)


def level(request: HttpRequest) -> str:
    """The level asked for (`cap`); empty for every level and for what is none."""
    chosen = request.GET.get("cap", "")
    return chosen if chosen in Level.values else ""


def scope(request: HttpRequest) -> str:
    """The scope asked for (`muc`), in old or new words; empty for every scope and for what is none."""
    return SCOPES.get(fold(request.GET.get("muc", "")), "")


def selects(level: str, scope: str) -> list[dict[str, Any]]:
    """The two lists to choose from, with what is chosen."""
    scopes = [
        ("", _("Mọi mức độ")),
        ("full", _("Toàn trình (mức độ 4)")),
        ("partial", _("Một phần (mức độ 3)")),
        ("info", _("Có biểu mẫu (mức độ 2)")),
        ("none", _("Chỉ tại một cửa")),
    ]
    levels = [("", _("Mọi cấp")), *Level.choices]
    return [select("cap", _("Cấp giải quyết"), levels, level), select("muc", _("Mức độ trực tuyến"), scopes, scope)]


def select(name: str, label: str, options: list[tuple[str, Any]], chosen: str) -> dict[str, Any]:
    """One list as templates/portal/filters.html draws it."""
    shown = [{"value": value, "label": text, "selected": value == chosen} for value, text in options]
    return {"name": name, "label": label, "options": shown}
