"""Engine and linter held to one another: a route that the linter passes takes every dossier to its end."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dossiers import intake, processing, routing
from dossiers.models import Dossier
from dossiers.states import Status
from portal.floor.actor import SYSTEM, Actor, Seat
from procedures import desks, linting, routewalk
from procedures.eforms import addresses
from procedures.models import (
    AdministrativeUnit,
    Agency,
    Case,
    Department,
    Form,
    Position,
    ProcedureAgency,
    ProcedureVersion,
    RequiredDocument,
    Role,
    Route,
    RouteStage,
    StageConsultation,
    UnitSuccession,
)
from procedures.ruleset import Rules
from tests import world as worlds
from tests.dossiers.conftest import applicant_of
from tests.world import MONDAY, World

FIELDS = [
    {"key": "kind", "type": "choice", "label": "Loại", "required": True,
     "options": [{"value": one, "label": one} for one in ("a", "b", "c")]},
    {"key": "urgent", "type": "yes_no", "label": "Gấp", "condition": {"field": "kind", "op": "ne", "value": "c"}},
    {"key": "copies", "type": "number", "label": "Số bản", "min": 0, "max": 6},
    {"key": "home", "type": "address", "label": "Nơi ở", "required": True},
]  # fmt: skip
HERE = {"unit_set": "2024", "province": "26", "district": "246", "commune": "08836", "detail": ""}
ELSEWHERE = HERE | {"commune": "08837"}
Plan = tuple[str, str, str, str, dict[str, Any] | None]


@pytest.fixture
def place(world: World) -> Iterator[World]:
    """The world with units: the commune of the agency, and one that no agency of ours serves."""
    addresses.forget()
    above = None
    for code, level in (("26", "province"), ("246", "district"), ("08836", "commune"), ("08837", "commune")):
        parent = above if level != "commune" else AdministrativeUnit.objects.get(code="246")
        above = AdministrativeUnit.objects.create(
            unit_set="2024", code=code, level=level, name=code, name_fold=code, sort_key=code, parent=parent
        )
    Agency.objects.filter(level="commune").update(unit=AdministrativeUnit.objects.get(code="08836"))
    yield world
    addresses.forget()


def leaf(draw: Any) -> dict[str, Any]:
    key, op, value = draw(
        st.one_of(
            st.tuples(st.just("kind"), st.sampled_from(["eq", "ne"]), st.sampled_from("abc")),
            st.tuples(st.just("urgent"), st.sampled_from(["eq", "ne"]), st.booleans()),
            st.tuples(st.just("copies"), st.sampled_from(["lt", "ge", "eq", "gt"]), st.integers(0, 6)),
            st.tuples(st.just("home.commune"), st.sampled_from(["eq", "ne"]), st.sampled_from(["08836", "08837"])),
            st.tuples(st.sampled_from(["urgent", "copies"]), st.sampled_from(["filled", "empty"]), st.none()),
        )
    )
    return {"field": key, "op": op} | ({} if value is None else {"value": value})


@st.composite
def conditions(draw: Any) -> dict[str, Any] | None:
    how = draw(st.sampled_from(["none", "none", "none", "one", "all", "any", "not"]))
    if how == "none":
        return None
    if how in ("all", "any"):
        return {how: [leaf(draw), leaf(draw)]}
    return {"not": leaf(draw)} if how == "not" else leaf(draw)


@st.composite
def plans(draw: Any) -> list[Plan]:
    """Routes as people draw them: mostly sensible, then one or two things changed."""
    rules = st.sampled_from(["receiving", "competent", "same", "parent", "named", "address"])
    before = draw(st.lists(st.tuples(st.sampled_from(["examine", "approve"]), rules, conditions()), max_size=3))
    plan: list[Plan] = [("examine", "receiving", "specialist", "commune", None)]
    plan += [(kind, rule, draw(st.sampled_from(["specialist", "leader"])), "", when) for kind, rule, when in before]
    turn = draw(conditions())
    plan.append(("sign", draw(rules), "leader", "", turn))
    if turn:
        plan.append(("sign", draw(rules), "leader", "", {"not": turn}))
    if draw(st.booleans()):
        plan.append(("seal", "same", "records_clerk", "", draw(conditions())))
    for _n in range(draw(st.integers(0, 2))):
        kind, rule, role, level, when = plan.pop(draw(st.integers(0, len(plan) - 1)))
        if draw(st.booleans()):
            role = draw(st.sampled_from(["specialist", "leader", "records_clerk", "receiver"]))
        plan.insert(draw(st.integers(0, len(plan))), (kind, rule, role, level, when))
    return plan


ANSWERS = st.fixed_dictionaries(
    {"kind": st.sampled_from("abc"), "home": st.sampled_from([HERE, ELSEWHERE])},
    optional={"urgent": st.booleans(), "copies": st.integers(0, 6)},
)


def build(world: World, plan: list[Plan]) -> ProcedureVersion:
    """A published version with that route; levels are put as the agency rules make them."""
    version = worlds.procedure("9.000001", "Thủ tục thử", "Thử", "commune", legal_basis=["Luật"])
    commune, province = world.agencies["commune"], world.agencies["province"]
    ProcedureAgency.objects.create(procedure=version.procedure, agency=commune)
    ProcedureAgency.objects.create(procedure=version.procedure, agency=province, receives=False, competent=True)
    form = Form.objects.create(code="THU", name="Thử", schema={"pages": [{"key": "a", "title": "A", "fields": FIELDS}]})
    case = Case.objects.create(version=version, form=form, time_amount=90, result_name="Giấy", result_symbol="GT")
    RequiredDocument.objects.create(case=case, key="don", name="Đơn", is_form=True)
    route, level = Route.objects.create(case=case), "commune"
    for order, (kind, rule, role, _level, when) in enumerate(plan, 1):
        above = {"commune": "district"}.get(level, "province")
        level = {"receiving": "commune", "address": "commune", "same": level, "parent": above}.get(rule, "province")
        RouteStage.objects.create(
            route=route, key=f"b{order}", order=order, name=f"Bước {order}", kind=kind, level=level, agency_rule=rule,
            agency=province if rule == "named" else None, agency_field="home" if rule == "address" else "", role=role,
            hours=Decimal(8), condition=when,
        )  # fmt: skip
    return version


def everybody(world: World) -> Actor:
    """An officer with every seat there is: what stops this one stops everybody."""
    agencies = list(Agency.objects.all())
    seats = tuple(Seat(0, one.pk, role.value, role.label) for one in agencies for role in Role)
    return Actor(kind="officer", user_id=world.users["khanh"].pk, name="Mọi người", seats=seats)


def to_the_end(world: World, version: ProcedureVersion, answers: Mapping[str, Any]) -> Dossier:
    """File, receive, and do at each desk what its stage asks for; MoveRefused or NoWay come through."""
    by, at, citizen = everybody(world), MONDAY, world.actor("an")
    draft = intake.start(version, by=citizen, at=at, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=at, answers=answers, delivery={"mode": "desk"})
    dossier = intake.submit(draft, by=citizen, at=at, applicant=applicant_of(world))
    intake.receive(dossier, by=by, at=at)
    for _n in range(12):
        at += dt.timedelta(minutes=1)
        if dossier.status == Status.RESOLVED:
            break
        step(dossier, by=by, at=at)
    return dossier


def step(dossier: Dossier, *, by: Actor, at: dt.datetime) -> None:
    if dossier.stage_kind in ("sign", "seal"):
        act, purpose = (processing.decide, "person") if dossier.stage_kind == "sign" else (processing.seal, "seal")
        result = act(dossier, by=by, at=at)
        result.dossier = dossier
        processing.attach_signed_result(result, purpose=purpose, document_id=uuid.uuid4(), by=SYSTEM, at=at)
        return
    if dossier.holder_role == Role.SPECIALIST:
        processing.draft_result(dossier, by=by, at=at, kind="approval", text={})
    stage = dossier.stages.get(closed_at=None)
    desk = routing.next_desk(dossier, after=stage.route_key, agency_id=stage.agency_id)
    onwards = processing.propose if desk and desk.step.kind == "sign" else processing.forward
    onwards(dossier, by=by, at=at)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans(), many=st.lists(ANSWERS, min_size=2, max_size=2))
def test_the_linter_never_passes_a_route_the_engine_cannot_finish(
    place: World, plan: list[Plan], many: list[dict[str, Any]]
) -> None:
    with transaction.atomic():
        version = ProcedureVersion.objects.whole().get(pk=build(place, plan).pk)
        found = linting.defects(version)
        event("refused" if found else "passed")
        for answers in [] if found else many:
            if answers["kind"] == "c":
                answers.pop("urgent", None)
            assert to_the_end(place, version, answers).status == Status.RESOLVED
        transaction.set_rollback(True)


def test_the_route_says_whom_its_stages_ask_and_in_which_order(place: World) -> None:
    version = build(place, [("examine", "receiving", "specialist", "", None), ("sign", "same", "leader", "", None)])
    stage = RouteStage.objects.get(route__case__version=version, key="b1")
    for level in ("province", "district"):
        StageConsultation.objects.create(stage=stage, agency=place.agencies[level], question="?", hours=8)
    dossier = to_be_examined(place, version)
    asked = [one.agency.level for one in routing.consultations_of(dossier, "b1")]
    assert asked == ["province", "district"]
    assert routing.consultations_of(dossier, "b2") == []
    assert [row.agency.level for row in dossier.consultations.order_by("pk")] == asked


def to_be_examined(world: World, version: ProcedureVersion) -> Dossier:
    """Filed and received, at the first desk of its route."""
    by, citizen = everybody(world), world.actor("an")
    draft = intake.start(version, by=citizen, at=MONDAY, agency=world.agencies["commune"], rules=Rules())
    answers = {"kind": "c", "home": HERE}
    intake.save_draft(draft, at=MONDAY, answers=answers, delivery={"mode": "desk"})
    dossier = intake.submit(draft, by=citizen, at=MONDAY, applicant=applicant_of(world))
    return intake.receive(dossier, by=by, at=MONDAY)


def step_of(rule: str, **more: Any) -> routewalk.Step:
    values = {"agency_id": None, "agency_field": "home"} | more
    return routewalk.Step("b", "Bước", "examine", "commune", rule, role="specialist", hours=Decimal(1), **values)


def test_the_commune_of_the_address_holds_the_stage(place: World) -> None:
    commune, province = place.agencies["commune"], place.agencies["province"]
    places = desks.Places(province.pk, province.pk)

    def held_by(answers: Mapping[str, Any]) -> int:
        return desks.agency_of(step_of("address"), answers, here=province.pk, places=places)

    assert held_by({"home": HERE}) == commune.pk
    assert held_by({"home": ELSEWHERE}) == province.pk, "nobody of ours: the competent agency"
    assert held_by({}) == province.pk
    assert held_by({"home": "một dòng chữ"}) == province.pk
    old = AdministrativeUnit.objects.get(code="08837")
    UnitSuccession.objects.create(old=old, new=AdministrativeUnit.objects.get(code="08836"))
    assert held_by({"home": ELSEWHERE}) == commune.pk, "the commune that took over the old one"


def test_a_stage_of_a_department_goes_to_its_only_officer_at_once(place: World) -> None:
    province = place.agencies["province"]
    department = Department.objects.create(agency=province, code="ncc", name="Phòng Người có công")
    step = step_of("named", agency_id=province.pk, department_id=department.pk)
    assert desks.sole_officer(step, province.pk, on=MONDAY.date()) is None
    Position.objects.filter(pk=place.positions["khanh"].pk).update(department=department)
    assert desks.sole_officer(step, province.pk, on=MONDAY.date()) == place.positions["khanh"].pk


def test_without_an_agency_above_the_way_ends_with_words(place: World) -> None:
    province = place.agencies["province"]
    with pytest.raises(routing.NoWay, match="cần cơ quan cấp trên"):
        desks.agency_of(step_of("parent"), {}, here=province.pk, places=desks.Places(province.pk, province.pk))
