"""An archive package read again: every file against its digest, the whole as a ZIP with one file in memory."""

import hashlib
import io
import logging
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile, ZipInfo

from cryptography.exceptions import InvalidTag
from django.core.files.storage import default_storage
from django.utils import timezone

from dossiers.models import ArchivePackage
from signatures import signing
from signatures.models import SignedDocument

log = logging.getLogger(__name__)
SUMS = "SHA256SUMS"


class Altered(Exception):
    """A kept file is gone or is not what it was; the message names it as the package does."""


def read(name: str, path: str) -> bytes:
    """The bytes kept as `name`, called `path` in the package. Raises Altered."""
    try:
        with default_storage.open(name) as stored:
            return bytes(stored.read())
    except (OSError, InvalidTag) as error:
        raise Altered(path) from error


def files(package: ArchivePackage) -> Iterator[tuple[str, bytes]]:
    """Every file with its path, one at a time, the signature last. Raises Altered."""
    for entry in package.contents:
        data = read(entry["file"], entry["path"])
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise Altered(entry["path"])
        yield entry["path"], data
    if signature := SignedDocument.objects.filter(pk__in=[package.signed_document_id]).first():
        yield f"{SUMS}.p7s", signing.read(signature)


def damaged(package: ArchivePackage) -> str:
    """The first file that is no longer what it was, by its place in the package; empty when all are."""
    try:
        for _path, _data in files(package):
            pass
    except Altered as altered:
        log.error("a file of archive package %s is not the one that was kept", package.pk)
        return str(altered)
    return ""


def zipped(package: ArchivePackage) -> Iterator[bytes]:
    """The package as a ZIP, the same bytes each time, with one file in memory at a time. Raises Altered."""
    sink, folder = _Sink(), str(package.dossier)
    moment = timezone.localtime(package.made_at).timetuple()
    with ZipFile(sink, "w") as archive:
        for path, data in files(package):
            entry = ZipInfo(f"{folder}/{path}", date_time=moment[:6])
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data)
            yield sink.take()
    yield sink.take()


def file_name(package: ArchivePackage) -> str:
    """What the ZIP is called when it is taken away."""
    return f"goi-luu-tru-{package.dossier}-ban-{package.version}.zip"


class _Sink(io.RawIOBase):
    """Where the ZIP is written: what has come since it was last taken. It cannot be sought in."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._chunks.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._chunks)
        self._chunks.clear()
        return data
