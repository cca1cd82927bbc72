"""The one client of this provider and what a request of it must carry."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from werkzeug.wrappers import Request

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Untrusted(Exception):
    """The request cannot be answered to where it came from; the citizen is told instead."""


@dataclass(frozen=True)
class Client:
    """`redirect_uris`: where codes may go; on a loopback host any port will do (RFC 8252, 7.3)."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...]

    def check(self, asked: "Asked") -> None:
        """Raises Untrusted."""
        if asked.client_id != self.id:
            raise Untrusted("Hệ thống gọi tới chưa đăng ký với nơi định danh.")
        if not any(_same(asked.redirect_uri, registered) for registered in self.redirect_uris):
            raise Untrusted("Địa chỉ quay về chưa đăng ký với nơi định danh.")

    def proves_itself(self, request: Request) -> bool:
        """By HTTP Basic or in the form, as RFC 6749, 2.3.1 lets clients choose."""
        basic = request.authorization
        given = (
            (basic.username, basic.password)
            if basic and basic.type == "basic"
            else (request.form.get("client_id"), request.form.get("client_secret"))
        )
        expected = (self.id, self.secret)
        return all(hmac.compare_digest((g or "").encode(), e.encode()) for g, e in zip(given, expected, strict=True))


@dataclass(frozen=True)
class Asked:
    """The parameters of an authorization request."""

    response_type: str
    client_id: str
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    @classmethod
    def of(cls, request: Request) -> "Asked":
        return cls(**{name: request.values.get(name, "") for name in cls.__dataclass_fields__})

    @property
    def origin(self) -> str:
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def mistake(self) -> str:
        """The OAuth error code of what is wrong with the request, or nothing."""
        if self.response_type != "code":
            return "unsupported_response_type"
        if "openid" not in self.scope.split():
            return "invalid_scope"
        if self.code_challenge_method != "S256" or len(self.code_challenge) != 43:
            return "invalid_request"
        return ""


def answers(verifier: str, challenge: str) -> bool:
    """Whether the verifier is the one whose SHA-256 was sent first (RFC 7636)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digest, challenge.encode())


def _same(given: str, registered: str) -> bool:
    try:
        return given == registered or _without_port(urlsplit(given)) == _without_port(urlsplit(registered))
    except ValueError:
        return False


def _without_port(parts: SplitResult) -> tuple[object, ...]:
    """Equal for two loopback addresses that differ by host name or port; else the whole address."""
    if parts.hostname not in LOOPBACK or parts.username or parts.fragment:
        return tuple(parts)
    return ("loopback", parts.scheme, parts.path, parts.query)
