"""JSON over HTTPS to a remote signing service, with the one question that matters after trouble: was it taken?"""

import base64
import json
from dataclasses import dataclass
from typing import Any

import requests
from django.utils.translation import gettext as _
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from portal.floor.ports import PortError
from signatures.providers.base import Unanswered

TIMEOUT = (5, 20)  # seconds to connect, to answer
LONGEST = 1024 * 1024  # bytes of one answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said; a refusal is an answer too."""

    status: int
    content: Any

    def text(self, name: str) -> str:
        """A string the answer must have. Raises Unanswered."""
        value = self.content.get(name) if isinstance(self.content, dict) else None
        if not isinstance(value, str) or not value:
            raise unanswered()
        return value

    def signatures(self, name: str, count: int) -> list[bytes | None]:
        """That many, in base64 with or without line breaks; null for one that was not made. Raises Unanswered."""
        values = self.content.get(name) if isinstance(self.content, dict) else None
        if not isinstance(values, list) or len(values) != count:
            raise unanswered()
        try:
            return [base64.b64decode(one) if one else None for one in values]
        except (TypeError, ValueError) as error:
            raise unanswered() from error


def call(url: str, content: dict[str, object], *, bearer: str = "", form: bool = False) -> Answer:
    """The answer to one POST, 2xx or 4xx. Raises PortError when nothing was taken, Unanswered when nobody knows."""
    try:
        response = requests.post(
            url,
            data=content if form else json.dumps(content, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
            | ({"Authorization": f"Bearer {bearer}"} if bearer else {}),
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        )
        body = response.raw.read(LONGEST, decode_content=True)
    except requests.ConnectTimeout as error:
        raise not_taken() from error
    except (requests.RequestException, OSError) as error:
        raise (not_taken() if _never_sent(error) else unanswered()) from error
    if response.status_code in {429, 503}:
        raise not_taken()
    try:
        given = json.loads(body or b"{}")
    except ValueError as error:
        raise unanswered() from error
    if response.status_code >= 500 or 300 <= response.status_code < 400:
        raise unanswered()
    return Answer(response.status_code, given)


def _never_sent(error: Exception) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError | SSLError)


def not_taken() -> PortError:
    return PortError(_("Dịch vụ ký chưa tiếp nhận được yêu cầu; hệ thống sẽ tự gửi lại."))


def unanswered() -> Unanswered:
    return Unanswered(_("Dịch vụ ký chưa trả lời rõ ràng; hệ thống đang hỏi lại, không gửi yêu cầu thứ hai."))


def no_access() -> PortError:
    return PortError(
        _("Dịch vụ ký từ chối tài khoản kết nối của hệ thống. Báo quản trị hệ thống, rồi ký lại."), permanent=True
    )


def no_key() -> PortError:
    return PortError(
        _("Dịch vụ ký không nhận chứng thư này: có thể đã hết hạn, bị khóa hoặc sai số hiệu. Kiểm tra, rồi ký lại."),
        permanent=True,
    )


def declined() -> PortError:
    return PortError(_("Yêu cầu ký đã bị từ chối trên điện thoại. Bấm ký lại nếu vẫn muốn ký."), permanent=True)


def expired() -> PortError:
    return PortError(
        _("Yêu cầu ký chưa được xác nhận trên điện thoại trong thời hạn. Bấm ký lại khi sẵn sàng xác nhận."),
        permanent=True,
    )


def failed() -> PortError:
    return PortError(
        _("Dịch vụ ký báo không ký được yêu cầu này. Bấm ký lại; nếu vẫn lỗi, báo quản trị."), permanent=True
    )
