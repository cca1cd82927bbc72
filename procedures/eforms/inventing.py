"""Answers made up for any form: model dossiers, simulations, tests. Nobody is called so."""

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from procedures import conditions
from procedures.eforms import addresses, formulas, identity, masks
from procedures.eforms.checking import Answers, clean_answers
from procedures.eforms.edges import edge
from procedures.eforms.kinds import EARLIEST, Setting
from procedures.eforms.schema import SILENT, Spec, fields, linked_options

PEOPLE = {
    "male": ("Nguyễn Văn An", "Hoàng Văn Bình", "Lò Văn Chung", "Y Đức Niê"),
    "female": ("Trần Thị Mẫu", "Lê Thị Hoa", "Vàng Thị Mai", "H’ Lan Êban"),
}
TEXTS = ("Nội dung mẫu", "Ví dụ để tham khảo", "Thông tin minh họa")


def invented(
    schema: Mapping[str, Any], *, seed: int = 0, unit_set: str = "2024", today: dt.date | None = None
) -> Answers:
    """Answers to every field that they make visible, accepted by `clean_answers`; the same seed gives the same ones.

    An address needs the units of `unit_set` to be loaded. Raises AnswersRefused for a form that asks for something
    nobody can make up (a text of a pattern beyond `masks`, a date in no possible span).
    """
    setting = Setting(today=today or timezone.localdate(), unit_set=unit_set)
    made = _Inventor(random.Random(seed), setting).answers(list(fields(schema)))  # noqa: S311 – nothing secret
    return clean_answers(schema, made, setting=setting)


class _Inventor:
    def __init__(self, chance: random.Random, setting: Setting) -> None:
        self.chance, self.setting = chance, setting

    def answers(self, specs: Sequence[Spec]) -> Answers:
        found: Answers = {}
        for spec in specs:
            if spec["type"] in SILENT or not conditions.holds(spec.get("condition"), found):
                continue
            if spec["type"] == "computed":
                found[spec["key"]] = formulas.plain(formulas.evaluate(spec["formula"], found))
                continue
            if spec["type"] == "linked_choice":
                spec = dict(spec) | {"options": linked_options(spec, found.get(spec["parent"]))}
            value = MAKERS[spec["type"]](self, spec)
            if value not in (None, "", [], {}):
                found[spec["key"]] = value
        return found

    def text(self, spec: Spec) -> str | None:
        if pattern := spec.get("pattern"):
            return masks.invented(pattern, self.chance)
        return self.chance.choice(TEXTS)[: int(spec.get("max") or 300)].strip()

    def number(self, spec: Spec) -> int | str:
        step = Decimal(1).scaleb(-int(spec.get("decimals", 0)))
        low, high = Decimal(str(spec.get("min", 0))), Decimal(str(spec.get("max", 10**15)))
        scale = 500_000 if spec["type"] == "money" else 1
        value = min(high, low + self.chance.randint(1, 9) * scale)
        return formulas.plain((value / step).to_integral_value(rounding="ROUND_FLOOR") * step)

    def date(self, spec: Spec) -> str:
        today = self.setting.today
        early = edge(spec.get("min"), today) or EARLIEST
        late = edge(spec.get("max"), today) or max(today, early)
        span = max((late - early).days, 0)
        return (late - dt.timedelta(days=self.chance.randint(0, min(span, 15_000)))).isoformat()

    def yes_no(self, spec: Spec) -> bool:
        return self.chance.random() < 0.5

    def choice(self, spec: Spec) -> str | None:
        return self.chance.choice([option["value"] for option in spec["options"]]) if spec["options"] else None

    def multi_choice(self, spec: Spec) -> list[str]:
        values = [option["value"] for option in spec["options"]]
        return self.chance.sample(values, self.chance.randint(1, min(3, len(values))))

    def name(self, spec: Spec) -> str:
        return self.chance.choice([one for names in PEOPLE.values() for one in names])

    def personal_id(self, spec: Spec) -> str:
        return self._id(self.chance.choice(("male", "female")), self.chance.randint(1950, self.setting.today.year - 1))

    def _id(self, sex: str, year: int) -> str:
        place, serial = self.chance.choice(sorted(identity.PROVINCES)), self.chance.randint(0, 999_999)
        century = 2 * (year // 100 - 19) + (sex == "female")
        return f"{place}{century}{year % 100:02}{serial:06}"

    def person(self, spec: Spec) -> dict[str, str]:
        sex = self.chance.choice(("male", "female"))
        birth = self.setting.today - dt.timedelta(days=self.chance.randint(366, 25_000))
        return {
            "name": self.chance.choice(PEOPLE[sex]),
            "birth_on": birth.isoformat(),
            "sex": sex,
            "personal_id": self._id(sex, birth.year),
        }

    def phone(self, spec: Spec) -> str:
        return f"0900000{self.chance.randint(0, 999):03}"

    def email(self, spec: Spec) -> str:
        return f"mau{self.chance.randint(1, 99)}@example.vn"

    def organisation(self, spec: Spec) -> str:
        return f"Công ty TNHH Ví Dụ {self.chance.randint(1, 99)}"[: int(spec.get("max") or 300)].strip()

    def tax_code(self, spec: Spec) -> str:
        while True:
            head = f"{self.chance.randint(0, 10**9 - 1):09}"
            last = 10 - sum(w * int(digit) for w, digit in zip(identity.TAX_WEIGHTS, head, strict=True)) % 11
            if last < 10:
                return f"{head}{last}"

    def address(self, spec: Spec) -> dict[str, str] | None:
        """A commune there is; None when no units are loaded. Branches without communes are tried last."""
        unit_set = str(spec.get("unit_set") or self.setting.unit_set)
        chosen = self._place(unit_set, addresses.levels(unit_set), "")
        return chosen | {"detail": f"Số {self.chance.randint(1, 99)}, đường Mẫu"} if chosen else None

    def _place(self, unit_set: str, levels: Sequence[str], parent: str) -> dict[str, str] | None:
        options = addresses.options(unit_set, parent)
        for code, _name in self.chance.sample(options, len(options)):
            if not levels[1:]:
                return {levels[0]: code}
            if below := self._place(unit_set, levels[1:], code):
                return {levels[0]: code} | below
        return None

    def group(self, spec: Spec) -> list[Answers]:
        low, high = int(spec.get("min", 0)), int(spec.get("max", 50))
        wanted = min(high, max(low, self.chance.randint(1, 2)))
        return [entry for entry in (self.answers(spec["fields"]) for _number in range(wanted)) if entry]


MAKERS: dict[str, Callable[[_Inventor, Spec], Any]] = {
    "text": _Inventor.text,
    "long_text": _Inventor.text,
    "number": _Inventor.number,
    "money": _Inventor.number,
    "date": _Inventor.date,
    "yes_no": _Inventor.yes_no,
    "choice": _Inventor.choice,
    "linked_choice": _Inventor.choice,
    "multi_choice": _Inventor.multi_choice,
    "person": _Inventor.person,
    "person_name": _Inventor.name,
    "personal_id": _Inventor.personal_id,
    "address": _Inventor.address,
    "phone": _Inventor.phone,
    "email": _Inventor.email,
    "organisation": _Inventor.organisation,
    "tax_code": _Inventor.tax_code,
    "group": _Inventor.group,
}
