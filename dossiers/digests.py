"""One letter per officer and sweep: everything that wants looking at, the latest first."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import deadlines, outbox
from dossiers.messaging import moment
from dossiers.models import Dossier, OutboxMessage, Reminder
from dossiers.ports.messaging.base import OutgoingMessage, channel
from dossiers.states import CLOSED
from procedures.models import ProvinceProfile
from procedures.ruleset import Rules

# What each rule says, in the order of the letter; the first one heads it.
WORDS = {
    "late": _lazy("trễ hẹn với người dân"),
    "late_again": _lazy("vẫn trễ hẹn"),
    "overdue": _lazy("quá hạn bước"),
    "one_day": _lazy("còn một ngày làm việc"),
    "hours_left": _lazy("còn bốn giờ làm việc"),
    "last_hour": _lazy("còn một giờ để trả lời người nộp"),
    "two_days": _lazy("còn hai ngày làm việc"),
    "supplement_over": _lazy("hết hạn chờ bổ sung, cần quyết định dừng"),
    "due_soon": _lazy("sắp đến hạn bước"),
    "half": _lazy("đã dùng nửa thời gian của bước"),
    "uncollected": _lazy("kết quả chưa có người nhận"),
}
_OF_THE_DESK = ("overdue", "hours_left", "last_hour", "due_soon", "half")


def tell(message: OutboxMessage) -> None:
    """Mail the letter; nothing when all has been done meanwhile or the officer has no address. Raises PortError."""
    given = message.payload or {}
    user = get_user_model().objects.filter(pk=given["user"], is_active=True).first()
    rows = Reminder.objects.filter(pk__in=given["reminders"]).exclude(dossier__status__in=CLOSED)
    reminders = sorted(
        rows.select_related("dossier__rule_profile"), key=lambda one: (list(WORDS).index(one.rule), one.due_at, one.pk)
    )
    if user is None or not user.email or not reminders:
        return
    groups = [
        {"title": str(words), "lines": [_line(one) for one in reminders if one.rule == rule]}
        for rule, words in WORDS.items()
    ]
    groups = [group for group in groups if group["lines"]]
    context = {
        "name": str(user), "groups": groups, "count": len({one.dossier_id for one in reminders}),
        "words": "; ".join(f"{len(group['lines'])} {group['title']}" for group in groups[:2]),
        "queue_url": f"{settings.BASE_URL}/can-bo/", "province": ProvinceProfile.current(),
    }  # fmt: skip
    channel().send(
        OutgoingMessage(
            to=user.email, subject=" ".join(render_to_string("messages/digest.subject", context).split()),
            text=render_to_string("messages/digest.txt", context),
            html=render_to_string("messages/digest.html", context), key=message.key,
        )
    )  # fmt: skip


def _line(one: Reminder) -> dict[str, Any]:
    """Code, matter, step and time; nobody's name."""
    dossier = one.dossier
    code = dossier.code or dossier.reference
    due = dossier.next_due_at if one.rule in _OF_THE_DESK else dossier.due_at or one.due_at
    return {
        "code": code, "title": dossier.title, "stage": dossier.stage_name, "due": moment(due),
        "url": f"{settings.BASE_URL}/can-bo/ho-so/{code}", "hint": _hint(one, dossier),
    }  # fmt: skip


def _hint(one: Reminder, dossier: Dossier) -> str:
    """Until when an apology may still move the promise (NĐ 61/2018 art. 19.9)."""
    rules = Rules.of(dossier.rule_profile)
    if one.rule not in ("one_day", "two_days") or dossier.extension_count >= rules.extension_limit:
        return ""
    closes = deadlines.extension_closes(dossier, rules=rules)
    if closes < timezone.now() and closes < one.created_at:
        return ""
    return _("Nếu không kịp, ký phiếu xin lỗi và hẹn lại trước %s.") % moment(closes)


outbox.register("reminder.digest", tell)
