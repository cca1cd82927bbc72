"""Gói lưu trữ: taken out of the product and judged by what every computer has."""

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from dossiers import archiving, files, outbox, package_sealing, package_zip, packaging, returning, sealing
from dossiers.models import AccessLog, ArchivePackage, Attachment, Dossier, OutboxMessage, Result
from dossiers.refusals import MoveRefused
from procedures.models import RuleProfile
from signatures import preserving, signing
from signatures.enrolment import Organisation, enrol
from signatures.models import SignedDocument, SigningRequest
from tests.authority import Authority
from tests.dossiers.conftest import picture
from tests.dossiers.officers import Desk, text
from tests.dossiers.results import issued
from tests.dossiers.signing import certify, resolve
from tests.world import MONDAY, World

LATER = MONDAY + dt.timedelta(days=3)
Climb = Callable[[Dossier, str], Dossier]


def seal_of(world: World, authority: Authority, level: str = "commune") -> None:
    agency = world.agencies[level]
    authority.lend_key(f"seal-{agency.code}", "ec")
    enrol(Organisation(agency.code, agency.name, "Tỉnh Vĩnh Phúc", 36), at=timezone.now())


def put_away(world: World, dossier: Dossier, *, sweep: bool = True) -> Dossier:
    returned = returning.hand_out(
        dossier, by=world.actor("giang"), at=LATER, collector="Nguyễn Thị An", paper="Căn cước"
    )
    archiving.archive(returned, by=world.actor("binh"), at=LATER, shelf="Kho 2, giá 4")
    if sweep:
        outbox.sweep()
    return Dossier.objects.get(pk=dossier.pk)


@pytest.fixture
def unsigned(world: World, received: Dossier, climb: Climb) -> Dossier:
    """Put away where no authority runs: everything is there but signatures."""
    return put_away(world, issued(world, received, climb), sweep=False)


def made(dossier: Dossier) -> ArchivePackage:
    return packaging.make(dossier, made_by="Bình", at=LATER)


def unpacked(package: ArchivePackage, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(b"".join(package_zip.zipped(package)))) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder / str(package.dossier)


