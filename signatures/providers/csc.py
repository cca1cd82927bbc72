"""Any remote service that speaks the Cloud Signature Consortium's API, version 2: the hash goes out, never the file.

settings.CSC_URL ends in /csc/v2; CSC_CLIENT_ID and CSC_CLIENT_SECRET open it (OAuth 2, client credentials). A
certificate's `provider_ref` is the credentialID.
"""

import base64
import binascii

from django.conf import settings

from signatures.providers import calling
from signatures.providers.base import Question, Signatures, Unanswered
from signatures.providers.calling import Answer, call

SHA256 = "2.16.840.1.101.3.4.2.1"
ALGORITHMS = {"rsa": "1.2.840.113549.1.1.1", "ec": "1.2.840.10045.4.3.2"}
STILL_WAITING = 202
OPENED = frozenset({400, 401, 403, 404})


class CscProvider:
    """credentials/authorize asks the holder, authorizeCheck hears the answer, signHash uses it once for all hashes."""

    takes_our_name = False

    @property
    def most_files(self) -> int:
        return int(settings.CSC_MOST_FILES)

    def ask(self, question: Question) -> str | Signatures:
        token = self._token()
        wish = _wish(question) | {
            "numSignatures": len(question.files),
            "description": f"{question.code} {question.label}",
        }
        answer = call(f"{settings.CSC_URL}/credentials/authorize", wish, bearer=token)
        if answer.status == STILL_WAITING:
            return answer.text("handle")
        return self._sign(question, _granted(answer), token)

    def answer(self, question: Question) -> Signatures | None:
        token = self._token()
        answer = call(f"{settings.CSC_URL}/credentials/authorizeCheck", {"handle": question.name}, bearer=token)
        if answer.status == STILL_WAITING:
            return None
        return self._sign(question, _granted(answer), token)

    def chain(self, key_reference: str, account: str) -> list[bytes]:
        wish: dict[str, object] = {"credentialID": key_reference, "certificates": "chain"}
        answer = call(f"{settings.CSC_URL}/credentials/info", wish, bearer=self._token())
        if answer.status in OPENED:
            raise calling.no_key()
        try:
            return [base64.b64decode(one, validate=True) for one in answer.content["cert"]["certificates"]]
        except (KeyError, TypeError, binascii.Error) as error:
            raise calling.unanswered() from error

    def _token(self) -> str:
        """Before anything is asked: trouble here means that nothing was taken."""
        wish: dict[str, object] = {
            "grant_type": "client_credentials",
            "scope": "service",
            "client_id": settings.CSC_CLIENT_ID,
            "client_secret": settings.CSC_CLIENT_SECRET,
        }
        try:
            answer = call(f"{settings.CSC_URL}/oauth2/token", wish, form=True)
            if answer.status in OPENED:
                raise calling.no_access()
            return answer.text("access_token")
        except Unanswered as error:
            raise calling.not_taken() from error

    def _sign(self, question: Question, activation: str, token: str) -> Signatures:
        wish = _wish(question) | {
            "SAD": activation,
            "signAlgo": ALGORITHMS[question.algorithm],
            "operationMode": "S",
        }
        answer = call(f"{settings.CSC_URL}/signatures/signHash", wish, bearer=token)
        if answer.status in OPENED:
            raise calling.failed()
        return answer.signatures("signatures", len(question.files))


def _wish(question: Question) -> dict[str, object]:
    return {
        "credentialID": question.key_reference,
        "hashes": [base64.b64encode(one.sha256).decode() for one in question.files],
        "hashAlgorithmOID": SHA256,
    }


def _granted(answer: Answer) -> str:
    """The activation data. Raises PortError, permanent, for a no."""
    if answer.status not in OPENED:
        return answer.text("SAD")
    if answer.status == 401:
        raise calling.no_access()
    match answer.content.get("error") if isinstance(answer.content, dict) else None:
        case "access_denied" | "authorization_denied":
            raise calling.declined()
        case "expired_token" | "authorization_timeout":
            raise calling.expired()
        case "invalid_request":
            raise calling.no_key()
        case _:
            raise calling.failed()
