"""VNPT SmartCA, interface sp769, first version: names of transactions are the client's, news go to its webhook."""

import base64
import logging
import secrets
import threading

import requests
from werkzeug.wrappers import Request, Response

from tests.simulators.serving import Site
from tests.simulators.signers.book import Book, File, Question, Refused
from tests.simulators.signers.desk import CLIENT_ID, Desk

log = logging.getLogger(__name__)
MESSAGES = {
    "waiting": "WAITING_FOR_SIGNER_CONFIRM",
    "confirmed": "SUCCESS",
    "declined": "SIGNER_REJECTED",
    "expired": "EXPIRED",
}


class Service:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.book = desk, desk.book

    def serve(self, site: Site) -> None:
        site.route("/sca/sp769/v1/credentials/get_certificate", "POST")(self.smartca_certificate)
        site.route("/sca/sp769/v1/signatures/sign", "POST")(self.smartca_sign)
        site.route("/sca/sp769/v1/signatures/sign/<transaction>/status", "POST")(self.smartca_status)

    def smartca_certificate(self, request: Request) -> Response:
        content = self.desk.read(request)
        if not self.desk.knows(content.get("sp_id"), content.get("sp_password")):
            return self._say(401, "SP_CREDENTIAL_INVALID")
        held = self.book.of(str(content.get("user_id")), str(content.get("serial_number") or ""))
        found = [
            {
                "service_type": "SMARTCA",
                "cert_id": one.id,
                "cert_status": "Đang hoạt động",
                "serial_number": one.serial,
                "cert_data": base64.b64encode(one.ders[0]).decode(),
                "chain_data": {
                    "ca_cert": base64.b64encode(one.ders[1]).decode(),
                    "root_cert": base64.b64encode(one.ders[2]).decode(),
                },
                "transaction_id": content.get("transaction_id"),
            }
            for one in held
        ]
        return self._say(200, "Success", user_certificates=found)

    def smartca_sign(self, request: Request) -> Response:
        content = self.desk.read(request)
        if not self.desk.knows(content.get("sp_id"), content.get("sp_password")):
            return self._say(401, "SP_CREDENTIAL_INVALID")
        held = self.book.of(str(content.get("user_id")), str(content.get("serial_number") or ""))
        if len(held) != 1:
            return self._say(403, "CREDENTIAL_STATUS_INVALID")
        name = str(content["transaction_id"])
        try:
            files = content["sign_files"]
            assert isinstance(files, list)
            asked = [
                File(one["doc_id"], base64.b64encode(bytes.fromhex(one["data_to_be_signed"])).decode()) for one in files
            ]
            if any(one["sign_type"] != "hash" or not one["file_type"] for one in files):
                raise Refused("sign_type: hash alone is supported")
            if len({one.name for one in asked}) != len(asked):
                raise Refused("doc_id: duplicate")
            self.book.ask("smartca", held[0], asked, str(content.get("transaction_desc") or ""), name)
        except (Refused, KeyError, TypeError, ValueError) as refusal:
            return self._say(400, f"BAD_REQUEST: {refusal}")
        return self._say(200, "sig_wait_for_user_confirm", transaction_id=name, tran_code=secrets.token_hex(16))

    def smartca_status(self, request: Request, transaction: str) -> Response:
        self.desk.read(request)
        try:
            question = self.book.question(transaction)
        except Refused:
            return self._say(400, "BAD_REQUEST: no such transaction")
        return self._say(
            200, MESSAGES[question.state], transaction_id=transaction, signatures=signed_files(self.book, question)
        )

    def _say(self, code: int, message: str, **data: object) -> Response:
        status = 400 if code == 400 else 200
        return self.desk.answer({"status_code": code, "message": message, "data": data or None}, status)


def signed_files(book: Book, question: Question) -> list[dict[str, object]] | None:
    if question.state != "confirmed":
        return None
    return [
        {"doc_id": file.name, "signature_value": value, "timestamp_signature": None}
        for file, value in zip(question.files, book.signatures(question), strict=True)
        if value
    ]


class Teller:
    """A thread that tells the webhook what was decided, every few seconds until it is taken."""

    def __init__(self, book: Book, pause: float = 0.5) -> None:
        self.book, self.pause = book, pause
        threading.Thread(target=self._tell_for_ever, daemon=True).start()

    def _tell_for_ever(self) -> None:
        wake = threading.Event()
        while not wake.wait(self.pause):
            if (url := self.book.callback) and (question := self.book.untold("smartca")):
                self._tell(url, question)

    def _tell(self, url: str, question: Question) -> None:
        news = {
            "sp_id": CLIENT_ID,
            "status_code": 200 if question.state == "confirmed" else 400,
            "message": MESSAGES[question.state],
            "transaction_id": question.id,
            "signed_files": signed_files(self.book, question) or [],
        }
        try:
            requests.post(url, json=news, timeout=5).raise_for_status()
        except requests.RequestException as error:
            log.warning("webhook: %s", type(error).__name__)
            return
        self.book.mark_told(question.id)
