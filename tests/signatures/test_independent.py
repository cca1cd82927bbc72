"""What others say of our signatures: poppler, OpenSSL, and pyHanko in a process that has none of our code."""

import datetime as dt
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader

from signatures import longterm, signing
from signatures.models import SignedDocument
from signatures.signing import Placement
from signatures.verification import verify
from tests.authority import DEPARTMENT_CODE

pytestmark = pytest.mark.django_db
COPY = ("SAO Y", "Sở Lao động – Thương binh và Xã hội", "Thời gian ký: 23/11/2026 14:05:09 +07:00")
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
WHO = (("person",), ("person", "seal"), ("person", "seal", "copy"))
OUTSIDER = Path(__file__).with_name("outsider.py")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def made(authority: Any, ordered: Any) -> Callable[..., bytes]:
    """A decision signed by these, one after the other, each at that level."""
    person, seal = authority.person(), authority.agency()
    marks = {
        "person": (person, {}),
        "seal": (seal, {}),
        "copy": (authority.agency("000.21.05.H62"), {"placement": Placement(kind="text", lines=COPY)}),
    }

    def make(*who: str, level: str = "B-T") -> bytes:
        pdf = None
        for name in who:
            certificate, more = marks[name]
            given = more | ({"pdf": pdf} if pdf else {}) | {"level": "B-B" if level == "B-B" else "B-T"}
            request = signing.order(ordered(certificate, f"{level}:{'+'.join(who)}:{name}", **given))
            document = signing.perform(request.pk)
            request.refresh_from_db()
            assert isinstance(document, SignedDocument), request.last_error
            pdf = signing.read(document)
        assert pdf
        return longterm.protect(pdf, archive=level == "B-LTA").pdf if level in ("B-LT", "B-LTA") else pdf

    return make


@pytest.fixture
def nss(pki: Any, tmp_path: Path) -> str:
    """A store that trusts our root alone."""
    folder = tmp_path / "nss"
    folder.mkdir()
    store = f"sql:{folder}"
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
    add = ["certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", pki.ready["root_pem"]]
    subprocess.run(add, check=True)
    return store


def poppler(pdf: bytes, store: str, folder: Path) -> list[tuple[str, str]]:
    """What pdfsig says of each signature and its certificate; it cannot read document time stamps."""
    (folder / "read.pdf").write_bytes(pdf)
    answer = subprocess.run(
        ["pdfsig", "-nssdir", store, str(folder / "read.pdf")], capture_output=True, text=True, check=False
    ).stdout
    found = []
    for block in re.split(r"(?m)^Signature #\d+:", answer)[1:]:
        said = dict(re.findall(r"(?m)^\s+- (Signature|Certificate) Validation: (.*)$", block))
        if said.get("Signature") != "Signature has not yet been verified.":
            found.append((said.get("Signature", ""), said.get("Certificate", "")))
    return found


@pytest.mark.poppler
@pytest.mark.parametrize("level", LEVELS)
def test_poppler_trusts_every_signature_at_every_level(made: Any, nss: str, tmp_path: Path, level: str) -> None:
    good = ("Signature is Valid.", "Certificate is Trusted.")
    assert {who: poppler(made(*who, level=level), nss, tmp_path) for who in WHO} == {
        who: [good] * len(who) for who in WHO
    }


def outsider(pdf: bytes, root: str, folder: Path, at: dt.datetime | None = None) -> dict[str, Any]:
    """pyHanko's own verdict with `root` as the only one trusted; the process finds no module of ours."""
    path = folder / "outside.pdf"
    path.write_bytes(pdf)
    command = [sys.executable, "-I", str(OUTSIDER), str(path), root, (at or timezone.now()).isoformat()]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=folder)
    verdict: dict[str, Any] = json.loads(answer.stdout)
    return verdict


