"""Who is let in to the citizens' own pages."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.floor.web import ActorRequest

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]


def citizens_only(view: View[P]) -> View[P]:
    """People who are logged in as themselves; others are led to the log-in and back. No cache keeps the page."""

    @never_cache
    @wraps(view)
    def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.actor.kind != "citizen":
            raise PermissionDenied(
                _("Bạn đang dùng tài khoản cán bộ. Hãy đăng xuất rồi đăng nhập bằng VNeID để làm việc của riêng bạn.")
            )
        return view(request, *args, **kwargs)

    return guarded
