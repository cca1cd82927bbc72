"""What a signed file is worth, with reasons a citizen understands."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Literal

from asn1crypto import cms, x509
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import (
    async_validate_detached_cms,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from signatures import longterm, soundness, trust
from signatures.revocation import Answers
from signatures.waiting import wait

Verdict = Literal["valid", "valid_untimestamped", "unknown_issuer", "invalid"]
NOT_ANSWERED = _lazy("Chưa hỏi được tình trạng chứng thư số; hãy kiểm tra lại sau.")
IDENTITY = re.compile(r"(?:^|[:\s-])(\d{12}|\d{10}(?:-\d{3})?)$")
WORST_FIRST: tuple[Verdict, ...] = ("invalid", "unknown_issuer", "valid_untimestamped", "valid")


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature. `stamped_at` comes from a trusted time-stamp authority, `claimed_at` from the signer."""

    verdict: Verdict
    reasons: tuple[str, ...]
    signer: str
    organisation: str
    serial: str
    issuer: str
    claimed_at: datetime | None
    stamped_at: datetime | None
    level: longterm.Level = "B-B"
    identity: str = ""  # the person's number, where the certificate holds one; never shown to strangers


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the verdict rests on (DER): signers' certificates, OCSP answers and lists, time-stamp tokens."""

    certificates: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()
    stamps: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The whole file: as good as its worst signature."""

    verdict: Verdict
    sha256: str
    reasons: tuple[str, ...]
    signatures: tuple[SignatureReport, ...]
    evidence: Evidence = field(default=Evidence(), repr=False, compare=False)

    @property
    def unanswered(self) -> bool:
        """Whether the verdict may change as soon as an authority answers."""
        return self.verdict == "unknown_issuer" and str(NOT_ANSWERED) in self.reasons


def verify(pdf: bytes, *, at: datetime | None = None) -> Report:
    """Judge every signature of the file as of `at` (now). What cannot be read is invalid; nothing is raised."""
    digest = hashlib.sha256(pdf).hexdigest()
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        found, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        if not found:
            return Report("invalid", digest, (_("Tệp không có chữ ký số nào."),), ())
        roots = trust.roots()
        if words := soundness.flaw(pdf, [*found, *stamps], roots) or wait(_broken(stamps, roots)):
            return Report("invalid", digest, (words,), ())
        answers = _answers(found, stamps)
        court = _Court(at, roots, answers, longterm.newest_stamp(stamps))
        reports = tuple(wait(_judge(signature, court)) for signature in found)
    except soundness.UNREADABLE:
        return Report("invalid", digest, (_("Tệp không phải là PDF đọc được hoặc chữ ký bị hỏng."),), ())
    verdict = min((report.verdict for report in reports), key=WORST_FIRST.index)
    reasons = tuple(dict.fromkeys(reason for report in reports for reason in report.reasons))
    if verdict in ("valid", "valid_untimestamped"):
        answers.keep()
    return Report(verdict, digest, reasons, reports, _evidence(found, stamps, answers))


def verify_detached(content: bytes, signature: bytes, *, at: datetime | None = None) -> Report:
    """Judge a signature file (CMS, DER) beside the file that it is for; nothing is raised."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        signed = cms.ContentInfo.load(signature, strict=True)["content"]
        roots = trust.roots()
        if words := soundness.container_flaw(signed, roots):
            return Report("invalid", digest, (words,), ())
        report = wait(_judge_detached(content, signed, at, roots))
    except (*soundness.UNREADABLE, CMSExtractionError):
        return Report("invalid", digest, (_("Tệp chữ ký không đọc được hoặc bị hỏng."),), ())
    return Report(report.verdict, digest, report.reasons, (report,))


@dataclass(frozen=True, slots=True)
class _Court:
    """As of when, below whom, with which answers at hand; what is known of the newest document time stamp."""

    at: datetime | None
    roots: list[x509.Certificate]
    answers: Answers
    newest: longterm.Newest | None

    def context(self, *, online: bool) -> ValidationContext:
        return trust.context(online=online, at=self.at, below=self.roots, answers=self.answers)


def _answers(found: Sequence[EmbeddedPdfSignature], stamps: Sequence[EmbeddedPdfSignature]) -> Answers:
    """What authorities have said lately, but not before the newest of these signatures was made."""
    times = [_claimed(one) for one in found]
    containers = [one.signed_data for one in (*found, *stamps)]
    containers += [token for signed in containers for token in soundness.tokens(signed)]
    about = [choice.chosen for signed in containers for choice in signed["certificates"] or ()]
    return Answers(about, since=max([trust.recent(), *filter(None, times)]))


def _claimed(signature: EmbeddedPdfSignature) -> datetime | None:
    for token in soundness.tokens(signature.signed_data):
        at: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        return at
    said: datetime | None = signature.self_reported_timestamp
    return said if said and said.tzinfo else None


def _evidence(
    found: Sequence[EmbeddedPdfSignature], stamps: Sequence[EmbeddedPdfSignature], answers: Answers
) -> Evidence:
    stamped = [token for one in found for token in soundness.tokens(one.signed_data)]
    return Evidence(
        certificates=tuple(one.signer_cert.dump() for one in found),
        answers=tuple(answers.used),
        stamps=tuple(token.dump() for token in (*stamped, *(one.signed_data for one in stamps))),
    )


def weighed(status: StandardCMSSignatureStatus, level: longterm.Level) -> SignatureReport:
    """The verdict on one signature that was checked elsewhere, in the same words."""
    return _report(status, *_weigh(status, touched=False), level)


