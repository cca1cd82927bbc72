"""Signatures inside XML files, judged by us, by the library that made them, and by one that did not."""

import subprocess
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from lxml import etree
from signxml.xades import XAdESVerifier

from signatures import pades, signing, xades
from signatures.models import SignedDocument
from signatures.refusals import SigningRefused
from signatures.signing import Placement, SigningOrder
from signatures.xml_verification import verify_xml
from tests.authority import LEADER
from tests.signatures.remote import performed

pytestmark = pytest.mark.django_db
CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<!-- danh sách -->
<hs:hoSo xmlns:hs="urn:motcua:ho-so" nam="2026">
  <hs:chuHoSo>Nguyễn Thị Ưởng &amp; con</hs:chuHoSo>
  <hs:ketQua ma="152/QĐ-SLĐTBXH"/>
</hs:hoSo>
""".encode()
AT = datetime(2026, 11, 23, 7, 5, 9, tzinfo=UTC)


def inside(certificate, content=CONTENT, reference="xml:1", **more):
    wish = SigningOrder(content, certificate.pk, reference, Placement(), form="xml", **more)
    document = signing.perform(signing.order(wish).pk)
    assert isinstance(document, SignedDocument)
    return signing.read(document)


@pytest.mark.parametrize("algorithm", ["rsa", "ec"])
@pytest.mark.parametrize("level", ["B-B", "B-T"])
def test_a_signed_xml_file_is_valid_and_says_whose_it_is(authority, algorithm, level):
    signed = inside(authority.person(algorithm=algorithm), level=level)
    report = verify_xml(signed)
    assert report.reasons
    assert report.verdict == {"B-B": "valid_untimestamped", "B-T": "valid"}[level], report.reasons
    one = report.signatures[0]
    assert (one.signer, one.level, bool(one.stamped_at)) == (LEADER, level, level == "B-T")
    assert one.claimed_at


def test_the_librarys_own_verifier_accepts_it(authority):
    certificate = authority.agency()
    signed = inside(certificate)
    results = XAdESVerifier().verify(signed, x509_cert=certificate.pem)
    assert any(result.signed_xml is not None and result.signed_xml.tag.endswith("hoSo") for result in results)


@pytest.mark.xmlsec
@pytest.mark.parametrize("algorithm", ["rsa", "ec"])
@pytest.mark.parametrize("level", ["B-B", "B-T"])
def test_an_independent_program_accepts_the_file_and_no_other(authority, pki, tmp_path, algorithm, level):
    signed = inside(authority.person(algorithm=algorithm), level=level)
    assert accepted_by_xmlsec(signed, tmp_path, pki.ready["root_pem"])
    assert not accepted_by_xmlsec(signed.replace(b"2026", b"2027", 1), tmp_path, pki.ready["root_pem"])


def accepted_by_xmlsec(xml, folder, root):
    (folder / "signed.xml").write_bytes(xml)
    named = ["--id-attr:Id", f"{xades.XADES}:SignedProperties", "--id-attr:Id", f"{xades.DS}:KeyInfo"]
    command = ["xmlsec1", "--verify", "--trusted-pem", root, *named, folder / "signed.xml"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_what_was_there_before_is_not_changed(authority):
    before, after = etree.fromstring(CONTENT), etree.fromstring(inside(authority.agency()))
    after.remove(after.find(f"{{{xades.DS}}}Signature"))
    assert etree.tostring(after, method="c14n") == etree.tostring(before, method="c14n")


def test_changed_content_is_said_in_plain_words(authority):
    signed = inside(authority.agency())
    assert verify_xml(signed.replace("Ưởng".encode(), "Ương".encode())).reasons == (
        "Nội dung đã bị thay đổi sau khi ký.",
    )


def test_a_flipped_signature_value_or_certificate_is_found(authority):
    signed = inside(authority.agency(), level="B-B")
    for place in (signed.index(b"SignatureValue>") + 20, signed.index(b"X509Certificate>") + 400):
        broken = bytearray(signed)
        broken[place] = ord("A") if broken[place] != ord("A") else ord("B")
        assert verify_xml(bytes(broken)).verdict in {"invalid", "unknown_issuer"}


def test_a_signature_that_is_not_about_the_whole_file_is_invalid(authority):
    signed = etree.fromstring(inside(authority.agency()))
    wrapped = etree.Element("other")
    wrapped.append(signed)
    assert verify_xml(etree.tostring(wrapped)).verdict == "invalid"


def test_a_time_stamp_of_another_signature_is_found(authority):
    first, second = inside(authority.agency()), inside(authority.person(algorithm="ec"), reference="xml:2")
    path = f".//{{{xades.XADES}}}EncapsulatedTimeStamp"
    root, other = etree.fromstring(first), etree.fromstring(second)
    root.find(path).text = other.find(path).text
    assert verify_xml(etree.tostring(root)).reasons == ("Dấu thời gian không khớp với chữ ký.",)


def test_an_authority_we_do_not_know_is_not_trusted(authority, settings):
    signed = inside(authority.agency())
    settings.TRUST_ROOTS = []
    assert verify_xml(signed).verdict == "unknown_issuer"


def test_a_revoked_certificate_signs_nothing(authority):
    certificate = authority.agency()
    signed = inside(certificate, level="B-B")
    authority.revoke(certificate)
    assert verify_xml(signed).reasons == ("Chứng thư số đã bị thu hồi khi ký.",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "không phải là XML"),
        (b"%PDF-1.7", "không phải là XML"),
        (b"<a>\0</a>", "UTF-8"),
        ("<a/>".encode("utf-16"), "UTF-8"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "DTD"),
        (b"<!DOCTYPE a><a/>", "DTD"),
        (b"<a>" + b" " * xades.MOST_BYTES + b"</a>", "20 MB"),
    ],
    ids=["empty", "pdf", "nul", "utf-16", "entity", "doctype", "large"],
)
def test_what_cannot_be_signed_is_refused_with_the_reason(authority, content, words):
    wish = SigningOrder(content, authority.agency().pk, "xml:3", form="xml")
    request = performed(signing.order(wish))
    assert request.state == "failed"
    assert words in request.last_error
    assert verify_xml(content).verdict == "invalid"


def test_a_file_signed_already_is_not_signed_again(authority):
    signed = inside(authority.agency())
    request = performed(signing.order(SigningOrder(signed, authority.agency("000.00.15.H62").pk, "xml:4", form="xml")))
    assert "đã có chữ ký" in request.last_error


def test_an_answer_of_another_size_does_not_fit_its_gap(authority):
    certificate = authority.person()
    signer = pades.Signer(certificate.parsed, certificate.issuers)
    prepared = xades.prepare(CONTENT, signer, at=timezone.now())
    with pytest.raises(SigningRefused, match="không vừa"):
        xades.complete(prepared, signer, b"\x00" * 12, None)


def test_the_claimed_time_is_the_one_of_the_order(authority):
    certificate = authority.person(algorithm="ec")
    signer = pades.Signer(certificate.parsed, certificate.issuers)
    prepared = xades.prepare(CONTENT, signer, at=AT)
    assert b"SigningTime>2026-11-23T07:05:09+00:00<" in prepared.pdf
    assert prepared.attributes.startswith(b"<ds:SignedInfo")


def test_a_remote_holder_confirms_an_xml_file(authority, service):
    request = performed(signing.order(SigningOrder(CONTENT, service.holder().pk, "xml:5", form="xml")))
    service.decide("confirmed")
    assert performed(request).state == "done"
    assert verify_xml(signing.read(request.document)).verdict == "valid"


def test_the_stored_file_is_xml(authority):
    inside(authority.agency())
    assert SignedDocument.objects.get().file.name.endswith(".xml")
