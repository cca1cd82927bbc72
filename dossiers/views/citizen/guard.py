"""The citizens' own pages: who is let in, and what the account says of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dossiers.intake import Applicant
from portal.floor.web import ActorRequest
from procedures.eforms import Prefilled

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


def applicant_of(user: Any) -> Applicant:
    """The person or organisation behind the account, as a dossier keeps it."""
    organisation = user.kind == "organisation"
    return Applicant(
        name=user.full_name, identity=user.tax_code if organisation else user.personal_id, is_organisation=organisation,
        phone=user.phone, email=user.email, address=user.address, birth_on=user.birth_on,
    )  # fmt: skip


def facts_of(user: Any) -> dict[str, Prefilled]:
    """What forms may take from the account: identity as the provider states it, contacts to be corrected freely."""
    source = _("tài khoản định danh VNeID")
    stated = {
        "full_name": user.representative or user.full_name,
        "personal_id": user.personal_id,
        "birth_on": user.birth_on,
        "sex": user.sex,
    }
    contacts = {"phone": user.phone, "email": user.email, "address": user.address}
    return {f"profile.{name}": Prefilled(value, source, locked=True) for name, value in stated.items()} | {
        f"profile.{name}": Prefilled(value, source) for name, value in contacts.items()
    }