def chain_script(folder: Path) -> tuple[int, str]:
    """The script in the package, by a Python that knows nothing of us."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "kiem_tra.py")], capture_output=True, env={}, cwd="/", check=False
    )
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def kept(world: World, received: Dossier, authority: Authority, climb: Climb) -> ArchivePackage:
    """A dossier with signed result, preserved for long, its days sealed, put away, its package signed."""
    certify(world, authority)
    seal_of(world, authority)
    resolve(world, received, climb, at=MONDAY + dt.timedelta(days=1))
    preserving.sweep(timezone.now() + dt.timedelta(hours=2))
    sealing.seal_ended_days(at=LATER)
    put_away(world, Dossier.objects.get())
    return ArchivePackage.objects.get()


def test_archive_package_verifies_without_the_product(kept: ArchivePackage, tmp_path: Path) -> None:
    folder = unpacked(kept, tmp_path)
    assert run(folder, "sha256sum", "-c", "--quiet", "SHA256SUMS").returncode == 0
    cms = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "SHA256SUMS.p7s", "-content", "SHA256SUMS",
           "-CAfile", "chung-thu/goc.pem", "-purpose", "any", "-out", os.devnull]  # fmt: skip
    assert "successful" in run(folder, *cms).stderr
    stamps = sorted((folder / "niem-phong").glob("*.tst"))
    assert [stamp.stem for stamp in stamps] == ["2026-11-09", "2026-11-10"]
    for stamp in stamps:
        said = run(folder, "openssl", "ts", "-verify", "-data", str(stamp.with_suffix(".txt")), "-in", str(stamp),
                   "-token_in", "-CAfile", "chung-thu/goc.pem")  # fmt: skip
        assert "Verification: OK" in said.stdout + said.stderr
    assert chain_script(folder) == (0, "Gói toàn vẹn.\n")
    script = run(folder, "sh", "kiem-tra.sh")
    assert script.returncode == 0, script.stdout
    assert "KHÔNG ĐẠT" not in script.stdout


def test_the_package_holds_result_originals_chain_and_what_they_mean(kept: ArchivePackage, tmp_path: Path) -> None:
    folder = unpacked(kept, tmp_path)
    document = SignedDocument.objects.get(pk=Result.objects.get().signed_document_id)
    [signed] = (folder / "ket-qua").glob("*-da-ky.pdf")
    assert signed.read_bytes() == preserving.best(document) != signing.read(document)
    paper = Attachment.objects.get()
    [original] = (folder / "giay-to").iterdir()
    assert original.name == "001-bang.jpg"
    assert hashlib.sha256(original.read_bytes()).hexdigest() == paper.sha256
    assert (folder / "to-khai/to-khai.pdf").read_bytes().startswith(b"%PDF")
    index = json.loads((folder / "index.json").read_text())
    assert index["retention"] == {"years": 20, "until": "2046-12-31"}
    assert index["agency"]["code"] == "000.21.05.H62"
    assert index["dossier"]["register_line"] == 1
    readable = (folder / "index.html").read_text()
    for words in ("Nguyễn Thị An", "Kho 2, giá 4", "20 năm, đến hết ngày 31/12/2046", "Kết thúc, lưu hồ sơ"):
        assert words in readable
    assert "<script" not in readable
    certificates = {path.name for path in (folder / "chung-thu").iterdir()}
    assert len(certificates) == 3  # leader, seal, roots


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed")
def test_pdfsig_calls_the_result_in_the_package_valid(kept: ArchivePackage, tmp_path: Path) -> None:
    [signed] = (unpacked(kept, tmp_path) / "ket-qua").glob("*-da-ky.pdf")
    said = run(tmp_path, "pdfsig", "-nocert", str(signed)).stdout
    assert said.count("Signature is Valid.") == 2


def alter(folder: Path) -> None:
    path = folder / "giay-to/001-bang.jpg"
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def remove(folder: Path) -> None:
    (folder / "to-khai/to-khai.json").unlink()


def add(folder: Path) -> None:
    (folder / "giay-to/002-them.pdf").write_bytes(b"%PDF")


def drop_event(folder: Path) -> None:
    path = folder / "nhat-ky/su-kien.jsonl"
    lines = path.read_text().split("\n")
    path.write_text("\n".join(lines[:2] + lines[3:]))


def rename_actor(folder: Path) -> None:
    path = folder / "nhat-ky/su-kien.jsonl"
    path.write_text(path.read_text().replace('"officer", "', '"officer", "0', 1))


def cut_last(folder: Path) -> None:
    path = folder / "nhat-ky/su-kien.jsonl"
    path.write_text("\n".join(path.read_text().split("\n")[:-2]))


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (alter, "giay-to/001-bang.jpg: nội dung đã bị sửa"), (remove, "to-khai/to-khai.json: thiếu tệp này"),
        (add, "giay-to/002-them.pdf: tệp này không có trong danh sách"), (drop_event, "bước 3: đã bị xóa"),
        (rename_actor, "bước 2: nội dung hoặc thứ tự đã bị sửa"), (cut_last, "đã bị xóa"),
    ],
)  # fmt: skip
def test_whatever_was_changed_in_the_package_is_named(
    unsigned: Dossier, tmp_path: Path, spoil: Any, named: str
) -> None:
    folder = unpacked(made(unsigned), tmp_path)
    assert chain_script(folder) == (0, "Gói toàn vẹn.\n")
    spoil(folder)
    code, said = chain_script(folder)
    assert code == 1
    assert named in said
    shell = run(folder, "sh", "kiem-tra.sh")
    assert shell.returncode == 1
    assert "KHÔNG ĐẠT" in shell.stdout


def test_an_unreadable_index_is_told(unsigned: Dossier, tmp_path: Path) -> None:
    folder = unpacked(made(unsigned), tmp_path)
    (folder / "index.json").write_text("{")
    code, said = chain_script(folder)
    assert code == 1
    assert "Không đọc được" in said


def test_a_seal_that_names_another_event_is_named(unsigned: Dossier, tmp_path: Path, authority: Authority) -> None:
    sealing.seal_ended_days(at=LATER)
    folder = unpacked(made(unsigned), tmp_path)
    [text_, *_rest] = sorted((folder / "niem-phong").glob("*.txt"))
    text_.write_text(text_.read_text().replace(str(unsigned.pk), "x"))
    said = chain_script(folder)[1]
    assert "niêm phong 2026-11-09: danh sách đã bị sửa" in said
    assert "khác với bước đã niêm phong ngày 2026-11-09" in said


def test_the_bytes_are_the_same_each_time(unsigned: Dossier) -> None:
    package = made(unsigned)
    first, second = (b"".join(package_zip.zipped(package)) for _time in range(2))
    assert first == second
    assert [entry["path"] for entry in package.contents[:-1]] == sorted(one["path"] for one in package.contents[:-1])


ODD = ("cha mẹ/../..\\etc.PDF", "bằng.jpg", unicodedata.normalize("NFD", "bằng.jpg"), "đ" * 85 + ".jpg", "không đuôi",
       "- *;`$(x)`.jpg", "bang.jpg")  # fmt: skip


def test_odd_and_equal_names_are_safe_and_the_real_ones_are_in_the_index(unsigned: Dossier, tmp_path: Path) -> None:
    data = picture().read()
    for name in ODD:
        kept = files.receive(picture(), document_key="bang-tqgc", at=LATER, dossier=unsigned)
        kept.name = name
        kept.save(update_fields=["name"])
    folder = unpacked(made(unsigned), tmp_path)
    names = sorted(path.name for path in (folder / "giay-to").iterdir())
    assert len(names) == len(ODD) + 1
    assert all(len(name) < 80 and name.isascii() and name[:3].isdigit() for name in names)
    assert all((folder / "giay-to" / name).read_bytes() == data for name in names)
    notes = [entry["note"] for entry in json.loads((folder / "index.json").read_text())["files"]]
    assert all(any(name in note for note in notes) for name in ODD)
    assert run(folder, "sha256sum", "-c", "--quiet", "SHA256SUMS").returncode == 0


def test_only_what_is_put_away_is_packed(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="chưa lưu"):
        made(received)


def test_one_file_at_a_time_is_in_memory(unsigned: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        big = SimpleUploadedFile(f"{number}.jpg", picture().read() + os.urandom(2_000_000), "image/jpeg")
        files.receive(big, document_key="bang-tqgc", at=LATER, dossier=unsigned)
    largest = max(len(chunk) for chunk in package_zip.zipped(made(unsigned)))
    assert 2_000_000 < largest < 2_100_000


def test_a_process_that_dies_leaves_nothing_and_the_sweep_makes_it(
    unsigned: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = packaging._kept

    def dies(package: Any, item: Any, made: Any) -> Any:
        if item.path == "SHA256SUMS":
            raise KeyboardInterrupt
        return real(package, item, made)

    monkeypatch.setattr(packaging, "_kept", dies)
    with pytest.raises(KeyboardInterrupt):
        outbox.perform_now(f"package.make:{unsigned.pk}")
    assert not ArchivePackage.objects.exists()
    assert default_storage.listdir("packages")[1] == []
    monkeypatch.undo()
    OutboxMessage.objects.filter(kind="package.make").update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    assert outbox.perform_now(f"package.make:{unsigned.pk}")
    package = ArchivePackage.objects.get()
    assert (package.version, package.made_by) == (1, "Nguyễn Văn Bình")
    assert package_zip.damaged(package) == ""


def test_two_makers_of_one_version_leave_one(unsigned: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    made(unsigned)
    monkeypatch.setattr("dossiers.packaging._next_version", lambda dossier: 1)
    with pytest.raises(IntegrityError):
        made(unsigned)


def test_a_second_promise_makes_no_second_package(unsigned: Dossier) -> None:
    made(unsigned)
    assert outbox.perform_now(f"package.make:{unsigned.pk}")
    assert ArchivePackage.objects.count() == 1


def test_the_package_waits_a_day_for_long_term_proofs(
    world: World, received: Dossier, authority: Authority, climb: Climb
) -> None:
    certify(world, authority)
    resolve(world, received, climb, at=MONDAY + dt.timedelta(days=1))
    put_away(world, Dossier.objects.get())
    assert not ArchivePackage.objects.exists()
    SignedDocument.objects.update(signed_at=timezone.now() - dt.timedelta(hours=25))
    OutboxMessage.objects.filter(kind="package.make").update(next_at=timezone.now())
    outbox.sweep()
    assert ArchivePackage.objects.count() == 1


def test_a_file_that_was_altered_at_rest_is_named_and_not_packed(unsigned: Dossier) -> None:
    paper = Attachment.objects.get()
    package = made(unsigned)
    default_storage.delete(paper.file)
    assert package_zip.damaged(package) == "giay-to/001-bang.jpg"
    with pytest.raises(package_zip.Altered, match="001-bang"):
        made(unsigned)
    Attachment.objects.update(file=Result.objects.get().file or package.contents[0]["file"])
    with pytest.raises(package_zip.Altered, match="001-bang"):
        made(unsigned)
    changed = package.contents
    changed[0]["sha256"] = "0" * 64
    package.contents = changed
    assert package_zip.damaged(package) == changed[0]["path"]


def test_a_seal_text_left_half_written_is_written_anew(unsigned: Dossier, authority: Authority) -> None:
    sealing.seal_ended_days(at=LATER)
    made(unsigned)
    for name in default_storage.listdir("seals")[1]:
        Path(default_storage.path(f"seals/{name}")).write_bytes(b"half")
    assert package_zip.damaged(made(unsigned)) == ""


def test_without_a_certificate_the_package_is_there_and_waits_for_its_signature(unsigned: Dossier) -> None:
    package = made(unsigned)
    assert not outbox.perform_now(f"package.seal:{package.pk}")
    package.refresh_from_db()
    assert package.signed_document_id is None
    package_sealing.give_up(f"package:{package.pk}", "Chứng thư đã bị thu hồi")
    package_sealing.give_up("result:1", "not ours")
    package.refresh_from_db()
    assert package.signing_error == "Chứng thư đã bị thu hồi"


def test_retention_is_a_rule_of_the_profile_or_of_the_procedure(unsigned: Dossier, tmp_path: Path) -> None:
    RuleProfile.objects.update(parameters={"retention_years": 50, "retention_of": {"1.010803": 0}})
    folder = unpacked(made(Dossier.objects.get()), tmp_path)
    assert json.loads((folder / "index.json").read_text())["retention"] == {"years": 0, "until": None}
    assert "Vĩnh viễn" in (folder / "index.html").read_text()


# Officers ----------------------------------------------------------------------------------------------------


def test_officers_who_may_see_the_dossier_take_the_package_away_and_it_is_logged(
    world: World, unsigned: Dossier
) -> None:
    desk = Desk(world, "binh")
    address = f"ho-so/{unsigned.code}/goi-luu-tru"
    assert desk.get(address).status_code == 404
    made(unsigned)
    answer = desk.get(address)
    assert answer["Content-Type"] == "application/zip"
    assert f"goi-luu-tru-{unsigned.code}-ban-1.zip" in answer["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(answer.getvalue())).testzip() is None
    assert AccessLog.objects.filter(what="gói lưu trữ, bản 1").count() == 1
    assert "Gói lưu trữ, bản 1" in text(desk.open(unsigned, muc="nhat-ky"))
    assert Desk(world, "phuc").get(address).status_code == 404
    assert desk.get(address, ban="2").status_code == desk.get(address, ban="x").status_code == 404


def test_a_new_version_is_made_where_the_dossier_was_put_away(world: World, unsigned: Dossier) -> None:
    made(unsigned)
    address = f"/can-bo/ho-so/{unsigned.code}/goi-luu-tru"
    assert Desk(world, "lan").client.post(address).status_code == 404
    binh = Desk(world, "binh")
    answer = binh.client.post(address, {"ban": "1"}, follow=True)
    assert "Đã lập gói lưu trữ, bản 2" in text(answer)
    again = binh.client.post(address, {"ban": "1"}, follow=True)  # sent twice, or from a page that is old
    assert "Gói lưu trữ đã có bản 2" in text(again)
    assert ArchivePackage.objects.count() == 2
    assert binh.get(f"ho-so/{unsigned.code}/goi-luu-tru", ban="1").status_code == 200


def test_a_damaged_package_is_told_instead_of_given(world: World, unsigned: Dossier) -> None:
    package = made(unsigned)
    default_storage.delete(next(one["file"] for one in package.contents if one["path"] == "index.html"))
    answer = Desk(world, "binh").client.get(f"/can-bo/ho-so/{unsigned.code}/goi-luu-tru", follow=True)
    assert "Tệp index.html trong kho không còn như khi lập gói" in text(answer)
    Attachment.objects.update(sha256="0" * 64)
    again = Desk(world, "binh").client.post(f"/can-bo/ho-so/{unsigned.code}/goi-luu-tru", {"ban": "1"}, follow=True)
    assert "Không lập được gói lưu trữ: giay-to/001-bang.jpg" in text(again)


def test_the_command_writes_the_package_making_it_when_there_is_none(unsigned: Dossier, tmp_path: Path) -> None:
    out = tmp_path / "goi.zip"
    call_command("archive_package", unsigned.code, str(out))
    call_command("archive_package", unsigned.code, str(tmp_path / "hai.zip"))
    assert out.read_bytes() == (tmp_path / "hai.zip").read_bytes()
    assert ArchivePackage.objects.count() == 1
    with pytest.raises(CommandError, match="exists"):
        call_command("archive_package", unsigned.code, str(out))
    with pytest.raises(CommandError, match="no dossier"):
        call_command("archive_package", "khong-co", str(tmp_path / "ba.zip"))
    assert SigningRequest.objects.count() == 0
