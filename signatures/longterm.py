"""What lets a signature be judged when its certificate has expired and its authority is gone.

B-LT: the answers and lists that prove the certificates are put into the file. B-LTA: a document time stamp over all of
it, renewed by another before it runs out. Every step is an incremental update; what was signed stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Literal

from asn1crypto import x509
from django.utils import timezone
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import dss
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy, NonRevokedStatusAssertion
from pyhanko_certvalidator.registry import SimpleTrustManager

from portal.floor.ports import PortError
from signatures import checksum, timestamps, trust
from signatures.pades import Update
from signatures.refusals import SigningRefused
from signatures.waiting import wait

Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]
UNPROVEN = (PdfError, SigningError, SignatureValidationError, PathError, ValidationError, ValueError)


@dataclass(frozen=True, slots=True)
class Protected:
    """The file with its proofs, and until when the newest of its document time stamps can be checked (None: B-LT)."""

    pdf: bytes
    stamp_until: datetime | None


@dataclass(frozen=True, slots=True)
class Newest:
    """What its authority says today of the newest document time stamp; `words` when there is something to say."""

    revoked: bool
    words: str = ""


def newest_stamp(stamps: Sequence[EmbeddedPdfSignature]) -> Newest | None:
    """Ask about the newest of a file's document time stamps; None without any. The others are proven by the file."""
    if not stamps:
        return None
    newest = stamps[-1]
    try:
        word = trust.ask(newest.signer_cert, newest.other_embedded_certs, since=trust.recent(), usage="stamp")
    except PortError:
        return Newest(False, _("Chưa hỏi được tình trạng chứng thư của nơi cấp dấu thời gian lưu trữ."))
    if word.revoked_at:
        return Newest(True, _("Chứng thư của nơi cấp dấu thời gian lưu trữ đã bị thu hồi."))
    return Newest(False)


def protect(pdf: bytes, *, archive: bool = True) -> Protected:
    """Put the proofs of every signature into the file; `archive`: and a document time stamp over them.

    Raises PortError when an authority does not answer, SigningRefused when a signature cannot be proven.
    """
    try:
        proven = _with_proofs(pdf)
        return _stamped(proven) if archive else Protected(checksum.added(proven), None)
    except (TimestampRequestError, OSError) as error:
        raise PortError(_("Dịch vụ chứng thực chưa trả lời; hệ thống sẽ tự thử lại.")) from error
    except (*UNPROVEN, KeyError) as error:
        raise SigningRefused(
            _("Chữ ký trong tệp này không lưu trữ dài hạn được: %(error)s") % {"error": error}
        ) from error


def renew(pdf: bytes) -> Protected:
    """Another document time stamp over one that will run out, with the proofs of that one. Raises as `protect`."""
    output = BytesIO()
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        stamper = _Covering(timestamps.timestamper())
        wait(stamper.async_update_archival_timestamp_chain(reader, trust.context(online=True), False, output))
    except (TimestampRequestError, OSError) as error:
        raise PortError(_("Dịch vụ chứng thực chưa trả lời; hệ thống sẽ tự thử lại.")) from error
    except UNPROVEN as error:
        raise SigningRefused(_("Dấu thời gian của tệp này không gia hạn được: %(error)s") % {"error": error}) from error
    return Protected(output.getvalue(), stamp_until(output.getvalue()))


def _with_proofs(pdf: bytes) -> bytes:
    reader, output = PdfFileReader(BytesIO(pdf), strict=False), BytesIO()
    writer = Update.from_reader(reader)
    for signature in reader.embedded_regular_signatures:
        trust.check_may_sign(signature.signer_cert, signature.other_embedded_certs)
        context = trust.context(online=True)
        paths = wait(dss.collect_validation_info(signature, context))
        key = signature.pkcs7_content.hex().encode("ascii")
        dss.DocumentSecurityStore.supply_dss_in_writer(writer, key, validation_context=context, paths=paths)
    writer.write(output)
    return output.getvalue()


class _Covering(PdfTimeStamper):
    """Puts the proofs about its own authority below the stamp, not behind it: the newest stamp covers every byte."""

    async def async_timestamp_pdf(self, *args: Any, **more: Any) -> Any:
        below = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
        return await super().async_timestamp_pdf(*args, dss_settings=below, **more)


def _stamped(pdf: bytes) -> Protected:
    stamper, output = _Covering(timestamps.timestamper()), BytesIO()
    writer = Update(BytesIO(pdf), strict=False)
    wait(stamper.async_timestamp_pdf(writer, "sha256", trust.context(online=True), output=output))
    return Protected(output.getvalue(), stamp_until(output.getvalue()))


def stamp_until(pdf: bytes) -> datetime | None:
    """Until when the newest document time stamp can be checked; None without one."""
    stamps = PdfFileReader(BytesIO(pdf), strict=False).embedded_timestamp_signatures
    if not stamps:
        return None
    until: datetime = stamps[-1].signer_cert.not_valid_after
    return until


def level_of(signature: EmbeddedPdfSignature, *, stamped: bool) -> Level:
    """How far the signature is protected, by what is in the file."""
    reader: PdfFileReader = signature.reader
    if not stamped:
        return "B-B"
    if "/DSS" not in reader.root:
        return "B-T"
    return "B-LTA" if reader.embedded_timestamp_signatures else "B-LT"


async def proven(signature: EmbeddedPdfSignature, roots: list[x509.Certificate], *, at: datetime | None = None) -> bool:
    """Whether the file alone, below `roots`, proves at `at` that the signature was good when made: nobody is asked."""
    if "/DSS" not in signature.reader.root:
        return False
    policy = CertValidationPolicySpec(SimpleTrustManager.build(trust_roots=roots), CertRevTrustPolicy(REQUIRE_REVINFO))
    gathering = RevocationInfoGatheringSpec(
        online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
        certificate_fetching_rule=CertificateFetchingRule.FOLLOW_ONLINE_RULE,
    )
    moment = at or timezone.now()
    # The newest stamp cannot bring the word of a later day about its own certificate (`newest_stamp` asks); all the
    # others are proven.
    newest = signature.reader.embedded_timestamp_signatures[-1:]
    known = LocalKnowledge(
        nonrevoked_assertions=[NonRevokedStatusAssertion(stamp.signer_cert.sha256, at=moment) for stamp in newest]
    )
    timing = ValidationTimingInfo(validation_time=moment, best_signature_time=moment, point_in_time_validation=True)
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, gathering, local_knowledge=known))
    try:
        result = await ades_lta_validation(signature, spec, timing_info=timing)
    except (SignatureValidationError, PdfError, ValueError, KeyError):
        return False
    return result.ades_subindic in tuple(AdESPassed)
