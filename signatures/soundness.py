"""What a signature cannot cover itself: nothing may be changed or hidden there either.

A signature does not cover the gap that it stands in: the certificates, the time stamp and the frame around them. Each
of these is signed by somebody, so each is checked by itself. Behind the last signature stand complete updates alone.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from asn1crypto import algos, cms, parser
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from signatures import checksum

# What may be added to a signature once it is there (ETSI EN 319 122-1): time stamps, proofs, counter-signatures.
ADDED = {"1.2.840.113549.1.9.6", "0.4.0.1733.2.4", "0.4.0.1733.2.5"} | {
    f"1.2.840.113549.1.9.16.2.{number}" for number in (14, 21, 22, 23, 24, 25, 26, 27, 48)
}
Certificates = Sequence[x509.Certificate]
UNREADABLE = (
    ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError, RecursionError,
    SignatureValidationError, PdfError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip


def flaw(pdf: bytes, signatures: Sequence[EmbeddedPdfSignature], roots: Sequence[asn1.Certificate]) -> str:
    """What is wrong in the places that no signature covers, in words; "" when all is as somebody signed it."""
    try:
        if not all(gap_is_plain(pdf, one) for one in signatures):
            return _("Sau chữ ký có dữ liệu lạ.")
        if not all(container_is_sound(one.signed_data, roots) for one in signatures):
            return _("Chứng thư hoặc dấu thời gian kèm theo chữ ký đã bị thay đổi.")
        if not end_is_plain(pdf, signatures):
            return _("Sau chữ ký cuối có dữ liệu lạ.")
        if not proofs_are_sound(signatures[0].reader, roots):
            return _("Dữ liệu kiểm chứng trong tệp đã bị thay đổi.")
    except UNREADABLE:
        return _("Phần kèm theo chữ ký không đọc được hoặc đã bị thay đổi.")
    return ""


def container_flaw(signed: cms.SignedData, roots: Iterable[asn1.Certificate]) -> str:
    """What is wrong with a signature file that its signature does not cover, in words; "" when nothing is."""
    try:
        sound = container_is_sound(signed, roots)
    except UNREADABLE:
        sound = False
    return "" if sound else _("Chứng thư hoặc dấu thời gian kèm theo chữ ký đã bị thay đổi.")


def gap_is_plain(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the gap holds the signature in one way of writing, and behind it zeros alone."""
    first, second = int(signature.byte_range[1]), int(signature.byte_range[2])
    written, content = pdf[first:second], signature.pkcs7_content
    digits = written[1:-1]
    whole = written[:1] == b"<" and written[-1:] == b">" and digits in (digits.lower(), digits.upper())
    return whole and bytes.fromhex(digits.decode("ascii")) == content and not any(content[parser.peek(content) :])


def end_is_plain(pdf: bytes, signatures: Iterable[EmbeddedPdfSignature]) -> bool:
    """Whether behind the last signature stands nothing, or whole updates that hold no signature made unreadable and
    fit their sum, where they have one."""
    covered = max(int(one.byte_range[2]) + int(one.byte_range[3]) for one in signatures)
    if covered == len(pdf):
        return True
    whole = b"/ByteRange" not in pdf[covered:] and pdf.endswith((b"%%EOF", b"%%EOF\n", b"%%EOF\r", b"%%EOF\r\n"))
    return whole and checksum.is_right(pdf, covered)


def container_is_sound(signed: cms.SignedData, roots: Iterable[asn1.Certificate]) -> bool:
    """Whether frame, certificates and time stamps of the signature are as somebody signed them. Raises ValueError."""
    choices = list(signed["certificates"]) if signed["certificates"] else []
    if any(choice.name != "certificate" for choice in choices):
        return False
    return (
        _frame_is_sound(signed)
        and certificates_are_sound(_parsed(choice.chosen for choice in choices), _parsed(roots))
        and all(container_is_sound(token, roots) for token in tokens(signed))
    )


def certificates_are_sound(certificates: Certificates, roots: Certificates) -> bool:
    """Whether each is signed by whom it names, as far as that one is here."""
    known = [*certificates, *roots]
    return all(_issued(one, [other for other in known if _names(one, other)]) for one in certificates)


def proofs_are_sound(reader: PdfFileReader, roots: Iterable[asn1.Certificate]) -> bool:
    """Whether each certificate, answer and list that was put into the file is as its authority signed it.

    Raises ValueError for what is none.
    """
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return True
    trusted = _parsed(roots)
    certificates = _parsed(store.load_certs())
    known = [*certificates, *trusted]
    answers = [ocsp.load_der_ocsp_response(stream.get_object().data) for stream in store.ocsps]
    lists = [x509.load_der_x509_crl(stream.get_object().data) for stream in store.crls]
    return (
        certificates_are_sound(certificates, trusted)
        and all(_answered(answer, known) for answer in answers)
        and all(any(_listed(one, other) for other in known if one.issuer == other.subject) for one in lists)
    )


def _frame_is_sound(signed: cms.SignedData) -> bool:
    signers = signed["signer_infos"]
    used = {info["digest_algorithm"]["algorithm"].native for info in signers}
    plain = signed["encap_content_info"]["content_type"].native == "data"
    simple = all(info["version"].native == "v1" for info in signers)
    return (
        len(signers) == 1
        and {one["algorithm"].native for one in signed["digest_algorithms"]} == used
        and signed["version"].native == ("v1" if plain and simple else "v3")
        and all(info["version"].native == ("v1" if info["sid"].name == "issuer_and_serial_number" else "v3")
                for info in signers)
        and all(_bare(one) for one in signed["digest_algorithms"])
        and all(_bare(info["digest_algorithm"]) and _bare(info["signature_algorithm"]) for info in signers)
        and all(attribute["type"].dotted in ADDED for attribute in _added(signed))
    )  # fmt: skip


def _bare(algorithm: algos.AlgorithmIdentifier) -> bool:
    """Only RSASSA-PSS says more than its name; there the signature covers what it says."""
    if algorithm["algorithm"].native == "rsassa_pss":
        return True
    return algorithm["parameters"].dump() in (b"", b"\x05\x00")


def _added(signed: cms.SignedData) -> list[cms.CMSAttribute]:
    return [attribute for info in signed["signer_infos"] for attribute in info["unsigned_attrs"] or ()]


def tokens(signed: cms.SignedData) -> list[cms.SignedData]:
    """The time stamps over the signature."""
    found = [one for one in _added(signed) if one["type"].native == "signature_time_stamp_token"]
    return [token["content"] for attribute in found for token in attribute["values"]]


def _parsed(certificates: Iterable[asn1.Certificate]) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(one.dump()) for one in certificates]


def _names(one: x509.Certificate, other: x509.Certificate) -> bool:
    """Whether `one` says, by name or by key, that `other` has signed it."""
    if one.issuer == other.subject:
        return True
    try:
        key = one.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        own = other.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return False
    return key == own


def _issued(one: x509.Certificate, named: Certificates) -> bool:
    return not named or any(_directly(one, other) for other in named)


def _directly(one: x509.Certificate, other: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(other)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _listed(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    return isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and one.is_signature_valid(key)


def _answered(answer: ocsp.OCSPResponse, known: Certificates) -> bool:
    """Whether one of those who may answer has signed it."""
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return False
    own = answer.certificates
    if not certificates_are_sound(own, known):
        return False
    return any(_by(answer, one) for one in chain(own, known))


def _by(answer: ocsp.OCSPResponse, responder: x509.Certificate) -> bool:
    key, algorithm = responder.public_key(), answer.signature_hash_algorithm
    assert algorithm is not None
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True
