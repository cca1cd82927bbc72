"""The operators' pages about people: to everybody else they do not exist, and a refused act says why."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.floor.web import ActorRequest
from portal.people.office import Office, PeopleRefused
from procedures.models import Role

View = Callable[..., HttpResponse]
FORM = "procedures/admin/organisation/form.html"


def people_office(view: View) -> View:
    """Lets operators in and hands the view their office; a refusal nobody caught answers 409 with its reason."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if actor is None or not actor.has_role(Role.OPERATOR):
            raise Http404
        try:
            return view(cast(ActorRequest, request), Office.of(actor), *args, **kwargs)
        except PeopleRefused as refused:
            return refusal(request, str(refused))

    return enter


def refusal(request: HttpRequest, text: str, back: str = "/quan-tri/nguoi-dung") -> HttpResponse:
    """A page that says why nothing was done."""
    context = {"title": _("Chưa làm được"), "text": text, "back": back}
    return render(request, "people/refused.html", context, status=409)


def form_page(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    """A form with its title, button (`submit`) and the way back (`back`: address and words)."""
    url, text = context.pop("back")
    context |= {"form": form, "back": {"url": url, "text": text}}
    return render(request, FORM, context, status=422 if form.is_bound else 200)
