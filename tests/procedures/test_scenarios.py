"""Scenarios: recorded once, replayed on a draft, and without anybody's data."""

from typing import Any

import pytest

from portal.floor.actor import SYSTEM
from procedures import calendars, publishing, scenarios
from procedures.forms import PublishForm
from procedures.models import AdministrativeUnit, Case, FeeRule, Form, ProcedureVersion, RequiredDocument, RouteStage
from tests import world as worlds
from tests.world import MONDAY, World

pytestmark = pytest.mark.django_db
ANSWERS = {"martyr_name": "Nguyễn Văn Long", "relation": "con", "kind": "new", "copies": 3}
MORE = [
    {"key": "kind", "type": "choice", "label": "Loại", "required": True,
     "options": [{"value": one, "label": one} for one in ("new", "again")]},
    {"key": "copies", "type": "number", "label": "Số bản", "min": 0, "max": 9},
    {"key": "home", "type": "address", "label": "Nơi ở"},
]  # fmt: skip


@pytest.fixture
def draft() -> ProcedureVersion:
    """A draft whose answers decide a paper and a fee."""
    calendars.forget()
    world: World = worlds.build()
    form = world.climbing.cases.get().form
    Form.objects.update(schema={"pages": [form.schema["pages"][0] | {"fields": [
        *form.schema["pages"][0]["fields"], *MORE]}]})  # fmt: skip
    case = world.climbing.cases.get()
    RequiredDocument.objects.create(
        case=case, key="giay-cu", name="Giấy cũ", condition={"field": "kind", "op": "eq", "value": "again"}
    )
    FeeRule.objects.create(case=case, name="Phí bản sao", amount=2000, per="copies")
    made = publishing.draft_version(world.climbing.procedure, by=SYSTEM, at=MONDAY)
    return whole(made)


def whole(version: ProcedureVersion) -> ProcedureVersion:
    found: ProcedureVersion = ProcedureVersion.objects.whole().get(pk=version.pk)
    return found


def recorded(version: ProcedureVersion, **answers: Any) -> Any:
    return scenarios.record(version, ANSWERS | answers, name="Mẫu", channel="online", at=MONDAY, made_by=None)


def test_a_scenario_expects_case_papers_fee_stages_and_due_date(draft: ProcedureVersion) -> None:
    expected = recorded(draft, kind="again").expected
    assert expected["papers"] == ["bang-tqgc", "don", "giay-cu"]
    assert (expected["case"], expected["total"], len(expected["stages"])) == ("chung", 6000, 7)
    assert expected["due"].startswith("2026-12-11T17:00")
    assert scenarios.replay(draft) == []


@pytest.mark.parametrize(
    ("change", "what", "expected", "found"),
    [
        (lambda: FeeRule.objects.update(amount=5000), "Phí, lệ phí", "6.000 đồng", "15.000 đồng"),
        (lambda: Case.objects.update(time_amount=25), "Ngày hẹn trả", "17:00 11/12/2026", "17:00 14/12/2026"),
        (lambda: RouteStage.objects.filter(key="xa-duyet").delete(), "Các bước", "xa-duyet", "xa-tham-dinh"),
        (lambda: RequiredDocument.objects.filter(key="bang-tqgc").delete(), "Giấy tờ", "bang-tqgc, don", "don"),
        (lambda: Case.objects.update(condition={"field": "kind", "op": "eq", "value": "again"}), "Kết quả",
         "chạy được", "không khớp với trường hợp nào"),
    ],
)  # fmt: skip
def test_a_draft_that_makes_something_else_of_it_is_told(
    draft: ProcedureVersion, change: Any, what: str, expected: str, found: str
) -> None:
    recorded(draft)
    change()
    told = [(one.what, one.expected, one.found) for one in scenarios.replay(whole(draft))]
    assert told[0][0] == what
    assert expected in told[0][1]
    assert found in told[0][2]


def test_the_same_name_again_replaces_the_scenario(draft: ProcedureVersion) -> None:
    recorded(draft)
    recorded(draft, copies=4)
    assert draft.procedure.scenarios.get().expected["total"] == 8000
    assert scenarios.name_for(draft.procedure, "", on=MONDAY.date()) == "Tình huống ngày 09/11/2026"


def test_only_choices_and_amounts_that_decide_are_kept_of_a_dossier(draft: ProcedureVersion) -> None:
    made = scenarios.anonymous(draft, ANSWERS)
    assert (made["kind"], made["copies"]) == ("new", 3)
    assert made["martyr_name"] != "Nguyễn Văn Long"
    assert "con" not in made.values()
    assert "copies" not in scenarios.anonymous(draft, {"kind": "new"}), "what was not answered stays unanswered"


def test_of_an_address_only_the_commune_that_decides_is_kept(draft: ProcedureVersion) -> None:
    above = None
    for code, level in (("26", "province"), ("246", "district"), ("08836", "commune")):
        above = AdministrativeUnit.objects.create(
            unit_set="2024", code=code, level=level, name=code, name_fold=code, sort_key=code, parent=above
        )
    home = {"unit_set": "2024", "province": "26", "district": "246", "commune": "08836", "detail": "số 5 ngõ 7",
            "text": "số 5 ngõ 7, xã Xuân Lôi"}  # fmt: skip
    assert scenarios.anonymous(draft, ANSWERS | {"home": home}).get("home", {}).get("detail") != "số 5 ngõ 7"
    RouteStage.objects.filter(key="xa-tham-dinh").update(agency_rule="address", agency_field="home")
    kept = scenarios.anonymous(whole(draft), ANSWERS | {"home": home})["home"]
    assert (kept["commune"], kept["detail"], kept["text"]) == ("08836", "", "")


def test_who_publishes_says_that_the_differences_were_seen() -> None:
    posted = {"number": "9/QĐ", **{f"effective_on_{n}": part for n, part in enumerate(("1", "12", "2026"))}}
    assert PublishForm(posted).is_valid(), "nothing comes out differently"
    assert list(PublishForm(posted, broken=True).errors) == ["seen"]
    assert PublishForm(posted | {"seen": "on"}, broken=True).is_valid()
