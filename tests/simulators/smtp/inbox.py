"""The letters as files: one per letter and recipient's envelope, whole on the disk before SMTP says 250."""

import json
import re
import time
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path

from tests.simulators.serving import ZONE, write_durably

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@dataclass(frozen=True)
class Letter:
    id: str
    received_at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    message_id: str
    text: str
    html: str
    attachments: tuple[str, ...]

    @property
    def links(self) -> list[str]:
        return list(dict.fromkeys(LINK.findall(self.text)))

    def public(self) -> dict[str, object]:
        return asdict(self) | {"received_at": self.received_at.isoformat(), "links": self.links}


class Inbox:
    """Letters below `state`/letters, newest first."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "letters"
        self.folder.mkdir(exist_ok=True)

    def keep(self, sender: str, recipients: list[str], content: bytes) -> None:
        envelope = json.dumps({"sender": sender, "to": recipients}).encode()
        write_durably(self.folder / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}", envelope + b"\n" + content)

    def letters(self, to: str = "") -> list[Letter]:
        """The letters to that address, or all."""
        # A name that starts with a dot was not acknowledged.
        names = sorted((path.name for path in self.folder.iterdir() if path.name[0] != "."), reverse=True)
        letters = (self.letter(name) for name in names)
        return [letter for letter in letters if not to or to.casefold() in map(str.casefold, letter.to)]

    def letter(self, name: str) -> Letter:
        """Raises KeyError when there is none of that name."""
        path = self.folder / Path(name).name
        if not path.is_file():
            raise KeyError(name)
        return _read(path)


@lru_cache(maxsize=2000)
def _read(path: Path) -> Letter:
    envelope_line, _, content = path.read_bytes().partition(b"\n")
    envelope = json.loads(envelope_line)
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return Letter(
        id=path.name,
        received_at=datetime.fromtimestamp(int(path.name.split("-")[0]) / 1e9, ZONE),
        sender=envelope["sender"],
        to=tuple(envelope["to"]),
        subject=str(message["subject"] or "").strip(),
        message_id=str(message["message-id"] or "").strip(),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        attachments=tuple(part.get_filename() or part.get_content_type() for part in message.iter_attachments()),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part else ""
