"""Acts on an account. Those on one's own, or on rights out of reach, do not exist."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.floor.web import ActorRequest
from portal.models import User
from portal.people import accounts
from portal.people.access import form_page, people_office
from portal.people.forms import ReasonForm, ResetForm
from portal.people.office import Office


def answerable(office: Office, pk: UUID) -> User:
    """The person, when the operator may act on the whole account. Raises Http404."""
    user = office.person(pk)
    if not office.answers_for(user, timezone.localdate()):
        raise Http404
    return user


@require_POST
@people_office
def invite_again(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    accounts.invite_again(answerable(office, pk), by=request.actor, at=timezone.now())
    messages.success(request, _("Đã gửi lại thư mời. Liên kết cũ không còn dùng được"))
    return redirect("person", pk)


@require_POST
@people_office
def revoke(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    accounts.revoke(answerable(office, pk), by=request.actor, at=timezone.now())
    messages.success(request, _("Đã thu hồi thư mời. Liên kết trong thư không còn dùng được"))
    return redirect("person", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def reset(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    user = answerable(office, pk)
    form = ResetForm(request.POST or None)
    if form.is_bound and form.is_valid():
        password = form.cleaned_data["what"] == "both"
        accounts.reset(user, password=password, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now())
        messages.success(request, _("Đã cài lại. Mọi phiên làm việc của người này đã kết thúc"))
        return redirect("person", pk)
    return form_page(
        request, form, title=_("Cài lại đăng nhập"), sub=user.full_name, submit=_("Cài lại"), variant="danger",
        back=(f"/quan-tri/nguoi-dung/{pk}", user.full_name),
        intro=[_("Hãy chắc chắn đang nói chuyện với đúng người trước khi cài lại.")],
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def lock(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    user = answerable(office, pk)
    words = {
        "title": _("Khóa tài khoản"),
        "submit": _("Khóa tài khoản"),
        "variant": "danger",
        "intro": [_("Người này ra khỏi hệ thống ngay. Vị trí và việc đã làm giữ nguyên.")],
    }
    return _with_reason(request, user, accounts.lock, _("Đã khóa tài khoản"), words)


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def unlock(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    user = answerable(office, pk)
    words = {"title": _("Mở khóa tài khoản"), "submit": _("Mở khóa")}
    return _with_reason(request, user, accounts.unlock, _("Đã mở khóa tài khoản"), words)


def _with_reason(request: ActorRequest, user: User, act: Any, done: str, words: dict[str, Any]) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        act(user, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now())
        messages.success(request, done)
        return redirect("person", user.pk)
    back = (f"/quan-tri/nguoi-dung/{user.pk}", user.full_name)
    return form_page(request, form, sub=user.full_name, back=back, **words)
