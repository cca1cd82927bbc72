"""The pages of a seat: given, moved, ended. Nobody changes seats of one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers.models import Dossier
from portal.floor.web import ActorRequest
from portal.models import User
from portal.people import seats
from portal.people.access import form_page, people_office
from portal.people.forms import EndForm, PostingForm
from portal.people.office import Office, PeopleRefused
from procedures.models import Position


def _other(office: Office, pk: UUID) -> User:
    """Somebody else within reach. Raises Http404."""
    user = office.person(pk)
    if user.pk == office.actor.user_id:
        raise Http404
    return user


def _seat(office: Office, user: User, pk: int) -> Position:
    """A seat of that person which the operator may give and take. Raises Http404."""
    found = office.seat(pk, user)
    if not office.may_grant(found.role, found.agency):
        raise Http404
    return found


def _back(user: User) -> tuple[str, str]:
    return f"/quan-tri/nguoi-dung/{user.pk}", user.full_name


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def add(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    user = _other(office, pk)
    form = PostingForm(request.POST or None, office=office)
    if form.is_bound and form.is_valid():
        try:
            seats.post(user, form.posting(), by=request.actor, at=timezone.now())
        except PeopleRefused as refused:
            form.add_error("role", str(refused))
        else:
            messages.success(request, _("Đã thêm vị trí"))
            return redirect("person", pk)
    words = {"title": _("Thêm vị trí"), "submit": _("Thêm vị trí"), "sub": user.full_name}
    return form_page(request, form, back=_back(user), **words)


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def end(request: ActorRequest, office: Office, pk: UUID, seat: int) -> HttpResponse:
    user = _other(office, pk)
    held = _seat(office, user, seat)
    form = EndForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if form.is_bound and form.is_valid():
        try:
            seats.end(held, last_day=form.cleaned_data["last_day"], by=request.actor, at=timezone.now())
        except PeopleRefused as refused:
            form.add_error("last_day", str(refused))
        else:
            messages.success(request, _("Đã ghi ngày kết thúc vị trí"))
            return redirect("person", pk)
    return form_page(
        request, form, title=_("Kết thúc vị trí"), sub=_said(held), submit=_("Kết thúc vị trí"), variant="danger",
        back=_back(user), warnings=_work_left(held),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def transfer(request: ActorRequest, office: Office, pk: UUID, seat: int) -> HttpResponse:
    """End this seat and give another one from a day on."""
    user = _other(office, pk)
    held = _seat(office, user, seat)
    initial: dict[str, Any] = {
        "role": held.role,
        "title": held.title,
        "department": held.department_id,
        "signing_capacity": held.signing_capacity,
    }
    form = PostingForm(request.POST or None, office=office, agency=held.agency, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            seats.transfer(held, form.posting(), by=request.actor, at=timezone.now())
        except PeopleRefused as refused:
            form.add_error("valid_from", str(refused))
        else:
            messages.success(request, _("Đã chuyển. Vị trí cũ kết thúc ngày hôm trước"))
            return redirect("person", pk)
    return form_page(
        request, form, title=_("Chuyển vị trí"), sub=_said(held), submit=_("Chuyển"), back=_back(user),
        warnings=_work_left(held), intro=[_("Chọn nơi mới và ngày bắt đầu. Vị trí cũ kết thúc ngày hôm trước.")],
    )  # fmt: skip


def _said(seat: Position) -> str:
    return f"{seat.holder_name}, {seat.title}, {seat.agency.name}"


def _work_left(seat: Position) -> list[str]:
    """Dossiers given to this seat stay with it until a colleague gives them on."""
    count = Dossier.objects.open().filter(assignee_id=seat.pk).count()
    words = _("Đang giữ %(count)s hồ sơ đã giao riêng. Nhờ đồng nghiệp hoặc lãnh đạo giao lại trước ngày đó.")
    return [words % {"count": count}] if count else []
