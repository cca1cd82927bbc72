"""The life of a dossier on one screen: the ten national statuses and every move between them.

Status is law (TT 22/2019 art. 4, national codes 1–10). Everything finer — which desk, paused, paid,
in the post — is derived from stages, clock segments, payments and shipments, never stored as status.
"""

from dataclasses import dataclass
from typing import Literal

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
_OPEN = frozenset(Status) - CLOSED
WITHDRAWABLE = frozenset({S.SUBMITTED, S.RECEIVED, S.IN_PROGRESS, S.SUPPLEMENT_REQUESTED, S.PAYMENT_DUE})


# Where the officer sits who makes a move: at the desk that holds the dossier; where it was received; at the desk it
# came from; in an agency asked for its opinion; in the agency whose result it is; or as an operator who reaches it.
Place = Literal["holder", "receiving", "before", "consulted", "issuer", "reach"]


@dataclass(frozen=True, slots=True)
class Move:
    """One lawful move. `roles`: who may; officers must sit at `place`, `holder_only`: in the role that holds it there.

    `signs`: it puts the person's own signature on something, which nobody does for a holder on leave.
    """

    sources: frozenset[Status]
    targets: frozenset[Status]
    roles: tuple[str, ...]
    label: Promise
    holder_only: bool = True
    signs: bool = False
    place: Place = "holder"


def _move(
    sources: set[Status],
    targets: set[Status],
    *roles: str,
    label: Promise,
    holder_only: bool = True,
    signs: bool = False,
    place: Place = "holder",
) -> Move:
    return Move(frozenset(sources), frozenset(targets), roles, label, holder_only and place == "holder", signs, place)


def _note(*roles: str, label: Promise, sources: set[Status] | None = None, place: Place = "holder") -> Move:
    """A move that leaves the status as it is: something is added to the dossier."""
    there = frozenset(sources or set(_OPEN))
    return Move(there, there, roles, label, holder_only=False, place=place)


MOVES: dict[str, Move] = {
    # Tiếp nhận
    "submit": _move(set(), {S.SUBMITTED}, "citizen", "receiver", label=_("Gửi hồ sơ")),
    "receive": _move({S.SUBMITTED}, {S.IN_PROGRESS}, "receiver", label=_("Nhận hồ sơ")),
    "release": _note("system", label=_("Đến lượt trong nhóm thủ tục"), sources={S.SUBMITTED, S.WITHDRAWAL_REQUESTED}),
    "refuse": _move({S.SUBMITTED}, {S.NOT_RECEIVED}, "receiver", label=_("Từ chối tiếp nhận")),
    "request_supplement": _move(
        {S.SUBMITTED, S.IN_PROGRESS}, {S.SUPPLEMENT_REQUESTED}, "receiver", "specialist", label=_("Yêu cầu bổ sung")
    ),
    "supply": _move(
        {S.SUPPLEMENT_REQUESTED},
        {S.SUBMITTED, S.IN_PROGRESS},
        "citizen",
        "receiver",
        label=_("Gửi giấy tờ bổ sung"),
        place="receiving",
    ),
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
    "request_more": _move(
        {S.IN_PROGRESS}, {S.SUPPLEMENT_REQUESTED}, "leader", label=_("Yêu cầu bổ sung lần nữa"), holder_only=False
    ),
    # Nhiều nơi cùng làm
    "recall": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Thu hồi"), place="before"),
    "hand_over": _move(
        {S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Chuyển cơ quan khác giải quyết")
    ),
    "dispatch": _note("operator", "system", label=_("Điều phối"), place="reach"),
    "confirm_handover": _move(
        {S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", "records_clerk", label=_("Nhận bàn giao bản giấy")
    ),
    "consult": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Lấy ý kiến")),
    "cancel_consultation": _move({S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Thôi lấy ý kiến")),
    "answer_consultation": _note("specialist", "leader", label=_("Trả lời ý kiến"), place="consulted"),
    "arrange_verification": _move(
        {S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Hẹn kiểm tra thực tế")
    ),
    "record_verification": _move(
        {S.IN_PROGRESS}, {S.IN_PROGRESS}, "specialist", "leader", label=_("Ghi biên bản kiểm tra")
    ),
    # Ghi thêm
    "instruct": _note("leader", label=_("Chỉ đạo")),
    "explain_delay": _note("receiver", "specialist", "leader", "records_clerk", "returner", label=_("Ghi lý do chậm")),
    "note_contact": _note("receiver", "specialist", "leader", "returner", label=_("Ghi lần liên hệ")),
    # Số hóa
    "digitise": _note("receiver", label=_("Số hóa giấy tờ"), sources=set(Status), place="receiving"),
    "reuse": _note("receiver", label=_("Dùng lại giấy tờ đã có"), sources=set(Status), place="receiving"),
    # Trả kết quả
    "resolve_at_once": _move(
        {S.IN_PROGRESS}, {S.RESOLVED}, "receiver", label=_("Giải quyết ngay tại quầy"), place="receiving"
    ),
    # The receiver holds only what was resolved at the counter at once.
    "hand_out": _move({S.RESOLVED}, {S.RETURNED}, "returner", "receiver", label=_("Trả kết quả tại quầy")),
    "collect_online": _move({S.RESOLVED}, {S.RETURNED}, "citizen", label=_("Nhận kết quả trên mạng")),
    "post": _move({S.RESOLVED}, {S.RESOLVED}, "returner", label=_("Gửi bưu điện")),
    "confirm_delivered": _move({S.RESOLVED}, {S.RETURNED}, "system", label=_("Bưu điện đã phát"), holder_only=False),
    "delivery_failed": _move({S.RESOLVED}, {S.RESOLVED}, "system", label=_("Bưu phẩm bị trả lại"), holder_only=False),
    "shelve": _note("returner", label=_("Cất kết quả chưa nhận"), sources={S.RESOLVED}),
    "give_back": _note(
        "receiver", "returner", label=_("Trả lại bản chính"), sources=set(Status) - {S.SUBMITTED}, place="receiving"
    ),
    # What was not handed out yet ends here; the dossier that mends it begins with this move, too.
    "correct_result": _move(
        {S.RESOLVED, S.RETURNED}, {S.STOPPED, S.RETURNED}, "leader", label=_("Sửa kết quả sai"), place="issuer"
    ),
    "archive": _note("receiver", "returner", label=_("Kết thúc, lưu hồ sơ"), sources=set(CLOSED), place="receiving"),
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
