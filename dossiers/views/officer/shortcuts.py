"""The sheet of keyboard shortcuts, and the switch that turns them off for this officer (WCAG 2.1.4)."""

from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.floor.web import ActorRequest

OFF = "off"
# Heading, then keys, words, and the roles whose navigation has the place (nobody named: all).
SHEET = (
    (_("Ở mọi trang"), (
        (("/",), _("Đến ô tìm kiếm"), ()), (("G", "Q"), _("Hàng việc"), ()), (("G", "K"), _("Chờ tôi ký"), ("leader",)),
        (("G", "D"), _("Đơn vị của tôi"), ("leader",)), (("N",), _("Tiếp nhận tại chỗ"), ("receiver",)),
        (("?",), _("Trang này"), ()),
    )),
    (_("Trong danh sách"), (
        (("J",), _("Xuống một dòng"), ()), (("K",), _("Lên một dòng"), ()), (("Enter",), _("Mở hồ sơ đang chọn"), ()),
        (("X",), _("Chọn, bỏ chọn dòng này"), ()), (("Shift", "X"), _("Chọn cả đoạn từ dòng chọn trước"), ()),
        (("Esc",), _("Bỏ chọn tất cả"), ()),
    )),
    (_("Trong hồ sơ"), (
        (("1", "…", "9"), _("Đến giấy tờ thứ mấy"), ()), (("D",), _("Giấy tờ ấy: Đạt"), ()),
        (("C",), _("Giấy tờ ấy: Chưa"), ()), (("T",), _("Việc tiếp theo (nút xanh)"), ()),
        (("B",), _("Yêu cầu bổ sung"), ()), (("S",), _("Soạn kết quả"), ()),
        (("K",), _("Hồ sơ trước trong hàng việc"), ()), (("J",), _("Hồ sơ sau trong hàng việc"), ()),
        (("Esc",), _("Về hàng việc"), ()),
    )),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: ActorRequest) -> HttpResponse:
    """Read them; posted, turn them off or on again."""
    user = cast(Any, request.user)
    if request.method == "POST":
        user.desk |= {"keys": OFF if request.POST.get("keys") == OFF else "on"}
        user.save(update_fields=["desk"])
        return redirect("officer_shortcuts")
    sheet = [
        (heading, [(keys, words) for keys, words, roles in lines if not roles or request.actor.has_role(*roles)])
        for heading, lines in SHEET
    ]
    context = {"sheet": sheet, "off": user.desk.get("keys") == OFF}
    return render(request, "dossiers/officer/shortcuts.html", context)
