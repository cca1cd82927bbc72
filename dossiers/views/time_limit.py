"""The explanation of a time limit in words, the same for officers and citizens."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from dossiers import explaining
from dossiers.explaining import Count, Day, Explanation, Share, Stretch
from dossiers.models import ClockSegment, Dossier
from procedures import worktime
from procedures.wording import time

Kind = ClockSegment.Kind
HOURS_A_DAY = 8
WEEKDAYS = (
    _lazy("thứ Hai"), _lazy("thứ Ba"), _lazy("thứ Tư"), _lazy("thứ Năm"), _lazy("thứ Sáu"), _lazy("thứ Bảy"),
    _lazy("Chủ nhật"),
)  # fmt: skip
TITLES = {
    Kind.RUNNING: _lazy("Thời hạn bắt đầu"), Kind.WAITING: _lazy("Dừng, chờ bổ sung giấy tờ"),
    Kind.PAUSED: _lazy("Tạm dừng theo quy định"), Kind.RESTARTED: _lazy("Tính lại từ đầu khi đủ giấy tờ"),
    Kind.EXTENDED: _lazy("Xin lỗi và hẹn lại"),
}  # fmt: skip
LOOKS = {
    Count.COUNTED: ("green", "check"), Count.PART: ("green", "check"), Count.FIRST: ("", "info"),
    Count.SHIFTED: ("", "clock"), Count.WEEKEND: ("", "calendar"), Count.OFF: ("red", "calendar"),
    Count.MOVED: ("amber", "arrow-right"), Count.STILL: ("amber", "pause"),
}  # fmt: skip


def context(dossier: Dossier, *, at: dt.datetime) -> dict[str, Any]:
    """What `dossiers/time_limit.html` shows."""
    told = explaining.of(dossier, at=at)
    return {
        "limit_facts": _facts(told, at=at), 
        "stretches": [_stretch(one) for one in told.stretches],
        "shares": [_share(one, at=at) for one in told.shares],
    }  # fmt: skip


def moment(at: dt.datetime | None) -> str:
    """`17:00, thứ Ba 24/11/2026` in the reader's language."""
    if at is None:
        return ""
    local = at.astimezone(worktime.ZONE)
    return f"{local:%H:%M}, {WEEKDAYS[local.weekday()]} {local:%d/%m/%Y}"


def _facts(told: Explanation, *, at: dt.datetime) -> list[dict[str, str]]:
    lines = [(_("Thời hạn của thủ tục"), time(told.case))]
    if told.accepted_at is None:
        return [_line(*lines[0]), _line(_("Hẹn trả"), _("Có khi một cửa nhận hồ sơ."))]
    lines.append((_("Nhận hồ sơ lúc"), moment(told.accepted_at)))
    if told.due_at != told.original_due_at:
        lines.append((_("Hẹn trả lúc đầu"), moment(told.original_due_at)))
    lines.append((_("Hẹn trả hiện nay") if told.due_at != told.original_due_at else _("Hẹn trả"), moment(told.due_at)))
    if told.legal_due_at is not None:
        lines.append((_("Chậm nhất theo luật"), moment(told.legal_due_at)))
    lines.append((_("Đến nay"), _standing(told, at=at)))
    return [_line(*line) for line in lines]


def _line(label: str, text: str) -> dict[str, str]:
    return {"label": label, "text": text}


def _standing(told: Explanation, *, at: dt.datetime) -> str:
    if told.resolved_at is not None:
        late = told.due_at is not None and told.resolved_at > told.due_at
        words = _("Có kết quả trễ hẹn, lúc %s") if late else _("Có kết quả đúng hẹn, lúc %s")
        return words % moment(told.resolved_at)
    current = told.stretches[-1] if told.stretches else None
    if current is not None and current.to_at is not None:
        return _("Hồ sơ đã kết thúc, đồng hồ không chạy nữa.")
    if current is not None and current.kind in explaining.STANDS_STILL:
        return _("Đồng hồ đang dừng.")
    return _("Đã quá hẹn.") if told.due_at is not None and at > told.due_at else _("Còn trong hạn.")


def _stretch(one: Stretch) -> dict[str, Any]:
    kind = Kind(one.kind)
    title = _("Tính tiếp phần còn lại") if one.resumed else str(TITLES[kind])
    begins = _("Đến ngoài giờ tính hạn nên tính từ %s.") % moment(one.begins_at) if one.begins_at else ""
    end = _("Hạn: %s") % moment(one.due_at) if one.due_at else ""
    return {
        "title": title,
        "span": _("Từ %(from)s đến %(to)s") % {"from": moment(one.from_at), "to": moment(one.to_at)}
        if one.to_at
        else _("Từ %s") % moment(one.from_at),
        "reason": one.reason,
        "notes": [note for note in (_("Căn cứ: %s") % one.basis if one.basis else "", begins) if note],
        "rows": [_row(day) for day in one.days],
        "end": end,
        "still": kind in explaining.STANDS_STILL,
    }


def _row(day: Day) -> dict[str, Any]:
    tone, icon = LOOKS[day.count]
    first = _date(day.first)
    when = first if day.days == 1 else f"{first} – {_date(day.last)}"
    sub = f"{day.name} ({day.decision})" if day.name and day.decision else day.name
    return {"title": when, "sub": sub, "tag": {"text": _tag(day), "tone": tone, "icon": icon}}


def _date(day: dt.date) -> str:
    words = str(WEEKDAYS[day.weekday()])
    return f"{words[:1].upper()}{words[1:]} {day:%d/%m}"


def _tag(day: Day) -> str:
    n = {"n": day.days}
    words = {
        Count.COUNTED: ngettext("Tính %(n)d ngày", "Tính %(n)d ngày", day.days) % n,
        Count.PART: _("Tính %s") % _hours(day.minutes), Count.FIRST: _("Ngày đầu, không tính"),
        Count.SHIFTED: _("Ngoài giờ, không tính"), Count.WEEKEND: _("Nghỉ cuối tuần"), Count.OFF: _("Ngày nghỉ"),
        Count.MOVED: _("Chuyển sang ngày làm việc sau"),
        Count.STILL: ngettext("Dừng %(n)d ngày, không tính", "Dừng %(n)d ngày, không tính", day.days) % n,
    }  # fmt: skip
    return str(words[day.count])


def _hours(minutes: int) -> str:
    """Working time to the minute: `4 giờ`, `1 giờ 30 phút`."""
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("%(n)d giờ", "%(n)d giờ", hours) % {"n": hours}] if hours else []
    parts += [ngettext("%(n)d phút", "%(n)d phút", rest) % {"n": rest}] if rest or not hours else []
    return " ".join(parts)


def _share(one: Share, *, at: dt.datetime) -> dict[str, Any]:
    late = (one.closed_at or at) > one.due_at
    if one.closed_at is None:
        tag = {"text": _("Quá hạn của bước") if late else _("Đang làm"), "tone": "red" if late else "blue"}
    else:
        tag = {"text": _("Xong trễ") if late else _("Xong đúng hạn"), "tone": "red" if late else "green"}
    used = _("Được %(share)s làm việc, đã dùng %(used)s") % {"share": _hours(one.minutes), "used": _hours(one.used)}
    meta = [{"icon": "clock", "text": used}, {"text": _("Hạn của bước: %s") % moment(one.due_at)}]
    icon = "triangle-alert" if late else "check" if one.closed_at else "clock"
    return {"title": one.name, "sub": one.agency, "lang": "vi", "meta": meta, "tag": tag | {"icon": icon}}
