"""What a case costs. Rules of the same name are alternatives: the applicant pays the most favourable that applies.

Amounts are whole đồng. Law: NQ 66.22/2026/NQ-CP (most favourable rule), resolutions of the provincial council.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from procedures.conditions import holds


class Rule(Protocol):
    """A row of `FeeRule`, or anything that looks like it."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def condition(self) -> Any: ...
    @property
    def per(self) -> str: ...
    @property
    def legal_basis(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FeeLine:
    kind: str
    name: str
    unit_amount: int
    quantity: int
    legal_basis: str

    @property
    def amount(self) -> int:
        return self.unit_amount * self.quantity


@dataclass(frozen=True, slots=True)
class FeeQuote:
    lines: tuple[FeeLine, ...] = ()

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


def total(rules: Iterable[Rule], answers: Mapping[str, Any], channel: str) -> FeeQuote:
    """The quote for one dossier filed through `channel` (direct, online, post). Raises ConditionMistake."""
    best: dict[tuple[str, str], FeeLine] = {}
    for rule in rules:
        if (rule.channel and rule.channel != channel) or not holds(rule.condition, answers):
            continue
        line = FeeLine(rule.kind, rule.name, rule.amount, _quantity(rule.per, answers), rule.legal_basis)
        known = best.get((rule.kind, rule.name))
        if known is None or line.amount < known.amount:
            best[rule.kind, rule.name] = line
    return FeeQuote(tuple(best.values()))


def _quantity(per: str, answers: Mapping[str, Any]) -> int:
    """How often the amount is due: once, or the number in the field `per` (a repeating group: its entries)."""
    if not per:
        return 1
    value = answers.get(per)
    if isinstance(value, list):
        return len(value)
    try:
        return max(0, int(value or 0))
    except (TypeError, ValueError):
        return 0
