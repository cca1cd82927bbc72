"""Gói lưu trữ: a closed dossier as one ZIP that verifies without this product (Luật Lưu trữ 33/2024)."""

import datetime as dt
import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import outbox, package_contents, package_index
from dossiers.models import ArchivePackage, Dossier
from dossiers.package_item import Item
from dossiers.package_zip import SUMS, Altered, read
from dossiers.refusals import MoveRefused
from portal.floor.ids import uuid7


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
        data = read(name, item.path)
    else:
        name = default_storage.save(f"packages/{package.pk}/{item.path}", ContentFile(data))
        made.append(name)
    digest = hashlib.sha256(data).hexdigest()
    if item.sha256 and digest != item.sha256:
        raise Altered(item.path)
    return {"path": item.path, "file": name, "sha256": digest, "size": len(data)}
