"""RFC 3161: an outside authority's word for when something existed."""

from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from portal.floor.ports import PortError
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
