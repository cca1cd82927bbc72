"""Files at rest as sealed bytes, bound to their name. Django reads and writes plain bytes; nothing else can."""

from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage

from portal.floor import crypto
from portal.floor.vietnamese import nfc

if TYPE_CHECKING:
    _Base = Storage
else:
    _Base = object


def _aad(name: str) -> bytes:
    return b"file:" + nfc(name.replace("\\", "/")).encode()


class EncryptingStorage(_Base):
    """Put before a storage class: what that class keeps is sealed. Whole files, so nothing unverified is ever read."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        content.seek(0)
        plain = content.read()
        # The storage may choose another name while saving; the bytes must be bound to the name that is kept.
        while (kept := super()._save(name, ContentFile(crypto.encrypt(plain, _aad(name))))) != name:  # type: ignore[misc]
            self.delete(kept)
            name = kept
        return name

    def _open(self, name: str, mode: str = "rb") -> "ContentFile[bytes]":
        if mode != "rb":
            raise ValueError("sealed files are only read whole")
        with super()._open(name, "rb") as sealed:  # type: ignore[misc]
            return ContentFile(crypto.decrypt(sealed.read(), _aad(name)), name=name)

    def size(self, name: str) -> int:
        """Plain bytes, not those at rest."""
        return self.open(name).size

    def url(self, name: str | None) -> str:
        raise ValueError("sealed files have no address; a view that checks access serves them")

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return super().get_available_name(nfc(name), max_length)


class EncryptedFileSystemStorage(EncryptingStorage, FileSystemStorage):
    """A folder readable by the account of the service alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700} | options)
