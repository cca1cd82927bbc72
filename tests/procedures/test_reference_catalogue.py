"""Every shipped procedure, form, template, agency list and rule profile is whole and refers only to what exists."""

import csv
import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

import pytest

from portal.floor.typesetting import typeset
from procedures import conditions
from procedures.eforms import check, clean_answers
from procedures.eforms.kinds import Setting
from procedures.eforms.reading import printed
from procedures.ruleset import Rules
from tests.procedures.reference import (
    AGENCIES,
    CATALOGUE,
    FORMS,
    ROOT,
    cases,
    form_fields,
    sample_answers,
    two_tier,
)

MUST_BE_COMPLETE = set(
    "1.001193 1.000894 2.000815 1.010803 1.004873 2.000635 1.000656 "
    "1.001022 1.001776 1.001699 1.013225 2.000720 3.000333 2.002481".split()
)
EVERY = sorted(CATALOGUE)
COMPLETE = [code for code in EVERY if all(case.get("route") for case in CATALOGUE[code]["cases"])]
LEVELS = {"province", "district", "commune"}
WORDS_OF_AGENCIES = {"receiving", *LEVELS}


def routes(procedure: dict[str, Any]) -> list[dict[str, Any]]:
    return [case["route"] for case in procedure["cases"] if case.get("route")]


def test_there_are_sixty_procedures_on_three_levels_and_twelve_complete() -> None:
    assert len(EVERY) >= 60
    assert {procedure["level"] for procedure in CATALOGUE.values()} == LEVELS
    assert set(COMPLETE) >= MUST_BE_COMPLETE
    assert len(COMPLETE) >= 12


@pytest.mark.parametrize("code", EVERY)
def test_the_file_is_named_for_its_code_and_its_life_events_exist(code: str) -> None:
    procedure = CATALOGUE[code]
    events = {event["slug"] for event in json.loads((ROOT / "life-events.json").read_text("utf-8"))}
    assert procedure["code"] == code
    assert re.fullmatch(r"\d\.\d{6}", code)
    assert set(procedure["life_events"]) <= events
    assert re.fullmatch(r"[A-Z]\d{2}-[A-Z0-9]+", procedure["field"]["code"])


def test_a_field_has_one_code_one_name_and_one_slug() -> None:
    fields = {tuple(procedure["field"].values()) for procedure in CATALOGUE.values()}
    for position in range(3):
        values = [field[position] for field in fields]
        assert len(values) == len(set(values)), sorted(values)


@pytest.mark.parametrize("code", COMPLETE)
def test_the_eight_parts_of_decree_63_are_there(code: str) -> None:
    procedure = CATALOGUE[code]
    for part in ("name", "steps", "channels", "audience", "competent", "legal_basis"):
        assert procedure[part], part
    assert procedure["dossier_sets"] >= 1
    assert all(case["documents"] and case["time"]["amount"] and case["result"]["name"] for case in procedure["cases"])


@pytest.mark.parametrize("code", EVERY)
def test_a_partly_online_procedure_says_why_and_a_fully_online_one_has_a_form(code: str) -> None:
    procedure = CATALOGUE[code]
    assert bool(procedure["partial_reason"]) == (procedure["online_scope"] == "partial")
    if procedure["online_scope"] == "full":
        assert "online" in procedure["channels"]
        assert code in COMPLETE


@pytest.mark.parametrize("code", COMPLETE)
@pytest.mark.parametrize("era", ["three tiers", "two tiers"])
def test_the_hours_of_the_route_add_up_to_the_time_limit(code: str, era: str) -> None:
    procedure = CATALOGUE[code] if era == "three tiers" else two_tier(CATALOGUE[code])
    for case in procedure["cases"]:
        hours = sum(Decimal(str(stage["hours"])) for stage in case["route"]["stages"])
        unit, amount = case["time"]["unit"], case["time"]["amount"]
        if unit == "day":
            assert 0 < hours <= amount * 8 * 5 / 7
        else:
            assert hours == {"working_day": 8, "same_day": 8, "working_hour": 1}[unit] * amount
        assert case["time"]["legal_amount"] >= amount


