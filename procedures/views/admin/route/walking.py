"""A walk through a version in the words of the page."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from procedures import simulating, wording, worktime
from procedures.eforms.kinds import grouped
from procedures.views.admin.route.flow import place_of


def shown(walk: simulating.Walk) -> dict[str, Any]:
    """A walk as the page draws it."""
    return {
        "case": walk.case.name,
        "agency": walk.agency.name if walk.agency else _("Chưa có cơ quan tiếp nhận"),
        "limit": wording.time(walk.case),
        "due": _moment(walk.due) if walk.due else "",
        "papers": [{"name": one.name, "sub": _count(one)} for one in walk.papers],
        "fees": [{"name": line.name, "amount": wording.money(line.amount)} for line in walk.fee.lines],
        "total": wording.money(walk.fee.total),
        "columns": [_("Bước"), _("Nơi làm"), _("Thời gian"), _("Xong trước")],
        "stages": [_stop(number, one) for number, one in enumerate(walk.stages, 1)],
        "days": [_day(line) for line in walk.explanation],
    }


def _count(paper: Any) -> str:
    if paper.source:
        return _("không phải nộp: %(source)s") % {"source": paper.source}
    counts = {"originals": paper.originals, "copies": paper.copies}
    words = _("%(originals)s bản chính, %(copies)s bản sao") % counts
    return words if paper.required else _("%(words)s, không bắt buộc") % {"words": words}


def _stop(number: int, stop: simulating.Stop) -> dict[str, Any]:
    where = stop.agency.name if stop.agency else place_of(stop.stage)
    asked = ", ".join(one.agency.name for one in stop.consultations)
    notes = [_("Lấy ý kiến %(who)s") % {"who": asked}] if asked else []
    return {
        "cells": [
            {"text": f"{number}. {stop.stage.name}", "sub": "; ".join([*notes, stop.problem]).strip("; ")},
            {"text": where, "sub": stop.stage.get_role_display()},
            _("%(hours)s giờ") % {"hours": grouped(stop.stage.hours.normalize())},
            _moment(stop.due_at),
        ]
    }


def _day(line: worktime.Line) -> dict[str, str]:
    hours = grouped((Decimal(line.minutes) / 60).quantize(Decimal("0.1")).normalize())
    words = {
        "start": _("Bắt đầu tính"),
        "counted": _("Tính %(hours)s giờ làm việc") % {"hours": hours},
        "off": _("Không tính: %(name)s") % {"name": line.name or _("cuối tuần")},
        "due": _("Hẹn trả"),
    }
    return {"on": _weekday(line.on), "text": words[line.kind], "kind": line.kind}


def _weekday(day: dt.date) -> str:
    names = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
    return f"{names[day.weekday()]}, {day:%d/%m/%Y}"


def _moment(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return f"{local:%H:%M}, {_weekday(local.date())}"
