"""Writing down who changed what: every page and command that changes catalogue or organisation calls `record`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.actor import Actor
from procedures.models import AdminChange, Procedure

# What stands before the dot of a kind, for people. Those of the organisation are the operators' alone.
ORGANISATION: dict[str, Promise] = {
    "person": _lazy("Người dùng"),
    "seat": _lazy("Vị trí"),
    "leave": _lazy("Nghỉ, làm thay"),
    "agency": _lazy("Cơ quan"),
    "department": _lazy("Phòng, ban"),
    "hours": _lazy("Giờ làm việc"),
    "calendar": _lazy("Lịch làm việc"),
    "certificate": _lazy("Chứng thư số"),
    "root": _lazy("Chứng thư gốc"),
}
CATALOGUE: dict[str, Promise] = {
    "version": _lazy("Phiên bản thủ tục"),
    "procedure": _lazy("Thủ tục"),
    "form": _lazy("Biểu mẫu"),
    "route": _lazy("Quy trình"),
    "template": _lazy("Mẫu kết quả"),
    "scenario": _lazy("Tình huống mẫu"),
    "group": _lazy("Nhóm thủ tục"),
    "synonym": _lazy("Từ đồng nghĩa"),
    "posting": _lazy("Niêm yết"),
    "decision": _lazy("Quyết định công bố"),
    "import": _lazy("Nhập danh mục"),
}
DEEDS: dict[str, Promise] = {
    "created": _lazy("thêm"),
    "added": _lazy("thêm"),
    "changed": _lazy("sửa"),
    "removed": _lazy("bỏ"),
    "imported": _lazy("nhập từ tệp"),
    "assigned": _lazy("giao thủ tục"),
    "invited": _lazy("mời"),
    "invited_again": _lazy("gửi lại thư mời"),
    "invitation_revoked": _lazy("thu hồi thư mời"),
    "joined": _lazy("nhận thư mời"),
    "reset": _lazy("cài lại đăng nhập"),
    "locked": _lazy("khóa"),
    "unlocked": _lazy("mở khóa"),
    "ended": _lazy("kết thúc"),
    "transferred": _lazy("chuyển"),
    "cancelled": _lazy("hủy"),
    "drafted": _lazy("tạo bản thảo"),
    "started": _lazy("tạo"),
    "edited": _lazy("sửa"),
    "kept": _lazy("ghi"),
    "agencies": _lazy("giao cơ quan"),
    "hung": _lazy("niêm yết"),
    "reviewed": _lazy("thẩm định"),
    "published": _lazy("công bố"),
    "scheduled": _lazy("hẹn công bố"),
    "retired": _lazy("bãi bỏ"),
    "cloned": _lazy("nhân bản"),
    "recorded": _lazy("ghi"),
    "stopped": _lazy("ngừng dùng"),
    "resumed": _lazy("dùng lại"),
    "revoked": _lazy("ghi nhận bị thu hồi"),
    "withdrawn": _lazy("thôi tin cậy"),
}


def record(
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    subject: str,
    key: str,
    procedure: Procedure | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Add one row, in the caller's transaction. `changes`: by field, before and after as people read them.

    Values must not be personal data of citizens; a field that is secret is named with empty values.
    """
    AdminChange.objects.create(
        at=at,
        actor_id=by.user_id,
        actor_name=by.name,
        kind=kind,
        subject=subject[:300],
        subject_key=key[:60],
        procedure=procedure,
        changes={field: [str(before), str(after)] for field, (before, after) in (changes or {}).items()},
    )


def spoken(kind: str) -> str:
    """ "agency.changed" gives “Cơ quan: sửa”; a kind nobody has worded is shown as it is."""
    about, _dot, deed = kind.partition(".")
    words = (ORGANISATION | CATALOGUE).get(about)
    return f"{words}: {DEEDS.get(deed, deed)}" if words else kind
