"""Programs that only the tests need, how to find each, and what brings it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.environment import ROOT


@dataclass(frozen=True)
class Tool:
    """`find` gives a path, or None when the tool is missing; `packages` are Debian's."""

    label: str
    find: Callable[[], str | None]
    packages: str


def _chromium() -> str | None:
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def _redis() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def _softhsm() -> str | None:
    known = [os.environ.get("SOFTHSM2_MODULE", ""), *map(str, Path("/usr/lib").glob("**/softhsm/libsofthsm2.so"))]
    module = next((path for path in known if path and Path(path).is_file()), None)
    return module if shutil.which("softhsm2-util") else None


def _poppler() -> str | None:
    return shutil.which("pdfsig") if shutil.which("certutil") else None


def _clamd() -> str | None:
    return shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _reference() -> str | None:
    folder = Path(os.environ.get("MOTCUA_REFERENCE_DATA") or ROOT.parent / "shared" / "data")
    return str(folder) if folder.is_dir() else None


TOOLS = {
    "browser": Tool("Chromium", _chromium, "chromium"),
    "redis": Tool("redis-server", _redis, "redis-server"),
    "pkcs11": Tool("softhsm2", _softhsm, "softhsm2"),
    "poppler": Tool("pdfsig with certutil", _poppler, "poppler-utils libnss3-tools"),
    "xmlsec": Tool("xmlsec1", lambda: shutil.which("xmlsec1"), "xmlsec1"),
    "clamav": Tool("clamd", _clamd, "clamav-daemon"),
    "reference": Tool("the shared reference files (MOTCUA_REFERENCE_DATA)", _reference, ""),
}