@pytest.mark.parametrize("level", LEVELS)
def test_another_process_trusts_signatures_and_time_stamps(made: Any, pki: Any, tmp_path: Path, level: str) -> None:
    said = outsider(made(*WHO[-1], level=level), str(pki.ready["root_pem"]), tmp_path)
    assert said["ours"] == []
    assert said["signatures"] == [{"trusted": True, "stamped": level != "B-B"}] * 3
    assert said["stamps"] == [True] * (level == "B-LTA")
    assert said["archived"] == ([True] * 3 if level == "B-LTA" else [])


def test_an_expired_certificate_is_proven_by_the_archived_file_alone(made: Any, pki: Any, tmp_path: Path) -> None:
    later, root = timezone.now() + dt.timedelta(days=3 * 365), str(pki.ready["root_pem"])
    archived, plain = made("person", "seal", level="B-LTA"), made("person", "seal", level="B-B")
    assert outsider(archived, root, tmp_path, later)["archived"] == [True] * 2
    report = verify(archived, at=later)
    assert (report.verdict, [one.level for one in report.signatures]) == ("valid", ["B-LTA", "B-LTA"])
    assert verify(plain, at=later).verdict == "invalid"


def openssl(*words: str | Path) -> str:
    answer = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
    return answer.stdout + answer.stderr


def parts(pdf: bytes) -> list[tuple[bytes, bytes, bool]]:
    """Of each signature: what it covers, its container (DER), whether it is a document time stamp."""
    reader = PdfFileReader(BytesIO(pdf))
    found = []
    for one in reader.embedded_signatures:
        _, end, start, length = (int(number) for number in one.byte_range)
        covered = pdf[:end] + pdf[start : start + length]
        found.append((covered, cms.ContentInfo.load(one.pkcs7_content).dump(), one.sig_object_type == "/DocTimeStamp"))
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_openssl_checks_every_signature_and_every_token(made: Any, pki: Any, tmp_path: Path, level: str) -> None:
    root, checked = str(pki.ready["root_pem"]), []
    content, signature, token = tmp_path / "content", tmp_path / "signature.der", tmp_path / "token.der"
    for covered, container, is_stamp in parts(made(*WHO[-1], level=level)):
        content.write_bytes(covered)
        if is_stamp:
            token.write_bytes(container)
            checked.append(openssl("ts", "-verify", "-token_in", "-in", token, "-data", content, "-CAfile", root))
            continue
        signature.write_bytes(container)
        said = openssl(
            "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", signature, "-content", content,
            "-CAfile", root, "-purpose", "any", "-out", tmp_path / "out",
        )  # fmt: skip
        checked.append(said)
        info = cms.ContentInfo.load(container)["content"]["signer_infos"][0]
        for attribute in info["unsigned_attrs"] or ():
            content.write_bytes(info["signature"].native)
            token.write_bytes(attribute["values"][0].dump())
            checked.append(openssl("ts", "-verify", "-token_in", "-in", token, "-data", content, "-CAfile", root))
    stamps = 0 if level == "B-B" else 3
    assert len(checked) == 3 + stamps + (level == "B-LTA")
    assert (
        sum("CMS Verification successful" in said or "CAdES Verification successful" in said for said in checked) == 3
    )
    assert sum("Verification: OK" in said for said in checked) == stamps + (level == "B-LTA"), checked


def spots(pdf: bytes, count: int) -> list[int]:
    """Bytes spread over the file, the gaps, the tables of places and the end; the same ones each time."""
    chance, found = random.Random(20261123), set()
    gaps = [range(int(one[2]), int(one[3])) for one in re.finditer(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)]
    tables = [match.start() for match in re.finditer(rb"startxref", pdf)]
    areas = [
        range(9, len(pdf)),
        *gaps,
        *(range(place - 60, place + 20) for place in tables),
        range(len(pdf) - 8, len(pdf) - 1),
    ]
    for area in areas:
        found |= {chance.randrange(area.start, min(area.stop, len(pdf))) for _ in range(count)}
    return sorted(found)


