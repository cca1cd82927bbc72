"""Viettel MySign's gateway: CSC's first version with Viettel's login and a transaction to ask about."""

import base64

from werkzeug.wrappers import Request, Response

from tests.simulators.serving import Site, answer
from tests.simulators.signers.book import File, Refused
from tests.simulators.signers.desk import Desk

PROFILE = "adss:ras:profile:001"
KEYS = {"rsa": "1.2.840.113549.1.1.1", "ec": "1.2.840.10045.4.3.2"}
SHA256 = "2.16.840.1.101.3.4.2.1"
STATUSES = {"waiting": "4000", "confirmed": "1", "declined": "4002", "expired": "4001"}


class Service:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.book = desk, desk.book

    def serve(self, site: Site) -> None:
        site.route("/vtss/service/ras/v1/login", "POST")(self.mysign_login)
        site.route("/vtss/service/certificates/info", "POST")(self.mysign_certificates)
        site.route("/vtss/service/signHash", "POST")(self.mysign_hash)
        site.route("/vtss/service/requests/status", "POST")(self.mysign_status)

    def mysign_login(self, request: Request) -> Response:
        if self.desk.fault == "down":
            return answer({}, 503)
        content = request.get_json()
        known = self.desk.knows(content.get("client_id"), content.get("client_secret"))
        if not known or content.get("profile_id") != PROFILE or not self.book.of(str(content.get("user_id"))):
            return answer({"error": "access_denied", "error_description": "Login failed"}, 401)
        return answer({"access_token": self.desk.token(), "token_type": "Bearer", "expires_in": 3600})

    def mysign_certificates(self, request: Request) -> Response:
        content = self.desk.read(request)
        if not self.desk.opened(request):
            return self.desk.answer({"error": "invalid_token"}, 401)
        return self.desk.answer(
            [
                {
                    "credential_id": one.id,
                    "cert": {
                        "status": "valid",
                        "certificates": [base64.b64encode(der).decode() for der in one.ders],
                        "serialNumber": one.serial,
                    },
                    "key": {"status": "enabled", "algo": [KEYS[one.algorithm]]},
                }
                for one in self.book.of(str(content.get("user_id")))
            ]
        )

    def mysign_hash(self, request: Request) -> Response:
        content = self.desk.read(request)
        if not self.desk.opened(request):
            return self.desk.answer({"error": "invalid_token"}, 401)
        try:
            hashes, documents = content["hash"], content["documents"]
            assert isinstance(hashes, list)
            assert isinstance(documents, list)
            held = self.book.credential(str(content["credentialID"]))
            if (content["hashAlgo"], content["signAlgo"]) != (SHA256, KEYS[held.algorithm]):
                raise Refused("hashAlgo, signAlgo")
            if not len(hashes) == len(documents) == content["numSignatures"] or content["async"] != 1:
                raise Refused("numSignatures")
            names = [_shown(one["document_name"]) for one in documents]
            files = [File(name, one) for name, one in zip(names, hashes, strict=True)]
            question = self.book.ask("mysign", held, files, _shown(content["description"]))
        except (Refused, KeyError, TypeError, ValueError) as refusal:
            return self.desk.answer({"error": "invalid_request", "error_description": str(refusal)}, 400)
        return self.desk.answer({"transactionId": question.id})

    def mysign_status(self, request: Request) -> Response:
        content = self.desk.read(request)
        if not self.desk.opened(request):
            return self.desk.answer({"error": "invalid_token"}, 401)
        try:
            question = self.book.question(str(content.get("transactionId")))
        except Refused as refusal:
            return self.desk.answer({"error": "invalid_request", "error_description": str(refusal)}, 400)
        done = question.state == "confirmed"
        # Viettel breaks long lines inside the strings.
        broken = [one and one[:40] + "\r\n" + one[40:] for one in self.book.signatures(question)] if done else None
        return self.desk.answer({"status": STATUSES[question.state], "signatures": broken})


def _shown(name: object) -> str:
    return base64.b64decode(str(name), validate=True).decode()
