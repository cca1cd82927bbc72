"""How an officer comes to a password: a link by mail, good for 72 hours, used once.

The link's secret waits sealed in the outbox until the mail has gone; what stays is its hash.
"""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import logout, password_validation
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dossiers import outbox
from dossiers.models import OutboxMessage
from dossiers.ports.messaging.base import OutgoingMessage, channel
from portal.floor.actor import Actor
from portal.floor.throttling import limited
from portal.identity import second_factor
from portal.identity.officers import step_out
from portal.models import Invitation, User
from portal.views import errors
from procedures.history import record
from procedures.models import ProvinceProfile

GOOD_FOR = dt.timedelta(hours=72)
KIND = "invitation"
_signer = signing.Signer(salt="portal.invitation")


class InvitationSpent(Exception):
    """The link is unknown, used, revoked or out of time: nobody is told which."""


def invite(user: User, *, at: dt.datetime) -> Invitation:
    """Promise a mail with a new link, in the caller's transaction; an earlier link is worth nothing from now on."""
    revoke(user, at=at)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        user=user, secret_hash=_hash(secret), created_at=at, expires_at=at + GOOD_FOR
    )
    key = f"{KIND}:{invitation.pk}"
    payload = {"invitation": str(invitation.pk), "secret": secret}
    outbox.keep([outbox.promise(KIND, key=key, at=at, payload=payload)])
    return invitation


def revoke(user: User, *, at: dt.datetime) -> bool:
    """Take an open link back; whether there was one."""
    return bool(Invitation.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=at))


def link(secret: str) -> str:
    """The address that the mail names."""
    return f"{settings.BASE_URL}/loi-moi/{_signer.sign(secret)}"


def open_invitation(token: str, *, at: dt.datetime, lock: bool = False) -> Invitation:
    """The invitation behind a link. Raises InvitationSpent."""
    try:
        secret = _signer.unsign(token)
    except signing.BadSignature:
        raise InvitationSpent from None
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects.all()
    found = rows.select_related("user").filter(
        secret_hash=_hash(secret), used_at=None, revoked_at=None, expires_at__gt=at, user__is_active=True
    )
    invitation = found.first()
    if invitation is None:
        raise InvitationSpent
    return invitation


def accept(token: str, password: str, *, at: dt.datetime) -> User:
    """Give the officer this password and use the link up; sessions of an older one end. Raises InvitationSpent."""
    with transaction.atomic():
        invitation = open_invitation(token, at=at, lock=True)
        user = invitation.user
        user.set_password(password)
        user.session_epoch += 1
        user.save(update_fields=["password", "session_epoch"])
        invitation.used_at = at
        invitation.save(update_fields=["used_at"])
        own = Actor(kind="officer", user_id=user.pk, name=user.full_name)
        record("person.joined", by=own, at=at, subject=user.full_name, key=user.username)
    return user


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def send(message: OutboxMessage) -> None:
    """The mail of one invitation; nothing for one that was taken back meanwhile. Raises PortError."""
    payload = message.payload
    if not payload:  # the mail went out before, and only its mark was lost
        return
    open_ = Invitation.objects.filter(pk=payload["invitation"], used_at=None, revoked_at=None)
    invitation = open_.select_related("user").first()
    if invitation is not None and invitation.user.email:
        user = invitation.user
        context = {
            "name": user.full_name,
            "username": user.username,
            "link": link(payload["secret"]),
            "until": f"{timezone.localtime(invitation.expires_at):%H:%M %d/%m/%Y}",
            "again": bool(user.last_login),
            "province": ProvinceProfile.current(),
        }
        channel().send(
            OutgoingMessage(
                to=user.email,
                subject=" ".join(render_to_string("messages/invitation.subject", context).split()),
                text=render_to_string("messages/invitation.txt", context),
                html=render_to_string("messages/invitation.html", context),
                key=message.key,
            )
        )
    OutboxMessage.objects.filter(pk=message.pk).update(payload=None)  # the secret has done its work


outbox.register(KIND, send)


class NewPasswordForm(forms.Form):
    """A password typed twice, good enough for Django's validators."""

    password = forms.CharField(
        label=_lazy("Mật khẩu mới"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_lazy("Ít nhất 12 ký tự, không chỉ có số, không giống tên của bạn."),
    )  # fmt: skip
    again = forms.CharField(
        label=_lazy("Nhập lại mật khẩu"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(_("Hai lần nhập khác nhau. Hãy nhập lại"))
        return again


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("officer_login", settings.THROTTLES["officer_login"], methods=("GET", "POST"))
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link shows the form; only sending it uses the link up. The second factor comes next."""
    at = timezone.now()
    try:
        invitation = open_invitation(token, at=at)
        form = NewPasswordForm(request.POST or None, user=invitation.user)
        if form.is_bound and form.is_valid():
            user = accept(token, form.cleaned_data["password"], at=at)
            logout(request)
            step_out(request, user)
            return redirect("officer_code" if second_factor.enrolled(user) else "officer_enrol")
    except InvitationSpent:
        return errors.page(
            request, 404, title=_("Liên kết không còn dùng được"),
            text=_("Liên kết đã dùng, đã hết hạn hoặc có thư mới hơn. Mở thư mới nhất, hoặc nhờ quản trị gửi lại."),
        )  # fmt: skip
    context = {"form": form, "username": invitation.user.username, "name": invitation.user.full_name}
    return render(request, "identity/invitation.html", context, status=422 if form.is_bound else 200)
