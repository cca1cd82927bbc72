"""The signed file itself, judged by us and by a reader that shares no code with us."""

import re
import subprocess
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from asn1crypto import keys
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.floor.ports import PortError
from signatures import pades, placement, signing, timestamps
from signatures.models import SignedDocument
from signatures.refusals import SigningRefused
from signatures.signing import Placement
from signatures.verification import verify
from tests.authority import DEPARTMENT, LEADER
from tests.signatures.remote import performed

pytestmark = pytest.mark.django_db


def signed(wish):
    document = signing.perform(signing.order(wish).pk)
    assert isinstance(document, SignedDocument)
    return signing.read(document)


@pytest.fixture
def by_person(authority, ordered):
    return signed(ordered(authority.person()))


@pytest.fixture
def by_both(authority, ordered, by_person):
    return signed(ordered(authority.agency(), "test:1:seal", pdf=by_person))


def readers_verdict(pdf: bytes, folder: Path, root: str) -> list[str]:
    """What pdfsig says of each signature, with our root as the only one it trusts."""
    (folder / "signed.pdf").write_bytes(pdf)
    nss = f"sql:{folder / 'nss'}"
    (folder / "nss").mkdir()
    subprocess.run(["certutil", "-N", "-d", nss, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", nss, "-n", "root", "-t", "CT,C,C", "-i", root], check=True)
    answer = subprocess.run(
        ["pdfsig", "-nssdir", nss, str(folder / "signed.pdf")], capture_output=True, text=True, check=False
    ).stdout
    return [line.split(":", 1)[1].strip() for line in answer.splitlines() if "Validation:" in line]


VALID = ["Signature is Valid.", "Certificate is Trusted."]


@pytest.mark.parametrize("algorithm", ["rsa", "ec"])
def test_a_signature_of_each_kind_of_key_is_valid_with_time_stamp(authority, ordered, algorithm):
    report = verify(signed(ordered(authority.person(algorithm=algorithm))))
    assert report.verdict == "valid"
    assert [one.signer for one in report.signatures] == [LEADER]
    assert report.signatures[0].stamped_at


@pytest.mark.poppler
def test_an_independent_reader_trusts_the_person(by_person, tmp_path, pki):
    assert readers_verdict(by_person, tmp_path, pki.ready["root_pem"]) == VALID


@pytest.mark.poppler
def test_an_independent_reader_trusts_person_and_seal(by_both, tmp_path, pki):
    assert readers_verdict(by_both, tmp_path, pki.ready["root_pem"]) == VALID * 2


def test_the_seal_is_added_without_touching_a_byte(by_person, by_both):
    assert by_both.startswith(by_person)
    report = verify(by_both)
    assert report.verdict == "valid"
    assert [one.signer for one in report.signatures] == [LEADER, DEPARTMENT]


def test_the_original_is_the_beginning_of_the_signed_file(decision, by_person):
    assert by_person.startswith(decision)


def test_any_flipped_byte_is_found(by_both):
    with_gaps = by_both
    for gap in gaps(by_both):
        with_gaps = with_gaps[: gap.start] + bytes(len(gap)) + with_gaps[gap.stop :]
    places = [place for place in range(9, len(by_both), len(by_both) // 25) if with_gaps[place]]
    assert len(places) > 15
    for place in places:
        assert verify(flipped(by_both, place)).verdict == "invalid", place


def test_content_changed_after_signing_is_said_in_plain_words(decision, by_person):
    # A letter of the producer's name: the file is still read, and still looks the same.
    place = by_person.index(b"Typst", 0, len(decision))
    assert verify(flipped(by_person, place)).reasons == ("Nội dung đã bị thay đổi sau khi ký.",)


def test_nothing_can_be_hidden_behind_a_signature(by_person):
    (gap,) = gaps(by_person)
    forged = by_person[: gap.stop - 41] + b"41" * 20 + by_person[gap.stop - 1 :]
    assert len(forged) == len(by_person)
    assert verify(forged).verdict == "invalid"


def test_pages_added_after_signing_are_not_forgiven(by_person):
    writer = IncrementalPdfFileWriter(BytesIO(by_person))
    writer.root["/Lang"] = pdf_string("en")
    writer.update_root()
    changed = BytesIO()
    writer.write(changed)
    assert verify(changed.getvalue()).reasons == ("Sau khi ký, tệp có thay đổi không được phép.",)


def gaps(pdf: bytes) -> list[range]:
    """Where the signatures themselves stand, which they cannot cover."""
    found = re.finditer(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)
    return [range(int(match[2]), int(match[3])) for match in found]


def flipped(pdf: bytes, place: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 0x01]) + pdf[place + 1 :]


def certified(authority, pdf, permission, **field):
    """Signed elsewhere by somebody who says what may still be changed."""
    signer, key = authority.stranger()
    private = keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    held = SimpleSigner(signer.certificate, private, SimpleCertificateStore.from_certs(signer.issuers))
    metadata = PdfSignatureMetadata("Khac", md_algorithm="sha256", certify=not field, docmdp_permissions=permission)
    spec = SigFieldSpec("Khac", **field)
    return sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf), strict=False), metadata, held, new_field_spec=spec
    ).getvalue()


