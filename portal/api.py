"""The root of the programming interface and how it answers mistakes (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from portal.floor.problems import MEDIA_TYPE, Problem
from portal.floor.throttling import TooMany
from portal.floor.vietnamese import BadText
from portal.middleware.answers import too_many_text
from portal.views.errors import TITLES


@extend_schema(responses={200: {"type": "object", "properties": {"schema": {"type": "string", "format": "uri"}}}})
@api_view(["GET"])
@permission_classes([AllowAny])
def root(request: Request) -> Response:
    return Response({"schema": request.build_absolute_uri(reverse("api_schema"))})


def problem_details(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None lets an unforeseen error become the 500 of the site."""
    problem, headers = _problem(error)
    if problem is None:
        return None
    set_rollback()
    body = problem.as_dict(context["request"].path)
    return Response(body, status=problem.status, headers=headers, content_type=MEDIA_TYPE)


def _problem(error: Exception) -> tuple[Problem | None, dict[str, str]]:
    match error:
        case Problem():
            return error, {}
        case Http404():
            return _titled(404), {}
        case exceptions.Throttled() | TooMany():
            seconds = int(getattr(error, "wait", None) or 1)
            return _titled(429, too_many_text(seconds)), {"Retry-After": str(seconds)}
        case PermissionDenied():
            return _titled(403, str(error)), {}
        case BadText():
            return _titled(400, str(error)), {}
        case exceptions.ValidationError():
            return Problem(
                400, str(TITLES[422]), _("Xem từng trường trong errors."), extra={"errors": error.detail}
            ), {}
        case exceptions.APIException():
            allowed = getattr(error, "auth_header", None)
            return _titled(error.status_code, str(error.detail)), {"WWW-Authenticate": allowed} if allowed else {}
    return None, {}


def _titled(status: int, detail: str = "") -> Problem:
    return Problem(status, str(TITLES.get(status, TITLES[400])), detail)
