"""What a citizen is told of a dossier: where it is, until when, what to do, and what follows when we are late."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.messaging import moment
from dossiers.models import Dossier, Stage
from dossiers.states import CitizenState as State
from dossiers.states import Status
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import Role

Row = dict[str, Any]

ENDED = {State.RETURNED, State.REJECTED, State.STOPPED, State.WITHDRAWN}
RAIL_OF = {
    State.RECEIVED: 1, State.IN_PROGRESS: 2, State.PAYMENT_DUE: 2, State.AWAITING_SIGNATURE: 3,
    State.RESULT_READY: 4, State.IN_POST: 4, State.RETURNED: 5,
}  # fmt: skip


def code(dossier: Dossier) -> str:
    return dossier.code or dossier.reference


def own_url(dossier: Dossier, page: str = "own_dossier", *args: Any) -> str:
    return reverse(page, args=[code(dossier), *args])


def headline(dossier: Dossier) -> str:
    """One sentence: the state as people say it, without saying whose dossier it is."""
    mode, modes = dossier.return_mode, Dossier.ReturnMode
    ready = {
        modes.DESK: _("Có kết quả, mời bạn đến nhận"),
        modes.POST: _("Có kết quả, đang chờ gửi bưu điện"),
        modes.ONLINE: _("Có kết quả, bạn tải về được rồi"),
    }
    words = {
        State.SUBMITTED: _("Đang chờ một cửa trả lời"),
        State.SUPPLEMENT_REQUESTED: _("Cần bạn bổ sung giấy tờ"),
        State.RECEIVED: _("Một cửa đã nhận"),
        State.IN_PROGRESS: _("Đang giải quyết"),
        State.AWAITING_SIGNATURE: _("Đang chờ lãnh đạo ký"),
        State.PAYMENT_DUE: _("Chờ bạn nộp tiền"),
        State.WITHDRAWAL_REQUESTED: _("Đang xem yêu cầu rút hồ sơ"),
        State.STOPPED: _("Hồ sơ đã dừng"),
        State.WITHDRAWN: _("Hồ sơ đã rút"),
        State.REJECTED: _("Một cửa không tiếp nhận hồ sơ"),
        State.RESULT_READY: ready[modes(mode)],
        State.IN_POST: _("Kết quả đang trên đường đến bạn"),
        State.RETURNED: _("Đã trả kết quả"),
    }
    if dossier.waiting_for and dossier.citizen_state is State.SUBMITTED:
        return _("Chờ %(what)s") % {"what": dossier.waiting_for}
    if dossier.waiting_for and dossier.citizen_state is State.IN_PROGRESS:
        return _("Tạm dừng: %(why)s") % {"why": dossier.waiting_for}
    return words[dossier.citizen_state]


def duty(dossier: Dossier) -> Row:
    """What the citizen must do now, as a tag."""
    nothing = {"text": _("Bạn chưa phải làm gì"), "tone": "green", "icon": "check"}
    ready = {
        Dossier.ReturnMode.DESK: {"text": _("Đến một cửa nhận kết quả"), "tone": "violet", "icon": "landmark"},
        Dossier.ReturnMode.ONLINE: {"text": _("Tải kết quả về"), "tone": "violet", "icon": "download"},
    }
    if visit := getattr(dossier, "visit_at", None):
        words = _("Việc của bạn: có mặt khi kiểm tra, %(when)s") % {"when": moment(visit)}
        return {"text": words, "tone": "amber", "icon": "map-pin"}
    match dossier.citizen_state:
        case State.SUPPLEMENT_REQUESTED:
            return {"text": _("Việc của bạn: gửi giấy tờ bổ sung"), "tone": "amber", "icon": "triangle-alert"}
        case State.PAYMENT_DUE:
            return {"text": _("Việc của bạn: nộp tiền"), "tone": "amber", "icon": "wallet"}
        case State.RESULT_READY if dossier.return_mode in ready:
            return ready[Dossier.ReturnMode(dossier.return_mode)]
        case State.IN_POST:
            return {"text": _("Bưu tá sẽ gọi trước khi giao"), "tone": "green", "icon": "truck"}
        case state if state in ENDED:
            return {"text": _("Hồ sơ đã kết thúc"), "tone": "", "icon": "check"}
    return nothing


def promise(dossier: Dossier, now: dt.datetime) -> Row:
    """The date that matters now: label, the instant in words, how it stands, tone."""
    state = dossier.citizen_state
    if state in ENDED:
        at = dossier.returned_at or dossier.closed_at
        return {
            "label": _("Kết thúc lúc"),
            "when": moment(at),
            "text": _kept(dossier),
            "tone": "green" if _on_time(dossier) else "",
        }
    if state is State.SUPPLEMENT_REQUESTED:
        words = _("Thời hạn tính lại từ đầu khi bạn gửi đủ.")
        return {"label": _("Đồng hồ của cơ quan"), "when": _("Đang dừng, chờ bạn"), "text": words, "tone": "amber"}
    if dossier.waiting_for and dossier.accepted_at is None:
        words = _("Có %(what)s thì hồ sơ tự đến lượt.") % {"what": dossier.waiting_for}
        return {"label": _("Một cửa trả lời"), "when": _("Chưa đến lượt"), "text": words, "tone": ""}
    if dossier.waiting_for:
        words = _("Thời hạn chạy tiếp khi xong: %(why)s.") % {"why": dossier.waiting_for}
        return {"label": _("Đồng hồ của cơ quan"), "when": _("Đang dừng"), "text": words, "tone": "amber"}
    if dossier.resolved_at:
        return {"label": _("Có kết quả lúc"), "when": moment(dossier.resolved_at), "text": _kept(dossier),
                "tone": "green" if _on_time(dossier) else "red"}  # fmt: skip
    if dossier.due_at is None:
        label, due, soon = _("Một cửa trả lời trước"), dossier.next_due_at, dossier.next_soon_at
    else:
        label, due, soon = _("Hẹn trả kết quả"), dossier.due_at, dossier.due_soon_at
    tone = "" if due is None else "red" if now > due else "amber" if soon and now >= soon else "green"
    return {"label": label, "when": moment(due), "text": remaining(dossier, due, now), "tone": tone}


def _on_time(dossier: Dossier) -> bool:
    return bool(dossier.resolved_at and dossier.due_at and dossier.resolved_at <= dossier.due_at)


def _kept(dossier: Dossier) -> str:
    if not (dossier.resolved_at and dossier.due_at):
        return ""
    if _on_time(dossier):
        return _("Đúng hẹn. Hẹn trả: %(due)s") % {"due": moment(dossier.due_at)}
    return _("Trễ hẹn, chúng tôi xin lỗi bạn. Hẹn trả: %(due)s") % {"due": moment(dossier.due_at)}


def remaining(dossier: Dossier, due: dt.datetime | None, now: dt.datetime) -> str:
    """“Còn 3 ngày làm việc”, in the calendar of the receiving agency."""
    if due is None:
        return ""
    calendar = calendar_for(dossier.receiving_agency_id)
    if now > due:
        days = worktime.working_days_between(calendar, due, now)
        return (
            _("Đã trễ %(n)d ngày làm việc. Chúng tôi xin lỗi bạn.") % {"n": days}
            if days
            else _("Vừa quá giờ hẹn. Chúng tôi xin lỗi bạn.")
        )
    if days := worktime.working_days_between(calendar, now, due):
        return _("Còn %(n)d ngày làm việc") % {"n": days}
    return _("Trong hôm nay")


def rail(dossier: Dossier, *, public: bool = False) -> list[Row]:
    """Five stops. `public`: dates only, not how the result travels."""
    ways = {"desk": _("tại một cửa"), "post": _("qua bưu điện"), "online": _("bản điện tử")}
    way = "" if public else ways[dossier.return_mode]
    stops = [
        (_("Đã gửi"), short(dossier.submitted_at)),
        (_("Một cửa nhận"), short(dossier.accepted_at)),
        (_("Đang giải quyết"), _("từ %(when)s") % {"when": short(dossier.accepted_at)} if dossier.accepted_at else ""),
        (
            _("Lãnh đạo ký"),
            short(dossier.resolved_at)
            or (_("trước %(when)s") % {"when": short(dossier.due_at)} if dossier.due_at else ""),
        ),
        (_("Trả kết quả"), short(dossier.returned_at) or way),
    ]
    here = _place(dossier)
    return [
        {"label": label, "sub": sub, "state": "done" if n < here else "current" if n == here else ""}
        for n, (label, sub) in enumerate(stops)
    ]


def _place(dossier: Dossier) -> int:
    """The stop where the dossier is; a dossier that waits or has ended stands where it was."""
    state = dossier.citizen_state
    if state in RAIL_OF:
        return RAIL_OF[state]
    if dossier.stage_kind in ("sign", "seal"):
        return 3
    return 2 if dossier.accepted_at else 1


def short(at: dt.datetime | None) -> str:
    """`24/11, 09:05`; empty for None."""
    return f"{timezone.localtime(at):%d/%m, %H:%M}" if at else ""


def holder(dossier: Dossier) -> list[Row]:
    """Who holds it and until when; empty when it has ended."""
    if not dossier.holder_role or dossier.citizen_state in ENDED:
        return []
    if dossier.citizen_state is State.SUPPLEMENT_REQUESTED:
        return [{"label": _("Đang chờ"), "text": _("bạn gửi giấy tờ bổ sung")}]
    rows = [
        {"label": _("Nơi đang giữ"), "text": dossier.holder_agency.name},
        {"label": _("Người phụ trách"), "text": role(dossier.holder_role)},
    ]
    if dossier.stage_name:
        rows.append({"label": _("Đang làm"), "text": dossier.stage_name})
    if dossier.next_due_at:
        rows.append({"label": _("Phải xong trước"), "text": moment(dossier.next_due_at)})
    if dossier.holder_agency.phone:
        rows.append({"label": _("Điện thoại"), "text": dossier.holder_agency.phone})
    return rows


def role(name: str) -> str:
    return str(Role(name).label) if name in Role.values else ""


def journey(dossier: Dossier, stages: Iterable[Stage]) -> list[Row]:
    """The way so far by unit and role, newest first; nobody's name."""
    rows: list[Row] = [{"icon": "send", "title": _("Đã gửi hồ sơ"), "time": moment(dossier.submitted_at)}]
    if dossier.accepted_at:
        where = _("Nơi nhận: %(agency)s.") % {"agency": dossier.receiving_agency.name}
        rows.append(
            {"icon": "check", "title": _("Một cửa đã nhận"), "time": moment(dossier.accepted_at), "text": where}
        )
    for stage in stages:
        rows.append(_stay(stage))
    if dossier.resolved_at:
        rows.append({"icon": "file-check", "title": _("Đã có kết quả"), "time": moment(dossier.resolved_at)})
    if dossier.in_post:
        rows.append({"icon": "truck", "title": _("Đã giao cho bưu điện"), "time": ""})
    if dossier.closed_at:
        rows.append({"icon": "package-check", "title": headline(dossier), "time": moment(dossier.closed_at)})
    rows[-1]["now"] = True
    return rows[::-1]


