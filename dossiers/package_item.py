"""One file of an archive package, and a name for it that every system takes."""

import re
from dataclasses import dataclass

from portal.floor.vietnamese import fold


@dataclass(frozen=True, slots=True)
class Item:
    """One file: its bytes are `data`, or lie in the storage as `file`. Without a path it is on paper alone.

    `sha256`: what the bytes must be, where somebody has written that down before.
    """

    path: str
    title: str
    file: str = ""
    data: bytes = b""
    sha256: str = ""
    note: str = ""


def slug(name: str, *, otherwise: str) -> str:
    """A short file name that every system takes, whatever the citizen called the file."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:60].strip("-") or otherwise
