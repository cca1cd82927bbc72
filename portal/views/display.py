"""How the reader wants pages shown: text size, contrast, language. Works without JavaScript."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR = 365 * 24 * 3600  # seconds


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie and go back to the page it was made on."""
    came_from = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(came_from if safe else "/")
    allowed = {
        "size": ("size", {"1", "2", "3"}),
        "contrast": ("contrast", {"0", "1"}),
        "language": (settings.LANGUAGE_COOKIE_NAME, {code for code, _name in settings.LANGUAGES}),
    }
    for name, (cookie, values) in allowed.items():
        if (value := request.POST.get(name)) in values:
            response.set_cookie(cookie, str(value), max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
