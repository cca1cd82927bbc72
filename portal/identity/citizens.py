"""The citizens' door: the national identity provider over OpenID Connect (code flow with PKCE)."""

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from portal.floor.throttling import limited
from portal.identity import refusals
from portal.models import User

PROVIDER = "vneid"
# The probe is asked again after so many seconds, so that a provider that hangs does not hold every worker.
PROBE_SECONDS = 10
PROBE_TIMEOUT = 2


def safe_next(request: HttpRequest) -> str:
    """The page to return to, "" when none was named or it is not ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else ""


def provider_answers() -> bool:
    """Whether the identity provider answers its discovery address now; remembered for some seconds."""
    if not settings.IDENTITY_ISSUER:
        return False
    answers = cache.get("identity-answers")
    if answers is None:
        url = f"{settings.IDENTITY_ISSUER.rstrip('/')}/.well-known/openid-configuration"
        try:
            answers = requests.get(url, timeout=PROBE_TIMEOUT).ok
        except RequestException:
            answers = False
        cache.set("identity-answers", answers, PROBE_SECONDS)
    return bool(answers)


@never_cache
@require_http_methods(["GET", "POST"])
@limited("login", settings.THROTTLES["login"])
def log_in(request: HttpRequest) -> HttpResponseBase:
    """GET explains, POST leaves for the provider; 503 while the provider is down."""
    target = safe_next(request)
    if isinstance(request.user, User) and request.user.kind != User.Kind.OFFICER:
        return redirect(target or settings.CITIZEN_HOME)
    if not provider_answers():
        return refusals.down(request)
    if request.method == "GET":
        return render(request, "identity/log_in.html", {"next": target})
    provider = get_adapter().get_provider(request, PROVIDER)
    try:
        response: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=target or settings.CITIZEN_HOME)
    except (RequestException, KeyError, ValueError):
        return refusals.down(request)
    return response


@never_cache
@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The provider sends the citizen back here with a code."""
    try:
        response: HttpResponseBase = openid_connect.callback(request, provider_id)
    except RequestException:
        return refusals.down(request)
    except (KeyError, ValueError):
        # An answer without subject, or a token that is none.
        return refusals.failed(request)
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/")
