"""The two addresses of the signing program on the officer's machine; it knows no cookies, only what it was told."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal.floor.ports import PortError
from portal.floor.throttling import TooMany, address, count
from signatures import agent, returned
from signatures.refusals import SigningRefused

FIELD: Final = "uploadfile"  # as the program names it
FILE_NAME: Final = "van-ban.pdf"


def order(request: HttpRequest, opened: agent.Opened) -> dict[str, object]:
    """What the page sends to the program, word for word."""
    place = [opened.secret]
    return {
        "FileUploadHandler": request.build_absolute_uri(reverse("agent_upload", args=place)),
        "SessionId": "",
        "JWTToken": "",
        "FileName": request.build_absolute_uri(reverse("agent_file", args=place)),
        "MetaData": [],
    }


@require_safe
def file(request: HttpRequest, secret: str) -> HttpResponse:
    """The file to be signed, exactly as ordered."""

    def give() -> HttpResponse:
        content = agent.original(secret, at=timezone.now())
        disposition = f'attachment; filename="{FILE_NAME}"'
        return HttpResponse(content, "application/pdf", headers={"Content-Disposition": disposition})

    answer = _answered(request, give)
    answer["Cache-Control"] = "no-store, private"
    return answer


@csrf_exempt
@require_POST
def upload(request: HttpRequest, secret: str) -> HttpResponse:
    """The signed file, in the field that the program uses."""

    def take() -> HttpResponse:
        brought = next((found for name in (FIELD, *request.FILES) if (found := request.FILES.get(name))), None)
        if brought is None:
            raise SigningRefused(_("Chưa nhận được tệp đã ký."))
        if (brought.size or 0) > returned.MOST_BYTES:
            return _said(413, _("Tệp quá lớn: mỗi tệp đã ký nhiều nhất 20 MB."))
        document = agent.receive(secret, brought.read(), at=timezone.now())
        return JsonResponse(
            {"Status": True, "Message": "", "FileName": FILE_NAME, "FileServer": f"{document.request_id}.pdf"}
        )

    return _answered(request, take)


def _answered(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        count("signing_agent", address(request), settings.THROTTLES["signing_agent"])
        return act()
    except TooMany as reached:
        return _said(429, _("Có quá nhiều lần thử. Hãy thử lại sau %(count)s giây.") % {"count": reached.wait})
    except agent.NoSession:
        return _said(404, _("Địa chỉ không đúng. Mở lại trang ký."))
    except agent.AlreadySigned:
        return _said(409, _("Văn bản này đã ký xong."))
    except agent.SessionOver:
        return _said(410, _("Lượt ký này đã dùng hoặc quá mười phút. Bấm ký lại trên trang ký."))
    except SigningRefused as refused:
        return _said(422, str(refused))
    except PortError as error:
        return _said(503, str(error))


def _said(status: int, message: str) -> HttpResponse:
    return JsonResponse({"Status": False, "Message": message, "FileName": "", "FileServer": ""}, status=status)
