"""Viettel MySign: the CSC API's first version in Viettel's dialect, answered on the holder's telephone.

settings.MYSIGN_URL is the host; MYSIGN_CLIENT_ID, MYSIGN_CLIENT_SECRET and MYSIGN_PROFILE open it, in the name of the
holder (`account`). A certificate's `provider_ref` is the credentialID.
"""

import base64
import binascii
from typing import Any

from django.conf import settings

from signatures.providers import calling
from signatures.providers.base import Question, Signatures, Unanswered
from signatures.providers.calling import Answer, call

SHA256 = "2.16.840.1.101.3.4.2.1"
ALGORITHMS = {"rsa": "1.2.840.113549.1.1.1", "ec": "1.2.840.10045.4.3.2"}
ASYNCHRONOUS = 1
DONE, PENDING = "1", frozenset({"0", "4000", "6000"})
ENDINGS = {
    "4001": calling.expired,
    "4002": calling.declined,
    "13004": calling.no_key,
}
# Base64 of a name, as the telephone shows it.
LONGEST_NAME = 72


class MySignProvider:
    """ras/v1/login opens, signHash asks, requests/status hears."""

    takes_our_name = False

    @property
    def most_files(self) -> int:
        return int(settings.MYSIGN_MOST_FILES)

    def ask(self, question: Question) -> str | Signatures:
        token = self._log_in(question.account)
        wish = self._client() | {
            "credentialID": question.key_reference,
            "numSignatures": len(question.files),
            "description": _shown(f"{question.code} {question.label}"),
            "documents": [
                {"document_id": number, "document_name": _shown(f"{question.code} {one.label}")}
                for number, one in enumerate(question.files, 1)
            ],
            "hash": [base64.b64encode(one.sha256).decode() for one in question.files],
            "hashAlgo": SHA256,
            "signAlgo": ALGORITHMS[question.algorithm],
            "async": ASYNCHRONOUS,
        }
        answer = call(f"{settings.MYSIGN_URL}/vtss/service/signHash", wish, bearer=token)
        if answer.status in {401, 403}:
            raise calling.no_access()
        if answer.status >= 400:
            raise calling.no_key()
        return answer.text("transactionId")

    def answer(self, question: Question) -> Signatures | None:
        token = self._log_in(question.account)
        wish: dict[str, object] = {"transactionId": question.name}
        answer = call(f"{settings.MYSIGN_URL}/vtss/service/requests/status", wish, bearer=token)
        if answer.status >= 400:
            raise calling.failed()
        status = answer.text("status")
        if status in PENDING:
            return None
        if status != DONE:
            raise ENDINGS.get(status, calling.failed)()
        return answer.signatures("signatures", len(question.files))

    def chain(self, key_reference: str, account: str) -> list[bytes]:
        wish = self._client() | {"profile_id": settings.MYSIGN_PROFILE, "user_id": account, "certificates": "chain"}
        token = self._log_in(account)
        path = "vtss/service/certificates/info"
        answer = call(f"{settings.MYSIGN_URL}/{path}", wish | {"certInfo": True, "authInfo": True}, bearer=token)
        for one in _credentials(answer):
            if one.get("credential_id") == key_reference:
                try:
                    return [base64.b64decode(der) for der in one["cert"]["certificates"]]
                except (KeyError, TypeError, binascii.Error) as error:
                    raise calling.unanswered() from error
        raise calling.no_key()

    def _client(self) -> dict[str, object]:
        return {"client_id": settings.MYSIGN_CLIENT_ID, "client_secret": settings.MYSIGN_CLIENT_SECRET}

    def _log_in(self, account: str) -> str:
        """Before anything is asked: trouble here means that nothing was taken."""
        wish = self._client() | {"user_id": account, "profile_id": settings.MYSIGN_PROFILE}
        try:
            answer = call(f"{settings.MYSIGN_URL}/vtss/service/ras/v1/login", wish)
            if answer.status >= 400:
                raise calling.no_access()
            return answer.text("access_token")
        except Unanswered as error:
            raise calling.not_taken() from error


def _credentials(answer: Answer) -> list[dict[str, Any]]:
    if not isinstance(answer.content, list):
        raise calling.unanswered()
    return [one for one in answer.content if isinstance(one, dict)]


def _shown(text: str) -> str:
    """Viettel takes ASCII alone and wants other letters in Base64, cut where a letter ends."""
    return base64.b64encode(text.encode()[:LONGEST_NAME].decode(errors="ignore").encode()).decode()
