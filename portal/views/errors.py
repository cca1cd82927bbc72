"""Pages for what went wrong: what happened, what to do now; to the API as problem details."""

import logging
import uuid

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.problems import MEDIA_TYPE, Problem

TITLES = {
    400: _lazy("Nội dung gửi lên chưa đúng"),
    401: _lazy("Cần đăng nhập"),
    403: _lazy("Không có quyền thực hiện"),
    404: _lazy("Không tìm thấy"),
    405: _lazy("Cách gọi không được hỗ trợ"),
    406: _lazy("Định dạng không được hỗ trợ"),
    409: _lazy("Hồ sơ vừa có thay đổi"),
    413: _lazy("Nội dung gửi lên quá lớn"),
    415: _lazy("Kiểu dữ liệu không được hỗ trợ"),
    422: _lazy("Dữ liệu chưa đúng"),
    429: _lazy("Quá nhiều lần thử"),
    500: _lazy("Hệ thống gặp lỗi"),
    503: _lazy("Đang gián đoạn"),
}


def page(request: HttpRequest, status: int, *, text: str = "", title: str = "", reference: str = "") -> HttpResponse:
    """The page of that status, or its problem details under /api/."""
    title = title or str(TITLES[status])
    if request.path_info.startswith("/api/"):
        problem = Problem(status, title, text, extra={"reference": reference} if reference else None)
        body = problem.as_dict(request.path)
        return JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
    context = {"title": title, "text": text, "status": status, "reference": reference}
    return render(request, [f"{status}.html", "error.html"], context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return page(request, 413, text=_("Hãy chia nhỏ nội dung hoặc giảm dung lượng tệp rồi gửi lại."))
    # Only BadRequest carries words for the reader; the others speak of the inside.
    return page(request, 400, text=str(exception) if isinstance(exception, BadRequest) else "")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403, text=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(
        request, 403, text=_("Trang đã mở quá lâu hoặc trình duyệt chặn cookie. Hãy tải lại trang rồi gửi lại.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors: they may be what failed. The reference stands in the log."""
    reference = uuid.uuid4().hex[:8].upper()
    logging.getLogger("portal.errors").error("reference %s: %s", reference, request.path)
    if request.path_info.startswith("/api/"):
        return page(request, 500, reference=reference)
    context = {"title": TITLES[500], "status": 500, "reference": reference}
    return HttpResponse(render_to_string("500.html", context), status=500)
