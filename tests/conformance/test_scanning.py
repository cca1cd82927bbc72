"""The scanner port against ClamAV's real daemon, and against a daemon that is away or talks nonsense."""

import os
import pwd
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dossiers.ports.scanning.base import ScanReport, scanner
from dossiers.ports.scanning.clamd import Clamd
from portal.floor.ports import PortError
from portal.running.tools import TOOLS
from tests.journeys.way import eventually

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The daemon with one signature, on a socket of its own; ready when it says that it listens."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "local.ndb").write_text(f"Test.EICAR:0:*:{EICAR.hex()}\n")
    address = f"/tmp/motcua-clamd-{os.getpid()}.sock"  # a socket's path may not be long
    user = pwd.getpwuid(os.getuid()).pw_name
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nDatabaseDirectory {folder}\nLocalSocket {address}\nUser {user}\nLogFile {folder}/log\n"
        "StreamMaxLength 30M\nMaxThreads 2\n"
    )
    process = subprocess.Popen(
        [str(TOOLS["clamav"].find()), "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL
    )
    eventually(Path(address).exists, 60, "clamd opens its socket")
    yield address
    process.terminate()
    process.wait(timeout=20)


@pytest.mark.clamav
def test_a_known_malware_is_named(clamd: str) -> None:
    report = Clamd(clamd).scan(b"before " + EICAR)
    assert report.done
    assert report.infected.startswith("Test.EICAR")


@pytest.mark.clamav
def test_a_clean_file_of_many_chunks_is_clean(clamd: str) -> None:
    assert Clamd(clamd).scan(os.urandom(3_000_000)) == ScanReport(done=True)


@pytest.mark.clamav
def test_an_infected_upload_is_refused_and_nothing_is_kept(clamd: str, settings: Any, db: None) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from dossiers import files
    from dossiers.models import Attachment
    from tests.dossiers.conftest import picture

    settings.CLAMD_ADDRESS = clamd
    upload = SimpleUploadedFile("anh.jpg", picture().read() + EICAR, "image/jpeg")
    with pytest.raises(files.FileRefused, match="mã độc"):
        files.receive(upload, document_key="x", at=timezone.now())
    assert not Attachment.objects.exists()
    assert files.receive(picture(), document_key="x", at=timezone.now()).scan == Attachment.Scan.CLEAN


def test_a_scanner_that_is_away_is_worth_another_try(tmp_path: Path) -> None:
    with pytest.raises(PortError) as away:
        Clamd(str(tmp_path / "nobody.sock")).scan(b"x")
    assert not away.value.permanent


def test_nonsense_is_no_verdict() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"stream: maybe\0")

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(PortError, match=r"verdict|clamd"):
            Clamd(f"127.0.0.1:{server.getsockname()[1]}").scan(b"x")
        thread.join()


def test_without_a_scanner_files_are_truthfully_not_scanned(settings: Any) -> None:
    settings.CLAMD_ADDRESS = ""
    assert scanner().scan(b"x") == ScanReport(done=False)