@pytest.mark.parametrize("level", LEVELS)
def test_any_flipped_byte_of_any_part_is_invalid(made: Any, level: str) -> None:
    pdf = made("person", "seal", level=level)
    places = spots(pdf, 3)
    forgiven = {}
    for place in places:
        changed = pdf[:place] + bytes([pdf[place] ^ 1 << place % 8]) + pdf[place + 1 :]
        if (verdict := verify(changed).verdict) != "invalid":
            forgiven[place] = verdict
    assert len(places) > 12
    assert forgiven == {}


@pytest.mark.parametrize("level", ["B-T", "B-LT", "B-LTA"])
def test_nothing_may_stand_behind_the_end(made: Any, level: str) -> None:
    pdf = made("person", level=level)
    for tail in (b"\x00", b" ", b"x", b"%%EOF\n", b"\n1 0 obj\n<<>>\nendobj\n"):
        assert verify(pdf + tail).verdict == "invalid", tail


def test_revoked_before_and_after_signing_differ(authority: Any, ordered: Any) -> None:
    certificate = authority.person()
    document = signing.perform(signing.order(ordered(certificate)).pk)
    assert document
    pdf, signed_at = signing.read(document), document.signed_at
    archived = longterm.protect(pdf).pdf
    authority.revoke(certificate, at=signed_at - HOUR)
    before = verify(pdf)
    authority.revoke(certificate, at=signed_at + 2 * dt.timedelta(seconds=1))
    after = verify(pdf, at=timezone.now() + dt.timedelta(minutes=1))
    assert (before.verdict, before.reasons) == ("invalid", ("Chứng thư số đã bị thu hồi khi ký.",))
    assert (after.verdict, after.reasons) == (
        "valid", ("Chứng thư số bị thu hồi sau khi ký; chữ ký vẫn có hiệu lực.",),
    )  # fmt: skip
    assert verify(archived, at=timezone.now() + dt.timedelta(minutes=1)).verdict == "valid"


def test_revoked_after_signing_without_a_time_stamp_proves_nothing(authority: Any, ordered: Any) -> None:
    certificate = authority.person()
    document = signing.perform(signing.order(ordered(certificate, level="B-B")).pk)
    assert document
    authority.revoke(certificate)
    assert verify(signing.read(document)).verdict == "invalid"


def test_signing_keeps_what_the_file_says_of_itself(made: Any) -> None:
    """PDF/A-2a and PDF/UA-1 by what the file declares and holds; whether it conforms is checked by no machine here."""
    pdf = made(*WHO[-1], level="B-LTA")
    root = PdfFileReader(BytesIO(pdf)).root
    said = root["/Metadata"].data.decode()
    for part, value in (("pdfaid:part", "2"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
        assert re.search(rf"{part}(>|=\")\s*{value}", said), part
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"] is not None
    assert root["/Lang"]


def test_a_stamp_whose_authority_was_revoked_proves_nothing(
    party: Any, authority: Any, ordered: Any, settings: Any
) -> None:
    own = party("pki")
    settings.CA_URL, settings.TSA_URL, settings.TRUST_ROOTS = own.url, own.ready["tsa_url"], [own.ready["root_pem"]]
    authority.running = own
    document = signing.perform(signing.order(ordered(authority.agency(DEPARTMENT_CODE))).pk)
    assert document
    pdf, later = longterm.protect(signing.read(document)).pdf, timezone.now() + dt.timedelta(days=3 * 365)
    assert (verify(pdf).verdict, verify(pdf, at=later).verdict) == ("valid", "valid")
    authority.revoke("tsa")
    report = verify(pdf, at=later)
    assert any("đã bị thu hồi" in reason for reason in report.reasons)
    assert report.signatures[0].level == "B-LT"
    own.kill()
    silent = verify(pdf, at=later)
    assert any("nơi cấp dấu thời gian lưu trữ" in reason for reason in silent.reasons)
