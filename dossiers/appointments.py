"""An appointment as a calendar file that every telephone opens (RFC 5545)."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from dossiers.models import Verification

CONTENT_TYPE = "text/calendar; charset=utf-8"
_LINE = 75  # octets of a line before it is folded


def ics(verification: Verification) -> bytes:
    """The look at the place itself as one event; a moved one takes the place of the earlier in the same calendar."""
    dossier = verification.dossier
    host = urlsplit(settings.BASE_URL).hostname
    told = [verification.purpose, verification.participants]
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mot Cua//vi", "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:verification-{verification.pk}@{host}",
        f"SEQUENCE:{verification.revision}",
        f"DTSTAMP:{_utc(verification.arranged_at)}",
        f"DTSTART:{_utc(verification.starts_at)}",
        f"SUMMARY:{_text(_('Kiểm tra thực tế, hồ sơ %s') % dossier)}",
        f"LOCATION:{_text(verification.place)}",
        f"DESCRIPTION:{_text(chr(10).join(filter(None, told)))}",
        f"URL:{settings.BASE_URL}/toi/ho-so/{dossier}",
        "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P1D",
        f"DESCRIPTION:{_text(_('Mai kiểm tra thực tế, hồ sơ %s') % dossier)}",
        "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return b"".join(_folded(line) for line in lines)


def _utc(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """A text value: what has a meaning of its own in the format is escaped."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        words = words.replace(plain, escaped)
    return words


def _folded(line: str) -> bytes:
    """The line with CRLF, broken into pieces of at most 75 octets, never inside a letter."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > _LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
