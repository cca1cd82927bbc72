"""The pages of leave: by the operator for others, by everybody for themselves."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.floor.web import ActorRequest
from portal.models import User
from portal.people import leave as leaves
from portal.people.access import form_page, people_office, refusal
from portal.people.forms import LeaveForm
from portal.people.office import FAR_REACHING, Office, PeopleRefused
from procedures.models import Position, Substitution


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def give(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    """Write down a leave of somebody within reach."""
    user = office.person(pk)
    if user.pk == request.actor.user_id:
        return redirect("own_leave")
    held = office.seats().in_force(timezone.localdate()).filter(user_id=user.pk).order_by("pk")
    seats = [seat for seat in held if office.may_grant(seat.role, seat.agency)]
    return _given(request, seats, back=(f"/quan-tri/nguoi-dung/{pk}", user.full_name), sub=user.full_name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_own(request: ActorRequest) -> HttpResponse:
    """Write down one's own leave. Seats with rights over the whole province only an operator lends."""
    if not request.actor.is_officer:
        raise Http404
    held = Position.objects.in_force(timezone.localdate()).filter(user_id=request.actor.user_id)
    seats = list(held.exclude(role__in=FAR_REACHING).select_related("agency").order_by("pk"))
    return _given(request, seats, back=("/tai-khoan/", _("Tài khoản")), sub="")


def _given(request: ActorRequest, seats: list[Position], *, back: tuple[str, str], sub: str) -> HttpResponse:
    if not seats:
        return refusal(request, _("Không có vị trí nào để ghi ngày nghỉ. Nhờ người vận hành của tỉnh ghi giúp."))
    form = LeaveForm(request.POST or None, seats=seats)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        seat = next(seat for seat in seats if seat.pk == given["seat"])
        substitute = User.objects.get(pk=given["substitute"])
        try:
            leaves.give(
                seat, substitute, given["starts_on"], given["ends_on"], reason=given["reason"], by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
        except PeopleRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Đã ghi ngày nghỉ. %(name)s làm thay") % {"name": substitute.full_name})
            return redirect(back[0])
    return form_page(
        request, form, title=_("Ghi ngày nghỉ"), sub=sub, submit=_("Ghi ngày nghỉ"), back=back,
        intro=[_("Trong những ngày này người làm thay nhận việc của vị trí, nhưng không ký thay.")],
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def cancel(request: ActorRequest, office: Office, pk: UUID, leave: int) -> HttpResponse:
    user = office.person(pk)
    found = _leave(leave, user.pk)
    if user.pk == request.actor.user_id or not office.may_grant(found.position.role, found.position.agency):
        raise Http404
    return _cancelled(request, found, back=(f"/quan-tri/nguoi-dung/{pk}", user.full_name))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_own(request: ActorRequest, leave: int) -> HttpResponse:
    if not request.actor.is_officer:
        raise Http404
    found = _leave(leave, request.actor.user_id)
    try:
        return _cancelled(request, found, back=("/tai-khoan/", _("Tài khoản")))
    except PeopleRefused as refused:
        return refusal(request, str(refused))


def _leave(pk: int, holder: Any) -> Substitution:
    """That person's leave. Raises Http404."""
    rows = Substitution.objects.select_related("position__agency", "substitute")
    found = rows.filter(pk=pk, position__user_id=holder).first()
    if found is None:
        raise Http404
    return found


def _cancelled(request: ActorRequest, leave: Substitution, *, back: tuple[str, str]) -> HttpResponse:
    if request.method == "POST":
        leaves.cancel(leave, on=timezone.localdate(), by=request.actor, at=timezone.now())
        messages.success(request, _("Đã hủy lịch nghỉ từ hôm nay"))
        return redirect(back[0])
    words = {"from": f"{leave.starts_on:%d/%m/%Y}", "to": f"{leave.ends_on:%d/%m/%Y}", "who": str(leave.substitute)}
    context = {
        "title": _("Hủy lịch nghỉ"),
        "back": {"url": back[0], "text": back[1]},
        "summary": _("Nghỉ từ %(from)s đến hết %(to)s, %(who)s làm thay.") % words,
        "submit": _("Hủy lịch nghỉ"),
    }
    return render(request, "procedures/admin/organisation/preview.html", context)
