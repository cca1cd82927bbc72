"""Money and time limits in everyday words."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from procedures.models import Case, TimeUnit

CHANNELS: Final = {
    "direct": _lazy("Trực tiếp tại một cửa"),
    "online": _lazy("Trên mạng"),
    "post": _lazy("Qua bưu điện"),
}


def money(amount: int) -> str:
    """26000 → "26.000 đồng"."""
    return _("%(amount)s đồng") % {"amount": f"{amount:,}".replace(",", ".")}


def time(case: Case) -> str:
    """How long one case takes."""
    if case.time_unit == TimeUnit.SAME_DAY:
        return _("Trong ngày làm việc")
    if not case.time_amount:
        return _("Theo ngày hẹn")
    amount = {"n": case.time_amount}
    words = {
        TimeUnit.WORKING_DAY: ngettext("%(n)d ngày làm việc", "%(n)d ngày làm việc", case.time_amount),
        TimeUnit.WORKING_HOUR: ngettext("%(n)d giờ làm việc", "%(n)d giờ làm việc", case.time_amount),
        TimeUnit.DAY: ngettext("%(n)d ngày", "%(n)d ngày", case.time_amount),
        TimeUnit.MONTH: ngettext("%(n)d tháng", "%(n)d tháng", case.time_amount),
    }
    return words[TimeUnit(case.time_unit)] % amount


def times(cases: Sequence[Case]) -> str:
    """How long a procedure takes: one answer, or the first case's with a hint that it depends."""
    words = list(dict.fromkeys(time(case) for case in cases))
    if not words:
        return _("Theo ngày hẹn")
    return words[0] if len(words) == 1 else _("%(time)s, tùy trường hợp") % {"time": words[0]}
