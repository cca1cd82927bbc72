"""What a view of the queue is narrowed to: filters and order, as the page's address carries them."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.models import Dossier, Stage
from dossiers.states import OPEN, Status
from dossiers.views.officer import searching
from portal.floor.actor import Actor
from procedures import worktime
from procedures.calendars import calendar_for
from procedures.models import Level, Position, ProvinceProfile, Role
from procedures.ruleset import Rules

NEWEST = "moi"  # the other order: what was sent last comes first
MINE, NOBODY = "toi", "chua"
SHOWN = ("thu-tuc", "kenh")  # always; the others stand in a panel of their own


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, and when."""

    actor: Actor
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """One name in the address: the rows it leaves (None: it says nothing), and how it reads on the page."""

    label: str | Promise
    where: Callable[[str, Desk], Q | None]
    said: Callable[[str], str]


def _midnight(text: str, *, days: int = 0) -> dt.datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None or not 2000 <= day.year <= 2999:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=days), dt.time()))


def _from(text: str, desk: Desk) -> Q | None:
    start = _midnight(text)
    return Q(submitted_at__gte=start) if start else None


def _until(text: str, desk: Desk) -> Q | None:
    end = _midnight(text, days=1)
    return Q(submitted_at__lt=end) if end else None


def _status(text: str, desk: Desk) -> Q | None:
    return Q(status=int(text)) if text in {str(status) for status in OPEN} else None


def _person(text: str, desk: Desk) -> Q | None:
    if text == MINE:
        return Q(assignee_id__in=[seat.position_id for seat in desk.actor.seats])
    if text == NOBODY:
        return Q(assignee_id=None)
    return Q(assignee_id=int(text)) if text.isdecimal() and len(text) < 10 else None


def _left_alone(text: str, desk: Desk) -> Q:
    """At its desk for longer than the law's profile lets it lie there unassigned (regulation §8.1)."""
    province = ProvinceProfile.current()
    hours = (Rules.of(province.default_rule_profile) if province else Rules()).unassigned_hours
    since = working_hours_ago(hours, desk.now)
    here = Stage.objects.filter(dossier=OuterRef("pk"), closed_at=None, opened_at__lt=since)
    return Q(assignee=None) & (Q(status=Status.SUBMITTED, submitted_at__lt=since) | Q(Exists(here)))


def working_hours_ago(hours: int, now: dt.datetime) -> dt.datetime:
    """The moment since which the province has worked so many hours, to the minute."""
    calendar, wanted = calendar_for(None), hours * 60
    late, early = now, now
    while worktime.minutes_between(calendar, early, now) < wanted:
        early -= dt.timedelta(days=1)
    while late - early > dt.timedelta(minutes=1):
        middle = early + (late - early) / 2
        enough = worktime.minutes_between(calendar, middle, now) >= wanted
        early, late = (middle, late) if enough else (early, middle)
    return early


FILTERS: dict[str, Filter] = {
    "thu-tuc": Filter(_lazy("Thủ tục"), lambda text, desk: Q(title=text), str),
    "kenh": Filter(_lazy("Kênh nộp"), 
                   lambda text, desk: Q(channel=text) if text in Dossier.Channel.values else None,
                   lambda text: str(Dossier.Channel(text).label)),
    "tinh-trang": Filter(_lazy("Tình trạng"), _status, lambda text: str(Status(int(text)).label)),
    "nguoi": Filter(_lazy("Người xử lý"), _person, lambda text: _person_in_words(text)),
    "tu-ngay": Filter(_lazy("Nộp từ ngày"), _from, lambda text: _("từ %s") % f"{parse_date(text):%d/%m/%Y}"),
    "den-ngay": Filter(_lazy("đến hết ngày"), _until, lambda text: _("đến %s") % f"{parse_date(text):%d/%m/%Y}"),
    "cap": Filter(_lazy("Cấp đang giữ"), 
                  lambda text, desk: Q(holder_agency__level=text) if text in Level.values else None,
                  lambda text: str(Level(text).label)),
    "tre": Filter(_lazy("Quá hạn"), lambda text, desk: Q(next_due_at__lt=desk.now) | Q(due_at__lt=desk.now),
                  lambda text: _("Quá hạn")),
    "lau": Filter(_lazy("Chưa giao ai"), _left_alone, lambda text: _("Lâu chưa giao ai")),
    "k": Filter(_lazy("Tìm trong danh sách"), 
                lambda text, desk: searching.condition(asked) if (asked := searching.unsealed(text)) else None,
                searching.unsealed),
}  # fmt: skip


