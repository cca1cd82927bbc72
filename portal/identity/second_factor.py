"""The second factor of officers: a code from an authenticator app, or a recovery code."""

import base64
import secrets
from urllib.parse import quote, urlencode

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    validate_totp_code,
    yield_hotp_counters_from_time,
)
from django.db import transaction

from portal.floor.throttling import count, forget
from portal.models import User

# Per account, until a right code; the second bound holds against patience.
ATTEMPTS = ("5/5m", "50/d")
ISSUER = "Một Cửa"


def new_secret() -> str:
    """160 random bits in base 32, as authenticator apps take them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def enrolled(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def enrol(user: User, secret: str) -> None:
    """Put the secret and a set of recovery codes down for the officer, both sealed."""
    with transaction.atomic():
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)


def secret_of(user: User) -> str:
    """The officer's secret in plain text, for demo accounts; "" when not enrolled."""
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return str(get_adapter().decrypt(authenticator.data["secret"])) if authenticator else ""


def code_now(secret: str) -> str:
    """What an authenticator app shows now, for demo accounts."""
    *_earlier, now, _later = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, now)))


def matches(secret: str, code: str) -> bool:
    """Whether a code fits a secret not yet put down."""
    return bool(validate_totp_code(secret, _digits(code)))


def proves(user: User, code: str) -> bool:
    """Whether the code is the officer's, unused until now. Raises TooMany after five wrong ones in five minutes."""
    with transaction.atomic():
        # Guesses at one account wait for each other, so that none slips past the count.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        for rate in ATTEMPTS:
            count("second_factor", str(user.pk), rate)
        for authenticator in Authenticator.objects.filter(user=user):
            if authenticator.wrap().validate_code(_digits(code)):
                authenticator.record_usage()
                for rate in ATTEMPTS:
                    forget("second_factor", str(user.pk), rate)
                return True
    return False


def unseen_recovery_codes(user: User) -> list[str]:
    """The codes to write down, none once the officer has said they are kept."""
    codes = _recovery(user)
    return codes.get_unused_codes() if codes and not codes.did_view else []


def recovery_codes_kept(user: User) -> None:
    if codes := _recovery(user):
        codes.mark_as_viewed()


def _recovery(user: User) -> RecoveryCodes | None:
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(row) if row else None


def app_link(user: User, secret: str) -> str:
    """What the QR code says to an authenticator app."""
    label, query = quote(f"{ISSUER}:{user.username}"), urlencode({"secret": secret, "issuer": ISSUER}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def _digits(code: str) -> str:
    return "".join(code.split())
