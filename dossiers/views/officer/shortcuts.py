"""The sheet of keyboard shortcuts, and the switch that turns them off (WCAG 2.1.4)."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.floor.web import ActorRequest

COOKIE, OFF = "shortcuts", "off"
YEAR = 365 * 24 * 3600
SHEET = (
    (_("Ở mọi trang"), (("/", _("Đến ô tìm kiếm")), ("G", _("Về hàng việc")), ("?", _("Mở trang này")))),
    (_("Trong danh sách"), (("J", _("Xuống một dòng")), ("K", _("Lên một dòng")), ("Enter", _("Mở hồ sơ đang chọn")))),
    (_("Trong hồ sơ"), (("T", _("Làm việc tiếp theo (nút xanh)")), ("B", _("Yêu cầu bổ sung")),
                       ("S", _("Soạn kết quả")),
                       ("J", _("Hồ sơ sau trong hàng việc")))),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: ActorRequest) -> HttpResponse:
    """Read them; posted, turn them off or on again."""
    if request.method == "POST":
        response = redirect("officer_shortcuts")
        value = OFF if request.POST.get("keys") == OFF else "on"
        response.set_cookie(COOKIE, value, YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        return response
    return render(
        request, "dossiers/officer/shortcuts.html", {"sheet": SHEET, "off": request.COOKIES.get(COOKIE) == OFF}
    )
