"""The QR code of the identity card as a scanner types it: `id|old id|name|ddmmyyyy|sex|address|ddmmyyyy`.

Cards differ: some leave the old number out altogether, others leave it empty; the newest add fields at the end.
"""

import datetime as dt
import re
from dataclasses import dataclass

from portal.floor.vietnamese import BadText, clean

_SEXES = {"nam": "male", "nữ": "female"}
_PERSONAL_ID = re.compile(r"\d{12}", re.ASCII)
_OLD_ID = re.compile(r"(\d{9})?", re.ASCII)
_DAY = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
LONGEST = 600  # characters of a code; everything longer is no card


@dataclass(frozen=True, slots=True)
class Card:
    """What the card says. `birth_on` is an ISO day; `sex` male or female; both empty where the card does not tell."""

    personal_id: str
    name: str
    birth_on: str = ""
    sex: str = ""
    address: str = ""
    old_id: str = ""


def read(text: str) -> Card | None:
    """The card behind a scanned text; None when it is no card."""
    if len(text) > LONGEST:
        return None
    try:
        parts = [clean(part) for part in text.strip().split("|")]
    except BadText:
        return None
    if len(parts) < 4 or not _PERSONAL_ID.fullmatch(parts[0]):
        return None
    old_id = parts.pop(1) if _OLD_ID.fullmatch(parts[1]) else ""
    name, born, sex, address = (*parts[1:5], "", "", "")[:4]
    if not any(letter.isalpha() for letter in name):
        return None
    return Card(parts[0], " ".join(name.split())[:200], _iso(born), _SEXES.get(sex.lower(), ""), address[:250], old_id)


def written(card: Card) -> str:
    """The text that a card with these facts gives when it is scanned."""
    born = "".join(reversed(card.birth_on.split("-")))
    sex = {word: text.capitalize() for text, word in _SEXES.items()}.get(card.sex, "")
    return "|".join((card.personal_id, card.old_id, card.name, born, sex, card.address, ""))


def _iso(text: str) -> str:
    found = _DAY.fullmatch(text)
    if found is None:
        return ""
    try:
        return dt.date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return ""
