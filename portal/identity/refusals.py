"""Pages for a log-in that did not come about."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portal.views import errors


def down(request: HttpRequest) -> HttpResponse:
    """The identity provider does not answer."""
    response = errors.page(
        request,
        503,
        title=_("Đăng nhập đang gián đoạn"),
        text=_(
            "Hệ thống định danh VNeID chưa trả lời. Bản nháp của bạn còn nguyên. "
            "Việc tra cứu thủ tục và hồ sơ vẫn dùng được. Hãy đăng nhập lại sau ít phút."
        ),
    )
    response["Retry-After"] = "60"
    return response


def failed(request: HttpRequest) -> HttpResponse:
    return errors.page(
        request,
        400,
        title=_("Chưa đăng nhập được"),
        text=_("Lượt đăng nhập này đã hết hạn hoặc không hợp lệ. Hãy bắt đầu đăng nhập lại."),
    )


def incomplete(request: HttpRequest) -> HttpResponse:
    return errors.page(
        request,
        403,
        title=_("Tài khoản định danh chưa đủ thông tin"),
        text=_("VNeID chưa cung cấp họ tên hoặc số định danh. Hãy kiểm tra mức định danh của tài khoản VNeID."),
    )


def inactive(request: HttpRequest) -> HttpResponse:
    return errors.page(request, 403, text=_("Tài khoản này đã bị khóa. Hãy gọi đường dây nóng để được hướng dẫn."))


def cancelled(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Bạn đã dừng đăng nhập. Khi cần, hãy đăng nhập lại."))
    return redirect("login")
