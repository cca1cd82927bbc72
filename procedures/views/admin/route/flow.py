"""A route as a picture: boxes from top to bottom, numbers and arrows, placed by us and coloured by the stylesheet."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from procedures.condition_words import in_words
from procedures.eforms import fields
from procedures.eforms.kinds import grouped
from procedures.models import Case, Level, RouteStage

WIDTH: Final = 352  # fits a phone of 390 px without scaling
LEFT: Final = 14  # room for the line around a stage that may be skipped
STEP: Final = {Level.COMMUNE: 0, Level.DISTRICT: 14, Level.PROVINCE: 28}  # the higher the level, the further right
LINE, GAP, LETTERS = 18, 26, 36


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text at its place."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A stage, or a consultation beside it."""

    x: int
    y: int
    width: int
    height: int
    kind: str  # examine, approve, sign, seal, ask
    number: str = ""
    name: list[Words] = field(default_factory=list)
    more: list[Words] = field(default_factory=list)

    @property
    def middle(self) -> int:
        """Where its number stands."""
        return self.y + 24


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole picture. `described`: the same in sentences, for who does not see it."""

    key: str
    title: str
    described: list[str]
    boxes: list[Box]
    arrows: list[str]
    skips: list[str]
    notes: list[Words]
    height: int
    width: int = WIDTH


def drawn(case: Case) -> Flow | None:
    """The picture of a case's route as `whole()` has read it; None without stages."""
    route = getattr(case, "route", None)
    stages: list[RouteStage] = sorted(route.stages.all(), key=lambda row: row.order) if route else []
    if not stages:
        return None
    specs = list(fields(case.form.schema)) if case.form else []
    picture = _Picture(specs)
    for number, stage in enumerate(stages, 1):
        picture.add(stage, number)
    return Flow(
        key=str(case.pk), title=_("Quy trình: %(case)s") % {"case": case.name}, described=picture.described,
        boxes=picture.boxes, arrows=picture.arrows, skips=picture.skips, notes=picture.notes, height=picture.y + 4,
    )  # fmt: skip


def place_of(stage: RouteStage) -> str:
    """Where the stage is done, in words."""
    if stage.department:
        return f"{stage.department.name}, {stage.agency}"
    return stage.agency.name if stage.agency else stage.get_agency_rule_display()


class _Picture:
    """Builds the picture from the top."""

    def __init__(self, specs: Iterable[Mapping[str, Any]]) -> None:
        self.specs = list(specs)
        self.y = 4
        self.exit: tuple[int, int] | None = None  # where the arrow to the next stage starts
        self.described: list[str] = []
        self.boxes: list[Box] = []
        self.arrows: list[str] = []
        self.skips: list[str] = []
        self.notes: list[Words] = []

    def add(self, stage: RouteStage, number: int) -> None:
        """One stage: what it waits for, its box, who is asked meanwhile."""
        x = LEFT + STEP[Level(stage.level)]
        width = WIDTH - LEFT - STEP[Level.PROVINCE] - 6
        hours = _("%(hours)s giờ") % {"hours": grouped(stage.hours.normalize())}
        condition = in_words(stage.condition, self.specs) if stage.condition else ""
        top = self.y + (GAP if self.exit else 0)
        for line in _lines(_("Chỉ khi %(condition)s") % {"condition": condition}, 3) if condition else ():
            top += LINE
            self.notes.append(Words(x + 32, top - 4, line))
        names = _lines(stage.name, 2)
        who = f"{stage.get_role_display()} · {stage.get_level_display()} · {hours}"
        lines = [*_lines(place_of(stage), 1, LETTERS + 4), *_lines(who, 1, LETTERS + 4)]
        y, height = top + 4, LINE * (len(names) + len(lines)) + 14
        box = Box(x, y, width, height, str(stage.kind), str(number))
        box.name.extend(Words(x + 42, y + 20 + LINE * n, line) for n, line in enumerate(names))
        box.more.extend(Words(x + 42, y + 20 + LINE * (len(names) + n), line) for n, line in enumerate(lines))
        self._arrow(box)
        self.boxes.append(box)
        bottom = self._asked(stage, box)
        if condition:
            start = self.exit or (box.x + 22, box.y - 6)
            self.skips.append(f"M{start[0]} {start[1] + 6}H4V{bottom + 12}H{x + 22}")
        self.exit, self.y = (x + 22, bottom), bottom
        parts = [f"{number}. {stage.name}", stage.get_kind_display(), place_of(stage), who]
        self.described.append("; ".join([*parts, *([_("chỉ khi %s") % condition] if condition else [])]))

    def _arrow(self, box: Box) -> None:
        if self.exit:
            x, y = self.exit
            turn = f"V{y + 10}H{box.x + 22}" if x != box.x + 22 else ""
            self.arrows.append(f"M{x} {y}{turn}V{box.y - 2}")

    def _asked(self, stage: RouteStage, box: Box) -> int:
        """The consultations below the stage; where all of it ends."""
        y = box.y + box.height
        for one in stage.consultations.all():
            hours = grouped(one.hours.normalize())
            text = _("Lấy ý kiến %(agency)s (%(hours)s giờ)") % {"agency": one.agency.name, "hours": hours}
            lines = _lines(text, 2, LETTERS - 2)
            asked = Box(box.x + 34, y + 6, box.width - 34, LINE * len(lines) + 10, "ask")
            asked.more.extend(Words(asked.x + 10, asked.y + 18 + LINE * n, line) for n, line in enumerate(lines))
            self.boxes.append(asked)
            self.described.append(text)
            y = asked.y + asked.height
        return y


def _lines(text: str, most: int, letters: int = LETTERS) -> list[str]:
    return textwrap.wrap(text, letters, max_lines=most, placeholder=" …") or [text[:letters]]
