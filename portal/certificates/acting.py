"""Acts on a certificate: its authority is asked now, it is taken out of use, it is used again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.certificates import register
from portal.certificates.listing import BASE
from portal.certificates.showing import one_of
from portal.floor.ports import PortError
from portal.floor.web import ActorRequest
from portal.people.access import form_page, people_office, refusal
from portal.people.forms import ReasonForm
from portal.people.office import Office
from signatures.models import Certificate
from signatures.refusals import SigningRefused


@require_POST
@people_office
def ask(request: ActorRequest, office: Office, serial: str) -> HttpResponse:
    one = one_of(office, serial, act=True)
    try:
        asked = register.ask(one, by=request.actor, at=timezone.now())
    except PortError:
        messages.error(request, _("Nơi cấp chứng thư chưa trả lời. Thử lại sau vài phút"))
    else:
        text = asked.answer_text or _("Chứng thư không bị thu hồi")
        (messages.success if asked.answer == Certificate.Answer.GOOD else messages.warning)(request, text)
    return redirect("certificate", one.serial)


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def stop(request: ActorRequest, office: Office, serial: str) -> HttpResponse:
    words = {
        "title": _("Ngừng dùng chứng thư"), "submit": _("Ngừng dùng"), "variant": "danger",
        "intro": [_("Từ bây giờ không ký được bằng chứng thư này, kể cả việc đang chờ ký. Văn bản đã ký giữ nguyên.")],
    }  # fmt: skip
    return _with_reason(request, one_of(office, serial, act=True), register.stop, _("Đã ngừng dùng chứng thư"), words)


@require_http_methods(["GET", "HEAD", "POST"])
@people_office
def resume(request: ActorRequest, office: Office, serial: str) -> HttpResponse:
    words = {"title": _("Dùng lại chứng thư"), "submit": _("Dùng lại")}
    return _with_reason(request, one_of(office, serial, act=True), register.resume, _("Chứng thư dùng lại được"), words)


def _with_reason(
    request: ActorRequest, one: Certificate, act: Callable[..., None], done: str, words: dict[str, Any]
) -> HttpResponse:
    form, here = ReasonForm(request.POST or None), f"{BASE}/{one.serial}"
    if form.is_bound and form.is_valid():
        try:
            act(one, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now())
        except SigningRefused as refused:
            return refusal(request, str(refused), here)
        messages.success(request, done)
        return redirect("certificate", one.serial)
    return form_page(request, form, sub=register.holder(one), back=(here, _("Chứng thư")), **words)
