"""What a production installation must not have. `check --deploy` lists it; web and worker refuse to start with it."""

import base64
import binascii
import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

KNOWN_SECRETS = ("insecure", "tests-only", "change-me", "example")
SIGNERS = ("CSC_URL", "SMARTCA_URL", "MYSIGN_URL")
PARTIES = ("IDENTITY_ISSUER", "CARRIER_URL", "CA_URL", "TSA_URL", *SIGNERS)
MAIL_PORTS = (25, 465, 587)  # a relay on the same machine is as usual as a simulator is not on these


@register(Tags.security, deploy=True)
def production(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    return [Error(text, id=f"motcua.E{number:03}") for number, text in enumerate(mistakes(), 1)]


def refuse_unsafe_start() -> None:
    """Called once by every process that serves. Raises ImproperlyConfigured with all that is wrong."""
    if settings.PRODUCTION and (found := list(mistakes())):
        raise ImproperlyConfigured("Refusing to start in production:\n- " + "\n- ".join(found))


def mistakes() -> Iterator[str]:
    if settings.DEBUG:
        yield "MOTCUA_DEBUG is on"
    yield from _secrets()
    if not settings.BASE_URL.startswith("https://"):
        yield "MOTCUA_BASE_URL is not an https:// address"
    if "*" in settings.ALLOWED_HOSTS:
        yield "MOTCUA_HOSTS allows every host name"
    yield from _parties()
    yield from _demo_accounts()


def _secrets() -> Iterator[str]:
    if len(settings.SECRET_KEY) < 50 or any(word in settings.SECRET_KEY for word in KNOWN_SECRETS):
        yield "MOTCUA_SECRET_KEY is short or a published one; 50 random characters are needed"
    keys = [*(entry.rpartition(":")[2] for entry in settings.DATA_KEYS), settings.INDEX_KEY]
    for key in keys:
        try:
            plain = base64.b64decode(key, validate=True)
        except (binascii.Error, ValueError):
            plain = b""
        if len(plain) < 32 or any(word.encode() in plain for word in KNOWN_SECRETS):
            yield "MOTCUA_DATA_KEYS or MOTCUA_INDEX_KEY is short or a published one; each is 32 random bytes in base64"
            return
    if len(set(keys)) < len(keys):
        yield "MOTCUA_INDEX_KEY repeats a key of MOTCUA_DATA_KEYS"


def _parties() -> Iterator[str]:
    for name in PARTIES:
        if is_loopback(urlsplit(getattr(settings, name, "")).hostname):
            yield f"{name} is a simulator's address"
    for name in ("IDENTITY_ISSUER", "CARRIER_URL", *SIGNERS):  # personal data and passwords go there
        if urlsplit(getattr(settings, name, "")).scheme == "http":
            yield f"{name} is not an https:// address"
    if settings.CARRIER_URL and len(settings.CARRIER_SECRET) < 16:
        yield "CARRIER_SECRET is missing or short: anybody could tell that a parcel was delivered"
    if settings.SMARTCA_WEBHOOK_TOKEN and len(settings.SMARTCA_WEBHOOK_TOKEN) < 32:
        yield "SMARTCA_WEBHOOK_TOKEN is short: it alone keeps strangers from the webhook"
    if is_loopback(settings.EMAIL_HOST) and settings.EMAIL_PORT not in MAIL_PORTS:
        yield "SMTP_HOST and SMTP_PORT are a simulator's address"
    if any(".soft." in path for path in getattr(settings, "SIGNATURE_PROVIDERS", {}).values()):
        yield "SIGNATURE_PROVIDERS holds the soft signing key, which is for demonstrations"


def is_loopback(host: str | None) -> bool:
    if not host:
        return False
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _demo_accounts() -> Iterator[str]:
    from portal.demo import usernames
    from portal.models import User

    try:
        officers = list(User.objects.filter(username__in=usernames(), kind=User.Kind.OFFICER, is_active=True))
    except DatabaseError:  # no tables yet: nobody can log in either
        return
    known = [officer.username for officer in officers if officer.check_password(settings.DEMO_PASSWORD)]
    if known:
        yield f"demo accounts with the published password: {', '.join(known)}"
