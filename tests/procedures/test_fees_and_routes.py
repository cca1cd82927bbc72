import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from procedures import fees, routewalk
from procedures.ruleset import RuleMistake, Rules


@dataclass
class Rule:
    name: str
    amount: int
    kind: str = "charge"
    channel: str = ""
    condition: Any = None
    per: str = ""
    legal_basis: str = "NQ HĐND"
    reduction_percent: int = 0
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def test_the_most_favourable_rule_that_applies_is_charged() -> None:
    rules = [Rule("Lệ phí", 50_000), Rule("Lệ phí", 25_000, channel="online"), Rule("Phí", 10_000, kind="fee")]
    assert fees.total(rules, {}, "direct").total == 60_000
    assert fees.total(rules, {}, "online").total == 35_000


def test_an_exemption_is_a_rule_with_a_condition_and_amount_nought() -> None:
    rules = [Rule("Lệ phí", 8_000), Rule("Lệ phí", 0, condition={"field": "poor", "value": "yes"})]
    assert fees.total(rules, {"poor": "yes"}, "direct").total == 0
    assert fees.total(rules, {"poor": "no"}, "direct").total == 8_000


@pytest.mark.parametrize(
    ("pages", "expected"), [(3, 6_000), ("4", 8_000), ([{}, {}], 4_000), ("", 0), ("x", 0), (-1, 0)]
)
def test_a_fee_per_unit_multiplies_by_the_answer(pages: object, expected: int) -> None:
    assert fees.total([Rule("Chứng thực", 2_000, per="pages")], {"pages": pages}, "direct").total == expected


def steps() -> list[routewalk.Step]:
    def step(key: str, hours: str, condition: Any = None) -> routewalk.Step:
        return routewalk.Step(
            key, key, "examine", "commune", "receiving", None, "specialist", Decimal(hours), condition
        )

    return [step("examine", "8"), step("visit", "16", {"field": "visit", "value": "yes"}), step("sign", "4.5")]


def test_a_stage_whose_condition_does_not_hold_is_skipped() -> None:
    assert [s.key for s in routewalk.walk(steps(), {})] == ["examine", "sign"]
    assert routewalk.total_hours(steps(), {}) == Decimal("12.5")
    assert routewalk.total_hours(steps(), {"visit": "yes"}) == Decimal("28.5")


def test_a_route_is_walked_from_its_start_to_its_end() -> None:
    first = routewalk.next_stage(steps(), {"visit": "yes"}, None)
    assert first
    assert first.key == "examine"
    second = routewalk.next_stage(steps(), {"visit": "yes"}, "examine")
    assert second
    assert second.key == "visit"
    assert routewalk.next_stage(steps(), {}, "sign") is None


def test_a_stage_that_is_not_on_the_route_is_refused() -> None:
    with pytest.raises(routewalk.UnknownStage):
        routewalk.next_stage(steps(), {}, "elsewhere")


@dataclass
class Profile:
    parameters: dict[str, Any] = field(default_factory=dict)
    code: str = "VN-TEST"


def test_a_profile_overrides_what_the_law_changed() -> None:
    rules = Rules.of(Profile({"next_day_after": "15:00", "intake_hours": 4, "form_numbers": {"receipt": "Mẫu số 01"}}))
    assert (rules.intake_hours, rules.supplement_days, str(rules.next_day_after)) == (4, 3, "15:00:00")
    assert rules.form_number("receipt") == "Mẫu số 01"
    assert rules.form_number("apology") == ""


@pytest.mark.parametrize("parameters", [{"intake_hour": 8}, {"intake_hours": "soon"}, {"next_day_after": "three"}])
def test_an_unknown_or_malformed_rule_stops_the_profile(parameters: dict[str, Any]) -> None:
    with pytest.raises(RuleMistake):
        Rules.of(Profile(parameters))
