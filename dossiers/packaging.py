"""Gói lưu trữ: a closed dossier as one ZIP that verifies without this product (Luật Lưu trữ 33/2024)."""

import datetime as dt
import hashlib
import io
import logging
import uuid
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile, ZipInfo

from cryptography.exceptions import InvalidTag
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import outbox, package_contents, package_index
from dossiers.models import ArchivePackage, Dossier, OutboxMessage
from dossiers.package_contents import Item
from dossiers.refusals import MoveRefused
from portal.floor.ids import uuid7
from portal.floor.ports import PortError
from signatures import signing
from signatures.models import Certificate, SignedDocument

log = logging.getLogger(__name__)
SUMS = "SHA256SUMS"
PATIENCE = dt.timedelta(days=1)  # so long the first package waits for the long-term proofs of its signatures
_PREFIX = "package:"


class Altered(Exception):
    """A kept file is gone or is not what it was; the message names it as the package does."""


def make(dossier: Dossier, *, made_by: str, at: dt.datetime) -> ArchivePackage:
    """The next version of the dossier's package; the agency's signature over its hash list is promised.

    Every file is read once, one at a time. Raises MoveRefused, Altered, TypesettingError.
    """
    if dossier.archived_at is None:
        raise MoveRefused(_("Hồ sơ chưa lưu. Kết thúc, lưu hồ sơ trước khi lập gói lưu trữ."))
    package = ArchivePackage(
        id=uuid7(), dossier=dossier, agency=dossier.receiving_agency, version=_next_version(dossier), made_at=at,
        made_by=made_by,
    )  # fmt: skip
    made: list[str] = []
    try:
        _fill(package, dossier, made)
        with transaction.atomic():
            package.save(force_insert=True)
            outbox.keep([outbox.promise("package.seal", key=f"package.seal:{package.pk}", at=at, dossier_id=dossier.pk,
                                        payload={"package": str(package.pk)})])  # fmt: skip
    except BaseException:
        for name in made:
            default_storage.delete(name)
        raise
    return package


def _next_version(dossier: Dossier) -> int:
    return dossier.packages.count() + 1


def _fill(package: ArchivePackage, dossier: Dossier, made: list[str]) -> None:
    """Keep what is made for the package alone, and write down all of it; `made`: what was put into the storage."""
    contents: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []

    def keep(item: Item) -> None:
        entry = _kept(package, item, made) if item.path else {}
        if entry:
            contents.append(entry)
        listed.append({"path": item.path, "title": item.title, "note": item.note,
                       "size": entry.get("size"), "sha256": entry.get("sha256", "")})  # fmt: skip

    for item in package_contents.items(dossier):
        keep(item)
    for item in package_index.index(package, dossier, list(listed)):
        keep(item)
    for item in package_index.shipped():
        keep(item)
    contents.sort(key=lambda entry: str(entry["path"]))
    sums = "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in contents).encode()
    last = _kept(package, Item(SUMS, "", data=sums), made)
    package.contents, package.sha256 = [*contents, last], last["sha256"]
    package.size = sum(entry["size"] for entry in package.contents)


def _kept(package: ArchivePackage, item: Item, made: list[str]) -> dict[str, Any]:
    data, name = item.data, item.file
    if name:
        data = _read(name, item.path)
    else:
        name = default_storage.save(f"packages/{package.pk}/{item.path}", ContentFile(data))
        made.append(name)
    digest = hashlib.sha256(data).hexdigest()
    if item.sha256 and digest != item.sha256:
        raise Altered(item.path)
    return {"path": item.path, "file": name, "sha256": digest, "size": len(data)}


def _read(name: str, path: str) -> bytes:
    try:
        with default_storage.open(name) as stored:
            return bytes(stored.read())
    except (OSError, InvalidTag) as error:
        raise Altered(path) from error


# Reading -----------------------------------------------------------------------------------------------------


def files(package: ArchivePackage) -> Iterator[tuple[str, bytes]]:
    """Every file with its path, one at a time, the signature last. Raises Altered."""
    for entry in package.contents:
        data = _read(entry["file"], entry["path"])
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


# Promises ----------------------------------------------------------------------------------------------------


def _make_first(message: OutboxMessage) -> None:
    """The package of a dossier that was put away, once the signatures in it bring their long-term proofs."""
    assert message.payload is not None
    now = timezone.now()
    dossier = Dossier.objects.select_related(
        "case__form", "rule_profile", "receiving_agency", "procedure_version__procedure"
    ).get(pk=message.dossier_id)
    if dossier.packages.exists():
        return
    documents = package_contents.signed_documents(dossier)
    waiting = SignedDocument.objects.unprotected(now).filter(pk__in=[*documents], signed_at__gt=now - PATIENCE)
    if waiting.exists():
        raise PortError("the signatures have no long-term proofs yet")
    make(dossier, made_by=message.payload["by"], at=now)


def _seal(message: OutboxMessage) -> None:
    """Have the agency sign the hash list. Raises PortError."""
    assert message.payload is not None
    package = ArchivePackage.objects.select_related("agency", "dossier").get(pk=message.payload["package"])
    certificate = Certificate.objects.usable(timezone.localdate()).for_agency(package.agency.code).first()
    if certificate is None:
        raise PortError("the agency has no usable certificate")
    sums = package.contents[-1]
    request = signing.order(
        signing.SigningOrder(
            pdf=_read(sums["file"], SUMS), certificate_id=certificate.pk, reference=f"{_PREFIX}{package.pk}",
            reason=_("Gói lưu trữ hồ sơ %s") % package.dossier, form="cms",
        )
    )  # fmt: skip
    signing.perform(request.pk)


def attach(reference: str, document_id: uuid.UUID) -> None:
    """News from the signing service about one of our packages; other references are not ours."""
    if reference.startswith(_PREFIX):
        mine = ArchivePackage.objects.filter(pk=reference.removeprefix(_PREFIX))
        mine.update(signed_document_id=document_id, signing_error="")


def give_up(reference: str, reason: str) -> None:
    """News that the signing service will not sign one of our packages: it stays without, a new version may be made."""
    if reference.startswith(_PREFIX):
        ArchivePackage.objects.filter(pk=reference.removeprefix(_PREFIX)).update(signing_error=reason[:300])


outbox.register("package.make", _make_first)
outbox.register("package.seal", _seal)
