"""Judging a file that left us unsigned and came back signed: is it ours, with one right signature and nothing else?"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from portal.floor.ports import PortError
from signatures import trust, verification
from signatures.models import Certificate
from signatures.refusals import SigningRefused

MOST_BYTES = 20 * 1024 * 1024
_BROKEN = (
    PdfError, SignatureValidationError, CMSExtractionError, ValueError, KeyError, TypeError, AttributeError, IndexError,
    RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """What the new signature is: B-T with a time of an authority that we trust, else B-B with our clock's."""

    level: str
    signed_at: datetime


def judge(original: bytes, signed: bytes, certificate: Certificate, *, at: datetime) -> Judged:
    """`signed` must be `original` with exactly one more signature, by that certificate, over all of it.

    Raises SigningRefused with what is wrong; PortError when the certificate's authority does not answer.
    """
    if len(signed) > MOST_BYTES:
        raise SigningRefused(_("Tệp quá lớn: mỗi tệp đã ký nhiều nhất 20 MB."))
    if not signed.startswith(b"%PDF-"):
        raise SigningRefused(_("Tệp gửi lên không phải là PDF. Gửi lại đúng tệp vừa ký."))
    if not signed.startswith(original):
        raise SigningRefused(_("Tệp này không phải văn bản cần ký, hoặc nội dung đã đổi trước khi ký."))
    if len(signed) == len(original):
        raise SigningRefused(_("Tệp chưa có chữ ký. Ký bằng thiết bị rồi gửi lại."))
    try:
        _check_addition(PdfFileReader(BytesIO(original), strict=False), signed, certificate)
    except _BROKEN as error:
        raise SigningRefused(_("Tệp không đọc được hoặc chữ ký bị hỏng. Ký lại từ đầu.")) from error
    trust.check_may_sign(certificate.parsed, certificate.issuers)
    return _verdict(signed, at)


def _check_addition(before: PdfFileReader, signed: bytes, certificate: Certificate) -> None:
    after = PdfFileReader(BytesIO(signed), strict=False)
    added = after.embedded_signatures[len(before.embedded_signatures) :]
    if not added:
        raise SigningRefused(_("Tệp chưa có chữ ký. Ký bằng thiết bị rồi gửi lại."))
    if len(added) > 1:
        raise SigningRefused(_("Tệp có thêm nhiều hơn một chữ ký. Mỗi lần chỉ ký một lần."))
    (signature,) = added
    _check_signer(signature, certificate)
    signature.compute_integrity_info()
    if signature.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise SigningRefused(_("Chữ ký không bao trùm toàn bộ tệp."))
    # An earlier signature would tell of changes; the first one has nobody before it.
    change = DEFAULT_DIFF_POLICY.review_file(after, _as_ordered(after, before.total_revisions - 1))
    if isinstance(change, SuspiciousModification) or change.modification_level > ModificationLevel.FORM_FILLING:
        raise SigningRefused(_("Nội dung văn bản đã bị thay đổi khi ký. Ký lại từ tệp gốc."))


def _as_ordered(file: PdfFileReader, revision: int) -> HistoricalResolver:
    """The file before it was signed. One without any form counts as one with an empty form: else a signature's field
    cannot be told from other changes."""
    ordered = file.get_historical_resolver(revision)
    if "/AcroForm" not in ordered.root:
        form, now = DictionaryObject({NameObject("/Fields"): ArrayObject()}), file.root["/AcroForm"]
        # What they all write, and how text would look in fields that are not there.
        form.update({key: now[key] for key in (NameObject("/SigFlags"), NameObject("/DA")) if key in now})
        ordered.root[NameObject("/AcroForm")] = form
    return ordered


def _check_signer(signature: EmbeddedPdfSignature, certificate: Certificate) -> None:
    signer, ours = signature.signer_cert, certificate.parsed
    same_key = signer.public_key.dump() == ours.public_key.dump()
    if signer.serial_number != ours.serial_number or not same_key:
        raise SigningRefused(
            _("Văn bản được ký bằng chứng thư khác. Chọn đúng chứng thư số %(serial)s trên thiết bị rồi ký lại.")
            % {"serial": certificate.serial.upper()}
        )


def _verdict(signed: bytes, at: datetime) -> Judged:
    report = verification.verify(signed)  # now: answers of authorities are newer than `at`
    new = report.signatures[-1] if report.signatures else None
    spoiled = any(one.verdict == "invalid" for one in report.signatures)
    if new is None or spoiled:
        raise SigningRefused(" ".join(report.reasons))
    if new.verdict == "unknown_issuer":
        # Its issuer has just been found to be one of ours.
        raise PortError(_("Chưa hỏi được tình trạng chứng thư số. Chờ một phút rồi gửi lại."))
    return Judged("B-T", new.stamped_at) if new.stamped_at else Judged("B-B", at)
