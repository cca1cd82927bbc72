"""Limits of the programming interface, counted like those of the pages."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.floor.throttling import TooMany, address, count

if TYPE_CHECKING:  # the framework's views load this module
    from rest_framework.views import APIView


class SharedThrottle(BaseThrottle):
    """A view's `throttle_scope` names its rate in settings.THROTTLES; others share one per account or address."""

    seconds = 1

    def allow_request(self, request: Request, view: "APIView") -> bool:
        known = request.user is not None and request.user.is_authenticated
        scope = getattr(view, "throttle_scope", "") or ("api_account" if known else "api_address")
        try:
            count(scope, str(request.user.pk) if known else address(request), settings.THROTTLES[scope])
        except TooMany as reached:
            self.seconds = reached.wait
            return False
        return True

    def wait(self) -> float:
        return self.seconds
