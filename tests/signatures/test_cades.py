"""Signature files beside files of any kind, judged by us and by openssl."""

import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from signatures import preserving, signing
from signatures.models import SignedDocument
from signatures.signing import Placement, SigningOrder
from signatures.verification import verify_detached
from tests.authority import DEPARTMENT, LEADER
from tests.signatures.remote import performed

pytestmark = pytest.mark.django_db
CONTENT = "Danh sách hồ sơ đã giải quyết\n".encode() + bytes(range(256))


def beside(certificate, content=CONTENT, reference="list:1", **more):
    wish = SigningOrder(content, certificate.pk, reference, Placement(), form="cms", **more)
    document = signing.perform(signing.order(wish).pk)
    assert isinstance(document, SignedDocument)
    return signing.read(document)


def accepted_by_openssl(content, signature, folder, root) -> bool:
    """Whether openssl finds the file unchanged and the signer below our root."""
    (folder / "file").write_bytes(content)
    (folder / "file.p7s").write_bytes(signature)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "file.p7s"]
    command += ["-content", folder / "file", "-CAfile", root, "-purpose", "any", "-out", "/dev/null"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("algorithm", ["rsa", "ec"])
@pytest.mark.parametrize("level", ["B-B", "B-T"])
def test_openssl_accepts_the_file_and_no_other(authority, tmp_path, pki, algorithm, level):
    signature = beside(authority.person(algorithm=algorithm), level=level)
    assert accepted_by_openssl(CONTENT, signature, tmp_path, pki.ready["root_pem"])
    assert not accepted_by_openssl(CONTENT + b"x", signature, tmp_path, pki.ready["root_pem"])
    verdict = {"B-B": "valid_untimestamped", "B-T": "valid"}[level]
    report = verify_detached(CONTENT, signature)
    assert (report.verdict, report.signatures[0].signer, report.signatures[0].level) == (verdict, LEADER, level)


def test_a_changed_file_is_said_in_plain_words(authority):
    signature = beside(authority.person(algorithm="ec"))
    assert verify_detached(CONTENT + b"x", signature).reasons == ("Nội dung đã bị thay đổi sau khi ký.",)


def test_any_flipped_byte_of_the_signature_is_found(authority):
    signature = beside(authority.agency())
    for place in range(0, 900, 60):
        broken = bytearray(signature)
        broken[place] ^= 1
        assert verify_detached(CONTENT, bytes(broken)).verdict in {"invalid", "unknown_issuer"}, place


@pytest.mark.parametrize("rubbish", [b"", b"%PDF-1.7", b"0\x80"], ids=repr)
def test_what_is_no_signature_is_invalid(rubbish):
    assert verify_detached(CONTENT, rubbish).verdict == "invalid"


def test_an_unknown_issuer_is_named_as_such(authority, settings):
    signature = beside(authority.agency())
    settings.TRUST_ROOTS = []
    assert verify_detached(CONTENT, signature).verdict == "unknown_issuer"


def test_a_revoked_certificate_signs_no_file_and_its_older_signatures_are_weighed(authority):
    certificate = authority.agency()
    signature = beside(certificate)
    authority.revoke(certificate)
    report = verify_detached(CONTENT, signature)
    assert report.signatures[0].signer == DEPARTMENT
    # The authority revokes with a precision of one second: both orders are right here, never a trusted silence.
    assert report.reasons in (
        ("Chứng thư số bị thu hồi sau khi ký; chữ ký vẫn có hiệu lực.",),
        ("Chứng thư số đã bị thu hồi khi ký.",),
    )
    wish = SigningOrder(CONTENT, certificate.pk, "list:2", form="cms")
    assert performed(signing.order(wish)).state == "failed"


def test_a_remote_holder_confirms_a_file_of_any_kind(authority, service):
    request = performed(signing.order(SigningOrder(CONTENT, service.holder().pk, "list:3", form="cms")))
    service.decide("confirmed")
    assert performed(request).state == "done"
    assert verify_detached(CONTENT, signing.read(request.document)).verdict == "valid"


def test_only_pdf_files_get_proofs_put_inside(authority):
    beside(authority.agency())
    preserving.sweep(timezone.now() + timedelta(hours=2))
    assert SignedDocument.objects.get().not_preserved == ""
    assert not SignedDocument.objects.get().preservations.exists()
