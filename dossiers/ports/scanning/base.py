"""What a malware scanner must do for us. None set: files are kept as “not scanned”, which officers see."""

from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class ScanReport:
    done: bool
    infected: str = ""  # the name of what was found


class Scanner(Protocol):
    def scan(self, data: bytes) -> ScanReport:
        """Look at the bytes. Raises PortError when the scanner does not answer."""


class _NoScanner:
    """Says truthfully that nothing was scanned."""

    def scan(self, data: bytes) -> ScanReport:
        return ScanReport(done=False)


def scanner() -> Scanner:
    """The scanner of this installation (setting CLAMD_ADDRESS)."""
    if not settings.CLAMD_ADDRESS:
        return _NoScanner()
    return cast(Scanner, import_string(settings.SCANNER)(settings.CLAMD_ADDRESS))
