"""What every channel must do for us. A vendor is a module beside this one, named by the setting MESSAGE_CHANNEL."""

from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class OutgoingMessage:
    """One message to one recipient. `key` is for ever the same when the message is sent again after a crash."""

    to: str
    subject: str
    text: str
    html: str
    key: str
    files: tuple[tuple[str, bytes, str], ...] = ()  # name, content, content type


class Channel(Protocol):
    def send(self, message: OutgoingMessage) -> None:
        """Returns once the channel has taken the message. Raises PortError, permanent if it never will."""


def channel() -> Channel:
    """The channel this installation sends by."""
    return cast(Channel, import_string(settings.MESSAGE_CHANNEL)())
