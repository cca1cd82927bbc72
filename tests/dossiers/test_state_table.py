"""Who may do what to a dossier: every status × move × role, at every place, given to whomever, also in another's stead.

The table below is written by hand from the law and the way of the house, not from the product's own.
"""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dossiers import access, lifecycle
from dossiers.models import Consultation, Dossier, Result, Stage
from dossiers.refusals import MoveRefused
from dossiers.states import MOVES, Status
from portal.floor.actor import Actor, Seat
from procedures.models import Agency, Role
from tests.world import MONDAY, World

# Where: `desk` – the desk that holds it, in that role, given to nobody else; `house` – anybody of these roles in the
# agency that holds it; `counter` – where it was received; `before` – the desk it came from; `asked` – an agency that
# was asked for its opinion; `issuer` – the agency whose result it is; `above` – operators of the agency or of the
# province; `-` – no officer. `signs`: only with one's own hand, never for a holder on leave.
TABLE = """
submit               |                     | -       |                                                      | citizen
receive              | 1                   | desk    | receiver                                             |
release              | 1 7                 | -       |                                                      | system
refuse               | 1                   | desk    | receiver                                             |
request_supplement   | 1 4                 | desk    | receiver specialist                                  |
supply               | 5                   | counter | receiver                                             | citizen
request_withdrawal   | 1 2 4 5 6           | -       |                                                      | citizen
accept_withdrawal    | 7                   | desk    | receiver specialist leader records_clerk             |
decline_withdrawal   | 7                   | desk    | receiver specialist leader records_clerk             |
assign               | 1 4                 | house   | receiver specialist leader records_clerk             |
draft_result         | 4                   | desk    | specialist                                           |
forward              | 4                   | desk    | specialist leader                                    |
propose              | 4                   | desk    | specialist leader                                    |
rework               | 4                   | desk    | leader records_clerk                                 |
decide               | 4                   | desk    | leader                                               | signs
sign_again           | 4                   | desk    | leader records_clerk                                 | signs
attach_signed_result | 4                   | -       |                                                      | system
pause                | 4                   | desk    | specialist leader                                    |
resume               | 4 6                 | desk    | specialist leader                                    |
extend               | 4                   | house   | leader                                               | signs
stop                 | 4 5 6               | house   | leader                                               | signs
seal                 | 4                   | desk    | records_clerk                                        |
request_more         | 4                   | house   | leader                                               |
recall               | 4                   | before  | specialist leader                                    |
hand_over            | 4                   | desk    | specialist leader                                    |
dispatch             | 1 2 4 5 6 7 9       | above   | operator                                             | system
confirm_handover     | 4                   | desk    | specialist leader records_clerk                      |
consult              | 4                   | desk    | specialist leader                                    |
cancel_consultation  | 4                   | desk    | specialist leader                                    |
answer_consultation  | 1 2 4 5 6 7 9       | asked   | specialist leader                                    |
arrange_verification | 4                   | desk    | specialist leader                                    |
record_verification  | 4                   | desk    | specialist leader                                    |
instruct             | 1 2 4 5 6 7 9       | house   | leader                                               |
explain_delay        | 1 2 4 5 6 7 9       | house   | receiver specialist leader records_clerk returner    |
note_contact         | 1 2 4 5 6 7 9       | house   | receiver specialist leader returner                  |
digitise             | 1 2 3 4 5 6 7 8 9 10 | counter | receiver                                            |
reuse                | 1 2 3 4 5 6 7 8 9 10 | counter | receiver                                            |
resolve_at_once      | 4                   | counter | receiver                                             |
hand_out             | 9                   | desk    | returner receiver                                    |
collect_online       | 9                   | -       |                                                      | citizen
post                 | 9                   | desk    | returner                                             |
confirm_delivered    | 9                   | -       |                                                      | system
delivery_failed      | 9                   | -       |                                                      | system
shelve               | 9                   | house   | returner                                             |
give_back            | 2 3 4 5 6 7 8 9 10  | counter | receiver returner                                    |
correct_result       | 9 10                | issuer  | leader                                               |
archive              | 3 8 10              | counter | receiver returner                                    |
"""
PLACES = ("holder", "receiving", "before", "asked", "issuer", "stranger")
DESKS = ("receiver", "specialist", "leader", "records_clerk", "returner")
OFFICES = {"counter": {"receiving"}, "before": {"before"}, "asked": {"asked"}, "issuer": {"issuer"},
           "above": {"holder", "issuer"}, "desk": {"holder"}, "house": {"holder"}, "-": set[str]()}  # fmt: skip
OWN, COLLEAGUE = 71, 72


@dataclass(frozen=True)
class Rule:
    """One line of the table."""

    statuses: frozenset[int]
    where: str
    roles: frozenset[str]
    rest: frozenset[str]  # signs, and the kinds of actors that are no officers

    def allows(self, case: "Case") -> bool:
        if case.status not in self.statuses:
            return False
        if case.kind != "officer":
            return case.kind in self.rest
        if case.role not in self.roles or case.place not in OFFICES[self.where]:
            return False
        if case.substitute and "signs" in self.rest:
            return False
        return self.where != "desk" or (case.role == case.holder_role and case.assignee in (None, OWN))