def test_a_file_certified_for_further_signatures_takes_one_that_is_not_seen(authority, ordered, decision):
    pdf, certificate = certified(authority, decision, MDPPerm.FILL_FORMS), authority.agency()
    report = verify(signed(ordered(certificate, pdf=pdf, placement=Placement())))
    assert [one.verdict for one in report.signatures] == ["valid_untimestamped", "valid"], report.reasons
    request = performed(signing.order(ordered(certificate, "test:seen", pdf=pdf)))
    assert "không hiện gì trên trang" in request.last_error


@pytest.mark.parametrize(
    "field", [{}, {"doc_mdp_update_value": MDPPerm.NO_CHANGES, "field_mdp_spec": FieldMDPSpec(FieldMDPAction.ALL)}]
)
def test_a_file_locked_by_its_signer_is_not_signed_again(authority, ordered, decision, field):
    pdf = certified(authority, decision, MDPPerm.NO_CHANGES, **field)
    with pytest.raises(SigningRefused, match="Người ký trước đã khóa tệp"):
        pades.check(pdf)
    request = performed(signing.order(ordered(authority.agency(), pdf=pdf)))
    assert request.state == "failed"
    assert "Người ký trước đã khóa tệp" in request.last_error


def test_without_a_time_stamp_the_verdict_says_so(authority, ordered):
    report = verify(signed(ordered(authority.person(), level="B-B")))
    assert report.verdict == "valid_untimestamped"
    assert report.reasons == ("Chữ ký không có dấu thời gian được tin cậy.",)


def test_an_authority_we_do_not_know_is_not_trusted(by_person, settings):
    settings.TRUST_ROOTS = []
    assert verify(by_person).verdict == "unknown_issuer"


def test_revoked_after_signing_stays_valid_by_its_time_stamp(authority, ordered):
    certificate = authority.person()
    pdf = signed(ordered(certificate))
    authority.revoke(certificate)
    report = verify(pdf)
    # The authority revokes with a precision of one second: both orders are right here, never a trusted silence.
    assert report.reasons in (
        ("Chứng thư số bị thu hồi sau khi ký; chữ ký vẫn có hiệu lực.",),
        ("Chứng thư số đã bị thu hồi khi ký.",),
    )


def test_signing_with_an_expired_certificate_is_found(authority, decision):
    signer, key = authority.stranger(days=-0.01)
    report = verify(by_hand(decision, signer, key))
    assert report.verdict == "invalid"
    assert report.reasons == ("Chứng thư số hết hạn và không có dấu thời gian chứng minh đã ký trước đó.",)


def test_a_time_stamp_of_another_signature_is_found(authority, decision):
    signer, key = authority.stranger()
    foreign = timestamps.timestamper()
    foreign.async_timestamp = lambda _digest, algorithm: type(foreign).async_timestamp(foreign, b"\x01" * 32, algorithm)
    assert verify(by_hand(decision, signer, key, foreign)).reasons == ("Dấu thời gian không khớp với chữ ký.",)


