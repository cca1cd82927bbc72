"""Input that no page can use is refused at the door with a clear answer, instead of breaking somewhere inside."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

Responder = Callable[[HttpRequest], HttpResponseBase]

# Django decodes forms with this character in place of bytes that are not UTF-8.
_UNREADABLE = ("\x00", "\ufffd")


class CleanInput:
    """NUL bytes and broken UTF-8 in path, query, headers, cookies or forms are answered with 400.

    Also puts the client's own address into REMOTE_ADDR when it came through trusted proxies.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.TRUSTED_PROXIES:
            request.META["REMOTE_ADDR"] = _client(request, settings.TRUSTED_PROXIES)
        headers = (str(value) for name, value in request.META.items() if name.startswith(("HTTP_", "CONTENT_")))
        if "\x00" in request.path or _unreadable_query(request) or any("\x00" in value for value in headers):
            raise _refusal()
        _refuse_unreadable([*request.COOKIES.keys(), *request.COOKIES.values()])
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method == "POST":
            if request.content_type == "application/x-www-form-urlencoded" and not _utf8(request.body):
                raise _refusal()
            _refuse_unreadable(text for key, values in request.POST.lists() for text in (key, *values))
            _refuse_unreadable(file.name or "" for _key, files in request.FILES.lists() for file in files)


def _refusal() -> BadRequest:
    return BadRequest(_("Nội dung gửi lên có ký tự không đọc được. Hãy xóa ký tự lạ rồi gửi lại."))


def _refuse_unreadable(texts: Iterable[str]) -> None:
    if any(mark in text for text in texts for mark in _UNREADABLE):
        raise _refusal()


def _unreadable_query(request: HttpRequest) -> bool:
    query = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
    return b"\x00" in query or not _utf8(query)


def _utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _client(request: HttpRequest, proxies: int) -> str:
    """The address that the outermost trusted proxy saw; what a client wrote further left is not believed."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if len(hops) < proxies:
        return peer
    try:
        return str(ipaddress.ip_address(hops[-proxies]))
    except ValueError:
        return peer
