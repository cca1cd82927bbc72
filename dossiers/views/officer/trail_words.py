"""What an event of the trail says beyond its note: what was asked, given, changed, read from its snapshot."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.models import DossierEvent, Result
from dossiers.officer_forms import TEXT_LABELS
from dossiers.returning import Capacity
from dossiers.wording import short

LABELS = {
    "collector": _lazy("Người nhận"), "capacity": _lazy("Nhận với tư cách"), "paper": _lazy("Giấy tờ đã xem"),
    "authorisation": _lazy("Giấy ủy quyền"), "to": _lazy("Đến"), "from": _lazy("Từ"), 
    "originals": _lazy("Bản chính đã trả"),
    "order": _lazy("Mã đơn bưu gửi"), "legal_basis": _lazy("Căn cứ"), "new_due_at": _lazy("Hẹn lại đến"),
    "question": _lazy("Nội dung hỏi"), "due_at": _lazy("Hạn trả lời"), "answer": _lazy("Trả lời"),
    "starts_at": _lazy("Lúc"),
    "held_at": _lazy("Kiểm tra lúc"), "place": _lazy("Địa điểm"), "participants": _lazy("Thành phần"),
    "minutes": _lazy("Nội dung"), "number": _lazy("Số"), "corrected_by": _lazy("Hồ sơ thay thế"),
    "reason": _lazy("Lý do"),
}  # fmt: skip
MOMENTS = ("new_due_at", "starts_at", "held_at", "due_at")


def details(events: Iterable[DossierEvent], *, now: dt.datetime) -> dict[int, list[str]]:
    """By sequence number the lines of every event that has any; drafts tell what differs from the draft before."""
    found: dict[int, list[str]] = {}
    drafted: Mapping[str, Any] = {}
    for event in sorted(events, key=lambda event: event.sequence):
        said = event.snapshot or {}
        if event.verb == "draft_result":
            lines = _differing(drafted, said)
            drafted = said
        else:
            lines = [*_items(said), *_copies(said), *_facts(said, event.note, now=now)]
        if lines:
            found[event.sequence] = lines
    return found


def _items(said: Mapping[str, Any]) -> list[str]:
    """The papers that a letter asked for."""
    return [f"{item.get('name', '')}: {item.get('reason', '')}" for item in said.get("items", ())]


def _copies(said: Mapping[str, Any]) -> list[str]:
    """The papers that were digitised or used again, with their document codes."""
    return [" · ".join(filter(None, (one["name"], one["code"]))) for one in said.get("copies", ())]


def _facts(said: Mapping[str, Any], note: str, *, now: dt.datetime) -> list[str]:
    words: dict[str, Callable[[Any], str]] = {name: lambda at: _moment(at, now=now) for name in MOMENTS}
    words["capacity"] = lambda value: str(Capacity(value).label) if value in Capacity.values else str(value)
    lines = []
    for name, label in LABELS.items():
        value = said.get(name)
        text = ", ".join(value) if isinstance(value, list) else value
        if isinstance(text, str) and text and text != note:
            lines.append(f"{label}: {words.get(name, str)(text)}")
    return lines


def _moment(text: str, *, now: dt.datetime) -> str:
    try:
        return short(dt.datetime.fromisoformat(text), now=now)
    except ValueError:
        return text


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The kind of the result, then every text that is new or other than in the draft before."""
    old, new = before.get("text", {}), after.get("text", {})
    kind = after.get("kind", "")
    lines = [str(Result.Kind(kind).label)] if kind != before.get("kind") and kind in Result.Kind.values else []
    for name in dict.fromkeys([*new, *old]):
        was, now_is = old.get(name, ""), new.get(name, "")
        if was != now_is:
            label = TEXT_LABELS.get(name, name.replace("_", " ").capitalize())
            lines.append(_("%(what)s: “%(old)s” → “%(new)s”") % {"what": label, "old": was, "new": now_is} if was
                         else f"{label}: {now_is}")  # fmt: skip
    return lines