async def _broken(stamps: Sequence[EmbeddedPdfSignature], roots: list[x509.Certificate]) -> str:
    """What of the document time stamps does not fit the file, in words."""
    for stamp in stamps:
        status = await async_validate_pdf_timestamp(stamp, trust.context(online=False, below=roots))
        if not (status.intact and status.valid):
            return _("Nội dung đã bị thay đổi sau khi đóng dấu thời gian lưu trữ.")
    return ""


async def _judge_detached(
    content: bytes, signed: cms.SignedData, at: datetime | None, roots: list[x509.Certificate]
) -> SignatureReport:
    for online in (False, True):
        context = trust.context(online=online, at=at, below=roots)
        status = await async_validate_detached_cms(content, signed, context, context)
        if not status.trusted:
            break
    return weighed(status, "B-T" if status.timestamp_validity is not None else "B-B")


async def _judge(signature: EmbeddedPdfSignature, court: _Court) -> SignatureReport:
    # Without the network first: addresses written into an unknown certificate are not followed.
    status = await async_validate_pdf_signature(signature, court.context(online=False))
    if status.trusted:
        status = await async_validate_pdf_signature(signature, court.context(online=True))
    touched = not status.docmdp_ok or status.modification_level == ModificationLevel.OTHER
    verdict, reasons = _weigh(status, touched=touched)
    level, newest = longterm.level_of(signature, stamped=status.timestamp_validity is not None), court.newest
    if newest is not None and newest.revoked:
        level = "B-LT"
    elif _only_time_speaks_against(status) and await longterm.proven(signature, court.roots, at=court.at):
        verdict, reasons = "valid", [_("Dữ liệu lưu trữ dài hạn trong tệp chứng minh chữ ký có hiệu lực khi ký.")]
    if newest is not None and newest.words and verdict == "valid":
        reasons = [*reasons, newest.words]
    return _report(status, verdict, reasons, level)


def _report(
    status: StandardCMSSignatureStatus, verdict: Verdict, reasons: list[str], level: longterm.Level
) -> SignatureReport:
    subject, issuer = status.signing_cert.subject.native, status.signing_cert.issuer.native
    return SignatureReport(
        verdict,
        tuple(reasons),
        signer=subject.get("common_name", ""),
        organisation=subject.get("organization_name", ""),
        serial=f"{status.signing_cert.serial_number:x}",
        issuer=issuer.get("common_name", ""),
        claimed_at=status.signer_reported_dt,
        stamped_at=_stamped_at(status),
        level=level,
        identity=identity_of(status.signing_cert),
    )


def identity_of(certificate: x509.Certificate) -> str:
    """The citizen's number (12 digits) or tax code in the subject, bare or after "CCCD:", "MST:"; "" without one."""
    subject = certificate.subject.native
    for name in ("user_id", "serial_number"):
        written = subject.get(name, "")
        if isinstance(written, str) and (number := IDENTITY.search(written)):
            return number[1]
    return ""


def _only_time_speaks_against(status: PdfSignatureStatus) -> bool:
    """The signature is right, but its certificate has expired or its authority no longer answers."""
    whole = status.intact and status.valid and status.docmdp_ok
    return bool(whole and not status.trusted and status.revocation_details is None)


def _stamped_at(status: StandardCMSSignatureStatus) -> datetime | None:
    stamp = status.timestamp_validity
    return stamp.timestamp if stamp and stamp.valid and stamp.intact and stamp.trusted else None


def _weigh(status: StandardCMSSignatureStatus, *, touched: bool) -> tuple[Verdict, list[str]]:
    if not status.intact:
        return "invalid", [_("Nội dung đã bị thay đổi sau khi ký.")]
    if not status.valid:
        return "invalid", [_("Giá trị chữ ký không đúng.")]
    if touched:
        return "invalid", [_("Sau khi ký, tệp có thay đổi không được phép.")]
    stamp = status.timestamp_validity
    if stamp and not (stamp.valid and stamp.intact):
        return "invalid", [_("Dấu thời gian không khớp với chữ ký.")]
    stamped_at = _stamped_at(status)
    reasons = []
    if not status.trusted:
        verdict, reason = _why_not_trusted(status, stamped_at)
        if verdict != "valid":
            return verdict, [reason]
        reasons.append(reason)
    if stamped_at is None:
        return "valid_untimestamped", [*reasons, _("Chữ ký không có dấu thời gian được tin cậy.")]
    return "valid", reasons or [_("Chữ ký hợp lệ, nội dung không thay đổi từ khi ký.")]


def _why_not_trusted(status: StandardCMSSignatureStatus, stamped_at: datetime | None) -> tuple[Verdict, str]:
    problem = status.trust_problem_indic
    if (revoked := status.revocation_details) is not None:
        if stamped_at is None or revoked.revocation_date <= stamped_at:
            return "invalid", _("Chứng thư số đã bị thu hồi khi ký.")
        return "valid", _("Chứng thư số bị thu hồi sau khi ký; chữ ký vẫn có hiệu lực.")
    if problem in {AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND, None}:
        return "unknown_issuer", _("Chứng thư số không do tổ chức được tin cậy cấp.")
    if problem in {AdESIndeterminate.OUT_OF_BOUNDS_NO_POE, AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED}:
        if stamped_at and _in_force(status.signing_cert, stamped_at):
            return "valid", _("Chứng thư số đã hết hạn nhưng còn hiệu lực khi ký theo dấu thời gian.")
        return "invalid", _("Chứng thư số hết hạn và không có dấu thời gian chứng minh đã ký trước đó.")
    if problem in {AdESIndeterminate.TRY_LATER, AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE}:
        return "unknown_issuer", str(NOT_ANSWERED)
    return "invalid", _("Chứng thư số không dùng để ký văn bản được.")


def _in_force(certificate: x509.Certificate, at: datetime) -> bool:
    return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)
