"""The rules of one state of the law, typed. `RuleProfile.parameters` is read here and nowhere else."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class RuleMistake(ValueError):
    """A parameter is unknown or malformed; the message names it."""


class Profile(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def parameters(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """Defaults are NĐ 61/2018 as amended; a profile overrides what differs."""

    code: str = ""
    intake_hours: int = 8  # working hours to look at an online dossier (art. 17)
    supplement_days: int = 3  # working days to ask for a supplement (art. 19)
    supplement_limit: int = 1  # how often (art. 17.2a)
    extension_limit: int = 1  # how often the promised date may move (art. 19.9)
    extension_days_before: int = 1  # calendar days before the due date an apology must be signed
    next_day_after: dt.time | None = None  # received later than this: counts from the next working day
    forward_cutoff: dt.time = dt.time(15)  # received later: forwarded the next morning (art. 18)
    consult_days: int = 0  # default limit of a consultation in working days; 0: the officer sets it
    soon_share: float = 0.8  # of the working time used up: "sắp đến hạn"
    draft_days: int = 30
    draft_reminder_days: tuple[int, ...] = (3, 25)  # days after its beginning on which an unsent draft is spoken of
    postal_invitation_gap_days: int = 2  # working days between the two invitations (TT 17/2017/TT-BTTTT)
    uncollected_days: tuple[int, ...] = (3, 10, 30)
    quiet_from: dt.time = dt.time(21)
    quiet_to: dt.time = dt.time(7)
    legacy_levels: bool = False  # show "mức độ 3, 4" beside một phần, toàn trình
    handover_minutes: int = 30  # working minutes of the next morning to hand over what came after the cut-off
    untouched_days: int = 5  # working days past its desk's due date after which a dossier counts as left lying
    unassigned_hours: int = 8  # working hours that a dossier may lie at a desk before somebody is named
    supplement_wait_days: int = 30  # calendar days the citizen has before the dossier may be stopped
    late_causes: Mapping[str, str] = field(
        default_factory=lambda: {
            "co-che": "Cơ chế, chính sách, pháp luật",
            "thu-tuc": "Quy định của thủ tục",
            "can-bo": "Cán bộ, công chức",
            "co-so-vat-chat": "Cơ sở vật chất, hệ thống",
            "phoi-hop": "Cơ quan phối hợp chậm",
            "khac": "Lý do khác",
        }
    )
    form_numbers: Mapping[str, str] = field(default_factory=dict)  # kind of IssuedPaper → "Mẫu số 01"
    form_titles: Mapping[str, str] = field(default_factory=dict)  # kind of IssuedPaper → what the form is called
    retention_years: int = 20  # how long a closed dossier is kept after its year; 0: for ever (Luật Lưu trữ 33/2024)
    retention_of: Mapping[str, int] = field(
        default_factory=dict
    )  # code of procedure → years, where the schedule differs
    sign_unread: bool = False  # leaders may sign together what they have not opened, reading samples
    extension_proposal: bool = False  # the apology also proposes the new date to the one-stop unit (TT 03/2025)

    @classmethod
    def of(cls, profile: Profile) -> "Rules":
        """The rules of a `RuleProfile`. Raises RuleMistake for a name or value it does not know."""
        known = {item.name: item for item in dataclasses.fields(cls) if item.name != "code"}
        values: dict[str, Any] = {"code": profile.code}
        for name, value in dict(profile.parameters or {}).items():
            if name not in known:
                raise RuleMistake(f"{profile.code}: {name} is no rule")
            try:
                values[name] = _read(known[name].type, value)
            except (TypeError, ValueError):
                raise RuleMistake(f"{profile.code}: {name} = {value!r}") from None
        return cls(**values)

    def form_number(self, kind: str) -> str:
        """How this state of the law numbers the official form of that kind; empty when it has none."""
        return self.form_numbers.get(kind, "")

    def retention(self, procedure: str) -> int:
        """Years for which a closed dossier of that procedure is kept after its own year; 0: for ever."""
        return int(self.retention_of.get(procedure, self.retention_years))

    def form_title(self, kind: str) -> str:
        """What this state of the law calls the official form of that kind; empty when it does not say."""
        return self.form_titles.get(kind, "")


def _read(annotation: Any, value: Any) -> Any:
    if annotation in (dt.time, dt.time | None):
        return None if value is None else dt.time.fromisoformat(value)
    if annotation is bool:
        return bool(value)
    if annotation in (int, float):
        return annotation(value)
    return tuple(value) if isinstance(value, list) else dict(value)
