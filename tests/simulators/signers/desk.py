"""What the services share: the book, the client's account, and failing as real ones do until told otherwise."""

import hmac
import json
import secrets

from werkzeug.exceptions import BadRequest, InternalServerError, ServiceUnavailable
from werkzeug.wrappers import Request, Response

from tests.simulators.serving import answer
from tests.simulators.signers.book import Book

CLIENT_ID = "motcua"
FAULTS = {"none", "down", "broken", "mute"}


class Desk:
    """`fault`: down takes nothing, broken fails while at work, mute does the work and loses the answer."""

    def __init__(self, book: Book, secret: str) -> None:
        self.book, self.secret = book, secret
        self.fault = "none"
        self.calls: list[str] = []
        # As in real services, a token outlives no restart.
        self.tokens: set[str] = set()

    def read(self, request: Request) -> dict[str, object]:
        """The body of a client's call. Raises BadRequest, ServiceUnavailable."""
        self.calls.append(request.path)
        if self.fault == "down":
            raise ServiceUnavailable
        try:
            content = json.loads(request.get_data() or b"{}")
        except ValueError:
            raise BadRequest("JSON expected") from None
        if not isinstance(content, dict):
            raise BadRequest("a JSON object expected")
        return content

    def answer(self, content: object, status: int = 200) -> Response:
        if self.fault == "broken":
            raise InternalServerError
        if self.fault == "mute":
            return Response("<html>502</html>", 502, mimetype="text/html")
        return answer(content, status)

    def knows(self, client_id: object, secret: object) -> bool:
        return client_id == CLIENT_ID and hmac.compare_digest(str(secret).encode(), self.secret.encode())

    def token(self) -> str:
        made = secrets.token_urlsafe(24)
        self.tokens.add(made)
        return made

    def opened(self, request: Request) -> bool:
        return request.headers.get("Authorization", "").removeprefix("Bearer ") in self.tokens