@dataclass(frozen=True)
class Case:
    """One actor before one dossier."""

    status: int
    kind: str
    role: str = ""
    place: str = ""
    holder_role: str = "specialist"
    assignee: int | None = None
    substitute: bool = False


def _rules() -> dict[str, Rule]:
    rules = {}
    for line in TABLE.strip().splitlines():
        name, statuses, where, roles, rest = (part.strip() for part in line.split("|"))
        rules[name] = Rule(
            frozenset(map(int, statuses.split())), where, frozenset(roles.split()), frozenset(rest.split())
        )
    return rules


RULES = _rules()


def cases() -> Iterator[Case]:
    """Every combination."""
    for status in map(int, Status):
        for kind in ("citizen", "system", "device", "partner"):
            yield Case(status, kind)
        for role, place, desk, assignee, substitute in itertools.product(
            Role.values, PLACES, DESKS, (None, OWN, COLLEAGUE), (False, True)
        ):
            yield Case(status, "officer", role, place, desk, assignee, substitute)


@pytest.fixture
def agencies(world: World) -> dict[str, int]:
    """Six agencies, each with another part in the dossier."""
    found = {"holder": world.agencies["district"].pk, "receiving": world.agencies["commune"].pk}
    for number, place in enumerate(("before", "asked", "stranger")):
        row = Agency.objects.create(code=f"00{number}.99.05.H62", scheme="qcvn102", name=place, level="district")
        found[place] = row.pk
    return found | {"issuer": world.agencies["province"].pk}


@pytest.fixture
def dossier(world: World, received: Dossier, agencies: dict[str, int]) -> Dossier:
    """Received at the commune, come from `before`, held by the district, asked about, with a result of the province."""
    stage = received.stages.get()
    stages = Stage.objects.filter(pk=stage.pk)
    stages.update(agency_id=agencies["before"], closed_at=MONDAY)
    hour = dt.timedelta(hours=1)
    Consultation.objects.create(
        dossier=received, stage=stage, agency_id=agencies["asked"], question="?", asked_at=MONDAY, asked_by="",
        due_at=MONDAY + 9 * hour, soon_at=MONDAY + hour,
    )  # fmt: skip
    Result.objects.create(
        dossier=received, kind="approval", text={}, drafted_at=MONDAY, drafted_by="", verify_code="x",
        issued_at=MONDAY, sealing_agency_id=agencies["issuer"],
    )  # fmt: skip
    received.holder_agency_id = agencies["holder"]
    return received


def placed(case: Case, dossier: Dossier) -> None:
    """Puts the dossier where the case has it."""
    dossier.status, dossier.holder_role, dossier.assignee_id = case.status, case.holder_role, case.assignee


def actor_of(case: Case, agencies: dict[str, int]) -> Actor:
    if case.kind != "officer":
        return Actor(kind=case.kind)  # type: ignore[arg-type]
    stands_in = "Lê Tiến Dũng" if case.substitute else ""
    return Actor("officer", seats=(Seat(OWN, agencies[case.place], case.role, "", stands_in_for=stands_in),))


def test_the_table_knows_every_move() -> None:
    assert list(RULES) == list(MOVES)


def test_status_transition_table_complete(dossier: Dossier, agencies: dict[str, int]) -> None:
    """Who may do what, in every status: fourteen thousand cases, each before all moves."""
    wrong, number = [], 0
    for case in cases():
        placed(case, dossier)
        actor = actor_of(case, agencies)
        for name, rule in RULES.items():
            number += 1
            if access.may(dossier, name, actor) != rule.allows(case):
                wrong.append((name, case))
    assert not wrong, (len(wrong), wrong[:3])
    assert number > 600_000


def test_a_refusal_names_the_state_or_the_desk(dossier: Dossier, agencies: dict[str, int]) -> None:
    for name, status in itertools.product(MOVES, Status):
        case, lawful = Case(int(status), "officer", "cashier", "stranger"), MOVES[name]
        placed(case, dossier)
        with pytest.raises(MoveRefused) as refused:
            lifecycle.move(dossier, name, to=next(iter(lawful.targets)), by=actor_of(case, agencies), at=MONDAY)
        said = str(refused.value)
        assert ("bàn của bạn" if status in lawful.sources else str(status.label)) in said
        assert str(lawful.label).lower() in said
        assert said.endswith("được.")
        assert not re.search(r"[%_{]|None", said), said


def test_at_the_seal_whoever_holds_the_stamp_may_order_it_anew(dossier: Dossier, agencies: dict[str, int]) -> None:
    """There the agency signs, not the person (NĐ 30/2020 art. 32)."""
    case = Case(4, "officer", "records_clerk", "holder", "records_clerk", None, substitute=True)
    placed(case, dossier)
    clerk = actor_of(case, agencies)
    dossier.stage_kind = "seal"
    assert access.may(dossier, "sign_again", clerk)
    dossier.stage_kind = "sign"
    assert not access.may(dossier, "sign_again", clerk)
