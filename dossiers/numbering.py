"""Codes and numbers, as pure text. Allocation of the serials is in `dossiers.series`."""

import datetime as dt
import re
import secrets

# NĐ 61/2018 art. 26, TT 01/2018 art. 19: <agency>-YYMMDD-XXXX; both agency-code schemes.
CODE = re.compile(
    r"^(?P<agency>(\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})|([A-Z]\d{2}(\.[0-9A-Z]+)*))-(?P<ymd>\d{6})-(?P<seq>\d{4,})$"
)
REFERENCE = re.compile(r"^N\d{6}-[2-9A-HJKMNP-Z]{8}$")
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread over the phone


def dossier_code(agency_code: str, on: dt.date, serial: int) -> str:
    """The dossier code; the serial grows beyond four digits rather than fail."""
    return f"{agency_code}-{on:%y%m%d}-{serial:04d}"


def paper_number(serial: int, suffix: str) -> str:
    """`07/TNHS`: numbers of issued papers run from 01 per agency and year (TT 01/2018 art. 10.2c)."""
    return f"{serial:02d}/{suffix}"


def submission_reference(on: dt.date, letter: str = "N") -> str:
    """What the citizen holds until acceptance gives the code; never confusable with one, not guessable.

    `letter`: N for a dossier, G for a filing of several.
    """
    return f"{letter}{on:%y%m%d}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def tracking_key() -> str:
    """The secret in the QR code of the receipt: shows steps and holders, never files."""
    return secrets.token_urlsafe(9)