def test_while_the_status_service_is_silent_nothing_is_called_valid(authority, party, settings, decision):
    own = party("pki")
    settings.CA_URL, settings.TSA_URL = own.url, own.ready["tsa_url"]
    settings.TRUST_ROOTS = [own.ready["root_pem"]]
    signer, key = authority.stranger()
    pdf = by_hand(decision, signer, key, timestamps.timestamper())
    own.kill()
    report = verify(pdf)
    assert report.verdict == "unknown_issuer"
    assert report.reasons == ("Chưa hỏi được tình trạng chứng thư số; hãy kiểm tra lại sau.",)


def by_hand(pdf, signer, key, timestamper=None):
    """Signed past all the checks of our own verbs."""
    prepared = pades.prepare(pdf, signer, at=timezone.now())
    signature = key.sign(prepared.attributes, ECDSA(SHA256()))
    return pades.complete(prepared, signer, signature, timestamper)[0]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnonsense", b"PK\x03\x04" + b"\x00" * 500])
def test_what_is_no_pdf_is_invalid_and_not_signed(authority, ordered, content):
    assert verify(content).verdict == "invalid"
    request = signing.order(ordered(authority.person(), pdf=content))
    assert signing.perform(request.pk) is None
    request.refresh_from_db()
    assert request.state == "failed"


def test_an_unsigned_file_is_not_valid(decision, authority):
    report = verify(decision)
    assert (report.verdict, report.signatures) == ("invalid", ())


def test_the_hand_signature_stands_between_title_and_name(decision):
    box = placement.person_box(decision, LEADER)
    with pypdfium2.PdfDocument(decision) as document:
        text = document[box.page].get_textpage()
        assert text.get_text_bounded(box.left, box.bottom, box.left + box.width, box.bottom + box.height).strip() == ""
        below = text.get_text_bounded(box.left, box.bottom - 20, box.left + box.width, box.bottom)
    assert LEADER in below


def test_the_seal_has_its_true_size_and_covers_the_left_third(decision):
    person, seal = placement.person_box(decision, LEADER), placement.seal_box(decision, LEADER, 36)
    assert seal.width == seal.height == round(36 / 25.4 * 72)
    assert seal.left + seal.width - person.left == person.width // 3


def test_a_name_that_is_not_on_the_page_is_refused(decision):
    with pytest.raises(SigningRefused, match="Không tìm thấy chỗ ký"):
        placement.person_box(decision, "Nguyễn Văn Không Có")


def test_the_marks_are_seen_on_the_page(decision, by_both):
    with pypdfium2.PdfDocument(by_both) as document:
        document.init_forms()
        picture = document[0].render(scale=1).to_pil().convert("RGB")
    box, seal = placement.person_box(decision, LEADER), placement.seal_box(decision, LEADER, 36)
    assert _share(picture, box, lambda r, g, b: b > r + 60) > 0.01
    assert _share(picture, seal, lambda r, g, b: r > b + 60) > 0.05


def _share(picture, box, belongs):
    area = picture.crop(
        (box.left, picture.height - box.bottom - box.height, box.left + box.width, picture.height - box.bottom)
    )
    pixels = list(area.get_flattened_data())
    return sum(belongs(*pixel) for pixel in pixels) / len(pixels)


def test_a_digest_is_stamped_and_an_absent_authority_said(authority, settings):
    assert timestamps.stamp(b"\x01" * 32)
    settings.TSA_URL = "http://127.0.0.1:9/tsa"
    with pytest.raises(PortError):
        timestamps.stamp(b"\x01" * 32)


def test_a_signature_too_large_for_its_gap_is_refused(authority, decision):
    certificate = authority.person()
    signer = pades.Signer(certificate.parsed, certificate.issuers * 9)
    prepared = pades.prepare(decision, signer, at=timezone.now())
    with pytest.raises(SigningRefused):
        pades.complete(prepared, signer, b"\x00" * 12000, None)