@pytest.mark.parametrize("code", COMPLETE)
@pytest.mark.parametrize(("era", "tier"), [("three tiers", "vinh-phuc"), ("two tiers", "two-tier")])
def test_a_route_examines_signs_and_seals_with_officers_who_exist_at_each_level(code: str, era: str, tier: str) -> None:
    procedure = CATALOGUE[code] if era == "three tiers" else two_tier(CATALOGUE[code])
    province = AGENCIES[tier]
    tiers, agencies = set(province["profile"]["tiers"]), {agency["code"]: agency for agency in province["agencies"]}
    assert procedure["level"] in tiers
    for route in routes(procedure):
        stages = route["stages"]
        assert len({stage["key"] for stage in stages}) == len(stages)
        assert [stage["kind"] for stage in stages][-2:] == ["sign", "seal"]
        assert stages[0]["kind"] == "examine"
        assert stages[0]["agency_rule"] in {"receiving", "competent", "address"}
        for stage in stages:
            assert stage["level"] in tiers
            assert (stage["agency_rule"] == "named") == ("agency" in stage)
            if "agency" in stage:
                assert agencies[stage["agency"]]["level"] == stage["level"]


@pytest.mark.parametrize("code", EVERY)
@pytest.mark.parametrize(("era", "tier"), [("three tiers", "vinh-phuc"), ("two tiers", "two-tier")])
def test_the_receiving_and_competent_agencies_exist(code: str, era: str, tier: str) -> None:
    procedure = CATALOGUE[code] if era == "three tiers" else two_tier(CATALOGUE[code])
    codes = {agency["code"] for agency in AGENCIES[tier]["agencies"]}
    for named in procedure["agencies"].values():
        assert named in WORDS_OF_AGENCIES if isinstance(named, str) else set(named) <= codes, named
    if isinstance(procedure["agencies"]["receives"], str):
        assert procedure["agencies"]["receives"] in AGENCIES[tier]["profile"]["tiers"]


@pytest.mark.parametrize("code", EVERY)
def test_papers_fees_and_conditions_ask_only_about_fields_of_the_form(code: str) -> None:
    for case in CATALOGUE[code]["cases"]:
        known = {field["key"] for field in form_fields(case["form"])} if case.get("form") else set()
        keys = [document["key"] for document in case["documents"]]
        assert len(keys) == len(set(keys))
        trees = [case.get("condition")] + [row.get("condition") for row in case["documents"] + case["fees"]]
        trees += [stage.get("condition") for stage in (case.get("route") or {"stages": []})["stages"]]
        for tree in trees:
            conditions.check(tree)
            assert set(conditions.fields(tree)) <= known
        assert {row["per"] for row in case["fees"] if row.get("per")} <= known


@pytest.mark.parametrize("code", sorted(FORMS))
def test_a_form_can_be_filled_in_and_is_used(code: str) -> None:
    check(FORMS[code]["schema"])
    assert FORMS[code]["code"] == code
    assert any(case.get("form") == code for _, case in cases())
    assert all(len(page["fields"]) <= 7 for page in FORMS[code]["schema"]["pages"])


@pytest.mark.parametrize("code", sorted(FORMS))
@pytest.mark.usefixtures("units")
def test_believable_answers_pass_the_checks_of_the_form(code: str) -> None:
    given = sample_answers(code)
    found = clean_answers(FORMS[code]["schema"], given, setting=Setting(today=dt.date(2026, 11, 23), province="26"))
    assert given.items() <= found.items()


def test_the_first_case_that_holds_is_the_only_one_that_holds() -> None:
    for procedure, case in cases():
        if case.get("condition"):
            answers = sample_answers(case["form"])
            chosen = [one["key"] for one in procedure["cases"] if conditions.holds(one.get("condition"), answers)]
            assert len(chosen) == 1, procedure["code"]


@pytest.mark.parametrize("era", ["vinh-phuc", "two-tier"])
def test_agencies_have_known_parents_and_officers_known_agencies(era: str) -> None:
    province = AGENCIES[era]
    codes = [agency["code"] for agency in province["agencies"]]
    assert len(codes) == len(set(codes))
    shape = {"qcvn102": r"\d{3}\.\d{2}\.\d{2}\.H\d{2}", "qd20": r"H\d{2}(\.\d{2})?"}
    for position, agency in enumerate(province["agencies"]):
        assert re.fullmatch(shape[agency["scheme"]], agency["code"])
        assert agency["scheme"] == province["profile"]["code_scheme"]
        assert agency["parent"] is None if position == 0 else agency["parent"] in codes[:position]
    assert {officer["agency"] for officer in province["positions"]} <= set(codes)
    seats = [(officer["username"], officer["agency"], officer["role"]) for officer in province["positions"]]
    assert len(seats) == len(set(seats))