def _stay(stage: Stage) -> Row:
    where = f"{stage.agency.name}, {role(stage.role).lower()}."
    if stage.closed_at is None:
        text = where + " " + _("Phải xong trước %(due)s.") % {"due": moment(stage.due_at)}
        return {
            "icon": "hourglass",
            "title": stage.name,
            "time": _("Từ %(at)s") % {"at": moment(stage.opened_at)},
            "text": text,
        }
    late = "" if stage.closed_at <= stage.due_at else " " + _("Bước này trễ hạn.")
    spell = _("%(opened)s → %(closed)s") % {"opened": short(stage.opened_at), "closed": short(stage.closed_at)}
    return {"icon": "check", "title": stage.name, "time": spell, "text": where + late}


def if_late() -> str:
    """What the law owes the citizen when the date is missed."""
    return _(
        "Nếu trễ hẹn, cơ quan làm chậm phải gửi bạn thư xin lỗi, nói rõ lý do và hẹn lại ngày trả, nhiều nhất một lần "
        "(Nghị định 61/2018/NĐ-CP, Điều 19). Lãnh đạo cơ quan được báo khi đã dùng 80% thời gian và khi quá hạn."
    )


def waits_for_citizen(dossier: Dossier) -> bool:
    """Whether it belongs under “Việc bạn cần làm”."""
    state = dossier.citizen_state
    if getattr(dossier, "visit_at", None):
        return True
    at_hand = state is State.RESULT_READY and dossier.return_mode != Dossier.ReturnMode.POST
    return at_hand or state in (State.SUPPLEMENT_REQUESTED, State.PAYMENT_DUE)


def is_over(dossier: Dossier) -> bool:
    return dossier.status in (Status.NOT_RECEIVED, Status.STOPPED, Status.RETURNED)
