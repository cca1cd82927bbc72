"""Where allauth asks us: what it stores, whom it lets in, how second-factor secrets rest."""

import base64
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from portal.floor import crypto
from portal.identity import refusals
from portal.identity.backends import BACKEND
from portal.identity.facts import ClaimsIncomplete, facts_of
from portal.models import User

_SEALED_FOR = b"second factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No local sign-up, no messages or pages of allauth's own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        login(request, user, backend=BACKEND)

    def get_login_stages(self) -> list[str]:
        return []

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return settings.CITIZEN_HOME

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return settings.CITIZEN_HOME

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return refusals.inactive(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: a page that opens is message enough."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A citizen's account is made at the first log-in and refreshed at every one; e-mail never links accounts.

    allauth's own rows keep a blind index of the provider's subject and nothing else of the person.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        response = sociallogin.account.extra_data
        claims, id_token = response.get("userinfo") or response.get("id_token") or {}, response.get("id_token")
        if id_token and id_token.get("sub") != claims.get("sub"):
            raise ImmediateHttpResponse(refusals.failed(request))
        try:
            sociallogin.facts = facts_of(claims)
        except ClaimsIncomplete:
            raise ImmediateHttpResponse(refusals.incomplete(request)) from None
        subject = crypto.blind_index(sociallogin.account.uid, "identity_subject")
        sociallogin.account.uid, sociallogin.account.extra_data = subject, {}
        sociallogin.email_addresses, sociallogin.phone = [], None
        user: User = sociallogin.user
        user.username = f"vneid-{subject}"
        sociallogin.facts.put_into(user)
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        user: User = sociallogin.user
        if user.kind == User.Kind.OFFICER:
            raise ImmediateHttpResponse(refusals.failed(request))
        if sociallogin.is_existing:
            sociallogin.facts.put_into(user)
            user.save()

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> NoReturn:
        if error == "cancelled":
            raise ImmediateHttpResponse(refusals.cancelled(request))
        down = isinstance(exception, RequestException)
        raise ImmediateHttpResponse(refusals.down(request) if down else refusals.failed(request))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """TOTP secrets and the seeds of recovery codes rest sealed."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.encrypt(text.encode(), _SEALED_FOR)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(base64.b64decode(encrypted_text), _SEALED_FOR).decode()
