"""The officers' door: user name and password, then a second factor; nobody is logged in before both are shown."""

import time
from typing import TYPE_CHECKING, Any

from allauth.mfa.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from portal.actors import SECOND_FACTOR, actor_of
from portal.floor import qr
from portal.floor.throttling import limited
from portal.floor.vietnamese import BadText, clean
from portal.identity import second_factor
from portal.identity.backends import BACKEND
from portal.identity.citizens import safe_next
from portal.models import User
from portal.navigation import home

if TYPE_CHECKING:  # generic for the type checker alone
    _PasswordView = FormView["PasswordForm"]
    _CodeView = FormView["CodeForm"]
else:
    _PasswordView = _CodeView = FormView

# Between password and code the session holds only who is on the way, for ten minutes.
ON_THE_WAY = "officer_on_the_way"
NEW_SECRET = "officer_new_secret"  # noqa: S105 -- the name of a session key
MINUTES = 10


class PasswordForm(forms.Form):
    username = forms.CharField(label=_lazy("Tên đăng nhập"), max_length=150)
    password = forms.CharField(label=_lazy("Mật khẩu"), max_length=1000, strip=False, widget=forms.PasswordInput)

    def clean_username(self) -> str:
        try:
            return clean(self.cleaned_data["username"])
        except BadText as error:
            raise forms.ValidationError(str(error)) from None


class CodeForm(forms.Form):
    code = forms.CharField(label=_lazy("Mã xác thực"), max_length=20)


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
@method_decorator(limited("officer_login", settings.THROTTLES["officer_login"]), name="dispatch")
class Door(_PasswordView):
    """The first step. A lock-out after repeated failures is counted per user name and address by axes."""

    form_class = PasswordForm
    template_name = "identity/officer_login.html"
    locked = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=safe_next(self.request), **kwargs)

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        user = authenticate(self.request, **form.cleaned_data)
        if not isinstance(user, User):
            form.add_error(None, _("Tên đăng nhập hoặc mật khẩu chưa đúng."))
            return self.form_invalid(form)
        step_out(self.request, user, safe_next(self.request))
        return redirect("officer_code" if second_factor.enrolled(user) else "officer_enrol")


def step_out(request: HttpRequest, user: User, target: str = "") -> None:
    """The password is shown: the second factor is next. Nothing of an earlier session's key stays."""
    request.session.cycle_key()
    request.session[ON_THE_WAY] = {"user": str(user.pk), "at": time.time(), "next": target}


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, str]) -> HttpResponse:
    """What axes answers instead of the form: how long the lock lasts."""
    form = PasswordForm(request.POST)
    form.add_error(
        None,
        _("Đã nhập sai quá nhiều lần. Tài khoản này tạm khóa tại địa chỉ này trong %(minutes)s phút.")
        % {"minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)},
    )
    return render(request, Door.template_name, {"form": form, "next": safe_next(request)}, status=429)


def on_the_way(request: HttpRequest) -> User | None:
    """The officer who has shown a password but no second factor yet."""
    step = request.session.get(ON_THE_WAY)
    if step and time.time() - step["at"] < MINUTES * 60:
        return User.objects.filter(pk=step["user"], is_active=True, kind=User.Kind.OFFICER).first()
    user = request.user
    unproven = isinstance(user, User) and user.kind == User.Kind.OFFICER and not request.session.get(SECOND_FACTOR)
    return user if unproven and isinstance(user, User) else None


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Log the officer in: password and second factor are shown."""
    target = request.session.pop(ON_THE_WAY, {}).get("next")
    request.session.pop(NEW_SECRET, None)
    login(request, user, backend=BACKEND)
    request.session[SECOND_FACTOR] = True
    if second_factor.unseen_recovery_codes(user):
        return redirect("recovery_codes")
    return redirect(target or desk_of(request))


def desk_of(request: HttpRequest) -> str:
    """The page an officer's work begins at."""
    seats = actor_of(request).seats
    return home(seats[0].role) if seats else "/tai-khoan/"


class _SecondStep(_CodeView):
    form_class = CodeForm
    enrolling: bool

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        officer = on_the_way(request)
        if officer is None:
            return redirect("officer_login")
        if second_factor.enrolled(officer) == self.enrolling:
            return redirect("officer_code" if self.enrolling else "officer_enrol")
        self.officer = officer
        return super().dispatch(request, *args, **kwargs)

    def wrong(self, form: CodeForm) -> HttpResponse:
        form.add_error("code", _("Mã chưa đúng hoặc đã dùng. Hãy nhập mã đang hiện trên ứng dụng."))
        return self.form_invalid(form)


class Code(_SecondStep):
    """The second step of every log-in."""

    template_name = "identity/officer_code.html"
    enrolling = False

    def form_valid(self, form: CodeForm) -> HttpResponse:
        if not second_factor.proves(self.officer, form.cleaned_data["code"]):
            return self.wrong(form)
        return enter(self.request, self.officer)


class Enrol(_SecondStep):
    """The first log-in: join an authenticator app to the account. The secret waits sealed in the session."""

    template_name = "identity/officer_enrol.html"
    enrolling = True

    def secret(self) -> str:
        session, sealing = self.request.session, get_adapter()
        if NEW_SECRET not in session:
            session[NEW_SECRET] = sealing.encrypt(second_factor.new_secret())
        secret: str = sealing.decrypt(session[NEW_SECRET])
        return secret

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = self.secret()
        drawing = qr.svg(second_factor.app_link(self.officer, secret), title=_("Mã QR cho ứng dụng xác thực"))
        groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return super().get_context_data(qr=drawing, key=groups, username=self.officer.username, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        secret = self.secret()
        if not second_factor.matches(secret, form.cleaned_data["code"]):
            return self.wrong(form)
        second_factor.enrol(self.officer, secret)
        return enter(self.request, self.officer)
