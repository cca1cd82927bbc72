"""The Cloud Signature Consortium's API, version 2, with confirmation on another device (handle, authorizeCheck)."""

import base64
import secrets
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from tests.simulators.serving import Site, answer
from tests.simulators.signers.book import MOST_FILES, File, Question, Refused
from tests.simulators.signers.desk import Desk

SHA256 = "2.16.840.1.101.3.4.2.1"
KEYS = {"rsa": "1.2.840.113549.1.1.1", "ec": "1.2.840.10045.4.3.2"}
ENDED = {
    "declined": ("access_denied", "The user declined the authorization"),
    "expired": ("authorization_timeout", "The user did not answer"),
    "used": ("invalid_handle", "The authorization has been used"),
}
Handler = Callable[[dict[str, object]], tuple[dict[str, object], int]]


class Problem(Exception):
    """The API's error and its description."""


class Service:
    """Activation data is kept in memory alone: it outlives no restart."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.book = desk, desk.book
        self.granted: dict[str, str] = {}

    def serve(self, site: Site) -> None:
        site.route("/csc/v2/oauth2/token", "POST")(self.csc_token)
        for path, handler in {
            "credentials/info": self.credential,
            "credentials/authorize": self.authorize,
            "credentials/authorizeCheck": self.check,
            "signatures/signHash": self.sign,
        }.items():
            site.route(f"/csc/v2/{path}", "POST")(self._opened(handler))

    def csc_token(self, request: Request) -> Response:
        form = request.form
        if self.desk.fault == "down":
            return answer({}, 503)
        known = self.desk.knows(form.get("client_id"), form.get("client_secret"))
        if form.get("grant_type") != "client_credentials" or not known:
            return answer({"error": "invalid_client"}, 401)
        return answer({"access_token": self.desk.token(), "token_type": "Bearer", "expires_in": 3600})

    def credential(self, content: dict[str, object]) -> tuple[dict[str, object], int]:
        held = self.book.credential(str(content.get("credentialID")))
        return {
            "key": {"status": "enabled", "algo": [KEYS[held.algorithm]]},
            "cert": {"status": "valid", "certificates": [base64.b64encode(der).decode() for der in held.ders]},
            "auth": {"mode": "explicit"},
            "multisign": MOST_FILES,
        }, 200

    def authorize(self, content: dict[str, object]) -> tuple[dict[str, object], int]:
        hashes = content.get("hashes")
        if not isinstance(hashes, list) or content.get("numSignatures") != len(hashes):
            raise Problem("invalid_request", "Invalid parameter hashes")
        if content.get("hashAlgorithmOID") != SHA256:
            raise Problem("invalid_request", "Invalid parameter hashAlgorithmOID")
        held = self.book.credential(str(content.get("credentialID")))
        files = [File(str(number), str(one)) for number, one in enumerate(hashes, 1)]
        return self._state(self.book.ask("csc", held, files, str(content.get("description") or "")))

    def check(self, content: dict[str, object]) -> tuple[dict[str, object], int]:
        return self._state(self.book.question(str(content.get("handle"))))

    def sign(self, content: dict[str, object]) -> tuple[dict[str, object], int]:
        question = self.book.question(self.granted.pop(str(content.get("SAD")), ""))
        held = self.book.credential(question.credential)
        if (held.id, question.hashes) != (content.get("credentialID"), content.get("hashes")):
            raise Problem("invalid_request", "The authorization is for other hashes")
        if content.get("signAlgo") != KEYS[held.algorithm]:
            raise Problem("invalid_request", "Invalid parameter signAlgo")
        self.book.use(question.id)
        return {"signatures": self.book.signatures(question)}, 200

    def _state(self, question: Question) -> tuple[dict[str, object], int]:
        if question.state == "waiting":
            return {"handle": question.id}, 202
        if question.state in ENDED:
            raise Problem(*ENDED[question.state])
        activation = secrets.token_urlsafe(24)
        self.granted[activation] = question.id
        return {"SAD": activation, "expiresIn": 300}, 200

    def _opened(self, handler: Handler) -> Callable[[Request], Response]:
        def view(request: Request) -> Response:
            content = self.desk.read(request)
            if not self.desk.opened(request):
                return self.desk.answer({"error": "invalid_token"}, 401)
            try:
                return self.desk.answer(*handler(content))
            except Refused as refusal:
                return self.desk.answer({"error": "invalid_request", "error_description": str(refusal)}, 400)
            except Problem as problem:
                return self.desk.answer(dict(zip(("error", "error_description"), problem.args, strict=True)), 400)

        view.__name__ = f"csc_{handler.__name__}"
        return view
