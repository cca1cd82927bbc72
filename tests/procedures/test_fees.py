"""Fees: the most favourable rule, reductions, dates – and what must hold of any set of rules."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures import fees

DAY = dt.date(2026, 11, 23)


@dataclass(frozen=True)
class Rule:
    name: str = "Lệ phí"
    amount: int = 0
    kind: str = "charge"
    channel: str = ""
    condition: Any = None
    per: str = ""
    legal_basis: str = "NQ HĐND"
    reduction_percent: int = 0
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


POOR = {"field": "poor", "value": True}


def test_a_reduction_takes_its_share_off_the_price_of_its_name_alone() -> None:
    rules = [Rule(amount=50_000), Rule("Phí", 10_000, "fee"), Rule(reduction_percent=50, condition=POOR)]
    assert fees.total(rules, {"poor": False}, "direct").total == 60_000
    quote = fees.total(rules, {"poor": True}, "direct")
    assert [(line.full_amount, line.reduction, line.amount) for line in quote.lines] == [
        (50_000, 50, 25_000),
        (10_000, 0, 10_000),
    ]


def test_reductions_do_not_add_up_and_the_greatest_counts() -> None:
    rules = [
        Rule(amount=1001),
        Rule(reduction_percent=50),
        Rule(reduction_percent=30, channel="online"),
        Rule(reduction_percent=100, condition=POOR, legal_basis="Điều 5"),
    ]
    assert fees.total(rules, {}, "online").total == 500
    quote = fees.total(rules, {"poor": True}, "online")
    assert (quote.total, quote.lines[0].reduction_basis) == (0, "Điều 5")


def test_a_reduction_of_nothing_costs_nothing() -> None:
    assert fees.total([Rule(reduction_percent=50)], {}, "direct") == fees.FeeQuote()


@pytest.mark.parametrize(("on", "due"), [(DAY, 5), (DAY - dt.timedelta(1), 8), (DAY + dt.timedelta(1), 8), (None, 5)])
def test_a_rule_counts_within_its_days(on: dt.date | None, due: int) -> None:
    assert fees.total([Rule(amount=8), Rule(amount=5, valid_from=DAY, valid_to=DAY)], {}, "direct", on).total == due


days = st.none() | st.dates(DAY - dt.timedelta(5), DAY + dt.timedelta(5))
rules = st.builds(
    Rule,
    name=st.sampled_from("ab"),
    kind=st.sampled_from(["fee", "charge"]),
    amount=st.integers(0, 10**7),
    channel=st.sampled_from(["", "direct", "online", "post"]),
    condition=st.sampled_from([None, POOR, {"field": "n", "op": "gt", "value": 2}]),
    per=st.sampled_from(["", "n", "poor"]),
    legal_basis=st.sampled_from(["NQ 1", "NQ 2"]),
    reduction_percent=st.just(0) | st.integers(0, 100),
    valid_from=days,
    valid_to=days,
)
answers = st.fixed_dictionaries(
    {}, optional={"poor": st.booleans(), "n": st.integers(-3, 50) | st.text(max_size=2) | st.lists(st.just({}))}
)
asked = st.tuples(answers, st.sampled_from(["direct", "online", "post"]), days)


@given(st.lists(rules, max_size=8), asked)
def test_no_fee_is_negative_and_none_is_above_the_price_without_reductions(given: list[Rule], about: Any) -> None:
    quote = fees.total(given, *about)
    assert all(line.amount >= 0 for line in quote.lines)
    assert quote.total <= fees.total([rule for rule in given if not rule.reduction_percent], *about).total


@given(st.lists(rules, max_size=8), asked, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_changes_nothing(given: list[Rule], about: Any, chance: Any) -> None:
    shuffled = given[:]
    chance.shuffle(shuffled)
    first, second = (fees.total(one, *about).lines for one in (given, shuffled))
    assert sorted(first, key=repr) == sorted(second, key=repr)


@given(st.lists(rules, min_size=1, max_size=8), rules, asked)
def test_one_more_reduction_never_costs_more(given: list[Rule], more: Rule, about: Any) -> None:
    reduction = replace(more, reduction_percent=more.reduction_percent or 1)
    assert fees.total([*given, reduction], *about).total <= fees.total(given, *about).total
