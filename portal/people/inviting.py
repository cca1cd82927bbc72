"""Inviting somebody new, and setting right what was typed about a person."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.floor.web import ActorRequest
from portal.people import accounts
from portal.people.access import form_page, people_office
from portal.people.forms import InviteForm, PersonForm
from portal.people.office import Office, PeopleRefused

LIST = "/quan-tri/nguoi-dung"


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def invite(request: ActorRequest, office: Office) -> HttpResponse:
    """`?co-quan=CODE` chooses the agency beforehand."""
    agency = office.reach.agencies().filter(code=request.GET.get("co-quan", "")[:35]).first()
    form = InviteForm(request.POST or None, office=office, agency=agency)
    if form.is_bound and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("username", "full_name", "email")}
        try:
            user = accounts.invite(**given, posting=form.posting(), by=request.actor, at=timezone.now())
        except PeopleRefused as refused:
            form.add_error("username", str(refused))
        else:
            messages.success(request, _("Đã gửi thư mời. Liên kết trong thư dùng được 72 giờ"))
            return redirect("person", user.pk)
    return form_page(
        request, form, title=_("Mời người mới"), submit=_("Gửi thư mời"), back=(LIST, _("Người dùng")),
        intro=[_("Người được mời đặt mật khẩu qua liên kết trong thư, rồi cài xác thực hai lớp.")],
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def correct(request: ActorRequest, office: Office, pk: UUID) -> HttpResponse:
    user = office.person(pk)
    if not office.answers_for(user, timezone.localdate()):
        raise Http404
    form = PersonForm(request.POST or None, initial={"full_name": user.full_name, "email": user.email})
    if form.is_bound and form.is_valid():
        accounts.correct(user, **form.cleaned_data, by=request.actor, at=timezone.now())
        messages.success(request, _("Đã lưu %(name)s") % {"name": form.cleaned_data["full_name"]})
        return redirect("person", pk)
    return form_page(
        request, form, title=_("Sửa thông tin"), sub=user.username, submit=_("Lưu thông tin"),
        back=(f"{LIST}/{pk}", user.full_name),
    )  # fmt: skip