@pytest.mark.parametrize("era", ["vinh-phuc", "two-tier"])
def test_agencies_stand_on_units_of_their_set(era: str) -> None:
    province = AGENCIES[era]
    with (ROOT / f"units-{province['profile']['unit_set']}.csv").open(encoding="utf-8", newline="") as file:
        units = {row["code"]: row for row in csv.DictReader(file)}
    assert province["profile"]["unit_code"] in units
    for agency in province["agencies"]:
        assert units[agency["unit"]]["level"] == agency["level"]
        if agency["level"] == "commune":
            assert units[agency["unit"]]["name"].casefold() in agency["name"].casefold()


def test_rule_profiles_are_read_and_number_the_forms_of_their_time() -> None:
    profiles = {path.stem: json.loads(path.read_text("utf-8")) for path in (ROOT / "rules").glob("*.json")}
    rules = {code: Rules.of(type("Profile", (), profile)()) for code, profile in profiles.items()}
    assert set(rules) == {"VN-2018", "VN-2022", "VN-2025", "VN-2026-07"}
    assert rules["VN-2018"].form_number("control_slip") == "Mẫu 05"
    assert rules["VN-2018"].form_number("stop_notice") == ""
    assert rules["VN-2025"].form_number("control_slip") == "Mẫu 06"


TEMPLATES = {
    case["result"]["template"]: (procedure, case) for procedure, case in cases() if case["result"].get("template")
}


def paper_data(procedure: dict[str, Any], case: dict[str, Any], **text: str) -> dict[str, Any]:
    answers = sample_answers(case["form"])
    return {
        "number": f"123/{case['result']['symbol']}-UBND",
        "date": "2026-11-23",
        "agency": {"name": "Ủy ban nhân dân xã Xuân Lôi", "symbol": "UBND", "place": "Xuân Lôi", "parent_name": ""},
        "signer": {"capacity": "TM. ỦY BAN NHÂN DÂN", "title": "Chủ tịch", "name": "Lê Tiến Dũng"},
        "dossier": {"code": "000.21.05.H62-261123-0001", "accepted_on": "2026-11-23", "submitted_on": "2026-11-22"},
        "procedure": {"code": procedure["code"], "name": procedure["name"]},
        "applicant": {
            "name": "Nguyễn Thị An",
            "personal_id": "026190001234",
            "birth_on": "1990-03-12",
            "address": "thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc",
            "phone": "0912345678",
        },
        "answers": printed(FORMS[case["form"]]["schema"], answers),
        "answers_raw": answers,
        "stage_notes": [],
        "text": text,
        "verify_url": "https://motcua.example/kiem-tra/000.21.05.H62-261123-0001",
    }


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_result_is_typeset_from_the_answers_of_its_own_form(template: str) -> None:
    procedure, case = TEMPLATES[template]
    source = (ROOT / "results" / template).read_text(encoding="utf-8")
    known = {field["key"] for one in TEMPLATES_FORMS[template] for field in form_fields(one)}
    asked = set(re.findall(r'answer\("(\w+)"', source)) | set(re.findall(r'"answers_raw\.(\w+)', source))
    assert asked <= known
    assert typeset(source, paper_data(procedure, case)).startswith(b"%PDF-1.")


def test_the_refusal_is_typeset_with_its_reason() -> None:
    procedure, case = TEMPLATES["giay-khai-sinh.typ"]
    source = (ROOT / "results" / "refusal.typ").read_text(encoding="utf-8")
    assert typeset(source, paper_data(procedure, case, reason="Không thuộc thẩm quyền.")).startswith(b"%PDF-1.")
    assert all(case["result"]["refusal_template"] == "refusal.typ" for _, case in cases() if case.get("route"))


TEMPLATES_FORMS = {
    name: {case["form"] for _, case in cases() if case["result"].get("template") == name} for name in TEMPLATES
}
