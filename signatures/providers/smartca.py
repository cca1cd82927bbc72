"""VNPT SmartCA, interface sp769: a hash goes out, the holder confirms in VNPT's application, we ask for the result.

settings.SMARTCA_URL ends in /sca/sp769; SMARTCA_SP_ID and SMARTCA_SP_PASSWORD open it. A certificate's `provider_ref`
is its serial number there, `account` the holder's citizen or tax number. The second version of the interface, where
the holder's password and one-time code pass through the client, is left alone on purpose.
"""

import base64
from typing import Any

from django.conf import settings

from portal.floor.ports import PortError
from signatures.providers import calling
from signatures.providers.base import Question, Signatures
from signatures.providers.calling import call

# Bad request; the account of the client or of the holder; the certificate's state.
REFUSALS = {400: calling.failed, 401: calling.no_access, 403: calling.no_key, 404: calling.failed}
ENDINGS = {
    "EXPIRED": calling.expired,
    "SIGNER_REJECTED": calling.declined,
    "AUTHORIZE_KEY_FAILED": calling.failed,
    "SIGN_FAILED": calling.failed,
}


class SmartCaProvider:
    """v1/signatures/sign, then v1/signatures/sign/{transaction}/status until the holder has confirmed."""

    takes_our_name = True

    @property
    def most_files(self) -> int:
        return int(settings.SMARTCA_MOST_FILES)

    def ask(self, question: Question) -> str | Signatures:
        self._call(
            "v1/signatures/sign",
            self._client()
            | {
                "user_id": question.account,
                "serial_number": question.key_reference,
                "transaction_id": question.name,
                "transaction_desc": f"{question.code} {question.label}",
                "sign_files": [
                    {"doc_id": one.name, "file_type": "pdf", "sign_type": "hash", "data_to_be_signed": one.sha256.hex()}
                    for one in question.files
                ],
            },
        )
        return question.name

    def answer(self, question: Question) -> Signatures | None:
        said = self._call(f"v1/signatures/sign/{question.name}/status", {})
        if (ending := ENDINGS.get(str(said.get("message")))) is not None:
            raise ending()
        try:
            signatures = (said.get("data") or {}).get("signatures") or []
            values = {one["doc_id"]: one["signature_value"] for one in signatures}
            given = [values.get(one.name) for one in question.files]
            return [base64.b64decode(one) if one else None for one in given] if values else None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise calling.unanswered() from error

    def chain(self, key_reference: str, account: str) -> list[bytes]:
        wish = self._client() | {"user_id": account, "serial_number": key_reference, "transaction_id": key_reference}
        said = self._call("v1/credentials/get_certificate", wish)
        try:
            found = [one for one in said["data"]["user_certificates"] if one["serial_number"] == key_reference]
            if not found:
                raise calling.no_key()
            above = found[0].get("chain_data") or {}
            held = [found[0]["cert_data"], above.get("ca_cert"), above.get("root_cert")]
            return [base64.b64decode(one) for one in held if one]
        except (KeyError, TypeError, ValueError) as error:
            raise calling.unanswered() from error

    def _client(self) -> dict[str, object]:
        return {"sp_id": settings.SMARTCA_SP_ID, "sp_password": settings.SMARTCA_SP_PASSWORD}

    def _call(self, path: str, content: dict[str, object]) -> dict[str, Any]:
        """What the service says; its own code counts, whatever HTTP's. Raises PortError."""
        answer = call(f"{settings.SMARTCA_URL}/{path}", content)
        said = answer.content if isinstance(answer.content, dict) else {}
        code = said.get("status_code", answer.status)
        if code == 200:
            return said
        refusal = REFUSALS.get(code)
        problem: PortError = refusal() if refusal else calling.unanswered()
        raise problem
