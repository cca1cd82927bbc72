"""The saved views of the queue: which dossiers of one's own desks each one shows, and how many."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from dossiers.querysets import DossierQuerySet
from dossiers.states import Status
from portal.floor.actor import Actor

CAP = 1000  # more are counted as “1.000+”
DESKS = frozenset({"receiver", "specialist", "leader", "records_clerk", "returner"})


@dataclass(frozen=True, slots=True)
class Shelf:
    """One view; shown to officers with one of `roles`."""

    key: str
    label: str | Promise
    where: Callable[[dt.datetime, Actor], Q]
    roles: frozenset[str] = DESKS
    tone: str = ""


def _mine(actor: Actor) -> list[int]:
    return [seat.position_id for seat in actor.seats]


TO_DO = "can-lam"
TO_COLLECT = "thu-phi"
SHELVES = (
    Shelf(TO_DO, _("Cần tôi làm"), lambda now, actor: Q(next_due_at__isnull=False)),
    Shelf("giao-toi", _("Giao cho tôi"), lambda now, actor: Q(assignee_id__in=_mine(actor))),
    Shelf("qua-han", _("Quá hạn"), lambda now, actor: Q(next_due_at__lt=now), tone="red"),
    Shelf("sap-den-han", _("Sắp đến hạn"), 
          lambda now, actor: Q(next_soon_at__lte=now, next_due_at__gte=now), tone="amber"),
    Shelf("cho-ky", _("Chờ tôi ký"), lambda now, actor: Q(stage_kind="sign"), frozenset({"leader"})),
    Shelf("dong-dau", _("Chờ đóng dấu"), lambda now, actor: Q(stage_kind="seal"), frozenset({"records_clerk"})),
    Shelf("cho-tra", _("Chờ trả"), lambda now, actor: Q(status=Status.RESOLVED, in_post=False),
          frozenset({"returner"})),
    Shelf("buu-dien", _("Ở bưu điện"), lambda now, actor: Q(in_post=True), frozenset({"returner"})),
    Shelf("cho-bo-sung", _("Chờ bổ sung"), lambda now, actor: Q(status=Status.SUPPLEMENT_REQUESTED),
          frozenset({"receiver", "specialist"})),
    Shelf("tam-dung", _("Đang tạm dừng"), lambda now, actor: Q(waiting_for__gt=""),
          frozenset({"specialist", "leader"})),
    Shelf(TO_COLLECT, _("Chờ thu phí"), lambda now, actor: Q(payment__paid_at=None, payment__amount__gt=0),
          frozenset({"cashier"})),
)  # fmt: skip


def of(actor: Actor) -> list[Shelf]:
    """The views of this officer, in the order of the page."""
    return [shelf for shelf in SHELVES if actor.has_role(*shelf.roles)]


def content(shelf: Shelf, actor: Actor, *, now: dt.datetime) -> DossierQuerySet:
    """The dossiers on it. Those who take money see every open dossier of their counter that owes some."""
    base = Dossier.objects.visible_to(actor).open() if shelf.key == TO_COLLECT else Dossier.objects.in_queue_of(actor)
    return base.filter(shelf.where(now, actor))


def counted(actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
    """How many on each view, and the procedures they are about (`titles`), over the nearest thousand; one statement."""
    shelves = [shelf for shelf in of(actor) if shelf.key != TO_COLLECT]
    if not shelves:
        payable = [shelf for shelf in SHELVES if shelf.key == TO_COLLECT and actor.has_role(*shelf.roles)]
        return {"titles": []} | {shelf.key: content(shelf, actor, now=now)[: CAP + 1].count() for shelf in payable}
    nearest = Dossier.objects.in_queue_of(actor).by_deadline()[: CAP + 1]
    numbers = {f"n_{number}": Count("pk", filter=shelf.where(now, actor)) for number, shelf in enumerate(shelves)}
    found = nearest.aggregate(titles=ArrayAgg(F("title"), distinct=True, default=[]), whole=Count("pk"), **numbers)
    named = {shelf.key: found[f"n_{number}"] for number, shelf in enumerate(shelves)}
    return named | {"titles": found["titles"], "more": found["whole"] > CAP}


def in_words(number: int) -> str:
    return f"{CAP:,}+".replace(",", ".") if number > CAP else str(number)
