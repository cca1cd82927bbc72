"""The saved views of the queue: which dossiers of one's own desks each one shows, and how many."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from dossiers.querysets import DossierQuerySet
from dossiers.states import Status
from dossiers.views.officer import rows
from portal.floor.actor import Actor, Seat
from portal.floor.prepared import Statement, prepared, statement_of

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
    apart: bool = False  # not a part of what lies on one's own desks, so not counted with it


def _mine(actor: Actor) -> list[int]:
    return [seat.position_id for seat in actor.seats]


TO_DO = "can-lam"
TO_COLLECT = "thu-phi"
TO_SIGN, TO_SEAL = "cho-ky", "dong-dau"
UNIT = "ca-don-vi"
SHELVES = (
    Shelf(TO_DO, _("Cần tôi làm"), lambda now, actor: Q(next_due_at__isnull=False)),
    Shelf("giao-toi", _("Giao cho tôi"), lambda now, actor: Q(assignee_id__in=_mine(actor))),
    Shelf("qua-han", _("Quá hạn"), lambda now, actor: Q(next_due_at__lt=now), tone="red"),
    Shelf("sap-den-han", _("Sắp đến hạn"), 
          lambda now, actor: Q(next_soon_at__lte=now, next_due_at__gte=now), tone="amber"),
    Shelf(TO_SIGN, _("Chờ tôi ký"), lambda now, actor: Q(stage_kind="sign"), frozenset({"leader"})),
    Shelf(TO_SEAL, _("Chờ đóng dấu"), lambda now, actor: Q(stage_kind="seal"), frozenset({"records_clerk"})),
    Shelf("cho-tra", _("Chờ trả"), lambda now, actor: Q(status=Status.RESOLVED, in_post=False),
          frozenset({"returner"})),
    Shelf("buu-dien", _("Ở bưu điện"), lambda now, actor: Q(in_post=True), frozenset({"returner"})),
    Shelf("cho-bo-sung", _("Chờ bổ sung"), lambda now, actor: Q(status=Status.SUPPLEMENT_REQUESTED),
          frozenset({"receiver", "specialist"})),
    Shelf("tam-dung", _("Đang tạm dừng"), lambda now, actor: Q(waiting_for__gt=""),
          frozenset({"specialist", "leader"})),
    Shelf(UNIT, _("Cả đơn vị"), lambda now, actor: Q(), frozenset({"leader"}), apart=True),
    Shelf(TO_COLLECT, _("Chờ thu phí"), lambda now, actor: Q(payment__paid_at=None, payment__amount__gt=0),
          frozenset({"cashier"}), apart=True),
)  # fmt: skip
KEPT = """
SELECT coalesce(json_agg(json_build_array(name, query) ORDER BY id), '[]') FROM dossiers_savedview WHERE user_id = %s
"""
BY_KEY = {shelf.key: shelf for shelf in SHELVES}


def of(actor: Actor) -> list[Shelf]:
    """The views of this officer, in the order of the page."""
    return [shelf for shelf in SHELVES if actor.has_role(*shelf.roles)]


def content(shelf: Shelf, actor: Actor, *, now: dt.datetime) -> DossierQuerySet:
    """The dossiers on it: of the officer's own desks, but for the views that stand apart."""
    if shelf.key == UNIT:
        return unit(actor).filter(shelf.where(now, actor))
    base = Dossier.objects.visible_to(actor).open() if shelf.key == TO_COLLECT else Dossier.objects.in_queue_of(actor)
    return base.filter(shelf.where(now, actor))


def unit(actor: Actor) -> DossierQuerySet:
    """What the agencies that the officer leads hold now, or have received and still owe."""
    led = [seat.agency_id for seat in actor.seats if seat.role == "leader"]
    return Dossier.objects.open().filter(Q(holder_agency_id__in=led) | Q(receiving_agency_id__in=led))


# What narrows a view, by the name in the page's address.
FILTERS: dict[str, Callable[[str], Q]] = {"thu-tuc": lambda title: Q(title=title)}


