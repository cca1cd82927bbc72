"""A worker in a process of its own that is killed with SIGKILL in the middle of its work."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
BEGIN = """
import os, signal, django
django.setup()
from django.utils.module_loading import import_string
from signatures import asking, cades, leases, pades, signing
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def after(work):
    return lambda *given, **named: (work(*given, **named), die())
"""
SETTINGS = """
from portal.settings import *
DATABASES["default"]["NAME"] = {database!r}
STORAGES["default"] = {storage!r}
TSA_URL, TRUST_ROOTS, SOFT_KEYS = {tsa!r}, {roots!r}, {keys!r}
SIGNATURE_PROVIDERS = {providers!r}
"""


def worker(code: str, settings: Any, tmp_path: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run the code, which knows `die` and `after`, with the settings of this test; it must be killed by itself."""
    (tmp_path / "dying_settings.py").write_text(
        SETTINGS.format(
            database=connection.settings_dict["NAME"], storage=settings.STORAGES["default"], tsa=settings.TSA_URL,
            roots=settings.TRUST_ROOTS, keys=str(settings.SOFT_KEYS), providers=settings.SIGNATURE_PROVIDERS,
        )
    )  # fmt: skip
    own = {"DJANGO_SETTINGS_MODULE": "dying_settings", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    ended = subprocess.run(
        [sys.executable, "-c", BEGIN + code], env={**os.environ, **(environment or {}), **own}, check=False
    )
    assert ended.returncode == -signal.SIGKILL
