"""The language of the pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from portal.middleware.hygiene import Responder


class ChosenLanguage:
    """Vietnamese unless the reader chose otherwise: most browsers in the country are set to English by their maker."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.setdefault("Content-Language", language)
        return response
