"""Who may open these pages; to everybody else they do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from portal.floor.web import ActorRequest
from procedures.models import Procedure, ProcedureVersion, Role
from procedures.publishing import PublishingRefused

View = Callable[..., HttpResponse]


def catalogue_office(*roles: str) -> Callable[[View], View]:
    """Lets editors and reviewers in (or those of `roles` only), answers a refused step with its reason and 409."""
    allowed = roles or (Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER)

    def guarded(view: View) -> View:
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = getattr(request, "actor", None)
            if actor is None or not actor.has_role(*allowed):
                raise Http404
            try:
                return view(cast(ActorRequest, request), *args, **kwargs)
            except PublishingRefused as refused:
                context = {"title": _("Chưa làm được"), "text": str(refused), "defects": refused.defects}
                return render(request, "procedures/admin/refused.html", context, status=409)

        return enter

    return guarded


def chosen_version(code: str, number: str | None) -> ProcedureVersion:
    """The version with that number, else the open draft, else the one in force, else the newest. Raises Http404."""
    procedure = get_object_or_404(Procedure, code=code)
    versions: dict[int, ProcedureVersion] = {
        one.number: one for one in ProcedureVersion.objects.whole().filter(procedure=procedure).order_by("number")
    }
    if number is not None:
        if not number.isdecimal() or int(number) not in versions:
            raise Http404
        return versions[int(number)]
    if not versions:
        raise Http404
    preference = ("draft", "reviewed", "published", "retired")
    return min(versions.values(), key=lambda one: (preference.index(one.state), -one.number))


def open_version(code: str, number: int) -> ProcedureVersion:
    """That version, for editing. Raises Http404."""
    found: ProcedureVersion = get_object_or_404(ProcedureVersion.objects.whole(), procedure__code=code, number=number)
    return found
