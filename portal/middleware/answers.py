"""What every answer carries, and answers to limits reached."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from portal.floor.throttling import TooMany
from portal.middleware.hygiene import Responder
from portal.views import errors

PERMISSIONS = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


class Answers:
    """Security headers that Django does not set; pages of a person who is logged in are kept by no cache."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        logged_in = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        if (logged_in or request.method == "POST") and not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, TooMany):
            return None
        response = errors.page(request, 429, text=too_many_text(exception.wait))
        response["Retry-After"] = str(exception.wait)
        return response


def too_many_text(seconds: int) -> str:
    """How long to wait, in words."""
    if seconds < 90:
        return _("Có quá nhiều lần thử. Hãy thử lại sau %(count)s giây.") % {"count": seconds}
    return _("Có quá nhiều lần thử. Hãy thử lại sau %(count)s phút.") % {"count": -(-seconds // 60)}
