"""An uploaded file between its two pages: sealed on our side, its owner's alone, gone after a day."""

import datetime as dt
import json
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404

from portal.floor.ids import uuid7

FOLDER = "imports"
KEPT = dt.timedelta(hours=24)


def keep(data: bytes, *, owner: uuid.UUID, at: dt.datetime) -> uuid.UUID:
    """The token the file is found by; files of this person whose day is over go at the same time."""
    _sweep(owner, at)
    token = uuid7()
    default_storage.save(_name(owner, token), ContentFile(data))
    return token


def kept(token: uuid.UUID, *, owner: uuid.UUID, at: dt.datetime, ending: str = "") -> bytes:
    """Raises Http404 when it is somebody else's, out of time, or done with."""
    name = _name(owner, token) + ending
    if _made(token) < at - KEPT or not default_storage.exists(name):
        raise Http404
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content


def report(token: uuid.UUID, told: dict[str, Any], *, owner: uuid.UUID) -> None:
    """Keep what became of the file beside it."""
    name = _name(owner, token) + ".done"
    default_storage.delete(name)
    default_storage.save(name, ContentFile(json.dumps(told, ensure_ascii=False).encode()))


def reported(token: uuid.UUID, *, owner: uuid.UUID, at: dt.datetime) -> dict[str, Any]:
    """Raises Http404."""
    told: dict[str, Any] = json.loads(kept(token, owner=owner, at=at, ending=".done"))
    return told


def _name(owner: uuid.UUID, token: uuid.UUID) -> str:
    return f"{FOLDER}/{owner}/{token}"


def _made(token: uuid.UUID) -> dt.datetime:
    return dt.datetime.fromtimestamp((token.int >> 80) / 1000, dt.UTC)


def _sweep(owner: uuid.UUID, at: dt.datetime) -> None:
    folder = f"{FOLDER}/{owner}"
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    for name in names:
        if _made(uuid.UUID(name.removesuffix(".done"))) < at - KEPT:
            default_storage.delete(f"{folder}/{name}")