def page(
    shelf: Shelf, actor: Actor, *, now: dt.datetime, narrowed: Mapping[str, str], after: rows.Place | None, limit: int
) -> list[rows.Row]:
    """The next rows of a view after that place, nearest deadline first; `narrowed`: values by names of FILTERS."""
    names = tuple(name for name in FILTERS if narrowed.get(name))
    words = tuple(narrowed[name] for name in names)
    given: dict[str, Any] = {"now": now, **_seats(actor), "words": words}
    if after is not None:
        given |= {"due": after[0], "pk": after[1]} if after[0] else {"pk": after[1]}
    return rows.made(_page(shelf.key, _roles(actor), names, limit, **given))


@prepared
def _page(
    key: str, roles: tuple[str, ...], names: tuple[str, ...], limit: int, *, now: dt.datetime, agencies: Any,
    positions: Any, words: Any, due: dt.datetime | None = None, pk: uuid.UUID | None = None,
) -> Statement:  # fmt: skip
    found = content(BY_KEY[key], _officer(roles, agencies, positions), now=now)
    for name, word in zip(names, words, strict=True):
        found = found.filter(FILTERS[name](word))
    found = found if pk is None else found.after(due, pk)
    return rows.listed(found.by_deadline(), limit=limit)


def counted(actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
    """How many on each view, and the procedures they are about (`titles`), over the nearest thousand; with the views
    that the officer keeps (`kept`: name and query of each). One statement."""
    shelves = [shelf for shelf in of(actor) if not shelf.apart]
    if not shelves:
        payable = [shelf for shelf in SHELVES if shelf.key == TO_COLLECT and actor.has_role(*shelf.roles)]
        return {"titles": []} | {shelf.key: content(shelf, actor, now=now)[: CAP + 1].count() for shelf in payable}
    keys = tuple(shelf.key for shelf in shelves)
    [(titles, kept, whole, *numbers)] = _counts(keys, _roles(actor), now=now, user=actor.user_id, **_seats(actor))
    return dict(zip(keys, numbers, strict=True)) | {"titles": titles, "kept": kept, "more": whole > CAP}


@prepared
def _counts(
    keys: tuple[str, ...], roles: tuple[str, ...], *, now: dt.datetime, user: Any, agencies: Any, positions: Any
) -> Statement:
    """Each of the nearest once, with a column that says of every view whether it is on it; then the columns summed."""
    officer = _officer(roles, agencies, positions)
    on = {f"n_{key.replace('-', '_')}": _whether(BY_KEY[key].where(now, officer)) for key in keys}
    nearest = Dossier.objects.in_queue_of(officer).by_deadline().values("title").annotate(**on)[: CAP + 1]
    sql, params = statement_of(nearest)
    numbers = ", ".join(f"count(*) FILTER (WHERE {name})" for name in on)
    # The order of the titles is the page's matter; by bytes it costs the database a third.
    titles = """coalesce(array_agg(DISTINCT title COLLATE "C"), '{}')"""
    columns = f"{titles}, ({KEPT}), count(*), {numbers}"
    return f"SELECT {columns} FROM ({sql}) AS nearest", (user, *params)  # noqa: S608 -- names of ours


def _whether(condition: Q) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(condition, BooleanField())


def _roles(actor: Actor) -> tuple[str, ...]:
    return tuple(seat.role for seat in actor.seats)


def _seats(actor: Actor) -> dict[str, tuple[int, ...]]:
    return {
        "agencies": tuple(seat.agency_id for seat in actor.seats),
        "positions": tuple(seat.position_id for seat in actor.seats),
    }


def _officer(roles: tuple[str, ...], agencies: tuple[int, ...], positions: tuple[int, ...]) -> Actor:
    """Whoever sits there; all that these questions ask of an actor."""
    seats = zip(positions, agencies, roles, strict=True)
    return Actor("officer", seats=tuple(Seat(position, agency, role, "") for position, agency, role in seats))


def in_words(number: int) -> str:
    return f"{CAP:,}+".replace(",", ".") if number > CAP else str(number)
