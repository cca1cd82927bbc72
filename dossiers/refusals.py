"""How verbs say no. The words are fit for the person who tried."""

from django.utils.translation import gettext as _


class MoveRefused(Exception):
    """The move is not lawful now, or not for this actor."""


class LostRace(MoveRefused):
    """Somebody else moved the dossier first; the message says who and when."""


class Incomplete(MoveRefused):
    """The draft cannot be sent yet; `missing` lists what, each line fit for the citizen."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(_("Hồ sơ còn thiếu: %(list)s.") % {"list": "; ".join(missing)})
        self.missing = missing


def need(text: str, message: str) -> None:
    """Raises MoveRefused with the message where nothing was written."""
    if not text.strip():
        raise MoveRefused(message)
