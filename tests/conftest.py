"""Shared by all tests: pages without collected static files, sealed files in a folder of their own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_storages(settings: Any, tmp_path: Path) -> None:
    media = settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path / "media")}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {"default": media, "staticfiles": static}