def _person_in_words(text: str) -> str:
    known = {MINE: _("Giao cho tôi"), NOBODY: _("Chưa giao ai")}
    name = known.get(text) or Position.objects.filter(pk=int(text)).values_list("holder_name", flat=True).first()
    return name or _("Người khác")


class Narrowing:
    """The filters in force, and the order. What says nothing is dropped: an odd address shows a page all the same."""

    def __init__(self, given: Mapping[str, str], actor: Actor, *, now: dt.datetime) -> None:
        desk = Desk(actor, now)
        asked = {name: str(given.get(name, ""))[:500].replace("\x00", "") for name in FILTERS}
        self._conditions = {
            name: where
            for name, text in asked.items()
            if text and (where := FILTERS[name].where(text, desk)) is not None
        }
        self.values = {name: asked[name] for name in self._conditions}
        self.newest = given.get("xep") == NEWEST

    @property
    def plain(self) -> bool:
        """Whether it is what everybody asks for all day: the nearest deadline first, at most one procedure."""
        return not self.newest and not set(self.values) - {"thu-tuc"}

    @property
    def condition(self) -> Q:
        whole = Q()
        for where in self._conditions.values():
            whole &= where
        return whole

    @property
    def words(self) -> str:
        """What is looked for within the view, to stand in the box again."""
        return searching.unsealed(self.values.get("k", ""))

    @property
    def from_day(self) -> str:
        return self.values.get("tu-ngay", "")

    @property
    def to_day(self) -> str:
        return self.values.get("den-ngay", "")

    @property
    def late(self) -> bool:
        return "tre" in self.values

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What stays in force while the panel that shows it is closed."""
        return [(name, text) for name, text in self.values.items() if name not in SHOWN]

    def address(self, **more: str) -> str:
        """As the page's address carries it; an empty word in `more` drops that name."""
        given = self.values | ({"xep": NEWEST} if self.newest else {}) | more
        return urlencode({name: text for name, text in given.items() if text})

    def chips(self, page: str, **kept: str) -> list[dict[str, Any]]:
        """Each filter in words, with the address of the page without it."""
        return [
            {"text": FILTERS[name].said(text), "url": f"{page}?{self.address(**kept, **{name: ''})}",
             "remove": _("Bỏ lọc")}
            for name, text in self.values.items()
        ]  # fmt: skip


def choices(narrowing: Narrowing, name: str, options: list[tuple[str, str]], everything: str) -> dict[str, Any]:
    """One choice as the filter shows it."""
    current = narrowing.values.get(name, "")
    listed = [("", everything), *options]
    return {"name": name, "label": str(FILTERS[name].label), "options": [
        {"value": value, "label": label, "selected": value == current} for value, label in listed]}  # fmt: skip


def more_choices(narrowing: Narrowing, actor: Actor, *, on: dt.date) -> list[dict[str, Any]]:
    """The choices of the opened panel; one statement."""
    everybody = actor.has_role(Role.LEADER)
    seats = Position.objects.in_force(on).filter(agency_id__in=actor.agency_ids)
    if not everybody:
        seats = seats.filter(role__in={seat.role for seat in actor.seats})
    people = [(MINE, _("Giao cho tôi")), (NOBODY, _("Chưa giao ai"))]
    people += [(str(pk), name) for pk, name in seats.order_by("holder_name").values_list("pk", "holder_name")]
    statuses = [(str(status), str(Status(status).label)) for status in OPEN]
    found = [
        choices(narrowing, "tinh-trang", statuses, _("Mọi tình trạng")),
        choices(narrowing, "nguoi", people, _("Mọi người")),
    ]
    if everybody:
        found.append(choices(narrowing, "cap", [(value, str(label)) for value, label in Level.choices], _("Mọi cấp")))
    return found
