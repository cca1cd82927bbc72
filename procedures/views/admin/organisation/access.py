"""Who may open these pages; to everybody else they do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from portal.floor.web import ActorRequest
from procedures.models import Agency, Role
from procedures.organisation import Reach, reach_of

View = Callable[..., HttpResponse]


def operators_office(*, whole: bool = False) -> Callable[[View], View]:
    """Lets operators in and hands the view how far they reach; `whole`: those of the province alone."""

    def guarded(view: View) -> View:
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = getattr(request, "actor", None)
            if actor is None or not actor.has_role(Role.OPERATOR):
                raise Http404
            reach = reach_of(actor)
            if whole and not reach.whole:
                raise Http404
            return view(cast(ActorRequest, request), reach, *args, **kwargs)

        return enter

    return guarded


def chosen_agency(reach: Reach, code: str) -> Agency:
    """The agency with that code. Raises Http404 for one out of reach."""
    found: Agency = get_object_or_404(reach.agencies().select_related("parent", "unit", "successor"), code=code)
    return found
