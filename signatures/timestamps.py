"""RFC 3161: an outside authority's word for when something existed."""

from asn1crypto import cms
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus

from portal.floor.ports import PortError
from signatures import trust
from signatures.waiting import wait

SECONDS = 5


def timestamper() -> TimeStamper:
    """The authority named by settings.TSA_URL. Raises PortError when none is."""
    if not settings.TSA_URL:
        raise PortError(_("Chưa cấu hình dịch vụ cấp dấu thời gian."))
    return RequestsHTTPTimeStamper(settings.TSA_URL, timeout=SECONDS)


def stamp(sha256: bytes) -> bytes:
    """A token (DER) over a SHA-256 digest. Raises PortError."""
    authority = timestamper()
    try:
        token: bytes = wait(authority.async_timestamp(sha256, "sha256")).dump()
    except (TimestampRequestError, OSError) as error:
        raise PortError(_("Dịch vụ cấp dấu thời gian chưa trả lời; hệ thống sẽ tự thử lại.")) from error
    return token


def covers(token: bytes, sha256: bytes) -> bool:
    """Whether the token (DER) really is a trusted authority's word over that digest."""
    try:
        signed = cms.ContentInfo.load(token)["content"]
        facts = wait(validate_tst_signed_data(signed, trust.context(online=False), lambda _algorithm: sha256))
        status = TimestampSignatureStatus(**facts)
        return bool(status.intact and status.valid and status.trusted)
    except (ValueError, TypeError, SignatureValidationError):
        return False
