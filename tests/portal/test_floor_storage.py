"""Files at rest: sealed bytes bound to their name, readable through the storage alone."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

import pytest
from cryptography.exceptions import InvalidTag
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from portal.floor.storage import EncryptedFileSystemStorage
from portal.floor.storage_s3 import EncryptedS3Storage

PLAIN = b"%PDF-1.7 026190001234 " * 100


@pytest.fixture
def storage(tmp_path: Path) -> EncryptedFileSystemStorage:
    return EncryptedFileSystemStorage(location=tmp_path)


def test_a_file_comes_back_as_it_was_saved(storage: EncryptedFileSystemStorage) -> None:
    name = storage.save("a/ket-qua.pdf", ContentFile(PLAIN))
    with storage.open(name) as file:
        assert file.read() == PLAIN
    assert storage.size(name) == len(PLAIN)


@given(content=st.binary(max_size=3000))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    storage = EncryptedFileSystemStorage(location=tmp_path_factory.getbasetemp() / "any")
    name = storage.save("file", ContentFile(content))
    assert storage.open(name).read() == content


def test_no_plain_bytes_are_on_the_disk(storage: EncryptedFileSystemStorage, tmp_path: Path) -> None:
    name = storage.save("ket-qua.pdf", ContentFile(PLAIN))
    at_rest = (tmp_path / name).read_bytes()
    assert b"026190001234" not in at_rest
    assert b"%PDF" not in at_rest
    assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_file_moved_to_another_name_does_not_open(storage: EncryptedFileSystemStorage, tmp_path: Path) -> None:
    name = storage.save("an.pdf", ContentFile(PLAIN))
    (tmp_path / name).rename(tmp_path / "vinh.pdf")
    with pytest.raises(InvalidTag):
        storage.open("vinh.pdf")


def test_a_name_already_taken_gets_another_and_both_open(storage: EncryptedFileSystemStorage) -> None:
    first = storage.save("x.pdf", ContentFile(b"first"))
    second = storage.save("x.pdf", ContentFile(b"second"))
    assert first != second
    assert (storage.open(first).read(), storage.open(second).read()) == (b"first", b"second")


def test_a_name_taken_while_saving_gets_another_that_opens(storage: EncryptedFileSystemStorage) -> None:
    storage.save("x.pdf", ContentFile(b"first"))
    kept = storage._save("x.pdf", ContentFile(b"second"))
    assert kept != "x.pdf"
    assert storage.open(kept).read() == b"second"
    assert storage.open("x.pdf").read() == b"first"


def test_names_are_kept_composed(storage: EncryptedFileSystemStorage) -> None:
    assert storage.save("to\u031b\u0300 khai.pdf", ContentFile(b"x")) == "tờ khai.pdf"


def test_files_have_no_public_address_and_no_partial_access(storage: EncryptedFileSystemStorage) -> None:
    name = storage.save("x.pdf", ContentFile(b"x"))
    with pytest.raises(ValueError, match="address"):
        storage.url(name)
    with pytest.raises(ValueError, match="whole"):
        storage.open(name, "wb")


class Bucket(BaseHTTPRequestHandler):
    """The four requests of an object store that a storage needs."""

    objects: ClassVar[dict[str, bytes]] = {}

    def do_PUT(self) -> None:
        self.objects[unquote(self.path)] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200)

    def do_GET(self) -> None:
        content = self.objects.get(unquote(self.path))
        self.answer(404 if content is None else 200, content or b"")

    do_HEAD = do_GET  # noqa: N815

    def do_DELETE(self) -> None:
        self.objects.pop(unquote(self.path), None)
        self.answer(204)

    def answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def object_store() -> Iterator[EncryptedS3Storage]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Bucket.objects.clear()
    yield EncryptedS3Storage(
        bucket_name="motcua",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        access_key="key",
        secret_key="secret",
        region_name="us-east-1",
    )
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_object_store_holds_sealed_bytes_only(object_store: EncryptedS3Storage) -> None:
    name = object_store.save("a/tờ khai.pdf", ContentFile(PLAIN))
    [at_rest] = Bucket.objects.values()
    assert b"026190001234" not in at_rest
    assert object_store.open(name).read() == PLAIN
    assert object_store.size(name) == len(PLAIN)
    object_store.delete(name)
    assert not object_store.exists(name)


def test_an_object_is_never_overwritten(object_store: EncryptedS3Storage) -> None:
    first, second = (object_store.save("x.pdf", ContentFile(text)) for text in (b"first", b"second"))
    assert first != second
    assert (object_store.open(first).read(), object_store.open(second).read()) == (b"first", b"second")
