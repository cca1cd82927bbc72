"""What a case costs. Rules of the same name are alternatives: the applicant pays the most favourable that applies.

A rule with a reduction takes a share off the price that the other rules of its name set; 100 % is an exemption.
Amounts are whole đồng. Law: NQ 66.22/2026/NQ-CP (most favourable rule), resolutions of the provincial council.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
    def reduction_percent(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def condition(self) -> Any: ...
    @property
    def per(self) -> str: ...
    @property
    def legal_basis(self) -> str: ...
    @property
    def valid_from(self) -> dt.date | None: ...
    @property
    def valid_to(self) -> dt.date | None: ...


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One price: `unit_amount` đồng, `quantity` times, less `reduction` percent that `reduction_basis` grants."""

    kind: str
    name: str
    unit_amount: int
    quantity: int
    legal_basis: str
    reduction: int = 0
    reduction_basis: str = ""

    @property
    def full_amount(self) -> int:
        """Before the reduction."""
        return self.unit_amount * self.quantity

    @property
    def amount(self) -> int:
        """To be paid; the fraction of a đồng is the applicant's."""
        return self.full_amount * (100 - self.reduction) // 100


@dataclass(frozen=True, slots=True)
class FeeQuote:
    lines: tuple[FeeLine, ...] = ()

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


def total(rules: Iterable[Rule], answers: Mapping[str, Any], channel: str, on: dt.date | None = None) -> FeeQuote:
    """The quote for one dossier filed through `channel` (direct, online, post) on that day; no day: all rules count.

    Of equally favourable rules the one whose basis comes first by letter is quoted, whatever the order of the rules.
    Raises ConditionMistake.
    """
    best: dict[tuple[str, str], FeeLine] = {}
    reductions: list[Rule] = []
    for rule in rules:
        if not _applies(rule, answers, channel, on):
            continue
        if rule.reduction_percent:
            reductions.append(rule)
            continue
        line = FeeLine(rule.kind, rule.name, max(0, rule.amount), _quantity(rule.per, answers), rule.legal_basis)
        known = best.get((rule.kind, rule.name))
        if known is None or _costs(line) < _costs(known):
            best[rule.kind, rule.name] = line
    for rule in sorted(reductions, key=lambda rule: (-rule.reduction_percent, rule.legal_basis)):
        line_of_name = best.get((rule.kind, rule.name))
        if line_of_name and not line_of_name.reduction:
            share, basis = min(rule.reduction_percent, 100), rule.legal_basis
            best[rule.kind, rule.name] = replace(line_of_name, reduction=share, reduction_basis=basis)
    return FeeQuote(tuple(best.values()))


def _applies(rule: Rule, answers: Mapping[str, Any], channel: str, on: dt.date | None) -> bool:
    if rule.channel and rule.channel != channel:
        return False
    if on and not (rule.valid_from or on) <= on <= (rule.valid_to or on):
        return False
    return holds(rule.condition, answers)


def _costs(line: FeeLine) -> tuple[int, int, str]:
    return line.full_amount, line.unit_amount, line.legal_basis


def _quantity(per: str, answers: Mapping[str, Any]) -> int:
    """How often the amount is due: once, or the number in the field `per` (a repeating group: its entries)."""
    if not per:
        return 1
    value = answers.get(per)
    if isinstance(value, list):
        return len(value)
    try:
        return max(0, int(value or 0))
    except (TypeError, ValueError, OverflowError):
        return 0
