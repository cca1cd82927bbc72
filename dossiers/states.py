"""The life of a dossier on one screen: the ten national statuses and every move between them.

Status is law (TT 22/2019 art. 4, national codes 1–10). Everything finer — which desk, paused, paid,
in the post — is derived from stages, clock segments, payments and shipments, never stored as status.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Status(models.IntegerChoices):
    SUBMITTED = 1, _("Mới đăng ký")
    RECEIVED = 2, _("Được tiếp nhận")
    NOT_RECEIVED = 3, _("Không được tiếp nhận")
    IN_PROGRESS = 4, _("Đang xử lý")
    SUPPLEMENT_REQUESTED = 5, _("Yêu cầu bổ sung giấy tờ")
    PAYMENT_DUE = 6, _("Yêu cầu thực hiện nghĩa vụ tài chính")
    WITHDRAWAL_REQUESTED = 7, _("Công dân yêu cầu rút hồ sơ")
    STOPPED = 8, _("Dừng xử lý")
    RESOLVED = 9, _("Đã xử lý xong")
    RETURNED = 10, _("Đã trả kết quả")


S = Status
CLOSED = frozenset({S.NOT_RECEIVED, S.STOPPED, S.RETURNED})
OPEN = tuple(status.value for status in Status if status not in CLOSED)
WITHDRAWABLE = frozenset({S.SUBMITTED, S.RECEIVED, S.IN_PROGRESS, S.SUPPLEMENT_REQUESTED, S.PAYMENT_DUE})


@dataclass(frozen=True, slots=True)
class Move:
    """One lawful move. `roles`: who may; officers must sit where the dossier is, `holder_only`: in that role.

    `signs`: it puts the person's own signature on something, which nobody does for a holder on leave.
    """

    sources: frozenset[Status]
    targets: frozenset[Status]
    roles: tuple[str, ...]
    label: Promise
    holder_only: bool = True
    signs: bool = False


def _move(
    sources: set[Status],
    targets: set[Status],
    *roles: str,
    label: Promise,
    holder_only: bool = True,
    signs: bool = False,
) -> Move:
    return Move(frozenset(sources), frozenset(targets), roles, label, holder_only, signs)


MOVES: dict[str, Move] = {
    # Tiếp nhận
    "submit": _move(set(), {S.SUBMITTED}, "citizen", "receiver", label=_("Gửi hồ sơ")),
    "receive": _move({S.SUBMITTED}, {S.IN_PROGRESS}, "receiver", label=_("Nhận hồ sơ")),
    "refuse": _move({S.SUBMITTED}, {S.NOT_RECEIVED}, "receiver", label=_("Từ chối tiếp nhận")),
    "request_supplement": _move(
        {S.SUBMITTED, S.IN_PROGRESS}, {S.SUPPLEMENT_REQUESTED}, "receiver", "specialist", label=_("Yêu cầu bổ sung")
    ),
    "supply": _move({S.SUPPLEMENT_REQUESTED}, {S.SUBMITTED, S.IN_PROGRESS}, "citizen", label=_("Gửi giấy tờ bổ sung")),
    "request_withdrawal": _move(set(WITHDRAWABLE), {S.WITHDRAWAL_REQUESTED}, "citizen", label=_("Xin rút hồ sơ")),
    "accept_withdrawal": _move(
        {S.WITHDRAWAL_REQUESTED},
        {S.STOPPED},
        "receiver",
        "specialist",
        "leader",
        "records_clerk",
        label=_("Cho rút hồ sơ"),
    ),
    "decline_withdrawal": _move(
        {S.WITHDRAWAL_REQUESTED},
        set(WITHDRAWABLE),
        "receiver",
        "specialist",
        "leader",
        "records_clerk",
        label=_("Không cho rút hồ sơ"),
    ),
    # Giải quyết
    "assign": _move(
        {S.SUBMITTED, S.IN_PROGRESS},
        {S.SUBMITTED, S.IN_PROGRESS},
        "receiver",
        "specialist",
        "leader",
        "records_clerk",
        label=_("Giao việc"),
        holder_only=False,
    ),
    "draft_result": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", label=_("Soạn kết quả")),
    "forward": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Chuyển bước")),
    "propose": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Trình ký")),
    "rework": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "leader", "records_clerk", label=_("Trả lại để làm lại")),
    "decide": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "leader", label=_("Quyết định và ký"), signs=True),
    "sign_again": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "leader", "records_clerk", label=_("Ký lại"), signs=True),
    "attach_signed_result": _move(
        {S.IN_PROGRESS}, {S.IN_PROGRESS, S.RESOLVED}, "system", label=_("Ghép kết quả đã ký"), holder_only=False
    ),
    "pause": _move(
        {S.IN_PROGRESS}, {S.IN_PROGRESS, S.PAYMENT_DUE}, "specialist", "leader", label=_("Tạm dừng tính thời hạn")
    ),
    "resume": _move(
        {S.IN_PROGRESS, S.PAYMENT_DUE}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Tính tiếp thời hạn")
    ),
    "extend": _move(
        {S.IN_PROGRESS}, {S.IN_PROGRESS}, "leader", label=_("Xin lỗi và hẹn lại"), holder_only=False, signs=True
    ),
    "stop": _move(
        {S.IN_PROGRESS, S.SUPPLEMENT_REQUESTED, S.PAYMENT_DUE},
        {S.STOPPED},
        "leader",
        label=_("Dừng giải quyết"),
        holder_only=False,
        signs=True,
    ),
    "seal": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "records_clerk", label=_("Đóng dấu và phát hành")),
    # Trả kết quả
    "hand_out": _move({S.RESOLVED}, {S.RETURNED}, "returner", label=_("Trả kết quả tại quầy")),
    "collect_online": _move({S.RESOLVED}, {S.RETURNED}, "citizen", label=_("Nhận kết quả trên mạng")),
    "post": _move({S.RESOLVED}, {S.RESOLVED}, "returner", label=_("Gửi bưu điện")),
    "confirm_delivered": _move({S.RESOLVED}, {S.RETURNED}, "system", label=_("Bưu điện đã phát"), holder_only=False),
    "delivery_failed": _move({S.RESOLVED}, {S.RESOLVED}, "system", label=_("Bưu phẩm bị trả lại"), holder_only=False),
}


class CitizenState(models.TextChoices):
    """What the citizen is told; derived, never stored (ux.md §10)."""

    SUBMITTED = "submitted", _("Đã gửi, chờ một cửa")
    SUPPLEMENT_REQUESTED = "supplement_requested", _("Cần bổ sung")
    RECEIVED = "received", _("Đã nhận")
    IN_PROGRESS = "in_progress", _("Đang giải quyết")
    AWAITING_SIGNATURE = "awaiting_signature", _("Chờ ký")
    PAYMENT_DUE = "payment_due", _("Chờ nộp tiền")
    WITHDRAWAL_REQUESTED = "withdrawal_requested", _("Đang xin rút")
    STOPPED = "stopped", _("Đã dừng")
    WITHDRAWN = "withdrawn", _("Đã rút")
    REJECTED = "rejected", _("Không giải quyết")
    RESULT_READY = "result_ready", _("Có kết quả")
    IN_POST = "in_post", _("Đang gửi bưu điện")
    RETURNED = "returned", _("Đã trả")


_PLAIN = {
    S.SUBMITTED: CitizenState.SUBMITTED,
    S.RECEIVED: CitizenState.RECEIVED,
    S.NOT_RECEIVED: CitizenState.REJECTED,
    S.IN_PROGRESS: CitizenState.IN_PROGRESS,
    S.SUPPLEMENT_REQUESTED: CitizenState.SUPPLEMENT_REQUESTED,
    S.PAYMENT_DUE: CitizenState.PAYMENT_DUE,
    S.WITHDRAWAL_REQUESTED: CitizenState.WITHDRAWAL_REQUESTED,
    S.RESOLVED: CitizenState.RESULT_READY,
    S.RETURNED: CitizenState.RETURNED,
}


def citizen_state(*, status: int, stage_kind: str, withdrawn: bool, in_post: bool) -> CitizenState:
    """The citizen's word for where the dossier is."""
    if status == S.STOPPED:
        return CitizenState.WITHDRAWN if withdrawn else CitizenState.STOPPED
    if status == S.IN_PROGRESS and stage_kind in {"sign", "seal"}:
        return CitizenState.AWAITING_SIGNATURE
    if status == S.RESOLVED and in_post:
        return CitizenState.IN_POST
    return _PLAIN[Status(status)]
