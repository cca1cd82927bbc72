"""Who is asking: the age of the session, the actor, and the guard of the officers' part of the site."""

import time
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from portal.actors import SECOND_FACTOR, actor_of
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest
from portal.middleware.hygiene import Responder
from portal.models import User
from portal.views import errors

STAFF_PLACES = ("/can-bo/", "/quan-tri/", "/dieu-hanh/")
OFFICERS_DOOR = "/can-bo/dang-nhap"


class People:
    """Ends sessions that are too old, sets `request.actor`, lets only officers with a second factor to their pages."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without a session cookie nobody is logged in, and the session need not be opened.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            end_old_session(request)
        actor = SimpleLazyObject(lambda: actor_of(request))
        cast(ActorRequest, request).actor = cast(Actor, actor)
        return guard(request) or self.get_response(request)


def mark_session(request: HttpRequest, user: User) -> None:
    """A session has begun: officers' for a working day, citizens' until they pause."""
    now = int(time.time())
    request.session["since"] = request.session["seen"] = now
    request.session.set_expiry(settings.STAFF_SESSION if user.kind == User.Kind.OFFICER else settings.CITIZEN_IDLE)


def end_old_session(request: HttpRequest) -> None:
    user, session, now = request.user, request.session, int(time.time())
    if not isinstance(user, User):
        return
    officer = user.kind == User.Kind.OFFICER
    age = now - session.get("since", now) if officer else now - session.get("seen", now)
    if age > (settings.STAFF_SESSION if officer else settings.CITIZEN_IDLE):
        logout(request)
        messages.info(request, _("Phiên làm việc đã hết. Hãy đăng nhập lại, dữ liệu đã lưu vẫn còn."))
    elif now - session.get("seen", 0) >= settings.SESSION_TOUCH:
        session["seen"] = now


def guard(request: ActorRequest | HttpRequest) -> HttpResponseBase | None:
    """None to go on; else where the visitor of an officers' page must go first. A citizen sees 404."""
    path, user = request.path_info, request.user
    staff_place = path.startswith(STAFF_PLACES) and not path.startswith(OFFICERS_DOOR)
    if not (staff_place or path.startswith("/api/")):
        return None
    officer = isinstance(user, User) and user.kind == User.Kind.OFFICER
    if officer and not request.session.get(SECOND_FACTOR):
        if staff_place:
            return lead(request, reverse("officer_enrol"))
        return errors.page(request, 403, text=_("Tài khoản cán bộ cần xác thực hai lớp trước khi làm việc."))
    if not staff_place:
        return None
    if not user.is_authenticated:
        return lead(request, f"{reverse('officer_login')}?{urlencode({'next': request.get_full_path()})}")
    if not officer:
        return errors.not_found(request, Http404())
    if not cast(ActorRequest, request).actor.seats:
        return errors.page(request, 403, text=_("Tài khoản này hiện không được giao vị trí nào."))
    return None


def lead(request: HttpRequest, url: str) -> HttpResponse:
    """Send the visitor to another page; a fragment asked for by htmx must not be filled with it."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
