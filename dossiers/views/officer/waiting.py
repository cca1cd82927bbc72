"""The returning desk: every result that waits for its owner, how long, where it lies, and what hinders its return."""

import datetime as dt
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dossiers.models import Dossier, HandedPaper, Payment
from dossiers.states import Status
from dossiers.views.officer import bulk, searching
from dossiers.wording import Reader
from portal.floor.web import ActorRequest
from procedures.models import ProvinceProfile
from procedures.ruleset import Rules

PAGE = 50
UNCOLLECTED = "chua-nhan"
COLUMNS = (_lazy("Hồ sơ, người nộp"), _lazy("Thủ tục"), _lazy("Cách nhận"), _lazy("Đã chờ"), _lazy("Nơi cất"))


class View(NamedTuple):
    """A tab: how the owners of these results want them."""

    key: str
    label: str | Promise
    mode: str = ""


VIEWS = (
    View("", _lazy("Mọi kết quả")),
    View("quay", _lazy("Tại quầy"), Dossier.ReturnMode.DESK),
    View("buu-dien", _lazy("Gửi bưu điện"), Dossier.ReturnMode.POST),
    View("dien-tu", _lazy("Bản điện tử"), Dossier.ReturnMode.ONLINE),
    View(UNCOLLECTED, _lazy("Chưa ai nhận")),
)
EMPTY = {
    "": (_lazy("Không có kết quả nào chờ trả"), _lazy("Kết quả ký xong sẽ hiện ở đây.")),
    "quay": (_lazy("Không có ai hẹn nhận tại quầy"), ""),
    "buu-dien": (_lazy("Không có kết quả nào chờ gửi bưu điện"), ""),
    "dien-tu": (_lazy("Không có bản điện tử nào chờ mở"), _lazy("Người nộp mở kết quả trên mạng là xong.")),
    UNCOLLECTED: (_lazy("Không có kết quả nào để quá lâu"), ""),
}


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: ActorRequest) -> HttpResponse:
    """Scan or type a code: straight to handing out, else the results that wait at the counter."""
    if request.method == "POST":
        return searching.led_on("officer_returning", searching.scanned(request.POST.get("q", "")[: searching.LONGEST]))
    waiting = Dossier.objects.in_queue_of(request.actor).filter(status=Status.RESOLVED, in_post=False)
    if asked := searching.asked_by(request):
        exact = waiting.called(asked).first()
        if exact is not None:
            return redirect("officer_act", str(exact), "tra")
        messages.info(
            request, _("Không có kết quả nào chờ trả với mã “%s”. Dưới đây là những hồ sơ giống nhất.") % asked
        )
        waiting = searching.matching(waiting, asked)
    return _listed(request, waiting, asked)


def _listed(request: ActorRequest, waiting: QuerySet[Dossier], asked: str) -> HttpResponse:
    now, steps = timezone.now(), _steps()
    view = next((one for one in VIEWS if one.key == request.GET.get("xem", "")), VIEWS[0])
    days = next((step for step in steps if str(step) == request.GET.get("ngay", "")), steps[0])
    counts = waiting.aggregate(
        **{f"view_{place}": Count("pk", _of(one, now, steps[0])) for place, one in enumerate(VIEWS)},
        **{f"days_{step}": Count("pk", _since(now, step)) for step in steps},
    )
    found = waiting.filter(_of(view, now, days)).order_by("resolved_at", "id").defer("answers")
    shown = _hindered(found)[: PAGE + 1]
    reader, title = Reader(now), EMPTY[view.key]
    context = {
        "section": "returning", "query": asked, "columns": COLUMNS, "empty": {"title": title[0], "text": title[1]},
        "rows": [_row(one, reader) for one in shown[:PAGE]], "more": len(shown) > PAGE, "page": PAGE,
        "tabs": [] if asked else _tabs(view, counts), "bulk": bulk.offers(request.actor, bulk.AT_THE_RETURN),
        "chips": _chips(steps, days, counts) if view.key == UNCOLLECTED and not asked else [],
    }  # fmt: skip
    return render(request, "dossiers/officer/returning.html", context)


def _steps() -> tuple[int, ...]:
    """After how many days the law of this province speaks of a result nobody fetches."""
    profile = ProvinceProfile.objects.select_related("default_rule_profile").get().default_rule_profile
    return Rules.of(profile).uncollected_days


def _since(now: dt.datetime, days: int) -> Q:
    """Ready for at least so many days: what the page calls `days` is counted by the local day, too."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Q(resolved_at__lt=today - dt.timedelta(days=days - 1))


def _of(view: View, now: dt.datetime, days: int) -> Q:
    if view.key == UNCOLLECTED:
        return _since(now, days)
    return Q(return_mode=view.mode) if view.mode else Q()


def _tabs(current: View, counts: dict[str, int]) -> list[dict[str, Any]]:
    page = reverse("officer_returning")
    return [
        {"text": one.label, "url": f"{page}?{urlencode({'xem': one.key})}" if one.key else page,
         "current": one == current, "count": counts[f"view_{place}"],
         "tone": "gold" if one.key == UNCOLLECTED and counts[f"view_{place}"] else ""}
        for place, one in enumerate(VIEWS)
    ]  # fmt: skip


def _chips(steps: tuple[int, ...], current: int, counts: dict[str, int]) -> list[dict[str, Any]]:
    page = reverse("officer_returning")
    return [
        {"text": _("Từ %(days)d ngày (%(number)d)") % {"days": step, "number": counts[f"days_{step}"]},
         "url": f"{page}?{urlencode({'xem': UNCOLLECTED, 'ngay': step})}", "current": step == current}
        for step in steps
    ]  # fmt: skip


def _hindered(found: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """With what has to be settled before each is returned."""
    owed = Payment.objects.filter(dossier=OuterRef("pk"), paid_at=None, amount__gt=0)
    kept = HandedPaper.objects.filter(dossier=OuterRef("pk"), held__gt=0, given_back_at=None)
    return found.annotate(owes=Exists(owed), keeps=Exists(kept))


def _row(dossier: Any, reader: Reader) -> dict[str, Any]:
    code = str(dossier)
    days = (reader.today - timezone.localdate(dossier.resolved_at)).days
    hinders = [_("còn phí")] if dossier.owes else []
    hinders += [_("giữ bản chính")] if dossier.keeps else []
    waited = ngettext("%(n)d ngày", "%(n)d ngày", days) % {"n": days} if days else _("Hôm nay")
    mode: Any = str(dossier.get_return_mode_display())
    if hinders:
        mode = {"tag": {"text": ", ".join(hinders).capitalize(), "tone": "amber"}, "sub": mode}
    return {
        "id": str(dossier.pk), "label": code,
        "cells": [
            {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]),
             "sub": dossier.applicant_name},
            {"text": dossier.title, "clamp": True}, mode,
            {"text": waited, "sub": _("có từ %s") % reader.short(dossier.resolved_at)},
            dossier.shelf or "–",
        ],
    }  # fmt: skip
