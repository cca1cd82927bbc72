"""The chain of a dossier's events: each link holds the digest of the one before, the row holds the last."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dossiers.models import Dossier, DossierEvent


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where the trail does not hold: of which dossier, at which event (0: the whole), and how."""

    dossier: str
    sequence: int
    what: str


def text_digests(note: str, snapshot: Any) -> dict[str, str]:
    """What the chain holds of the texts, which themselves may be erased when the law asks for it."""
    return {"note_digest": _sha256(note), "snapshot_digest": _sha256(_canonical(snapshot))}


def digest_of(event: DossierEvent, *, previous: str) -> str:
    """sha256(prev ‖ canonical JSON of who, when (UTC µs), verb, from, to, digests of note and snapshot)."""
    facts = {
        "dossier": str(event.dossier_id), "sequence": event.sequence, "verb": event.verb,
        "at": int(event.at.astimezone(dt.UTC).timestamp() * 1_000_000),
        "who": [event.actor_kind, event.actor_id, event.position_id], "from": event.from_status,
        "to": int(event.to_status),
        "note": event.note_digest, "snapshot": event.snapshot_digest,
    }  # fmt: skip
    return _sha256(previous + _canonical(facts))


def is_whole(dossier: Dossier) -> bool:
    """Whether every link of the dossier's chain still holds, up to the head on its row."""
    return next(flaws(dossier), None) is None


def flaws(dossier: Dossier) -> Iterator[Flaw]:
    """Every event that was altered, is missing or stands elsewhere than it was written; each by its own number."""
    name, previous, count = str(dossier), "", 0
    for event in sorted(dossier.events.all(), key=lambda event: event.sequence):
        for number in range(count + 1, event.sequence):
            yield Flaw(name, number, _("bước này đã bị xóa"))
        missing = event.sequence != count + 1
        # After a gap the link before is unknown; what follows is judged from the stored digests again.
        if not missing and event.digest != digest_of(event, previous=previous):
            yield Flaw(name, event.sequence, _("nội dung hoặc thứ tự của bước này đã bị sửa"))
        if text_digests(event.note, event.snapshot) != {
            "note_digest": event.note_digest,
            "snapshot_digest": event.snapshot_digest,
        }:
            yield Flaw(name, event.sequence, _("ghi chú hoặc dữ liệu kèm theo đã bị sửa hoặc xóa"))
        previous, count = event.digest, event.sequence
    for number in range(count + 1, dossier.events_count + 1):
        yield Flaw(name, number, _("bước này đã bị xóa"))
    if count > dossier.events_count or (count == dossier.events_count and previous != dossier.events_head):
        yield Flaw(name, count, _("bước cuối không khớp với hồ sơ"))


# Built once: `json.dumps` with such wishes builds one each time.
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
