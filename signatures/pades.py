"""PAdES in two steps, so that a provider may answer in between, in another process or on another day.

`prepare` writes an incremental update with a gap and says what to sign; `complete` fills the gap. Bytes that were
there before are never changed, so earlier signatures stay valid.
"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import cms, x509
from django.utils.translation import gettext as _
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.floor.ports import PortError
from signatures.placement import Box
from signatures.refusals import SigningRefused
from signatures.waiting import wait

DIGEST = "sha256"
# Hexadecimal digits: signature, signer's chain and a time-stamp token that brings its own chain.
GAP = 2 * 12 * 1024


@dataclass(frozen=True, slots=True)
class Mark:
    """What is seen of the signature: a PNG fitted into a box on the page."""

    box: Box
    png: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file with a gap between two offsets, the digest of the rest, and the attributes to be signed (DER)."""

    pdf: bytes
    digest: bytes
    gap_from: int
    gap_to: int
    attributes: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature it will be; `issuers` nearest first, without the root."""

    certificate: x509.Certificate
    issuers: list[x509.Certificate]

    def assemble(self, signature: bytes | None = None) -> ExternalSigner:
        store = SimpleCertificateStore.from_certs(self.issuers)
        return ExternalSigner(self.certificate, store, signature, embed_roots=False)


def prepare(pdf: bytes, signer: Signer, *, at: datetime, reason: str = "", mark: Mark | None = None) -> Prepared:
    """Everything up to the signature itself. Raises SigningRefused for a file that cannot take one."""
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        pdf_signer = _pdf_signer(writer, signer, reason, mark)
        session = pdf_signer.init_signing_session(writer)
        session.system_time = at
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=GAP)
        output = BytesIO()
        digest, _written = document.digest_tbs_document(output=output)
    except (PdfError, SigningError, ValueError, KeyError) as error:
        raise SigningRefused(_("Tệp PDF này không ký được: %(error)s") % {"error": error}) from error
    attributes = wait(signer.assemble().signed_attrs(digest.document_digest, DIGEST, use_pades=True))
    return Prepared(
        output.getvalue(),
        digest.document_digest,
        digest.reserved_region_start,
        digest.reserved_region_end,
        attributes.dump(),
    )


def _pdf_signer(writer: IncrementalPdfFileWriter, signer: Signer, reason: str, mark: Mark | None) -> PdfSigner:
    field = f"ChuKySo{1 + sum(1 for _ in enumerate_sig_fields(writer.prev))}"
    person = signer.certificate.subject.native.get("common_name", "")
    metadata = PdfSignatureMetadata(
        field_name=field, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, name=person, reason=reason or None
    )
    spec = SigFieldSpec(
        field,
        on_page=mark.box.page if mark else 0,
        box=mark.box.corners if mark else None,
        readable_field_name=_("Chữ ký số của %(person)s") % {"person": person},
    )
    return PdfSigner(metadata, signer.assemble(), stamp_style=_style(mark) if mark else None, new_field_spec=spec)


def _style(mark: Mark) -> StaticStampStyle:
    fit = SimpleBoxLayoutRule(
        AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, Margins.uniform(0), InnerScaling.STRETCH_TO_FIT
    )
    image = Image.open(BytesIO(mark.png)).convert("RGBA")
    image = image.crop(image.getbbox())
    return StaticStampStyle(border_width=0, background=PdfImage(image), background_layout=fit, background_opacity=1.0)


def complete(
    prepared: Prepared, signer: Signer, signature: bytes, timestamper: TimeStamper | None
) -> tuple[bytes, datetime | None]:
    """The signed file, and the time by the time-stamp authority. Raises PortError when it does not answer."""
    signed = container(prepared, signer, signature, timestamper)
    output = BytesIO(prepared.pdf)
    try:
        PreparedByteRangeDigest(prepared.digest, prepared.gap_from, prepared.gap_to).fill_with_cms(output, signed)
    except SigningError as error:
        raise SigningRefused(_("Chữ ký lớn hơn chỗ dành sẵn trong tệp.")) from error
    return output.getvalue(), stamped_at(signed)


def container(prepared: Prepared, signer: Signer, signature: bytes, timestamper: TimeStamper | None) -> cms.ContentInfo:
    """The signature with its attributes, certificates and time stamp. Raises PortError."""
    attributes = cms.CMSAttributes.load(prepared.attributes)
    try:
        return wait(
            signer.assemble(signature).async_sign_prescribed_attributes(DIGEST, attributes, timestamper=timestamper)
        )
    except (TimestampRequestError, OSError) as error:
        raise PortError(_("Dịch vụ cấp dấu thời gian chưa trả lời; hệ thống sẽ tự thử lại.")) from error


def stamped_at(container: cms.ContentInfo) -> datetime | None:
    """When the time-stamp authority saw the signature; None without its token."""
    for attribute in container["content"]["signer_infos"][0]["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            stamped: datetime = token["gen_time"].native
            return stamped
    return None
